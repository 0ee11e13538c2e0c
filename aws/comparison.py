"""A nightly comparison of AWS's exceptions with ours; differences are told, both ways."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from aws.answers import AwsException
from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.mirror import in_words, is_ours
from aws.tasks import Place, Tasks
from compliance import life
from compliance.change import FindingKey
from compliance.finding import SETTLED, Finding
from compliance.ineffective import EntryWarning
from ledger.mirrors import Mirrored, Mirrors
from ledger.store import BOT, Ledger

log = logging.getLogger(__name__)

LEFT_OVER = (
    "AWS Config in {where} has a copy of an exception that is over, for {what} under {rule}: {says}"
)
MISSING = (
    "AWS Config in {where} does not have a copy of the exception of {id}; it is put there again"
)

#: A resource under the name by which AWS Config knows its rule.
_Named = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _AtAws:
    rule: str
    exception: AwsException

    @property
    def named(self) -> _Named:
        return self.rule, self.exception.resource_type, self.exception.resource_id


class Comparison:
    """Asks AWS Config of each rule's exceptions, in many accounts and Regions at once.

    *rules* are the names that are asked for beside those of findings that have a copy. *canonical*
    gives the key of a finding as the ledger has it.
    """

    def __init__(
        self,
        mirrors: Mirrors,
        service: ConfigService,
        ledger: Ledger,
        places: Sequence[Place],
        rules: Iterable[str],
        canonical: Callable[[FindingKey], str],
        tasks: Tasks,
    ) -> None:
        self._mirrors = mirrors
        self._service = service
        self._ledger = ledger
        self._places = places
        self._rules = tuple(rules)
        self._canonical = canonical
        self._tasks = tasks
        self._found: dict[Place, tuple[str, ...]] = {}

    def differences(self) -> tuple[EntryWarning, ...]:
        """Return what was different in the last night, each in a sentence."""
        return tuple(EntryWarning(0, text) for each in self._found.values() for text in each)

    def round(self) -> None:
        self._tasks.run({place: partial(self._compare, place) for place in self._places})

    def _compare(self, place: Place) -> None:
        try:
            self._found[place] = tuple(self._differences(place))
        except AwsBusyError as error:
            log.info(
                "exceptions are compared with AWS the next night",
                extra={"account": place.account, "region": place.region, "why": str(error)},
            )
        for text in self._found.get(place, ()):
            log.warning("AWS's exceptions differ from ours", extra={"why": text})

    def _differences(self, place: Place) -> Iterator[str]:
        ours = {_named(each.finding): each for each in self._mirrors.mirrored(*place)}
        shown = {_named(each): each for each in self._mirrors.with_own(*place)}
        rules = {*self._rules, *(rule for rule, _, _ in (*ours, *shown))}
        at_aws = [each for rule in sorted(rules) for each in self._at_aws(place, rule)]
        for each in at_aws:
            if not is_ours(each.exception):
                self._show(place, each)
            elif each.named not in ours:
                yield LEFT_OVER.format(
                    where=f"{place.account}, {place.region}",
                    what=each.exception.resource_id,
                    rule=each.rule,
                    says=each.exception.message,
                )
        there = {each.named for each in at_aws}
        for named, mirrored in ours.items():
            if named not in there and not mirrored.finding.service_linked:
                yield self._put_again(place, mirrored)
        for named, finding in shown.items():
            if named not in there:
                self._note(finding, "")

    def _at_aws(self, place: Place, rule: str) -> Iterator[_AtAws]:
        try:
            found = self._service.exceptions(place.account, place.region, rule)
        except AwsRefusedError:
            # The rule is not there, or takes no exceptions.
            return iter(())
        return (_AtAws(rule, each) for each in found)

    def _put_again(self, place: Place, mirrored: Mirrored) -> str:
        self._mirrors.forget(mirrored.finding.id, self._ledger.now())
        where = f"{place.account}, {place.region}"
        return MISSING.format(where=where, id=mirrored.finding.id)

    def _show(self, place: Place, at_aws: _AtAws) -> None:
        """Let the card say what AWS Config wrote by itself."""
        key = FindingKey(place.account, place.region, *at_aws.named)
        known = replace(key, rule=self._canonical(key))
        if finding := self._mirrors.finding(known):
            self._note(finding, in_words(at_aws.exception))

    def _note(self, finding: Finding, says: str) -> None:
        if finding.aws_exception != says and finding.state not in SETTLED:
            move = partial(life.note_aws_exception, says=says)
            self._ledger.move(finding.id, move, actor=BOT, action="aws exception")


def _named(finding: Finding) -> _Named:
    key = finding.aws_key
    return key.rule, key.resource_type, key.resource_id
