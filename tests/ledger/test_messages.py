"""Which messages are out of date, and which replica brings each up to date."""

import threading
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from compliance import life
from compliance.channel import Channel, Message
from compliance.finding import State
from compliance.request import Request, Verb
from ledger.leases import LEASE
from ledger.messages import Messages
from ledger.stale import Stale, Turn
from ledger.store import Ledger
from ledger.storms import STORM
from tests.builders import ID, change, move, teams

HOUSING, PAYMENTS = Channel("slack", "C0HOUSING"), Channel("slack", "C0PAYMENTS")
MESSAGE = Message(HOUSING, "1700000000.000100")
TEAMS = {"housing", "payments"}


@pytest.fixture
def messages(engine, clock):
    return Messages(engine, teams(), clock, patience=timedelta())


@pytest.fixture
def ask(ledger, clock):
    request = Request(Verb.REMEDIATE, "slack:U1", 0, clock())
    return lambda finding_id=ID: move(ledger, life.ask, finding_id, request=request)


def take(messages, turn=Turn.NEW, channel=HOUSING):
    return messages.take(channel, TEAMS, turn)


def post(messages, message=MESSAGE):
    """Take what is new and note that it was posted."""
    update = take(messages)
    messages.shown(update, message)
    return update


def ids(update):
    return [finding.id for finding in update.findings]


def test_a_new_finding_has_no_message_yet_but_our_own_id_of_it(messages, ledger):
    ledger.record([change()])

    update = take(messages)

    assert (ids(update), update.message, update.is_unconfirmed) == ([ID], None, False)
    assert update.post_id


def test_where_nothing_is_stale_no_channel_has_anything_to_do(messages, ledger, ask):
    ledger.record([change()])
    assert messages.stale() == {HOUSING: Stale(frozenset({"housing"}))}

    post(messages)
    assert messages.stale() == {}

    ask()
    assert messages.stale() == {
        HOUSING: Stale(frozenset({"housing"}), is_awaited=True, may_post=False)
    }


def test_a_finding_that_moved_while_its_message_was_on_its_way_stays_stale(messages, ledger, ask):
    ledger.record([change()])
    update = take(messages)
    ask()

    messages.shown(update, MESSAGE)

    assert take(messages, Turn.SHOWN).message == MESSAGE


def test_an_older_version_that_is_noted_late_takes_nothing_back(messages, ledger, clock, ask):
    ledger.record([change()])
    post(messages)
    ask()
    older = take(messages, Turn.SHOWN)
    clock.move(minutes=2)
    move(ledger, life.start)
    messages.shown(take(messages, Turn.SHOWN), MESSAGE)

    messages.shown(older, MESSAGE)

    assert messages.stale() == {}


def test_a_late_post_of_another_replica_is_known_as_a_duplicate(messages, ledger, clock):
    ledger.record([change()])
    late = take(messages)
    clock.move(minutes=2)
    messages.shown(take(messages), MESSAGE)

    assert messages.shown(late, Message(HOUSING, "late")) == MESSAGE


def test_each_channel_has_its_own_teams_findings_only(messages, ledger):
    ledger.record([change()])

    assert take(messages, channel=PAYMENTS) is None


def test_a_resource_that_never_broke_the_rule_gets_no_message(messages, ledger):
    ledger.record([change("COMPLIANT")])

    assert messages.stale() == {}


def test_of_messages_that_are_shown_the_newest_move_is_awaited_most(messages, ledger, clock, ask):
    ledger.record([change(), change(resource="other", rule="other")])
    post(messages, Message(HOUSING, "1"))
    post(messages, Message(HOUSING, "2"))
    first, second = (finding.id for finding in ledger.each([State.OPEN]))
    ask(first)
    clock.move(minutes=1)
    ask(second)

    assert ids(take(messages, Turn.AWAITED)) == [second]
    assert ids(take(messages, Turn.SHOWN)) == [first]


def test_nobody_waits_for_what_aws_resolved(messages, ledger):
    ledger.record([change()])
    post(messages)
    ledger.record([change("COMPLIANT", minute=1)])

    assert take(messages, Turn.AWAITED) is None
    assert ids(take(messages, Turn.SHOWN)) == [ID]


def test_a_message_that_is_gone_is_posted_anew(messages, ledger):
    ledger.record([change()])
    messages.gone(post(messages))

    assert take(messages).message is None


