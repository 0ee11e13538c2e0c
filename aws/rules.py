"""What AWS Config says of rules that are not known by their names, asked once and kept.

A notification names a rule and nothing else of it. What the rule is (its identifier), what it looks
for (its description) and whether a remediation is configured for it is asked of AWS Config, a place
at a time and beside the intake, which waits for none of it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService, NotConfiguredError
from aws.tasks import Place, Tasks
from compliance.change import Change, FindingKey
from compliance.known_rules import ConfigRule, KnownRules, RuleKey
from ledger.config_rules import ConfigRules

log = logging.getLogger(__name__)

#: AWS did not answer.
_AGAIN = timedelta(minutes=5)
#: AWS answered that the bot's role may not ask.
_REFUSED_AGAIN = timedelta(hours=1)
_BATCH = 100


class Folding(Protocol):
    """Makes one finding of those that were kept under different names of one rule."""

    def round(self) -> int: ...


class RuleLookup:
    """Asks about what is due, in many accounts and Regions at once, and makes it known."""

    def __init__(
        self,
        rules: ConfigRules,
        service: ConfigService,
        known_rules: KnownRules,
        folding: Folding,
        record: Callable[[Sequence[Change]], object],
        now: Callable[[], datetime],
        tasks: Tasks | None = None,
    ) -> None:
        self._rules = rules
        self._service = service
        self._known_rules = known_rules
        self._folding = folding
        self._record = record
        self._now = now
        self._tasks = tasks or Tasks(8)
        self._folded = 0

    def round(self) -> None:
        """Ask, and take in what this replica or another one was answered."""
        places = [Place(*each) for each in self._rules.places()]
        self._tasks.run({place: partial(self._ask_all, place) for place in places})
        self._take_in()
        self._rules.redraw()

    def _take_in(self) -> None:
        """Learn what is new in the ledger; findings of rules that are recognised become theirs."""
        self._known_rules.add(self._rules.news())
        if (recognitions := self._known_rules.recognitions) != self._folded:
            self._folding.round()
            self._folded = recognitions

    def _ask_all(self, place: Place) -> None:
        """Ask about all that is due in one place, as many rules at a time as AWS takes."""
        try:
            while names := self._rules.due(*place):
                answers = self._ask(place, names)
                self._rules.answered(answers)
                self._read_again(place, answers)
        except (AwsBusyError, AwsRefusedError) as error:
            is_refused = isinstance(error, AwsRefusedError)
            log.log(
                logging.WARNING if is_refused else logging.INFO,
                "rules are asked about later",
                extra={"account": place.account, "region": place.region, "why": str(error)},
            )
            due = self._now() + (_REFUSED_AGAIN if is_refused else _AGAIN)
            self._rules.postpone(*place, due)

    def _ask(self, place: Place, names: Sequence[str]) -> list[ConfigRule]:
        """Return what AWS says of each rule; of one that it has not, that it has not."""
        described = self._described(place, names)
        remediations = self._service.remediations(*place, names)
        return [
            replace(
                described.get(name, ConfigRule(RuleKey(*place, name))),
                remediation=remediations.get(name, ""),
            )
            for name in names
        ]

    def _described(self, place: Place, names: Sequence[str]) -> Mapping[str, ConfigRule]:
        try:
            return self._service.rules(*place, names)
        except NotConfiguredError:
            # One that is gone refuses all.
            if len(names) == 1:
                return {}
        return {name: rule for one in names for name, rule in self._described(place, [one]).items()}

    def _read_again(self, place: Place, answers: Sequence[ConfigRule]) -> None:
        """Record what recognised rules say, where their changes made no finding until now."""
        recognised = [rule for rule in answers if self._known_rules.recognised(rule)]
        unaccepted = [
            rule
            for rule in recognised
            if not self._known_rules.accepts(FindingKey(*rule.key, "", ""))
        ]
        self._known_rules.add(recognised)
        for rule in unaccepted:
            found = [
                replace(each, rule_arn=rule.arn)
                for each in self._service.evaluations(*place, rule.key.rule)
            ]
            for start in range(0, len(found), _BATCH):
                self._record(found[start : start + _BATCH])
