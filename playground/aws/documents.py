"""Automation documents: AWS's own, by documents.yaml, and those that an account has made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from moto.ssm.models import ssm_backends

from playground.aws.records import Place

_FILE = Path(__file__).with_name("documents.yaml")
#: What AWS Config passes for a parameter: the resource's id, or a text.
Values = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """*default* None: a value has to be given."""

    name: str
    type: str
    default: str | None

    @property
    def required(self) -> bool:
        return self.default is None

    def described(self) -> dict[str, str]:
        """Return it as ssm:DescribeDocument does."""
        said = {"Name": self.name, "Type": self.type, "DefaultValue": self.default}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AutomationDocument:
    name: str
    parameters: Mapping[str, Parameter]

    def described(self) -> dict[str, Any]:
        """Return one of AWS's own as ssm:DescribeDocument does."""
        return {
            "Name": self.name,
            "Owner": "Amazon",
            "Status": "Active",
            "DocumentVersion": "1",
            "Parameters": [parameter.described() for parameter in self.parameters.values()],
            "PlatformTypes": ["Windows", "Linux", "MacOS"],
            "DocumentType": "Automation",
            "SchemaVersion": "0.3",
            "LatestVersion": "1",
            "DefaultVersion": "1",
            "DocumentFormat": "YAML",
        }

    @property
    def required(self) -> frozenset[str]:
        return frozenset(name for name, given in self.parameters.items() if given.required)

    @property
    def optional(self) -> frozenset[str]:
        return frozenset(self.parameters) - self.required

    def faults(self, values: Values) -> list[str]:
        """Say what is wrong with the parameters of a remediation configuration."""
        return [*self._wrong_names(frozenset(values)), *self._wrong_values(values)]

    def _wrong_names(self, given: frozenset[str]) -> Iterator[str]:
        for name in sorted(given - set(self.parameters)):
            yield f"unknown parameter {name}"
        for name in sorted(self.required - given):
            yield f"missing parameter {name}"

    def _wrong_values(self, values: Values) -> Iterator[str]:
        for name, value in values.items():
            texts = value.get("StaticValue", {}).get("Values", [])
            if "ResourceValue" not in value and not texts:
                yield f"{name} has no value"
            is_boolean = name in self.parameters and self.parameters[name].type == "Boolean"
            if is_boolean and not {text.lower() for text in texts} <= {"true", "false"}:
                yield f"{name} is neither true nor false"


@cache
def aws_documents() -> Mapping[str, AutomationDocument]:
    """Return the documents that AWS owns and every account can run, by their names."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["documents"]
    return {name: _document(name, entry["parameters"]) for name, entry in entries.items()}


def find_document(place: Place, name: str) -> AutomationDocument | None:
    """Return AWS's document of that name, or the account's own."""
    return aws_documents().get(name) or _own_document(place, name)


def _own_document(place: Place, name: str) -> AutomationDocument | None:
    own = ssm_backends[place.account][place.region]._documents.get(name)
    if own is None:
        return None
    return _document(name, own.get_default_version().content_json.get("parameters", {}))


def _document(name: str, parameters: Mapping[str, Mapping[str, Any]]) -> AutomationDocument:
    return AutomationDocument(
        name,
        {
            parameter: Parameter(parameter, entry["type"], _text(entry.get("default")))
            for parameter, entry in parameters.items()
        },
    )


def _text(default: object) -> str | None:
    if isinstance(default, bool):
        return str(default).lower()
    return None if default is None else str(default)
