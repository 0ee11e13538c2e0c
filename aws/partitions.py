"""AWS's partitions, from botocore's own data: which one a Region is in, and under which suffix."""

import re
from dataclasses import dataclass
from functools import cache

from botocore.loaders import Loader

#: Where a Region that is newer than botocore's data is looked for, as AWS's SDKs do.
_DEFAULT = "aws"


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of AWS with accounts, ARNs and a DNS suffix of its own."""

    id: str
    dns_suffix: str
    dual_stack_suffix: str
    regions: frozenset[str]
    form: re.Pattern[str]

    def has(self, region: str) -> bool:
        return region in self.regions or self.form.fullmatch(region) is not None


def partition_of(region: str) -> Partition:
    """Return the partition that *region* is in, ``aws`` where no form fits."""
    partitions = _partitions()
    return next((each for each in partitions.values() if each.has(region)), partitions[_DEFAULT])


def dns_suffixes() -> frozenset[str]:
    """Return the suffixes of every partition, ``amazonaws.com`` and ``api.aws`` among them."""
    partitions = _partitions().values()
    return frozenset(
        suffix for each in partitions for suffix in (each.dns_suffix, each.dual_stack_suffix)
    )


@cache
def _partitions() -> dict[str, Partition]:
    return {
        each["id"]: Partition(
            each["id"],
            each["outputs"]["dnsSuffix"],
            each["outputs"]["dualStackDnsSuffix"],
            frozenset(each["regions"]),
            re.compile(each["regionRegex"]),
        )
        for each in Loader().load_data("partitions")["partitions"]
    }
