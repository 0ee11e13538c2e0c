"""What one person reads from: the ledger's reports, within the teams that they see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from commands.answers import Line
from commands.context import Context
from commands.rules import severity_of
from compliance.accounts import Account
from compliance.card import Card, card_of
from compliance.channel import Message
from compliance.console import console_url
from compliance.finding import Finding
from ledger.reports import Reports


@dataclass(frozen=True, slots=True)
class View:
    """*visible* are the teams whose findings the asker sees: nothing else is ever named."""

    context: Context
    reports: Reports
    accounts: Mapping[str, Account]
    visible: frozenset[str]

    def card(self, finding: Finding) -> Card:
        """Return the whole of *finding*, as its card in the channel is."""
        context = self.context
        known = context.catalogue, self.accounts, context.known_rules, context.waiting
        return card_of(finding, *known).naming(context.teams.people.name)

    def lines(self, findings: Iterable[Finding], at: datetime | None = None) -> tuple[Line, ...]:
        """Return *findings* as lists show them, with the messages that show each.

        *at* is the moment as of which they are old, now unless it is given.
        """
        listed = tuple(findings)
        cards = self.reports.cards([each.id for each in listed])
        at = at or self.context.now()
        return tuple(self._line(each, cards.get(each.id, ()), at) for each in listed)

    def _line(self, finding: Finding, cards: tuple[Message, ...], at: datetime) -> Line:
        account = self.accounts.get(finding.key.account)
        return replace(
            line_of(finding),
            title=self.context.rule(finding).title,
            severity=severity_of(self.context.catalogue, finding.key.rule),
            account_name=account.name if account else "",
            age=age_of(finding.opened_at, at),
            console_url=console_url(replace(finding.key, rule=finding.aws_key.rule)),
            cards=cards,
        )


def line_of(finding: Finding) -> Line:
    """Return *finding* as a list shows it that says what its rule and its account are by itself."""
    return Line(
        id=finding.id,
        rule=finding.key.rule,
        resource=finding.resource_name or finding.key.resource_id,
        account=finding.key.account,
        region=finding.key.region,
        team=finding.team,
        state=finding.state,
        since=finding.opened_at,
        until=finding.until,
        resource_type=finding.key.resource_type,
    )


def age_of(opened_at: datetime | None, now: datetime) -> str:
    """Say how long ago something was, in the one unit that people would use."""
    if opened_at is None:
        return ""
    age = max(now - opened_at, timedelta())
    if age.days > 1:
        return f"{age.days} days"
    if age < timedelta(minutes=1):
        return "less than a minute"
    if age < timedelta(hours=1):
        return _number(age // timedelta(minutes=1), "minute")
    return _number(age // timedelta(hours=1), "hour")


def _number(number: int, unit: str) -> str:
    return f"1 {unit}" if number == 1 else f"{number} {unit}s"
