"""What a card says of a finding."""

from dataclasses import replace

import pytest

import compliance.finding as life
from compliance.card import Account, Button, Fact, FactKind, Press, card_of, given_with, managed_by
from compliance.finding import State
from compliance.known_rules import KnownRules
from compliance.request import Verb
from tests.builders import ID, PACK_ARN, RULE, at, config_rule, finding, request, rule

ACCOUNTS = {"111122223333": Account("111122223333", "housing-production", "production")}


def card(of=None, catalogue=None):
    known = {RULE: rule()} if catalogue is None else catalogue
    return card_of(of or finding(), known, ACCOUNTS)


def fact(kind, of):
    return card(of).fact(kind)


def test_an_open_finding_can_be_remediated_or_ignored():
    assert card().presses == (Press(Button.REMEDIATE, ID), Press(Button.IGNORE, ID))


def test_a_request_can_be_agreed_to_withdrawn_or_overruled_by_an_exception():
    asked = life.ask(finding(), request("U1", 2), at(1))

    assert card(asked).presses == (
        Press(Button.AGREE, ID, Verb.REMEDIATE),
        Press(Button.WITHDRAW, ID, Verb.REMEDIATE),
        Press(Button.IGNORE, ID),
    )
    assert card(asked).requests == asked.requests
    assert card(asked).status == "It waits for agreement."


def test_a_request_for_one_verb_hides_no_button_of_another():
    both = life.ask(life.ask(finding(), request("U1", 1), at(1)), request("U2", 1, "except"), at(2))

    assert {(press.button, press.verb) for press in card(both).presses} == {
        (Button.AGREE, Verb.REMEDIATE),
        (Button.WITHDRAW, Verb.REMEDIATE),
        (Button.AGREE, Verb.EXCEPT),
        (Button.WITHDRAW, Verb.EXCEPT),
    }


def test_a_request_for_an_exception_leaves_the_remediation_to_be_asked_for():
    asked = life.ask(finding(), request("U1", 1, "except"), at(1))

    assert Press(Button.REMEDIATE, ID) in card(asked).presses
    assert Button.IGNORE not in card(asked).buttons


@pytest.mark.parametrize(
    ("state", "verb"),
    [(State.EXCEPTED, "extend"), (State.EXCEPTED, "revoke"), (State.RESOLVED, "undo")],
)
def test_what_is_asked_for_about_what_is_over_can_be_agreed_to(state, verb):
    asked = life.ask(replace(finding(), state=state), request("U1", 1, verb), at(1))

    assert card(asked).presses == (
        Press(Button.AGREE, ID, Verb(verb)),
        Press(Button.WITHDRAW, ID, Verb(verb)),
    )


def test_what_is_agreed_can_only_be_withdrawn_until_it_is_carried_out():
    agreed = life.ask(finding(), request("U1", 0, "except"), at(1))

    assert Button.AGREE not in card(agreed).buttons
    assert Button.WITHDRAW in card(agreed).buttons
    assert card(agreed).status == "Agreed, and about to be carried out."


def test_a_card_names_all_who_decided():
    asked = life.agree(life.ask(finding(), request("U1", 1), at(1)), Verb.REMEDIATE, "U2", at(2))

    assert card(asked).decided_by == ("U1", "U2")


@pytest.mark.parametrize(
    "press",
    [
        Press(Button.REMEDIATE, ID),
        Press(Button.AGREE, ID, Verb.EXCEPT),
        Press(Button.LIST, ID, page=2),
        Press(Button.AGREE_ALL, ID, Verb.REMEDIATE),
    ],
    ids=str,
)
def test_a_press_comes_back_as_it_was_offered(press):
    assert Press.parse(press.button.value, press.value) == press


def test_a_button_of_before_requests_had_verbs_is_about_the_remediation():
    assert Press.parse("agree", ID) == Press(Button.AGREE, ID, Verb.REMEDIATE)


@pytest.mark.parametrize(
    ("button", "value"), [("explode", ID), ("agree", f"{ID} explode"), ("agree", "")], ids=str
)
def test_what_is_not_a_press_is_an_error(button, value):
    with pytest.raises(ValueError, match=r".+"):
        Press.parse(button, value)


