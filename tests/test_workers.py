"""How tests are spread over workers, and what the hashed lists may not hold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/aws/test_queue.py::test_a[sqs]", "tests/aws/test_queue.py"),
        ("tests/terraform/test_trust.py::test_a", "tests/terraform"),
        ("tests/story/test_story.py::test_a[socket-a member]", "tests/story socket"),
        ("tests/story/test_both.py::test_a[socket-teams]", "tests/story socket"),
        ("tests/story/test_story.py::test_a[http]", "tests/story http"),
        ("tests/story/test_words.py::test_a", "tests/story/test_words.py"),
    ],
)
def test_what_shares_a_server_goes_to_one_worker(test, group):
    workers = pytest.importorskip("tests.workers", exc_type=ImportError)

    assert workers.GroupScheduling._split_scope(None, test) == group


@pytest.mark.parametrize(
    "path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.stem
)
def test_a_hashed_list_names_no_index(path):
    lines = path.read_text().splitlines()

    assert [line for line in lines if re.search(r"://|^\s*-(?!-hash=)", line)] == []
