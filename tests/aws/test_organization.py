"""The accounts of an organisation, on moto."""

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from aws.organization import Organization
from compliance.accounts import Account, Directory

TAGS = [{"Key": "Environment", "Value": "Production"}]


@pytest.fixture
def organizations(aws):
    client = boto3.client("organizations")
    client.create_organization(FeatureSet="ALL")
    yield client
    for account in client.list_accounts()["Accounts"]:
        if account["Name"] != "master":
            client.close_account(AccountId=account["Id"])
    client.close()


def unit(client, name, parent):
    return client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]


def test_names_units_and_environments_come_from_the_organisation(organizations):
    [root] = organizations.list_roots()["Roots"]
    production = unit(organizations, "Production", unit(organizations, "Workloads", root["Id"]))
    answer = organizations.create_account(AccountName="housing", Email="h@e.org", Tags=TAGS)
    account = answer["CreateAccountStatus"]["AccountId"]
    organizations.move_account(
        AccountId=account, SourceParentId=root["Id"], DestinationParentId=production
    )
    directory = Directory(of_organization=True)

    Organization(directory, lambda: organizations).refresh()

    assert directory[account] == Account(
        account, "housing", "production", unit="Workloads/Production"
    )


def test_while_the_organisation_cannot_be_read_what_it_said_before_stays(caplog):
    directory = Directory(of_organization=True)
    directory.refresh([Account("111122223333", "housing")])

    def out_of_reach():
        raise EndpointConnectionError(endpoint_url="https://organizations")

    Organization(directory, out_of_reach).refresh()

    assert directory["111122223333"].name == "housing"
    assert "cannot be read" in caplog.text
