"""The register of exceptions: those in force, soonest end first, and one of them in full."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice

from commands.answers import Answer, Ask, Export, Refused, Table
from commands.context import Context
from commands.export import as_csv
from commands.in_force import about, reopening
from commands.register_words import RegisterQuestion
from commands.unused import team_of
from compliance.allowlist import ANY, Entry, person_id, person_name
from compliance.enforcement import exception_of
from compliance.finding import Finding, State
from compliance.rules import canonical_name
from ledger.exceptions import Exceptions

NOT_FOUND = "{id} is not an exception that you can see. `exceptions` lists those in force."
COVERS_OTHERS = (
    "{id} covers findings of teams that you do not see here. Decide about it in the TDA's channel."
)
NOBODY = "No exceptions in force{narrowed}."
_CLOSING = "show E-… shows one in full, extend E-… and revoke E-… decide about it."
#: Twenty rows are read, a hundred are not.
_PAGE = 20
_REOPENING_MAX = 1_000
_NEVER = datetime.max.replace(tzinfo=UTC)
_HEADINGS = ("Exception", "Ends", "Rule", "Covers", "Where", "Team", "Kind", "Asked by", "Extended")


def register(context: Context, question: RegisterQuestion, visible: frozenset[str]) -> Answer:
    """Return the exceptions in force that *question* asks for, of the *visible* teams."""
    found = list(_wanted(context, question, visible))
    if question.is_csv:
        text = f"{len(found)} exceptions in force."
        return Export(text, "exceptions.csv", as_csv(_COLUMNS, map(_cells, found)))
    last = max(1, -(-len(found) // _PAGE))
    page = min(question.page, last)
    shown = found[(page - 1) * _PAGE : page * _PAGE]
    where = f", page {page} of {last}" if last > 1 else ""
    narrowed = " like this" if question.filters or question.within else ""
    return Table(
        title=f"Exceptions in force: {len(found)}{where}",
        headings=_HEADINGS,
        rows=tuple(_row(context, entry) for entry in shown),
        intro="" if found else NOBODY.format(narrowed=narrowed),
        closing=_CLOSING if found else "",
        earlier=Ask("Previous page", f"{question.text} page:{page - 1}") if page > 1 else None,
        later=Ask("Next page", f"{question.text} page:{page + 1}") if page < last else None,
        others=(Ask("As a CSV file", f"{question.text} csv"),) if found else (),
    )


def show_exception(context: Context, entry_id: str, visible: frozenset[str]) -> Answer:
    """Return everything about one exception, and what reopens if it is revoked."""
    entry = seen(context, entry_id, visible)
    if isinstance(entry, Refused):
        return entry
    reopens = list(islice(reopening(context, entry), _REOPENING_MAX))
    names = ", ".join(f"{each.id} {_called(each)}" for each in reopens[:5])
    rows = [(name, text) for name, text in _in_full(context, entry) if text]
    rows.append(("Reopens if revoked", f"{len(reopens)}: {names}" if reopens else "nothing"))
    return Table(
        title=f"Exception {entry.known_as}",
        headings=("What", "It says"),
        rows=tuple(rows),
        closing=f"extend {entry.known_as} asks for a later end, revoke {entry.known_as} ends it.",
    )


def subject_of(
    context: Context, entry_id: str, visible: frozenset[str]
) -> Finding | Entry | Refused:
    """Return the finding by which people decide about an exception: one that it covers now.

    An exception that covers none is decided about by itself.
    """
    entry = seen(context, entry_id, visible)
    if isinstance(entry, Refused):
        return entry
    covered = list(_covered(context, [entry]))
    theirs = [each for each in covered if each.team in visible]
    if covered and not theirs:
        return Refused(COVERS_OTHERS.format(id=entry.known_as))
    return min(theirs, key=lambda each: (each.id != entry.finding, each.id), default=entry)


def seen(context: Context, entry_id: str, visible: frozenset[str]) -> Entry | Refused:
    """Return the exception if those who see the *visible* teams can see it."""
    entry = context.allowlist.current.get(entry_id)
    sees_all = visible >= context.teams.names
    if entry and (sees_all or _is_of(context, entry, visible)):
        return entry
    # The same words for what does not exist and for what is not the reader's to see.
    return Refused(NOT_FOUND.format(id=entry_id))


def _is_of(context: Context, entry: Entry, visible: frozenset[str]) -> bool:
    covered = list(_covered(context, [entry]))
    owner = None if covered else team_of(context, entry)
    return bool(visible & {*(each.team for each in covered), owner.name if owner else ""})


def _wanted(
    context: Context, question: RegisterQuestion, visible: frozenset[str]
) -> Iterator[Entry]:
    now = context.now()
    until = now + question.within if question.within else _NEVER
    entries: Iterable[Entry] = context.allowlist.current.ending(now, until)
    teams = question.filters.get("team", frozenset())
    everyone = context.teams.names
    if teams or not visible >= everyone:
        asked = frozenset(name for name in everyone if name.casefold() in _folded(teams))
        of_them = visible & (asked if teams else everyone)
        theirs = _of_teams(context, of_them)
        entries = (entry for entry in entries if entry in theirs)
    for name, values in question.filters.items():
        if name in _SAYS:
            entries = _saying(_SAYS[name], _folded(values), entries)
    return iter(entries)


def _of_teams(context: Context, teams: frozenset[str]) -> frozenset[Entry]:
    """Return the entries that cover findings of *teams* now."""
    allowlist, now = context.allowlist.current, context.now()
    findings = Exceptions(context.ledger.engine).excepted(teams)
    covering = (exception_of(finding, allowlist, now) for finding in findings)
    return frozenset(filter(None, covering))


#: What each filter looks at.
_SAYS: Mapping[str, Callable[[Entry], tuple[str, ...]]] = {
    "rule": lambda entry: entry.rules,
    "by": lambda entry: (entry.asked_by, *entry.agreed_by),
    "class": lambda entry: (entry.exception_class.value,),
    "account": lambda entry: (entry.account, entry.account_name),
    "region": lambda entry: (entry.region,),
}


def _saying(
    says: Callable[[Entry], tuple[str, ...]], values: frozenset[str], entries: Iterable[Entry]
) -> Iterator[Entry]:
    """Yield the *entries* that say one of *values*; what many of them say is looked at once."""

    @cache
    def fits(texts: tuple[str, ...]) -> bool:
        return any(value in text.casefold() for text in texts for value in values)

    return (entry for entry in entries if fits(says(entry)))


def _folded(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)


def _covered(context: Context, entries: Sequence[Entry]) -> Iterator[Finding]:
    allowlist, now = context.allowlist.current, context.now()
    for finding in about(context, entries):
        if finding.state is State.EXCEPTED and exception_of(finding, allowlist, now) in entries:
            yield finding


def _row(context: Context, entry: Entry) -> tuple[str, ...]:
    return (
        entry.known_as,
        str(entry.expires),
        ", ".join(entry.rules),
        _covers(entry),
        _where(entry),
        _team(context, entry),
        entry.exception_class.value,
        person_name(entry.asked_by),
        str(entry.renewals or ""),
    )


def _covers(entry: Entry) -> str:
    if entry.tags:
        return ", ".join(f"{name}={value}" for name, value in entry.tags)
    return "every resource" if entry.resource == ANY else entry.name or entry.resource


def _where(entry: Entry) -> str:
    account = "every account" if entry.account == ANY else entry.account_name or entry.account
    return f"{account}, {'every Region' if entry.region == ANY else entry.region}"


def _team(context: Context, entry: Entry) -> str:
    """Return whose it is: what covers many is of several; nobody's where it covers nothing."""
    if entry.is_wide:
        return "several"
    return next((finding.team for finding in _covered(context, [entry])), "")


