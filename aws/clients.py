"""How every boto3 client of the bot behaves."""

import gzip
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError
from botocore.loaders import JSONFileLoader, Loader

from compliance.mendable import MendableError

_CONNECT_SECONDS = 5
#: SQS holds a long poll for 20 s at most, so an answer that takes longer will not come.
_READ_SECONDS = 30
#: A single call has its answer by then, or it has failed.
LONGEST_CALL = timedelta(seconds=_CONNECT_SECONDS + _READ_SECONDS)


class RegionMissingError(MendableError):
    """Nothing says in which Region the bot is."""

    def __init__(self) -> None:
        super().__init__("AWS_REGION: is not set; expected the Region of the queue, like eu-west-2")


class ForeignAnswerError(BotoCoreError):  # type: ignore[misc]
    """Something between the bot and AWS answered in AWS's place: a proxy's page, for instance."""

    fmt = "The answer to {operation} is not one of AWS's."


def client(service: str, region: str | None = None) -> Any:
    """Return a client of the bot's own account; raises RegionMissingError."""
    try:
        return boto3.client(service, region_name=region, config=client_config())
    except NoRegionError as error:
        raise RegionMissingError from error


def client_config(attempts: int = 5) -> Config:
    """Return timeouts and retries: AWS's standard mode backs off with jitter by itself.

    What must happen once has one attempt: botocore would repeat a call whose answer did not come.
    """
    return Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=50,
    )


def use_region(region: str) -> None:
    """Let every client that names no Region be in *region*; boto3's own choice where it is empty.

    boto3 reads AWS_DEFAULT_REGION, and AWS's containers set AWS_REGION.
    """
    boto3.setup_default_session(botocore_session=new_session(), region_name=region or None)


def new_session() -> Any:
    """Return a botocore session that shares AWS's models with all others."""
    session = botocore.session.get_session()
    wanted = map(session.get_config_variable, ("use_fips_endpoint", "use_dualstack_endpoint"))
    session.register_component("data_loader", _models(any(wanted)))
    session.register("before-parse.config-service", _check_answer)
    return session


def _check_answer(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """Refuse a 200 that AWS did not send.

    botocore reads a body that it does not understand as an answer in which everything is left out,
    so that the page of a proxy would be a remediation that was started.
    """
    if response_dict["status_code"] == 200 and operation_model.output_shape is not None:
        try:
            answer = json.loads(response_dict["body"])
        except ValueError:
            answer = None
        known = operation_model.output_shape.members.keys()
        if not isinstance(answer, dict) or (answer and not answer.keys() & known):
            raise ForeignAnswerError(operation=operation_model.name)


@cache
def _models(with_variants: bool) -> Loader:
    return Loader(file_loader=_LeanFiles(with_variants))


class _LeanFiles(JSONFileLoader):  # type: ignore[misc]
    """Reads AWS's models without what the bot never asks for, a fraction of its memory otherwise.

    That is the prose of the API reference, what the list of endpoints says of a Region in which a
    service is where its name says, and, where nobody wants endpoints for FIPS and IPv6, these and
    the Regions that are none and that AWS keeps for old programs.
    """

    def __init__(self, with_variants: bool) -> None:
        self._hook = _lean if with_variants else _leanest

    def load_file(self, file_path: str) -> Any:
        for suffix, opener in ((".json", open), (".json.gz", gzip.open)):
            if Path(f"{file_path}{suffix}").is_file():
                with opener(f"{file_path}{suffix}", "rb") as file:
                    return json.load(file, object_hook=self._hook)
        return None


def _leanest(found: dict[str, Any]) -> dict[str, Any]:
    # Each is a list of hosts with the tags fips and dualstack.
    if isinstance(found.get("variants"), list):
        del found["variants"]
    endpoints = found.get("endpoints")
    if isinstance(endpoints, dict):
        # Names like fips-us-east-1.
        found["endpoints"] = {name: of for name, of in endpoints.items() if "deprecated" not in of}
    return _lean(found)


def _lean(found: dict[str, Any]) -> dict[str, Any]:
    # A member of a shape may be called documentation too; that is an object.
    if isinstance(found.get("documentation"), str):
        del found["documentation"]
    endpoints = found.get("endpoints")
    if isinstance(endpoints, dict):
        # An empty entry says: as everywhere else. What differs stays, for every service.
        found["endpoints"] = {region: each for region, each in endpoints.items() if each}
    return found
