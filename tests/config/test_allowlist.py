"""Reading the allowlist's text: every entry checked, every fault with its line, in one pass."""

import time
from datetime import date
from pathlib import Path

import pytest
import yaml

from compliance.allowlist import ExceptionClass
from config.allowlist import parse_allowlist
from config.faults import ConfigError
from tests.builders import entry

SHIPPED = Path(__file__).parents[2] / "config/allowlist.yaml"
FIELDS = {
    "rule": "s3-bucket-level-public-access-prohibited",
    "account": '"111122223333"',
    "region": "eu-west-2",
    "resource": "repairs-photos",
    "class": "accepted risk",
    "reason": "The public website's pictures; nothing personal.",
    "asked_by": "U0HANNAH",
    "ticket": "SEC-1",
    "expires": "2026-12-01",
}
WRITTEN = entry(asked_by="U0HANNAH")


def text(**changed):
    """One entry as people write it; a field that is None is left out."""
    fields = {**FIELDS, **changed}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "exceptions:\n  - " + "\n    ".join(lines) + "\n"


def entries(written):
    return parse_allowlist(written, "allowlist.yaml").entries


def faults(written):
    with pytest.raises(ConfigError) as raised:
        parse_allowlist(written, "allowlist.yaml")
    return list(map(str, raised.value.faults))


def test_the_shipped_file_has_no_exceptions():
    assert entries(SHIPPED.read_text()) == ()


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "\n",
        "# none now\n",
        "---\n",
        "exceptions:\n",
        "exceptions: []\n",
        "exceptions:\n  []\n",
        "exceptions: null\n",
        "exceptions: ~",
        "~\n",
        "# a\r\nexceptions:\r\n  # b\r\n",
    ],
    ids=repr,
)
def test_a_text_with_nothing_in_it_has_no_exceptions(nothing):
    assert entries(nothing) == ()


def test_an_entry_is_read_as_it_is_written():
    assert entries(text()) == (WRITTEN,)


@pytest.mark.parametrize("each", ExceptionClass)
def test_every_class_of_exception_can_be_read(each):
    assert entries(text(**{"class": each.value}))[0].exception_class is each


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("rule", "'s3-bucket-level-public-access-prohibited'", WRITTEN.rule),
        ("account", "'*'", "*"),
        ("region", '"*"', "*"),
        ("resource", "!!str 12", "12"),
        ("resource", "&same repairs-photos", "repairs-photos"),
        ("reason", ">-\n      Folded\n      text.", "Folded text."),
        ("reason", "|\n      One\n      two.", "One\ntwo.\n"),
        ("reason", "yesterday's note", "yesterday's note"),
        ("ticket", None, ""),
        ("asked_by", "WEBTEAM", "WEBTEAM"),
        ("expires", "9999-12-31", date.max),
    ],
    ids=ascii,
)
def test_a_value_is_read_however_it_is_written(name, value, read):
    [found] = entries(text(**{name: value}))

    assert getattr(found, name) == read


def test_what_several_entries_share_is_written_once():
    shared = text().replace("- rule", "- &place\n    rule")
    merged = "  - <<: *place\n    resource: second\n  - {<<: [*place], resource: third}\n"

    found = entries(f"{shared}{merged}  - *place\n")

    assert [each.resource for each in found] == [
        "repairs-photos", "second", "third", "repairs-photos"
    ]  # fmt: skip


