"""The life of a finding."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

import compliance.finding as states
from compliance import life
from compliance.change import Compliance
from compliance.evaluating import absorb, close, first_seen, is_said_again, observe
from compliance.finding import (
    CAN_BEGIN,
    IN_PROGRESS,
    SETTLED,
    UNRESOLVED,
    Finding,
    IllegalMoveError,
    State,
    short_ids,
    shortest_id,
)
from compliance.request import Verb
from tests.builders import PACK_ARN, RULE, at, change, finding, key, request

HUB_RULE = f"securityhub-{RULE}-1a2b3c4d"


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


def evaluated(minute, invoked):
    """COMPLIANT, recorded at *minute*, of a rule that was called at *invoked*."""
    return replace(change("COMPLIANT", minute=minute), invoked_at=at(invoked))


@pytest.mark.parametrize(
    ("state", "evaluation", "verdict"),
    [
        (State.RUNNING, evaluated(1.9, 1.9), State.RUNNING),
        (State.RUNNING, evaluated(2.5, 1.9), State.RUNNING),
        (State.RUNNING, evaluated(2.5, 2), State.RESOLVED),
        (State.APPLIED, evaluated(0.9, 0.9), State.APPLIED),
        (State.APPLIED, evaluated(5, 0.9), State.APPLIED),
        (State.WAITING, evaluated(5, 0.9), State.WAITING),
        (State.WAITING, evaluated(5, 4), State.RESOLVED),
        (State.WAITING, change("COMPLIANT", minute=5), State.RESOLVED),
        (State.WAITING, change("NOT_APPLICABLE", minute=0.9), State.RESOLVED),
        (State.APPROVED, evaluated(1, 0.9), State.RESOLVED),
    ],
    ids=["recorded before the start", "called before the start", "called at the start",
         "recorded before the decision", "called before the decision", "while it waits",
         "called after it", "no word of the call", "deleted", "not started"],
)  # fmt: skip
def test_an_evaluation_from_before_the_fix_is_no_verdict_on_it(state, evaluation, verdict):
    after = observe(in_state(state), evaluation, at(6))

    assert after.state is verdict
    assert after.compliance is evaluation.compliance
    assert after.aws_key.rule == RULE


def test_what_was_compliant_before_the_fix_is_accepted_when_nothing_newer_came():
    seen = observe(in_state(State.WAITING), evaluated(5, 0.9), at(6))

    after = life.accept(seen, at(33))

    assert (after.state, after.until, after.requests) == (State.RESOLVED, None, ())
    assert "not evaluated the resource again" in after.note


def in_state(state: State) -> Finding:
    """A finding as people and AWS bring it into *state*."""
    asked = life.ask(finding(), request("U1", 1), at(1))
    approved = life.ask(finding(), request("U1", minute=1), at(1))
    running = life.start(approved, at(2))
    applied = life.apply(running, at(3))
    waiting = life.wait(applied, at(33), "Not seen yet.", at(3))
    resolved = observe(finding(), change("COMPLIANT", minute=1), at(1))
    return {
        State.COMPLIANT: finding(compliance="COMPLIANT"),
        State.OPEN: finding(),
        State.APPROVAL_PENDING: asked,
        State.APPROVED: approved,
        State.RUNNING: running,
        State.APPLIED: applied,
        State.WAITING: waiting,
        State.RESOLVED: resolved,
        State.FAILED: life.fail(running, "Broken.", at(4)),
        State.NOT_VERIFIED: life.give_up_waiting(waiting, "Not seen.", at(33)),
        State.EXCEPTED: life.except_until(
            finding(), at(60), "Known.", request("U1", verb="except"), at(1)
        ),
        State.REOPENED: observe(resolved, change(minute=2), at(2)),
    }[state]


ASK = {verb: partial(life.ask, request=request("U9", 1, verb=verb), now=at(50)) for verb in Verb}
MOVES = {
    **{f"ask to {verb}": move for verb, move in ASK.items()},
    "ask to remediate alone": partial(life.ask, request=request("U9"), now=at(50)),
    "agree": partial(life.agree, verb=Verb.REMEDIATE, actor="U2", now=at(50)),
    "withdraw": partial(life.withdraw, verb=Verb.REMEDIATE, now=at(50), note="Taken back."),
    "start": partial(life.start, now=at(50)),
    "release": partial(life.release, now=at(50)),
    "progress": partial(life.progress, step=1, steps=2, note="Put"),
    "apply": partial(life.apply, now=at(50)),
    "wait": partial(life.wait, until=at(99), note="Not seen yet.", now=at(50)),
    "fail": partial(life.fail, note="Broken.", now=at(50)),
    "give up waiting": partial(life.give_up_waiting, note="Not seen.", now=at(50)),
    "except": partial(
        life.except_until,
        until=at(99),
        note="Known.",
        request=request("U9", verb="except"),
        now=at(50),
    ),
    "accept": partial(life.accept, now=at(50)),
    "end the exception": partial(life.end_exception, note="Ended.", now=at(50)),
}
UNDECIDED = (State.OPEN, State.REOPENED, State.FAILED, State.NOT_VERIFIED)
#: Every state that each move is allowed in, and the state after it. All others are refused.
ALLOWED = {
    "ask to remediate": dict.fromkeys(UNDECIDED, State.APPROVAL_PENDING),
    "ask to remediate alone": dict.fromkeys(UNDECIDED, State.APPROVED),
    "ask to except": {
        **dict.fromkeys((*UNDECIDED, State.APPROVAL_PENDING), State.APPROVAL_PENDING),
        State.APPROVED: State.APPROVED,
    },
    "ask to extend": {State.EXCEPTED: State.EXCEPTED},
    "ask to revoke": {State.EXCEPTED: State.EXCEPTED},
    "ask to undo": {State.RESOLVED: State.RESOLVED},
    "ask to clear": {
        state: state for state in (*UNDECIDED, State.APPROVAL_PENDING, State.EXCEPTED)
    },
    "agree": {State.APPROVAL_PENDING: State.APPROVED},
    "withdraw": {State.APPROVAL_PENDING: State.OPEN, State.APPROVED: State.OPEN},
    "start": {State.APPROVED: State.RUNNING},
    "release": {State.RUNNING: State.APPROVED},
    "progress": {State.RUNNING: State.RUNNING},
    "apply": {State.RUNNING: State.APPLIED},
    "wait": {State.APPLIED: State.WAITING},
    "fail": {State.APPROVED: State.FAILED, State.RUNNING: State.FAILED},
    # It is for what AWS Config calls COMPLIANT, which these are not.
    "accept": {},
    "give up waiting": {State.WAITING: State.NOT_VERIFIED},
    "except": dict.fromkeys(
        (*UNDECIDED, State.APPROVAL_PENDING, State.APPROVED, State.EXCEPTED), State.EXCEPTED
    ),
    "end the exception": {State.EXCEPTED: State.REOPENED},
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", State)
def test_each_move_leads_from_each_state_where_it_should_or_is_refused(state, move):
    before = in_state(state)

    if state in ALLOWED[move]:
        assert MOVES[move](before).state is ALLOWED[move][state]
    else:
        with pytest.raises(IllegalMoveError, match=f"it is {state}"):
            MOVES[move](before)


def test_what_is_cleared_at_aws_keeps_no_withdrawn_request_pending():
    asked = life.ask(finding(), request("U1", 1), at(1))
    cleared = life.ask(asked, request("U1", verb="clear"), at(2))

    assert life.withdraw(cleared, Verb.REMEDIATE, at(3), "Taken back.").state is State.OPEN


def test_another_person_has_to_agree_where_the_rule_demands_it():
    asked = life.ask(finding(), request("U1", 1), at(1))

    assert life.agree(asked, Verb.REMEDIATE, "U1", at(2)) is asked
    assert life.agree(asked, Verb.REMEDIATE, "U2", at(2)).state is State.APPROVED


def test_a_request_waits_until_enough_have_agreed():
    asked = life.ask(finding(), request("U1", 2), at(1))

    once = life.agree(asked, Verb.REMEDIATE, "U2", at(2))
    again = life.agree(once, Verb.REMEDIATE, "U2", at(3))
    twice = life.agree(once, Verb.REMEDIATE, "U3", at(3))

    assert (once.state, once.requests[0].agreed) == (State.APPROVAL_PENDING, ("U2",))
    assert again is once
    assert (twice.state, twice.decided.deciders) == (State.APPROVED, ("U1", "U2", "U3"))


def test_an_exception_that_is_asked_for_waits_on_while_the_finding_is_remediated():
    both = ASK[Verb.EXCEPT](in_state(State.APPROVAL_PENDING))

    approved = life.agree(both, Verb.REMEDIATE, "U2", at(3))
    failed = life.fail(life.start(approved, at(4)), "No.", at(5))

    assert [each.verb for each in approved.requests] == [Verb.EXCEPT]
    assert failed.requests == approved.requests


def test_an_approved_remediation_that_is_withdrawn_leaves_what_else_waits():
    both = ASK[Verb.EXCEPT](in_state(State.APPROVAL_PENDING))
    approved = life.agree(both, Verb.REMEDIATE, "U2", at(3))

    after = life.withdraw(approved, Verb.REMEDIATE, at(4), "Taken back.")

    assert (after.state, after.decided) == (State.APPROVAL_PENDING, None)
    assert after.requests == approved.requests


def test_a_second_request_for_the_same_is_refused():
    with pytest.raises(IllegalMoveError):
        ASK[Verb.REMEDIATE](in_state(State.APPROVAL_PENDING))


def test_a_request_does_not_hide_one_for_something_else():
    both = ASK[Verb.EXCEPT](in_state(State.APPROVAL_PENDING))

    left = life.withdraw(both, Verb.EXCEPT, at(51), "Taken back.")

    assert (both.request(Verb.REMEDIATE).actor, both.request(Verb.EXCEPT).actor) == ("U1", "U9")
    assert (left.state, left.requests) == (State.APPROVAL_PENDING, (both.requests[0],))


def test_agreeing_to_one_request_agrees_to_no_other():
    both = ASK[Verb.EXCEPT](in_state(State.APPROVAL_PENDING))

    agreed = life.agree(both, Verb.EXCEPT, "U2", at(51))

    assert agreed.request(Verb.EXCEPT).is_agreed
    assert not agreed.request(Verb.REMEDIATE).is_agreed


def test_an_agreed_exception_waits_until_the_allowlist_is_written():
    asked = life.ask(finding(), request("U1", 0, verb="except"), at(1))

    assert (asked.state, asked.requests[0].is_agreed) == (State.APPROVAL_PENDING, True)


@pytest.mark.parametrize("verb", [Verb.EXTEND, Verb.REVOKE])
def test_what_is_asked_about_an_exception_leaves_it_in_force(verb):
    asked = ASK[verb](in_state(State.EXCEPTED))

    taken_back = life.withdraw(asked, verb, at(51), "Taken back.")

    assert (asked.state, taken_back.state, taken_back.requests) == (
        State.EXCEPTED,
        State.EXCEPTED,
        (),
    )
    assert taken_back.until == in_state(State.EXCEPTED).until


def test_a_withdrawn_request_leaves_nothing_decided():
    after = life.withdraw(in_state(State.APPROVAL_PENDING), Verb.REMEDIATE, at(2), "Taken back.")

    assert (after.state, after.decided, after.requests) == (State.OPEN, None, ())
    assert (after.opened_at, after.note) == (finding().opened_at, "Taken back.")


@pytest.mark.parametrize("verb", [each for each in Verb if each is not Verb.REMEDIATE])
def test_what_nobody_asked_can_neither_be_agreed_to_nor_withdrawn(verb):
    asked = in_state(State.APPROVAL_PENDING)

    with pytest.raises(IllegalMoveError):
        life.agree(asked, verb, "U2", at(2))
    with pytest.raises(IllegalMoveError):
        life.withdraw(asked, verb, at(2), "Taken back.")


def test_a_remediation_is_followed_step_by_step_to_the_wait_for_config():
    second = life.progress(in_state(State.RUNNING), 2, 3, "Verify")
    waiting = life.wait(life.apply(second, at(3)), at(33), "Not seen yet.", at(3))

    assert (second.step, second.steps, second.note) == (2, 3, "Verify")
    assert (waiting.until, waiting.note) == (at(33), "Not seen yet.")


def test_a_failed_remediation_still_says_who_decided():
    assert in_state(State.FAILED).decided.actor == "U1"


def test_a_resolved_finding_evaluated_compliant_again_stays_resolved():
    resolved = observe(finding(), change("COMPLIANT", minute=1), at(1))

    after = observe(resolved, change("COMPLIANT", minute=2), at(2))

    assert (after.state, after.changed_at, after.recorded_at) == (State.RESOLVED, at(1), at(2))


def test_a_resource_that_breaks_the_rule_later_opens_its_finding_then():
    after = observe(finding(compliance="COMPLIANT"), change(minute=5), at(6))

    assert (after.state, after.opened_at) == (State.OPEN, at(5))


@pytest.mark.parametrize("state", sorted(set(State) - {State.COMPLIANT, State.RESOLVED}))
def test_a_repeated_violation_does_not_disturb_what_is_under_way(state):
    before = in_state(state)

    after = observe(before, change(minute=5), at(5))

    assert is_said_again(before, after)


@pytest.mark.parametrize("state", sorted(set(State) - {State.COMPLIANT}))
def test_a_compliant_evaluation_resolves_every_finding_and_all_that_was_asked(state):
    after = observe(in_state(state), change("COMPLIANT", minute=5), at(5))

    assert (after.state, after.requests) == (State.RESOLVED, ())


def test_what_is_dated_ahead_counts_as_of_now():
    ahead = observe(finding(), change("COMPLIANT", minute=90), at(5))

    assert ahead.recorded_at == at(5)
    assert observe(ahead, change(minute=6), at(6)).state is State.REOPENED


def test_whatever_has_a_possible_time_comes_after_what_is_dated_ahead():
    """AWS Config recorded it before the odd one came here, and it is the newer all the same."""
    ahead = observe(finding(minute=-60), change(minute=90), at(5))

    assert observe(ahead, change("COMPLIANT", minute=1), at(6)).state is State.RESOLVED


def test_what_is_dated_ahead_is_in_order_with_what_else_is():
    ahead = observe(finding(), change("COMPLIANT", minute=90), at(5))

    assert observe(ahead, change("COMPLIANT", minute=90), at(6)) is ahead
    assert observe(ahead, change(minute=80), at(6)) is ahead
    assert observe(ahead, change(minute=91), at(6)).state is State.REOPENED
    assert is_said_again(ahead, observe(ahead, change("COMPLIANT", minute=7), at(7)))


def test_ids_are_the_same_in_every_process_and_release():
    assert short_ids(key())[0] == "F-FSQED"


def test_ids_grow_where_shorter_ones_are_taken():
    first, second, *_, longest = short_ids(key())

    assert second.startswith(first)
    assert (len(first), len(longest)) == (len("F-3K7Q2"), len("F-3K7Q2") + 7)


def reached_by_moves_alone():
    """Return every state that the moves of people and of the bot lead to from a new finding."""
    ahead, seen = [finding()], {}
    while ahead:
        current = ahead.pop()
        mark = (current.state, frozenset(each.verb for each in current.requests))
        if mark in seen:
            continue
        seen[mark] = current.state
        for move in MOVES.values():
            with suppress(IllegalMoveError):
                ahead.append(move(current))
    return set(seen.values())


def test_no_sequence_of_moves_resolves_a_finding():
    """They lead to every other state; only AWS Config's evaluation resolves."""
    assert reached_by_moves_alone() == set(State) - {State.RESOLVED, State.COMPLIANT}


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
    resolved = observe(in_state(State.WAITING), change("COMPLIANT", minute=4), at(4))

    after = observe(resolved, change(minute=5), at(5))

    assert resolved.decided is not None
    assert (after.decided, after.requests) == (None, ())


