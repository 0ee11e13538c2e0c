"""The allowlist file, on a real disk."""

import re
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from commands.checks import check_allowlist
from compliance.allowlist import Entry, ExceptionClass, UnwritableAllowlistError, add_entries
from config.allowlist import AllowlistFile, parse_allowlist
from config.faults import ConfigError
from tests.builders import RULE, key, rule

CATALOGUE = {RULE: rule()}
SHIPPED = Path(__file__).parents[2] / "config/allowlist.yaml"
ENTRY = Entry(
    rule=key().rule,
    account="011122223333",
    region="eu-west-2",
    resource="repairs-photos",
    exception_class=ExceptionClass.ACCEPTED_RISK,
    reason="The public website's pictures: nothing personal #1",
    asked_by="U0HANNAH",
    ticket="SEC-1",
    expires=date(2027, 3, 31),
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "allowlist.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    return path


def test_a_recorded_exception_is_in_the_file_and_the_comments_are_as_they_were(path):
    AllowlistFile(path, CATALOGUE).add(ENTRY)

    before = SHIPPED.read_text().splitlines()
    after = path.read_text().splitlines()
    assert after[: len(before) - 1] == before[:-1]
    assert AllowlistFile(path, CATALOGUE).entries() == (ENTRY,)


def test_the_same_exception_twice_is_one_entry(path):
    file = AllowlistFile(path, CATALOGUE)
    file.add(ENTRY)
    file.add(ENTRY)

    assert len(file.entries()) == 1


def test_what_people_write_by_hand_is_picked_up(path):
    file = AllowlistFile(path, CATALOGUE)

    path.write_text(add_entries(path.read_text(), ENTRY))

    assert file.entries() == (ENTRY,)


def test_a_broken_file_keeps_the_last_good_one_in_force_and_says_so(path, caplog):
    file = AllowlistFile(path, CATALOGUE)
    file.add(ENTRY)

    path.write_text("exceptions: [oops")

    assert file.entries() == (ENTRY,)
    assert "not valid YAML" in str(file.fault)
    assert "last good version" in caplog.text


def test_a_broken_file_is_not_written_to(path):
    file = AllowlistFile(path, CATALOGUE)
    path.write_text("exceptions: [oops")

    with pytest.raises(UnwritableAllowlistError):
        file.add(ENTRY)

    assert path.read_text() == "exceptions: [oops"


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(path):
    file = AllowlistFile(path, CATALOGUE)
    assert check_allowlist(file).problem == ""

    path.parent.rename(path.parent.with_name("elsewhere"))

    check = check_allowlist(file)
    assert str(path.parent) in check.problem
    assert "Let the bot write in the folder" in check.remedy


def test_a_broken_file_at_start_stops_the_bot(path):
    path.write_text("exceptions: 3")

    with pytest.raises(ConfigError, match=r"allowlist.yaml:1: exceptions"):
        AllowlistFile(path, CATALOGUE)


def test_four_writers_at_once_lose_nothing(path):
    def write(writer):
        file = AllowlistFile(path, CATALOGUE)
        for number in range(3):
            file.add(replace(ENTRY, resource=f"bucket-{writer}-{number}"))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(AllowlistFile(path, CATALOGUE).entries()) == 12


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("exceptions:\n- rule: x\n", "account: expected, but missing"),
        ("exceptions:\n- {account: 011122223333}\n", "account: expected a quoted account id"),
        ("exceptions:\n- {class: fine}\n", "class: expected"),
        ("exceptions:\n- {expires: '2027-01-01'}\n", "expires: expected a day"),
        ("exceptions:\n- {reasn: x}\n", "reasn: unknown key"),
        ("exceptions:\n- {region: eu-west2}\n", "region: expected a Region like eu-west-2"),
        (f"exceptions:\n- {{region: eu-{'a' * 40}-1}}\n", "region: expected a Region"),
        (
            f"exceptions:\n- {{asked_by: {'x' * 65}}}\n",
            "asked_by: expected who asked, in at most 64",
        ),
    ],
)
def test_a_fault_of_a_hand_written_entry_has_its_line(text, told):
    with pytest.raises(ConfigError) as raised:
        parse_allowlist(text, "allowlist.yaml", CATALOGUE)

    assert any(
        str(fault).startswith("allowlist.yaml:2: exceptions[0]") and told in str(fault)
        for fault in raised.value.faults
    ), str(raised.value)


@pytest.mark.parametrize(
    "name", [RULE, f"{RULE}-conformance-pack-abc", f"securityhub-{RULE}-0123abcd"]
)
def test_an_entry_may_name_a_rule_as_aws_does(path, name):
    file = AllowlistFile(path, CATALOGUE)

    file.add(replace(ENTRY, rule=name))

    assert [entry.rule for entry in file.entries()] == [name]


def test_an_entry_that_would_except_nothing_is_told_with_the_nearest_rule(path):
    file = AllowlistFile(path, CATALOGUE)
    file.add(ENTRY)

    path.write_text(path.read_text().replace("prohibited", "prohibitd"))

    assert file.entries() == (ENTRY,)
    assert re.search(
        rf"allowlist.yaml:\d+: exceptions\[0\].rule: no rule '.*prohibitd' in the catalogue; "
        rf"did you mean '{RULE}'\?$",
        str(file.fault),
    )


def test_an_exception_that_could_not_be_read_again_is_not_written(path):
    file = AllowlistFile(path, CATALOGUE)

    with pytest.raises(UnwritableAllowlistError, match="no rule 'left-rule' in the catalogue"):
        file.add(replace(ENTRY, rule="left-rule"))

    assert path.read_bytes() == SHIPPED.read_bytes()
