"""How much of a screen a card takes, in a browser: a channel is looked through, not read."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from compliance.channel import Channel
from docs.cards import cards
from notifiers.chat import Post
from notifiers.slack.client import SlackChat, connect
from notifiers.slack.vocabulary import NEWER
from playground.slack.server import start

pytestmark = pytest.mark.browser

_MANIFEST = Path(__file__).parents[3] / "config" / "slack-manifest.yaml"
#: Pixels at 1,280 pixels of width: while something is to be decided or awaited, and when it is not.
OPEN_MAX, DONE_MAX = 320, 120
#: A group stands for many cards: its rows come in pages.
GROUP_MAX = 450
#: What is seen at once of a telephone 390 pixels wide, without Slack's own bars.
TELEPHONE = 640
STATES = sorted(cards(datetime(2026, 11, 28, tzinfo=UTC)))


@pytest.fixture(scope="module", params=["rich", "plain"])
def posted(request):
    """A channel with a card in every state, as a workspace takes it."""
    slack = start(_MANIFEST, port=0, strict=False)
    slack.slack.lacking = NEWER if request.param == "plain" else frozenset()
    chat = SlackChat(connect(slack.credentials.bot_token, f"{slack.url}/api/"))
    channel = Channel("slack", "C0HOUSING")
    shown = cards(datetime.now(UTC))
    messages = {name: chat.post(channel, card, Post(name)).id for name, card in shown.items()}
    yield SimpleNamespace(url=f"{slack.url}/as/U0HANNAH/C0HOUSING", messages=messages)
    slack.stop()


def boxes(page, posted, part=""):
    """Return the top and the height of each card, or of a part of it, by its state."""
    return {
        name: page.locator(f'[id="m-{message}"] {part}'.strip()).last.evaluate(
            "element => { const box = element.getBoundingClientRect();"
            " return [box.top, box.height]; }"
        )
        for name, message in posted.messages.items()
    }


def most(name):
    if name.startswith("group"):
        return GROUP_MAX
    return DONE_MAX if name == "resolved" else OPEN_MAX


def test_a_card_is_taken_in_at_a_glance(posted, new_page):
    page = new_page(posted.url)

    heights = {name: height for name, (_, height) in boxes(page, posted).items()}

    assert sorted(heights) == STATES
    assert {name: round(high) for name, high in heights.items() if high > most(name)} == {}


def test_on_a_telephone_title_state_and_buttons_are_seen_at_once(posted, new_page):
    page = new_page(posted.url, width=390, height=844)

    tops, actions = boxes(page, posted), boxes(page, posted, ":is(.actions, .accessory)")

    ends = {name: top + height - tops[name][0] for name, (top, height) in actions.items()}
    assert {name: round(end) for name, end in ends.items() if end > TELEPHONE} == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