def hub(compliance: str = "NON_COMPLIANT", minute: float = 0):
    """What Security Hub's own copy of the rule says of the same resource."""
    return change(compliance, minute, rule=HUB_RULE, rule_arn=PACK_ARN)


def test_copies_of_a_rule_are_one_finding():
    both = observe(finding(), hub(minute=1), at(1))

    assert (both.key, both.state) == (key(), State.OPEN)
    assert [copy.rule for copy in both.copies] == [RULE, HUB_RULE]


def test_a_finding_is_resolved_when_no_copy_of_its_rule_is_broken():
    both = observe(finding(), hub(minute=1), at(1))

    one = observe(both, change("COMPLIANT", minute=2), at(2))
    none = observe(one, hub("NOT_APPLICABLE", minute=3), at(3))

    assert (one.state, one.compliance) == (State.OPEN, Compliance.NON_COMPLIANT)
    assert (none.state, none.compliance) == (State.RESOLVED, Compliance.COMPLIANT)


def test_each_copy_has_its_own_order_of_changes():
    both = observe(finding(minute=5), hub(minute=2), at(5))

    assert [copy.recorded_at for copy in both.copies] == [at(5), at(2)]
    assert observe(both, hub("COMPLIANT", minute=1), at(6)) is both


def test_the_copy_that_can_be_remediated_is_the_one_that_aws_is_asked_about():
    both = observe(first_seen(hub(), "F-1", "housing", at(0), RULE), change(minute=1), at(1))

    assert (both.aws_key, both.service_linked) == (key(), False)


