"""AWS Organizations: the accounts' names, their environment tags, and their units."""

import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws import clients
from compliance.accounts import Account, Directory

log = logging.getLogger(__name__)

#: Tags that name an account's environment, in any spelling of their letters.
_ENVIRONMENT_TAGS = ("environment", "env", "stage")
#: An organisation has five levels of units at most.
#: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_DEEPEST = 5


class Organization:
    """Keeps the directory of accounts up to date; while AWS cannot be asked, the last one stays."""

    def __init__(self, directory: Directory, client: Callable[[], Any] | None = None) -> None:
        self._directory = directory
        self._client = client or (lambda: clients.client("organizations"))

    def refresh(self) -> None:
        """Read all accounts, where the configuration says so.

        One half of an organisation would be worse than yesterday's whole.
        """
        if not self._directory.of_organization:
            return
        try:
            accounts = tuple(_accounts(self._client()))
        except (ClientError, BotoCoreError) as error:
            log.warning(
                "the organisation cannot be read; what it said before stays",
                extra={"why": str(error)},
            )
            return
        self._directory.refresh(accounts)


def _accounts(client: Any) -> Iterator[Account]:
    """Yield the accounts that are in use.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    """
    units = _Units(client)
    for page in client.get_paginator("list_accounts").paginate():
        for account in page["Accounts"]:
            # AWS is replacing Status by State; either says it.
            if account.get("State", account.get("Status")) == "ACTIVE":
                tags = _tags(client, account["Id"])
                yield Account(
                    id=account["Id"],
                    name=account.get("Name", ""),
                    environment=_environment(tags),
                    unit=units.path(account["Id"]),
                )


def _tags(client: Any, account_id: str) -> dict[str, str]:
    pages = client.get_paginator("list_tags_for_resource").paginate(ResourceId=account_id)
    return {tag["Key"].lower(): tag["Value"] for page in pages for tag in page["Tags"]}


def _environment(tags: dict[str, str]) -> str:
    return next((tags[name].lower() for name in _ENVIRONMENT_TAGS if name in tags), "")


class _Units:
    """Paths of organisational units, each unit asked about once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._name = cache(self._ask_name)
        self._parent = cache(self._ask_parent)

    def path(self, account_id: str) -> str:
        """Return the units from the root down, without the root: ``Workloads/Production``."""
        names: list[str] = []
        kind, parent = self._ask_parent(account_id)
        while kind == "ORGANIZATIONAL_UNIT" and len(names) < _DEEPEST:
            names.append(self._name(parent))
            kind, parent = self._parent(parent)
        return "/".join(reversed(names))

    def _ask_name(self, unit_id: str) -> str:
        answer = self._client.describe_organizational_unit(OrganizationalUnitId=unit_id)
        return str(answer["OrganizationalUnit"]["Name"])

    def _ask_parent(self, child_id: str) -> tuple[str, str]:
        [parent] = self._client.list_parents(ChildId=child_id)["Parents"]
        return parent["Type"], parent["Id"]
