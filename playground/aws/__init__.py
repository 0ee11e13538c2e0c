"""A local AWS: moto's server, with AWS Config's compliance and remediation added to it."""

from playground.aws.install import TOOLING, by_hand
from playground.aws.local import LocalAws, start
from playground.aws.pace import AT_ONCE, Faults, Pace
from playground.aws.records import Place

__all__ = ["AT_ONCE", "TOOLING", "Faults", "LocalAws", "Pace", "Place", "by_hand", "start"]
