"""Every finding is brought where the allowlist wants it, and only what has changed is looked at."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commands.enforce import Enforcement
from compliance import life
from compliance.allowlist import ANY
from compliance.finding import State
from tests.builders import ID, PAYMENTS, RULE, change, entry, move, write


@pytest.fixture
def opened(context):
    context.ledger.record([change(), change(resource="other")])
    return context


@pytest.fixture
def enforcement(opened):
    """The one that a running bot has: its first round is over."""
    enforcement = Enforcement(opened)
    enforcement.round()
    return enforcement


def excepted(context):
    return [each.key.resource_id for each in context.ledger.each([State.EXCEPTED])]


def empty(context, tmp_path):
    (tmp_path / "allowlist.yaml").write_text("exceptions: []\n# none left\n")
    context.allowlist.refresh()
    context.allowlist.refresh()


@pytest.fixture
def statements(engine):
    """Every statement that the ledger was asked."""
    told = []
    sa.event.listen(engine, "before_cursor_execute", lambda *arguments: told.append(arguments[2]))
    return told


def test_an_entry_that_somebody_wrote_excepts_its_finding_and_no_other(opened, enforcement):
    write(opened.allowlist, entry())

    assert enforcement.round() == 1
    assert excepted(opened) == ["repairs-photos"]


def test_a_bot_that_starts_compares_everything(opened):
    write(opened.allowlist, entry())

    assert Enforcement(opened).round() == 1


@pytest.mark.parametrize(
    ("wide", "moved"),
    [
        ({"resource": ANY}, 2),
        ({"region": ANY}, 1),
        ({"account": ANY}, 1),
        ({"account": PAYMENTS, "resource": ANY}, 0),
    ],
    ids=["resources", "Regions", "accounts", "elsewhere"],
)
def test_an_entry_with_a_star_excepts_all_that_it_covers(opened, enforcement, wide, moved):
    write(opened.allowlist, entry(**wide))

    assert enforcement.round() == moved


def test_an_entry_under_a_name_that_aws_made_covers_the_rule(opened, enforcement):
    write(opened.allowlist, entry(rule=f"securityhub-{RULE}-0123abcd"))

    assert enforcement.round() == 1


def test_a_round_without_news_asks_the_ledger_nothing(opened, enforcement, statements):
    write(opened.allowlist, entry())
    for _ in range(2):
        enforcement.round()
    statements.clear()

    assert enforcement.round() == 0
    assert statements == []


def test_an_exception_that_has_expired_reopens_its_finding(opened, enforcement, clock):
    write(opened.allowlist, entry())
    enforcement.round()

    clock.move(days=60)

    assert enforcement.round() == 1
    assert opened.ledger.find(ID).state is State.REOPENED


def test_the_midnight_at_which_an_entry_ends_is_noticed_between_two_rounds(
    opened, enforcement, clock
):
    last = entry(expires=clock().date())
    write(opened.allowlist, last)
    clock.now = last.ends_at - timedelta(minutes=2)
    enforcement.round()

    moved = []
    for _ in range(4):
        clock.move(minutes=1)
        moved.append(enforcement.round())

    assert moved == [0, 1, 0, 0]


def test_an_entry_that_somebody_took_out_reopens_its_finding(
    opened, enforcement, tmp_path, reports
):
    write(opened.allowlist, entry())
    enforcement.round()

    empty(opened, tmp_path)

    assert enforcement.round() == 1
    assert opened.ledger.find(ID).state is State.REOPENED
    assert [row["actor"] for row in reports.history(ID)][-2:] == ["bot", "bot"]


def test_a_file_broken_by_hand_reopens_nothing(opened, enforcement, tmp_path):
    write(opened.allowlist, entry())
    enforcement.round()

    (tmp_path / "allowlist.yaml").write_text("exceptions: [oops")
    opened.allowlist.refresh()

    assert enforcement.round() == 0
    assert excepted(opened) == ["repairs-photos"]


def test_an_entry_written_while_a_remediation_runs_holds_once_that_has_failed(opened, enforcement):
    move(opened.ledger, life.ask, actor="slack:U1", needed=0)
    move(opened.ledger, life.start)
    write(opened.allowlist, entry())
    for _ in range(3):
        assert enforcement.round() == 0

    move(opened.ledger, life.fail, note="A step failed.")

    assert enforcement.round() == 1
    assert excepted(opened) == ["repairs-photos"]


def test_a_finding_that_was_being_recorded_under_the_version_before_is_found(opened, enforcement):
    write(opened.allowlist, entry(resource="late"))
    enforcement.round()

    opened.ledger.record([change(resource="late")])

    assert enforcement.round() == 1


def test_thousands_of_older_findings_do_not_hide_one_from_the_allowlist(context, clock):
    context.ledger.record([change(resource=f"older-{number}") for number in range(2500)])
    clock.move(minutes=1)
    context.ledger.record([change()])
    write(context.allowlist, entry(), entry(resource="older-2499"))

    assert Enforcement(context).round() == 2


def test_after_a_long_pause_everything_is_compared_again(opened, enforcement, clock, tmp_path):
    write(opened.allowlist, entry())
    for _ in range(3):
        enforcement.round()
    move(opened.ledger, life.end_exception, note="By another replica, in error.")

    assert enforcement.round() == 0
    clock.move(hours=1)

    assert enforcement.round() == 1
