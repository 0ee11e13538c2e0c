"""Every finding is brought where the allowlist wants it."""

import pytest

from commands.enforce import enforce_allowlist
from compliance.allowlist import ANY
from compliance.finding import State
from tests.builders import ID, change, entry


@pytest.fixture
def opened(desk):
    desk.ledger.record([change(), change(resource="other")])
    return desk


def excepted(desk):
    return [each.key.resource_id for each in desk.ledger.each([State.EXCEPTED])]


def test_an_entry_that_somebody_wrote_excepts_its_finding_and_no_other(opened):
    opened.allowlist.add(entry())

    assert enforce_allowlist(opened) == 1
    assert excepted(opened) == ["repairs-photos"]


def test_an_entry_for_all_resources_excepts_all_of_its_rule(opened):
    opened.allowlist.add(entry(resource=ANY))

    assert enforce_allowlist(opened) == 2


def test_looking_again_moves_nothing(opened):
    opened.allowlist.add(entry())
    enforce_allowlist(opened)

    assert enforce_allowlist(opened) == 0


def test_an_exception_that_has_expired_reopens_its_finding(opened, clock):
    opened.allowlist.add(entry())
    enforce_allowlist(opened)

    clock.move(days=60)

    assert enforce_allowlist(opened) == 1
    assert opened.ledger.find(ID).state is State.REOPENED


def test_an_entry_that_somebody_took_out_reopens_its_finding(opened, tmp_path, reports):
    opened.allowlist.add(entry())
    enforce_allowlist(opened)

    (tmp_path / "allowlist.yaml").write_text("exceptions: []\n# none left\n")
    enforce_allowlist(opened)

    assert opened.ledger.find(ID).state is State.REOPENED
    assert [row["actor"] for row in reports.history(ID)][-2:] == ["bot", "bot"]


def test_a_file_broken_by_hand_reopens_nothing(opened, tmp_path):
    opened.allowlist.add(entry())
    enforce_allowlist(opened)

    (tmp_path / "allowlist.yaml").write_text("exceptions: [oops")

    assert enforce_allowlist(opened) == 0
    assert excepted(opened) == ["repairs-photos"]


def test_thousands_of_older_findings_do_not_hide_one_from_the_allowlist(desk, clock):
    desk.ledger.record([change(resource=f"older-{number}") for number in range(2500)])
    clock.move(minutes=1)
    desk.ledger.record([change()])
    desk.allowlist.add(entry())
    desk.allowlist.add(entry(resource="older-2499"))

    assert enforce_allowlist(desk) == 2
