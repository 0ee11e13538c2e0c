"""What AWS Config answered about its rules, and which of them it has to be asked about."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from compliance.known_rules import ConfigRule, RuleKey
from ledger.database import reading, writing
from ledger.tables import UNSETTLED, UtcDateTime, config_rules, findings

#: How many rules are read at a time: as many as AWS Config takes in one call.
_PAGE = 25
#: A description or a remediation that somebody changes is seen within a day.
_AGAIN = timedelta(days=1)
#: By then every replica has read what is new, and none draws a message from what it was before.
_READ_WITHIN = timedelta(seconds=10)
#: Replicas' clocks differ by less, and a transaction can end so long after it has begun.
_OVERLAP = timedelta(minutes=2)
_ANSWERED = ("arn", "identifier", "owner", "description", "created_by", "remediation")
#: One statement for both databases; another replica may have noted the same rule.
_NOTE = sa.text(
    "INSERT INTO config_rules (account, region, rule, due,"
    " arn, identifier, owner, description, created_by, remediation)"
    " VALUES (:account, :region, :rule, :due, '', '', '', '', '', '')"
    " ON CONFLICT (account, region, rule) DO NOTHING"
).bindparams(sa.bindparam("due", type_=UtcDateTime))


class ConfigRules:
    """The ledger's side of what is asked about rules, an account and Region at a time.

    *on_move* is called when messages have something new to show.
    """

    def __init__(
        self,
        engine: sa.Engine,
        now: Callable[[], datetime],
        on_move: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._now = now
        self._on_move = on_move
        self._read_at: datetime | None = None

    def places(self) -> tuple[tuple[str, str], ...]:
        """Return the accounts and Regions in which AWS has to be asked now."""
        query = (
            sa.select(config_rules.c.account, config_rules.c.region)
            .where(config_rules.c.due <= self._now())
            .distinct()
        )
        with reading(self._engine) as db:
            return tuple((row.account, row.region) for row in db.execute(query))

    def due(self, account: str, region: str) -> tuple[str, ...]:
        """Return the names that have been due longest there, as many as AWS takes at once."""
        query = (
            sa.select(config_rules.c.rule)
            .where(*self._due_in(account, region))
            .order_by(config_rules.c.due, config_rules.c.rule)
            .limit(_PAGE)
        )
        with reading(self._engine) as db:
            return tuple(db.execute(query).scalars())

    def postpone(self, account: str, region: str, due: datetime) -> None:
        """Let all that is due in an account and Region be asked at *due*."""
        later = sa.update(config_rules).where(*self._due_in(account, region)).values(due=due)
        with writing(self._engine) as db:
            db.execute(later)

    def answered(self, rules: Collection[ConfigRule]) -> None:
        """Keep what AWS answered; messages that show something else are drawn anew a little later.

        AWS is asked again after a day.
        """
        now = self._now()
        with writing(self._engine) as db:
            note(db, [rule.key for rule in rules], now)
            for rule in sorted(rules, key=lambda each: each.key):
                of_it = _of(rule.key)
                before = db.execute(sa.select(config_rules).where(of_it)).mappings().one()
                values = {name: getattr(rule, name) for name in _ANSWERED}
                is_news = before["answered_at"] is None or any(
                    before[name] != value for name, value in values.items()
                )
                redraw = {"redraw_due": now + _READ_WITHIN} if is_news else {}
                kept = {**values, **redraw, "answered_at": now, "due": now + _AGAIN}
                db.execute(sa.update(config_rules).where(of_it).values(**kept))

    def news(self) -> tuple[ConfigRule, ...]:
        """Return what any replica was answered since the last time; all of it at the first."""
        answered_at = config_rules.c.answered_at
        query = sa.select(config_rules).where(answered_at.is_not(None))
        if self._read_at is not None:
            query = query.where(answered_at > self._read_at - _OVERLAP)
        now = self._now()
        with reading(self._engine) as db:
            rows = db.execute(query).mappings().all()
        self._read_at = now
        return tuple(map(_from_row, rows))

    def redraw(self) -> int:
        """Let the messages of findings show what AWS answered; return of how many rules."""
        due = config_rules.c.redraw_due <= self._now()
        with reading(self._engine) as db:
            waiting = [_key_of(row) for row in db.execute(sa.select(config_rules).where(due))]
        for key in waiting:
            with writing(self._engine) as db:
                drawn = sa.update(config_rules).where(_of(key), due).values(redraw_due=None)
                if db.execute(drawn).rowcount:
                    db.execute(_newer(key))
        if waiting:
            self._on_move()
        return len(waiting)

    def _due_in(self, account: str, region: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            config_rules.c.account == account,
            config_rules.c.region == region,
            config_rules.c.due <= self._now(),
        )


def note(db: sa.Connection, keys: Iterable[RuleKey], now: datetime) -> None:
    """Let AWS be asked about rules that it has not been asked about yet."""
    # In order: two transactions must not wait for one another's rows.
    if rows := [{**key._asdict(), "due": now} for key in sorted(set(keys))]:
        db.execute(_NOTE, rows)


def _newer(key: RuleKey) -> sa.Update:
    """Nothing happened to the findings, so they have a newer version without a row of the audit."""
    return (
        sa.update(findings)
        .where(
            findings.c.account == key.account,
            findings.c.region == key.region,
            findings.c.rule == key.rule,
            UNSETTLED,
        )
        .values(version=findings.c.version + 1)
    )


def _of(key: RuleKey) -> sa.ColumnElement[bool]:
    return sa.and_(
        config_rules.c.account == key.account,
        config_rules.c.region == key.region,
        config_rules.c.rule == key.rule,
    )


def _key_of(row: Any) -> RuleKey:
    return RuleKey(row.account, row.region, row.rule)


def _from_row(row: sa.RowMapping) -> ConfigRule:
    values = {name: row[name] for name in _ANSWERED}
    return ConfigRule(RuleKey(row["account"], row["region"], row["rule"]), **values)
