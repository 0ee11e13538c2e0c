"""Findings by the names of their resources, within what the asker may see."""

import pytest

from commands.answers import Form, Listing, Refused, Shown
from commands.find import find, pick
from commands.reception import Reception
from compliance.change import ResourceFacts
from compliance.finding import Finding, State
from tests.builders import PAIRED_RULE, PAYMENTS, at, change, member
from tests.commands.shared import asked, view_of

TOPIC = "arn:aws:sns:eu-west-2:111122223333:repairs-booked"


def named(one, name, **tags):
    """AWS's word on what a resource of *one* is called."""
    key = one.key
    place = key.account, key.region, key.resource_type, key.resource_id
    return ResourceFacts(*place, at(1), name=name, tags=tags)


@pytest.fixture
def filled(context):
    """Housing has a bucket with two findings, a database that has a name, and a topic."""
    database = change(resource="db-1A2B", resource_type="AWS::RDS::DBInstance", rule="rds-public")
    context.ledger.record(
        [
            change(resource="housing-repairs-photos"),
            change(resource="housing-repairs-photos", rule=PAIRED_RULE),
            database,
            change(resource=TOPIC, resource_type="AWS::SNS::Topic", rule="sns-encrypted"),
            change(resource="payments-photos", account=PAYMENTS),
            change("COMPLIANT", resource="housing-fine"),
        ],
        [named(database, "Tenancy Register", Owner="Repairs-Team")],
    )
    return context


@pytest.fixture
def picked(filled, reports):
    def ask(text, visible=("housing",)):
        view = view_of(filled, reports, visible)
        return pick(view, *asked(view, text))

    return ask


@pytest.fixture
def found(filled, reports):
    def ask(text, visible=("housing",)):
        view = view_of(filled, reports, visible)
        return find(view, *asked(view, text))

    return ask


@pytest.mark.parametrize(
    "text",
    [
        "show db-1a2b",
        "show Tenancy Register",
        "show “tenancy register”",
        "show register",
        "show TENANCY",
        "show tenancy-reg",
        "show photos rule:rds",
        "show arn:aws:rds:eu-west-2:111122223333:db:tenancy",
    ],
)
def test_a_resource_is_named_by_its_id_its_name_its_arn_or_words_of_them(picked, text):
    assert isinstance(picked(text), Finding)


@pytest.mark.parametrize("text", [f"show {TOPIC}", "show repairs-booked", "history booked"])
def test_an_arn_is_found_whole_and_by_its_name(picked, text):
    assert picked(text).key.resource_id == TOPIC


def test_an_arn_of_another_account_or_region_is_another_resource(picked):
    other = picked("show arn:aws:sns:eu-west-1:111122223333:repairs-booked")
    assert other.title.startswith("No resource is called")
    assert isinstance(picked("show arn:aws:s3:::housing-repairs-photos"), Listing)


def test_where_several_match_the_answer_asks_which_with_a_button_for_each(picked):
    answer = picked("remediate housing-repairs-photos")

    assert answer.title == "2 findings match 'housing-repairs-photos'. Which one?"
    texts = [answer.ask(line).text for line in answer.lines]
    assert sorted(texts) == sorted(f"remediate {line.id}" for line in answer.lines)
    assert len({line.rule for line in answer.lines}) == 2


def test_a_filter_tells_them_apart(picked):
    assert picked(f"show housing-repairs-photos rule:{PAIRED_RULE}").key.rule == PAIRED_RULE


def test_nothing_of_another_team_is_ever_named(picked, found):
    for answer in (picked("show payments-photos"), found("find payments-photos")):
        assert isinstance(answer, Refused)
        assert answer.text.count("payments-photos") == 1
    assert [line.resource for line in found("find photos").lines] == ["housing-repairs-photos"] * 2
    assert len(found("find photos", ["housing", "payments"]).lines) == 3


def test_a_misspelt_name_is_answered_with_the_nearest_right_ones(picked, found):
    for answer in (picked("show housing-repiars-photos"), found("find photoz")):
        assert "Did you mean one of these?" in answer.title
        assert {line.resource for line in answer.lines} == {"housing-repairs-photos"}
    far = picked("show zebra")
    assert isinstance(far, Refused)
    assert "'zebra'" in far.text


def test_what_never_broke_a_rule_is_not_found(found):
    assert isinstance(found("find housing-fine"), Refused)


def test_what_is_over_is_found_after_what_is_not(filled, found):
    filled.ledger.record([change("COMPLIANT", minute=5, resource="housing-repairs-photos")])

    states = [line.state.value for line in found("find photos").lines]

    assert states == ["open", "resolved"]


def test_a_decision_is_about_what_can_still_be_decided(filled, picked):
    filled.ledger.record([change("COMPLIANT", minute=5, resource="housing-repairs-photos")])

    assert picked("remediate housing-repairs-photos").key.rule == PAIRED_RULE


def test_a_resource_that_has_another_name_is_found_by_that_alone(filled, found):
    database = change(resource="db-1A2B", resource_type="AWS::RDS::DBInstance", rule="rds-public")
    later = ResourceFacts(*_place(database), at(4), name="Rent Ledger")
    filled.ledger.record([], [later])

    assert len(found("find rent").lines) == 1
    assert isinstance(found("find register"), Refused)


def _place(one):
    return one.key.account, one.key.region, one.key.resource_type, one.key.resource_id


def test_owners_are_filtered_by_and_never_taken_for_names(found):
    assert [line.resource for line in found("find register owner:repairs").lines] == [
        "Tenancy Register"
    ]
    assert isinstance(found("find owner"), Refused)


class TestAtTheReception:
    @pytest.fixture
    def ask(self, filled, reports):
        reception = Reception(filled, reports, {}, member)
        return lambda text, who="slack:U0HANNAH": reception.answer(text, member(who), ())

    def test_every_verb_about_one_takes_a_name(self, ask):
        assert isinstance(ask("show register"), Shown)
        assert "went to team housing" in ask("explain register").text
        assert ask("history register").about == "Tenancy Register"
        assert isinstance(ask("ignore register"), Form)

    def test_an_id_of_another_teams_finding_reads_like_one_that_does_not_exist(self, filled, ask):
        [other] = [each.id for each in filled.ledger.each([State.OPEN]) if each.team == "payments"]

        refused = {ask(f"{verb} {other}").text for verb in ("show", "remediate", "ignore")}

        assert refused == {ask("show F-00000").text.replace("F-00000", other)}


def test_an_unknown_id_is_not_looked_up_as_a_name(picked):
    assert "F-00000 is not a finding" in picked("show F-00000").text