@pytest.mark.parametrize("posted", [False, True], ids=["new", "posted"])
def test_what_one_replica_sees_to_no_other_takes(messages, ledger, ask, posted):
    ledger.record([change()])
    if posted:
        post(messages)
        ask()
    turn = Turn.SHOWN if posted else Turn.NEW

    assert take(messages, turn) is not None
    assert take(messages, turn) is None


@pytest.mark.parametrize("posted", [False, True], ids=["new", "posted"])
def test_what_chat_did_not_take_is_free_again_as_it_was(messages, ledger, ask, posted):
    ledger.record([change()])
    if posted:
        post(messages)
        ask()
    turn = Turn.SHOWN if posted else Turn.NEW
    before = take(messages, turn)

    messages.release(before)

    after = take(messages, turn)
    assert (after.message, after.findings, after.is_unconfirmed) == (
        before.message,
        before.findings,
        False,
    )


def test_a_post_of_a_replica_that_died_is_in_doubt_under_its_own_id(messages, ledger, clock):
    ledger.record([change()])
    died = take(messages)

    clock.move(seconds=LEASE.total_seconds() - 1)
    assert take(messages) is None
    clock.move(seconds=1)
    relieved = take(messages)

    assert (relieved.post_id, relieved.is_unconfirmed) == (died.post_id, True)


def test_a_lease_from_before_the_clock_was_set_back_is_none(messages, ledger, clock):
    ledger.record([change()])
    take(messages)

    clock.move(hours=-1)

    assert take(messages) is not None


@pytest.mark.parametrize("number", [1, STORM + 1], ids=["a card", "a group"])
def test_of_eight_replicas_one_sees_to_a_message(messages, ledger, number):
    ledger.record([change(resource=f"bucket-{each}") for each in range(number)])
    taken, together = [], threading.Barrier(8)

    def replica():
        together.wait()
        taken.append(take(messages))

    threads = [threading.Thread(target=replica) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(each.findings) for each in taken if each] == [number]


def test_a_large_group_is_counted_and_only_some_of_it_are_read(messages, ledger):
    ledger.record([change(resource=f"bucket-{each}") for each in range(300)])

    update = take(messages)

    assert update.tally.number == 300
    assert len(update.findings) < 50
    assert len(update.versions) == 300


def test_those_of_a_large_group_that_wait_for_somebody_are_named_first(messages, ledger):
    ledger.record([change(resource=f"bucket-{each}") for each in range(100)])
    post(messages)
    ledger.record([change("COMPLIANT", 1, f"bucket-{each}") for each in range(90)])

    update = take(messages, Turn.SHOWN)

    assert [each.state for each in update.findings][:10] == [State.OPEN] * 10
    assert dict(update.tally.states) == {State.OPEN: 10, State.RESOLVED: 90}


def test_a_channels_id_can_be_as_long_as_a_chat_product_makes_it(engine, clock, ledger):
    long = Channel("teams", f"19:{'a' * 71}@thread.tacv2")
    messages = Messages(engine, teams(), clock, timedelta())
    ledger.record([change()])

    messages.adopt(ID, Message(long, "m" * 200))

    assert long in messages.stale()


@pytest.mark.postgresql
def test_a_look_that_another_replicas_post_made_old_takes_nothing(on_postgresql, clock):
    other = Messages(on_postgresql, teams(), clock, timedelta())
    Ledger(on_postgresql, clock, lambda key, tags: "housing").record([change()])
    looks = count(1)

    def when_the_other_has_posted():
        # Asked first for the look, then for the lease.
        if next(looks) == 2:
            post(other)
        return clock()

    messages = Messages(on_postgresql, teams(), when_the_other_has_posted, timedelta())

    assert take(messages) is None
    assert next(looks) > 2


@pytest.mark.parametrize("turn", list(Turn))
def test_a_look_at_a_ledger_at_rest_reads_no_table(sqlite_engine, clock, turn):
    """SQLite tells how it would look: by the index of what is stale, and not through findings."""
    plans = []
    messages = Messages(sqlite_engine, teams(), clock, timedelta())

    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().startswith("SELECT"):
            plan = cursor.connection.cursor()
            plans.extend(plan.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall())

    sa.event.listen(sqlite_engine, "before_cursor_execute", explain)
    messages.stale()
    take(messages, turn)

    looks = [row[-1] for row in plans if row[-1].startswith(("SCAN", "SEARCH"))]
    assert any("findings_stale" in look for look in looks)
    at_rest = [look for look in looks if look.startswith("SCAN") and "INDEX" not in look]
    assert set(at_rest) <= {"SCAN CONSTANT ROW"}, looks
