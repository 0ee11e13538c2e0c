"""Clients in other accounts: AssumeRole into the account, in the resource's Region."""

import threading
from typing import Any

import boto3
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError

from aws.clients import client_config, new_session

_SESSION_NAME = "compliance-bot"


class Accounts:
    """boto3 clients by service, account and Region; credentials are renewed before they end.

    Without *role_name* the bot's own credentials serve every account, which is right where all
    resources are in one account.
    """

    def __init__(self, role_name: str = "", external_id: str = "") -> None:
        self._role_name = role_name
        self._external_id = external_id
        self._sessions: dict[str, boto3.Session] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, account: str, region: str) -> Any:
        """Return a client; nothing is asked of AWS before its first call."""
        wanted = (service, account, region)
        with self._lock:
            if wanted not in self._clients:
                session = self._session(account, region)
                self._clients[wanted] = session.client(
                    service, region_name=region, config=client_config()
                )
            return self._clients[wanted]

    def role_arn(self, account: str, region: str) -> str:
        return f"arn:{_partition(region)}:iam::{account}:role/{self._role_name}"

    def _session(self, account: str, region: str) -> boto3.Session:
        if account not in self._sessions:
            session = new_session()
            # STS is asked there too, whether or not the environment names a Region.
            session.set_config_variable("region", region)
            if self._role_name:
                session._credentials = self._assumed(session, self.role_arn(account, region))
            self._sessions[account] = boto3.Session(botocore_session=session)
        return self._sessions[account]

    def _assumed(self, session: Any, role_arn: str) -> DeferredRefreshableCredentials:
        options = {"RoleSessionName": _SESSION_NAME}
        if self._external_id:
            options["ExternalId"] = self._external_id
        source = session.get_credentials()
        if source is None:
            raise NoCredentialsError
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=session.create_client,
            source_credentials=source,
            role_arn=role_arn,
            extra_args=options,
        )
        return DeferredRefreshableCredentials(
            method="assume-role", refresh_using=fetcher.fetch_credentials
        )


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
