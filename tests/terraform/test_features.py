"""The features in terraform/features: as the catalogue says, and each tells good plans from bad."""

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from terraform import generate_features

PLANS = Path(__file__).parent / "plans"
NAMES = {path.stem for path in generate_features.FEATURES.glob("*.feature")}

#: AWS's own default is what this rule asks for, so a plan that says nothing is a good one.
GOOD_BY_DEFAULT = {"rds-instance-public-access-check"}


def test_the_committed_features_are_what_the_catalogue_says() -> None:
    assert generate_features.main(["--check"]) == 0


def test_there_is_a_feature_for_each_rule() -> None:
    catalogue = yaml.safe_load(generate_features.CATALOGUE.read_text(encoding="utf-8"))

    assert set(catalogue["rules"]) == NAMES


@pytest.mark.parametrize(
    ("plan", "broken"),
    [
        ("good", set()),
        ("wrong", NAMES),
        ("missing", NAMES - GOOD_BY_DEFAULT),
    ],
)
def test_a_feature_passes_on_a_good_plan_only(
    plan: str, broken: set[str], terraform_compliance: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"

    features = generate_features.FEATURES
    line = [terraform_compliance, "-p", PLANS / f"{plan}.json", "-f", features]
    ran = subprocess.run(
        [*line, "--junit-xml", report], capture_output=True, text=True, check=False
    )

    suites = ElementTree.parse(report).getroot().findall("testsuite")  # noqa: S314 - our own
    assert {suite.attrib["name"] for suite in suites} == NAMES
    assert {suite.attrib["name"] for suite in suites if suite.attrib["failures"] != "0"} == broken
    assert ran.returncode == bool(broken), ran.stdout


@pytest.mark.parametrize("plan", ["good", "wrong", "missing"])
def test_the_committed_plans_are_those_of_their_sources(
    plan: str, terraform: object, tmp_path: Path
) -> None:
    made = tmp_path / "plan.json"

    terraform(PLANS / plan, "--plan-json", made)  # type: ignore[operator]

    committed = json.loads((PLANS / f"{plan}.json").read_text())
    assert json.loads(made.read_text())["planned_values"] == committed["planned_values"]
