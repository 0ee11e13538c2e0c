"""The whole conversation in a chat product that the bot has never heard of."""

import subprocess
import sys
from dataclasses import replace

import pytest

from commands.reception import Reception
from compliance.authority import Actor, Standing
from compliance.card import Button
from compliance.channel import Channel
from compliance.finding import State
from compliance.request import Verb
from tests.builders import ID, PAIRED_RULE, change, rule, teams
from tests.commands.fake_chat import FakeChat
from tests.commands.shared import share_message

CHANNEL = "housing"
GOOD = {
    "exception_class": "accepted risk",
    "reason": "The public website's pictures.",
    "ticket": "SEC-1",
    "expires": "2026-12-01",
}


@pytest.fixture
def context(context):
    """Housing reads the fake product's channel, and its approvers are people there."""
    every = teams()
    housing = replace(
        every["housing"],
        channels=(Channel("pigeon", CHANNEL),),
        approvers=frozenset({"pigeon:hannah", "pigeon:harry"}),
    )
    return replace(context, teams=replace(every, ordered=(housing, *every.ordered[1:])))


@pytest.fixture
def chat(context, reports):
    def person(user):
        return Actor(user, standing=Standing.MEMBER)

    return FakeChat(Reception(context, reports, {}, person), context, reports)


@pytest.fixture
def hannah(chat):
    return chat.person("hannah", CHANNEL)


@pytest.fixture
def harry(chat):
    return chat.person("harry", CHANNEL)


def opened(context, chat, **named):
    """Open one finding and show its card; return its id."""
    context.ledger.record([change(**named)])
    [finding] = context.ledger.each([State.OPEN])
    chat.post(CHANNEL, finding.id)
    return finding.id


def state(context, finding_id):
    return context.ledger.find(finding_id).state


def test_a_finding_is_found_and_shown_with_its_buttons(context, chat, hannah):
    finding = opened(context, chat)

    assert "repairs-photos" in hannah.type("findings")
    assert f"Finding {finding}" in hannah.type(f"show {finding.lower()}")
    assert "Open since" in chat.card(CHANNEL)
    assert "Turns all four" not in hannah.press(Button.REMEDIATE).text
    assert "turns all four blocks on" in hannah.press(Button.REMEDIATE).text


def test_a_confirmation_remediates_and_the_card_says_who_decided(context, chat, hannah):
    finding = opened(context, chat)

    told = hannah.press(Button.REMEDIATE).send()

    assert told == "Approved. The card shows each step."
    assert state(context, finding) is State.APPROVED
    assert "Decided by @hannah." in chat.card(CHANNEL)
    assert chat.offered(CHANNEL) == ()


def test_a_second_person_agrees_and_reads_the_consequences_first(context, chat, hannah, harry):
    finding = opened(context, chat, rule=PAIRED_RULE)

    assert "1 more must agree" in hannah.press(Button.REMEDIATE).send()
    assert "@hannah asked for the remediation, 0 of 1 agreed." in chat.card(CHANNEL)
    refused = hannah.press(Button.AGREE, Verb.REMEDIATE)
    form = harry.press(Button.AGREE, Verb.REMEDIATE)

    assert "somebody else has to agree" in refused
    assert refused.endswith("Ask one of: @slack:S0SECURITY, @harry.")
    assert rule().impact.change in form.text
    assert state(context, finding) is State.APPROVAL_PENDING
    assert form.send() == "Agreed. The remediation is about to start."
    assert state(context, finding) is State.APPROVED


def test_a_request_is_withdrawn_after_a_confirmation(context, chat, hannah):
    finding = opened(context, chat, rule=PAIRED_RULE)
    hannah.press(Button.REMEDIATE).send()

    told = hannah.press(Button.WITHDRAW, Verb.REMEDIATE).send()

    assert told == "Withdrawn. Nothing was started."
    assert state(context, finding) is State.OPEN
    assert "The request for the remediation was withdrawn by @hannah." in chat.card(CHANNEL)


def test_a_form_that_is_not_complete_stays_open_until_it_is(context, chat, hannah):
    finding = opened(context, chat)
    form = hannah.press(Button.IGNORE)

    assert form.send(**{**GOOD, "reason": "short", "expires": "2036-01-01"}) is None
    assert set(form.problems) == {"reason", "expires"}
    assert state(context, finding) is State.OPEN
    assert "Recorded in the allowlist" in form.send(**GOOD)
    assert state(context, finding) is State.EXCEPTED


