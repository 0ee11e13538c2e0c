"""How the bot speaks to its operators: one JSON object a line, facts beside a constant message."""

import json
import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime

#: What every record has of itself; all else was given as ``extra`` and is a fact.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


#: How long the same line is not written again.
_REPEAT_SECONDS = 60.0
#: Of how many different lines that is known.
_LINES_KEPT = 1000


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, and the facts."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "by": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)


class Unrepeated(logging.Filter):
    """Lets the same line through once a minute; the next one says how many were left out.

    Lines are the same that have the same facts: one of another finding is another.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        facts = sorted((name, str(value)) for name, value in vars(record).items()
                       if name not in _OWN)  # fmt: skip
        line = record.name, record.getMessage(), tuple(facts)
        with self._lock:
            written_at, left_out = self._kept.pop(line, (-_REPEAT_SECONDS, 0))
            is_due = self._now() - written_at >= _REPEAT_SECONDS
            self._kept[line] = (self._now(), 0) if is_due else (written_at, left_out + 1)
            while len(self._kept) > _LINES_KEPT:
                self._kept.popitem(last=False)
        if is_due and left_out:
            record.left_out = left_out
        return is_due


def log_as_json(level: int = logging.INFO) -> None:
    """Send everything from *level* up to standard error; of libraries, what is not said here."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(Unrepeated())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("botocore", "alembic", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # A round that takes longer than its interval is no event, and our own lines tell of Slack.
    for library in ("apscheduler", "psycopg", "slack_bolt"):
        logging.getLogger(library).setLevel(logging.ERROR)
    # They write a traceback for what our own lines tell in a sentence: AWS or Slack is away.
    for library in ("botocore.credentials", "slack_sdk"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
