"""What is missing is named, each with how to mend it, and summed up."""

import pytest

from commands.checks import Check, Format, check_entries, print_all
from compliance.ineffective import EntryWarning
from compliance.mendable import MendableError
from config.faults import ConfigError, Fault

OK, MISSING = Check("Slack's token"), Check("queue", "does not exist", "Make it.")
WARNING = Check("channel C1", warning="is public")


def test_an_entry_without_its_effect_is_missing_something_on_its_line():
    [check] = check_entries([EntryWarning(7, "no rule 'x' in the catalogue")])

    assert str(check).startswith("missing  allowlist, line 7: no rule 'x' in the catalogue")
    assert check.remedy


@pytest.mark.parametrize(
    ("checks", "code", "sum_"),
    [
        ([OK], 0, "0 of 1 missing"),
        ([OK, MISSING, OK], 1, "1 of 3 missing"),
        ([OK, WARNING], 0, "0 of 2 missing, 1 warning"),
        ([WARNING, WARNING, MISSING], 1, "1 of 3 missing, 2 warnings"),
    ],
    ids=["nothing", "one", "a warning is nothing missing", "all"],
)
def test_the_sum_stands_at_the_end_and_is_the_exit_code(capsys, checks, code, sum_):
    assert print_all(checks) == code
    assert capsys.readouterr().out.splitlines()[-1] == sum_


def failing(error):
    yield OK
    raise error


def test_what_cannot_be_read_is_missing_and_ends_the_checks(capsys):
    error = ConfigError([Fault("teams.yaml", 3, "default", "no team 'x'")])

    assert print_all(failing(error)) == 1
    told = capsys.readouterr().out
    assert "missing  teams.yaml, line 3: default: no team 'x'" in told
    assert told.endswith("1 of 2 missing\n")


def test_any_error_that_can_be_mended_is_told_like_that(capsys):
    assert print_all(failing(MendableError("start the database"))) == 1
    assert "missing  set-up: start the database" in capsys.readouterr().out


def test_github_shows_a_problem_beside_its_line(capsys):
    entries = check_entries([EntryWarning(7, "100 % of it:\nnothing")], "a,b/allowlist.yaml")

    print_all([OK, *entries, WARNING], Format.GITHUB)

    ok, error, warning, _ = capsys.readouterr().out.splitlines()
    assert ok == "ok       Slack's token"
    assert error.startswith(
        "::error file=a%2Cb/allowlist.yaml,line=7::100 %25 of it:%0Anothing Mend"
    )
    assert warning == "::warning::channel C1: is public"
