"""A ledger of the first version goes on without loss."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from compliance.change import Compliance
from compliance.channel import Channel, Message
from compliance.finding import State
from compliance.naming import ASKED
from compliance.request import Request, Verb
from ledger import audit
from ledger.database import connect
from ledger.errors import LedgerNewerError
from ledger.messages import Messages
from ledger.names import Names
from ledger.reports import Reports
from ledger.stale import Turn
from ledger.store import Ledger
from tests.builders import PACK_ARN, at, change, key, teams

#: The newest revision of the first version.
FIRST = "0003"
#: Where the first version kept who had decided for a remediation.
DECIDED = ("approved", "running", "applied", "waiting", "failed", "not verified", "resolved")
PEOPLE = {
    "approval pending": {"actor": "U0HANNAH", "needed": 2, "agreed": json.dumps(["U0HARRY"])},
    "excepted": {"actor": "U0HANNAH"},
    "open": {"annotation": "No block.", "rule_arn": PACK_ARN},
    **{
        state: {"actor": "U0HANNAH", "needed": 1, "agreed": json.dumps(["U0HARRY"])}
        for state in DECIDED
    },
}

on_both = pytest.mark.parametrize(
    "first_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
    indirect=True,
)


@pytest.fixture
def first_url(request, tmp_path):
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    url = sa.make_url(request.getfixturevalue("postgresql_url"))
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql("DROP DATABASE IF EXISTS first")
        db.exec_driver_sql("CREATE DATABASE first")
    yield url.set(database="first").render_as_string(hide_password=False)
    with server.connect() as db:
        db.exec_driver_sql("DROP DATABASE first WITH (FORCE)")
    server.dispose()


def moment(db, minute):
    """A time as the first version kept it."""
    if db.dialect.name == "sqlite":
        return at(minute).replace(tzinfo=None).isoformat(timespec="microseconds")
    return at(minute)


def put(db, table, **values):
    names = ", ".join(f'"{name}"' for name in values)
    bound = ", ".join(f":{name}" for name in values)
    insert = f"INSERT INTO {table} ({names}) VALUES ({bound})"  # noqa: S608 - names of ours
    db.execute(sa.text(insert), values)


def put_finding(db, state):
    place = key(f"bucket-{state}")
    is_settled = state in {"compliant", "resolved"}
    values = {
        "id": f"F-{list(State).index(State(state)):05}",
        "key": str(place),
        **{name: getattr(place, name) for name in place.__slots__},
        "resource_name": f"name of {state}",
        "tags": json.dumps({"Team": "housing"}),
        "state": state,
        "version": 3,
        "compliance": "COMPLIANT" if is_settled else "NON_COMPLIANT",
        "recorded_at": moment(db, 1),
        "changed_at": moment(db, 2.5),
        "opened_at": None if state == "compliant" else moment(db, 1),
        "team": "housing",
        "annotation": "",
        "rule_arn": "",
        "actor": "",
        "note": f"why {state}",
        "until": moment(db, 90) if state in {"excepted", "waiting"} else None,
        "step": 1,
        "steps": 2,
        "needed": 0,
        "agreed": "[]",
        "shown_version": 3,
    }
    put(db, "findings", **{**values, **PEOPLE.get(state, {})})


def put_rest(db):
    put(
        db,
        "cards",
        finding="F-00001",
        channel="C0HOUSING",
        message="17.1",
        team="housing",
        posted_at=moment(db, 2),
    )
    put(
        db,
        "remediations",
        finding="F-00004",
        asked_by="U0HANNAH",
        outcome="",
        message="",
        claimed_at=moment(db, 2),
        started_at=moment(db, 2.5),
    )
    entry = {
        "at": at(2),
        "finding": "F-00001",
        "actor": "U0HANNAH",
        "action": "ignore",
        "from_state": "open",
        "to_state": "excepted",
        "detail": '{"in_force":{"rule":"17"}}',
    }
    digest = audit.link(bytes(32), entry).hex()
    put(db, "audit", **{**entry, "at": moment(db, 2)}, hash=digest)
    place = key("bucket-open")
    resource = (place.account, place.region, place.resource_type, place.resource_id)
    put(
        db,
        "resources",
        key="|".join(resource),
        captured_at=moment(db, 1),
        name="Bucket",
        arn="arn:x",
        tags="{}",
        deleted=False,
    )


@pytest.fixture
def old_url(first_url):
    """A ledger as the first version leaves it: a finding in every state, and all that belongs."""
    engine = sa.create_engine(first_url)
    config = Config()
    config.set_main_option("script_location", "ledger/migrations")
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, FIRST)
        for state in State:
            put_finding(db, state.value)
        put_rest(db)
    engine.dispose()
    return first_url


@pytest.fixture
def upgraded(old_url):
    engine = connect(old_url)
    yield engine
    engine.dispose()


@pytest.fixture
def kept(upgraded, clock):
    return Ledger(upgraded, clock, lambda key, tags: "housing")


@on_both
def test_every_finding_is_in_its_state_as_it_was(kept):
    findings = {finding.state: finding for finding in kept.each(State)}

    assert set(findings) == set(State)
    for state, finding in findings.items():
        assert (finding.key, finding.version) == (key(f"bucket-{state}"), 3)
        assert (finding.recorded_at, finding.changed_at) == (at(1), at(2.5))
        assert (finding.resource_name, finding.tags) == (f"name of {state}", {"Team": "housing"})
        assert (finding.note, finding.step, finding.steps) == (f"why {state}", 1, 2)
    assert findings[State.EXCEPTED].until == at(90)
    assert findings[State.COMPLIANT].opened_at is None


@on_both
def test_what_was_asked_and_decided_has_its_verb_and_its_people(kept):
    findings = {finding.state: finding for finding in kept.each(State)}

    asked = Request(Verb.REMEDIATE, "slack:U0HANNAH", 2, at(2.5), ("slack:U0HARRY",))
    assert findings[State.APPROVAL_PENDING].requests == (asked,)
    decided = Request(Verb.REMEDIATE, "slack:U0HANNAH", 1, at(2.5), ("slack:U0HARRY",))
    assert [findings[State(state)].decided for state in DECIDED] == [decided] * len(DECIDED)
    excepted = Request(Verb.EXCEPT, "slack:U0HANNAH", 0, at(2.5))
    assert findings[State.EXCEPTED].decided == excepted
    assert findings[State.OPEN].decided is None


@on_both
def test_what_aws_said_of_a_rule_that_it_owns_is_kept(kept):
    opened = next(kept.each([State.OPEN]))

    assert (opened.annotation, opened.service_linked) == ("No block.", True)


@on_both
def test_a_finding_is_known_again_by_what_aws_reports_next(kept):
    kept.record([change("COMPLIANT", minute=3, resource="bucket-failed")])

    resolved = [finding.key.resource_id for finding in kept.each([State.RESOLVED])]
    assert sorted(resolved) == ["bucket-failed", "bucket-resolved"]


@on_both
def test_findings_are_counted_as_they_are(upgraded):
    counted = {each.state: each.number for each in Reports(upgraded).counts()}

    assert counted == dict.fromkeys(State, 1)


@on_both
def test_a_finding_that_broke_its_rule_is_found_by_its_name_and_by_who_asked(upgraded):
    names = Names(upgraded)

    found = [names.search(words, ["housing"], 99) for words in (["name", "open"], ["bucket-"])]
    [asked] = names.search([f"{ASKED}slack:u0hannah", "approval"], ["housing"], 99)

    assert [len(each) for each in found] == [1, len(State) - 1]
    assert asked.state is State.APPROVAL_PENDING


@on_both
def test_a_card_is_a_message_with_the_version_that_it_shows(upgraded, kept, clock):
    messages = Messages(upgraded, teams(), clock, timedelta())
    kept.record([change("COMPLIANT", minute=3, resource="bucket-open")])
    housing = Channel("slack", "C0HOUSING")

    update = messages.take(housing, {"housing"}, Turn.SHOWN)

    assert update.message == Message(housing, "17.1")
    assert [(finding.id, finding.version) for finding in update.findings] == [("F-00001", 4)]
    messages.shown(update, update.message)
    assert messages.stale() == {}


@on_both
def test_the_audit_log_holds_together_and_goes_on(upgraded, kept):
    kept.refuse("F-00001", "slack:U0MALLORY", "remediate", "Not an approver.")

    with upgraded.connect() as db:
        assert audit.first_broken_link(db) is None
    before, added = Reports(upgraded).history("F-00001")
    assert (before["at"], before["actor"]) == (at(2), "U0HANNAH")
    assert json.loads(before["detail"]) == {"in_force": {"rule": "17"}}
    assert added["actor"] == "slack:U0MALLORY"


@on_both
def test_a_remediation_that_was_started_is_not_started_again(kept):
    attempt = kept.last_attempt("F-00004")

    assert (attempt.claimed_at, attempt.started_at) == (at(2), at(2.5))


@on_both
def test_a_ledger_of_a_newer_version_is_refused_in_a_sentence(old_url):
    connect(old_url).dispose()
    engine = sa.create_engine(old_url)
    with engine.begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    with pytest.raises(LedgerNewerError, match="newer version of the bot"):
        connect(old_url)


def test_a_time_keeps_its_microseconds(ledger):
    odd = datetime(2026, 11, 2, 9, 0, 0, 123_457, tzinfo=UTC)

    ledger.record([type(change())(key(), Compliance.NON_COMPLIANT, odd)])

    assert [each.recorded_at for each in ledger.each([State.OPEN])] == [odd]
