"""The Home tab: a person's own open work, with its buttons. Pure."""

from collections.abc import Callable

from commands.home import OpenWork
from compliance.card import Card
from compliance.finding import Finding
from notifiers.slack.blocks import Block, actions, context, finding_line, header, section
from notifiers.slack.text import escape

_NOTHING_TO_DECIDE = (
    "You decide for no team. Each team's findings are shown in its channel, and "
    "`/compliance status` counts them there; `/compliance help` lists what else you can ask."
)


def home_view(work: OpenWork, draw: Callable[[Finding], Card]) -> Block:
    """Return the Home tab; *draw* says which buttons a finding has now."""
    blocks = [header("Your open work"), section(_summary(work))]
    for finding in work.oldest:
        blocks += [section(finding_line(finding)), *actions(draw(finding))]
    if work.total > len(work.oldest):
        blocks.append(context("The oldest are listed. `/compliance findings` lists more."))
    return {"type": "home", "blocks": blocks}


def _summary(work: OpenWork) -> str:
    if not work.teams:
        return _NOTHING_TO_DECIDE
    teams = ", ".join(map(escape, work.teams))
    if not work.total:
        return f"Nothing is open for {teams}."
    return f"*{work.total} open* for {teams}, the oldest first."
