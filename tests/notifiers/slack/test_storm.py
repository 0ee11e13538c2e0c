"""A storm in the strict local Slack: its card, its list and its forms, as people use them."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from commands.reception import Reception
from compliance.channel import Channel
from compliance.finding import State
from compliance.gathering import content_of_message
from ledger.closed import ClosedChannels
from ledger.messages import Messages
from notifiers.courier import Courier
from notifiers.slack import app as bolt
from notifiers.slack.client import SlackChat
from notifiers.slack.home import home_view
from notifiers.slack.listeners import Listeners
from notifiers.slack.people import People
from notifiers.slack.replies import answer_message
from notifiers.slack.text import MESSAGE_MAX, spoken
from notifiers.troubles import Troubles
from playground.slack.blockkit import check_message, check_view
from tests.builders import change, member
from tests.playground.slack import world
from tests.playground.slack.world import HANNAH, HOUSING, element_of, message_of

MANIFEST = Path(__file__).parents[3] / "config" / "slack-manifest.yaml"
HOSTILE = "<!channel> & `bucket`"


@pytest.fixture(scope="module")
def slack():
    with world.running(MANIFEST, pace=world.PACE) as slack:
        yield slack


@pytest.fixture
def client(slack):
    slack.reset()
    return world.client(slack)


@pytest.fixture
def courier(context, clock, client):
    messages = Messages(context.ledger.engine, context.teams, clock, timedelta())
    content = partial(content_of_message, catalogue=context.catalogue, accounts={})
    chats = {"slack": SlackChat(client)}
    troubles = Troubles(chats, context.teams, ClosedChannels(context.ledger.engine, clock))
    return Courier(messages, content, chats, troubles, start=lambda work: work())


@pytest.fixture
def card(context, reports, clock, client, slack, courier):
    """A group's card in the channel, its buttons connected to the bot."""
    names = [f"{HOSTILE} {number}" for number in range(45)]
    context.ledger.record([change(resource=name) for name in names])
    people = People(client, context.teams.groups(), clock)
    courier.round()
    app = bolt.build(client, "", Listeners(Reception(context, reports, {}, people.fresh), people))
    with world.by_socket(slack, app):
        yield message_of(slack, HOUSING, "45 findings")


def use(slack, message, button):
    slack.do(slack.acting.use(HANNAH, element_of(message, button), ()))


def form(slack):
    return slack.wait_for(lambda: slack.workspace.top_view(HANNAH))


def test_the_list_is_read_page_by_page(slack, card):
    use(slack, card, "list")
    first = message_of(slack, HOUSING, "page 1 of 5", HANNAH)

    use(slack, first, "list-next")

    second = message_of(slack, HOUSING, "page 2 of 5", HANNAH)
    assert second.ts == first.ts
    assert "&lt;!channel&gt;" in second.text
    assert message_of(slack, HOUSING, "45 findings, high").ts == card.ts


def test_all_are_remediated_and_the_card_says_so_once(slack, card, courier):
    use(slack, card, "remediate-all")

    slack.do(slack.acting.submit(HANNAH, form(slack).id, {}))

    message_of(slack, HOUSING, "45 findings: Approved.", HANNAH)
    courier.round()
    assert courier.round() is None
    assert "45 approved" in json.dumps(message_of(slack, HOUSING, "45 findings, high").blocks)


def test_all_are_ignored(slack, card, context):
    use(slack, card, "ignore-all")
    entered = {
        ("exception_class", "input"): ["accepted risk"],
        ("reason", "input"): ["The public website's pictures."],
        ("expires", "input"): ["2026-12-01"],
    }

    outcome = slack.do(slack.acting.submit(HANNAH, form(slack).id, entered))

    assert outcome.errors == {}
    message_of(slack, HOUSING, "45 findings: Recorded", HANNAH)
    assert {each.state for each in context.ledger.each(State)} == {State.EXCEPTED}


@pytest.mark.parametrize("letter", ["x", "&", "\N{ROCKET}"], ids=ascii)
def test_names_as_long_as_aws_takes_are_answered_everywhere(context, reports, letter):
    topic = f"arn:aws:sns:eu-west-2:111122223333:{letter * 252}"
    context.ledger.record([change(resource=f"{topic}{number:04}") for number in range(25)])
    reception = Reception(context, reports, {}, member)

    for typed in ("findings", "status", "home", f"find {letter * 252}", f"history {topic}0001"):
        channel = frozenset({Channel("slack", HOUSING)})
        text, blocks = answer_message(reception.answer(typed, member(), channel))
        assert check_message(blocks) == []
        assert len(spoken(text)) <= MESSAGE_MAX
    assert check_view(home_view(reception.home(member()))) == []