@pytest.mark.parametrize("field", ["reason", "ticket", "asked_by"])
def test_what_people_wrote_is_read_without_what_nobody_sees(field):
    [found] = entries(text(**{field: '"ab\\u200B\\u202Ec d\\u0007e"'}))

    assert getattr(found, field) == "abc d e"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"account": None}, "exceptions[0].account: expected, but missing"),
        ({"account": "011122223333"}, "account: expected a quoted account id"),
        ({"account": "111122223333"}, "account: expected a quoted account id"),
        ({"account": '"١١١١٢٢٢٢٣٣٣٣"'}, "account: expected an account id of 12 digits"),
        ({"class": "fine"}, "class: expected"),
        ({"class": "[fine]"}, "class: expected"),
        ({"expires": "'2027-01-01'"}, "expires: expected a day"),
        ({"expires": "2027-01-01 10:00:00"}, "expires: expected a day"),
        ({"expires": "2027-02-31"}, "expires: expected a day like 2027-03-31, without quotes"),
        ({"expires": "0000-00-00"}, "without quotes, found '0000-00-00'"),
        ({"reasn": "x"}, "reasn: unknown key"),
        ({"region": "eu-west2"}, "region: expected a Region like eu-west-2"),
        ({"region": f"eu-{'a' * 40}-1"}, "region: expected a Region"),
        ({"asked_by": "x" * 257}, "asked_by: expected who asked, in at most 256"),
        ({"reason": "yes"}, "reason: expected"),
        ({"reason": '"\\u200B"'}, "reason: expected a text"),
        ({"reason": "{a: [b, c]}"}, "a list or a mapping"),
        ({"rule": "*nowhere"}, "an alias of what is not there"),
        ({"ticket": "!odd x"}, "is not valid YAML: could not determine a constructor"),
    ],
    ids=str,
)
def test_a_fault_of_an_entry_has_its_line(changed, fault):
    [name] = changed
    written = text(**changed)
    keys = [each.strip("- ").split(":")[0] for each in written.splitlines()]
    line = keys.index(name) + 1 if name in keys else 2

    [told] = [each for each in faults(written) if fault in each]

    assert told.startswith(f"allowlist.yaml:{line}: ")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("exceptions: 3", "1: exceptions: expected a list"),
        ("exceptions: {a: 1}", "1: exceptions: expected a list"),
        ("exceptions: &a [*a]", "1: is not valid YAML: an alias of what is not there"),
        ("exceptions:\n  - 3\n", "2: exceptions[0]: expected keys and values"),
        ("exceptions:\n  - [a, [b]]\n", "2: exceptions[0]: expected keys and values"),
        ("exceptions: []\nexceptions: []\n", "2: exceptions: is defined twice"),
        ("exceptions: []\nversion: 1\n", "2: version: unknown key"),
        ("exceptions: []\n---\nexceptions: []\n", "2: expected one document"),
        ("exceptions: [oops", "is not valid YAML"),
        ("exceptions:\n\t- a\n", "is not valid YAML"),
        ("<<<<<<< HEAD\nexceptions: []\n=======\n", "is not valid YAML"),
        ("exceptions:\n  - {rule: a, rule: b}\n", "2: rule: is defined twice"),
        ("exceptions:\n  - {<<: 3}\n", "2: <<: expected an alias of an entry"),
        ("- a\n", "1: expected 'exceptions:'"),
        ("\x00", "is not valid YAML"),
    ],
    ids=ascii,
)
def test_a_text_that_is_no_allowlist_is_told_with_the_line(written, fault):
    assert any(fault in each for each in faults(written)), faults(written)


@pytest.mark.parametrize(
    "secret",
    [
        "root:$6$secret:19000:0:99999:7:::\nbot:$6$secret:19000:0:99999:7:::\n",
        "password: secret\n",
        "secret: password\n",
        "- secret\n",
        "{secret: [secret]}",
        "xoxb-secret",
        "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n",
        "a: b: secret\n",
    ],
)
def test_the_path_of_another_file_does_not_show_what_it_holds(secret):
    assert not any("secret" in each for each in faults(secret))


def test_all_faults_are_told_at_once():
    two = text(region="nowhere") + text(account=None).removeprefix("exceptions:\n")

    assert len(faults(two)) == 2


def test_many_levels_and_many_aliases_cost_nothing():
    deep = "exceptions: " + "[" * 900 + "]" * 900
    many = "a: &a [1, 1, 1]\n" + "".join(
        f"{after}: &{after} [*{before}, *{before}, *{before}]\n"
        for before, after in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True)
    )

    assert faults(deep)
    assert faults(many)


def many(number):
    item = text().removeprefix("exceptions:\n")
    items = (item.replace("repairs-photos", f"bucket-{each}") for each in range(number))
    return "exceptions:\n" + "".join(items)


def test_20_000_entries_are_taken():
    assert len(entries(many(20_000))) == 20_000


def test_reading_costs_no_more_than_the_bare_parser():
    large = many(3000)

    def seconds(read):
        began = time.process_time()
        read()
        return time.process_time() - began

    assert seconds(lambda: entries(large)) < 1.3 * seconds(
        lambda: yaml.load(large, yaml.CSafeLoader)
    )
