"""How every boto3 client of the bot behaves."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import NoRegionError

from compliance.mendable import MendableError

#: SQS holds a long poll for 20 s at most, so an answer that takes longer will not come.
_READ_SECONDS = 30


class RegionMissingError(MendableError):
    """Nothing says in which Region the bot is."""

    def __init__(self) -> None:
        super().__init__("AWS_REGION: is not set; expected the Region of the queue, like eu-west-2")


def client(service: str, region: str | None = None) -> Any:
    """Return a client of the bot's own account; raises RegionMissingError."""
    try:
        return boto3.client(service, region_name=region, config=client_config())
    except NoRegionError as error:
        raise RegionMissingError from error


def client_config() -> Config:
    """Return timeouts and retries: AWS's standard mode backs off with jitter by itself."""
    return Config(
        connect_timeout=5,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "max_attempts": 4},
        max_pool_connections=20,
    )


def use_region(region: str) -> None:
    """Let every client that names no Region be in *region*; boto3's own choice where it is empty.

    boto3 reads AWS_DEFAULT_REGION, and AWS's containers set AWS_REGION.
    """
    boto3.setup_default_session(region_name=region or None)
