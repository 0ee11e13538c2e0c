"""The ledger on a real database."""

import json
import threading
from dataclasses import replace
from functools import partial

import pytest

from compliance import life
from compliance.change import ResourceFacts
from compliance.finding import IllegalMoveError, State
from ledger.errors import UnknownFindingError
from ledger.observing import AWS_CONFIG, EveryRule
from ledger.reports import Reports, Scope
from ledger.store import BOT, Ledger
from tests.builders import ID, RULE, at, change, key, move, request, reroute


def states(ledger):
    return [each.state for each in ledger.each(State)]


def test_a_batch_with_duplicates_makes_one_finding(ledger):
    ledger.record([change(), change()])
    ledger.record([change()])

    assert states(ledger) == [State.OPEN]


@pytest.mark.parametrize("compliance", ["COMPLIANT", "NON_COMPLIANT"])
def test_the_same_result_again_moves_its_time_alone(ledger, compliance):
    ledger.record([change(), change(compliance, minute=1)])
    before = ledger.find(ID)

    ledger.record([change(compliance, minute=4)])

    after = ledger.find(ID)
    assert after.recorded_at == at(4)
    assert after == replace(before, recorded_at=at(4), copies=after.copies)


def test_another_reason_for_the_same_result_is_news(ledger):
    ledger.record([change()])

    ledger.record([change(minute=1, annotation="The policy is public as well.")])

    assert ledger.find(ID).version == 2


@pytest.mark.postgresql
def test_what_aws_says_while_somebody_presses_is_kept(on_postgresql, clock):
    ledger = Ledger(on_postgresql, clock, lambda key, tags: "housing")
    ledger.record([change()])
    said = threading.Thread(target=lambda: ledger.record([change(minute=4)]))

    def ask(finding):
        if said.ident is None:
            said.start()
            said.join(0.2)
        return life.ask(finding, request("U1"), at(4))

    ledger.move(ID, ask, actor="U1", action="remediate")
    said.join()

    found = ledger.find(ID)
    assert (found.state, found.recorded_at) == (State.APPROVED, at(4))


def test_a_compliant_change_that_came_first_keeps_a_late_violation_from_opening(ledger):
    ledger.record([change("COMPLIANT", minute=5)])
    ledger.record([change("NON_COMPLIANT", minute=1)])

    assert states(ledger) == [State.COMPLIANT]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
def test_a_result_of_another_century_is_over_with_the_next_possible_one(ledger, together):
    batch = [change(minute=60 * 24 * 365 * 73), change("COMPLIANT", minute=-60)]

    for changes in [batch] if together else [[each] for each in batch]:
        ledger.record(changes)

    assert ledger.find(ID).state is State.RESOLVED


def test_a_move_leaves_an_audit_row_in_the_same_transaction(ledger, engine):
    ledger.record([change()])

    ledger.move(
        ID, partial(life.ask, request=request("U1"), now=at(1)), actor="U1", action="remediate"
    )

    rows = Reports(engine).history(ID)
    assert [(row["actor"], row["to_state"]) for row in rows] == [
        (AWS_CONFIG, "open"),
        ("U1", "approved"),
    ]


def test_a_move_that_is_not_allowed_changes_nothing_and_tells_nothing(ledger, engine):
    ledger.record([change()])

    with pytest.raises(IllegalMoveError):
        ledger.move(ID, partial(life.start, now=at(1)), actor="U1", action="start")

    assert ledger.find(ID).version == 1
    assert len(Reports(engine).history(ID)) == 1


