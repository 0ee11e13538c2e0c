"""One thread of a card at a time: what it is to say is said, and what came of that is noted."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from compliance import life
from compliance.attention import end_snooze
from compliance.channel import Channel, Message
from compliance.finding import IllegalMoveError
from compliance.notes import Note, Notes, Plan
from compliance.prose import Copied, Prose, plain
from compliance.reply import Reply, mentioned
from compliance.request import Verb
from ledger.store import BOT, Ledger
from ledger.threads import LEASE, Flight, Look, Threads
from notifiers.chat import (
    ARRIVES_WITHIN,
    LOOK_AFTER,
    Chat,
    ChatBusyError,
    ChatRefusedError,
    ContentRefusedError,
    InDoubtError,
    MessageGoneError,
    Post,
)
from notifiers.troubles import Troubles

log = logging.getLogger(__name__)

#: A card that is being posted is there within moments.
_NO_CARD_YET = timedelta(seconds=5)
_REFUSED_FOR = timedelta(seconds=20)
EXPIRED = "The request for the {noun} was not answered in time and has expired."
_OWNER_TAGS = frozenset({"owner", "owner-email", "owneremail", "contact"})


class Speaking:
    """Looks at threads. *counted* are the replies that were made, by what they were for."""

    def __init__(
        self,
        threads: Threads,
        ledger: Ledger,
        notes: Notes,
        chats: Mapping[str, Chat],
        troubles: Troubles,
    ) -> None:
        self.counted: Counter[str] = Counter()
        self._threads = threads
        self._ledger = ledger
        self._notes = notes
        self._chats = chats
        self._troubles = troubles
        self._now = ledger.now

    def look(self, channel: Channel, beside: int) -> bool | timedelta:
        """Look at the thread that has waited longest; return the pause that chat wants after it.

        False where there was none.
        """
        chat = self._chats.get(channel.product)
        if chat is None:
            return False
        look = self._threads.take(channel, beside)
        if look is None:
            return False
        if look.message is None or not look.finding_ids:
            self._threads.postpone(look, self._now() + _NO_CARD_YET)
            return True
        try:
            return self._see_to(chat, look, look.message)
        except MessageGoneError:
            # Its findings get a new card, which says how they stand.
            self._threads.drop(look)
        except InDoubtError as error:
            log.warning("nobody knows whether a reply was made", extra=_extra(look, error))
            self._threads.postpone(look, self._now() + LOOK_AFTER)
        except ChatBusyError as error:
            self._threads.postpone(look, self._now() + error.pause, is_unsaid=True)
            return error.pause
        except ChatRefusedError as error:
            return self._refused(look, error)
        return True

    def _see_to(self, chat: Chat, look: Look, card: Message) -> bool | timedelta:
        if look.flight is not None:
            match self._find(chat, card, look.flight):
                case None:
                    self._threads.postpone(look, self._now() + LOOK_AFTER)
                    return True
                case True:
                    self._noted(look, look.flight, self._now())
                    return True
        plan = self._notes.plan(look.thread, self._now())
        self._move(plan)
        if plan.note is None:
            said = look.seq if plan.is_said else look.said_seq
            self._threads.finish(look, plan.memory, plan.look_at, said)
            return True
        flight = self._threads.begin(look, plan.memory, escalate=plan.escalate)
        words = self._words(chat, card, look, plan.note)
        reply = Reply(words, plan.note.urgent, plan.note.presses)
        chat.reply(card, reply, Post(flight.id, look.finding_ids))
        self._noted(look, flight, plan.look_at)
        self._troubles.mended(card.channel)
        self.counted[_purpose(plan)] += 1
        return chat.pace.apart

    def _find(self, chat: Chat, card: Message, flight: Flight) -> bool | None:
        """Say whether a reply in doubt was made; None while nobody can say."""
        try:
            is_there, patience = (
                bool(chat.find_reply(card, flight.id, flight.began_at)),
                ARRIVES_WITHIN,
            )
        except ChatBusyError:
            raise
        except ChatRefusedError:
            is_there, patience = False, LEASE
        if not is_there and self._now() - flight.began_at < patience:
            return None
        return is_there

    def _noted(self, look: Look, flight: Flight, look_at: datetime | None) -> None:
        escalation = self._escalation(look) if flight.escalate else None
        self._threads.finish(look, flight.memory, look_at, flight.seq, escalation)

    def _escalation(self, look: Look) -> tuple[str, Mapping[str, Any]] | None:
        team = look.thread.findings[0].team
        channel = self._notes.teams.escalation_of(team)
        return (str(channel), {"team": team, "number": len(look.finding_ids)}) if channel else None

    def _words(self, chat: Chat, card: Message, look: Look, note: Note) -> Prose:
        """Return what is said, and whom it mentions: those who can act, and the owner by tag.

        A notification shows the words without their card, so that these name the resource.
        """
        if not note.users and not note.groups:
            return note.text
        product = card.channel.product
        users = dict.fromkeys((*note.users, *self._owners(chat, look)))
        called = mentioned(users, note.groups, product)
        text = (*_about(look), *note.text)
        return (*text, "\n", *called) if called else text

    def _owners(self, chat: Chat, look: Look) -> list[str]:
        if look.thread.is_group:
            return []
        tags = look.thread.findings[0].tags.items()
        addresses = (value for name, value in tags if name.lower() in _OWNER_TAGS)
        return [who for each in addresses if "@" in each and (who := chat.person_of(each))]

    def _move(self, plan: Plan) -> None:
        """End what is over: requests that nobody answered, and snoozes."""
        now = self._now()
        for finding_id, verb in plan.expired:
            self._expire(finding_id, verb, now)
        for finding_id in plan.woke:
            self._ledger.move(
                finding_id, partial(end_snooze, now=now), actor=BOT, action="snooze ended"
            )

    def _expire(self, finding_id: str, verb: Verb, now: datetime) -> None:
        note = EXPIRED.format(noun=verb.noun)
        expire = partial(life.withdraw, verb=verb, now=now, note=note)
        try:
            self._ledger.move(
                finding_id, expire, actor=BOT, action="expire", detail={"verb": verb.value}
            )
        except IllegalMoveError:
            log.info("a request was answered in its last moment", extra={"finding": finding_id})
        else:
            self.counted["expiry"] += 1

    def _refused(self, look: Look, error: ChatRefusedError) -> bool | timedelta:
        log.error("chat refused a reply", extra=_extra(look, error))
        if isinstance(error, ContentRefusedError):
            # The card says the same.
            self._threads.finish(look, look.thread.memory, None, look.seq)
            return True
        self._threads.postpone(look, self._now() + _REFUSED_FOR, is_unsaid=True)
        self._troubles.refused(look.message.channel, error) if look.message else None
        return _REFUSED_FOR


def _purpose(plan: Plan) -> str:
    if plan.note is None or plan.escalate:
        return "escalation"
    if plan.note.is_reminder:
        return "reminder"
    return "call" if plan.note.users or plan.note.groups else "news"


def _extra(look: Look, error: Exception) -> dict[str, str]:
    channel = str(look.message.channel) if look.message else ""
    return {"finding": look.finding_ids[0], "channel": channel, "problem": plain((str(error),))}


def _about(look: Look) -> Prose:
    """Name what a thread is about; a message of many counts them itself."""
    if look.thread.is_group:
        return ()
    finding = look.thread.findings[0]
    return (Copied(finding.resource_name or finding.key.resource_id), " · ")
