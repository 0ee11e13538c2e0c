"""Cards are held back where outsiders read, until somebody has allowed them."""

from dataclasses import replace

import pytest

from commands.outsiders import allow_outsiders
from compliance.press import Button
from compliance.prose import plain
from tests.builders import change, member, teams
from tests.notifiers.chat import HOUSING, TDA, FakeChat
from tests.notifiers.test_herald import Office


@pytest.fixture
def chat():
    chat = FakeChat()
    chat.open_to = {HOUSING: "guests of the workspace"}
    return chat


@pytest.fixture
def office(ledger, clock, chat):
    office = Office(ledger, clock, chat, teams())
    ledger.record([change()])
    return office


def asked(chat):
    return [reply for message, (_, reply) in chat.replies.items() if message.channel == TDA]


def test_the_first_card_is_held_back_and_the_tda_is_asked_once(office, chat):
    office.pass_time(120)

    assert chat.posts == []
    [question] = asked(chat)
    assert "guests of the workspace" in plain(question.text)
    assert [each.button for each in question.presses] == [Button.ALLOW_OUTSIDERS]


def test_an_approver_allows_it_and_the_card_comes(office, chat, context):
    office.pass_time(60)
    [press] = asked(chat)[0].presses

    refused = allow_outsiders(context, HOUSING, member("slack:U0NOBODY"))
    allow_outsiders(context, HOUSING, member())
    office.pass_time(60)

    assert press.finding_id == str(HOUSING)
    assert refused.users
    assert [each.channel for each in chat.posts] == [HOUSING]


def test_two_replicas_ask_once(office, ledger, clock, chat):
    other = Office(ledger, clock, chat, teams())
    other.pass_time(30)
    office.pass_time(30)

    assert len(asked(chat)) == 1


def test_teams_yaml_can_say_that_outsiders_are_allowed(ledger, clock, chat):
    first, *rest = teams().ordered
    allowed = replace(teams(), ordered=(replace(first, outsiders=True), *rest))
    office = Office(ledger, clock, chat, allowed)
    ledger.record([change()])
    office.pass_time(60)

    assert len(chat.posts) == 1
    assert asked(chat) == []