def test_of_eight_presses_at_once_one_remediates(ledger):
    ledger.record([change()])
    won, lost = [], []
    together = threading.Barrier(8)

    def press(user):
        together.wait()
        try:
            move = partial(life.ask, request=request(user), now=at(1))
            won.append(ledger.move(ID, move, actor=user, action="remediate").actor)
        except IllegalMoveError as error:
            lost.append(error.finding.actor)

    threads = [threading.Thread(target=press, args=(f"U{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert lost == won * 7


def test_an_unknown_finding_is_named(ledger):
    with pytest.raises(UnknownFindingError, match="F-00000"):
        ledger.find("F-00000")


def test_names_and_tags_learnt_before_the_change_are_on_the_finding(ledger):
    ledger.record([], [facts(name="Repairs photos", tags={"Team": "payments"})])
    ledger.record([change()])

    found = ledger.find(ID)
    assert (found.resource_name, found.team) == ("Repairs photos", "payments")


def test_names_and_tags_learnt_after_the_change_reach_the_finding_too(ledger):
    ledger.record([change()])
    ledger.record([], [facts(name="Repairs photos", tags={"Team": "payments"})])

    found = ledger.find(ID)
    assert (found.resource_name, found.team, found.version) == ("Repairs photos", "payments", 2)


def test_an_older_configuration_item_teaches_nothing(ledger):
    ledger.record([change()], [facts(name="new", minute=5)])
    ledger.record([], [facts(name="old", minute=1)])

    assert ledger.find(ID).resource_name == "new"


def test_a_configuration_item_of_another_century_teaches_until_the_next_one(ledger, clock):
    ledger.record([change()], [facts(name="odd", minute=60 * 24 * 365 * 73)])
    clock.move(minutes=5)
    ledger.record([], [facts(name="new", minute=1)])

    assert ledger.find(ID).resource_name == "new"


def test_a_deleted_resource_stays_with_the_team_that_had_it(ledger):
    ledger.record([change()], [facts(name="Repairs photos", tags={"Team": "payments"})])
    ledger.record([], [replace(facts(minute=5), deleted=True)])

    ledger.record([change(rule="s3-other")])

    owners = {each.key.rule: each.team for each in ledger.each(State)}
    assert set(owners.values()) == {"payments"}


def test_two_keys_with_the_same_short_id_get_two_ids(ledger, monkeypatch):
    monkeypatch.setattr(
        "ledger.observing.short_ids", lambda key: ("F-AAAAA", f"F-{key.resource_id}")
    )

    ledger.record([change(resource="ONE11"), change(resource="TWO22")])

    assert sorted(each.id for each in ledger.each(State)) == ["F-AAAAA", "F-TWO22"]


def test_the_allowlist_is_enforced_when_a_change_arrives(engine, clock):
    def enforce(finding):
        return replace(finding, state=State.EXCEPTED)

    ledger = Ledger(engine, clock, lambda key, tags: "housing", enforce)

    ledger.record([change()])

    assert states(ledger) == [State.EXCEPTED]


def facts(name="", tags=None, minute=0):
    place = key()
    return ResourceFacts(
        place.account,
        place.region,
        place.resource_type,
        place.resource_id,
        at(minute),
        name=name,
        tags=tags or {},
    )


#: What an audit row about ``change()`` is about.
SUBJECT = {
    "account": "111122223333",
    "region": "eu-west-2",
    "rule": RULE,
    "type": "AWS::S3::Bucket",
    "id": "repairs-photos",
}


def estates(key, tags):
    """The owner of everything, after another teams.yaml."""
    return "estates"


@pytest.mark.parametrize("compliance", ["NON_COMPLIANT", "COMPLIANT"])
def test_every_finding_goes_to_the_team_that_owns_it_now(ledger, engine, clock, compliance):
    ledger.record([change(compliance)])

    assert reroute(engine, clock, estates) == 1
    assert ledger.find(ID).team == "estates"
    assert reroute(engine, clock, estates) == 0


def test_what_goes_to_another_team_is_told_by_the_audit_log(ledger, engine, clock):
    ledger.record([change()])
    ledger.record([], [facts(tags={"Team": "payments"})])
    reroute(engine, clock, estates)

    _, *routed = Reports(engine).history(ID)
    assert [(row["actor"], row["action"], json.loads(row["detail"])) for row in routed] == [
        (AWS_CONFIG, "routed", {"subject": SUBJECT, "from": "housing", "to": "payments"}),
        (BOT, "routed", {"subject": SUBJECT, "from": "payments", "to": "estates"}),
    ]


def test_a_resource_that_never_broke_the_rule_changes_hands_without_a_word(ledger, engine, clock):
    ledger.record([change("COMPLIANT")])

    reroute(engine, clock, estates)

    assert Reports(engine).history(ID) == ()


def test_a_press_that_comes_while_a_finding_is_routed_is_kept(ledger, engine, clock):
    ledger.record([change()])
    pressed = threading.Thread(target=lambda: move(ledger, life.ask, actor="U1", needed=0))

    def owner(key, tags):
        """It is asked first to see what has to move, then before the write, when it is pressed."""
        if asked.pop() == "again":
            pressed.start()
            pressed.join(0.2)
        return "estates"

    asked = ["again", "first"]
    reroute(engine, clock, owner)
    pressed.join()

    found = ledger.find(ID)
    assert (found.team, found.state, found.version) == ("estates", State.APPROVED, 3)


def test_a_press_that_comes_before_a_finding_is_routed_is_kept(ledger, engine, clock):
    ledger.record([change()])

    def owner(key, tags):
        if ledger.find(ID).state is State.OPEN:
            move(ledger, life.ask, actor="U1", needed=0)
        return "estates"

    reroute(engine, clock, owner)

    found = ledger.find(ID)
    assert (found.team, found.state) == ("estates", State.APPROVED)


def test_a_press_that_comes_while_a_name_is_learnt_loses_neither(ledger, engine, clock):
    ledger.record([change()])
    pressed = threading.Thread(target=lambda: move(ledger, life.ask, actor="U1", needed=0))

    def owner(key, tags):
        """It is asked between the look and the write, which is when the press comes."""
        if pressed.ident is None:
            pressed.start()
            pressed.join(0.2)
        return "housing"

    Ledger(engine, clock, owner).record([], [facts(name="Repairs photos")])
    pressed.join()

    found = ledger.find(ID)
    assert (found.resource_name, found.state) == ("Repairs photos", State.APPROVED)


def test_a_rule_that_left_the_catalogue_opens_nothing_and_still_resolves_its_own(engine, clock):
    listed = {RULE}

    class Listed(EveryRule):
        def accepts(self, key):
            return key.rule in listed

    ledger = Ledger(engine, clock, lambda key, tags: "housing", rules=Listed())
    ledger.record([change()])

    listed.clear()
    ledger.record([change("COMPLIANT", minute=1), change(resource="another")])

    assert ledger.find(ID).state is State.RESOLVED
    assert Reports(engine).counts(Scope(rules=frozenset({RULE})))[0].number == 1


def test_batches_that_meet_are_all_recorded(engine, clock):
    """Each names the one resource and reports on the other, so they lock in opposite orders."""
    clock.move(hours=1)
    ledger = Ledger(engine, clock, lambda key, tags: "housing")
    ledger.record([change(resource="a"), change(resource="b")])

    def work(named, reported):
        for minute in range(1, 40):
            fact = replace(facts(minute=minute, name=f"name {minute}"), resource_id=named)
            ledger.record([change(minute=minute, resource=reported)], [fact])

    threads = [threading.Thread(target=work, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = [(each.resource_name, each.recorded_at) for each in ledger.each(State)]
    assert found == [("name 39", at(39))] * 2
