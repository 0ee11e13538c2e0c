"""People at the page, in a browser: each test is one thing that somebody does."""

import re

import pytest
from playwright.sync_api import expect

from tests.playground.slack.page import app as small
from tests.playground.slack.world import GENERAL, HANNAH, HARRY, HOUSING

pytestmark = pytest.mark.browser


@pytest.fixture
def hannah(story, new_page):
    return new_page(f"{story.url}/as/{HANNAH}/{HOUSING}")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def composer(page, channel="#housing-compliance"):
    return page.get_by_role("textbox", name=f"Message {channel}")


def test_the_first_page_is_an_approvers_channel_with_cards(story, new_page):
    page = new_page(f"{story.url}/")

    expect(page.get_by_role("heading", name="#housing-compliance")).to_be_visible()
    expect(page.get_by_role("combobox", name="Act as")).to_have_value(HANNAH)
    expect(page.get_by_role("button", name="Remediate")).to_be_visible()


def test_act_as_makes_one_somebody_else_in_the_same_channel(hannah):
    hannah.get_by_label("Act as").select_option("Harry Lindqvist")

    expect(hannah).to_have_url(re.compile(f"/as/{HARRY}/{HOUSING}$"))
    expect(hannah.get_by_label("Act as")).to_have_value(HARRY)


def test_a_press_changes_the_card_for_everybody(story, hannah, new_page):
    harry = new_page(f"{story.url}/as/{HARRY}/{HOUSING}")

    press(hannah, "Remediate")

    for page in (hannah, harry):
        expect(page.get_by_text("Running since a moment ago")).to_be_visible()
        expect(page.get_by_role("button", name="Remediate")).to_have_count(0)
    assert story.app.heard == [("remediate", HANNAH)]


def test_a_form_shows_what_is_missing_under_the_field(hannah):
    press(hannah, "Ignore")
    form = hannah.get_by_role("dialog", name="Ignore")

    form.get_by_role("button", name="Record").click()

    reason = form.get_by_label("Why is this acceptable?")
    expect(reason).to_be_focused()
    expect(reason).to_have_accessible_description("Please complete this required field.")


def test_the_apps_own_complaint_stands_under_the_field_and_what_was_typed_stays(hannah):
    press(hannah, "Ignore")
    form = hannah.get_by_role("dialog", name="Ignore")
    reason = form.get_by_label("Why is this acceptable?")
    reason.fill("long enough but no cause is given")

    form.get_by_role("button", name="Record").click()

    expect(form.get_by_text("Say because of what.")).to_be_visible()
    expect(reason).to_have_value("long enough but no cause is given")


def test_a_submitted_form_is_recorded_and_gives_the_focus_back(story, hannah, eventually):
    press(hannah, "Ignore")
    form = hannah.get_by_role("dialog", name="Ignore")
    form.get_by_label("Why is this acceptable?").fill("accepted because it is a public site")

    form.get_by_role("button", name="Record").click()

    expect(form).to_have_count(0)
    expect(hannah.get_by_role("button", name="Ignore")).to_be_focused()
    assert ("recorded", "accepted because it is a public site") in story.app.heard


def test_escape_closes_a_form(story, hannah):
    press(hannah, "Ignore")
    expect(hannah.get_by_role("dialog", name="Ignore")).to_be_visible()

    hannah.keyboard.press("Escape")

    expect(hannah.get_by_role("dialog")).to_have_count(0)
    expect(hannah.get_by_role("button", name="Ignore")).to_be_focused()
    assert not story.slack.workspace.views


def test_a_confirmation_is_asked_and_a_refusal_presses_nothing(story, hannah):
    press(hannah, "Withdraw")
    question = hannah.get_by_role("dialog", name="Withdraw the request")
    expect(question).to_contain_text("Nobody will be asked any more.")

    question.get_by_role("button", name="Keep it").click()

    expect(question).to_be_hidden()
    assert story.app.heard == []


def test_an_ephemeral_answer_is_seen_by_its_reader_only(story, hannah, new_page):
    harry = new_page(f"{story.url}/as/{HARRY}/{HOUSING}")

    press(hannah, "Withdraw")
    press(hannah, "Withdraw it")

    expect(hannah.get_by_text("Withdrawn, and only you are told.")).to_be_visible()
    expect(hannah.get_by_text("Only visible to you")).to_be_visible()
    story.client.chat_postMessage(channel=HOUSING, text="Something for all")
    expect(harry.get_by_text("Something for all")).to_be_visible()
    expect(harry.get_by_text("Withdrawn, and only you are told.")).to_have_count(0)


