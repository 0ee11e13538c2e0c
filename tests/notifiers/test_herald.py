"""What people are told beside cards: in threads, directly, and in escalation channels."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from compliance import life
from compliance.channel import Channel
from compliance.finding import State
from compliance.hours import Patience, WorkingHours
from compliance.prose import plain
from compliance.request import Verb
from compliance.routing import Notify
from compliance.rules import Severity
from notifiers.chat import ChannelClosedError, ChatBusyError, InDoubtError
from notifiers.outbox import Outbox
from tests.builders import ID, RULE, change, request, rule, teams
from tests.notifiers.chat import FakeChat

HANNAH, HARRY = "slack:U0HANNAH", "slack:U0HARRY"
HOUSING, TDA = Channel("slack", "C0HOUSING"), Channel("slack", "C0TDA")
ALWAYS = WorkingHours(
    days=frozenset(range(7)), begin=WorkingHours().begin.min, end=WorkingHours().begin.max
)
PATIENCE = Patience(ALWAYS, (timedelta(hours=4), timedelta(days=1)), timedelta(days=7))


#: How often the workers look in the time that a test lets pass, at most.
_ROUNDS = 400
#: What the commands call each move in the audit log.
ACTIONS = {"ask": "remediate", "agree": "agree", "withdraw": "withdraw", "start": "start"}


def move(ledger, step, finding_id=ID, by=HANNAH, needed=0, **named):
    """Apply a move as the command for it does."""
    verb = {"verb": Verb.REMEDIATE} if step in (life.agree, life.withdraw) else {}
    if step is life.ask:
        named["request"] = replace(request(by, needed), asked_at=ledger.now())
    return ledger.move(
        finding_id,
        partial(step, now=ledger.now(), **verb, **named),
        actor=by,
        action=ACTIONS.get(step.__name__, step.__name__),
        decision={name: each.value for name, each in verb.items()},
        detail={"person": {"name": by.removeprefix("slack:U0").title()}},
    )


class Office:
    """The bot's messages over a fake product, a second at a time."""

    def __init__(self, ledger, clock, chat, configured, patience=PATIENCE, catalogue=None):
        self.ledger, self.clock, self.chat = ledger, clock, chat
        known = (catalogue or {RULE: rule()}, configured, {}, None, patience)
        self.outbox = Outbox(ledger, {"slack": chat}, *known)
        for worker in (self.outbox.courier, self.outbox.herald):
            worker._start, worker._monotonic = _at_once, lambda: clock.now.timestamp()
        self.outbox.gate._monotonic = lambda: clock.now.timestamp()
        for updates in self.outbox.courier._updates.values():
            updates._monotonic = lambda: clock.now.timestamp()

    def pass_time(self, seconds=30, **longer):
        """Let the courier and the herald work through this time, in days with longer pauses."""
        end = self.clock.now + timedelta(seconds=0 if longer else seconds, **longer)
        least = max(timedelta(seconds=1), (end - self.clock.now) / _ROUNDS)
        while self.clock.now < end:
            pauses = (self.outbox.courier.round(), self.outbox.herald.round())
            pause = min(filter(None, pauses))
            self.clock.now = min(end, self.clock.now + max(pause, least))

    def ask(self, needed=1, by=HANNAH):
        return move(self.ledger, life.ask, by=by, needed=needed)

    @property
    def said(self):
        """What stands in threads, as words."""
        return [plain(reply.text) for to, reply in self.chat.replies.values() if to]

    def replies(self):
        return [reply for to, reply in self.chat.replies.values() if to]

    def letters(self, who):
        where = Channel("slack", who)
        return [plain(r.text) for m, (_, r) in self.chat.replies.items() if m.channel == where]


def first(said):
    """Return the first word behind the resource, which is named where somebody is called."""
    return said.removeprefix("repairs-photos · ").split()[0]


def _at_once(work):
    work()


@pytest.fixture
def engine(each_engine):
    return each_engine


@pytest.fixture
def chat():
    return FakeChat()


@pytest.fixture
def office(ledger, clock, chat):
    office = Office(ledger, clock, chat, teams())
    ledger.record([change()])
    office.pass_time(70)
    return office


def critical(**named):
    return {RULE: replace(rule(), severity=Severity.CRITICAL, **named)}


def test_a_second_person_who_is_needed_is_mentioned_at_once_and_the_asker_is_not(office):
    office.ask()
    office.pass_time(2)

    [reply] = office.replies()
    assert reply.mentions == (HARRY,)
    assert "asked for the remediation. 1 more must agree." in plain(reply.text)
    assert not reply.urgent


