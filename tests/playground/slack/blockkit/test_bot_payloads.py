"""All that the bot itself says in Slack is taken."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from commands.answers import StatusReport, Table
from commands.digest import Digest
from compliance.card import Account, Card, Moved, draw
from compliance.finding import Finding, State
from compliance.group import Group, gather
from compliance.request import Request, Verb
from notifiers.slack import blocks, group, modals
from playground.slack.blockkit import check_message, check_view
from tests import builders

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LONG = "An annotation & a <tag>. " * 400


RULES = {builders.RULE: builders.rule()}


def card(**moved: object) -> Card:
    finding = replace(builders.finding(annotation=LONG), **moved)
    account = Account("111122223333", "housing", "production")
    return draw(finding, RULES, {account.id: account})


def found(count: int) -> tuple[Finding, ...]:
    return tuple(builders.finding(resource=f"repairs-{index}") for index in range(count))


def shown(rows: int) -> Table:
    return Table(
        "Open findings by team",
        ("Team", "Open", "Oldest"),
        tuple((f"team-{index}", str(index), "") for index in range(rows)),
        intro=LONG,
        closing="Findings older than a year are not shown.",
    )


CARDS = {
    **{state.value: card(state=state) for state in State},
    "managed by a tool": card(tags={"aws:cloudformation:stack-name": "repairs", "Owner": LONG}),
    "decided": card(
        requests=(Request(Verb.EXCEPT, "slack:U0HANNAH", 1, NOW, ("slack:U0HARRY",)),),
        until=NOW + timedelta(days=90),
    ),
    "owned by AWS": draw(
        builders.finding(rule_arn="arn:aws:config:::config-rule/aws-service-rule/hub"), RULES, {}
    ),
    "out of the catalogue": draw(builders.finding(), {}, {}),
}


@pytest.mark.parametrize("drawn", CARDS.values(), ids=CARDS)
def test_cards_are_taken(drawn: Card) -> None:
    assert check_message(blocks.card_blocks(drawn)) == []


def groups(**moved: object) -> Group:
    many = (replace(each, resource_name=LONG, tags={"ManagedBy": LONG}) for each in found(60))
    return gather([replace(each, **moved) for each in many], RULES, {})


@pytest.mark.parametrize("state", State)
def test_groups_are_taken(state: State) -> None:
    assert check_message(group.group_blocks(groups(state=state))) == []


def test_what_another_team_has_now_is_taken() -> None:
    assert check_message(group.face_message(Moved())[1]) == []


@pytest.mark.parametrize("page", [0, 1, 2])
def test_a_groups_list_is_taken(page: int) -> None:
    assert check_message(group.list_message(found(60), page)[1]) == []


def test_a_groups_forms_are_taken() -> None:
    rule = builders.rule()

    assert check_view(group.remediate_all_form(groups(), "C0HOUSING", NOW)) == []
    assert check_view(group.ignore_all_form(groups(), "C0HOUSING", rule, NOW)) == []


@pytest.mark.parametrize("rows", [0, 1, 500])
def test_tables_are_taken(rows: int) -> None:
    assert check_message(blocks.table(shown(rows))) == []
    assert check_message([blocks.together([shown(rows)] * 3)]) == []


@pytest.mark.parametrize("open_findings", [(), found(10)], ids=["none open", "ten open"])
def test_the_status_is_taken(open_findings: tuple[Finding, ...]) -> None:
    report = StatusReport(len(open_findings), (shown(0), shown(20)), open_findings, "As at 09:00.")

    assert check_message(blocks.status_blocks(report)) == []


@pytest.mark.parametrize("share", [None, 0.975])
def test_the_digest_is_taken(share: float | None) -> None:
    report = Digest(
        since=NOW - timedelta(days=7),
        until=NOW,
        share=share,
        unresolved=12,
        headline=(("New", 4), ("Fixed", 2)),
        tables=(shown(10), shown(3)),
        lapsing=found(12),
        reviews_due=(builders.RULE,),
    )

    assert check_message(blocks.digest_blocks(report)) == []


def test_the_form_to_remediate_is_taken() -> None:
    assert check_view(modals.remediate_form(CARDS["managed by a tool"], "C0HOUSING")) == []


def test_the_form_to_ignore_is_taken() -> None:
    rule = builders.rule()

    assert check_view(modals.ignore_form(CARDS["open"], "C0HOUSING", rule, TODAY)) == []
    assert check_view(modals.ignore_form(CARDS["open"], "C0HOUSING", None, TODAY)) == []