def test_a_rule_that_only_a_service_owns_takes_no_remediation():
    owned = first_seen(hub(), "F-1", "housing", at(0), RULE)

    assert (owned.key.rule, owned.aws_key.rule, owned.service_linked) == (RULE, HUB_RULE, True)


def test_who_owns_a_rule_is_remembered_where_a_change_does_not_say_it():
    owned = first_seen(hub(), "F-1", "housing", at(0), RULE)

    again = observe(owned, replace(hub(minute=1), rule_arn=""), at(1))

    assert again.service_linked


def test_the_annotation_is_the_newest_of_what_is_broken():
    said = observe(finding(), change(minute=1, annotation="No block."), at(1))
    both = observe(said, hub(minute=2), at(2))

    assert both.annotation == "No block."


def test_of_two_annotations_the_newer_one_is_shown():
    older = observe(finding(annotation="Old."), hub(minute=2), at(2))
    newer = observe(older, replace(hub(minute=3), annotation="New."), at(3))

    assert (older.annotation, newer.annotation) == ("Old.", "New.")


def test_what_is_not_broken_any_more_has_no_say_in_a_finding():
    said = observe(finding(annotation="No block."), hub(minute=1), at(1))

    left = observe(said, change("COMPLIANT", minute=2, annotation="Fine."), at(2))

    assert (left.annotation, left.service_linked, left.aws_key.rule) == ("", True, HUB_RULE)


