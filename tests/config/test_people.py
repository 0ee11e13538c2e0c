"""people.yaml: which ids are one person's."""

import pytest

from config.faults import ConfigError
from config.people import load_people


def test_a_folder_without_the_file_names_nobody(tmp_path):
    assert load_people(tmp_path / "people.yaml").known == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("people:\n  - {name: Jo, ids: [U012, 'teams:a']}\n  - {name: Al, ids: [U345, U012]}",
         r"people\[1\]\.ids\[1\]: slack:U012 is listed twice"),
        ("people:\n  - {name: Jo, ids: [U012]}", r"people\[0\]\.ids"),
        ("people:\n  - {name: Jo, ids: [jo, U012]}", r"expected a user's id"),
        ("persons: []", "persons"),
    ],
    ids=["an id of two people", "a person with one id", "a name for an id", "an unknown key"],
)  # fmt: skip
def test_a_fault_names_its_line_and_what_is_expected(tmp_path, text, fault):
    path = tmp_path / "people.yaml"
    path.write_text(text)

    with pytest.raises(ConfigError, match=fault):
        load_people(path)
