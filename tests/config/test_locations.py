"""What ALLOWLIST_URL can say."""

from pathlib import Path

import pytest

from config.environment import read_environment, veil_of
from config.locations import GitLocation, S3Location, read_location

HTTPS = "https://git.example.org/council/risk.git"


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("file:/etc/allowlist.yaml", Path("/etc/allowlist.yaml")),
        ("file:///etc/allowlist.yaml", Path("/etc/allowlist.yaml")),
        ("file:allowlist.yaml", Path("allowlist.yaml")),
        (f"git+{HTTPS}", GitLocation(HTTPS)),
        (f"git+{HTTPS}?branch=main&path=a/b.yaml", GitLocation(HTTPS, "main", "a/b.yaml")),
        (f"git+{HTTPS}?mode=branch", GitLocation(HTTPS, review=True)),
        (
            "git+ssh://git@git.example.org:22/risk.git",
            GitLocation("ssh://git@git.example.org:22/risk.git"),
        ),
        ("git+file:/srv/risk.git", GitLocation("file:///srv/risk.git")),
        ("git+file:///srv/risk%20two.git", GitLocation("file:///srv/risk two.git")),
        (
            "s3://council/compliance/allowlist.yaml",
            S3Location("council", "compliance/allowlist.yaml"),
        ),
    ],
)
def test_a_location_is_read(url, location):
    assert read_location(url) == location


@pytest.mark.parametrize(
    "url",
    [
        "file:",
        "/etc/allowlist.yaml",
        "git+http://git.example.org/risk.git",
        "git+ext::sh -c id",
        "git+https://bot:secret@git.example.org/risk.git",
        "git+https://ghp_0123456789012345678901234567890123456@git.example.org/risk.git",
        f"git+{HTTPS}?branch=--upload-pack=id",
        f"git+{HTTPS}?branch=a..b",
        f"git+{HTTPS}?path=/etc/passwd",
        f"git+{HTTPS}?path=../x",
        f"git+{HTTPS}?mode=force",
        f"git+{HTTPS}?token=x",
        f"git+{HTTPS}#main",
        "s3://council",
        "s3://council/",
        "s3://Council/key",
    ],
)
def test_what_is_no_location_is_a_fault_that_shows_no_secret(url):
    environment = read_environment({"ALLOWLIST_URL": url})

    [fault] = environment.faults
    assert fault.file == "ALLOWLIST_URL"
    assert "expected" in fault.problem
    assert not any(each in fault.problem for each in ("secret", "ghp_", "passwd", "Council"))


def test_a_mounted_token_is_read_again_when_it_was_replaced(tmp_path):
    mounted = tmp_path / "token"
    mounted.write_text("first-token\n")
    environment = read_environment({"ALLOWLIST_GIT_TOKEN": f"file:{mounted}"})
    assert environment.git_token() == "first-token"

    mounted.write_text("second-token\n")

    assert environment.git_token() == "second-token"
    assert "second-token" not in repr(environment)


def test_a_signing_key_that_is_not_there_is_a_fault(tmp_path):
    [fault] = read_environment({"ALLOWLIST_SIGNING_KEY": str(tmp_path / "none")}).faults

    assert fault.problem == "expected the path of a file that is there"


def test_branch_and_path_are_no_secrets_and_the_token_is():
    url = f"git+{HTTPS}?branch=production&path=allowlist.yaml"
    veil = veil_of({"ALLOWLIST_URL": url, "ALLOWLIST_GIT_TOKEN": "ghp_0123456789"})

    assert veil("production allowlist.yaml ghp_0123456789") == "production allowlist.yaml (hidden)"
