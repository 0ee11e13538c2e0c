"""What is no YAML is said in words that its writer can act on, with the line."""

import pytest

from compliance.shelf import UnfitTextError
from config.allowlist import parse_allowlist
from config.encoding import decoded
from config.faults import ConfigError

ENTRY = """\
exceptions:
  - rule: s3-rule
    account: "111122223333"
    region: eu-west-2
    resource: star-bucket
    class: accepted risk
    reason: Published pictures of the website.
    asked_by: slack:U1
    expires: 2026-12-20
"""


def said(text):
    with pytest.raises(ConfigError) as caught:
        parse_allowlist(text, "a.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("was", "now", "line", "what"),
    [
        ("    region", "\tregion", 4, "put spaces in its place"),
        ("eu-west-2", "*", 4, 'stands in quotes: "*"'),
        ("Published", "Note: published", 7, "a value that has a colon in quotes"),
        ("Published", '"Published', 7, "a quote begins here and is never closed"),
        ("    region", "   region", 4, "indented otherwise than the entries above it"),
        ("Published", "@published", 7, "put the value in quotes"),
        ("Published", "Pub\x07lished", 7, "cannot be seen, U+0007"),
        ("Published", "{Published", 8, "a { is never closed"),
    ],
    ids=ascii,
)
def test_a_slip_is_named_with_its_line_and_what_to_do(was, now, line, what):
    [fault] = said(ENTRY.replace(was, now))

    assert fault.startswith(f"a.yaml:{line}: is not valid YAML: ")
    assert what in fault


def test_each_mark_of_a_merge_that_failed_is_named():
    end = "    expires: 2026-12-20\n"
    ours = f"<<<<<<< HEAD\n{end}||||||| base\n{end}=======\n{end}>>>>>>> bot\n"

    faults = said(ENTRY.replace(end, ours))

    assert [fault.split(": ")[0] for fault in faults] == [
        f"a.yaml:{line}" for line in (9, 11, 13, 15)
    ]
    assert all("Keep what is right of both sides" in fault for fault in faults)


def test_what_is_wrong_everywhere_is_named_at_its_beginning():
    faults = said("exceptions:\n" + "  - {rule: a}\n" * 100_000)

    assert len(faults) == 501
    assert "has more faults than these" in faults[0]


def test_lists_without_end_are_not_read_to_the_end():
    [fault] = said("exceptions: " + "[" * 1_000_000)

    assert "deeper than anything in an allowlist" in fault


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_named(encoding):
    with pytest.raises(UnfitTextError, match="save it as UTF-8"):
        decoded(ENTRY.encode(encoding), "a.yaml")


def test_a_letter_of_another_encoding_has_its_line():
    data = ENTRY.replace("pictures", "Stra\u00dfenbilder").encode("latin-1")

    with pytest.raises(UnfitTextError) as caught:
        decoded(data, "a.yaml")

    assert (caught.value.file, caught.value.line) == ("a.yaml", 7)
