"""A person's own open work, with its buttons: the Home tab, and an answer. Pure."""

from commands.answers import OpenWork
from notifiers import words
from notifiers.slack.blocks import Block, actions, context, header, line, section
from notifiers.slack.text import outside

_MORE = "The oldest are listed. `/compliance findings` lists more."


def home_view(work: OpenWork) -> Block:
    return {"type": "home", "blocks": home_blocks(work)}


def home_blocks(work: OpenWork) -> list[Block]:
    blocks = [header("Your open work"), section(outside(words.open_work(work)))]
    for each, presses in work.oldest:
        blocks += [section(line(each)), *actions(presses)]
    if work.total > len(work.oldest):
        blocks.append(context(_MORE))
    return blocks
