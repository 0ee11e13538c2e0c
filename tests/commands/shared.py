"""Findings that share one message, as the ledger keeps it."""

from datetime import timedelta

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
