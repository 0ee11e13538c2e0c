"""Makes docs/picture.png from a running demo: ``python bot.py demo``, then this, from the root."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGE = "http://127.0.0.1:8765/as/U0HANNAH/C0HOUSING"
TITLE = "S3 bucket does not block public access"


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(PAGE)
        remediate(page)
        page.screenshot(path=Path(__file__).with_name("picture.png"))
        browser.close()


def remediate(page: Page) -> None:
    """Remediate the public bucket and wait until AWS Config says that it is fixed."""
    card = page.get_by_role("article").filter(has_text=TITLE).first
    card.get_by_role("button", name="Remediate", exact=True).click(timeout=60_000)
    page.get_by_role("dialog").get_by_role("button", name="Remediate", exact=True).click()
    card.get_by_text("AWS Config evaluated it COMPLIANT").wait_for(timeout=60_000)
    card.evaluate("element => element.scrollIntoView({block: 'end'})")
    page.get_by_role("textbox", name="Message #").focus()


if __name__ == "__main__":
    main()
