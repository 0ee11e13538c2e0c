"""All that the bot itself says in Slack is taken."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from commands.answers import (
    Ask,
    Digest,
    Event,
    History,
    Line,
    Listing,
    OpenWork,
    StatusReport,
    Table,
    Work,
)
from commands.confirm import About, form_of
from commands.view import line_of
from compliance.card import Account, Button, Card, Departed, Press, card_of
from compliance.finding import Finding, State
from compliance.group import GroupCard, gather
from compliance.press import ASKS, AT_ONCE
from compliance.request import Verb
from compliance.stage import Stage
from notifiers.slack import blocks, group, home, lists
from notifiers.slack.card import card_blocks
from notifiers.slack.modals import modal
from notifiers.slack.vocabulary import NEWER, Lacking
from playground.slack.blockkit import check_message, check_view
from tests import builders

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LONG = "An annotation & a <tag>. " * 400


RULES = {builders.RULE: builders.rule()}


ASKED = tuple(
    builders.request(
        "slack:U0HANNAH", 2, verb.value, agreed=("slack:U0HARRY",), detail={"reason": LONG}
    )
    for verb in Verb
)


def card(**moved: object) -> Card:
    finding = replace(builders.finding(annotation=LONG), **moved)
    account = Account("111122223333", "housing", "production")
    return card_of(finding, RULES, {account.id: account})


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
    "decided": card(decided=ASKED[0], until=NOW + timedelta(days=90)),
    "at a step": card(state=State.RUNNING, step=2, steps=6, runbook=tuple("abcdef")),
    "asked for": card(state=State.APPROVAL_PENDING, requests=ASKED),
    "owned by AWS": card_of(
        builders.finding(rule_arn="arn:aws:config:::config-rule/aws-service-rule/hub"), RULES, {}
    ),
    "out of the catalogue": card_of(builders.finding(), {}, {}),
}


@pytest.mark.parametrize("lacking", [frozenset(), NEWER], ids=["rich", "plain"])
@pytest.mark.parametrize("drawn", CARDS.values(), ids=CARDS)
def test_cards_are_taken(drawn: Card, lacking: Lacking) -> None:
    assert check_message(card_blocks(drawn, lacking), lacking) == []


def groups(**moved: object) -> GroupCard:
    many = (replace(each, resource_name=LONG, tags={"ManagedBy": LONG}) for each in found(60))
    return gather([replace(each, **moved) for each in many], RULES, {})


@pytest.mark.parametrize("state", State)
def test_groups_are_taken(state: State) -> None:
    assert check_message(group.group_blocks(groups(state=state))) == []


def test_what_another_team_has_now_is_taken() -> None:
    assert check_message(group.content_blocks(Departed())) == []


def lines(count: int) -> tuple[Line, ...]:
    return tuple(map(line_of, found(count)))


def test_a_groups_list_is_taken() -> None:
    turn = Press(Button.LIST, "F-3K7Q2", page=1)

    assert check_message(lists.listing_blocks(Listing("60 findings", lines(20), turn, turn))) == []


def test_a_list_and_a_history_are_taken_however_long_what_they_show_is() -> None:
    wordy = [replace(line, resource=LONG, title=LONG, team=LONG) for line in lines(10)]
    turn = Ask("Next page", LONG, LONG)
    event = Event(NOW, "slack:U0HANNAH", LONG, LONG, LONG, "open", "excepted")

    drawn = lists.listing_blocks(Listing(LONG, tuple(wordy), turn, turn, LONG, others=(turn,)))
    assert check_message(drawn) == []
    assert check_message(lists.history_blocks(History(LONG, LONG, (event,) * 12, turn))) == []


def test_the_home_tab_is_taken() -> None:
    presses = CARDS["asked for"].presses
    listed = tuple((line, presses) for line in lines(12))
    kind = Work(LONG, 60, listed, Ask("Show all", "findings", LONG))
    work = OpenWork(("housing",), (kind, kind, kind))

    assert check_view(home.home_view(work)) == []


@pytest.mark.parametrize("button", sorted(set(Button) - ASKS - AT_ONCE))
@pytest.mark.parametrize("verb", Verb)
def test_every_form_is_taken(button: Button, verb: Verb) -> None:
    about = groups() if button.endswith("-all") else CARDS["managed by a tool"]
    press = Press(button, about.finding_id, verb)

    for rule in (builders.rule(), builders.rule(approvers=1), None):
        form = form_of(press, about, About(rule, ASKED), NOW)
        assert check_view(modal(form, "C0HOUSING")) == []


@pytest.mark.parametrize("rows", [0, 1, 500])
def test_tables_are_taken(rows: int) -> None:
    assert check_message(blocks.table(shown(rows))) == []
    assert check_message([blocks.one_table([shown(rows)] * 3)]) == []


@pytest.mark.parametrize("open_findings", [(), lines(10)], ids=["none open", "ten open"])
def test_the_status_is_taken(open_findings: tuple[Line, ...]) -> None:
    report = StatusReport(((Stage.OPEN, 60),), (shown(0), shown(20)), open_findings, "As at 09:00.")

    assert check_message(lists.status_blocks(report)) == []


@pytest.mark.parametrize("share", [None, 0.975])
def test_the_digest_is_taken(share: float | None) -> None:
    report = Digest(
        since=NOW - timedelta(days=7),
        until=NOW,
        share=share,
        unresolved=12,
        headline=(("New", 4), ("Fixed", 2)),
        tables=(shown(10), shown(3)),
        lapsing=lines(12),
        reviews_due=(builders.RULE,),
    )

    assert check_message(blocks.digest_blocks(report)) == []