def test_news_mentions_nobody(office):
    office.ask(needed=0)
    office.pass_time(2)

    assert [reply.mentions for reply in office.replies()] == [()]


def test_what_is_over_before_it_was_said_calls_nobody(office):
    office.chat.closed = {HOUSING: ChatBusyError(timedelta(seconds=2))}
    office.ask()
    office.pass_time(2)
    office.chat.closed = {}
    move(office.ledger, life.withdraw, by=HANNAH, note="No.")
    office.pass_time(10)

    [reply] = office.replies()
    assert reply.mentions == ()


def test_a_failed_remediation_is_shown_in_the_channel_too(office):
    office.ask(needed=0)
    move(office.ledger, life.start, by="bot")
    move(office.ledger, life.fail, by="bot", note="ssm:StartAutomationExecution is missing.")
    office.pass_time(10)

    [reply] = [each for each in office.replies() if each.urgent]
    assert reply.mentions == (HANNAH, HARRY)
    assert "ssm:StartAutomationExecution is missing." in plain(reply.text)


@pytest.mark.parametrize(("severity", "urgent"), [("critical", True), ("medium", False)])
def test_what_comes_back_mentions_people_and_where_it_is_critical_in_the_channel(
    ledger, clock, chat, severity, urgent
):
    office = Office(
        ledger, clock, chat, teams(), catalogue={RULE: replace(rule(), severity=Severity(severity))}
    )
    ledger.record([change()])
    office.pass_time(70)
    ledger.record([change("COMPLIANT", minute=2)])
    office.pass_time(60)
    ledger.record([change(minute=4)])
    office.pass_time(60)

    news, call = office.replies()
    assert (news.mentions, news.urgent) == ((), False)
    assert (call.mentions, call.urgent) == ((HANNAH, HARRY), urgent)


def test_a_quiet_team_is_told_without_mentions_and_never_reminded(ledger, clock, chat):
    quiet = replace(
        teams(), ordered=tuple(replace(t, notify=Notify(False, False)) for t in teams().ordered)
    )
    office = Office(ledger, clock, chat, quiet)
    ledger.record([change()])
    office.pass_time(70)
    office.ask()
    office.pass_time(days=6)

    [reply] = office.replies()
    assert reply.mentions == ()


def test_reminders_grow_apart_then_the_escalation_channel_is_told_then_the_request_expires(office):
    office.ask()
    began = office.clock.now
    office.pass_time(days=8)

    kinds = ["asked for" if "asked for" in each else first(each) for each in office.said]
    assert kinds[:5] == ["asked for", "Reminder:", "Reminder:", "Reminder:", "Ask"]
    assert office.outbox.counted()["escalation"] == 1
    [told] = [plain(r.text) for m, (to, r) in office.chat.replies.items() if m.channel == TDA]
    assert "ask team housing, which has not answered" in told
    assert office.ledger.find(ID).requests == ()
    assert office.letters(HANNAH)[-1].startswith("Ask again if it still matters")
    assert office.clock.now > began


def test_people_are_reminded_inside_their_working_hours_only(ledger, clock, chat):
    weekdays = replace(PATIENCE, hours=WorkingHours())
    office = Office(
        ledger, clock, chat, teams(), weekdays, {RULE: replace(rule(), severity=Severity.LOW)}
    )
    ledger.record([change()])
    clock.move(days=4, hours=6)  # Friday, 15:00: four hours later nobody is at work
    office.pass_time(70)
    office.ask()
    office.pass_time(days=2)
    assert len(office.said) == 1

    office.pass_time(days=1)
    assert list(map(first, office.said[1:])) == ["Reminder:"]


def test_the_asker_is_told_who_agreed_and_when_it_is_done(office):
    office.ask()
    move(office.ledger, life.agree, by=HARRY, actor=HARRY)
    office.pass_time(10)
    move(office.ledger, life.start, by="bot")
    office.ledger.record([change("COMPLIANT", minute=10)])
    office.pass_time(60)

    agreed, done = office.letters(HANNAH)
    assert agreed.startswith(f"{HARRY} agreed to the remediation that you asked for")
    assert done.startswith("Done: the remediation that you asked for")
    assert office.letters(HARRY) == []


def test_who_withdraws_somebody_elses_request_is_named_to_them(office):
    office.ask()
    move(office.ledger, life.withdraw, by=HARRY, note="No.")
    office.pass_time(10)

    [letter] = office.letters(HANNAH)
    assert letter.startswith(f"{HARRY} withdrew your request")


