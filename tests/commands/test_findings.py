"""The list of findings: who sees what of it, in which order, page by page and as a file."""

import csv
import io

import pytest

from commands.answers import Refused
from commands.findings import findings
from commands.grammar import read
from commands.reception import Reception
from compliance import life
from compliance.accounts import Account
from compliance.channel import Channel, Message
from tests.builders import ID, PAIRED_RULE, PAYMENTS, at, change, member, move
from tests.commands.shared import asked, share_message, view_of

NAMED = {
    PAYMENTS: Account(PAYMENTS, "aaa-payments"),
    "111122223333": Account("111122223333", "housing-production"),
}
DAY = 60 * 24


@pytest.fixture
def listed(context, reports):
    def ask(text, visible=("housing",)):
        view = view_of(context, reports, visible, NAMED)
        return findings(view, *asked(view, text))

    return ask


def resources(listing):
    return [line.resource for line in listing.lines]


def test_the_oldest_come_first_with_all_that_tells_them_apart(context, listed):
    context.ledger.record([change(minute=-90), change(minute=-DAY * 3, resource="older")])

    listing = listed("findings")

    assert [(line.resource, line.severity, line.age) for line in listing.lines] == [
        ("older", "high", "3 days"),
        ("repairs-photos", "high", "1 hour"),
    ]
    [line, _] = listing.lines
    assert (line.title, line.account_name, line.team) == (
        "S3 bucket can be made public",
        "housing-production",
        "housing",
    )


def test_a_reader_lists_the_findings_of_teams_they_see_only(context, listed):
    context.ledger.record([change()])

    assert listed("findings", ["payments"]).intro == "No open findings."
    assert isinstance(listed("findings team:housing", ["payments"]), Refused)


def test_a_long_list_is_turned_by_questions_that_a_button_asks(context, listed):
    context.ledger.record([change(minute=each - 60, resource=f"b-{each:02}") for each in range(25)])

    first = listed("findings rule:s3")
    second = listed(first.later.text)
    third = listed(second.later.text)

    assert first.title == "Findings, page 1 of 3"
    assert first.earlier is third.later is None
    assert resources(first) + resources(second) + resources(third) == [
        f"b-{each:02}" for each in range(25)
    ]
    assert resources(listed(third.earlier.text)) == resources(second)
    assert resources(listed("findings page:99")) == resources(third)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("age", ["first", "second", "third"]),
        ("severity", ["second", "third", "first"]),
        ("account", ["third", "first", "second"]),
    ],
)
def test_a_list_is_sorted_as_asked_for(context, listed, sort, expected):
    context.ledger.record(
        [
            change(minute=1, resource="first", rule="home-made"),
            change(minute=2, resource="second"),
            change(minute=3, resource="third", account=PAYMENTS),
        ]
    )

    assert resources(listed(f"findings sort:{sort}", ["housing", "payments"])) == expected


def test_a_sorted_list_has_each_finding_once_over_all_pages(context, listed):
    context.ledger.record(
        [
            change(resource=f"{rule}-{each}", rule=rule)
            for rule in (PAIRED_RULE, "home-made")
            for each in range(7)
        ]
    )

    page = listed("findings sort:severity")
    seen = resources(page) + resources(listed(page.later.text))

    assert len(seen) == len(set(seen)) == 14


def test_what_is_excepted_is_listed_where_it_is_asked_for(context, listed):
    context.ledger.record([change(), change(resource="open")])
    move(context.ledger, life.except_until, until=at(DAY), note="")

    assert resources(listed("findings")) == ["open"]
    assert resources(listed("findings state:excepted")) == ["repairs-photos"]
    assert listed("findings state:all").intro.startswith("2 findings: 1 open, 1 excepted")


def test_a_line_leads_to_the_message_that_shows_it(context, clock, listed):
    context.ledger.record([change()])
    share_message(context, clock)

    [line] = listed("findings").lines

    assert line.cards == (Message(Channel("slack", "C0HOUSING"), "1.1"),)
    assert "configRuleName" in line.console_url


def test_a_file_has_all_findings_and_nothing_that_a_spreadsheet_runs(context, listed):
    evil = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\uff1d1"]
    context.ledger.record([change(resource=each) for each in [*evil, *map(str, range(20))]])

    file = listed("findings csv")

    heading, *rows = csv.reader(io.StringIO(file.content))
    assert (heading[0], len(rows), file.filename) == ("Finding", 26, "findings-2026-11-02.csv")
    cells = {row[4] for row in rows}
    assert {f"'{each}" for each in evil} <= cells
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_a_word_alone_is_the_filter_that_it_is_a_word_of(context, reports):
    context.ledger.record([change(), change(resource="other", rule="home-made")])
    reception = Reception(context, reports, NAMED, member)
    channel = {Channel("slack", "C0HOUSING")}

    assert resources(reception.answer("findings High Housing", member(), channel)) == [
        "repairs-photos"
    ]
    wrong = reception.answer("findings housng", member(), channel).text
    assert "Did you mean team:housing?" in wrong
    assert read(f"show {ID}").finding_id == ID
