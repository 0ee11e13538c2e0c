"""What the bot says by itself, and what comes of it where Teams does not take it."""

import pytest

from compliance.channel import Channel
from compliance.prose import Person
from compliance.reply import Reply
from notifiers.chat import ChannelClosedError, ChatBusyError, InDoubtError, Post
from playground.teams.cards import elements
from playground.teams.faults import Fault
from tests.builders import change
from tests.notifiers.teams.conftest import HANNAH, HOUSING, WEBSITE

SEND = r"POST /teams/v3/conversations/.*/activities"
HERE = Channel("teams", HOUSING)


def test_an_answer_that_is_lost_makes_no_second_card(show, context, local):
    local.faults.set([Fault(SEND, 502, is_done=True)])
    context.ledger.record([change()])

    show(lambda: any(call.name.startswith("PUT") or "messages" in call.name
                     for call in local.tenant.calls))  # fmt: skip

    assert len(local.tenant.in_channel(HOUSING)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(SEND, 429, times=2, retry_after=1),
        Fault(SEND, 412, times=2),
        Fault(SEND, 500, times=1),
    ],
    ids=["throttled", "another call meanwhile", "out of order"],
)
def test_a_card_that_was_refused_for_a_while_is_posted_once(show, context, local, fault):
    """Where nobody knows whether it was posted, it is looked for before it is posted again."""
    local.faults.set([fault])
    context.ledger.record([change()])

    show(lambda: local.tenant.in_channel(HOUSING))

    assert len(local.tenant.in_channel(HOUSING)) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(SEND, 429, retry_after=60), ChatBusyError),
        (Fault(SEND, 412), ChatBusyError),
        (Fault(SEND, 500), InDoubtError),
        (Fault(SEND, 403, code="BotNotInConversationRoster"), ChannelClosedError),
    ],
    ids=["throttled", "another call meanwhile", "out of order", "removed"],
)
def test_what_teams_refuses_is_said_in_the_words_of_every_chat(bot, chat, local, fault, error):
    local.faults.set([fault])

    with pytest.raises(error) as raised:
        chat.notice(HERE, "Hello.")

    assert getattr(raised.value, "pause", None) is None or raised.value.pause.total_seconds() >= 5


def test_the_bot_keeps_to_teams_pace_by_itself(bot, chat, local):
    for _ in range(7):
        chat.notice(HERE, "Hello.")

    with pytest.raises(ChatBusyError):
        chat.notice(HERE, "One too many in a second.")

    assert all(call.status != 429 for call in local.tenant.calls)


def test_a_removed_bot_says_how_to_add_it_and_comes_back(bot, chat, local, eventually):
    local.do(local.people.remove(HANNAH, "19:housing@thread.tacv2"))

    with pytest.raises(ChannelClosedError, match="Add the app to the team"):
        chat.notice(HERE, "Hello.")
    local.do(local.people.add(HANNAH, "19:housing@thread.tacv2"))
    chat.notice(HERE, "Hello again.")

    assert len(local.tenant.in_channel(HOUSING)) == 1


def test_a_reply_mentions_people_and_shows_text_from_outside_as_it_is(bot, chat, card, local):
    said = "failed at [step](https://evil.example) **now**, "
    reply = Reply((said, Person(f"teams:{HANNAH}"), " can decide."))
    [message] = chat.find(HERE, _post_of(card), card.at)

    sent = chat.reply(message, reply, Post("p-1"))

    parts = list(elements(local.tenant.messages[sent.id].card))
    texts = {kind: [each["text"] for each in parts if each["type"] == kind]
             for kind in ("TextRun", "TextBlock")}  # fmt: skip
    assert said in texts["TextRun"]
    assert texts["TextBlock"] == ["<at>Hannah Osei</at>"]
    assert chat.find_reply(message, "p-1", card.at) == (sent,)


def test_one_person_is_written_to_alone(bot, chat, local):
    sent = chat.direct(f"teams:{HANNAH}", Reply(("Your remediation failed.",)), Post("p-2"))

    assert local.tenant.channels[sent.channel.id].person == HANNAH


def test_outsiders_of_a_channel_are_named(bot, chat):
    assert chat.outsiders(HERE) == "Gil Marsh, Erin Supplier"
    assert chat.outsiders(Channel("teams", WEBSITE)) == ""


def _post_of(message):
    hidden = next(
        each["id"] for each in elements(message.card) if str(each.get("id", "")).startswith("post ")
    )
    return hidden.removeprefix("post ")
