"""Exceptions in force: what each is about, who may decide about it, what reopens without it."""

from collections.abc import Iterable, Iterator
from functools import partial

from commands.answers import Refused
from commands.authorise import may_decide_about
from commands.context import Context
from compliance.allowlist import ANY, Entry
from compliance.authority import Actor, Verdict
from compliance.enforcement import exception_of
from compliance.finding import CAN_BEGIN, IN_PROGRESS, UNRESOLVED, Finding, State
from compliance.rules import canonical_name
from compliance.scope import covered, tag_of
from ledger.exceptions import Exceptions, Resource
from ledger.reports import Reports, Scope

NOT_EXCEPTED = "{id} is not excepted now; ignore {id} asks for an exception. Nothing was changed."
#: The newest exceptions are in the ledger alone until the allowlist's place answers.
NOT_KNOWN = (
    "The allowlist could not be read since the bot started, and what was known of it before does "
    "not have the exception of {id}. Nothing was changed. Try again when the TDA's channel says "
    "that the allowlist can be read."
)
#: What an entry can be about; nobody looks at the others, which are nearly all.
_CONCERNED = (*sorted(CAN_BEGIN | IN_PROGRESS), State.EXCEPTED)


def about(context: Context, entries: Iterable[Entry]) -> Iterator[Finding]:
    """Yield what *entries* may be about: by resource where one is named, else by rule."""
    resources: set[Resource] = set()
    rules: set[str] = set()
    for entry in entries:
        for name in {canonical_name(context.catalogue, rule) for rule in entry.rules}:
            rule = context.catalogue.get(name)
            if rule is None or ANY in {entry.account, entry.region, entry.resource}:
                rules.add(name)
            else:
                resources.add((entry.account, entry.region, rule.resource_type, entry.resource))
    yield from Exceptions(context.ledger.engine).of(resources)
    if rules:
        yield from context.ledger.each(_CONCERNED, rules=rules)


def reopening(context: Context, entry: Entry) -> Iterator[Finding]:
    """Yield the findings that would reopen if *entry* ended now: nothing else covers them."""
    covering = partial(exception_of, allowlist=context.allowlist.current, now=context.now())
    for finding in about(context, [entry]):
        is_covered = finding.state is State.EXCEPTED and covering(finding) == entry
        if is_covered and covering(finding, without=entry) is None:
            yield finding


def in_force(
    context: Context, finding_id: str, actor: Actor, action: str
) -> tuple[Finding, Entry] | Refused:
    """Return the finding and its exception if *actor* may decide about that exception now."""

    def verdict(actor: Actor, finding: Finding) -> Verdict:
        entry = current(finding)
        wide = entry is not None and entry.is_wide
        return may_decide_about(context, actor, finding, is_wide=wide)

    current = partial(exception_of, allowlist=context.allowlist.current, now=context.now())
    finding = context.admit(finding_id, actor, action, verdict)
    if isinstance(finding, Refused):
        return finding
    is_excepted = finding.state is State.EXCEPTED
    if is_excepted and (entry := current(finding)):
        return finding, entry
    is_missing = is_excepted and not context.allowlist.current.is_newest
    return Refused((NOT_KNOWN if is_missing else NOT_EXCEPTED).format(id=finding.id))


def how_many(context: Context, finding: Finding, scope: str) -> int:
    """Count the unresolved findings that an exception of *scope* would cover now."""
    rule = finding.key.rule
    if tag := tag_of(scope):
        name, value = tag
        findings = context.ledger.each(sorted(UNRESOLVED), rules={rule})
        return sum(1 for each in findings if each.tags.get(name) == value)
    account, region, _ = covered(scope, finding.key)
    within = Scope(
        rules=frozenset({rule}),
        accounts=frozenset({account} - {ANY}),
        regions=frozenset({region} - {ANY}),
    )
    counts = Reports(context.ledger.engine).counts(within, UNRESOLVED, by=("rule",))
    return sum(count.number for count in counts)
