"""Whatever people write as a value is taken, or is a fault with file, line and key."""

import re
from pathlib import Path

import pytest
import yaml

import config
from config.faults import ConfigError

SHIPPED = Path(__file__).parents[2] / "config"
VALUES = [".inf", "-.inf", ".nan", "1.0e+400", "-1", "1" + "0" * 30, "0", "0.5", "true", "no",
          "~", "''", "'8'", "12:30", "2026-02-30", "2026-11-28", "[]", "{}", "[1]", "{a: 1}",
          "!!binary aGk=", "0x1F", "0b2", "010", "1_0", "\"\\u202e\"", "&a [*a]",
          "'\u0661\u0662'", "2026-11-28T25:00:00",
          "!!timestamp x", "!!bool x", "!!int x", "!!float x", "!!set x", "!!omap x",
          "!!map x"]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for name in ("rules.yaml", "teams.yaml", "bot.yaml", "allowlist.yaml"):
        (tmp_path / name).write_text((SHIPPED / name).read_text())
    return tmp_path


def leaves(node):
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from leaves(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value[:1]:
            yield from leaves(value)
    else:
        yield node


def with_value(text, leaf, value):
    return text[: leaf.start_mark.index] + value + text[leaf.end_mark.index :]


def faults(load):
    try:
        load()
    except ConfigError as error:
        return error.faults
    return ()


@pytest.mark.parametrize("name", ["bot.yaml", "teams.yaml", "rules.yaml"])
def test_any_value_in_any_place_is_taken_or_is_a_fault_with_its_line(folder, name):
    """In lists the first, and a catalogue of its first rule: the others are of the same shape."""
    text = (folder / name).read_text()
    if name == "rules.yaml":
        text = text[: list(re.finditer(r"\n  [a-z0-9-]+:\n", text))[1].start()]
    load = {
        "bot.yaml": config.load_settings,
        "teams.yaml": lambda path: config.load_teams(path, {}, ()),
        "rules.yaml": config.load_catalogue,
    }[name]
    for number, leaf in enumerate(leaves(yaml.compose(text))):
        # A third of them for each leaf: neighbours are of one shape.
        for value in VALUES[number % 3 :: 3]:
            (folder / name).write_text(with_value(text, leaf, value))

            for fault in faults(lambda: load(folder / name)):
                assert fault.line, (value, fault)
                assert "Traceback" not in str(fault)


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1" + "0" * 30, "-1", "yes", "'8'"])
def test_a_number_that_nothing_can_count_with_is_a_fault(folder, value):
    text = (SHIPPED / "bot.yaml").read_text()
    numbers = [leaf for leaf in leaves(yaml.compose(text)) if leaf.tag.endswith((":int", ":float"))]
    assert len(numbers) > 3

    for leaf in numbers:
        (folder / "bot.yaml").write_text(with_value(text, leaf, value))
        [fault] = faults(lambda: config.load_settings(folder / "bot.yaml"))
        assert fault.line == leaf.start_mark.line + 1
        assert fault.key
        assert "expected" in fault.problem


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("verify_minutes: 30", "verify_minutes: .inf", "remediation.verify_minutes: expected"),
        ('time: "09:00"', "time: 12:30", 'digest.time: expected a quoted time of day like "09:00"'),
        ('time: "09:00"', "time: 9:00", "digest.time: expected a quoted time"),
        ('time: "09:00"', 'time: "09:00+02:00"', "digest.time: expected a quoted time"),
        ("role_name: ", "role_name: 17 #", "role_name: expected a text, in quotes, found 17"),
    ],
)
def test_what_to_write_is_said(folder, old, new, told):
    text = (folder / "bot.yaml").read_text()
    assert old in text
    (folder / "bot.yaml").write_text(text.replace(old, new, 1))

    assert any(told in str(each) for each in faults(lambda: config.load(folder)))


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"accounts: []\nrole_name: \xe9\n", 2, "is not UTF-8"),
        ("accounts: []\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"accounts: []\n\nrole_name: a\x00b\n", 3, "characters that can be seen, found #x0000"),
        (b"accounts: []\nrole_name: 2026-02-30\n", 2, "'2026-02-30' cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_as_text_is_told_with_its_line(folder, content, line, told):
    (folder / "bot.yaml").write_bytes(content)

    [fault] = faults(lambda: config.load(folder))

    assert (fault.line, told in fault.problem) == (line, True)


@pytest.mark.parametrize("name", ["bot.yaml", "rules.yaml", "teams.yaml"])
def test_a_folder_in_the_place_of_a_file_is_a_fault(folder, name):
    (folder / name).unlink()
    (folder / name).mkdir()

    assert any("expected a file" in each.problem for each in faults(lambda: config.load(folder)))