def test_an_app_that_acknowledges_too_late_gets_a_warning_beside_its_button(hannah):
    press(hannah, "Too slow")

    warning = hannah.get_by_role("article").get_by_role("alert")
    expect(warning).to_contain_text("did not respond", timeout=8000)


def test_two_people_talk_without_a_reload(story, hannah, new_page):
    harry = new_page(f"{story.url}/as/{HARRY}/{HOUSING}")

    composer(hannah).fill("Can you look at this?")
    composer(hannah).press("Enter")

    expect(harry.get_by_role("article", name="Hannah Osei")).to_contain_text("Can you look at")
    expect(composer(hannah)).to_have_value("")


def test_what_somebody_types_survives_other_peoples_messages(story, hannah):
    composer(hannah).fill("half a sen")

    story.client.chat_postMessage(channel=HOUSING, text="In between")

    expect(hannah.get_by_text("In between")).to_be_visible()
    expect(composer(hannah)).to_have_value("half a sen")
    expect(composer(hannah)).to_be_focused()


def test_a_changed_card_leaves_the_other_messages_alone(story, hannah):
    other = story.client.chat_postMessage(channel=HOUSING, text="Untouched")["ts"]
    expect(hannah.get_by_text("Untouched")).to_be_visible()
    hannah.evaluate("ts => document.getElementById(`m-${ts}`).untouched = true", other)

    story.client.chat_update(channel=HOUSING, ts=story.card, text="Resolved", blocks=[])

    expect(hannah.get_by_text("Resolved")).to_be_visible()
    assert hannah.evaluate("ts => document.getElementById(`m-${ts}`).untouched", other) is True


def test_a_slash_lists_the_commands_and_the_app_answers(hannah):
    composer(hannah).press_sequentially("/com")
    expect(hannah.get_by_role("option", name="/compliance")).to_contain_text("show F-…")

    composer(hannah).press("Enter")
    composer(hannah).press_sequentially("status")
    composer(hannah).press("Enter")

    expect(hannah.get_by_text("Nothing is wrong with status.")).to_be_visible()


def test_the_home_tab_shows_what_the_app_publishes(hannah):
    hannah.get_by_role("link", name="Compliance bot").click()

    expect(hannah.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")
    expect(hannah.get_by_role("heading", name="Your open work")).to_be_visible()


def test_a_global_shortcut_opens_its_form(hannah):
    hannah.get_by_label("Shortcuts").click()
    hannah.get_by_role("button", name="Look up a finding").click()

    expect(hannah.get_by_role("dialog", name="Find")).to_be_visible()


def test_a_reply_is_counted_under_its_message_and_stands_in_the_thread(story, hannah):
    hannah.get_by_role("article").hover()
    hannah.get_by_role("link", name="Reply in thread").click()
    reply = hannah.get_by_role("textbox", name="Reply in thread")
    reply.fill("I will take it")
    reply.press("Enter")

    thread = hannah.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("I will take it")).to_be_visible()
    expect(hannah.get_by_role("link", name="1 reply")).to_be_visible()


def test_the_inspector_shows_a_press_as_it_happens(story, new_page):
    page = new_page(f"{story.url}/as/{HANNAH}/{HOUSING}?inspector=1")

    press(page, "Remediate")

    inspector = page.get_by_role("complementary", name="Inspector")
    inspector.get_by_text("block_actions").first.click()
    expect(inspector.get_by_text('"action_id": "remediate"').first).to_be_visible()


def test_the_inspector_filters_by_method(story, new_page):
    page = new_page(f"{story.url}/as/{HANNAH}/{HOUSING}?inspector=1")
    inspector = page.get_by_role("complementary", name="Inspector")

    inspector.get_by_label("Filter calls").fill("chat.postMessage")

    expect(inspector.get_by_role("listitem")).to_have_count(1)


def in_sidebar(page, name):
    return (
        page.get_by_role("navigation", name="Channels")
        .get_by_role("listitem")
        .filter(has_text=name)
    )


def reply(story, text, **more):
    return story.client.chat_postMessage(channel=HOUSING, thread_ts=story.card, text=text, **more)


