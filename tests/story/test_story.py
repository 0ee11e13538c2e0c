"""The main job as people do it, in a browser, once by Slack's socket and once by HTTP."""

import re

import pytest
import yaml
from playwright.sync_api import expect

from tests.story.world import ANALYST, EXTERNAL, HANNAH, HARRY, MAYA, PRIYA, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

#: A step of a runbook and an evaluation take half a second here, and a card changes once a
#: second; the rest is for a machine with much else to do.
_REMEDIATED_MS = 60_000


#: What is wrong, and the resource that it is wrong with.
BUCKET = "can be read by anybody", "housing-repairs-photos"
TABLE = "cannot be restored to an earlier moment", "repairs-appointments"
DATABASE = "can be reached from the internet", "housing-repairs"
DIRECTORY = "can be deleted by a single call", "identity-directory"
REGISTER = "has no standby in a second zone", "tenancy-register"
FUNCTION = "is not traced with X-Ray", "rent-arrears-letters"


def card(page, about):
    wrong, resource = about
    found = page.get_by_role("article").filter(has_text=wrong).filter(has_text=resource)
    expect(found).to_be_visible(timeout=30_000)
    return found


def press(card, name):
    """Press a button, whose name goes on with what it is about."""
    card.get_by_role("button", name=re.compile(rf"^{name}\b")).click()


def confirm(page, button):
    form = page.get_by_role("dialog")
    form.get_by_role("button", name=button, exact=True).click()
    expect(form).to_be_hidden()


def refused(page, words):
    """What stands in the place of a confirmation: there is nothing to confirm."""
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text(words)
    expect(shown).to_be_in_viewport()
    expect(shown.locator(".primary")).to_have_count(0)
    shown.get_by_role("button", name="Close").last.click()


def told(page, words):
    """A line that only the person at this page reads."""
    private = page.get_by_role("article").filter(has_text="Only visible to you")
    expect(private.filter(has_text=words).last).to_be_visible(timeout=10_000)


def command(page, text):
    page.get_by_role("textbox", name="Message #").fill(text)
    page.keyboard.press("Enter")


def test_a_public_bucket_is_remediated_and_config_confirms_it(demo, new_page):
    page = new_page(demo.channel(HANNAH))
    bucket = card(page, BUCKET)
    before = demo.public_access_block("housing-repairs-photos")

    press(bucket, "Remediate")
    expect(page.get_by_role("dialog")).to_contain_text("Anonymous requests are refused at once")
    confirm(page, "Remediate")

    expect(bucket).to_contain_text("Resolved", timeout=_REMEDIATED_MS)
    expect(bucket.get_by_role("button", name="Remediate")).to_have_count(0)
    assert before == {False}
    assert demo.public_access_block("housing-repairs-photos") == {True}


def test_ignoring_asks_for_a_reason_and_writes_it_below_the_comments(demo, new_page):
    page = new_page(demo.channel(HANNAH))
    table = card(page, TABLE)
    comments = (ROOT / "config" / "allowlist.yaml").read_text().split("exceptions:")[0]

    press(table, "Ignore")
    form = page.get_by_role("dialog", name="Ignore")
    form.get_by_label("Accepted risk").check()
    form.get_by_label("Why is this acceptable?").fill("short")
    form.get_by_role("button", name="Record").click()
    expect(form).to_contain_text("at least 20 characters")
    form.get_by_label("Why is this acceptable?").fill(
        "The table is rebuilt from the register daily."
    )
    form.get_by_role("button", name="Record").click()

    expect(table).to_contain_text("Excepted until", timeout=15_000)
    written = demo.allowlist.read_text()
    assert written.startswith(comments)
    assert [entry["resource"] for entry in yaml.safe_load(written)["exceptions"]] == [
        "repairs-appointments"
    ]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (MAYA, "Only the approvers of team housing can decide"),
        (EXTERNAL, "You belong to another organisation"),
    ],
    ids=["a member without rights", "somebody of another organisation"],
)
def test_whoever_may_not_decide_is_told_privately(demo, new_page, who, why):
    page, approver = new_page(demo.channel(who)), new_page(demo.channel(HANNAH))

    press(card(page, DATABASE), "Remediate")

    refused(page, why)
    expect(approver.get_by_text(why)).to_have_count(0)
    expect(card(approver, DATABASE)).to_contain_text("Waiting for the approvers of team housing.")


