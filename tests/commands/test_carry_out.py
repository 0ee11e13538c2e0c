"""What others had to agree to, once they have."""

import json
import threading
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from commands.agree import agree
from commands.answers import Refused
from commands.carry_out import agree_and_carry_out, carry_out_exceptions, ignore_and_carry_out
from commands.enforce import Enforcement
from commands.ignore import Ignore, entry_of, ignore
from compliance import life
from compliance.allowlist import UnreviewedAllowlistError
from compliance.authority import Actor, Standing
from compliance.finding import State
from compliance.request import Verb
from config.file_shelf import FileShelf
from config.keeper import Keeper
from tests.builders import ID, PAIRED_RULE, change, entry, member, move, rule, write

FORM = Ignore("accepted risk", "The public website's pictures.", "SEC-1", date(2026, 12, 1))
HANNAH, HARRY = "slack:U0HANNAH", "slack:U0HARRY"


@pytest.fixture
def asked(context):
    """Hannah has asked for an exception that one other person has to agree to."""
    context.ledger.record([change(rule=PAIRED_RULE)])
    [finding] = context.ledger.each([State.OPEN])
    ignore(context, finding.id, member(HANNAH), FORM)
    return finding.id


def agreed(context, asked, person=member):
    return agree_and_carry_out(context, person, asked, Verb.EXCEPT, member(HARRY))


def gone(user):
    """Hannah was deactivated after she asked."""
    return Actor(user, standing=Standing.DEACTIVATED) if user == HANNAH else member(user)


def test_an_agreed_exception_is_recorded_with_the_askers_words_and_both_names(context, asked):
    answer = agreed(context, asked)

    [entry] = context.allowlist.current.entries
    assert answer.text == "Recorded in the allowlist until the end of 1 December 2026."
    assert (entry.asked_by, entry.reason, entry.ticket) == (HANNAH, FORM.reason, FORM.ticket)
    after = context.ledger.find(asked)
    assert (after.state, after.decided.deciders) == (State.EXCEPTED, (HANNAH, HARRY))


def test_an_agreement_is_not_enough_from_the_asker(context, asked):
    answer = agree_and_carry_out(context, member, asked, Verb.EXCEPT, member(HANNAH))

    assert isinstance(answer, Refused)
    assert context.allowlist.current.entries == ()


def test_who_was_deactivated_a_moment_ago_excepts_nothing(context, asked):
    answer = agreed(context, asked, gone)

    after = context.ledger.find(asked)
    assert "This account is deactivated" in answer.text
    assert (after.state, after.requests) == (State.OPEN, ())
    assert context.allowlist.current.entries == ()


def test_while_chat_cannot_say_who_agreed_the_request_waits(context, asked):
    answer = agreed(context, asked, Actor)

    assert "Chat cannot say just now who may decide" in answer.text
    assert context.ledger.find(asked).state is State.APPROVAL_PENDING
    assert carry_out_exceptions(context, member) == 1
    assert context.ledger.find(asked).state is State.EXCEPTED


def test_a_stricter_policy_stops_what_was_agreed_before(context, asked):
    agree(context, asked, Verb.EXCEPT, member(HARRY))
    stricter = replace(context, catalogue={PAIRED_RULE: rule(PAIRED_RULE, approvers=2)})

    carry_out_exceptions(stricter, member)

    assert context.ledger.find(asked).state is State.OPEN
    assert "1 more must agree" in context.ledger.find(asked).note


def test_an_exception_agreed_during_a_remediation_begins_where_that_did_not_help(context, asked):
    move(context.ledger, life.ask, asked, by=HARRY)
    move(context.ledger, life.start, asked)

    answer = agreed(context, asked)
    meanwhile = context.allowlist.current.entries
    move(context.ledger, life.fail, asked, note="No.")
    carry_out_exceptions(context, member)

    assert "A remediation is under way" in answer.text
    assert meanwhile == ()
    assert context.ledger.find(asked).state is State.EXCEPTED


def test_the_log_names_a_request_that_an_exception_has_ended(context, asked, reports):
    move(context.ledger, life.ask, asked, by=HARRY, needed=1)

    agreed(context, asked)

    [ended] = [row for row in reports.history(asked) if "requests_ended" in row["detail"]]
    assert ended["action"] == "excepted"
    assert json.loads(ended["detail"])["requests_ended"] == ["remediate"]


def test_what_is_not_agreed_is_left(context, asked):
    assert carry_out_exceptions(context, member) == 0
    assert context.ledger.find(asked).state is State.APPROVAL_PENDING


class DiedError(BaseException):
    """The process ended here."""


class Dying:
    """The keeper of a process that ends before or after it has written."""

    def __init__(self, keeper, *, written):
        self._keeper, self._written = keeper, written
        self.current = keeper.current

    def add(self, entries, author, reason):
        if self._written:
            self._keeper.add(entries, author, reason)
        raise DiedError


@pytest.fixture
def opened(context):
    context.ledger.record([change()])
    return context


