"""What the forms about exceptions show beside the card, and what comes back from them."""

from collections.abc import Sequence
from itertools import islice

from commands.bulk import requests_of
from commands.confirm import About
from commands.context import Context
from commands.exception_fields import read_exception, read_extension
from commands.extend import Extension
from commands.forms import Entered, Option, Origin
from commands.ignore import Ignore, names_of
from commands.in_force import how_many, reopening
from compliance import group
from compliance.authority import Actor, may_decide_everywhere
from compliance.enforcement import exception_of
from compliance.finding import Finding
from compliance.press import Button, Press
from compliance.scope import in_words, scopes
from ledger.errors import UnknownFindingError

#: Of more than these nobody reads how many reopen.
_REOPENING_MAX = 1000


def about_press(context: Context, press: Press, findings: Sequence[Finding], actor: Actor) -> About:
    """Return what the form that *press* opens says; *actor* is offered what they may choose."""
    finding, rule = findings[0], context.rule(findings[0])
    if press.button is Button.IGNORE:
        return About(rule, scopes=_offered(context, finding, actor))
    if press.button in {Button.EXTEND, Button.REVOKE}:
        entry = exception_of(finding, context.allowlist.current, context.now())
        ends = press.button is Button.REVOKE and entry is not None
        return About(rule, entry=entry, reopening=_reopening(context, finding) if ends else ())
    return About(rule, requests_of(findings, press.verb))


def read_entered(context: Context, origin: Origin, entered: Entered) -> Ignore | Extension | None:
    """Return what was entered; None where the form had no fields. Raises FormError."""
    press, today = origin.press, context.now().date()
    if press.button not in {Button.IGNORE, Button.IGNORE_ALL, Button.EXTEND}:
        return None
    try:
        finding = context.ledger.find(press.finding_id)
    except UnknownFindingError:
        # The decision itself answers that.
        return read_exception(None, today, entered)
    rule = context.rule(finding)
    if press.button is Button.EXTEND:
        entry = exception_of(finding, context.allowlist.current, context.now())
        return read_extension(rule, entry, today, entered) if entry else Extension(None)
    chosen = scopes(finding.tags) if press.button is Button.IGNORE else ()
    options = tuple(Option(scope, scope) for scope in chosen)
    return read_exception(rule, today, entered, options, names_of(finding))


def _offered(context: Context, finding: Finding, actor: Actor) -> tuple[Option, ...]:
    """Return what *actor* may let an exception cover, and how many findings each covers now."""
    if not may_decide_everywhere(actor, context.teams).allowed:
        return ()
    account = context.accounts.get(finding.key.account)
    called = str(account) if account else finding.key.account
    return tuple(
        Option(
            scope,
            f"{in_words(scope, finding.key, called)}: "
            f"{group.how_many(how_many(context, finding, scope))} now",
        )
        for scope in scopes(finding.tags)
    )


def _reopening(context: Context, finding: Finding) -> tuple[str, ...]:
    entry = exception_of(finding, context.allowlist.current, context.now())
    if entry is None:
        return ()
    found = islice(reopening(context, entry), _REOPENING_MAX)
    return tuple(f"{each.id} {each.resource_name or each.key.resource_id}" for each in found)
