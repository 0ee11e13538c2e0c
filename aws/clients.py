"""How every boto3 client of the bot behaves."""

import boto3
from botocore.config import Config

#: SQS holds a long poll for 20 s at most, so an answer that takes longer will not come.
_READ_SECONDS = 30


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