@pytest.mark.parametrize("written", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("first", ["carry out", "enforce"])
def test_who_decided_is_known_though_the_process_died_around_the_file(
    opened, reports, written, first
):
    dying = replace(opened, allowlist=Dying(opened.allowlist, written=written))
    with pytest.raises(DiedError):
        ignore_and_carry_out(dying, member, ID, member(HANNAH), FORM)

    rounds = [partial(carry_out_exceptions, opened, member), Enforcement(opened).round]
    for each in rounds if first == "carry out" else reversed(rounds):
        each()

    rows = reports.history(ID)
    [asked] = [row for row in rows if row["action"] == "ignore"]
    after = opened.ledger.find(ID)
    assert (asked["actor"], json.loads(asked["detail"])["reason"]) == (HANNAH, FORM.reason)
    assert (after.state, after.decided.deciders) == (State.EXCEPTED, (HANNAH,))
    assert len(opened.allowlist.current.entries) == 1


def test_two_replicas_that_carry_out_the_same_write_one_entry(opened, tmp_path, catalogue):
    other = replace(opened, allowlist=Keeper(FileShelf(tmp_path / "allowlist.yaml"), catalogue))
    ignore(opened, ID, member(HANNAH), FORM)
    threads = [
        threading.Thread(target=carry_out_exceptions, args=(each, member))
        for each in (opened, other) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    opened.allowlist.refresh()
    assert len(opened.allowlist.current.entries) == 1
    assert opened.ledger.find(ID).state is State.EXCEPTED


def test_40_people_who_ignore_at_once_lose_nothing(context):
    context.ledger.record([change(resource=f"bucket-{number}") for number in range(40)])
    ids = [finding.id for finding in context.ledger.each([State.OPEN])]
    answers = {}

    def work(finding_id):
        answer = ignore_and_carry_out(context, member, finding_id, member(HANNAH), FORM)
        answers[finding_id] = answer.text

    threads = [threading.Thread(target=work, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers.values()) == {"Recorded in the allowlist until the end of 1 December 2026."}
    assert len(context.allowlist.current.entries) == 40
    assert len(list(context.ledger.each([State.EXCEPTED]))) == 40


def test_an_exception_that_could_not_be_written_is_tried_again_and_said_once(
    opened, tmp_path, reports
):
    file = tmp_path / "allowlist.yaml"
    file.write_text("exceptions: [oops")
    ignore_and_carry_out(opened, member, ID, member(HANNAH), FORM)
    for _ in range(3):
        carry_out_exceptions(opened, member)
    assert [row["action"] for row in reports.history(ID)].count("exception not written") == 1
    [request] = opened.ledger.find(ID).requests
    assert "the allowlist could not be written" in request.hindrance

    file.write_text("exceptions: []\n")
    carry_out_exceptions(opened, member)

    after = opened.ledger.find(ID)
    assert (after.state, after.decided.actor) == (State.EXCEPTED, HANNAH)
    assert "could not be written" not in after.note + after.decided.hindrance


def test_who_ignores_is_looked_up_anew_though_nobody_else_must_agree(opened):
    answer = ignore_and_carry_out(opened, gone, ID, member(HANNAH), FORM)

    assert "This account is deactivated" in answer.text
    assert opened.allowlist.current.entries == ()
    assert opened.ledger.find(ID).state is State.OPEN


def test_an_exception_whose_end_was_over_before_it_could_begin_is_dropped(opened, clock):
    ignore(opened, ID, member(HANNAH), FORM)
    clock.move(days=60)

    carry_out_exceptions(opened, member)

    after = opened.ledger.find(ID)
    assert (after.state, after.requests) == (State.OPEN, ())
    assert "not over yet" in after.note
    assert opened.allowlist.current.entries == ()


def test_an_entry_that_somebody_else_wrote_is_not_laid_to_who_only_asked(context, asked):
    finding = context.ledger.find(asked)
    write(context.allowlist, entry(rule=finding.key.rule, asked_by="The board"))

    Enforcement(context).round()

    assert context.ledger.find(asked).decided.deciders == ("The board",)


def test_what_nobody_sees_in_a_reason_does_not_count_and_is_not_kept(opened):
    hidden = replace(FORM, reason="short" + "\u200b" * 20)
    assert list(ignore(opened, ID, member(HANNAH), hidden).problems) == ["reason"]

    seen = replace(FORM, reason="The public\u202e website's pictures.")
    ignore_and_carry_out(opened, member, ID, member(HANNAH), seen)

    [kept] = opened.allowlist.current.entries
    assert kept.reason == "The public website's pictures."


class Reviewed:
    """A keeper whose changes people review first."""

    def __init__(self, keeper):
        self._keeper = keeper

    @property
    def current(self):
        return self._keeper.current

    def add(self, entries, author, reason):
        raise UnreviewedAllowlistError("It waits for review in the branch compliance-bot/1")


def test_an_exception_that_is_reviewed_is_asked_for_until_it_is_in_the_allowlist(opened, reports):
    reviewed = replace(opened, allowlist=Reviewed(opened.allowlist))
    answer = ignore_and_carry_out(reviewed, member, ID, member(HANNAH), FORM)
    carry_out_exceptions(reviewed, member)
    waiting = opened.ledger.find(ID)
    [request] = waiting.requests
    write(opened.allowlist, entry_of(opened, waiting, request, member))

    carry_out_exceptions(reviewed, member)

    assert "waits for review in the branch compliance-bot/1" in answer.text
    assert (waiting.state, request.hindrance) == (State.APPROVAL_PENDING, answer.text)
    assert opened.ledger.find(ID).state is State.EXCEPTED
    assert [row["action"] for row in reports.history(ID)].count("exception proposed") == 1
