"""The features in terraform/features: as the catalogue says, and each tells good plans from bad."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from terraform import generate_features

PLANS = Path(__file__).parent / "plans"
FEATURES = sorted(generate_features.FEATURES.glob("*.feature"))

#: AWS's own default is what this rule asks for, so a plan that says nothing is a good one.
GOOD_BY_DEFAULT = {"rds-instance-public-access-check"}


def test_the_committed_features_are_what_the_catalogue_says() -> None:
    assert generate_features.main(["--check"]) == 0


def test_there_is_a_feature_for_each_rule() -> None:
    text = generate_features.CATALOGUE.read_text(encoding="utf-8")

    assert all(f"\n  {path.stem}:\n" in text for path in FEATURES)
    assert len(FEATURES) == text.count("\n    identifier: ")


@pytest.mark.parametrize("feature", FEATURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("plan", ["good", "wrong", "missing"])
def test_a_feature_passes_on_a_good_plan_only(
    plan: str, feature: Path, terraform_compliance: Path, tmp_path: Path
) -> None:
    shutil.copy(feature, tmp_path)

    line = [terraform_compliance, "-p", PLANS / f"{plan}.json", "-f", tmp_path]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603

    passes = plan == "good" or (plan == "missing" and feature.stem in GOOD_BY_DEFAULT)
    assert ran.returncode == (0 if passes else 1), ran.stdout
    assert ("1 failed" in ran.stdout) is not passes, ran.stdout


@pytest.mark.parametrize("plan", ["good", "wrong", "missing"])
def test_the_committed_plans_are_those_of_their_sources(
    plan: str, terraform: object, tmp_path: Path
) -> None:
    made = tmp_path / "plan.json"

    terraform(PLANS / plan, "--plan-json", made)  # type: ignore[operator]

    committed = json.loads((PLANS / f"{plan}.json").read_text())
    assert json.loads(made.read_text())["planned_values"] == committed["planned_values"]
