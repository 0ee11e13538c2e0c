"""The demo's own files, and what it says to whoever starts it."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml

from config.allowlist import parse_allowlist
from playground.demo import playing

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path, shared_world):
    # moto keeps its state in the process, so the world that most tests share has to end.
    shared_world.end()
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("*.py*"))
    return tmp_path / "config"


def allowlist():
    return Path(os.environ["ALLOWLIST_URL"].removeprefix("file:"))


def test_the_demo_works_on_a_copy_of_the_allowlist_that_a_reset_puts_back(config, capsys):
    with playing(config, 0):
        own = allowlist()
        shipped = own.read_text()
        own.write_text("exceptions: [changed]\n")
        page = os.environ["SLACK_API_URL"].removesuffix("/api/")
        urlopen(Request(f"{page}/control/reset", b"{}", method="POST"), timeout=10).close()  # noqa: S310
        after = own.read_text()

    said = capsys.readouterr().err
    assert after == shipped
    assert (config / "allowlist.yaml").read_text() == (ROOT / "config/allowlist.yaml").read_text()
    assert str(own) in said
    assert "role-arn arn:aws:iam::111122223333:role/compliance-bot" in said
    assert not own.exists()


def test_the_demos_allowlist_has_an_exception_that_ends_tomorrow(config):
    with playing(config, 0):
        [entry] = parse_allowlist(allowlist().read_text(), "").entries

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert entry.resource == "website-open-data"
    assert entry.expires - tomorrow.date() <= timedelta(0)


def test_an_allowlist_that_is_named_is_the_one_that_is_used(config, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLOWLIST_URL", f"file:{tmp_path}/mine.yaml")

    with playing(config, 0):
        assert allowlist() == tmp_path / "mine.yaml"


def test_a_rule_that_the_playground_cannot_judge_stays_by_hand(config, capsys):
    rules = yaml.safe_load((config / "rules.yaml").read_text())
    strange = dict(next(iter(rules["rules"].values())), identifier="S3_BUCKET_LOGGING_ENABLED")
    rules["rules"]["bucket-logging"] = strange
    rules["rules"]["of-nobody"] = {**strange, "identifier": "NO_SUCH_RULE"}
    (config / "rules.yaml").write_text(yaml.safe_dump(rules))

    with playing(config, 0):
        said = capsys.readouterr().err

    assert "bucket-logging: the local AWS cannot judge or mend it" in said
    assert "of-nobody: " in said


def test_a_rule_that_aws_would_refuse_ends_the_demo_with_a_sentence(config):
    text = (config / "rules.yaml").read_text()
    wrong = text.replace("resource_parameter: BucketName", "resource_parameter: Bucket")
    (config / "rules.yaml").write_text(wrong)

    with pytest.raises(SystemExit, match="unknown parameter Bucket"), playing(config, 0):
        pass