def test_ones_own_withdrawal_is_told_to_nobody(office):
    office.ask()
    move(office.ledger, life.withdraw, by=HANNAH, note="No.")
    office.pass_time(10)

    assert office.letters(HANNAH) == []


def test_many_outcomes_come_to_a_person_in_few_messages(ledger, clock, chat):
    office = Office(ledger, clock, chat, teams())
    changes = [change(resource=f"bucket-{number}") for number in range(100)]
    ledger.record(changes)
    office.pass_time(120)
    ids = [each.id for each in ledger.each([State.OPEN])]
    for each in ids:
        move(ledger, life.ask, each, by=HANNAH, needed=1)
        move(ledger, life.withdraw, each, by=HARRY, note="No.")
    office.pass_time(600)

    assert sum(each.count("withdrew") for each in office.letters(HANNAH)) == 100
    assert len(office.letters(HANNAH)) <= 6


def test_a_message_of_many_findings_says_something_once_a_minute_at_most(ledger, clock, chat):
    office = Office(ledger, clock, chat, teams())
    ledger.record([change(resource=f"bucket-{number}") for number in range(120)])
    office.pass_time(120)
    for number in range(120):
        ledger.record([change("COMPLIANT", minute=5, resource=f"bucket-{number}")])
        office.pass_time(1)
    office.pass_time(120)

    groups = Counter(to for to, _ in chat.replies.values())
    assert max(groups.values()) <= 5


def test_a_reply_whose_answer_is_lost_is_made_once(office):
    office.chat.lost = [InDoubtError("timed out")]
    office.ask()
    office.pass_time(60)

    assert len(office.replies()) == 1


def test_a_reply_that_certainly_was_not_taken_is_made_later(office):
    office.chat.closed = {HOUSING: ChannelClosedError("is_archived", "")}
    office.ask()
    office.pass_time(60)
    assert office.replies() == []

    office.chat.closed = {}
    office.pass_time(60)
    assert len(office.replies()) == 1


def test_a_bot_that_was_killed_after_a_reply_makes_none_again(office, ledger, clock, chat):
    class KilledError(BaseException):
        """The process is gone."""

    chat.lost = [KilledError()]
    office.ask()
    with pytest.raises(KilledError):
        office.pass_time(30)
    again = Office(ledger, clock, chat, teams())
    again.pass_time(300)

    assert len(again.replies()) == 1


def test_two_replicas_say_it_once(office, ledger, clock, chat):
    other = Office(ledger, clock, chat, teams())
    office.ask()
    for _ in range(20):
        other.outbox.herald.round()
        office.pass_time(1)

    assert len(office.replies()) == 1


def test_what_comes_back_after_a_day_gets_a_fresh_card_and_the_old_one_points_to_it(office):
    [old] = office.chat.posts
    office.ledger.record([change("COMPLIANT", minute=5)])
    office.pass_time(days=2)
    office.ledger.record([change(minute=3000)])
    office.pass_time(60)

    _, fresh = office.chat.posts
    assert office.chat.pointers == {old: fresh}


def test_who_can_act_is_called_in_the_thread_of_a_fresh_card(office):
    office.ledger.record([change("COMPLIANT", minute=5)])
    office.pass_time(days=2)
    before = len(office.replies())
    office.ledger.record([change(minute=3000)])
    office.pass_time(60)

    [back] = office.replies()[before:]
    assert plain(back.text).startswith("repairs-photos · It was resolved")
    assert back.mentions


def test_what_comes_back_within_a_day_keeps_its_card(office):
    office.ledger.record([change("COMPLIANT", minute=5)])
    office.pass_time(hours=20)
    office.ledger.record([change(minute=1200)])
    office.pass_time(60)

    assert len(office.chat.posts) == 1
    assert office.chat.pointers == {}


def test_the_owner_by_tag_is_mentioned_where_chat_knows_the_address(office):
    from compliance.change import ResourceFacts

    office.chat.addresses = {"maya@council.example": "slack:U0MAYA"}
    tags = {"Owner": "maya@council.example"}
    place = change().key
    office.ledger.record(
        [],
        [
            ResourceFacts(
                place.account,
                place.region,
                place.resource_type,
                place.resource_id,
                office.clock.now,
                tags=tags,
            )
        ],
    )
    office.ask()
    office.pass_time(5)

    assert "slack:U0MAYA" in office.replies()[-1].mentions


def test_idle_nothing_is_read_but_what_is_due(office):
    office.pass_time(300)
    before = len(office.chat.replies)

    assert office.outbox.herald.round() >= timedelta(seconds=30)
    assert len(office.chat.replies) == before
