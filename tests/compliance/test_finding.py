"""The life of a finding."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

import compliance.finding as life
from compliance.finding import IllegalMoveError, State, observe, short_ids
from tests.builders import at, change, finding, key


def test_a_non_compliant_change_opens_a_finding():
    assert finding().state is State.OPEN


def test_a_resource_that_never_broke_the_rule_is_no_finding():
    assert finding(compliance="COMPLIANT").state is State.COMPLIANT


@pytest.mark.parametrize("compliance", ["COMPLIANT", "NOT_APPLICABLE"])
def test_only_an_evaluation_resolves_a_finding(compliance):
    after = observe(finding(), change(compliance, minute=1), at(1))

    assert after.state is State.RESOLVED


def test_an_older_change_leaves_the_finding_as_it_is():
    before = finding(minute=5)

    assert observe(before, change("COMPLIANT", minute=4), at(6)) is before


def test_a_repeated_change_leaves_the_finding_as_it_is():
    before = finding(minute=5)

    assert observe(before, change("NON_COMPLIANT", minute=5), at(6)) is before


def test_a_resolved_finding_that_breaks_again_is_reopened_and_says_why():
    resolved = observe(finding(), change("COMPLIANT", minute=1), at(1))

    after = observe(resolved, change("NON_COMPLIANT", minute=2), at(2))

    assert (after.state, after.opened_at) == (State.REOPENED, at(2))
    assert "changed it back" in after.note


def test_the_end_of_a_runbook_is_not_yet_fixed():
    running = life.start(life.ask(finding(), "U1", 0, at(1)), at(2))

    assert life.apply(running, at(3)).state is State.APPLIED


def test_another_person_has_to_agree_where_the_rule_demands_it():
    asked = life.ask(finding(), "U1", 1, at(1))

    assert life.agree(asked, "U1", at(2)).state is State.APPROVAL_PENDING
    assert life.agree(asked, "U2", at(2)).state is State.APPROVED


def test_the_same_person_agreeing_twice_counts_once():
    asked = life.ask(finding(), "U1", 2, at(1))

    once = life.agree(asked, "U2", at(2))

    assert life.agree(once, "U2", at(3)) is once


def test_a_finding_whose_remediation_runs_cannot_be_ignored():
    running = life.start(life.ask(finding(), "U1", 0, at(1)), at(2))

    with pytest.raises(IllegalMoveError, match="it is running"):
        life.except_until(running, at(99), "accepted", "U2", at(3))


def test_a_request_waits_until_enough_have_agreed():
    asked = life.ask(finding(), "U1", 2, at(1))

    once = life.agree(asked, "U2", at(2))
    twice = life.agree(once, "U3", at(3))

    assert (once.state, once.agreed) == (State.APPROVAL_PENDING, ("U2",))
    assert (twice.state, twice.agreed) == (State.APPROVED, ("U2", "U3"))


def test_a_withdrawn_request_leaves_nothing_decided():
    after = life.withdraw(life.ask(finding(), "U1", 1, at(1)), at(2), "Taken back.")

    assert (after.state, after.actor, after.needed) == (State.OPEN, "", 0)
    assert after.opened_at == finding().opened_at


def test_a_remediation_is_followed_step_by_step_to_the_wait_for_config():
    running = life.start(life.ask(finding(), "U1", 0, at(1)), at(2))

    second = life.progress(running, 2, 3, "Verify")
    waiting = life.wait(life.apply(second, at(3)), at(33), "Not seen yet.", at(3))

    assert (second.step, second.steps, second.note) == (2, 3, "Verify")
    assert (waiting.state, waiting.until) == (State.WAITING, at(33))
    assert life.give_up_waiting(waiting, "Not seen.", at(33)).state is State.NOT_VERIFIED


def test_a_resolved_finding_evaluated_compliant_again_stays_resolved():
    resolved = observe(finding(), change("COMPLIANT", minute=1), at(1))

    after = observe(resolved, change("COMPLIANT", minute=2), at(2))

    assert (after.state, after.changed_at, after.recorded_at) == (State.RESOLVED, at(1), at(2))


def test_a_resource_that_breaks_the_rule_later_opens_its_finding_then():
    after = observe(finding(compliance="COMPLIANT"), change(minute=5), at(6))

    assert (after.state, after.opened_at) == (State.OPEN, at(5))


@pytest.mark.parametrize("state", sorted(life.IN_PROGRESS | {State.EXCEPTED}))
def test_a_repeated_violation_does_not_disturb_what_is_under_way(state):
    before = replace(finding(), state=state)

    assert observe(before, change(minute=5), at(5)).state is state


def test_ids_are_the_same_for_ever_and_grow_where_they_are_taken():
    first, second, *_ = short_ids(key())

    assert first == short_ids(key())[0]
    assert second.startswith(first)
    assert len(first) == len("F-3K7Q2")


MOVES = (
    partial(life.ask, actor="U1", needed=0, now=at(9)),
    partial(life.ask, actor="U1", needed=1, now=at(9)),
    partial(life.agree, actor="U2", now=at(9)),
    partial(life.withdraw, now=at(9), note="withdrawn"),
    partial(life.start, now=at(9)),
    partial(life.release, now=at(9)),
    partial(life.progress, step=1, steps=2, note="Put"),
    partial(life.apply, now=at(9)),
    partial(life.wait, until=at(99), note="waiting", now=at(9)),
    partial(life.fail, note="broken", now=at(9)),
    partial(life.give_up_waiting, note="too long", now=at(9)),
    partial(life.except_until, until=at(99), note="accepted", actor="U1", now=at(9)),
    partial(life.end_exception, note="ended", now=at(9)),
)


@given(st.lists(st.sampled_from(MOVES), max_size=30))
def test_no_sequence_of_moves_resolves_a_finding(moves):
    current = finding()
    for move in moves:
        try:
            current = move(current)
        except IllegalMoveError:
            continue

    assert current.state is not State.RESOLVED


@given(
    st.lists(
        st.tuples(st.sampled_from(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]),
                  st.integers(1, 50)),
        unique_by=lambda each: each[1],
        max_size=12,
    ),
    st.randoms(),
)  # fmt: skip
def test_the_newest_change_decides_whatever_the_order_of_arrival(changes, random):
    arriving = [change(compliance, minute) for compliance, minute in changes]
    random.shuffle(arriving)
    current = finding(minute=0)

    for each in arriving * 2:
        current = observe(current, each, at(60))

    newest = max(arriving, key=lambda each: each.recorded_at, default=change())
    assert current.compliance is newest.compliance
    assert (current.state in {State.OPEN, State.REOPENED}) == (newest.compliance == "NON_COMPLIANT")


def test_what_was_decided_before_counts_no_more_after_reopening():
    decided = replace(finding(), state=State.RESOLVED, actor="U1", agreed=("U2",), needed=1)

    after = observe(decided, change(minute=5), at(5))

    assert (after.actor, after.agreed, after.needed) == ("", (), 0)
