"""The configuration: what is shipped loads, and whatever is wrong is told with its line."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import config
from compliance.allowlist import ExceptionClass
from compliance.channel import Channel
from compliance.request import Verb
from config.catalogue import load_catalogue
from config.environment import read_environment
from config.faults import ConfigError
from config.settings import load_settings

SHIPPED = Path(__file__).parents[2] / "config"
ENTRY = """exceptions:
  - {rule: sns-encryptd-kms, account: "*", region: "*", resource: "*", class: not ours,
     reason: Theirs., asked_by: U0SAM, expires: 2027-03-31}
"""
ODD = ENTRY.replace("not ours", "theirs")


@pytest.fixture
def folder(tmp_path):
    for name in ("rules.yaml", "teams.yaml", "bot.yaml", "allowlist.yaml"):
        (tmp_path / name).write_text((SHIPPED / name).read_text())
    return tmp_path


def faults(folder):
    with pytest.raises(ConfigError) as raised:
        config.load(folder)
    return [str(fault).replace(f"{folder}/", "") for fault in raised.value.faults]


def edit(folder, name, old, new):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


def test_the_shipped_configuration_loads():
    loaded = config.load(SHIPPED)

    assert len(loaded.catalogue) == 8
    assert loaded.teams[loaded.teams.default]
    assert {account for account, _ in loaded.settings.places} == set(loaded.settings.accounts)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("rules.yaml", "severity: critical", "severity: huge", r"severity: expected .*'huge'"),
        ("rules.yaml", "title: S3", "titel: S3", r"titel: unknown key"),
        ("rules.yaml", "category: security", "category: 12:30", r"category: expected"),
        ("rules.yaml", 'Arn: "${kms_key_arn}', 'Arn: "${key}', r"found '\$\{key\}'"),
        ("rules.yaml", "BlockPublicAcls:", "BucketName:", r"BucketName: is the resource's own"),
        ("rules.yaml", "approvers: 0", "approvers: -1", r"approvers: .*found -1"),
        ("teams.yaml", '"222233334444"', "012345670123", r"accounts\[0\]: expected a quoted"),
        ("teams.yaml", '"222233334444"', '"222233334445"', r"no account .* did you mean"),
        ("teams.yaml", "default: website", "default: websit", r"did you mean 'website'"),
        ("teams.yaml", "channel: C0PAYMENTS", "channel: housing", r"channel: expected a channel's"),
        ("teams.yaml", "channel: C0PAYMENTS", 'channel: "#housing"', r"id like C012AB3CD .*'#hous"),
        ("teams.yaml", "channel: C0PAYMENTS", "channel: https://a.slack.com/archives/C0PAYMENTS",
         r"channel: expected a channel's id like C012AB3CD"),
        ("teams.yaml", "channel: C0PAYMENTS", "channels: []", r"channels: "),
        ("teams.yaml", "channel: C0PAYMENTS", "channels: [slack:house]", r"channels\[0\]: expect"),
        ("teams.yaml", "    channel: C0PAYMENTS\n", "", r"expected either channel or channels"),
        ("teams.yaml", "users: [U0HANNAH,", "users: [hannah,", r"users\[0\]: expected a user's id"),
        ("teams.yaml", "name: housing", "name: payments", r"found another 'payments' above"),
        ("teams.yaml", "- tags: {Team: payments}", "- rules: [nope]", r"no rule 'nope'"),
        ("teams.yaml", "    outsiders: allowed", "    notify: Quiet",
         r"\]\.notify: expected 'quiet' or 'normal', found 'Quiet'"),
        ("teams.yaml", "    outsiders: allowed", "    notify: {urgent: [Critical]}",
         r"\]\.notify\.urgent\[0\]: expected 'critical', 'high'"),
        ("teams.yaml", "- tags: {Team: payments}", "- {}", r"owns\[0\]: expected a condition"),
        ("teams.yaml", "- tags: {Team: payments}", "- tags: {}", r"expected a condition, and some"),
        ("teams.yaml", "- tags: {Team: payments}", "- {tags: {Team: payments}, accounts: []}",
         r"expected a condition, and something in each"),
        ("teams.yaml", "- tags: {Team: payments}", "- resource_types: [s3]",
         r"resource_types\[0\]: expected a type like AWS::S3::Bucket"),
        ("bot.yaml", "Europe/London", "Europe/Londn", r"digest.timezone: expected a zone's"),
        ("bot.yaml", 'time: "09:00"', "time: 12:30", r"digest.time: "),
        ("bot.yaml", "day: mon", "day: monday", r"digest.day: expected one of mon … sun"),
        ("bot.yaml", "regions: [eu-west-2]", "regions: []", r"regions: "),
        ("bot.yaml", "workers: 4", "workers: 4\n  workers: 3", r"intake.workers: is defined twice"),
        ("bot.yaml", "session_policy: narrow", "session_policy: wide",
         r"session_policy: expected 'narrow' or 'none', found 'wide'"),
        ("bot.yaml", "role_name: ", "role_name: arn:aws:iam::111122223333:role/",
         r"role_name: expected a role's name like compliance-bot, not its ARN"),
        ("bot.yaml", "session_policy: narrow", "session_policy: [pass]", r"expected an action"),
        ("bot.yaml", "tasks: 8", "tasks: 0", r"tasks: "),
        ("bot.yaml", "accounts:", "accounts: [", r"is not valid YAML"),
        ("allowlist.yaml", "exceptions: []", ODD, r"\[0\].class: expected"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_and_key(folder, name, old, new, told):
    edit(folder, name, old, new)

    found = faults(folder)

    assert any(re.search(rf"^{name}:\d+: .*{told}", each) for each in found), found


def test_a_team_can_read_channels_of_several_products(folder):
    several = 'channels: [slack:C0HOUSING, "teams:19:abc@thread.tacv2", C0HOUSING]'
    edit(folder, "teams.yaml", "channel: C0PAYMENTS", several)

    channels = config.load(folder).teams["payments"].channels

    assert channels == (Channel("slack", "C0HOUSING"), Channel("teams", "19:abc@thread.tacv2"))


def test_people_and_groups_are_known_with_their_chat_product(folder):
    edit(folder, "teams.yaml", "users: [U0HANNAH,", "users: [slack:U0HANNAH, teams:0c9a,")

    team = config.load(folder).teams["housing"]

    assert team.approvers >= {"slack:U0HANNAH", "slack:U0HARRY", "teams:0c9a"}


def test_units_and_environments_own_findings(folder):
    owned = "- units: [Workloads/Housing/]\n      - environments: [test]"
    edit(folder, "teams.yaml", "- tags: {Team: housing}", owned)

    unit, environment, *_ = config.load(folder).teams["housing"].matches

    assert (unit.units, environment.environments) == ({"Workloads/Housing"}, {"test"})


def test_a_runbook_of_ones_own_is_taken():
    own = SHIPPED.parent / "terraform/modules/rules/tests/own/rules.yaml"

    assert load_catalogue(own)["hackney-topic"].remediation.runbook == "Hackney-PauseTopic"


def test_an_exception_from_a_critical_rule_needs_another_person_unless_it_says_otherwise(folder):
    critical = "rds-instance-public-access-check"
    assert load_catalogue(folder / "rules.yaml")[critical].decision.needed(Verb.EXCEPT) == 1

    edit(folder, "rules.yaml", "longest_exception_days: 90", "exception_approvers: 0")

    policy = load_catalogue(folder / "rules.yaml")[critical].decision
    assert policy.needed(Verb.EXCEPT) == 0
    assert policy.longest_exception == timedelta(days=90)


def test_what_a_rule_does_not_say_of_exceptions_its_severity_does(folder):
    given = "exception_policy:\n  low: {ticket: required, classes: [false positive]}\n\nrules:"
    edit(folder, "rules.yaml", "\nrules:", f"\n{given}")

    catalogue = load_catalogue(folder / "rules.yaml")

    low = catalogue["lambda-function-xray-enabled"].decision
    assert (low.ticket_required, low.classes) == (True, (ExceptionClass.FALSE_POSITIVE,))
    assert not catalogue["sns-encrypted-kms"].decision.ticket_required


def test_the_faults_of_all_files_are_told_at_once(folder):
    edit(folder, "rules.yaml", "severity: critical", "severity: huge")
    edit(folder, "teams.yaml", "default: website", "default: nobody")
    edit(folder, "bot.yaml", "day: mon", "day: monday")

    assert {each.split(":")[0] for each in faults(folder)} == {
        "rules.yaml",
        "teams.yaml",
        "bot.yaml",
    }


def test_a_broken_catalogue_is_not_told_as_rules_that_nobody_knows(folder):
    edit(folder, "rules.yaml", "severity: critical", "severity: huge")
    edit(folder, "allowlist.yaml", "exceptions: []", ENTRY)

    assert {each.split(":")[0] for each in faults(folder)} == {"rules.yaml"}


def test_a_missing_file_is_named(folder):
    (folder / "bot.yaml").unlink()

    assert any("bot.yaml: cannot be read" in each for each in faults(folder))


def test_a_value_can_be_read_from_a_mounted_secret(tmp_path):
    (tmp_path / "token").write_text("xoxb-secret\n")

    read = read_environment({"SLACK_BOT_TOKEN": f"file:{tmp_path}/token"})

    assert read.slack_bot_token == "xoxb-secret"
    assert "xoxb-secret" not in repr(read)


def test_unusable_variables_are_named_together_with_what_the_files_have_wrong(folder):
    read = read_environment({"HTTP_PORT": "high", "SLACK_BOT_TOKEN": "file:/nowhere"})
    (folder / "bot.yaml").unlink()

    with pytest.raises(ConfigError) as raised:
        config.load(folder, found=read.faults)

    told = {Path(fault.file).name for fault in raised.value.faults}
    assert told == {"HTTP_PORT", "SLACK_BOT_TOKEN", "bot.yaml"}


@pytest.mark.parametrize(
    "url",
    [
        "postgres://bot:secret@db/ledger",
        "postgresql+psycopg://bot:s@cret@db/ledger",
        "postgresql+psycopg://bot:secret@db:port/ledger",
        "ledger.db",
    ],
)
def test_a_database_url_that_cannot_be_used_is_refused_without_its_password(url):
    [fault] = read_environment({"DATABASE_URL": url}).faults

    assert fault.file == "DATABASE_URL"
    assert "cret" not in str(fault)


@pytest.mark.parametrize(
    "url", ["sqlite:////data/ledger.db", "postgresql+psycopg://bot:s%40cret@db:5432/ledger"]
)
def test_a_database_url_of_either_kind_is_taken(url):
    assert read_environment({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("name", ["rules.yaml", "teams.yaml", "bot.yaml"])
@pytest.mark.parametrize(
    "endless",
    [
        "exceptions: &a [*a]",
        "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
        "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]",
    ],
    ids=["itself", "many of many"],
)
def test_a_file_without_end_is_told_with_its_line(folder, name, endless):
    (folder / name).write_text(f"# first\n{endless}\n")

    [told] = [each for each in faults(folder) if each.startswith(name)]

    assert re.match(rf"{name}:[1-9]\d*: is not valid YAML: too large", told)


def test_what_several_entries_share_can_be_written_once(folder):
    shared = "&place {rule: dynamodb-pitr-enabled, account: '*', region: '*', class: not ours,"
    (folder / "allowlist.yaml").write_text(
        f"exceptions:\n  - {shared} resource: a, reason: r, asked_by: U1, expires: 2027-01-31}}\n"
        "  - {<<: *place, resource: b}\n"
    )

    entries = config.load(folder).allowlist.current.entries

    assert [each.resource for each in entries] == ["a", "b"]


@pytest.mark.parametrize(
    ("written", "further"),
    [
        ("narrow", ()),
        ("none", None),
        ("[ssm:StartAutomationExecution, iam:PassRole]",
         ("ssm:StartAutomationExecution", "iam:PassRole")),
    ],
)  # fmt: skip
def test_a_decisions_session_is_narrow_unless_something_else_is_said(folder, written, further):
    edit(folder, "bot.yaml", "session_policy: narrow", f"session_policy: {written}")

    assert load_settings(folder / "bot.yaml").session_policy == further


def test_an_account_of_the_sovereign_cloud_is_taken(folder):
    edit(folder, "bot.yaml", "regions: [eu-west-2]", "regions: [eusc-de-east-1]")

    assert ("111122223333", "eusc-de-east-1") in load_settings(folder / "bot.yaml").places
