"""The council's AWS Organization: the tooling account manages it, its accounts are the members."""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.organizations import utils
from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends

from playground.aws.records import Place


def install_organization(manager: Place, accounts: Sequence[Mapping[str, Any]]) -> None:
    """Make every account a member, under its own id and in a unit of its environment's name.

    Directly, and not by CreateAccount, because that would give each an id of its own.
    """
    # moto forgets an organization when it is reset, but not who managed it.
    organizations_backends.master_accounts.clear()
    backend = organizations_backends[manager.account]["aws"]
    backend.create_organization(manager.region, FeatureSet="ALL")
    units: dict[str, str] = {}
    for account in accounts:
        if account["id"] == manager.account:
            continue
        unit = account.get("environment", "")
        if unit and unit not in units:
            units[unit] = _make_unit(backend, unit)
        _join(backend, account, units.get(unit))


def _make_unit(backend: OrganizationsBackend, name: str) -> str:
    assert backend.org is not None  # noqa: S101 - made a moment ago
    made = backend.create_organizational_unit(ParentId=backend.org.root_id, Name=name)
    return str(made["OrganizationalUnit"]["Id"])


def _join(backend: OrganizationsBackend, account: Mapping[str, Any], unit: str | None) -> None:
    assert backend.org is not None  # noqa: S101 - made a moment ago
    name = account.get("name", account["id"])
    tags = [{"Key": "Environment", "Value": account["environment"]}] if unit else []
    member = FakeAccount(backend.org, AccountName=name, Email=f"{name}@council.example", Tags=tags)
    member.id = account["id"]
    member.parent_id = unit or member.parent_id
    backend.accounts.append(member)
    organizations_backends.master_accounts[member.id] = (backend.account_id, "aws")
    for policy in (utils.DEFAULT_SCP_POLICY_ID, utils.DEFAULT_RCP_POLICY_ID):
        backend.attach_policy(PolicyId=policy, TargetId=member.id)
