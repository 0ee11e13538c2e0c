"""What the shipped catalogue says of AWS, compared with AWS's own words and never with ours.

The witnesses: playground/aws/documents.yaml (copied from AWS's pages of its runbooks), botocore's
model of each service, and moto's list of AWS's managed rules.
"""

import re
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest
import yaml
from moto.config.models import MANAGED_RULES

from playground.aws.documents import aws_documents
from playground.aws.install import remediation_configuration

ROOT = Path(__file__).parents[2]
RULES = yaml.safe_load((ROOT / "config/rules.yaml").read_text(encoding="utf-8"))["rules"]
DOCUMENTS = yaml.safe_load((ROOT / "playground/aws/documents.yaml").read_text(encoding="utf-8"))
#: Instances of these engines belong to a cluster, and deletion protection is a cluster's setting.
_CLUSTER_ENGINES = ("aurora", "docdb", "neptune")

every_rule = pytest.mark.parametrize("name", RULES)


@every_rule
def test_aws_has_the_runbook_of_the_catalogue(name: str) -> None:
    assert RULES[name]["remediation"]["runbook"] in aws_documents()


@every_rule
def test_awss_runbook_takes_the_parameters_that_the_catalogue_gives(name: str) -> None:
    rule = RULES[name]
    configuration = remediation_configuration(
        name, rule["resource_type"], rule["remediation"], "123456789012", "arn:aws:kms:::key/a"
    )

    document = aws_documents()[configuration["TargetId"]]

    assert document.faults(configuration["Parameters"]) == []


@every_rule
def test_the_resource_parameter_is_one_that_the_runbook_requires(name: str) -> None:
    remediation = RULES[name]["remediation"]

    required = aws_documents()[remediation["runbook"]].required

    assert remediation["resource_parameter"] in required


@pytest.mark.parametrize("name", DOCUMENTS["documents"])
def test_each_document_says_where_awss_own_page_is(name: str) -> None:
    assert DOCUMENTS["documents"][name]["sources"][0].startswith("https://docs.aws.amazon.com/")


@every_rule
def test_aws_has_the_managed_rule_of_the_catalogue(name: str) -> None:
    assert RULES[name]["identifier"] in MANAGED_RULES["ManagedRules"]


@every_rule
def test_awss_managed_rule_takes_the_parameters_that_the_catalogue_gives(name: str) -> None:
    rule = RULES[name]

    managed = MANAGED_RULES["ManagedRules"][rule["identifier"]]
    known = {parameter["Name"] for parameter in managed["Parameters"]}

    assert set(rule.get("parameters", {})) <= known


@every_rule
def test_aws_config_records_the_resource_type_of_the_catalogue(name: str) -> None:
    assert RULES[name]["resource_type"] in model("config")["shapes"]["ResourceType"]["enum"]


def test_deletion_protection_is_asked_of_every_engine_that_can_have_it() -> None:
    rule = RULES["rds-instance-deletion-protection-enabled"]

    listed = [engine.strip() for engine in rule["parameters"]["databaseEngines"].split(",")]

    assert listed == sorted(
        engine for engine in engines_of_rds() if not engine.startswith(_CLUSTER_ENGINES)
    )


def test_the_engines_of_rds_are_read_from_its_model() -> None:
    assert {"aurora-mysql", "postgres", "db2-se", "custom-oracle-ee"} <= engines_of_rds()


def engines_of_rds() -> set[str]:
    """Return every engine that RDS says a database can have or be asked about by."""
    shapes = model("rds")["shapes"]
    texts = [
        shapes[shape]["members"]["Engine"]["documentation"]
        for shape in (
            "CreateDBInstanceMessage",
            "DescribeDBEngineVersionsMessage",
            "DescribeOrderableDBInstanceOptionsMessage",
        )
    ]
    return {
        engine
        for text in texts
        for item in re.findall(r"<li>(.*?)</li>", text, re.DOTALL)
        for engine in re.findall(r"<code>([a-z0-9-]+)</code>", item)[:1]
    }


def model(service: str) -> Any:
    return botocore.loaders.Loader().load_service_model(service, "service-2")
