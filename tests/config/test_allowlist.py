"""The allowlist file, on a real disk."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.allowlist import (
    Entry,
    ExceptionClass,
    UneditableAllowlistError,
    add_entry,
    in_force,
)
from config.allowlist import AllowlistFile, AllowlistUnwritableError, parse_allowlist
from config.faults import ConfigError
from tests.builders import START, key

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
    AllowlistFile(path).add(ENTRY)

    before = SHIPPED.read_text().splitlines()
    after = path.read_text().splitlines()
    assert after[: len(before) - 1] == before[:-1]
    assert AllowlistFile(path).entries() == (ENTRY,)


def test_the_same_exception_twice_is_one_entry(path):
    file = AllowlistFile(path)
    file.add(ENTRY)
    file.add(ENTRY)

    assert len(file.entries()) == 1


def test_what_people_write_by_hand_is_picked_up(path):
    file = AllowlistFile(path)

    path.write_text(add_entry(path.read_text(), ENTRY))

    assert file.entries() == (ENTRY,)


def test_a_broken_file_keeps_the_last_good_one_in_force_and_says_so(path, caplog):
    file = AllowlistFile(path)
    file.add(ENTRY)

    path.write_text("exceptions: [oops")

    assert file.entries() == (ENTRY,)
    assert "not valid YAML" in str(file.fault)
    assert "last good version" in caplog.text


def test_a_broken_file_is_not_written_to(path):
    file = AllowlistFile(path)
    path.write_text("exceptions: [oops")

    with pytest.raises(AllowlistUnwritableError):
        file.add(ENTRY)

    assert path.read_text() == "exceptions: [oops"


def test_a_broken_file_at_start_stops_the_bot(path):
    path.write_text("exceptions: 3")

    with pytest.raises(ConfigError, match=r"allowlist.yaml:1: exceptions"):
        AllowlistFile(path)


def test_four_writers_at_once_lose_nothing(path):
    def write(writer):
        file = AllowlistFile(path)
        for number in range(3):
            file.add(replace(ENTRY, resource=f"bucket-{writer}-{number}"))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(AllowlistFile(path).entries()) == 12


def test_an_exception_is_in_force_to_the_end_of_its_last_day():
    entry = replace(ENTRY, account=key().account, expires=START.date())

    assert in_force([entry], key(), START) is entry
    assert in_force([entry], key(), START + timedelta(days=1)) is None


@pytest.mark.parametrize("part", ["rule", "account", "region", "resource"])
def test_an_exception_covers_nothing_else(part):
    entry = replace(ENTRY, **{"account": key().account, part: "other"})

    assert in_force([entry], key(), START) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("exceptions:\n- rule: x\n", "account: expected, but missing"),
        ("exceptions:\n- {account: 011122223333}\n", "account: expected a quoted account id"),
        ("exceptions:\n- {class: fine}\n", "class: expected"),
        ("exceptions:\n- {expires: '2027-01-01'}\n", "expires: expected a day"),
        ("exceptions:\n- {reasn: x}\n", "reasn: unknown key"),
    ],
)
def test_a_fault_of_a_hand_written_entry_has_its_line(text, told):
    with pytest.raises(ConfigError) as raised:
        parse_allowlist(text, "allowlist.yaml")

    assert any(
        str(fault).startswith("allowlist.yaml:2: exceptions[0]") and told in str(fault)
        for fault in raised.value.faults
    ), str(raised.value)


COMMENTS = st.lists(st.sampled_from(["", "# why", "  # indented"]), max_size=2)
HAND_MADE = st.builds(
    lambda comments, indent, quoted: [
        *comments,
        f"{indent}- rule: some-rule  # kept",
        f"{indent}  account: {quoted}111122223333{quoted}",
        f"{indent}  expires: 2027-01-01",
    ],
    COMMENTS,
    st.just("  "),
    st.sampled_from(["'", '"']),
)


@given(
    st.lists(HAND_MADE, max_size=3),
    COMMENTS,
    COMMENTS,
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.text(min_size=1, max_size=80),
)
def test_adding_keeps_every_line_that_people_wrote(entries, above, below, newline, ended, reason):
    head = ["exceptions:" if entries else "exceptions: []"]
    lines = [*above, *head, *(line for entry in entries for line in entry), *below]
    text = newline.join(lines) + (newline if ended else "")
    entry = replace(ENTRY, reason=reason)

    try:
        after = add_entry(text, entry)
    except UneditableAllowlistError:
        return

    kept = [line for line in lines if line and not line.startswith("exceptions:")]
    assert [line for line in after.split(newline) if line in kept] == kept
    assert yaml.safe_load(after)["exceptions"][-1]["reason"] == reason
    assert len(yaml.safe_load(after)["exceptions"]) == len(entries) + 1
