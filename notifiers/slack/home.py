"""A person's own open work, with its buttons: the Home tab, and an answer. Pure."""

from commands.answers import OpenWork
from compliance.prose import Copied, Prose
from notifiers import words
from notifiers.slack.blocks import actions, header, line
from notifiers.slack.text import Block, rich

_MORE: Prose = ("The oldest are listed. ", Copied("/compliance findings"), " lists more.")


def home_view(work: OpenWork) -> Block:
    return {"type": "home", "blocks": home_blocks(work)}


def home_blocks(work: OpenWork) -> list[Block]:
    blocks = [header("Your open work"), rich((words.open_work(work),))]
    for each, presses in work.oldest:
        blocks += [rich(line(each)), *actions(presses, each.resource)]
    if work.total > len(work.oldest):
        blocks.append(rich(_MORE))
    return blocks
