"""What happened to a finding, for people: one line a thing."""

import pytest

from commands.agree import agree
from commands.answers import Invalid
from commands.carry_out import ignore_and_carry_out
from commands.grammar import read
from commands.history import history
from commands.ignore import Ignore
from commands.remediate import remediate
from compliance import life
from compliance.finding import State
from compliance.prose import plain
from compliance.request import Verb
from notifiers import words
from tests.builders import ID, PAIRED_RULE, at, change, member, move
from tests.commands.shared import view_of

REASON = "The public website's pictures."


@pytest.fixture
def told(context, reports):
    def lines(finding=ID, page=1):
        view = view_of(context, reports)
        question = read(f"history {finding}")
        shown = history(view, context.ledger.find(finding), question)
        return [plain(words.event(event)) for event in shown.events]

    return lines


def opened(context, rule=PAIRED_RULE):
    context.ledger.record([change(rule=rule, annotation="No block is set.")])
    [finding] = context.ledger.each([State.OPEN])
    return finding.id


def test_who_asked_agreed_and_was_refused_is_told_with_every_reason(context, told):
    finding = opened(context)
    remediate(context, finding, member("slack:U0NOBODY"))
    remediate(context, finding, member())
    agree(context, finding, Verb.REMEDIATE, member("slack:U0HARRY"))

    when = "2026-11-02 09:00 UTC"
    assert told(finding) == [
        f"{when} AWS Config found it non-compliant: No block is set.  → open",
        f"{when} slack:U0NOBODY was refused (remediate): Only the approvers of team housing can "
        "decide about this finding.",
        f"{when} slack:U0HANNAH asked for the remediation; 1 more must agree."
        "  open → approval pending",
        f"{when} slack:U0HARRY agreed to the remediation.  approval pending → approved",
    ]


def test_an_exception_is_told_with_its_class_reason_ticket_and_end(context, told):
    finding = opened(context, "s3-bucket-level-public-access-prohibited")
    form = Ignore("accepted risk", REASON, "SEC-1", at(0).date().replace(month=12))

    answer = ignore_and_carry_out(context, member, finding, member(), form)

    assert not isinstance(answer, Invalid)
    asked, recorded = told(finding)[1:]
    assert (
        "asked for an exception until the end of 2 December 2026 (accepted risk, ticket SEC-1)"
        in (asked)
    )
    assert REASON in asked
    assert "The bot recorded the exception until the end of 2 December 2026" in recorded
    assert recorded.endswith("approval pending → excepted")


def test_a_remediation_is_told_step_by_step_with_no_state_twice(context, told):
    context.ledger.record([change()])
    move(context.ledger, life.ask, actor="slack:U0HANNAH")
    move(context.ledger, life.start)
    context.ledger.move(
        ID,
        lambda finding: life.progress(finding, 1, 2, "PutBlock"),
        actor="bot",
        action="progress",
    )
    context.ledger.move(
        ID, lambda one: life.fail(one, "Step 2 failed.", at(1)), actor="bot", action="failed"
    )

    step, failed = told()[-2:]
    assert step.endswith("The bot reports step 1 of 2 of the remediation: PutBlock")
    assert failed.endswith("The bot saw the remediation fail: Step 2 failed.  running → failed")
    assert not any("running → running" in line or "running running" in line for line in told())


def test_the_newest_page_comes_first_and_turns_to_the_earlier_ones(context, reports):
    finding = opened(context)
    for _ in range(30):
        remediate(context, finding, member("slack:U0NOBODY"))
    view, about = view_of(context, reports), context.ledger.find(finding)

    newest = history(view, about, read(f"history {finding}"))
    before = history(view, about, read(newest.earlier.text))
    oldest = history(view, about, read(before.earlier.text))

    assert newest.title == f"History of {finding}, page 1 of 3"
    assert (newest.later, oldest.earlier) == (None, None)
    assert sum(len(page.events) for page in (newest, before, oldest)) == 31
    assert oldest.events[0].actor == "aws-config"
    assert before.later.text == f"history {finding} page:1"


def test_what_nobody_has_words_for_yet_is_told_by_its_name(context, told):
    context.ledger.record([change()])
    context.ledger.move(
        ID, lambda one: one, actor="slack:U0HANNAH", action="hum", decision={"reason": "On it."}
    )

    assert told()[-1].endswith("slack:U0HANNAH hum: On it.")
