"""An exception from the asking to the end, extended and ended by people, with the clock moved."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from commands.answers import Invalid, Refused
from commands.carry_out import (
    agree_and_carry_out,
    carry_out_exceptions,
    extend_and_carry_out,
    ignore_and_carry_out,
    revoke_and_carry_out,
)
from commands.ending import let_it_end, warn_of_ends
from commands.enforce import Enforcement, enforce_now
from commands.extend import Extension
from commands.ignore import Ignore
from commands.in_force import how_many, reopening
from compliance.accounts import Account
from compliance.allowlist import ANY
from compliance.authority import Actor, Standing
from compliance.card import presses
from compliance.change import ResourceFacts
from compliance.finding import State
from compliance.press import Button, Press
from compliance.prose import plain
from compliance.request import Verb
from compliance.state_line import state_line
from config.file_shelf import FileShelf
from config.keeper import Keeper
from ledger.remembered import Remembered
from ledger.store import Ledger
from tests.builders import ID, PAIRED_RULE, change, entry, key, member, write

HANNAH, HARRY = "slack:U0HANNAH", "slack:U0HARRY"
NAMES = {HANNAH: "Hannah Hughes", HARRY: "Harry Hill"}
REASON = "The public website's pictures; nothing personal."
ANALYST = member("slack:U0ANNA", "slack:S0SECURITY")


def person(user):
    return Actor(user, NAMES.get(user, ""), Standing.MEMBER, frozenset({"slack:S0SECURITY"}))


def ask(context, finding_id, days=30, by=HANNAH, **form):
    end = context.now().date() + timedelta(days=days)
    asked = Ignore("accepted risk", REASON, "SEC-1", end, **form)
    return ignore_and_carry_out(context, person, finding_id, person(by), asked)


def extend(context, finding_id, days=30, by=HANNAH, reason=""):
    end = context.now().date() + timedelta(days=days)
    return extend_and_carry_out(context, person, finding_id, person(by), Extension(end, reason))


def revoke(context, finding_id, by=HANNAH):
    return revoke_and_carry_out(context, person, finding_id, person(by))


def agree(context, finding_id, verb, by=HARRY):
    return agree_and_carry_out(context, person, finding_id, verb, person(by))


def state(context, finding_id=ID):
    return context.ledger.find(finding_id).state


def the_entry(context):
    [only] = context.allowlist.current.entries
    return only


@pytest.fixture
def opened(context):
    context.ledger.record([change()])
    return context


@pytest.fixture
def paired(context):
    context.ledger.record([change(rule=PAIRED_RULE)])
    [finding] = context.ledger.each([State.OPEN])
    return finding.id


def test_an_entry_names_the_people_the_account_and_the_finding(context, paired):
    named = replace(context, accounts={"111122223333": Account("111122223333", "housing-prod")})
    ask(named, paired, control="Only one role may read it.")
    agree(named, paired, Verb.EXCEPT)

    written = the_entry(named)
    assert written.asked_by == "Hannah Hughes <slack:U0HANNAH>"
    assert written.agreed_by == ("Harry Hill <slack:U0HARRY>",)
    assert (written.account_name, written.finding) == ("housing-prod", paired)
    assert written.control == "Only one role may read it."
    assert named.ledger.find(paired).decided.deciders == (HANNAH, HARRY)


def test_a_later_end_needs_as_many_people_as_the_exception_did(context, paired, clock):
    ask(context, paired)
    agree(context, paired, Verb.EXCEPT)
    first = the_entry(context)
    clock.move(days=20)

    answer = extend(context, paired)
    alone = agree(context, paired, Verb.EXTEND, by=HANNAH)
    assert "1 more must agree" in answer.text
    assert isinstance(alone, Refused)
    assert the_entry(context) == first
    agree(context, paired, Verb.EXTEND)

    longer = the_entry(context)
    assert (longer.id, longer.renewals, longer.expires) == (first.id, 1, date(2026, 12, 22))
    assert (longer.first_asked, longer.first_expires) == (first.first_asked, first.expires)
    after = context.ledger.find(paired)
    assert (after.until, after.decided.verb, after.requests) == (longer.ends_at, Verb.EXTEND, ())


def test_a_revoked_exception_reopens_its_finding_and_says_who_ended_it(opened, reports):
    ask(opened, ID)

    answer = revoke(opened, ID, by=HARRY)

    after = opened.ledger.find(ID)
    assert answer.text == "The exception has ended, and the finding is open again."
    assert (after.state, after.decided.actor) == (State.REOPENED, HARRY)
    assert opened.allowlist.current.entries == ()
    assert [row["action"] for row in reports.history(ID)][-2:] == ["revoke", "revoked"]


def test_one_of_two_exceptions_that_ends_leaves_the_other_in_force(opened):
    write(opened.allowlist, entry(resource=ANY, expires=date(2026, 11, 20)))
    ask(opened, ID, days=60)

    answer = revoke(opened, ID)

    assert "Another exception covers the finding until the end of 20 November 2026" in answer.text
    assert (state(opened), opened.ledger.find(ID).requests) == (State.EXCEPTED, ())


@pytest.mark.parametrize("verb", ["extend", "revoke"])
def test_what_covers_many_is_decided_about_by_those_of_all_teams(opened, verb):
    write(opened.allowlist, entry(resource=ANY))
    Enforcement(opened).round()
    decide = {"extend": extend, "revoke": revoke}[verb]

    def of_the_team(user):
        return member(user)

    form = [Extension(date(2026, 12, 20))] if verb == "extend" else []
    act = extend_and_carry_out if verb == "extend" else revoke_and_carry_out
    refused = act(opened, of_the_team, ID, member(HANNAH), *form)
    assert "more than one resource" in refused.text
    assert (refused.users, refused.groups) == ((), ("slack:S0SECURITY",))

    decide(opened, ID, by=ANALYST.id)
    assert the_entry_or_none(opened) != entry(resource=ANY)


def the_entry_or_none(context):
    return next(iter(context.allowlist.current.entries), None)


def test_a_wide_exception_covers_what_it_says_and_nobody_of_one_team_asks_for_it(opened):
    opened.ledger.record([change(resource="other"), change(resource="third", region="eu-west-1")])
    form = Ignore("accepted risk", REASON, "", date(2026, 12, 1), scope="region")
    refused = ignore_and_carry_out(opened, member, ID, member(HANNAH), form)
    finding = opened.ledger.find(ID)
    assert (how_many(opened, finding, "region"), how_many(opened, finding, "account")) == (2, 3)

    ask(opened, ID, by=ANALYST.id, scope="region")
    Enforcement(opened).round()

    assert "more than one resource" in refused.text
    assert len(list(opened.ledger.each([State.EXCEPTED]))) == 2
    assert len(list(reopening(opened, the_entry(opened)))) == 2


def test_a_process_that_died_around_the_file_extends_once(opened, clock):
    ask(opened, ID)
    extend_and_carry_out(
        replace(opened, allowlist=Silent(opened.allowlist)),
        person,
        ID,
        person(HANNAH),
        Extension(date(2026, 12, 20)),
    )
    assert opened.ledger.find(ID).request(Verb.EXTEND)

    carry_out_exceptions(opened, person)
    carry_out_exceptions(opened, person)

    assert the_entry(opened).renewals == 1
    assert opened.ledger.find(ID).until == the_entry(opened).ends_at


class Silent:
    """A keeper that cannot be written."""

    def __init__(self, keeper):
        self._keeper = keeper

    @property
    def current(self):
        return self._keeper.current

    def replace(self, old, new, author, reason):
        from compliance.allowlist import UnwritableAllowlistError

        raise UnwritableAllowlistError("the disk is full")


def test_an_exception_that_somebody_took_out_is_not_extended(opened, clock):
    ask(opened, ID)
    silent = replace(opened, allowlist=Silent(opened.allowlist))
    extend_and_carry_out(silent, person, ID, person(HANNAH), Extension(date(2026, 12, 20)))
    opened.allowlist.remove(the_entry(opened), "An editor", "")

    carry_out_exceptions(opened, person)

    assert opened.allowlist.current.entries == ()
    assert opened.ledger.find(ID).requests == ()


def test_an_entry_of_the_first_version_can_be_extended(opened):
    write(opened.allowlist, entry(asked_by="U0SAM"))
    Enforcement(opened).round()

    extend(opened, ID, days=60)

    longer = the_entry(opened)
    assert longer.id == entry(asked_by="U0SAM").known_as
    assert (longer.renewals, longer.first_expires) == (1, entry().expires)


def test_an_exception_through_two_years(opened, clock):
    """Asked for, extended until its reason is asked anew, let end, agreed anew, ended early."""
    ask(opened, ID, days=180)
    first = the_entry(opened)
    enforcement = Enforcement(opened)
    for _ in range(2):
        clock.move(days=170)
        enforcement.round()
        assert state(opened) is State.EXCEPTED
        extend(opened, ID, days=180)

    clock.move(days=170)
    same = extend(opened, ID, days=180, reason=REASON)
    assert isinstance(same, Invalid)
    assert list(same.problems) == ["reason"]
    extend(opened, ID, days=180, reason="The new website is late; it will replace these pictures.")
    third = the_entry(opened)
    assert (third.renewals, third.first_asked) == (3, first.first_asked)
    assert (third.first_expires, third.id) == (first.expires, first.id)

    clock.move(days=180)
    enforcement.round()
    assert state(opened) is State.EXCEPTED
    clock.move(days=1)
    enforcement.round()
    after = opened.ledger.find(ID)
    assert (after.state, "The exception has ended" in after.note) == (State.REOPENED, True)

    ask(opened, ID, days=30)
    assert state(opened) is State.EXCEPTED
    revoke(opened, ID)
    assert state(opened) is State.REOPENED
    assert opened.now() - first.created > timedelta(days=690)


def learnt(context, clock, **told):
    """AWS Config tells of the resource itself."""
    place = key()
    facts = ResourceFacts(
        place.account, place.region, place.resource_type, place.resource_id, clock(), **told
    )
    context.ledger.record([], [facts])


def enforcing(context):
    """The same, with a ledger that enforces the allowlist by itself, as the bot's does."""
    ledger = Ledger(
        context.ledger.engine,
        context.now,
        lambda key, tags: "housing",
        partial(enforce_now, context.allowlist, context.now),
    )
    return replace(context, ledger=ledger)


