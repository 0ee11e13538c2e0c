"""The sweep: every account's compliance, read from AWS Config itself and recorded as changes."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from compliance.change import Change, FindingKey
from compliance.rules import Catalogue, catalogue_entry

log = logging.getLogger(__name__)

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a Region of it."""

    account: str
    region: str


#: Hears, for an account, a Region and a rule, which findings AWS Config reports there.
Unseen = Callable[[str, str, str, Collection[FindingKey]], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: how many evaluations, and which places could not be read, and why."""

    evaluations: int
    unread: tuple[tuple[Place, str], ...]


def sweep(
    service: ConfigService,
    places: Iterable[Place],
    catalogue: Catalogue,
    record: Callable[[Sequence[Change]], None],
    unseen: Unseen,
) -> Swept:
    """Record the present evaluations of the catalogue's rules in *places*.

    *unseen* finds out which ones AWS Config reports no more. A place that cannot be read is told
    and does not stop the others.
    """
    found, unread = 0, []
    for place in places:
        try:
            found += _sweep_place(service, place, catalogue, record, unseen)
        except (AwsBusyError, AwsRefusedError) as error:
            log.warning(
                "an account could not be swept",
                extra={"account": place.account, "region": place.region, "why": str(error)},
            )
            unread.append((place, str(error)))
    return Swept(found, tuple(unread))


def _sweep_place(
    service: ConfigService,
    place: Place,
    catalogue: Catalogue,
    record: Callable[[Sequence[Change]], None],
    unseen: Unseen,
) -> int:
    found = 0
    for rule, arn in service.rules(place.account, place.region).items():
        if catalogue_entry(catalogue, rule) is None:
            continue
        batch: list[Change] = []
        seen = set[FindingKey]()
        for change in service.evaluations(place.account, place.region, rule):
            batch.append(replace(change, rule_arn=arn))
            seen.add(change.key)
            if len(batch) == _BATCH:
                record(batch)
                found, batch = found + len(batch), []
        record(batch)
        found += len(batch)
        unseen(place.account, place.region, rule, seen)
    return found
