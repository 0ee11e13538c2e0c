"""What a commit of the allowlist says: who decided, what and why, in a form that tools read too."""

from collections import Counter
from collections.abc import Iterator, Sequence

from compliance.allowlist import Entry
from compliance.shelf import Draft

_SUBJECT_MAX = 140


def author_of(draft: Draft) -> tuple[str, str]:
    """Return the author's name and an address; chat ids have none, so it leads to nobody.

    https://www.rfc-editor.org/rfc/rfc2606 keeps ``.invalid`` for that.
    """
    name, _, known_as = draft.author.removesuffix(">").rpartition(" <")
    product, _, person = known_as.rpartition(":")
    return name or known_as, f"{person}@{product or 'people'}.invalid"


def message_of(draft: Draft) -> str:
    """Return the whole message: a subject, the reason, and trailers for tools."""
    trailers = dict.fromkeys(_trailers(draft))
    return "\n\n".join(filter(None, (_subject(draft), draft.reason, "\n".join(trailers)))) + "\n"


def _subject(draft: Draft) -> str:
    entries = draft.entries or draft.removed
    if not entries:
        return "Change the allowlist"
    rules = Counter(each.rule for each in entries)
    rule = entries[0].rule if len(rules) == 1 else f"{len(rules)} rules"
    until = f" until {max(each.expires for each in entries)}" if draft.entries else ""
    verb = _verb(draft)
    whole = f"{verb} {_where(entries)} from {rule}{until}"
    if len(whole) <= _SUBJECT_MAX:
        return whole
    # What is cut is the name, never the end.
    return f"{verb} {_where(entries)[: _SUBJECT_MAX - len(verb) - len(until) - 1]}{until}"


def _verb(draft: Draft) -> str:
    if not draft.entries:
        return "End the exception of"
    return "Extend the exception of" if draft.entries[0].renewals else "Except"


def _where(entries: Sequence[Entry]) -> str:
    first = entries[0]
    return (first.name or first.resource) if len(entries) == 1 else f"{len(entries)} resources"


def _trailers(draft: Draft) -> Iterator[str]:
    for entry in (*draft.entries, *draft.removed):
        yield from (f"{name}: {value}" for name, value in _trailers_of(entry) if value)


def _trailers_of(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "Exception-Id", entry.known_as
    yield "Finding", entry.finding
    yield "Ticket", entry.ticket
    yield "Asked-by", entry.asked_by
    yield from (("Agreed-by", person) for person in entry.agreed_by)
