"""What a person reads where the bot cannot start: a sentence, and not a traceback.

This module runs before others: it needs nothing but Python, and not a new one.
"""

import logging
import os
import signal
import sys
from typing import Any

from notifiers.heaps import share_heaps, take_short_turns

OLDEST = (3, 11)
_OLD = (
    "The bot needs Python {}.{} or newer, and this is Python {}.{}. Start it with a newer one, "
    "like `python3.11 bot.py`."
)
_BARE = (
    "The package {} is not installed for this Python. Run `python3 dev.py demo`, which sets "
    "everything up; then start the bot with `.venv/bin/python bot.py`."
)


def prepare() -> None:
    """Let nothing that ends the start be a traceback: not an old Python, not a missing package."""
    if sys.version_info < OLDEST:
        sys.exit(_OLD.format(*OLDEST, *sys.version_info))
    sys.excepthook = explain
    for number in (signal.SIGINT, signal.SIGTERM):
        # Nothing is open yet. Process 1 of a container ignores signals that nobody handles.
        signal.signal(number, leave)
    streams: Any = (sys.stdout, sys.stderr)
    for stream in streams:
        # A terminal that cannot show a character shows its number.
        stream.reconfigure(errors="backslashreplace")
    # Before there are threads.
    share_heaps()
    take_short_turns()


def leave(number: int, _frame: object) -> None:
    os._exit(128 + number)


def explain(kind: Any, error: Any, traceback: Any) -> None:
    """Say why the bot ends; a defect is logged whole, for those who mend it."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        sys.stderr.write(_BARE.format(error.name.partition(".")[0]) + "\n")
    elif isinstance(error, BrokenPipeError):
        # The reader of the output has gone. Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    elif not isinstance(error, KeyboardInterrupt):
        logging.getLogger(__name__).critical(
            "the bot ended by a defect", exc_info=(kind, error, traceback)
        )


class Veiled:
    """A stream to which nothing is written before *veil* has taken the secrets out."""

    def __init__(self, stream: Any, veil: Any) -> None:
        self._stream, self._veil = stream, veil

    def write(self, text: str) -> Any:
        return self._stream.write(self._veil(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def veil_output(veil: Any) -> None:
    """Keep secrets out of what is printed and of what is logged."""
    streams: Any = sys
    streams.stdout, streams.stderr = Veiled(sys.stdout, veil), Veiled(sys.stderr, veil)
