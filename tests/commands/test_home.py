"""What waits for a person, the most pressing first, and what they asked for themselves."""

from datetime import timedelta

import pytest

from commands.home import open_work
from compliance import life
from compliance.finding import State
from compliance.press import Button
from tests.builders import PAIRED_RULE, change, member, move
from tests.commands.shared import view_of

HANNAH, HARRY = "slack:U0HANNAH", "slack:U0HARRY"


@pytest.fixture
def home(context, reports):
    def of(who):
        return open_work(view_of(context, reports, ["housing"]), member(who))

    return of


@pytest.fixture
def ids(context):
    """Housing's findings by their resources."""
    names = ("asked", "excepted", "later", "open")
    changes = [change(resource=name, rule=PAIRED_RULE) for name in names]
    context.ledger.record([*changes, change(minute=-9, resource="unrated", rule="home-made")])
    return {each.key.resource_id: each.id for each in context.ledger.each([State.OPEN])}


def titles(work):
    return {each.title: [line.resource for line, _ in each.lines] for each in work.work}


def test_what_others_asked_comes_first_and_then_what_is_graver(context, clock, home, ids):
    move(context.ledger, life.ask, ids["asked"], by=HANNAH, needed=1)
    soon = clock() + timedelta(days=3)
    move(context.ledger, life.except_until, ids["excepted"], by=HANNAH, until=soon, note="")
    far = clock() + timedelta(days=60)
    move(context.ledger, life.except_until, ids["later"], by=HARRY, until=far, note="")

    assert list(titles(home(HARRY)).items()) == [
        ("Agree: requests that wait for you", ["asked"]),
        ("Decide", ["open", "unrated"]),
        ("Exceptions that end within 14 days", ["excepted"]),
        ("Your exceptions", ["later"]),
    ]
    assert list(titles(home(HANNAH)).items()) == [
        ("Decide", ["open", "unrated"]),
        ("Exceptions that end within 14 days", ["excepted"]),
        ("Your requests", ["asked"]),
        ("Your exceptions", ["excepted"]),
    ]


def test_each_finding_comes_with_what_can_be_pressed_about_it(context, home, ids):
    move(context.ledger, life.ask, ids["asked"], by=HANNAH, needed=1)

    [agreeing, *_] = home(HARRY).work

    [(line, presses)] = agreeing.lines
    assert (line.severity, line.title) == ("high", "S3 bucket can be made public")
    assert Button.AGREE in {press.button for press in presses}


def test_what_is_too_much_for_one_page_is_counted_and_listed_elsewhere(context, home):
    context.ledger.record([change(resource=f"b-{each:02}") for each in range(30)])

    [decide] = home(HANNAH).work

    assert (decide.number, len(decide.lines)) == (30, 12)
    assert decide.more.text == "findings state:open sort:severity"


def test_who_decides_for_no_team_has_no_work(context, reports, ids):
    assert open_work(view_of(context, reports, []), member(HANNAH)).work == ()