@pytest.mark.parametrize("button", Button)
@pytest.mark.parametrize("verb", [None, *Verb])
def test_every_press_has_a_label_that_a_button_holds(button, verb):
    if verb and button not in {Button.AGREE, Button.WITHDRAW, Button.AGREE_ALL}:
        return

    assert 0 < len(Press(button, ID, verb).label) <= 75


def test_what_was_given_with_a_request_is_shown_to_those_who_agree():
    detail = {"class": "accepted risk", "reason": "Why.", "ticket": "", "expires": "2026-12-01"}

    given = given_with(request("U1", 1, "except", detail=detail))

    assert [(fact.kind, fact.text) for fact in given] == [
        (FactKind.EXCEPTION_CLASS, "accepted risk"),
        (FactKind.REASON, "Why."),
        (FactKind.EXPIRES, "2026-12-01"),
    ]


@pytest.mark.parametrize("state", sorted(life.IN_PROGRESS | {State.RESOLVED, State.EXCEPTED}))
def test_nothing_can_be_pressed_while_there_is_nothing_to_decide(state):
    assert card(replace(finding(), state=state)).presses == ()


def test_a_rule_that_aws_owns_can_only_be_ignored_and_says_how_to_fix_it_by_hand():
    owned = card(finding(rule_arn=PACK_ARN))

    assert owned.buttons == {Button.IGNORE}
    assert rule().by_hand in owned.by_hand


def test_a_rule_of_a_conformance_pack_has_our_entrys_title():
    packed = finding(rule=f"{RULE}-conformance-pack-qayjyopmd")

    assert card(packed).title == rule().title


def other(**answered):
    """The card of a finding whose rule only AWS Config has, after AWS *answered*."""
    known_rules = KnownRules({})
    if answered:
        known_rules.add([config_rule("home-made", **answered)])
    return card_of(finding(rule="home-made"), {}, {}, known_rules)


def test_a_rule_that_the_catalogue_has_not_shows_by_its_name_until_aws_has_answered():
    unanswered = other()

    assert (unanswered.title, unanswered.severity) == ("home-made", None)
    assert unanswered.buttons == {Button.IGNORE}
    assert "has not answered yet" in unanswered.why
    assert "has not answered yet" in unanswered.by_hand


def test_a_rule_that_the_catalogue_has_not_shows_what_aws_says_of_it():
    words = "Checks that every widget of the department is polished, because dull ones rust. " * 2

    described = other(description=words)

    assert (described.title, described.why) == ("home-made", words)


def test_what_aws_says_in_a_few_words_is_the_title():
    short = other(description="Widgets are polished.")

    assert short.title == "Widgets are polished."
    assert "home-made" in short.why


def test_a_remediation_that_aws_has_says_plainly_that_nobody_knows_what_it_does():
    configured = other(remediation="PolishWidget")

    assert Button.REMEDIATE in configured.buttons
    facts = {fact.kind: fact.text for fact in configured.preflight}
    assert "PolishWidget" in facts[FactKind.CHANGE]
    assert facts[FactKind.DOWNTIME] == facts[FactKind.REVERSIBLE] == "Not known."


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        ({"remediation": ""}, "no remediation configured"),
        ({"created_by": "securityhub.amazonaws.com"}, "An AWS service owns this rule"),
        ({"arn": "", "remediation": ""}, "does not have this rule any more"),
    ],
    ids=["none configured", "service-linked", "gone"],
)
def test_what_takes_no_remediation_says_why_and_where_to_look(answered, why):
    shown = other(**answered)

    assert shown.buttons == {Button.IGNORE}
    assert why in shown.by_hand
    assert "AWS Config's console" in shown.by_hand


def test_the_console_shows_the_rule_under_the_name_that_aws_has_for_it():
    name = f"{RULE}-conformance-pack-qayjyopmd"

    assert card(finding(rule=name)).console_url.endswith(f"configRuleName={name}")


def test_a_name_that_people_know_stands_beside_the_id_that_aws_knows():
    named = replace(finding(resource="db-ABC"), resource_name="tenancy-register")

    assert fact(FactKind.RESOURCE, named) == "tenancy-register"
    assert fact(FactKind.RESOURCE_ID, named) == "db-ABC"
    assert fact(FactKind.RESOURCE_ID, finding()) == ""


