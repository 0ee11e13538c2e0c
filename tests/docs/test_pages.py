"""What the pages show can be used as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

import config
from config.environment import read_environment

ROOT = Path(__file__).parents[2]
DOCS, SHIPPED = ROOT / "docs", ROOT / "config"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md"]
#: boto3's and libpq's own, and glibc's.
OTHERS = re.compile(r"(AWS_(PROFILE|SHARED_CREDENTIALS_FILE)|PG\w+|MALLOC_ARENA_MAX)")


def blocks(page, file):
    """Yield the blocks of *page* that stand for a *file* or are part of it."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"<!-- {re.escape(file)} -->\n```yaml\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def folder(tmp_path):
    for name in ("bot.yaml", "rules.yaml", "teams.yaml", "allowlist.yaml"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    return tmp_path


def test_the_rule_of_the_page_can_be_added_to_the_catalogue(folder):
    [entry] = blocks("add-a-rule.md", "rules.yaml")
    with (folder / "rules.yaml").open("a") as file:
        file.write(entry)

    assert "s3-bucket-versioning-enabled" in config.load(folder).catalogue


@pytest.mark.parametrize("written", blocks("route-by-tag.md", "teams.yaml"))
def test_the_teams_of_the_page_can_be_used(folder, written):
    (folder / "teams.yaml").write_text(written)

    assert config.load(folder).teams.ordered


def test_there_are_as_many_blocks_as_the_page_shows():
    shown = (DOCS / "route-by-tag.md").read_text(encoding="utf-8").count("```yaml")

    assert shown == len(blocks("route-by-tag.md", "teams.yaml")) == 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (page.parent / target).exists(), target


def known_variables():
    names = set()

    class Asked(dict):
        def get(self, name, default=None):
            names.add(name)
            return default

    read_environment(Asked())
    return names


def in_compose():
    return yaml.safe_load((DOCS / "deploy/compose.yaml").read_text())["services"]["bot"]


def in_kubernetes():
    return {
        each["kind"]: each
        for each in yaml.safe_load_all((DOCS / "deploy/kubernetes.yaml").read_text())
    }


def of_the_pod():
    return in_kubernetes()["Deployment"]["spec"]["template"]["spec"]


def in_systemd():
    lines = (DOCS / "deploy/compliance-bot.service").read_text().splitlines()
    pairs = (line.partition("=")[2] for line in lines if line.startswith("Environment="))
    return dict(pair.split("=", 1) for pair in pairs)


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param(lambda: in_compose()["environment"], id="compose"),
        pytest.param(
            lambda: {each["name"]: each["value"] for each in of_the_pod()["containers"][0]["env"]},
            id="kubernetes",
        ),
        pytest.param(in_systemd, id="systemd"),
    ],
)
def test_the_bot_reads_every_variable_that_it_is_given(variables):
    unknown = {name for name in variables() if not OTHERS.fullmatch(name)} - known_variables()

    assert unknown == set()


def test_every_mounted_secret_is_one_that_is_mounted():
    bot = in_compose()
    for value in bot["environment"].values():
        if mounted := re.search(r"/run/secrets/([\w-]+)", str(value)):
            assert mounted[1] in bot["secrets"]


def test_the_containers_may_write_nothing_but_their_data():
    [container] = of_the_pod()["containers"]

    assert in_compose()["read_only"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    writable = [each for each in container["volumeMounts"] if not each.get("readOnly")]
    assert [each["mountPath"] for each in writable] == ["/data"]


def test_several_replicas_share_neither_a_file_nor_a_sqlite_ledger():
    env = {each["name"]: each["value"] for each in of_the_pod()["containers"][0]["env"]}

    assert in_kubernetes()["Deployment"]["spec"]["replicas"] > 1
    assert env["ALLOWLIST_URL"].startswith("git+")
    assert "DATABASE_URL" in env


def test_the_service_runs_the_program_of_the_page():
    unit = (DOCS / "deploy/compliance-bot.service").read_text()
    [command] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)

    assert shlex.split(command)[1:] == ["bot.py", "run"]
    assert "git clone REPOSITORY /opt/compliance-bot" in (DOCS / "install.md").read_text()