def test_of_two_presses_at_once_one_remediates_and_the_other_is_told(demo, new_page):
    pages = [new_page(demo.channel(who)) for who in (HANNAH, HARRY)]
    for page in pages:
        press(card(page, DIRECTORY), "Remediate")
        expect(page.get_by_role("dialog")).to_be_visible()

    for page in pages:
        confirm(page, "Remediate")

    told(pages[0], "Approved. The card shows each step.")
    told(pages[1], "Nothing was changed by this press.")
    expect(card(pages[1], DIRECTORY)).to_contain_text("Resolved", timeout=_REMEDIATED_MS)


def test_what_doubles_a_bill_needs_a_second_person_and_waits_for_its_window(demo, new_page):
    asker, second = new_page(demo.channel(HANNAH)), new_page(demo.channel(HARRY))
    press(card(asker, REGISTER), "Remediate")
    confirm(asker, "Remediate")
    expect(card(asker, REGISTER)).to_contain_text("0 of 1 agreed", timeout=15_000)

    press(card(asker, REGISTER), "Agree")
    refused(asker, "somebody else has to agree")
    press(card(second, REGISTER), "Agree")
    expect(second.get_by_role("dialog")).to_contain_text("What changes")
    confirm(second, "Agree")

    expect(card(asker, REGISTER)).to_contain_text(
        "waits for the resource's maintenance window", timeout=_REMEDIATED_MS
    )


def test_a_failed_step_says_what_to_do_next(demo, new_page):
    page = new_page(demo.channel(HANNAH))
    function = card(page, FUNCTION)

    press(function, "Remediate")
    confirm(page, "Remediate")

    expect(function).to_contain_text("xray:PutTraceSegments", timeout=_REMEDIATED_MS)
    expect(function.get_by_role("button", name="Remediate")).to_be_visible()


def test_status_counts_by_team_rule_and_severity(demo, new_page):
    theirs = new_page(demo.channel(PRIYA, "C0PAYMENTS")).get_by_role("article")
    expect(theirs.first).to_be_visible(timeout=30_000)
    page = new_page(demo.channel(ANALYST, "C0GENERAL"))

    command(page, "/compliance status")

    answer = page.get_by_role("article").filter(has_text="Compliance status").last
    for words in ("By team", "By rule", "By severity", "Oldest unresolved findings", "payments"):
        expect(answer).to_contain_text(words)


def test_a_mistyped_command_gets_the_nearest_right_one(demo, new_page):
    page = new_page(demo.channel(HANNAH))

    command(page, "/compliance staus")

    told(page, "Did you mean status?")


def test_home_lists_a_persons_own_open_work(demo, new_page):
    card(new_page(demo.channel(HANNAH)), DATABASE)
    page = new_page(f"{demo.page}/as/{HANNAH}/home")

    home = page.get_by_role("tabpanel", name="Home")
    expect(home).to_contain_text("You decide for housing")
    home.get_by_role("button", name="Ignore").first.click()
    form = page.get_by_role("dialog", name="Ignore")
    expect(form).to_contain_text("Why is this acceptable?")
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_be_hidden()


def test_buttons_work_again_after_the_socket_was_cut(demo, new_page, eventually):
    page = new_page(demo.channel(HANNAH))
    database = card(page, DATABASE)

    was_by_socket = demo.control("disconnect", reason="abrupt")["disconnected"]
    eventually(lambda: demo.control("state")["connections"] == was_by_socket, within=10)
    press(database, "Remediate")
    confirm(page, "Remediate")

    expect(database).to_contain_text("Resolved", timeout=_REMEDIATED_MS)


def test_slack_refused_nothing_that_the_bot_sent(demo):
    refused = [
        (call["name"], call["response"])
        for call in demo.control("calls?direction=from%20the%20app")["calls"]
        if call["status"] == 200 and call["response"].get("ok") is False
    ]

    assert refused == []


def test_start_over_empties_the_channels(demo, new_page):
    page = new_page(demo.channel(HANNAH))
    expect(page.get_by_role("article").first).to_be_visible(timeout=30_000)

    page.locator(".tour summary").click()
    page.get_by_role("button", name="Start over").click()

    expect(page.get_by_role("article")).to_have_count(0, timeout=10_000)