def test_an_exception_that_needs_another_person_is_asked_for_beside_the_remediation(
    context, chat, hannah, harry
):
    finding = opened(context, chat, rule=PAIRED_RULE)
    hannah.press(Button.REMEDIATE).send()

    form = hannah.press(Button.IGNORE)
    form.send(**GOOD)

    assert "1 more must agree before the exception begins." in form.text
    assert "@hannah asked for the remediation, 0 of 1 agreed." in chat.card(CHANNEL)
    assert "@hannah asked for the exception, 0 of 1 agreed." in chat.card(CHANNEL)
    agreeing = harry.press(Button.AGREE, Verb.EXCEPT)
    assert GOOD["reason"] in agreeing.text
    assert state(context, finding) is State.APPROVAL_PENDING
    assert "Recorded in the allowlist" in agreeing.send()
    assert state(context, finding) is State.EXCEPTED


def test_who_may_not_decide_is_told_who_may(context, chat):
    opened(context, chat)
    guest = chat.person("gina", CHANNEL, standing=Standing.GUEST)

    assert "Ask one of: @slack:S0SECURITY, @hannah, @harry." in chat.person(
        "norman", CHANNEL
    ).press(Button.REMEDIATE)
    assert "guests" in guest.press(Button.IGNORE)
    assert "guests" in guest.type("status")


def test_questions_are_answered_in_words(context, chat, hannah):
    finding = opened(context, chat)

    for text, told in (
        ("status", "Compliance status: 1 finding: 1 open."),
        ("findings", "1 finding: 1 open, the oldest first."),
        ("rules", "Rule catalogue"),
        ("help", "/compliance remediate F-… or NAME"),
        ("home", "Decide (1):"),
        (f"explain {finding}", "went to team housing because"),
        (f"history {finding}", "AWS Config found it non-compliant.  → open"),
        ("statsu", "Did you mean status?"),
        ("digest", "The digest covers all teams"),
    ):
        assert told in hannah.type(text)
    analyst = chat.person("sam", groups=frozenset({"slack:S0SECURITY"}))
    assert analyst.type("digest").startswith("Weekly compliance digest.")


def test_own_open_work_is_decided_about_where_it_is_listed(context, chat):
    finding = opened(context, chat)
    hannah = chat.person("hannah")
    hannah.type("home")

    hannah.press(Button.REMEDIATE).send()

    assert state(context, finding) is State.APPROVED


def test_many_findings_are_listed_and_decided_about_at_once(context, chat, clock, hannah, harry):
    context.ledger.record([change(resource=f"b-{each}", rule=PAIRED_RULE) for each in range(25)])
    chat.post(CHANNEL, *share_message(context, clock))

    assert "25 findings, page 1 of 3" in hannah.press(Button.LIST)
    assert "page 2 of 3" in hannah.press(Button.LIST)
    assert "25 findings: Asked." in hannah.press(Button.REMEDIATE_ALL).send()
    assert "25 approval pending" in chat.card(CHANNEL)
    harry.press(Button.AGREE_ALL, Verb.REMEDIATE).send()

    assert {each.state for each in context.ledger.each(State)} == {State.APPROVED}


def test_some_of_a_message_can_be_left_out(context, chat, clock, hannah):
    context.ledger.record([change(resource=f"b-{each}") for each in range(12)])
    chat.post(CHANNEL, *share_message(context, clock))
    form = hannah.press(Button.REMEDIATE_ALL)
    left, *_ = sorted(each.id for each in context.ledger.each([State.OPEN]))

    told = form.send(left_out=left)

    assert "11 findings: Approved." in told
    assert "Left as before: 1 open." in told
    assert [each.id for each in context.ledger.each([State.OPEN])] == [left]


def test_all_of_a_message_are_excepted_with_one_form(context, chat, clock, hannah):
    context.ledger.record([change(resource=f"b-{each}") for each in range(12)])
    chat.post(CHANNEL, *share_message(context, clock))
    form = hannah.press(Button.IGNORE_ALL)

    assert form.send(**{**GOOD, "reason": ""}) is None
    assert "12 findings: Recorded in the allowlist" in form.send(**GOOD)
    assert {each.state for each in context.ledger.each(State)} == {State.EXCEPTED}


def test_a_stale_button_says_what_has_happened_meanwhile(context, chat, hannah, harry):
    opened(context, chat)
    late = harry.press(Button.REMEDIATE)
    hannah.press(Button.REMEDIATE).send()

    told = late.send()

    assert "approved already" in told
    assert told.endswith("Decided by @hannah.")


def test_the_conversation_needs_no_library_of_any_chat_product():
    loaded = (
        "import sys; import commands.reception, notifiers.words; "
        "print([name for name in sys.modules if 'slack' in name or 'teams' in name])"
    )

    found = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "[]"


def test_an_unknown_finding_is_named(chat, hannah):
    assert f"{ID} is not a finding that you can see" in hannah.type(f"show {ID}")
