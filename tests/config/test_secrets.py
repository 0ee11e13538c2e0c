"""A secret is in nothing that is printed, however broken the variable that holds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.environment import read_environment, veil_of
from config.faults import ConfigError

MARK = "Gh7marked9Secret"
BROKEN = ["{}", " {} ", "{}\n", "x\n{}", "{}\r\nx", "'{}'", '"{}"', "{}\x00\x1b[1m", "{} {}",
          "xoxb-1\n{}", "é{}", "\u200b{}", "file:/nowhere/{}"]  # fmt: skip
URLS = ["https://u:{}@h/x", "https://u:a@{}@h/x", "postgresql+psycopg://u:{}@h/d",
        "postgresql+psycopg://u:{}@h@h:1/d", "postgresql+psycopg://u:{}@h:port/d",
        "postgresql+psycopg://h/d?password={}", "postgres://u:{}@h/d",
        "postgresql+psycopg://u:{}", "sqlite:///x?key={}", "git+https://u:{}@h/r",
        "postgresql+psycopg://u:{}\n@h/d"]  # fmt: skip
#: Paths are shown: whoever reads a fault looks for the file.
SHOWN = {"COMPLIANCE_CONFIG"}
NAMES = ["ALLOWLIST_GIT_TOKEN", "ALLOWLIST_SIGNING_KEY", "SLACK_BOT_TOKEN",
         "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL",
         "DATABASE_URL", "ALLOWLIST_URL", "QUEUE_URLS", "SNS_TOPIC_ARNS", "HTTP_HOST", "HTTP_PORT",
         "AWS_REGION", "AWS_DEFAULT_REGION", "TEAMS_CLIENT_ID", "TEAMS_CLIENT_SECRET",
         "TEAMS_TENANT_ID", "TEAMS_API_URL"]  # fmt: skip


@given(st.sampled_from(NAMES), st.sampled_from(BROKEN + URLS), st.sampled_from(BROKEN))
def test_no_fault_of_the_environment_shows_a_value(name, form, around):
    broken = form.format(MARK, MARK)
    environment = read_environment({name: around.format(broken, broken)})

    assert MARK not in "\n".join(map(str, environment.faults))
    assert MARK not in str(ConfigError(environment.faults))


def test_every_variable_that_is_read_is_tried_here():
    names = set()

    class Asked(dict):
        def get(self, name, default=None):
            names.add(name)
            return default

    read_environment(Asked())

    assert names == {*NAMES, *SHOWN}


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize("form", BROKEN)
def test_what_prints_a_broken_token_prints_it_hidden(name, form):
    value = form.format(MARK, MARK)
    veil = veil_of({name: value})

    for printed in (value, repr(value), value.split("\n")[-1], f"Bearer {value} is wrong"):
        assert MARK not in veil(printed)


@pytest.mark.parametrize("form", URLS)
@pytest.mark.parametrize("name", ["DATABASE_URL", "ALLOWLIST_URL", "HTTPS_PROXY"])
def test_what_prints_a_url_prints_it_without_its_password(name, form):
    url = form.format(MARK)

    assert MARK not in veil_of({name: url})(f"cannot open {url}, {url!r}")


def test_a_mounted_secret_is_hidden_too(tmp_path):
    (tmp_path / "token").write_text(f"{MARK}\n")

    veil = veil_of({"SLACK_BOT_TOKEN": f"file:{tmp_path}/token"})

    assert veil(f"a {MARK}") == "a (hidden)"


def test_without_secrets_a_text_is_what_it_was():
    assert veil_of({"SLACK_SIGNING_SECRET": "s"})("less is more") == "less is more"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-a b", "expected one line without spaces"),
        ("QUEUE_URLS", "arn:aws:sqs:eu-west-2:111122223333:q", "not its ARN; found"),
        ("QUEUE_URLS", "https://h/q,nothing", "something else at 2"),
        (
            "QUEUE_URLS",
            "https://eu-west-2.console.aws.amazon.com/sqs/v3/home?region=eu-west-2#/queues",
            "a queue's URL",
        ),
        ("QUEUE_URLS", "https://h/1/q;https://h/1/r", "a queue's URL"),
        ("SLACK_BOT_TOKEN", "xapp-1", "expected the bot's token, which begins with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxp-1", "expected the bot's token, which begins with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "expected the app-level token, which begins with xapp-"),
        ("HTTP_HOST", "127.0.0.1:8080", "expected an address"),
        ("SNS_TOPIC_ARNS", "arn:aws:sns:eu-west-2:\u0661" + "1" * 11 + ":t", "a topic's ARN"),
        ("HTTP_PORT", "80a", "a number from 0 to 65535"),
        ("HTTP_PORT", "\u0668\u0660", "a number from 0 to 65535"),
        ("HTTP_HOST", "a b", "expected an address"),
        ("AWS_REGION", "London", "expected a Region like eu-west-2"),
        ("SLACK_API_URL", "slack.com", "expected a URL like"),
    ],
)
def test_what_to_write_instead_is_said(name, value, told):
    [fault] = read_environment({name: value}).faults

    assert (fault.file, told in fault.problem) == (name, True)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
def test_topics_of_every_partition_are_taken(partition):
    topic = f"arn:{partition}:sns:eusc-de-east-1:111122223333:config.fifo"

    assert read_environment({"SNS_TOPIC_ARNS": topic}).faults == ()


def test_a_folder_is_never_read_as_a_file(tmp_path):
    (tmp_path / "mounted").write_text(MARK)

    environment = read_environment({"COMPLIANCE_CONFIG": f"file:{tmp_path / 'mounted'}"})

    assert environment.config == tmp_path / "mounted"