def test_an_account_is_shown_by_name_and_environment_and_an_unknown_one_by_id():
    assert fact(FactKind.ACCOUNT, finding()) == "housing-production (111122223333)"
    assert fact(FactKind.ENVIRONMENT, finding()) == "production"
    assert fact(FactKind.ACCOUNT, finding(account="999999999999")) == "999999999999"


def test_only_the_tags_that_tell_of_owners_are_facts():
    tagged = replace(finding(), tags={"Team": "repairs", "Secret": "x", "Owner": "Ann"})

    assert fact(FactKind.OWNER_TAGS, tagged) == "Owner=Ann, Team=repairs"


@pytest.mark.parametrize(
    ("tags", "tool"),
    [
        ({"aws:cloudformation:stack-name": "web"}, "CloudFormation"),
        ({"terraform": "true"}, "Terraform"),
        ({"terraform": "False"}, ""),
        ({"ManagedBy": "Pulumi"}, "Pulumi"),
        ({"ManagedBy": " "}, ""),
        ({"STAGE": "prod"}, ""),
        ({}, ""),
    ],
    ids=str,
)
def test_tags_hint_at_the_tool_that_manages_a_resource(tags, tool):
    hint = managed_by(tags)

    assert (hint.tool if hint else "") == tool


def test_where_a_tool_may_undo_the_fix_the_card_says_by_which_tag_and_what_to_change_instead():
    managed = card(replace(finding(), tags={"terraform": "yes"}))

    assert managed.source_fix.startswith(
        "Terraform may manage this resource (its tag terraform=yes)."
    )
    assert managed.source_fix.endswith(
        "aws_s3_bucket_public_access_block: block_public_acls = true"
    )


def test_terraforms_words_are_told_only_where_terraform_manages_the_resource():
    managed = card(replace(finding(), tags={"aws:cloudformation:stack-name": "web"}))

    assert managed.source_fix.endswith("Fix it in the code that deploys this resource.")


def test_of_what_is_resolved_no_card_says_that_it_may_come_back():
    resolved = replace(finding(), state=State.RESOLVED, tags={"terraform": "yes"})

    assert card(resolved).source_fix == ""


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (finding(), "Nobody has decided yet."),
        (replace(finding(), state=State.APPROVED), "The remediation is about to start."),
        (replace(finding(), state=State.RUNNING), "AWS Config is starting the runbook."),
        (replace(finding(), state=State.RUNNING, step=1, steps=2, note="Put"), "Step 1 of 2: Put."),
        (replace(finding(), state=State.RUNNING, step=1, steps=2), "Step 1 of 2."),
        (replace(finding(), state=State.FAILED, note="Key disabled."), "Key disabled."),
    ],
    ids=["open", "approved", "starting", "step", "step without name", "note"],
)  # fmt: skip
def test_the_status_says_where_it_stands_in_plain_words(moved, said):
    assert card(moved).status == said


@pytest.mark.parametrize("state", [State.FAILED, State.NOT_VERIFIED])
def test_what_the_runbook_did_not_do_can_be_done_by_hand(state):
    assert card(replace(finding(), state=state)).by_hand == rule().by_hand


def test_a_remediation_that_cannot_be_undone_says_so():
    final = replace(rule(), impact=replace(rule().impact, reversible=False, undo="Restore it."))

    assert Fact(FactKind.REVERSIBLE, "No. Restore it.") in card(catalogue={RULE: final}).preflight


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-2", "eu-west-2.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_the_console_is_the_one_of_the_regions_partition(region, host):
    assert card(finding(region=region)).console_url.startswith(f"https://{host}/config/")


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "us-isof-south-1"])
def test_where_no_console_is_known_there_is_no_link(region):
    assert card(finding(region=region)).console_url == ""


def test_the_console_shows_the_rule_under_aws_own_name_whatever_is_in_it():
    packed = finding(rule="a>b|c d")

    assert card(packed).console_url.endswith("?configRuleName=a%3Eb%7Cc%20d")