def test_a_mention_in_a_thread_is_marked_on_the_side_of_who_is_mentioned_alone(story, new_page):
    harry = new_page(f"{story.url}/as/{HARRY}/{GENERAL}")
    hannah = new_page(f"{story.url}/as/{HANNAH}/{GENERAL}")

    reply(story, f"<@{HARRY}> has to agree.")

    expect(in_sidebar(harry, "#housing-compliance")).to_contain_text("1 mention")
    expect(in_sidebar(harry, "Threads")).to_contain_text("1 unread")
    expect(in_sidebar(hannah, "Threads")).to_have_count(0)


def test_a_thread_is_read_by_opening_it(story, new_page):
    reply(story, f"<@{HARRY}> has to agree.")
    harry = new_page(f"{story.url}/as/{HARRY}/{HOUSING}")
    expect(harry.get_by_role("link", name="1 reply")).to_contain_text("1 new, mentions you")

    in_sidebar(harry, "Threads").get_by_role("link").click()

    expect(harry.get_by_label("Thread", exact=True)).to_contain_text("has to agree.")
    expect(in_sidebar(harry, "Threads")).to_have_count(0)


def test_a_quiet_reply_and_a_changed_message_mark_nothing(story, new_page):
    new_page(f"{story.url}/as/{HARRY}/{HOUSING}")
    harry = new_page(f"{story.url}/as/{HARRY}/{GENERAL}")
    expect(in_sidebar(harry, "#housing-compliance")).not_to_contain_text("unread")

    reply(story, "The remediation has started.")
    story.client.chat_update(channel=HOUSING, ts=story.card, text="Running", blocks=small.CARD)

    expect(in_sidebar(harry, "#housing-compliance")).not_to_contain_text("mention")
    expect(in_sidebar(harry, "#housing-compliance")).not_to_contain_text("unread")


def test_an_urgent_reply_stands_in_the_channel_too(story, new_page):
    harry = new_page(f"{story.url}/as/{HARRY}/{HOUSING}")

    reply(story, "It failed.", reply_broadcast=True)

    channel = harry.get_by_role("region", name="Messages in housing-compliance")
    expect(channel.get_by_text("Replied to a thread")).to_be_visible()
    channel.get_by_role("link", name="a thread").click()
    expect(harry.get_by_label("Thread", exact=True)).to_contain_text("Also sent to the channel")


def test_what_is_said_to_one_person_is_marked_at_the_app(story, new_page):
    harry = new_page(f"{story.url}/as/{HARRY}/{HOUSING}")
    hannah = new_page(f"{story.url}/as/{HANNAH}/{HOUSING}")

    story.client.chat_postMessage(channel=HARRY, text="Your request was agreed.")

    expect(harry.locator("[data-id=nav-app]").locator("..")).to_contain_text("1 unread")
    expect(hannah.locator("[data-id=nav-app]").locator("..")).not_to_contain_text("unread")
    harry.locator("[data-id=nav-app]").click()
    expect(harry.get_by_text("Your request was agreed.").first).to_be_visible()


def test_unread_messages_are_counted_beside_the_channel(story, hannah):
    story.slack.do(story.slack.acting.say(HARRY, GENERAL, "Good morning", ""))

    item = hannah.get_by_role("listitem").filter(has_text="#general")
    expect(item).to_contain_text("1 unread")
    hannah.get_by_role("link", name="#general").click()
    expect(hannah.get_by_text("Good morning")).to_be_visible()


def test_the_keyboard_alone_decides(story, hannah, eventually):
    hannah.get_by_role("link", name="Skip to the messages").focus()
    hannah.keyboard.press("Enter")
    for _ in range(40):
        hannah.keyboard.press("Tab")
        if hannah.evaluate("document.activeElement.textContent.trim()") == "Ignore":
            break
    hannah.keyboard.press("Enter")
    reason = hannah.get_by_label("Why is this acceptable?")
    expect(reason).to_be_focused()

    hannah.keyboard.type("fine because nobody reads it")
    hannah.keyboard.press("Control+Enter")

    eventually(lambda: ("recorded", "fine because nobody reads it") in story.app.heard)


def test_without_the_script_buttons_and_forms_still_work(story, new_page):
    page = new_page(f"{story.url}/as/{HANNAH}/{HOUSING}", java_script_enabled=False)

    press(page, "Remediate")
    composer(page).fill("Pressed without a script")
    press(page, "Send")

    expect(page.get_by_text("Pressed without a script")).to_be_visible()
    assert story.app.heard == [("remediate", HANNAH)]


