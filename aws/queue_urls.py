"""In which Region a queue is, as its URL says it. Pure."""

from itertools import pairwise
from urllib.parse import urlsplit

from aws.partitions import dns_suffixes
from compliance.aws_ids import REGION

#: The only Region whose old URLs do not name it.
#: https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
_NAMELESS = "us-east-1"
#: Services that answer locally in AWS's place and name a Region as AWS does.
_EMULATORS = frozenset({"localhost.localstack.cloud", "localhost"})


def queue_region(url: str) -> str | None:
    """Return the Region that a queue's URL names, None where it names none.

    Every form of AWS's endpoints is known: ``sqs.REGION``, ``sqs-fips.REGION``, those before them,
    ``REGION.queue`` and ``queue``, and VPC endpoints, ``vpce-….sqs.REGION.vpce``; each with every
    partition's suffixes.
    """
    labels = _service_labels(urlsplit(url).hostname or "")
    if labels == ["queue"]:
        return _NAMELESS
    pairs = pairwise(labels)
    return next(filter(None, (_region(*pair) for pair in pairs)), None)


def _service_labels(host: str) -> list[str]:
    """Return what stands before AWS's own suffix, nothing where *host* is not AWS's."""
    suffixes = dns_suffixes() | _EMULATORS
    # The longest first: amazonaws.com.cn ends like no other, api.aws.ic.gov like ic.gov might.
    for suffix in sorted(suffixes, key=len, reverse=True):
        if host.endswith(f".{suffix}"):
            return host.removesuffix(f".{suffix}").split(".")
    return []


def _region(first: str, second: str) -> str | None:
    """Return the Region in ``sqs.REGION`` or ``REGION.queue``."""
    if first in ("sqs", "sqs-fips") and REGION.fullmatch(second):
        return second
    return first if second == "queue" and REGION.fullmatch(first) else None
