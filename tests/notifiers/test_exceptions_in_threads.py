"""The life of an exception as its thread tells it, with the clock moved through it."""

from datetime import timedelta

import pytest

from commands.carry_out import (
    agree_and_carry_out,
    carry_out_exceptions,
    extend_and_carry_out,
    ignore_and_carry_out,
    revoke_and_carry_out,
)
from commands.ending import let_it_end, warn_of_ends
from commands.enforce import Enforcement
from commands.extend import Extension
from commands.ignore import Ignore
from compliance.authority import Actor, Standing
from compliance.finding import State
from compliance.press import Button, Press
from compliance.prose import plain
from compliance.request import Verb
from ledger.mirrors import Mirrors
from tests.builders import PAIRED_RULE, change, teams
from tests.notifiers.chat import FakeChat
from tests.notifiers.test_herald import Office

HANNAH, HARRY, ANNA = "slack:U0HANNAH", "slack:U0HARRY", "slack:U0ANNA"
NAMES = {HANNAH: "Hannah Hughes", HARRY: "Harry Hill", ANNA: "Anna Abel"}
REASON = "The public website's pictures; nothing personal."


def person(user):
    groups = frozenset({"slack:S0SECURITY"} if user == ANNA else ())
    return Actor(user, NAMES[user], Standing.MEMBER, groups)


class Life:
    """One exception, the bot's hourly jobs, and the office that reads about it."""

    def __init__(self, context, office):
        self.context, self.office = context, office
        self.enforcement = Enforcement(context)
        context.ledger.record([change(rule=PAIRED_RULE)])
        [finding] = context.ledger.each([State.OPEN])
        self.id = finding.id
        office.pass_time(70)

    @property
    def finding(self):
        return self.context.ledger.find(self.id)

    def pass_days(self, days):
        """Let days go by, as the bot's clock does: it warns, ends and writes what is agreed."""
        for _ in range(days * 4):
            self.office.clock.move(hours=6)
            self.hour()
            self.office.pass_time(20)

    def hour(self):
        warn_of_ends(self.context)
        carry_out_exceptions(self.context, person)
        self.enforcement.round()

    def agreed(self, days=30):
        """Let Anna ask and Harry agree."""
        end = self.context.now().date() + timedelta(days=days)
        form = Ignore("accepted risk", REASON, "SEC-1", end)
        ignore_and_carry_out(self.context, person, self.id, person(ANNA), form)
        self.agree(Verb.EXCEPT)

    def agree(self, verb, by=HARRY):
        return agree_and_carry_out(self.context, person, self.id, verb, person(by))

    def extend(self, days=30, by=HANNAH):
        end = self.context.now().date() + timedelta(days=days)
        return extend_and_carry_out(self.context, person, self.id, person(by), Extension(end))

    def said(self, words):
        return [each for each in self.office.replies() if words in plain(each.text)]


@pytest.fixture
def life(context, ledger, clock):
    office = Office(ledger, clock, FakeChat(), teams(), catalogue=context.catalogue)
    return Life(context, office)


def test_a_warning_calls_the_asker_who_agreed_and_the_team_and_offers_both_ways_out(life):
    life.agreed()
    life.pass_days(18)

    [warning] = life.said("let it end")
    assert set(warning.mentions) == {ANNA, HARRY, HANNAH}
    assert warning.presses == (Press(Button.EXTEND, life.id), Press(Button.LET_END, life.id))
    assert "it ends in 14 days, at the end of 2 December 2026" in plain(warning.text)


def test_warnings_come_14_7_and_1_days_before_the_end_and_nobody_is_reminded(life):
    life.agreed()
    life.pass_days(30)

    warnings = [plain(each.text).partition(" it ends ")[2] for each in life.said("let it end")]
    assert [each.partition(",")[0] for each in warnings] == [
        "in 14 days",
        "in 7 days",
        "within a day",
    ]
    assert not life.said("Reminder")
    assert life.office.outbox.counted()["escalation"] == 0


def test_of_warnings_that_chat_did_not_take_the_last_is_said(life):
    life.agreed()
    life.office.clock.move(days=17)
    life.hour()
    life.office.clock.move(days=7)
    life.hour()
    life.office.pass_time(60)

    [warning] = life.said("let it end")
    assert "in 7 days" in plain(warning.text)


def test_who_lets_it_end_is_named_and_nobody_is_called_again(life):
    life.agreed()
    life.pass_days(18)
    let_it_end(life.context, life.id, person(HARRY))
    life.pass_days(12)

    assert len(life.said("let it end")) == 1
    [noted] = life.said("Harry Hill lets the exception end at the end of 2 December 2026.")
    assert noted.mentions == ()


def test_an_extension_calls_who_can_agree_and_then_says_the_new_end(life):
    life.agreed()
    life.pass_days(18)
    life.extend()
    life.office.pass_time(10)
    [asked] = life.said("Hannah Hughes asked to extend the exception until the end of")
    assert HARRY in asked.mentions
    assert HANNAH not in asked.mentions

    life.agree(Verb.EXTEND)
    life.office.pass_time(10)

    assert life.said("Harry Hill agreed to the extension.")
    assert life.said("The exception lasts until the end of 20 December 2026.")
    assert life.office.letters(HANNAH)[-1].startswith("Done: the extension that you asked for")


def test_an_extension_that_can_not_be_recorded_tells_its_asker_why(life):
    life.agreed()
    life.pass_days(18)
    life.extend(days=13)
    life.agree(Verb.EXTEND)
    life.extend(days=14)
    allowlist = life.context.allowlist
    [entry] = allowlist.current.entries
    allowlist.remove(entry, "Harry Hill", "Taken out by hand.")

    life.agree(Verb.EXTEND)
    life.office.pass_time(10)

    gone = f"the allowlist does not have {entry.id} any more."
    assert life.said(f"The extension was not recorded: {gone}")
    assert gone in life.office.letters(HANNAH)[-1]


def test_an_exception_that_ends_reopens_on_a_fresh_card_and_the_old_one_points_to_it(life):
    [old] = life.office.chat.posts
    life.agreed()
    life.pass_days(32)

    _, fresh = life.office.chat.posts
    assert life.office.chat.pointers == {old: fresh}
    line = plain(life.office.chat.shown[fresh].line)
    assert line.startswith("Reopened")
    assert "The exception has ended. Fix the resource, or agree a new exception." in line


def test_an_exception_that_is_revoked_reopens_on_a_fresh_card_and_aws_copy_goes(life):
    [old] = life.office.chat.posts
    life.agreed()
    life.office.pass_time(60)
    mirrors, key = Mirrors(life.context.ledger.engine), life.finding.key
    mirrors.done(life.id, life.finding.version, life.finding.until)

    revoke_and_carry_out(life.context, person, life.id, person(HARRY))
    life.office.pass_time(60)

    _, fresh = life.office.chat.posts
    assert life.office.chat.pointers == {old: fresh}
    assert "ended before its time" in plain(life.office.chat.shown[fresh].line)
    [due] = mirrors.due(key.account, key.region, life.context.now())
    assert (due.finding.id, due.finding.state) == (life.id, State.REOPENED)
