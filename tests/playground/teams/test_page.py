"""The page of the local Teams, in a browser."""

import pytest
from playwright.sync_api import expect

from playground.teams.server import start
from playground.teams.tenant import Message

pytestmark = pytest.mark.browser

MAYA = "5a1d0000-0000-4000-8000-000000000005"
WILL = "5a1d0000-0000-4000-8000-000000000001"
GENERAL = "19:website@thread.tacv2"
CHANNEL = "19:website-compliance@thread.tacv2"
ASKED = {"type": "Input.Text", "id": "why", "label": "Why?", "isRequired": True,
         "errorMessage": "Say why."}  # fmt: skip
SENDS = {"type": "Action.Execute", "title": "Hand it in", "verb": "send"}
FORM = {"type": "AdaptiveCard", "body": [ASKED, {"type": "ActionSet", "actions": [SENDS]}]}
BEHIND = {"type": "Action.Execute", "title": "Later", "verb": "later", "mode": "secondary"}
OPENS = {"type": "Action.ShowCard", "title": "Answer", "card": FORM}
CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "[x](https://e.x) *b*"}]},
        {"type": "TextBlock", "text": "[y](https://e.y) **c**"},
        {"type": "ActionSet", "actions": [OPENS, BEHIND]},
    ],
}


@pytest.fixture
def local():
    local = start(port=0, app_url="http://127.0.0.1:9")
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}

    async def post():
        tenant = local.tenant
        activity = {"type": "message", "attachments": [content]}
        tenant.put(Message("1", CHANNEL, tenant.app.bot, activity, tenant.clock()))

    local.do(post())
    yield local
    local.stop()


@pytest.fixture
def page(local, new_page):
    return new_page(f"{local.url}/as/{MAYA}/19%3Awebsite-compliance%40thread.tacv2")


def test_a_text_run_is_shown_letter_by_letter_and_a_text_block_is_not(page):
    expect(page.get_by_text("[x](https://e.x) *b*")).to_be_visible()
    expect(page.get_by_role("link", name="y")).to_have_attribute("href", "https://e.y")


def test_a_form_unfolds_and_says_what_is_missing_before_anything_is_sent(page, local):
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("button", name="Hand it in").click()

    why = page.get_by_label("Why?")
    expect(why).to_be_focused()
    expect(why).to_have_accessible_description("Say why.")
    expect(why).to_have_attribute("aria-invalid", "true")
    assert not [call for call in local.tenant.calls if "adaptiveCard" in call.name]


def test_an_app_that_does_not_answer_is_named_and_what_was_typed_stays(page):
    page.get_by_role("button", name="Answer").click()
    page.get_by_label("Why?").fill("Because.")

    page.get_by_role("button", name="Hand it in").click()

    expect(page.get_by_text("The app does not answer")).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_value("Because.")


def test_a_narrow_page_opens_the_channels_with_a_button(page):
    page.set_viewport_size({"width": 390, "height": 800})

    page.get_by_role("button", name="Channels").click()

    expect(page.get_by_role("link", name="General").first).to_be_visible()


def test_what_is_secondary_stands_in_a_menu_that_the_keyboard_opens_and_closes(page):
    more, later = page.get_by_label("More actions"), page.get_by_role("button", name="Later")
    expect(later).to_be_hidden()

    more.focus()
    page.keyboard.press("Enter")
    expect(later).to_be_visible()
    page.keyboard.press("Escape")

    expect(later).to_be_hidden()
    expect(more).to_be_focused()


def test_what_is_new_elsewhere_is_counted_until_it_is_read_and_a_targeted_message_is_not(
    page, local
):
    channels = page.get_by_role("navigation", name="Channels")

    async def post(*messages):
        tenant = local.tenant
        for identity, only_for in messages:
            said = {"type": "message", "text": "News"}
            tenant.put(Message(identity, GENERAL, tenant.app.bot, said, tenant.clock(),
                               only_for=only_for))  # fmt: skip

    local.do(post(("2", ""), ("3", WILL), ("4", MAYA)))

    general = channels.get_by_role("listitem").filter(has_text="General").first
    expect(general).to_contain_text("2 unread")
    general.get_by_role("link").click()
    expect(page.get_by_text("News")).to_have_count(2)
    expect(page.get_by_text("Only you can see this message")).to_have_count(1)
    expect(channels).not_to_contain_text("unread")
