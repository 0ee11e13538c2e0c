"""How every boto3 client of the bot behaves."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import NoRegionError
from botocore.loaders import JSONFileLoader, Loader

from compliance.mendable import MendableError

#: SQS holds a long poll for 20 s at most, so an answer that takes longer will not come.
_READ_SECONDS = 30
#: What the bot asks, and what botocore asks for credentials, by the prefixes of their endpoints.
_SERVICES = frozenset({"config", "oidc", "portal.sso", "signin", "sns", "sqs", "sts"})


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
    boto3.setup_default_session(botocore_session=new_session(), region_name=region or None)


def new_session() -> Any:
    """Return a botocore session that shares AWS's models with all others."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _models())
    return session


@cache
def _models() -> Loader:
    return Loader(file_loader=_LeanFiles())


class _LeanFiles(JSONFileLoader):  # type: ignore[misc]
    """Reads AWS's models without what the bot never asks for, a tenth of its memory otherwise.

    That is the endpoints of 300 other services, and the prose of the API reference.
    """

    def load_file(self, file_path: str) -> Any:
        for suffix, opener in ((".json", open), (".json.gz", gzip.open)):
            if Path(f"{file_path}{suffix}").is_file():
                with opener(f"{file_path}{suffix}", "rb") as file:
                    return json.load(file, object_hook=_lean)
        return None


def _lean(found: dict[str, Any]) -> dict[str, Any]:
    # A member of a shape may be called documentation too; that is an object.
    if isinstance(found.get("documentation"), str):
        del found["documentation"]
    # Of all that has services, a partition has a DNS suffix.
    if "dnsSuffix" in found and "services" in found:
        asked = found["services"].keys() & _SERVICES
        found["services"] = {name: found["services"][name] for name in asked}
    return found