def _called(finding: Finding) -> str:
    return finding.resource_name or finding.key.resource_id


def _in_full(context: Context, entry: Entry) -> Iterator[tuple[str, str]]:
    rules = (canonical_name(context.catalogue, rule) for rule in entry.rules)
    yield "Rule", ", ".join(rules)
    yield "Covers", _covers(entry)
    yield "Resource id", "" if entry.resource == ANY else entry.resource
    yield "Where", f"{_where(entry)} ({entry.account})"
    yield "Team", _team(context, entry)
    yield "Kind", entry.exception_class.value
    yield "Reason", entry.reason
    yield "Protected by", entry.control
    yield "Ticket", entry.ticket
    yield "Asked by", person_name(entry.asked_by)
    yield "Agreed by", ", ".join(map(person_name, entry.agreed_by))
    yield "Until the end of", str(entry.expires)
    yield "First agreed", str(entry.first_asked or "")
    yield "First agreed until", str(entry.first_expires or "")
    yield "Times extended", str(entry.renewals or "")
    yield "Finding", entry.finding


_COLUMNS = (
    "Exception", "Rules", "Account", "Account name", "Region", "Resource", "Name", "Tags", "Kind",
    "Reason", "Compensating control", "Ticket", "Asked by", "Asked by id", "Agreed by", "Created",
    "First agreed", "First agreed until", "Times extended", "Expires", "Finding",
)  # fmt: skip


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        entry.known_as,
        ", ".join(entry.rules),
        entry.account,
        entry.account_name,
        entry.region,
        entry.resource,
        entry.name,
        ", ".join(f"{name}={value}" for name, value in entry.tags),
        entry.exception_class.value,
        entry.reason,
        entry.control,
        entry.ticket,
        person_name(entry.asked_by),
        person_id(entry.asked_by),
        ", ".join(entry.agreed_by),
        str(entry.created or ""),
        str(entry.first_asked or ""),
        str(entry.first_expires or ""),
        str(entry.renewals),
        str(entry.expires),
        entry.finding,
    )
