"""The mirror: AWS Config's own exceptions follow ours, where AWS takes them.

AWS's exceptions only stop automatic remediation (FACTS §0), so a refusal loses nothing: the
allowlist is what the bot enforces. What AWS Config wrote by itself is shown, and taken away only
where somebody asked for that.
"""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from aws.answers import AwsException
from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.tasks import Place, Tasks
from compliance import life
from compliance.allowlist import Entry, person_id, person_name
from compliance.change import Compliance
from compliance.finding import Finding, Move, State
from compliance.request import Verb
from ledger.mirrors import Mirrored, Mirrors
from ledger.store import BOT, Ledger

log = logging.getLogger(__name__)

_AGAIN = timedelta(minutes=5)
#: PutRemediationExceptions' Message (FACTS §4).
_MESSAGE_MAX = 1024
#: How our own copies begin, those of the first version with the finding's id.
_OURS = re.compile(r"(?:E-[0-9A-Z]{4,20} )?F-[0-9A-Z]{5,12}\b")
_NOT_BROKEN = (
    "AWS takes an exception only for a resource that breaks its rule now, and this one does not. "
    "The exception is in force all the same."
)
_REFUSED = "AWS did not take a copy: {why} The exception is in force all the same."

#: The exception that covers a finding, None where none does.
EntryOf = Callable[[Finding], Entry | None]


class Mirror:
    """Puts, renews and deletes AWS's copies of exceptions, in many accounts and Regions at once."""

    def __init__(
        self,
        mirrors: Mirrors,
        service: ConfigService,
        ledger: Ledger,
        entry_of: EntryOf,
        tasks: Tasks | None = None,
    ) -> None:
        self._mirrors = mirrors
        self._service = service
        self._ledger = ledger
        self._entry_of = entry_of
        self._now = ledger.now
        self._tasks = tasks or Tasks(8)

    def round(self) -> None:
        """Bring what is due in line; what AWS refuses is noted, and left."""
        places = [Place(*each) for each in self._mirrors.places(self._now())]
        self._tasks.run({place: partial(self._bring_place, place) for place in places})

    def _bring_place(self, place: Place) -> None:
        """Bring all that is due in one place in line, a page at a time."""
        try:
            while page := self._mirrors.due(*place, self._now()):
                for due in page:
                    self._bring_one(due)
        except AwsBusyError as error:
            log.info(
                "exceptions are copied to AWS later",
                extra={"account": place.account, "region": place.region, "why": str(error)},
            )
            self._mirrors.postpone(*place, self._now(), self._now() + _AGAIN)

    def _bring_one(self, due: Mirrored) -> None:
        finding, note = due.finding, ""
        says = self._own_exception(finding)
        try:
            until = self._bring(due)
            if finding.state is State.EXCEPTED and until is None:
                note = _NOT_BROKEN
        except AwsRefusedError as error:
            until = due.until
            note = _REFUSED.format(why=_sentence(str(error)))
            log.warning(
                "AWS does not take a copy of the exception; the allowlist is in force all the same",
                extra={"finding": finding.id, "why": str(error)},
            )
        self._mirrors.done(finding.id, finding.version, until)
        # Only now: what is noted moves the finding, and would leave it due.
        self._note(finding, partial(_noted, note=note, says=says))

    def _own_exception(self, finding: Finding) -> str:
        """Return what AWS Config's own exception says, after it was cleared where that is asked.

        AWS is asked where a remediation failed: then it may have written one.
        """
        wants_clear = finding.request(Verb.CLEAR) is not None
        if not wants_clear and finding.state not in {State.FAILED, State.NOT_VERIFIED}:
            return finding.aws_exception
        key = finding.aws_key
        try:
            found = self._service.exceptions(key.account, key.region, key.rule, key)
            own = next((each for each in found if not is_ours(each)), None)
            if own and wants_clear:
                self._service.delete_exception(key)
                own = None
        except AwsRefusedError as error:
            log.warning("AWS Config's own exception is as it was", extra={"finding": finding.id})
            return f"{finding.aws_exception}\nAWS refused: {error}" if wants_clear else ""
        return in_words(own) if own else ""

    def _bring(self, due: Mirrored) -> datetime | None:
        """Return the end of the exception that AWS has afterwards, None for none."""
        finding = due.finding
        if finding.state is State.EXCEPTED and finding.until is not None:
            if finding.service_linked or due.until == finding.until:
                return finding.until
            if finding.compliance is not Compliance.NON_COMPLIANT:
                return None
            text = message(finding, self._entry_of(finding))
            self._service.put_exception(finding.aws_key, finding.until, text)
            return finding.until
        if due.until is not None and due.until > self._now():
            self._service.delete_exception(finding.aws_key)
        return None

    def _note(self, finding: Finding, move: Move) -> None:
        if move(finding) is not finding:
            self._ledger.move(finding.id, move, actor=BOT, action="aws exception")


def _noted(finding: Finding, note: str, says: str) -> Finding:
    after = finding
    if finding.state is State.EXCEPTED:
        after = life.note_copy(finding, note)
    is_cleared = finding.request(Verb.CLEAR) is not None
    if says != finding.aws_exception or is_cleared:
        after = life.finish(life.note_aws_exception(after, says), Verb.CLEAR)
    return after


def message(finding: Finding, entry: Entry | None) -> str:
    """Return what AWS's copy says: who, which ticket, until when, and why, as much as AWS takes.

    AWS has no field for who agreed (FACTS §4), so the message says it.
    """
    if entry is None:
        return f"{finding.id} {finding.actor}: {finding.note}"[:_MESSAGE_MAX]
    who = ", ".join(map(_named, (entry.asked_by, *entry.agreed_by)))
    ticket = f" ticket {entry.ticket};" if entry.ticket else ""
    what = f"{entry.exception_class.value}: {entry.reason}"
    head = f"{entry.known_as} {finding.id} by {who};{ticket} until {entry.expires}; "
    return f"{head}{what}"[:_MESSAGE_MAX]


def _named(person: str) -> str:
    name, own_id = person_name(person), person_id(person)
    return own_id if name == own_id else f"{name} ({own_id})"


def is_ours(exception: AwsException) -> bool:
    return _OURS.match(exception.message) is not None


def in_words(exception: AwsException) -> str:
    """Return what AWS Config's own exception says, and until when it stands."""
    until = f" (until {exception.expires_at:%Y-%m-%d %H:%M} UTC)" if exception.expires_at else ""
    return f"{exception.message or 'AWS Config gave no reason.'}{until}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
