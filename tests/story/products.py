"""One story's steps, as people take them in each chat product."""

from playwright.sync_api import expect

WILL = "5a1d0000-0000-4000-8000-000000000001"
MAYA = "5a1d0000-0000-4000-8000-000000000005"
_WEBSITE = "19%3Awebsite-compliance%40thread.tacv2"


class InSlack:
    """The payments team, whose channel is in Slack."""

    team, resource = "payments", "payment-received"
    approver, member = "U0PRIYA", "U0MAYA"

    def page(self, demo, who):
        return demo.channel(who, "C0PAYMENTS")

    def card(self, page):
        cards = page.get_by_role("article").filter(has=page.get_by_role("button", name="Remediate"))
        return cards.filter(has_text=self.resource)

    def tries_to_decide(self, page):
        self.card(page).get_by_role("button", name="Remediate").click()

    def reads_on(self, page):
        page.get_by_role("dialog").get_by_role("button", name="Close").last.click()

    def opens(self, page, button):
        self.card(page).get_by_role("button", name=button).click()
        return page.get_by_role("dialog")

    def leaves(self, page, form):
        form.get_by_role("button", name="Cancel").click()
        expect(form).to_be_hidden()

    def asks(self, page, text):
        page.get_by_role("textbox", name="Message #").fill(f"/compliance {text}")
        page.keyboard.press("Enter")
        return page


class InTeams:
    """The website team, whose channel is in Microsoft Teams."""

    team, resource = "website", "website-assets"
    approver, member = WILL, MAYA

    def page(self, demo, who):
        return f"{demo.teams}/as/{who}/{_WEBSITE}"

    def card(self, page):
        return page.get_by_role("article").filter(has_text=self.resource)

    def tries_to_decide(self, page):
        self.card(page).get_by_role("button", name="Decide…").click()

    def reads_on(self, page):
        """The refusal is on the card, and in nobody's way."""

    def opens(self, page, button):
        self.card(page).get_by_role("button", name=button, exact=True).first.click()
        return page.get_by_role("group", name=button, exact=True).first

    def leaves(self, page, form):
        self.card(page).get_by_role("button", name="Cancel").click()

    def asks(self, page, text):
        page.get_by_role("textbox", name="Message").fill(f"@Compliance {text}")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The answer is in your chat with the bot").last).to_be_visible()
        page.get_by_role("navigation", name="Channels").get_by_role("link").last.click()
        return page
