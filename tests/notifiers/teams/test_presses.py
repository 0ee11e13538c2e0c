"""What people press and write in Teams, from Teams' request to what they see."""

import pytest

from compliance.finding import State
from tests.builders import ID
from tests.notifiers.teams.conftest import ANA, ERIN, GIL, HANNAH, HENRY, MAYA

REASON = "The public website's pictures, nothing personal."


def test_everybody_sees_the_card_and_approvers_see_their_own_buttons(card, client, read):
    maya, hannah = client(MAYA), client(HANNAH)

    maya.look()
    hannah.look()

    assert "repairs-photos can be read by anybody" in read(maya.card())
    assert "Remediate" not in maya.titles()
    assert {"Remediate", "Ignore"} <= set(hannah.titles())


def test_remediating_asks_first_and_says_what_came_of_it_to_the_presser_and_to_all(
    card, hannah, client, context, show, read
):
    hannah.look()
    assert "s3:PutPublicAccessBlock turns all four blocks on." in read(hannah.card())

    hannah.press("Remediate", after="Remediate")

    assert context.ledger.find(ID).state is State.APPROVED
    assert "Approved. The card shows each step." in read(hannah.card())
    show(lambda: "Approved" in read(client(MAYA).card()))


def test_ignoring_shows_what_is_wrong_on_the_same_card_and_keeps_what_was_typed(
    card, hannah, context, read
):
    hannah.look()

    hannah.press("Record", after="Ignore", exception_class="accepted risk", reason="too short")

    said = read(hannah.card())
    assert "Say why in at least 20 characters" in said
    assert "too short" in str(hannah.card())
    hannah.press("Record", exception_class="accepted risk", reason=REASON, expires="2026-12-01")
    assert context.ledger.find(ID).state in {State.EXCEPTED, State.APPROVAL_PENDING}
    [entry] = context.allowlist.current.entries
    assert entry.reason == REASON
    assert f"teams:{HANNAH}" in entry.asked_by


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (MAYA, "Only the approvers of team housing can decide"),
        (GIL, "You are a guest"),
        (ANA, ""),
    ],
    ids=["a member without rights", "a guest who is named as an approver", "an analyst"],
)
def test_who_may_not_decide_is_told_on_a_card_of_their_own(card, client, read, who, why):
    person = client(who)

    person.press("Decide…")

    assert why in read(person.card())
    assert ("Remediate" in person.titles()) == (not why)


def test_somebody_of_another_tenant_is_not_let_in(card, client, context):
    outcome = client(ERIN).press("Decide…")

    assert outcome.status == 401


def test_a_question_by_mention_is_answered_in_the_persons_own_chat(card, hannah, eventually, read):
    hannah.say("@Compliance status")

    [answer] = eventually(lambda: hannah.private)
    assert "1 finding: 1 open." in read(answer.card)
    [reply] = eventually(lambda: [each for each in hannah.messages[1:] if each.thread])
    assert "The answer is in your chat with the bot." in read(reply.card)


def test_home_lists_a_persons_own_open_work_in_their_chat(card, client, local, eventually, read):
    henry = client(HENRY)
    chat = local.do(henry._chat())

    henry.say("home", channel=chat.id)

    [answer] = eventually(lambda: henry.private)
    assert ID in read(answer.card)
    henry.press("Remediate", answer)
    assert "What changes" in read(answer.card_for(HENRY))
