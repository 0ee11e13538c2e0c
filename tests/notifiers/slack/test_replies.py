"""Replies, direct messages and announcements, as a strict Slack takes and keeps them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from compliance.card import card_of
from compliance.channel import Channel, Message
from compliance.prose import Link, Person
from compliance.reply import Reply
from notifiers.chat import MessageGoneError, Post
from notifiers.slack.client import SlackChat, connect
from notifiers.slack.directory import GUESTS, SHARED
from playground.slack.entities import Channel as Conversation
from playground.slack.server import start
from tests.builders import RULE, finding, rule

MANIFEST = Path("config/slack-manifest.yaml")
HOUSING = Channel("slack", "C0HOUSING")
CARD = card_of(finding(), {RULE: rule()}, {})


@pytest.fixture
def slack():
    slack = start(MANIFEST, port=0)
    yield slack
    slack.stop()


@pytest.fixture
def chat(slack):
    told = slack.environment()
    return SlackChat(connect(told["SLACK_BOT_TOKEN"], told["SLACK_API_URL"]))


@pytest.fixture
def card(chat):
    return chat.post(HOUSING, CARD, Post("card"))


def message(slack, of):
    return slack.workspace.message(of.channel.id, of.id)


def since(slack):
    return slack.workspace.clock() - timedelta(minutes=1)


def test_a_reply_stands_in_the_cards_thread_and_mentions_people_and_groups(chat, slack, card):
    words = (Person("slack:U0HANNAH"), " and ", Person("slack:S0SECURITY"), ": agree & read.")
    reply = chat.reply(card, Reply(words), Post("r1"))

    kept = message(slack, reply)
    assert kept.thread_ts == card.id
    assert kept.text == "<@U0HANNAH> and <!subteam^S0SECURITY>: agree &amp; read."
    assert not kept.is_broadcast


def test_an_urgent_reply_is_shown_in_the_channel_too(chat, slack, card):
    reply = chat.reply(card, Reply(("It failed.",), urgent=True), Post("r1"))

    assert message(slack, reply).is_broadcast


def test_what_somebody_wrote_becomes_no_mention(chat, slack, card):
    reply = chat.reply(card, Reply(("<!channel> *now*",)), Post("r1"))

    assert message(slack, reply).text == "&lt;!channel&gt; *now*"


def test_a_reply_in_doubt_is_found_by_our_id_and_nothing_else_is(chat, slack, card):
    reply = chat.reply(card, Reply(("Asked.",)), Post("r1"))
    chat.reply(card, Reply(("Agreed.",)), Post("r2"))

    assert chat.find_reply(card, "r1", since(slack)) == (reply,)
    assert chat.find_reply(card, "r3", since(slack)) == ()


def test_a_reply_to_a_message_that_is_gone_says_so(chat, slack, card):
    with pytest.raises(MessageGoneError):
        chat.reply(Message(HOUSING, "1.000001"), Reply(("Asked.",)), Post("r1"))


def test_a_person_is_told_alone_and_the_message_is_found_again(chat, slack, card):
    told = chat.direct("slack:U0HARRY", Reply(("Done: ", Link("F-1", chat.link(card)))), Post("d1"))

    assert slack.workspace.channels[told.channel.id].is_im
    assert f"/p{card.id.replace('.', '')}|F-1>" in message(slack, told).text
    assert chat.find_direct("slack:U0HARRY", "d1", since(slack)) == (told,)
    assert chat.find_direct("slack:U0HANNAH", "d1", since(slack)) == ()


def test_an_announcement_is_found_in_its_channel(chat, slack):
    posted = chat.announce(Channel("slack", "C0TDA"), Reply(("Nobody answers.",)), Post("a1"))

    assert message(slack, posted).text == "Nobody answers."
    assert chat.find(Channel("slack", "C0TDA"), "a1", since(slack)) == (posted,)


def test_an_address_names_a_member_and_never_a_guest(chat, slack):
    users = slack.workspace.users
    for who, address in (("U0HANNAH", "hannah@council.example"), ("U0GUEST", "g@x.example")):
        users[who] = replace(users[who], email=address)

    assert chat.person_of("Hannah@council.example") == "slack:U0HANNAH"
    assert chat.person_of("g@x.example") == ""
    assert chat.person_of("nobody@x.example") == ""


def test_a_channel_says_which_outsiders_read_it(chat, slack):
    channels = slack.workspace.channels
    channels["C0WEBSITE"].is_ext_shared = True
    channels["C0PAYMENTS"].members.add("U0GUEST")

    assert chat.outsiders(Channel("slack", "C0WEBSITE")) == SHARED
    assert chat.outsiders(Channel("slack", "C0PAYMENTS")) == GUESTS
    assert chat.outsiders(Channel("slack", "C0TDA")) == ""


def test_one_answer_says_of_all_channels_who_reads_them(chat, slack):
    # Slack tells fifty channels a minute one by one.
    made = [Channel("slack", f"C0NEW{number}") for number in range(60)]
    for each in made:
        slack.workspace.add_channel(
            Conversation(each.id, each.id.lower(), {slack.credentials.bot_user})
        )

    assert {chat.outsiders(each) for each in made} == {""}
