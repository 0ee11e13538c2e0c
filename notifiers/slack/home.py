"""What waits for a person, with its buttons: the Home tab, and an answer. Pure."""

from commands.answers import OpenWork, Work
from compliance.prose import Strong
from notifiers import words
from notifiers.slack.blocks import header
from notifiers.slack.lists import LinkTo, ask_button, no_link, row
from notifiers.slack.text import Block, rich


def home_view(work: OpenWork, link: LinkTo = no_link) -> Block:
    return {"type": "home", "blocks": home_blocks(work, link)}


def home_blocks(work: OpenWork, link: LinkTo = no_link) -> list[Block]:
    blocks = [header("Your work"), rich((words.open_work(work),))]
    for kind in work.work:
        blocks += _kind(kind, link)
    return blocks


def _kind(work: Work, link: LinkTo) -> list[Block]:
    blocks = [rich((Strong(f"{work.title} ({work.number})"),))]
    for number, (shown, presses) in enumerate(work.lines):
        blocks += row(shown, presses, number, link)
    if work.more:
        blocks.append({"type": "actions", "elements": [ask_button(work.more, "ask more")]})
    return blocks