def test_an_entry_for_a_tag_follows_the_tag(opened, clock):
    write(opened.allowlist, entry(resource=ANY, tags=(("Stage", "test"),)))
    context = enforcing(opened)
    Enforcement(context).round()
    assert state(context) is State.OPEN

    learnt(context, clock, tags={"Stage": "test"})
    assert state(context) is State.EXCEPTED
    clock.move(minutes=1)
    learnt(context, clock, tags={"Stage": "live"})

    assert state(context) is State.REOPENED


def test_a_resource_that_was_made_again_under_its_name_is_asked_about_again(opened, clock, reports):
    context = enforcing(opened)
    ask(context, ID)
    learnt(context, clock, made_at=clock() - timedelta(days=1))
    assert state(context) is State.EXCEPTED

    clock.move(hours=2)
    learnt(context, clock, made_at=clock() - timedelta(hours=1))

    after = context.ledger.find(ID)
    assert after.state is State.REOPENED
    assert "agreed before this resource was made" in after.note
    assert reports.history(ID)[-1]["action"] == "allowlist"
    ask(context, ID)
    assert state(context) is State.EXCEPTED


def warned(reports):
    rows = [row for row in reports.history(ID) if row["action"] == "exception ending"]
    return [json.loads(row["detail"])["days"] for row in rows]


