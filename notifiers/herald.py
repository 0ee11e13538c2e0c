"""The herald: it says in threads, to people and to escalation channels what they have to know.

It looks at the threads that are due and at the letters that wait, side by side, one message to each
channel and person at a time. Where nothing is due that costs two looks at an index.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from ledger.errors import LedgerUnavailableError, UnfitError
from ledger.letters import Letters
from ledger.threads import Threads
from notifiers.courier import in_a_thread
from notifiers.mail import Mail
from notifiers.speaking import Speaking

log = logging.getLogger(__name__)

#: How many channels and people are served side by side.
_SIDE_BY_SIDE = 8
#: When it is looked again where something is due that could not be said yet.
_AGAIN = timedelta(seconds=1)
_SOON = timedelta(milliseconds=50)
#: How long a recipient is left alone after a defect or an outage.
_REST_SECONDS = 5.0
_LATEST = timedelta(minutes=5)


class Herald:
    """Serves each channel and each person that something waits for, at chat's pace."""

    def __init__(
        self,
        threads: Threads,
        letters: Letters,
        speaking: Speaking,
        mail: Mail,
        now: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        #: Set by whatever moves a finding: the clock calls round at once.
        self.woken = threading.Event()
        self._threads = threads
        self._letters = letters
        self._speaking = speaking
        self._mail = mail
        self._now = now
        self._monotonic = monotonic
        self._start = start
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._next_at: defaultdict[str, float] = defaultdict(float)

    def round(self) -> timedelta:
        """Start to serve who can be served; return when to look again."""
        due = self._threads.due()
        for channel, number in due.items():
            self._serve(str(channel), partial(self._speaking.look, channel, number - 1))
        recipients = self._letters.recipients()
        for recipient in recipients:
            self._serve(f"letters to {recipient}", partial(self._mail.send, recipient))
        return _AGAIN if due or recipients else self._until_next()

    def _until_next(self) -> timedelta:
        coming = filter(None, (self._threads.next_look(), self._letters.next_due()))
        soonest = min(coming, default=None)
        return _LATEST if soonest is None else max(_SOON, min(_LATEST, soonest - self._now()))

    def _serve(self, whom: str, work: Callable[[], bool | timedelta]) -> None:
        with self._lock:
            is_free = whom not in self._busy and len(self._busy) < _SIDE_BY_SIDE
            if not is_free or self._next_at[whom] > self._monotonic():
                return
            self._busy.add(whom)
        self._start(partial(self._work, whom, work))

    def _work(self, whom: str, work: Callable[[], bool | timedelta]) -> None:
        pause, has_done = 0.0, False
        try:
            answer = work()
            has_done = answer is not False
            pause = answer.total_seconds() if isinstance(answer, timedelta) else 0.0
        except (LedgerUnavailableError, UnfitError) as error:
            log.warning("people are told later", extra={"whom": whom, "why": str(error)})
            pause = _REST_SECONDS
        except Exception:
            # A defect in one note must not silence the others.
            log.exception("people could not be told", extra={"whom": whom})
            pause = _REST_SECONDS
        finally:
            with self._lock:
                self._busy.discard(whom)
                self._next_at[whom] = self._monotonic() + pause
            if has_done:
                self.woken.set()
