"""Reading the ledger, within what the reader may see."""

from functools import partial

import pytest

from commands.answers import Refused
from commands.findings import explain, findings, history, show
from commands.remediate import remediate
from compliance.card import Button, card_of
from compliance.change import ResourceFacts
from compliance.finding import State
from ledger.reports import Scope
from tests.builders import ID, RULE, change, member, rule

HOUSING, PAYMENTS = frozenset({"housing"}), frozenset({"payments"})
NOTHING = Scope()
SHOWN = partial(card_of, catalogue={RULE: rule()}, accounts={})


@pytest.fixture
def opened(context):
    context.ledger.record([change(minute=-90)])
    return context


def test_findings_are_listed_the_oldest_first_with_their_age(opened, reports):
    opened.ledger.record([change(minute=-60 * 24 * 3, resource="older")])

    table = findings(opened, reports, NOTHING, HOUSING)

    assert [(row[1], row[3], row[5]) for row in table.rows] == [
        ("high", "older", "3 days"),
        ("high", "repairs-photos", "1 hour"),
    ]


def test_a_reader_lists_the_findings_of_teams_they_see_only(opened, reports):
    assert findings(opened, reports, NOTHING, PAYMENTS).intro == "No open findings."
    assert isinstance(findings(opened, reports, NOTHING, frozenset()), Refused)
    assert isinstance(findings(opened, reports, Scope(teams=HOUSING), PAYMENTS), Refused)


def test_a_long_list_says_that_there_is_more(opened, reports):
    opened.ledger.record([change(resource=f"bucket-{number}") for number in range(25)])

    table = findings(opened, reports, NOTHING, HOUSING)

    assert len(table.rows) == 20
    assert "narrow it down" in table.closing


def test_a_finding_is_shown_with_its_buttons_however_its_id_is_typed(opened):
    assert show(opened, SHOWN, ID.lower(), HOUSING).card.buttons == {
        Button.REMEDIATE,
        Button.IGNORE,
    }


def test_what_is_not_the_readers_to_see_reads_like_what_does_not_exist(opened, reports):
    unseen = [
        show(opened, SHOWN, ID, PAYMENTS),
        explain(opened, {}, ID, PAYMENTS),
        history(opened, reports, ID, PAYMENTS),
    ]

    missing = show(opened, SHOWN, "F-00000", HOUSING).text
    assert {answer.text for answer in unseen} == {missing.replace("F-00000", ID)}


def test_why_a_team_has_a_finding_and_who_may_decide_is_explained(opened):
    answer = explain(opened, {}, ID, HOUSING)

    assert "because its account is one of 111122223333" in answer.text
    assert (answer.users, answer.groups) == (
        ("slack:U0HANNAH", "slack:U0HARRY"),
        ("slack:S0SECURITY",),
    )


def test_the_default_team_is_explained_as_such(context):
    context.ledger.record([change(account="999999999999")])
    [finding] = context.ledger.each([State.OPEN])

    assert "this team is the default" in explain(context, {}, finding.id, HOUSING).text


def test_a_route_that_a_finding_just_missed_is_named(context):
    missed = change(account="999999999999")
    where = missed.key.account, missed.key.region, missed.key.resource_type, missed.key.resource_id
    context.ledger.record(
        [missed], [ResourceFacts(*where, missed.recorded_at, tags={"team": "Payments"})]
    )
    [finding] = context.ledger.each([State.OPEN])

    text = explain(context, {}, finding.id, HOUSING).text

    assert "But its tag 'team' is 'Payments', and a route has 'Team': 'payments'" in text


def test_a_long_history_says_that_its_beginning_is_left_out(opened, reports):
    for _ in range(100):
        remediate(opened, ID, member("slack:U0NOBODY"))

    table = history(opened, reports, ID, HOUSING)

    assert (len(table.rows), table.closing) == (99, "The 99 newest of 101.")


def test_the_history_tells_who_did_what_and_who_was_refused(opened, reports):
    remediate(opened, ID, member("slack:U0NOBODY"))
    remediate(opened, ID, member())

    table = history(opened, reports, ID, HOUSING)

    assert [row[1:] for row in table.rows] == [
        ("aws-config", "observed", "", "open"),
        ("slack:U0NOBODY", "remediate refused", "", ""),
        ("slack:U0HANNAH", "remediate", "open", "approved"),
    ]