def test_a_button_in_a_dialog_takes_what_was_typed_with_it(story, hannah):
    blocks = [
        small.text_input("reason", "Reason"),
        {"type": "actions", "elements": [small.button("Remediate", "check")]},
    ]
    press(hannah, "Ignore")
    (view,) = story.slack.wait_for(lambda: list(story.slack.workspace.views.values()))
    story.client.views_update(view_id=view.id, view={**small.FORM, "blocks": blocks})
    form = hannah.get_by_role("dialog", name="Ignore")
    form.get_by_label("Reason").fill("typed before the press")

    form.get_by_role("button", name="Remediate").click()

    pressed = story.slack.wait_for(
        lambda: [c for c in story.slack.workspace.calls if c.name == "block_actions"][1:]
    )
    typed = pressed[0].request["view"]["state"]["values"]["reason"]["input"]
    assert typed["value"] == "typed before the press"


def test_on_a_telephone_channels_are_behind_a_button(story, new_page):
    page = new_page(f"{story.url}/as/{HANNAH}/{HOUSING}", width=390, height=844)
    expect(page.get_by_role("link", name="#general")).to_be_hidden()

    press(page, "Channels")
    page.get_by_role("link", name="#general").click()

    expect(page.get_by_role("heading", name="#general")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_hostile_text_runs_nothing(story, hannah):
    hostile = "<img src=x onerror=alert(1)> <script>alert(1)</script> <javascript:alert(1)|go>"

    story.client.chat_postMessage(channel=HOUSING, text=hostile, blocks=[small.mrkdwn(hostile)])

    expect(hannah.get_by_text("onerror=alert(1)")).to_be_visible()
    assert hannah.locator(".lines script, .lines img, .lines a[href^=javascript]").count() == 0


def table_of(number):
    rows = [[{"type": "raw_text", "text": "Topic"}, {"type": "raw_text", "text": "Decide"}]]
    for each in range(number):
        name = "remediate" if each == 1 else f"remediate {each}"
        action = small.button("Remediate", name, accessibility_label=f"Fix {each}")
        topic = {"type": "raw_text", "text": f"topic-{each}"}
        rows.append([topic, {"type": "action", "element": action, "fallback": topic}])
    return {"type": "data_table", "caption": "Topics", "rows": rows}


def test_a_data_tables_pages_are_turned_and_stay_when_the_message_changes(story, hannah):
    sent = story.client.chat_postMessage(channel=HOUSING, text="many", blocks=[table_of(7)])
    expect(hannah.get_by_role("rowheader", name="topic-0")).to_be_visible()

    press(hannah, "Next rows")

    expect(hannah.get_by_role("rowheader", name="topic-6")).to_be_visible()
    expect(hannah.get_by_role("rowheader", name="topic-0")).to_be_hidden()
    expect(hannah.get_by_text("6 to 7 of 7")).to_be_visible()
    story.client.chat_update(channel=HOUSING, ts=sent["ts"], text="many", blocks=[table_of(8)])
    expect(hannah.get_by_role("rowheader", name="topic-7")).to_be_visible()


def test_a_button_in_a_row_is_pressed_by_its_own_name(story, hannah):
    story.client.chat_postMessage(channel=HOUSING, text="many", blocks=[table_of(2)])

    press(hannah, "Fix 1")

    story.slack.wait_for(lambda: story.app.heard)
    assert story.app.heard == [("remediate", HANNAH)]


def test_what_is_folded_opens_by_the_keyboard_and_stays_open(story, hannah):
    details = {
        "type": "container",
        "title": small.plain("Details"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [small.mrkdwn("Why it matters")],
    }
    sent = story.client.chat_postMessage(channel=HOUSING, text="card", blocks=[details])
    expect(hannah.get_by_text("Why it matters")).to_be_hidden()

    hannah.locator("summary", has_text="Details").focus()
    hannah.keyboard.press("Enter")

    expect(hannah.get_by_text("Why it matters")).to_be_visible()
    more = [details, small.mrkdwn("Running")]
    story.client.chat_update(channel=HOUSING, ts=sent["ts"], text="card", blocks=more)
    expect(hannah.get_by_text("Running")).to_be_visible()
    expect(hannah.get_by_text("Why it matters")).to_be_visible()
