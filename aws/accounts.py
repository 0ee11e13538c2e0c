"""Clients in other accounts: AssumeRole into the account, in the resource's Region."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from botocore.credentials import Credentials, DeferredRefreshableCredentials

from aws.clients import client_config, new_session
from aws.partitions import partition_of
from aws.sessions import DecisionSession, Further

_SESSION_NAME = "compliance-bot"
#: Of how many accounts the credentials are held: some kilobytes each.
_ACCOUNTS_MAX = 1024

#: Whose credentials sign the call that this thread is making; None for the bot's own.
_signing: ContextVar[Credentials | None] = ContextVar("signing", default=None)


class Accounts:
    """boto3 clients by service, account and Region; credentials are renewed before they end.

    All accounts share one client a service and Region, with its connections, and each call is
    signed with its own account's credentials: what is held does not grow with the accounts.
    Without *role_name* the bot's own credentials serve every account, which is right where all
    resources are in one account. What *session_policy* and *source_identity* say is in bot.yaml.
    """

    def __init__(
        self,
        role_name: str = "",
        external_id: str = "",
        session_policy: Further = (),
        source_identity: bool = True,
    ) -> None:
        self._role_name = role_name
        self._external_id = external_id
        self._session_policy = session_policy
        self._source_identity = source_identity
        self._session = new_session()
        self._shared: dict[tuple[str, str, int], Any] = {}
        self._lock = threading.Lock()
        self._credentials = lru_cache(_ACCOUNTS_MAX)(self._deferred)
        self._in_account = lru_cache(_ACCOUNTS_MAX)(self._client)

    def client(self, service: str, account: str, region: str) -> Any:
        """Return a client; nothing is asked of AWS before its first call."""
        return self._in_account(service, account, region)

    def decision_client(self, account: str, region: str, session: DecisionSession) -> Any:
        """Return a client of AWS Config that makes each call once, as *session*.

        AWS is asked for the session here, and may refuse it.
        """
        client = self._of_region("config", region, attempts=1)
        if not self._role_name:
            return client
        named = session.parameters(self._session_policy, with_identity=self._source_identity)
        given = self._assume(account, region, named)
        credentials = Credentials(given["access_key"], given["secret_key"], given["token"])
        return _InAccount(client, credentials)

    def role_arn(self, account: str, region: str) -> str:
        return f"arn:{partition_of(region).id}:iam::{account}:role/{self._role_name}"

    def _client(self, service: str, account: str, region: str) -> Any:
        client = self._of_region(service, region)
        if not self._role_name:
            return client
        return _InAccount(client, self._credentials(account, self._sts_region(region)))

    def _of_region(self, service: str, region: str, attempts: int = 5) -> Any:
        wanted = service, region, attempts
        with self._lock:
            if wanted not in self._shared:
                client = self._session.create_client(
                    service, region_name=region, config=client_config(attempts)
                )
                client.meta.events.register("before-sign", _sign_in_account)
                self._shared[wanted] = client
            return self._shared[wanted]

    def _sts_region(self, region: str) -> str:
        """Return where AWS is asked for sessions: at home, else in the resource's partition.

        A session from a Region that every account has works in those that have to be opted into.
        """
        own = self._session.get_config_variable("region") or region
        return own if partition_of(own) == partition_of(region) else region

    def _deferred(self, account: str, region: str) -> DeferredRefreshableCredentials:
        reading = {"RoleSessionName": _SESSION_NAME}
        return DeferredRefreshableCredentials(
            method="assume-role", refresh_using=lambda: self._assume(account, region, reading)
        )

    def _assume(self, account: str, region: str, session: Mapping[str, Any]) -> dict[str, str]:
        asked = {"RoleArn": self.role_arn(account, region), **session}
        if self._external_id:
            asked["ExternalId"] = self._external_id
        sts = self._of_region("sts", self._sts_region(region))
        with _signed_as(None):
            given = sts.assume_role(**asked)["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }


class _InAccount:
    """A Region's client whose calls are signed as one account."""

    def __init__(self, client: Any, credentials: Credentials) -> None:
        self._client = client
        self._credentials = credentials

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if name not in self._client.meta.method_to_api_mapping:
            return attribute

        def call(**asked: Any) -> Any:
            with _signed_as(self._credentials):
                return attribute(**asked)

        return call

    def get_paginator(self, operation: str) -> Any:
        paginator = self._client.get_paginator(operation)
        # Its pages are asked for one by one, each as this account.
        paginator._method = getattr(self, operation)
        return paginator


@contextmanager
def _signed_as(credentials: Credentials | None) -> Iterator[None]:
    before = _signing.set(credentials)
    try:
        yield
    finally:
        _signing.reset(before)


def _sign_in_account(request: Any, **_: Any) -> None:
    """Let botocore sign with the account's credentials; asking for them may renew them."""
    credentials = _signing.get()
    if credentials is not None:
        request.context.setdefault("signing", {})["request_credentials"] = credentials
