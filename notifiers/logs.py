"""How the bot speaks to its operators: one JSON object a line, facts beside a constant message."""

import json
import logging
import sys
from datetime import UTC, datetime

#: What every record has of itself; all else was given as ``extra`` and is a fact.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


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


def log_as_json(level: int = logging.INFO) -> None:
    """Send everything from *level* up to standard error; of libraries, what nobody else tells."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("botocore", "alembic", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # A round that takes longer than its interval is no event, and our own lines tell of Slack.
    for library in ("apscheduler", "slack_bolt"):
        logging.getLogger(library).setLevel(logging.ERROR)
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
