"""Looks whether the bot's own role may read the organisation."""

from collections.abc import Iterator

from aws import clients
from aws.permissions import tried
from commands.checks import Check

_REMEDY = (
    "Apply the Terraform module bot with organization: true, in the organisation's management "
    "account or as its delegated administrator; or set organization: false in bot.yaml."
)


def check_organization() -> Iterator[Check]:
    """Try each call that reads the organisation, on one of its accounts."""
    client = clients.client("organizations")
    found = {"account": "", "unit": "ou-0000-00000000"}

    def accounts() -> None:
        page = client.list_accounts(MaxResults=1)
        found["account"] = next((each["Id"] for each in page["Accounts"]), "")

    def parents() -> None:
        [parent] = client.list_parents(ChildId=found["account"])["Parents"]
        if parent["Type"] == "ORGANIZATIONAL_UNIT":
            found["unit"] = parent["Id"]

    for action, call in (
        ("ListAccounts", accounts),
        ("ListParents", parents),
        ("ListTagsForResource", lambda: client.list_tags_for_resource(ResourceId=found["account"])),
        (
            "DescribeOrganizationalUnit",
            lambda: client.describe_organizational_unit(OrganizationalUnitId=found["unit"]),
        ),
    ):
        what = f"organizations:{action}"
        if action != "ListAccounts" and not found["account"]:
            yield Check(what, "could not be tried without an account", _REMEDY)
        else:
            yield tried(what, call, _REMEDY)
