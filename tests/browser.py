"""Debian's Chromium for tests that look at pages; one process for all of them."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

_CHROMIUM = Path("/usr/bin/chromium")
#: It asks nobody but this machine, and starts without what only people at a screen need.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
RESULTS = Path("test-results")
#: A page answers at once; only a machine with much else to do needs longer.
_PATIENCE_MS = 10_000
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def browser():
    if not _CHROMIUM.exists():
        missing = f"{_CHROMIUM} is missing: apt-get install chromium"
        is_required = os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER")
        (pytest.fail if is_required else pytest.skip)(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(_CHROMIUM), args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser, request):
    """Open pages, each with cookies of its own; afterwards look at what went wrong in any.

    A page that logs a warning or an error, or asks another host, fails its test. A screenshot of a
    failed test's pages stays in test-results/.
    """
    pages, wrong = [], []

    def open_page(url, width=1280, height=800, **options):
        size = {"width": width, "height": height}
        page = browser.new_context(viewport=size, **options).new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else 0)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: _check(asked.url, wrong))
        page.goto(url)
        pages.append(page)
        return page

    failed_before = request.session.testsfailed
    yield open_page
    if wrong or request.session.testsfailed > failed_before:
        RESULTS.mkdir(exist_ok=True)
        for number, page in enumerate(pages):
            page.screenshot(path=RESULTS / f"{request.node.name}-{number}.png")
    for page in pages:
        page.context.close()
    assert wrong == []


def _check(url, wrong):
    if not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:")):
        wrong.append(f"asked {url}")
