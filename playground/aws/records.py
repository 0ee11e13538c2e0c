"""What the local AWS Config knows: places, resources and results. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


class Place(NamedTuple):
    """One Region of one account: AWS Config keeps everything apart by it."""

    account: str
    region: str


class ResourceKey(NamedTuple):
    """A resource as AWS Config names it (FACTS §1: the id's form differs by type)."""

    resource_type: str
    resource_id: str


@dataclass(frozen=True, slots=True)
class Item:
    """The configuration of a resource, as AWS Config would record it."""

    place: Place
    key: ResourceKey
    name: str
    arn: str
    tags: Mapping[str, str]
    configuration: Mapping[str, Any]
    supplementary: Mapping[str, Any]

    def supplementary_texts(self) -> dict[str, str]:
        """AWS Config writes each supplementary value as JSON text."""
        return {name: json.dumps(value) for name, value in self.supplementary.items()}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An item as it was at a time; *status* says whether it was found, changed or deleted."""

    item: Item
    status: str
    captured_at: datetime

    @property
    def deleted(self) -> bool:
        return self.status == "ResourceDeleted"


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule said of one resource."""

    rule: str
    key: ResourceKey
    compliance: str
    ordered_at: datetime
    invoked_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RemediationException:
    """AWS Config's own exception: it stops automatic remediation only (FACTS §0.1)."""

    rule: str
    key: ResourceKey
    message: str | None
    expires_at: datetime | None
