"""The roles in terraform/ grant the AWS calls that the code makes: no fewer, and no more."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

ROOT = Path(__file__).parents[2]
AWS = sorted((ROOT / "aws").glob("*.py"))
ACCESS = ROOT / "terraform/modules/access/main.tf"
BOT = ROOT / "terraform/modules/bot/roles.tf"

#: Batches are granted by the single call's action.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_sqs.html
_GRANTED_BY = {"sqs:DeleteMessageBatch": "sqs:DeleteMessage"}
#: A call whose client is not asked for by its service's name, and what AWS wants for a parameter.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
_NAMED_ALONE = {"assume_role": "sts:AssumeRole", "SourceIdentity": "sts:SetSourceIdentity"}
#: A client that is not asked for by its service's name.
_NAMED = {"queue_client": "sqs"}
#: SQS asks for the first of whoever reads an encrypted queue, S3 for both of whoever keeps an
#: encrypted object; and whoever may not list a bucket is not told that an object is missing.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
_NEEDED_BY_OTHERS = {"kms:Decrypt", "kms:GenerateDataKey", "s3:ListBucket"}


def test_the_access_role_grants_what_the_code_calls_in_other_accounts() -> None:
    assert granted(ACCESS, "this") == calls(in_other_accounts=True)


def test_the_bots_own_role_grants_what_the_code_calls_with_its_own_credentials() -> None:
    assert granted(BOT, "task") == calls(in_other_accounts=False) | _NEEDED_BY_OTHERS


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param(
            "clients.client('config', account, region).put_remediation_exceptions()",
            {"config:PutRemediationExceptions"},
            id="a call",
        ),
        pytest.param(
            "pages(clients.client('config', account, region), 'describe_config_rules')",
            {"config:DescribeConfigRules"},
            id="a paginator's name",
        ),
        pytest.param("boto3.client('sqs').receive_message()", set(), id="not in other accounts"),
    ],
)
def test_calls_are_found_in_source(source: str, found: set[str]) -> None:
    assert set(calls_in(ast.parse(source), in_other_accounts=True)) == found


def granted(path: Path, document: str) -> set[str]:
    """The actions of one aws_iam_policy_document of a Terraform file."""
    block = re.search(
        rf'^data "aws_iam_policy_document" "{document}" {{$.*?^}}$',
        path.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert block, f"{path.name} has no policy document {document}"
    lists = re.findall(r"\bactions\s*=\s*\[(.*?)\]", block[0], re.DOTALL)
    return {action for each in lists for action in re.findall(r'"([^"]+)"', each)}


def calls(*, in_other_accounts: bool) -> set[str]:
    """The actions that the code in aws/ needs, of clients in other accounts or of the bot's own."""
    found = set()
    for path in AWS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= set(calls_in(tree, in_other_accounts=in_other_accounts))
    return {_GRANTED_BY.get(action, action) for action in found}


def calls_in(tree: ast.AST, *, in_other_accounts: bool) -> Iterator[str]:
    """Yield the actions of one module: of each service whose client it asks for, every name of a
    method of that client, whether it is called or handed to a paginator."""
    names = set(names_in(tree))
    for service in services_in(tree, in_other_accounts=in_other_accounts):
        methods = boto3.client(service, region_name="eu-west-2").meta.method_to_api_mapping
        yield from (f"{service}:{methods[name]}" for name in names & set(methods))
    if not in_other_accounts:
        yield from (_NAMED_ALONE[name] for name in names & set(_NAMED_ALONE))


def services_in(tree: ast.AST, *, in_other_accounts: bool) -> set[str]:
    """``client("config", account, region)`` is in another account, ``client("sqs")`` our own."""
    named = set() if in_other_accounts else {*names_in(tree)} & set(_NAMED)
    return {_NAMED[name] for name in named} | {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and (len(node.args) == 3) is in_other_accounts
    }


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
