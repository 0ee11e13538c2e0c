"""Ledgers as the first version of the bot kept them, with the same findings as today's."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from compliance.change import FindingKey

#: The last migration of the first version.
_REVISION = "0003"
#: What both versions keep in the same columns.
_SAME = (
    "id",
    "account",
    "region",
    "rule",
    "resource_type",
    "resource_id",
    "resource_name",
    "state",
    "version",
    "compliance",
    "team",
    "note",
    "shown_version",
)
_TIMES = ("recorded_at", "changed_at", "opened_at", "until", "mirrored_until", "mirror_due")
#: What it kept of nearly every finding.
_USUAL = {
    "tags": "{}",
    "annotation": "",
    "rule_arn": "",
    "actor": "",
    "needed": 0,
    "agreed": "[]",
    "step": 0,
    "steps": 0,
}


#: What it kept of each exception that somebody asked for, in a table of its own.
DECIDED = (
    "INSERT INTO decisions (finding, verb, actor, decided_at, detail)"
    " SELECT id, 'ignore', 'U0ANALYST', changed_at,"
    """ '{"class": "accepted risk", "reason": "' || note || '", "expires": "2027-01-27"}'"""
    " FROM findings WHERE state = 'excepted'"
)


def make_tables(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "ledger/migrations")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, _REVISION)
    engine.dispose()


def rows(url: str, of_today: Iterator[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Turn rows of a finding today into those of the first version."""
    time = _text if url.startswith("sqlite:") else _itself
    for row in of_today:
        parts = (row[name] for name in ("account", "region", "rule", "resource_type"))
        yield {
            **{name: row[name] for name in _SAME},
            **{name: time(row[name]) for name in _TIMES},
            "lookup_due": time(row["lookup_due"]),
            "key": str(FindingKey(*parts, row["resource_id"])),
            **_USUAL,
        }


def _text(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}" if moment else None


def _itself(moment: datetime | None) -> datetime | None:
    return moment
