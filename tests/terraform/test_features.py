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


ENDS = "2999-03-31"
BUCKET = "s3-bucket-level-public-access-prohibited"
FUNCTION = "lambda-function-xray-enabled"


def entry(rule: str, resource: str, expires: str = ENDS, **more: str) -> str:
    fields = {
        "rule": rule, "account": '"111122223333"', "region": "eu-west-2",
        "resource": f'"{resource}"', "class": "accepted risk", "reason": "The council\'s own.",
        "asked_by": "U0SAM", "ticket": "SEC-1", "expires": expires, **more,
    }  # fmt: skip
    return "  - " + "\n    ".join(f"{name}: {value}" for name, value in fields.items()) + "\n"


def generated(tmp_path: Path, *entries: str, arguments: tuple[str, ...] = ()) -> Path:
    """Write the features that are left by *entries*; return their folder."""
    allowlist, folder = tmp_path / "allowlist.yaml", tmp_path / "features"
    allowlist.write_text("exceptions:\n" + "".join(entries))
    line = ["--allowlist", str(allowlist), "--output", str(folder), *arguments]
    assert generate_features.main(line) == 0
    return folder


def test_an_exception_is_named_with_its_end_and_its_resource_is_left_out(tmp_path: Path) -> None:
    folder = generated(tmp_path, entry(FUNCTION, "orders", id="E-7K3QM9X2"))

    text = (folder / f"{FUNCTION}.feature").read_text()
    assert (
        f"# Excepted by E-7K3QM9X2: orders in 111122223333, eu-west-2 until {ENDS}, SEC-1" in text
    )
    assert 'When its function_name is not "^(orders)$" regex' in text
    committed = generate_features.FEATURES / f"{BUCKET}.feature"
    assert (folder / committed.name).read_text() == committed.read_text()


def test_what_ended_or_is_elsewhere_silences_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = entry(FUNCTION, "orders", "2020-01-01")
    elsewhere = entry(BUCKET, "reports")
    folder = generated(tmp_path, ended, elsewhere, arguments=("--account", "999999999999"))

    for path in generate_features.FEATURES.glob("*.feature"):
        assert (folder / path.name).read_text() == path.read_text()
    generated(tmp_path, ended)
    assert "it ended on 2020-01-01" in capsys.readouterr().out


def test_an_exception_for_every_resource_leaves_out_the_feature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = generated(tmp_path, entry(FUNCTION, "*"))

    assert not (folder / f"{FUNCTION}.feature").exists()
    assert f"every resource in 111122223333, eu-west-2 until {ENDS}" in capsys.readouterr().out


def test_a_database_is_known_by_its_name_and_a_topic_by_the_end_of_its_arn(tmp_path: Path) -> None:
    folder = generated(
        tmp_path,
        entry("rds-multi-az-support", "db-ABC123", name="orders"),
        entry("sns-encrypted-kms", "arn:aws:sns:eu-west-2:111122223333:alarms"),
    )

    database = (folder / "rds-multi-az-support.feature").read_text()
    assert 'its identifier is not "^(orders)$"' in database
    assert 'its name is not "^(alarms)$"' in (folder / "sns-encrypted-kms.feature").read_text()


def test_a_broken_allowlist_is_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "allowlist.yaml"
    broken.write_text("exceptions: [oops")

    folder = tmp_path / "features"
    ran = generate_features.main(["--allowlist", str(broken), "--output", str(folder)])

    assert (ran, folder.exists()) == (2, False)
    assert "allowlist.yaml:2: is not valid YAML" in capsys.readouterr().err


def test_the_excepted_resource_alone_passes(terraform_compliance: Path, tmp_path: Path) -> None:
    folder = generated(tmp_path, entry(BUCKET, "reports"), entry(FUNCTION, "other"))
    report = tmp_path / "report.xml"
    line = [terraform_compliance, "-p", PLANS / "wrong.json", "-f", folder, "--junit-xml", report]

    subprocess.run(line, capture_output=True, check=False)

    suites = ElementTree.parse(report).getroot().findall("testsuite")  # noqa: S314 - our own
    broken = {suite.attrib["name"] for suite in suites if suite.attrib["failures"] != "0"}
    assert broken == NAMES - {BUCKET}


def test_checkov_and_trivy_are_told_of_the_addresses_in_a_plan(tmp_path: Path) -> None:
    plan = ("--plan", str(PLANS / "wrong.json"))
    folder = generated(tmp_path, entry(BUCKET, "reports"), arguments=plan)

    [failed] = json.loads((folder / "checkov.baseline").read_text())["failed_checks"]
    assert [each["resource"] for each in failed["findings"]] == [
        "aws_s3_bucket.this", "aws_s3_bucket_public_access_block.this"
    ]  # fmt: skip
    assert "CKV_AWS_53" in failed["findings"][1]["check_ids"]
    [exception] = failed["findings"][1]["exceptions"]
    assert "until 2999-03-31" in exception
    policy = (folder / "trivy-ignore.rego").read_text()
    assert "endswith(input.ID, id)" in policy
    assert 'is_check("AWS-0086")' in policy
    assert 'time.parse_rfc3339_ns("2999-04-01T00:00:00Z")' in policy
    assert 'input.CauseMetadata.Resource == "aws_s3_bucket.this"' in policy


@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_a_plan_that_is_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    plan = tmp_path / "plan.json"
    if text is not None:
        plan.write_text(text)

    ran = generate_features.main(["--output", str(tmp_path / "f"), "--plan", str(plan)])

    assert ran == 2
    assert "plan.json: is not what terraform show -json writes" in capsys.readouterr().err


@pytest.mark.parametrize("plan", ["good", "wrong", "missing"])
def test_the_committed_plans_are_those_of_their_sources(
    plan: str, terraform: object, tmp_path: Path
) -> None:
    made = tmp_path / "plan.json"

    terraform(PLANS / plan, "--plan-json", made)  # type: ignore[operator]

    committed = json.loads((PLANS / f"{plan}.json").read_text())
    assert json.loads(made.read_text())["planned_values"] == committed["planned_values"]
