"""Where two people are needed, nothing that one of them presses in any order is enough."""

import itertools
import shutil
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.carry_out import carry_out_exceptions
from commands.context import Context
from commands.enforce import Enforcement
from commands.forms import Form, Submission
from commands.reception import Reception
from compliance import life
from compliance.card import Button, Press
from compliance.finding import State
from compliance.request import Verb
from config.file_shelf import FileShelf
from config.keeper import Keeper
from ledger.database import connect
from ledger.reports import Reports
from ledger.store import Ledger
from tests.builders import PAIRED_RULE, Clock, change, member, move, rule, teams
from tests.commands.shared import share_message

ENTERED = {
    "exception_class": "accepted risk",
    "reason": "The public website's pictures.",
    "expires": "2026-12-01",
}
#: What may happen next: something is pressed, typed or sent, or the clock comes round.
PRESSES = st.tuples(st.just("press"), st.sampled_from(Button), st.none() | st.sampled_from(Verb))
TYPED = st.tuples(st.just("type"), st.sampled_from(["remediate", "ignore", "show"]), st.none())
SENT = st.tuples(st.just("send"), st.integers(0, 3), st.none())
ROUNDS = st.tuples(st.just("round"), st.none(), st.none())
WALKS = st.lists(PRESSES | TYPED | SENT | ROUNDS, min_size=1, max_size=20)


@dataclass
class Walk:
    """One person, who keeps every form that ever opened and may send any of them again."""

    context: Context
    reception: Reception
    finding: str
    clock: Clock
    forms: list[Form]

    def step(self, kind, what, verb):
        self.clock.move(seconds=1)
        if kind == "press":
            return self._ask(Press(what, self.finding, verb))
        if kind == "type":
            return self._ask(f"{what} {self.finding}")
        if kind == "send":
            sent = self.forms[what % len(self.forms) :][:1] if self.forms else []
            return [self._ask(Submission(form.origin, ENTERED)) for form in sent]
        carry_out_exceptions(self.context, member)
        return Enforcement(self.context).round()

    def _ask(self, asked):
        answer = self.reception.answer(asked, member("slack:U0HANNAH"), ())
        if isinstance(answer, Form):
            self.forms.append(answer)
        return answer


@pytest.fixture
def walk(tmp_path, empty_ledger):
    """Begin a walk on a ledger of its own, with one finding in *state*."""
    numbers = itertools.count()

    def begin(state):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        engine = connect(f"sqlite:///{shutil.copy(empty_ledger, folder / 'ledger.db')}")
        clock, catalogue = Clock(), {PAIRED_RULE: rule(PAIRED_RULE, approvers=1)}
        (folder / "allowlist.yaml").write_text("exceptions: []\n")
        allowlist = Keeper(FileShelf(folder / "allowlist.yaml"), catalogue)
        ledger = Ledger(engine, clock, lambda key, tags: "housing")
        context = Context(ledger, catalogue, teams(), allowlist, clock)
        ledger.record([change(rule=PAIRED_RULE)])
        [finding] = share_message(context, clock)
        if state is State.EXCEPTED:
            move(ledger, life.except_until, finding, until=clock(), note="")
        if state is State.RESOLVED:
            ledger.record([change("COMPLIANT", minute=1, rule=PAIRED_RULE)])
        reception = Reception(context, Reports(engine), {}, member)
        return Walk(context, reception, finding, clock, [])

    return begin


@pytest.mark.parametrize("begun", [State.OPEN, State.RESOLVED], ids=str)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=WALKS)
def test_one_person_alone_decides_nothing_whatever_they_press(walk, begun, steps):
    one = walk(begun)

    for step in steps:
        one.step(*step)

    after = one.context.ledger.find(one.finding)
    one.context.ledger.engine.dispose()
    allowed = {State.RESOLVED} if begun is State.RESOLVED else {State.OPEN, State.APPROVAL_PENDING}
    assert after.state in allowed
    assert one.context.allowlist.current.entries == ()
    assert all(not request.agreed for request in after.requests)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=WALKS, verb=st.sampled_from([Verb.EXTEND, Verb.UNDO]))
def test_one_person_agrees_to_nothing_that_they_asked_for(walk, steps, verb):
    one = walk(State.EXCEPTED if verb is Verb.EXTEND else State.RESOLVED)
    asked = {"actor": "slack:U0HANNAH", "needed": 1, "verb": verb.value}
    before = move(one.context.ledger, life.ask, one.finding, **asked)

    for kind, what, pressed in steps:
        if kind != "round":
            # The exception of this finding is in no file, so a look at the file would end it.
            one.step(kind, what, pressed)

    after = one.context.ledger.find(one.finding)
    one.context.ledger.engine.dispose()
    assert (after.state, after.until) == (before.state, before.until)
    assert all(not request.agreed for request in after.requests)


def test_the_walk_can_decide_where_nobody_else_is_needed(walk):
    """Or the tests above would hold because nothing ever happens in them."""
    one = walk(State.OPEN)
    alone = {PAIRED_RULE: rule(PAIRED_RULE)}
    one.context = replace(one.context, catalogue=alone)
    one.reception = Reception(one.context, Reports(one.context.ledger.engine), {}, member)

    assert isinstance(one.step("press", Button.IGNORE, None), Form)
    one.step("send", 0, None)

    assert one.context.ledger.find(one.finding).state is State.EXCEPTED
    one.context.ledger.engine.dispose()