def test_every_state_is_undecided_under_way_settled_or_one_that_waits_for_people():
    over = SETTLED | {State.EXCEPTED}

    assert set(State) - over == UNRESOLVED
    assert set(UNDECIDED) == states.UNDECIDED
    assert {State.APPROVED, State.RUNNING, State.APPLIED, State.WAITING} == IN_PROGRESS
    assert {*UNDECIDED, State.APPROVAL_PENDING, State.APPROVED} == CAN_BEGIN


def test_a_new_finding_begins_at_its_first_version_without_a_step():
    new = finding()

    assert (new.version, new.step, new.steps, new.opened_at) == (1, 0, 0, at(0))
    assert finding(compliance="COMPLIANT").opened_at is None


@pytest.mark.parametrize(
    ("seen", "actor"),
    [
        (finding(), ""),
        (in_state(State.APPROVAL_PENDING), "U1"),
        (in_state(State.APPROVED), "U1"),
        (ASK[Verb.EXCEPT](in_state(State.APPROVED)), "U1"),
    ],
    ids=["new", "asked", "decided", "decided, and something else asked"],
)
def test_the_actor_is_who_decided_or_else_who_asked(seen, actor):
    assert seen.actor == actor


def test_what_is_dated_less_than_the_clocks_can_differ_ahead_is_kept():
    assert observe(finding(), change("COMPLIANT", minute=10), at(5)).recorded_at == at(10)
    assert observe(finding(), change("COMPLIANT", minute=10.5), at(5)).recorded_at == at(5)


