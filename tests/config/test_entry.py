"""What may stand in an entry, the schema that editors have of it, and how it is written."""

from datetime import UTC, date, datetime

import pytest

from config.allowlist import parse_allowlist
from config.edits import add_entries
from config.faults import ConfigError
from tests.builders import entry

FULL = entry(
    id="E-7K3QM9X2",
    more_rules=("sns-encrypted-kms",),
    account_name="housing-production",
    name="Repairs photos",
    tags=(("Team", "housing"), ("Stage", "test")),
    control="The bucket's policy names one role.",
    asked_by="Hannah Hughes <slack:U0HANNAH>",
    agreed_by=("Harry Hill <slack:U0HARRY>", "slack:U0PRIYA"),
    created=datetime(2026, 11, 2, 9, 12, 41, tzinfo=UTC),
    first_asked=date(2025, 11, 2),
    renewals=2,
    first_expires=date(2026, 2, 1),
    finding="F-3K7Q2",
)
OLD = """exceptions:
  - rule: sns-encrypted-kms
    account: "111122223333"
    region: eu-west-2
    resource: repairs
    class: not ours
    reason: Theirs.
    asked_by: U0SAM
    expires: 2027-03-31
"""


def read(text):
    return parse_allowlist(text, "allowlist.yaml").entries


def faults(text):
    with pytest.raises(ConfigError) as raised:
        read(text)
    return [str(fault) for fault in raised.value.faults]


def test_what_an_entry_says_is_written_and_read_again():
    text, _ = add_entries("", parse_allowlist("", ""), [FULL])

    assert read(text) == (FULL,)
    assert "agreed_by: ['Harry Hill <slack:U0HARRY>', 'slack:U0PRIYA']" in text


def test_an_entry_of_the_first_version_is_still_one():
    [old] = read(OLD)

    assert (old.id, old.created, old.renewals) == ("", None, 0)
    assert old.known_as.startswith("E-")


def test_an_entry_for_tags_needs_no_resource():
    [tagged] = read(OLD.replace("resource: repairs", "tags: {Stage: test}"))

    assert (tagged.resource, tagged.tags) == ("*", (("Stage", "test"),))


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("id: 12", "id: expected a text, in quotes, found 12"),
        ("id: X-1", "id: String should match pattern"),
        ("agreed_by: U0HARRY", "agreed_by: expected"),
        ("agreed_by: [{a: b}]", "agreed_by[0]: expected a text, in quotes, found a list or a"),
        ("tags: {Stage: 1}", "tags.Stage: expected a text, in quotes, found 1"),
        ("tags: [Stage]", "tags: expected"),
        ("created: soon", "created: expected a day like 2026-03-31"),
        ("renewals: -1", "renewals: expected"),
        ("first_asked: 2026-01-01 10:00:00", "first_asked: expected a day"),
        ("compensating_controls: none", "compensating_controls: unknown key"),
    ],
)
def test_a_fault_names_its_key_and_line(added, told):
    [fault] = faults(f"{OLD}    {added}\n")

    assert fault.startswith("allowlist.yaml:10: exceptions[0].")
    assert told in fault


@pytest.mark.parametrize("rule", ["[]", "[a, 1]", "{a: b}", '["", b]'])
def test_what_is_no_list_of_rules_is_a_fault_on_its_line(rule):
    [fault] = faults(OLD.replace("rule: sns-encrypted-kms", f"rule: {rule}"))

    assert fault.startswith("allowlist.yaml:2: exceptions[0].rule: expected a")


def test_an_id_is_given_once():
    item = OLD.removeprefix("exceptions:\n") + "    id: E-7K3QM9X2\n"

    assert faults(f"exceptions:\n{item}{item}") == [
        "allowlist.yaml:19: exceptions[1].id: E-7K3QM9X2 is the id of the entry on line 10 "
        "already; leave it out, or take one of the two entries out"
    ]