def test_people_are_warned_14_7_and_1_days_before_the_end_once_each(opened, clock, reports):
    ask(opened, ID, days=30)
    for _ in range(31):
        warn_of_ends(opened)
        warn_of_ends(opened)
        clock.move(days=1)

    assert warned(reports) == [14, 7, 1]


def test_of_missed_warnings_the_last_is_enough_and_a_short_exception_has_its_last(
    opened, clock, reports
):
    ask(opened, ID, days=5)
    warn_of_ends(opened)
    assert warned(reports) == []

    clock.move(days=5)
    warn_of_ends(opened)

    assert warned(reports) == [1]


def test_who_lets_it_end_ends_the_warnings_and_an_extension_begins_them_anew(
    opened, clock, reports
):
    ask(opened, ID, days=30)
    clock.move(days=20)
    warn_of_ends(opened)
    finding = opened.ledger.find(ID)
    assert Press(Button.LET_END, ID) in presses(finding, opened.rule(finding))

    let_it_end(opened, ID, person(HARRY))
    clock.move(days=5)
    warn_of_ends(opened)
    extend(opened, ID, days=30)
    clock.move(days=20)
    warn_of_ends(opened)

    assert warned(reports) == [14, 14]


def test_a_bot_that_starts_while_the_allowlist_is_away_loses_and_doubles_nothing(
    context, allowlist, engine, catalogue, tmp_path
):
    """The list that the ledger remembers lacks the newest exception."""
    context.ledger.record([change(), *(change(resource=f"bucket-{n}") for n in range(2))])
    newest, third = (each.id for each in context.ledger.each([State.OPEN]) if each.id != ID)
    ask(context, ID)
    text = FileShelf(tmp_path / "allowlist.yaml").read()
    memory = Remembered(lambda: engine, "here")
    memory.keep(text)
    ask(context, newest)
    file = tmp_path / "allowlist.yaml"
    file.rename(gone := tmp_path / "gone.yaml")
    again = Keeper(FileShelf(file), catalogue, memory)
    restarted = replace(context, allowlist=again)
    enforcement = Enforcement(restarted)

    enforcement.round()
    asked = [revoke(restarted, ID), ask(restarted, third)]
    unknown = extend(restarted, newest, days=60)

    assert [state(context, each) for each in (ID, newest)] == [State.EXCEPTED, State.EXCEPTED]
    assert all("not yet in the allowlist" in each.text for each in asked)
    assert "could not be read since the bot started" in unknown.text
    assert "not yet in the allowlist" in state_text(context, third)

    gone.rename(file)
    again.refresh()
    for _ in range(2):
        enforcement.round()
        carry_out_exceptions(restarted, person)

    states = [state(context, each) for each in (ID, newest, third)]
    assert states == [State.REOPENED, State.EXCEPTED, State.EXCEPTED]
    assert sorted(each.finding for each in again.current.entries) == sorted([newest, third])


def state_text(context, finding_id):
    return plain(state_line(context.ledger.find(finding_id)))