def test_the_ids_of_a_key_are_ever_longer_beginnings_of_one():
    ids = short_ids(key())

    assert [len(each) for each in ids] == list(range(len("F-12345"), len("F-123456789012") + 1))
    assert ids[-1].startswith(ids[0])
    assert shortest_id(key()) == ids[0]


def test_a_finding_takes_in_the_copies_of_another_that_it_does_not_know():
    other = first_seen(hub(minute=3), "F-1", "housing", at(3), RULE)

    both = absorb(finding(), other.copies, at(4))
    again = absorb(both, other.copies, at(5))

    assert [copy.rule for copy in both.copies] == [RULE, HUB_RULE]
    assert (both.recorded_at, both.state) == (at(3), State.OPEN)
    assert again is both


def test_a_copy_that_is_broken_opens_a_finding_that_was_compliant():
    other = first_seen(hub(minute=3), "F-1", "housing", at(3), RULE)

    both = absorb(finding(compliance="COMPLIANT"), other.copies, at(4))

    assert (both.state, both.opened_at) == (State.OPEN, at(3))


@pytest.mark.parametrize("state", State)
def test_what_is_shown_elsewhere_is_closed_unless_something_is_under_way(state):
    before = in_state(state)
    if state in IN_PROGRESS:
        with pytest.raises(IllegalMoveError):
            close(before, "See F-1.", at(50))
        return

    closed = close(before, "See F-1.", at(50))

    is_over = state in SETTLED
    assert (closed.state, closed.note) == (state if is_over else State.RESOLVED, "See F-1.")
    assert closed.changed_at == (before.changed_at if is_over else at(50))
    assert (closed.compliance, closed.requests) == (Compliance.NOT_APPLICABLE, ())
    assert {copy.compliance for copy in closed.copies} == {Compliance.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("evaluation", "note"),
    [
        (change("COMPLIANT", minute=1), "AWS Config evaluated it COMPLIANT."),
        (change("COMPLIANT", minute=1, annotation="Why."), "AWS Config evaluated it COMPLIANT."),
        (change("NOT_APPLICABLE", minute=1), "The rule no longer applies"),
        (change("NOT_APPLICABLE", minute=1, annotation="The rule is gone."), "The rule is gone."),
    ],
    ids=["compliant", "compliant with a word", "not applicable", "not applicable with a word"],
)
def test_a_resolved_finding_says_by_what(evaluation, note):
    assert observe(finding(), evaluation, at(1)).note.startswith(note)


