"""Makes the pictures of cards in docs/ (cards/*.png, picture.png): run it from the root.

Each state is posted as the bot posts it, to a local Slack, and photographed in its page at the
widths of a desk and of a telephone.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE.parent))

from compliance.channel import Channel  # noqa: E402 - the root is put on the path above
from docs.cards import cards  # noqa: E402
from notifiers.chat import Post  # noqa: E402
from notifiers.slack.client import SlackChat, connect  # noqa: E402
from playground.slack.server import start  # noqa: E402

_WIDTHS = (1280, 390)
_HEIGHT = 844
_CARD_WIDTH = 780
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-lcd-text"]
#: What the picture in README.md shows.
_FIRST = ("failed", "waiting", "resolved", "open")


def main() -> None:
    slack = start(_HERE.parent / "config" / "slack-manifest.yaml", port=0, strict=False)
    chat = SlackChat(connect(slack.credentials.bot_token, f"{slack.url}/api/"))
    housing = Channel("slack", "C0HOUSING")
    shown = cards(datetime.now(UTC))
    posted = {name: chat.post(housing, card, Post(name)).id for name, card in shown.items()}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        for width in _WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": _HEIGHT})
            page.goto(f"{slack.url}/as/U0HANNAH/C0HOUSING")
            for name, message in posted.items():
                _photograph(page, message, _HERE / "cards" / f"{name}-{width}.png")
        slack.reset()
        for name in _FIRST:
            chat.post(housing, shown[name], Post(f"{name}-again"))
        page = browser.new_page(viewport={"width": 1280, "height": 960})
        page.goto(f"{slack.url}/as/U0HANNAH/C0HOUSING")
        page.screenshot(path=_HERE / "picture.png")
        browser.close()
    slack.stop()


def _photograph(page: Page, message: str, path: Path) -> None:
    card = page.locator(f'[id="m-{message}"]')
    # The toolbar, and the colour of what the mouse is over, are not the card's.
    page.mouse.move(0, 0)
    card.evaluate("element => element.scrollIntoView({block: 'center'})")
    # A card of a wide screen has nothing on its right.
    box = card.bounding_box() or {}
    clip = {**box, "width": min(box["width"], _CARD_WIDTH)}
    page.screenshot(path=path, clip=clip)


if __name__ == "__main__":
    main()
