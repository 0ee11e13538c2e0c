"""As at a past moment: what status and findings said then."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.answers import Refused
from commands.filters import Narrowed
from commands.grammar import read
from commands.past import findings_at, status_at
from commands.status import status
from compliance.finding import UNRESOLVED, State
from ledger.reports import Scope
from tests.builders import at, change, reroute
from tests.commands.shared import asked, view_of
from tests.commands.test_status import moves, walk

SCOPES = [
    Scope(),
    Scope(teams=frozenset({"payments"})),
    Scope(accounts=frozenset({"111122223333"})),
    Scope(rules=frozenset({"home-made"})),
]


def words(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


@pytest.fixture
def ask(context, reports):
    def of(text, visible=("housing", "payments")):
        view = view_of(context, reports, visible)
        question, narrowed = asked(view, text)
        answer = status_at if question.verb == "status" else findings_at
        return answer(view, question, narrowed)

    return of


def test_what_was_open_then_is_counted_and_listed_though_it_is_over(context, clock, ask):
    context.ledger.record([change(), change(resource="stays")])
    then = clock()
    clock.move(days=2)
    context.ledger.record([change("COMPLIANT", minute=60 * 24)])

    report = ask(f"status as-at:{words(then)}")
    listed = ask(f"findings as-at:{words(then)}")

    assert report.total == 2
    assert {line.resource for line in listed.lines} == {"repairs-photos", "stays"}
    assert {line.state for line in listed.lines} == {State.OPEN}
    assert ask(f"status as-at:{words(clock())}").total == 1
    assert report.heading == "Compliance status as at 2026-11-02 09:00 UTC"


def test_a_day_alone_is_its_end(context, clock, ask):
    context.ledger.record([change()])
    clock.move(days=1, hours=20)

    assert ask("status as-at:2026-11-02").heading.endswith("the end of 2026-11-02 (UTC)")
    assert ask("status as-at:2026-11-02").total == 1


def test_a_finding_is_its_teams_of_then(engine, context, clock, ask):
    context.ledger.record([change()])
    then = clock()
    clock.move(hours=1)
    reroute(engine, clock, lambda key, tags: "payments")

    assert ask(f"status as-at:{words(then)}", ["payments"]).total == 0
    assert ask(f"status as-at:{words(then)}", ["housing"]).total == 1
    assert ask(f"findings as-at:{words(then)}", ["payments"]).lines == ()
    [line] = ask(f"findings as-at:{words(then)}", ["housing"]).lines
    assert line.team == "housing"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("status as-at:soon", "Write a day or a moment in UTC"),
        ("status as-at:2026-13-01", "Write a day or a moment in UTC"),
        ("status as-at:2027-01-01", "is not over yet"),
        ("findings as-at:2020-01-01", "The audit log begins on 2026-11-02"),
        ("findings as-at:2026-11-02 age:>1d", "Leave age: out"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(context, ask, text, told):
    context.ledger.record([change()])

    answer = ask(text)

    assert isinstance(answer, Refused)
    assert told in answer.text


def test_a_past_list_turns_its_pages_and_comes_as_a_file(context, clock, ask):
    context.ledger.record([change(resource=f"b-{each:02}") for each in range(15)])
    then = words(clock())
    clock.move(days=1)
    context.ledger.record([change("COMPLIANT", minute=60, resource=f"b-{n:02}") for n in range(7)])

    first = ask(f"findings as-at:{then}")
    second = ask(first.later.text)

    resources = [line.resource for page in (first, second) for line in page.lines]
    assert sorted(resources) == [f"b-{each:02}" for each in range(15)]
    assert ask(f"findings as-at:{then} csv").content.count("\n") == 16


def test_a_past_list_is_sorted_as_one_of_today(context, clock, ask):
    context.ledger.record([change(resource="old"), change(rule="home-made", resource="grave")])
    then = words(clock())
    clock.move(days=1)
    context.ledger.record([change("COMPLIANT", minute=60, resource="old")])

    listed = ask(f"findings as-at:{then} sort:severity")

    assert [line.resource for line in listed.lines] == ["old", "grave"]
    assert "2 findings: 2 open, the most severe first." in listed.intro


def told(context, reports, scope, at=None):
    """What status says about *scope*: its sums and its tables."""
    view = view_of(context, reports)
    text = "status" if at is None else f"status as-at:{at.isoformat()}"
    answer = (status if at is None else status_at)(view, read(text), Narrowed(scope))
    return answer.sums, answer.tables


def stood(reports, ledger, at):
    """Every finding that was to be seen at a moment: its id, state, team and rule."""
    shown = reports.past.oldest(at, UNRESOLVED | {State.EXCEPTED}, Scope(), 99, 0)
    return {(each.id, each.state, each.team, each.key.rule) for each in shown}


def stands(ledger):
    shown = ledger.each(UNRESOLVED | {State.EXCEPTED})
    return {(each.id, each.state, each.team, each.key.rule) for each in shown}


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.tuples(moves(6), st.booleans()), min_size=1, max_size=6))
def test_as_at_says_what_status_said_then(context, reports, clock, engine, walks):
    ledger = context.ledger
    ledger.record([change(resource="first", minute=(clock() - at(0)).total_seconds() / 60)])
    remembered = []
    for steps, changes_hands in walks:
        walk(ledger, clock, steps)
        if changes_hands:
            clock.move(minutes=1)
            new = "payments" if len(remembered) % 2 else "housing"
            reroute(engine, clock, Everything(new))
        said = {scope: told(context, reports, scope) for scope in SCOPES}
        remembered.append((clock(), said, stands(ledger)))
        clock.move(minutes=1)

    for moment, said, found in remembered:
        assert {scope: told(context, reports, scope, moment) for scope in SCOPES} == said
        assert stood(reports, ledger, moment) == found


class Everything:
    """Routes that give every finding to one team."""

    def __init__(self, team):
        self.team = team

    def __call__(self, key, tags):
        return self.team