def test_the_same_again_is_the_same_whatever_the_order_of_the_copies():
    both = observe(finding(), hub(minute=1), at(1))
    again = observe(both, change(minute=2), at(2))

    assert is_said_again(both, again)
    assert not is_said_again(both, observe(both, hub("COMPLIANT", minute=2), at(2)))
    assert not is_said_again(both, replace(again, note="Another."))
    assert not is_said_again(finding(), both)


def test_a_word_on_what_waits_is_kept_only_while_it_waits():
    asked = in_state(State.APPROVAL_PENDING)

    [request] = (hindered := life.hinder(asked, Verb.REMEDIATE, "Git took 9 s.")).requests
    assert request.hindrance == "Git took 9 s."
    assert hindered.note == asked.note
    assert life.hinder(hindered, Verb.REMEDIATE, "Git took 12 s.") is hindered
    assert life.hinder(asked, Verb.EXCEPT, "Git is away.") is asked


def test_a_new_attempt_begins_before_its_first_step():
    second = life.progress(in_state(State.RUNNING), 2, 3, "Verify")
    approved = life.release(second, at(5))

    again = life.start(approved, at(6))

    assert (again.step, again.steps, again.note) == (0, 0, "")


def test_a_finding_that_is_reopened_is_at_no_step():
    second = life.progress(in_state(State.RUNNING), 2, 3, "Verify")
    resolved = observe(second, change("COMPLIANT", minute=5), at(5))

    reopened = observe(resolved, change(minute=6), at(6))

    assert (reopened.step, reopened.steps) == (0, 0)
