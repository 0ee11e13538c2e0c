"""What one message shows: its findings, or so many that they are counted and the first named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from compliance.channel import Channel, Message
from compliance.finding import UNDECIDED, Finding, State
from compliance.routing import Teams
from compliance.tally import Count, Tally
from ledger.rows import from_row
from ledger.stale import IS_STALE, NOTHING_TO_DO
from ledger.tables import findings, messages

#: A message of more findings is drawn from counts, and from this many of its findings.
NAMED_MAX = 20
#: How many moves one update takes in: a transaction stays short, and the rest follow.
_VERSIONS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a finding that a message shows from now on, or no longer has to."""

    finding_id: str
    version: int
    team: str
    state: State


@dataclass(frozen=True, slots=True)
class MessageUpdate:
    """A message that this replica posts or brings up to date now, and no other one.

    *post* is the ledger's number of it, *post_id* the id that chat is given. *message* is None
    until it is known to have been posted. *is_unconfirmed*: an earlier try may have posted it,
    *in_doubt_for* so long.
    *findings* are those that it names, and *tally* counts all that it stands for: none where all
    have *departed* to other teams. *versions* are what it did not show yet.
    """

    channel: Channel
    team: str
    post: int
    post_id: str
    message: Message | None
    is_unconfirmed: bool
    posted_at: datetime
    in_doubt_for: timedelta
    attempts: int
    findings: tuple[Finding, ...]
    tally: Tally
    versions: tuple[Version, ...]
    departed: tuple[Version, ...]

    @property
    def finding_ids(self) -> tuple[str, ...]:
        named = tuple(finding.id for finding in self.findings)
        return named or tuple(version.finding_id for version in self.departed)


def load(
    db: sa.Connection,
    post: sa.RowMapping,
    teams: Teams,
    now: datetime,
    *,
    is_unconfirmed: bool,
) -> MessageUpdate:
    """Return the update of *post*. What moves after the versions were read stays out of date."""
    channel = Channel.parse(post["channel"])
    versions = _stale_versions(db, post["id"])
    departed = tuple(each for each in versions if _has_departed(each, channel, post["team"], teams))
    staying = _staying(departed, post)
    number = _number(db, post["id"])
    if number <= NAMED_MAX:
        shown = _findings(db, _members(post["id"], staying))
        tally = Tally.of(shown)
    else:
        shown, tally = _named(db, post["id"], staying), _tally(db, post["id"], staying)
    return MessageUpdate(
        channel=channel,
        # Its team may have another name by now.
        team=shown[0].team if shown else post["team"],
        post=post["id"],
        post_id=post["post_id"],
        message=Message(channel, post["message"]) if post["message"] else None,
        is_unconfirmed=is_unconfirmed,
        posted_at=post["posted_at"],
        in_doubt_for=now - post["posted_at"],
        attempts=post["attempts"],
        findings=shown,
        tally=tally,
        versions=tuple(each for each in versions if each not in set(departed)),
        departed=departed,
    )


def _stale_versions(db: sa.Connection, post: int) -> tuple[Version, ...]:
    """Return what the message does not show yet."""
    # The plus keeps the index of the post's members out of it: there can be many more of them.
    of_post = sa.literal_column("+messages.post", sa.Integer) == post
    query = (
        sa.select(findings.c.id, findings.c.version, findings.c.team, findings.c.state)
        .join(messages, messages.c.finding == findings.c.id)
        .where(IS_STALE, of_post, messages.c.version < findings.c.version)
        .limit(_VERSIONS_MAX)
    )
    return tuple(Version(*row[:3], State(row.state)) for row in db.execute(query))


def _has_departed(version: Version, channel: Channel, posted_for: str, teams: Teams) -> bool:
    """Say whether the finding is another channel's now; what is over stays with its team."""
    if channel in teams[version.team].channels:
        return False
    return version.team != posted_for or version.state not in NOTHING_TO_DO


def _staying(departed: Sequence[Version], post: sa.RowMapping) -> sa.ColumnElement[bool]:
    """Return the condition that leaves out the departed: all of them are stale, so none is missed.

    They are told by their teams, for there can be many.
    """
    elsewhere = {each.team for each in departed}
    if not elsewhere:
        return sa.true()
    over = findings.c.state.in_([state.value for state in NOTHING_TO_DO])
    is_own = findings.c.team == post["team"]
    return sa.or_(findings.c.team.not_in(elsewhere), over & is_own)


def _number(db: sa.Connection, post: int) -> int:
    of_post = sa.select(messages.c.finding).where(messages.c.post == post).limit(NAMED_MAX + 1)
    return len(db.execute(of_post).all())


def _members(post: int, *conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(findings)
        .join(messages, messages.c.finding == findings.c.id)
        .where(messages.c.post == post, *conditions)
    )


def _findings(db: sa.Connection, query: sa.Select[tuple[object, ...]]) -> tuple[Finding, ...]:
    rows = db.execute(query.order_by(findings.c.opened_at, findings.c.id)).mappings()
    return tuple(map(from_row, rows))


def _named(db: sa.Connection, post: int, staying: sa.ColumnElement[bool]) -> tuple[Finding, ...]:
    """Return some of very many findings, those that wait for a decision first.

    In the order of ids, which the database has at hand: it need not look at all of them.
    """
    waits = findings.c.state.in_([state.value for state in UNDECIDED])
    named: list[Finding] = []
    for condition in (waits, sa.not_(waits)):
        query = _members(post, staying, condition).order_by(messages.c.finding)
        some = query.limit(NAMED_MAX - len(named))
        named += map(from_row, db.execute(some).mappings())
    return tuple(named)


def _tally(db: sa.Connection, post: int, staying: sa.ColumnElement[bool]) -> Tally:
    columns = (findings.c.rule, findings.c.account, findings.c.state)
    query = (
        sa.select(*columns, sa.func.count())
        .join(messages, messages.c.finding == findings.c.id)
        .where(messages.c.post == post, staying)
        .group_by(*columns)
    )
    return Tally(
        tuple(
            Count(rule, account, State(state), number)
            for rule, account, state, number in db.execute(query)
        )
    )
