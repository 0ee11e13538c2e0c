"""What AWS wrote, on the page in a browser: every letter, and no mark, mention or link of it."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from commands.answers import Refused, Table
from compliance.card import card_of
from compliance.channel import Channel
from compliance.finding import State
from notifiers.chat import Post
from notifiers.slack.client import SlackChat
from notifiers.slack.home import home_view
from notifiers.slack.replies import Replies
from tests.builders import RULE, finding, rule
from tests.notifiers.slack.test_letter_by_letter import ANSWERS
from tests.playground.slack.world import HANNAH, HOUSING

pytestmark = pytest.mark.browser

#: An annotation as AWS Config writes them.
LETTERS = "Action s3:* on *:* to _a_ ~b~ `c` :smile: &amp; <!channel> <@U0HANNAH> https://e.example"


@pytest.fixture
def page(story, new_page):
    return new_page(f"{story.url}/as/{HANNAH}/{HOUSING}")


def shows_it_as_it_is(scope):
    """It reads as it was written, and no part of it does or looks like more."""
    expect(scope).to_contain_text("*:* to _a_ ~b~ `c` :smile: &amp; <!channel> <@U0HANNAH>")
    for made_of_marks in ("em", "s", "a[href*='e.example']"):
        expect(scope.locator(made_of_marks)).to_have_count(0)
    expect(scope.get_by_text("@channel")).to_have_count(0)


def test_a_card_shows_what_aws_config_says_letter_by_letter(story, page):
    hostile = replace(
        finding(annotation=LETTERS), resource_name=LETTERS, note=LETTERS, state=State.FAILED
    )

    SlackChat(story.client).post(
        Channel("slack", HOUSING), card_of(hostile, {RULE: rule()}, {}), Post("p1")
    )

    shows_it_as_it_is(page.get_by_role("article").last)


@pytest.mark.parametrize(
    "answer",
    [Refused(LETTERS), Table(LETTERS, (LETTERS, "b"), ((LETTERS, "b"),), LETTERS, LETTERS)],
    ids=["sentence", "table"],
)
def test_an_answer_shows_what_was_typed_letter_by_letter(story, page, answer):
    Replies(story.client).reply(HANNAH, HOUSING, answer)

    expect(page.get_by_text("Only visible to you")).to_be_visible()
    shows_it_as_it_is(page.get_by_role("article").last)


def test_a_notice_is_drawn_and_read_aloud_letter_by_letter(story, page):
    SlackChat(story.client).notice(Channel("slack", HOUSING), LETTERS)

    newest = page.get_by_role("article").last
    shows_it_as_it_is(newest)
    expect(newest).to_have_attribute("data-said", LETTERS)


def test_the_home_tab_shows_names_letter_by_letter(story, new_page):
    home = new_page(f"{story.url}/as/{HANNAH}/home")
    expect(home.get_by_text("2 findings")).to_be_visible()

    story.client.views_publish(user_id=HANNAH, view=home_view(ANSWERS["work"]))

    expect(home.get_by_role("main")).to_contain_text("*:* _a_ ~b~ `c` :d: &amp; <!here> <@U1>")
