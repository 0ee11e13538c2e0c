"""Which runbook a rule's remediation runs in an account, and what AWS says of that runbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws.answers import listed
from aws.config_service import Clients
from aws.errors import AwsRefusedError, aws_errors
from aws.tasks import Place
from compliance.rules import Rule

_ROLE = "AutomationAssumeRole"
#: What AWS Config puts in for a parameter.
#: https://docs.aws.amazon.com/config/latest/APIReference/API_ResourceValue.html
_RESOURCE_ID = "RESOURCE_ID"
#: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html
_NO_DOCUMENT = ("InvalidDocument", "InvalidDocumentVersion")


@dataclass(frozen=True, slots=True)
class Configured:
    """A remediation configuration: *parameters* are the values, RESOURCE_ID for the resource's."""

    document: str
    version: str
    parameters: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Document:
    """An Automation document, as ssm:DescribeDocument describes it."""

    type: str
    parameters: frozenset[str]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class Runbooks:
    """Asks one account. Its methods raise the errors of aws/errors.py."""

    clients: Clients
    place: Place

    def configured(self, rule: str) -> Configured | None:
        """Return the remediation configuration of *rule*, None where it has none."""
        with aws_errors():
            client = self.clients.client("config", self.place.account, self.place.region)
            answer = client.describe_remediation_configurations(ConfigRuleNames=[rule])
            items = [_configured(item) for item in listed(answer, "RemediationConfigurations")]
        return items[0] if items else None

    def document(self, name: str, version: str = "") -> Document | None:
        """Return the document of that name or ARN, None where the account has none."""
        asked = {"Name": name} | ({"DocumentVersion": version} if version else {})
        try:
            with aws_errors():
                client = self.clients.client("ssm", self.place.account, self.place.region)
                return _document(client.describe_document(**asked)["Document"])
        except AwsRefusedError as error:
            if str(error).startswith(_NO_DOCUMENT):
                return None
            raise


def faults(rule: Rule, configured: Configured, document: Document) -> Iterator[str]:
    """Yield what would keep *document* from mending what *rule* finds, as it is configured."""
    if document.type != "Automation":
        yield f"is a document for {document.type or 'something else'}, and not for Automation"
    given = configured.parameters
    for name in sorted(given.keys() - document.parameters):
        yield f"is given the parameter {name}, which it does not have"
    for name in sorted(document.required - {name for name, values in given.items() if values}):
        yield f"is not given its parameter {name}"
    if _ROLE in document.parameters - document.required and not given.get(_ROLE):
        yield f"is not given its parameter {_ROLE}, so that AWS Config cannot start it"
    if given.get(rule.remediation.resource_parameter) != (_RESOURCE_ID,):
        name = rule.remediation.resource_parameter
        yield f"is not given the resource's id as {name}, which the catalogue names"


def unknown_to(document: Document, rule: Rule) -> Iterator[str]:
    """Yield what the catalogue says of *document* that AWS does not."""
    named = {rule.remediation.resource_parameter, *rule.remediation.parameters}
    for name in sorted(named - document.parameters):
        yield f"has no parameter {name}, which the catalogue names"
    for name in sorted(document.required - named - {_ROLE}):
        yield f"needs the parameter {name}, which the catalogue does not give"


def _configured(item: Mapping[str, Any]) -> Configured:
    parameters = item.get("Parameters") or {}
    return Configured(
        document=str(item.get("TargetId") or ""),
        version=str(item.get("TargetVersion") or ""),
        parameters={name: _values(value) for name, value in parameters.items()},
    )


def _values(value: Mapping[str, Any]) -> tuple[str, ...]:
    resource = (value.get("ResourceValue") or {}).get("Value")
    return (resource,) if resource else tuple((value.get("StaticValue") or {}).get("Values") or ())


def _document(told: Mapping[str, Any]) -> Document:
    parameters = [each for each in told.get("Parameters") or () if isinstance(each, dict)]
    return Document(
        type=str(told.get("DocumentType") or ""),
        parameters=frozenset(str(each.get("Name")) for each in parameters),
        required=frozenset(str(each.get("Name")) for each in parameters
                           if each.get("DefaultValue") is None),
    )  # fmt: skip
