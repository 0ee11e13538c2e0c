"""The ledger's tables, the same for SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no times, keeps the microseconds since 1970."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, int):
            return _EPOCH + value * _MICROSECOND
        moment: datetime = value
        return moment.astimezone(UTC)


#: AWS Config's words for what it found, as the ledger keeps them.
LETTERS = {"COMPLIANT": "C", "NON_COMPLIANT": "N", "NOT_APPLICABLE": "A"}
_WORDS = {letter: word for word, letter in LETTERS.items()}


class OneLetter(sa.types.TypeDecorator[str]):
    """A word of three, as a letter: a million findings say one of them."""

    impl = sa.String(1)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> Any:
        return LETTERS[value] if value else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> str | None:
        return _WORDS[value] if value else None


#: SHA-256, shortened: what two different texts have never had in common.
DIGEST_BYTES = 16
_Digest = sa.LargeBinary(DIGEST_BYTES)
#: Of a rule's name it is shorter still: only the rules of one resource have to differ.
RULE_DIGEST_BYTES = 8

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    # Digests, together the key: one index of them finds a finding, and what a resource has.
    sa.Column("resource", _Digest, nullable=False),
    sa.Column("rule_digest", sa.LargeBinary(RULE_DIGEST_BYTES), nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("resource_type", sa.Text, nullable=False),
    sa.Column("resource_id", sa.Text, nullable=False),
    sa.Column("resource_name", sa.Text, nullable=False, default=""),
    sa.Column("made_at", UtcDateTime),
    sa.Column("tags", sa.Text, nullable=False, default=""),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("compliance", OneLetter, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("opened_at", UtcDateTime),
    sa.Column("team", sa.Text, nullable=False),
    # JSON; empty where nothing is asked.
    sa.Column("requests", sa.Text, nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("until", UtcDateTime),
    # JSON of what most findings do not have, empty where there is none of it.
    sa.Column("rest", sa.Text, nullable=False, default=""),
    sa.Column("aws_exception", sa.Text, nullable=False, default=""),
    # The version that all of the finding's messages show, the exception that AWS has, and when AWS
    # is asked about the resource: null once it has answered.
    sa.Column("shown_version", sa.Integer, nullable=False, default=0),
    sa.Column("mirrored_until", UtcDateTime),
    sa.Column("mirror_due", UtcDateTime),
    sa.Column("lookup_due", UtcDateTime),
    sa.UniqueConstraint("resource", "rule_digest", name="findings_of_resource"),
)
#: Nearly all findings are compliant or resolved, and all of them are shown. So the migrations let
#: these indexes have only the rows that are asked for: what is at rest costs nothing. Said here as
#: well, it would load PostgreSQL's dialect for a ledger on SQLite. The databases use such an index
#: only for a query that has its very words: the conditions below.
sa.Index("findings_in_state", findings.c.state, findings.c.id)
#: With all that a list is narrowed down by, so that only the findings that it shows are read.
sa.Index(
    "findings_by_age",
    findings.c.opened_at,
    *(findings.c[name] for name in ("team", "rule", "account", "region", "state", "resource_type")),
)
sa.Index("findings_of_team", findings.c.team, findings.c.opened_at)
sa.Index("findings_of_account", findings.c.account, findings.c.id)
sa.Index("findings_stale", findings.c.team, findings.c.changed_at)
sa.Index("findings_until", findings.c.until)
sa.Index("findings_asked", findings.c.changed_at)
sa.Index("findings_mirror_due", findings.c.account, findings.c.region, findings.c.mirror_due)
sa.Index("findings_lookup_due", findings.c.account, findings.c.region, findings.c.lookup_due)
#: The words of findings_in_state, findings_by_age, findings_of_team and findings_of_account.
#: They have no type, or SQLAlchemy would add "= 1" for SQLite, and those are other words.
UNSETTLED: sa.ColumnElement[bool] = sa.literal_column(
    "findings.state NOT IN ('compliant', 'resolved')"
)
#: The words of findings_stale.
STALE = sa.literal_column("findings.shown_version < findings.version") & (
    sa.literal_column("findings.state <> 'compliant'")
)

#: The words of findings_asked.
ASKED: sa.ColumnElement[bool] = sa.literal_column("findings.requests <> ''")

#: The words of posts_unconfirmed.
UNCONFIRMED: sa.ColumnElement[bool] = sa.literal_column("posts.message = ''")

#: How many findings are alike. The transaction that moves a finding keeps it true, so that no
#: report has to count a million of them.
counts = sa.Table(
    "counts",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("state", sa.String(20), primary_key=True),
    # Whether the rule is about the resource: not where it was deleted or left the rule's scope.
    sa.Column("applicable", sa.Boolean, primary_key=True),
    sa.Column("resource_type", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
#: All that status adds up, in the order in which it does.
sa.Index("counts_in_state", counts.c.state, counts.c.team, counts.c.rule, counts.c.number)

#: The words that findings are found by, team by team: nobody finds what is not theirs to see. Words
#: are compared byte by byte, so that those with one beginning stand side by side in both databases.
names = sa.Table(
    "names",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column(
        "word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True
    ),
    sa.Column("finding", sa.String(16), primary_key=True),
    sqlite_with_rowid=False,
)

resources = sa.Table(
    "resources",
    metadata,
    sa.Column("key", _Digest, primary_key=True),
    sa.Column("captured_at", UtcDateTime, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("arn", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("made_at", UtcDateTime),
)

#: When the remediation worker claimed a finding, and when AWS Config took it: what it needs to
#: know after a restart. Who decided, and what came of it, stands in the audit log.
remediations = sa.Table(
    "remediations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("finding", sa.String(16), nullable=False, index=True),
    sa.Column("claimed_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
)

#: A post is one message in a channel. The replica that brings it up to date leases it.
posts = sa.Table(
    "posts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    # Our own id, which the message carries: it is kept before the message is posted.
    sa.Column("post_id", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # The chat product's id of the message, empty until the bot knows that it was posted.
    sa.Column("message", sa.Text, nullable=False, default=""),
    # The team that it was posted for; the rule of a group, empty where it has several rules.
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("is_group", sa.Boolean, nullable=False),
    # When it was first posted, and when a finding joined it last.
    sa.Column("posted_at", UtcDateTime, nullable=False),
    sa.Column("grown_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # Until then one replica sees to it.
    sa.Column("leased_until", UtcDateTime),
    # When the channel is searched for a second message of the same post.
    sa.Column("search_due", UtcDateTime),
)
sa.Index("posts_of_channel", posts.c.channel, posts.c.posted_at)
#: Partial as well: of what is not known to have been posted, and of what is searched for.
sa.Index("posts_unconfirmed", posts.c.channel)
sa.Index("posts_search_due", posts.c.search_due)

#: Which post shows a finding in a channel, and which version of the finding it shows.
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("finding", sa.String(16), primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("post", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("joined_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("messages_of_post", messages.c.post, messages.c.finding)

#: What was said last in the thread of a post, and when it is looked at next: null for never.
threads = sa.Table(
    "threads",
    metadata,
    sa.Column("post", sa.Integer, primary_key=True, autoincrement=False),
    # The audit log's number up to which the thread says everything.
    sa.Column("said_seq", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime),
    sa.Column("leased_until", UtcDateTime),
    # Our own id of the reply that is being made and how far it goes, empty where none is.
    sa.Column("reply_id", sa.Text, nullable=False, default=""),
    sa.Column("reply_seq", sa.Integer, nullable=False, default=0),
    sa.Column("began_at", UtcDateTime),
    # JSON: reminders that were made, and when something was said.
    sa.Column("memory", sa.Text, nullable=False, default=""),
)
sa.Index("threads_due", threads.c.due_at)

#: What is said to one person or in one channel by itself, until it has been said.
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    # Our own id of the message, empty until it is about to be sent.
    sa.Column("post_id", sa.Text, nullable=False, default=""),
    # A person's id or a channel, each with its chat product.
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("finding", sa.String(16), nullable=False),
    # JSON's: what the kind needs to be worded.
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("leased_until", UtcDateTime),
    sa.Column("began_at", UtcDateTime),
)
sa.Index("letters_due", letters.c.due_at)

#: Channels that outsiders can read: when their team was asked about it, and who allowed it.
open_channels = sa.Table(
    "open_channels",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("outsiders", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("allowed_by", sa.Text, nullable=False, default=""),
    sa.Column("allowed_at", UtcDateTime),
)

#: The hashes of what is in force for a rule and a team, as JSON: the same for very many rows.
in_force = sa.Table(
    "in_force",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("hashes", sa.Text, nullable=False, unique=True),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("finding", sa.String(16), nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("from_state", sa.String(20), nullable=False),
    sa.Column("to_state", sa.String(20), nullable=False),
    # JSON, in the rows of before 0013 with the hashes of what was in force.
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("in_force", sa.Integer),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)

periods = sa.Table(
    "periods",
    metadata,
    sa.Column("job", sa.String(32), primary_key=True),
    sa.Column("period", sa.String(32), primary_key=True),
    sa.Column("leased_until", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
)

#: What the findings were last brought in line with, by name: a fingerprint of the routes, say.
marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

#: The allowlist's last good text, packed, for a start at which its place is away.
allowlists = sa.Table(
    "allowlists",
    metadata,
    # ALLOWLIST_URL, without secrets.
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)

#: What AWS Config answered about rules that are not known by their names.
config_rules = sa.Table(
    "config_rules",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("arn", sa.Text, nullable=False, default=""),
    sa.Column("identifier", sa.Text, nullable=False, default=""),
    sa.Column("owner", sa.Text, nullable=False, default=""),
    sa.Column("description", sa.Text, nullable=False, default=""),
    sa.Column("created_by", sa.Text, nullable=False, default=""),
    sa.Column("remediation", sa.Text, nullable=False, default=""),
    # When AWS answered last, null before it did; when it is asked next; when the messages of the
    # rule's findings are to say what is new, null where they do.
    sa.Column("answered_at", UtcDateTime),
    sa.Column("due", UtcDateTime, nullable=False),
    sa.Column("redraw_due", UtcDateTime),
)
sa.Index("config_rules_due", config_rules.c.due)
sa.Index("config_rules_answered", config_rules.c.answered_at)
sa.Index("config_rules_redraw_due", config_rules.c.redraw_due)

#: The conversations of chat products that call the bot.
rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("product", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("service_url", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, default=""),
    sa.Column("team", sa.Text, nullable=False, default=""),
    sa.Column("group", sa.Text, nullable=False, default=""),
    sa.Column("person", sa.Text, nullable=False, default=""),
    sa.Column("installer", sa.Text, nullable=False, default=""),
    sa.Column("called", sa.Text, nullable=False, default=""),
    # When the bot was removed from it, null where it may speak.
    sa.Column("closed_at", UtcDateTime),
)
