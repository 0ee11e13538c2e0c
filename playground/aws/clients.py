"""boto3 clients of the playground's own server, as roles in any of its accounts."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

#: moto takes the account from the assumed role's ARN; who asks does not matter to it.
_ANYBODY = {"aws_access_key_id": "playground", "aws_secret_access_key": "playground"}

#: The session's name of the playground's own calls.
OWN_SESSION = "playground"


class Clients:
    """Calls the local AWS over HTTP, as anybody else does."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        # One session: each keeps its own copy of the service models, and they are large.
        self._session = boto3.Session(region_name="eu-west-2")
        self._opened: list[Any] = []
        self._credentials = cache(self._assume)
        self._client = cache(self._open)

    def of(self, role_arn: str, service: str, region: str) -> Any:
        """Return the client of *service* as that role; the same one each time."""
        return self._client(role_arn, service, region)

    def close(self) -> None:
        for client in self._opened:
            client.close()

    def _open(self, role_arn: str, service: str, region: str) -> Any:
        return self._connect(service, region, self._credentials(role_arn))

    def _assume(self, role_arn: str) -> Mapping[str, str]:
        sts = self._connect("sts", "eu-west-2", _ANYBODY)
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=OWN_SESSION)["Credentials"]
        return {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }

    def _connect(self, service: str, region: str, credentials: Mapping[str, str]) -> Any:
        client = self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            config=self._config,
            **credentials,
        )
        self._opened.append(client)
        return client
