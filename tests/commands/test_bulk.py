"""Deciding about all findings of one message at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import pytest

from commands.answers import Done, Refused
from commands.bulk import GONE, Bulk
from commands.enforce import Enforcement
from commands.forms import Origin
from commands.ignore import Ignore
from compliance import life
from compliance.allowlist import UnwritableAllowlistError
from compliance.authority import Actor, Standing
from compliance.card import Button, Press
from compliance.finding import State
from compliance.request import Verb
from config.keeper import Keeper
from ledger.members import Members
from ledger.store import Ledger
from tests.builders import PAIRED_RULE, change, entry, member, move, reroute, write
from tests.commands.shared import share_message, view_of

FORM = Ignore("accepted risk", "The public website's pictures.", "SEC-1", date(2026, 12, 1))


def record(context, *resources, **named):
    context.ledger.record([change(resource=each, **named) for each in resources])


@pytest.fixture
def group(context, clock):
    """Eleven findings in one message; the id of one of them."""
    return post(context, clock)


def post(context, clock, number=11, **named):
    record(context, *(f"bucket-{each}" for each in range(number)), **named)
    return share_message(context, clock)[0]


def origin(button, group, opened_at, verb=None):
    return Origin(Press(button, group, verb), opened_at)


def may_decide_all(context, reports, group, actor, button):
    return Bulk(context, member).may_decide(Press(button, group), actor)


def remediate_all(context, reports, group, actor, opened_at):
    asked = origin(Button.REMEDIATE_ALL, group, opened_at)
    return Bulk(context, member).remediate_all(asked, actor)


def agree_all(context, reports, group, actor, opened_at, verb=Verb.REMEDIATE):
    return Bulk(context, member).agree_all(origin(Button.AGREE_ALL, group, opened_at, verb), actor)


def ignore_all(context, reports, group, actor, opened_at, form):
    asked = origin(Button.IGNORE_ALL, group, opened_at)
    return Bulk(context, member).ignore_all(asked, actor, form)


def states(context):
    return [each.state for each in context.ledger.each(State)]


def test_all_of_a_message_are_remediated_in_the_actors_name(context, reports, group, clock):
    answer = remediate_all(context, reports, group, member(), clock())

    assert answer == Done("11 findings: Approved. The card shows each step.")
    assert {(each.state, each.actor) for each in context.ledger.each(State)} == {
        (State.APPROVED, "slack:U0HANNAH")
    }


def test_of_very_many_each_press_decides_about_the_next(context, group, clock):
    bulk = Bulk(context, member, at_once=8)

    answers = [
        bulk.remediate_all(origin(Button.REMEDIATE_ALL, group, clock()), member()) for _ in range(2)
    ]

    assert "Press again for the other 3 findings of this message." in answers[0].text
    assert "3 findings: Approved." in answers[1].text
    assert set(states(context)) == {State.APPROVED}


def test_what_was_decided_already_is_left_and_told(context, reports, group, clock):
    move(context.ledger, life.ask, group, actor="slack:U1", needed=0)

    answer = remediate_all(context, reports, group, member(), clock())

    assert answer.text.splitlines() == [
        "10 findings: Approved. The card shows each step.",
        "Left as before: 1 approved.",
    ]


def test_what_cannot_be_done_says_why_beside_what_was(context, reports, group, clock):
    write(context.allowlist, entry(resource=context.ledger.find(group).key.resource_id))

    answer = remediate_all(context, reports, group, member(), clock())

    assert "10 findings: Approved." in answer.text
    assert "1 finding: End the exception first: it covers this finding until" in answer.text


def test_all_of_a_message_are_ignored_with_one_reason(context, reports, group, clock):
    answer = ignore_all(context, reports, group, member(), clock(), FORM)

    assert "11 findings: Recorded in the allowlist until the end of 1 December 2026." in answer.text
    assert set(states(context)) == {State.EXCEPTED}
    assert {each.reason for each in context.allowlist.current.entries} == {FORM.reason}


def test_an_exception_that_holds_already_is_not_written_again(context, reports, group, clock):
    ignore_all(context, reports, group, member(), clock(), FORM)

    answer = ignore_all(context, reports, group, member(), clock(), FORM)

    assert answer == Refused("Left as before: 11 excepted.")
    assert len(context.allowlist.current.entries) == 11


def test_a_second_person_agrees_to_all(context, reports, clock):
    group = post(context, clock, rule=PAIRED_RULE)
    asked = remediate_all(context, reports, group, member(), clock())

    alone = agree_all(context, reports, group, member(), clock())
    together = agree_all(context, reports, group, member("slack:U0HARRY"), clock())

    assert "1 more must agree" in asked.text
    assert "somebody else has to agree" in alone.text
    assert together == Done("11 findings: Agreed. The remediation is about to start.")


@pytest.mark.parametrize(
    "actor", [member("slack:U0NOBODY"), Actor("slack:U0HANNAH", standing=Standing.GUEST)]
)
def test_whoever_may_not_decide_about_one_decides_about_none(context, reports, group, clock, actor):
    answers = [
        may_decide_all(context, reports, group, actor, Button.REMEDIATE_ALL),
        remediate_all(context, reports, group, actor, clock()),
        ignore_all(context, reports, group, actor, clock(), FORM),
        agree_all(context, reports, group, actor, clock()),
    ]

    assert all(isinstance(answer, Refused) for answer in answers)
    assert set(states(context)) == {State.OPEN}
    assert len(reports.history(group)) == 1 + len(answers)


def test_what_joined_after_the_form_was_opened_is_not_decided_about(context, reports, group, clock):
    opened_at = clock()
    clock.move(seconds=5)
    record(context, "late")
    share_message(context, clock)

    remediate_all(context, reports, group, member(), opened_at)

    assert Members(context.ledger.engine).page(group, 0, 20).number == 12
    assert sorted(states(context)) == [State.APPROVED] * 11 + [State.OPEN]


def test_a_form_is_about_those_that_can_still_be_decided(context, reports, group, clock):
    move(context.ledger, life.ask, group, actor="slack:U1", needed=0)

    assert len(may_decide_all(context, reports, group, member(), Button.REMEDIATE_ALL)) == 10


def test_when_all_was_decided_no_form_is_shown(context, reports, group, clock):
    remediate_all(context, reports, group, member(), clock())

    answer = may_decide_all(context, reports, group, member(), Button.REMEDIATE_ALL)

    assert "11 approved" in answer.text


def test_a_finding_that_is_in_no_message_is_told(context, reports, clock):
    record(context, "bucket")
    [finding] = context.ledger.each(State)

    answer = remediate_all(context, reports, finding.id, member(), clock())

    assert "not in one message any more" in answer.text


def test_the_list_is_for_those_who_see_the_teams_findings(context, reports, group):
    bulk, press = Bulk(context, member), Press(Button.LIST, group)

    assert len(bulk.page(press, view_of(context, reports, ["housing"])).lines) == 10
    assert isinstance(bulk.page(press, view_of(context, reports, ["payments"])), Refused)


@pytest.mark.parametrize(
    ("page", "title", "turned_to"),
    [(0, "page 1 of 5", [1]), (1, "page 2 of 5", [0, 2]), (4, "page 5 of 5", [3])],
    ids=["first", "middle", "last"],
)
def test_a_long_list_is_read_a_page_at_a_time(context, reports, clock, page, title, turned_to):
    group = post(context, clock, 45)

    view = view_of(context, reports, ["housing"])
    listing = Bulk(context, member).page(Press(Button.LIST, group, page=page), view)

    assert listing.title == f"45 findings, {title}"
    turning = filter(None, (listing.earlier, listing.later))
    assert [(press.button, press.page) for press in turning] == [
        (Button.LIST, each) for each in turned_to
    ]


def test_a_page_that_is_not_there_is_the_last_one(context, reports, group):
    view = view_of(context, reports, ["housing"])
    listing = Bulk(context, member).page(Press(Button.LIST, group, page=9), view)

    assert listing.title == "11 findings, page 2 of 2"
    assert (listing.earlier.page, listing.later) == (0, None)


@dataclass
class Watched:
    """The allowlist file, counted; *after* happens when many entries have been written."""

    file: Keeper
    after: Callable[[], object] = lambda: None
    error: Exception | None = None
    writes: int = 0

    @property
    def current(self):
        return self.file.current

    def add(self, entries, author, reason):
        self.writes += 1
        if self.error:
            raise self.error
        self.file.add(entries, author, reason)
        if len(entries) > 1:
            self.after()


def test_an_exception_that_is_enforced_before_it_is_decided_is_still_a_decision(
    context, reports, group, clock
):
    watched = Watched(context.allowlist)
    between = replace(context, allowlist=watched)
    watched.after = Enforcement(between).round

    answer = ignore_all(between, reports, group, member(), clock(), FORM)

    told = [row["actor"] for row in reports.history(group) if row["action"] == "ignore"]
    assert answer.text.startswith("11 findings: Recorded in the allowlist")
    assert told == ["slack:U0HANNAH"]


def test_an_allowlist_that_cannot_be_written_is_tried_once(context, reports, group, clock):
    watched = Watched(context.allowlist, error=UnwritableAllowlistError("locked"))

    answer = ignore_all(
        replace(context, allowlist=watched), reports, group, member(), clock(), FORM
    )

    assert "the allowlist could not be written" in answer.text
    assert watched.writes == 1


def test_what_came_into_its_state_after_the_form_was_opened_is_left(context, reports, group, clock):
    asked = list(context.ledger.each([State.OPEN]))[:10]
    for each in asked:
        move(context.ledger, life.ask, each.id, actor="slack:U1", needed=0)
    opened_at = clock()
    clock.move(minutes=5)
    for each in asked:
        move(context.ledger, life.fail, each.id, note="x")

    answer = ignore_all(context, reports, group, member(), opened_at, FORM)

    first, last = answer.text.splitlines()
    assert first.startswith("1 finding: Recorded")
    assert last == "Left as before: 10 failed."


def test_a_form_says_nothing_about_a_message_that_it_did_not_show(context, reports, clock):
    """The finding that the form names goes into another team's message while it is open."""
    engine, both = context.ledger.engine, member("slack:U0SEC", "slack:S0SECURITY")

    def owner(key, tags, gone=()):
        theirs = key.resource_id.startswith("pay") or key in gone
        return "payments" if theirs else "housing"

    Ledger(engine, clock, owner).record([change(resource=f"pay-{each}") for each in range(11)])
    share_message(context, clock, "payments", "2.2")
    named = context.ledger.find(post(context, clock))
    opened_at = clock()
    clock.move(seconds=5)
    reroute(engine, clock, partial(owner, gone={named.key}))
    share_message(context, clock, "payments")

    answer = ignore_all(context, reports, named.id, both, opened_at, FORM)

    assert answer == Refused(GONE)
    assert State.EXCEPTED not in states(context)


def test_who_asked_for_all_gets_no_form_to_agree_to_all(context, reports, clock):
    group = post(context, clock, rule=PAIRED_RULE)
    remediate_all(context, reports, group, member(), clock())
    press = Press(Button.AGREE_ALL, group, Verb.REMEDIATE)

    asker, other = member(), member("slack:U0HARRY")

    assert "somebody else has to agree" in Bulk(context, member).may_decide(press, asker).text
    assert len(Bulk(context, member).may_decide(press, other)) == 11
