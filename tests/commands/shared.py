"""What several tests of commands begin with: findings that share a message, and who sees what."""

from datetime import timedelta

from commands.filters import narrow
from commands.grammar import read
from commands.view import View
from compliance.channel import Message
from ledger.messages import Messages
from ledger.stale import Turn


def share_message(context, clock, team="housing", message="1.1", turn=Turn.NEW):
    """Note that what *team* has to be shown next was posted in one message; return its ids."""
    messages = Messages(context.ledger.engine, context.teams, clock, timedelta())
    [channel] = context.teams[team].channels
    update = messages.take(channel, {team}, turn)
    messages.shown(update, update.message or Message(channel, message))
    return sorted(each.finding_id for each in update.versions)


BOTH = frozenset({"housing", "payments"})


def view_of(context, reports, visible=BOTH, accounts=None):
    """What somebody reads from who sees the teams *visible*."""
    return View(context, reports, accounts or {}, frozenset(visible))


def asked(view, text):
    """Return the question that *text* is, and what it is narrowed down to."""
    question = read(text)
    return question, narrow(view, question)
