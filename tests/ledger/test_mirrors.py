"""Which exceptions AWS has to be told of."""

from functools import partial

import pytest

from compliance.allowlist import Allowlist
from compliance.enforcement import enforce
from ledger.mirrors import Mirrors
from ledger.store import Ledger
from tests.builders import ID, at, change, entry

HERE = change().key.account, change().key.region


@pytest.fixture
def mirrors(engine):
    return Mirrors(engine)


def follow(ledger, *entries):
    """Bring the finding where the allowlist wants it."""
    move = partial(enforce, allowlist=Allowlist(entries), now=ledger.now())
    ledger.move(ID, move, actor="bot", action="allowlist")


def due(mirrors, minute=0):
    return [
        each.finding.id
        for place in mirrors.places(at(minute))
        for each in mirrors.due(*place, at(minute))
    ]


def test_an_open_finding_concerns_nobody(mirrors, ledger):
    ledger.record([change()])

    assert due(mirrors) == []


def test_an_exception_that_begins_is_due_until_it_is_settled(mirrors, ledger):
    ledger.record([change()])
    follow(ledger, entry())
    assert due(mirrors) == [ID]

    excepted = ledger.find(ID)
    mirrors.done(ID, excepted.version, excepted.until)

    assert due(mirrors) == []


def test_a_finding_that_is_excepted_when_it_arrives_is_due_too(mirrors, engine, clock):
    settle = partial(enforce, allowlist=Allowlist([entry()]), now=clock())
    Ledger(engine, clock, lambda key, tags: "housing", settle).record([change()])

    assert due(mirrors) == [ID]


def test_an_exception_that_ends_is_due_with_the_end_of_awss_copy(mirrors, ledger):
    ledger.record([change()])
    follow(ledger, entry())
    excepted = ledger.find(ID)
    mirrors.done(ID, excepted.version, excepted.until)

    follow(ledger)

    [mirrored] = mirrors.due(*HERE, at(0))
    assert mirrored.until == excepted.until


def test_a_finding_that_moved_meanwhile_stays_due(mirrors, ledger):
    ledger.record([change()])
    follow(ledger, entry())
    excepted = ledger.find(ID)
    follow(ledger)

    mirrors.done(ID, excepted.version, excepted.until)

    assert due(mirrors) == [ID]


def test_what_is_postponed_is_due_later(mirrors, ledger):
    ledger.record([change()])
    follow(ledger, entry())

    mirrors.postpone(*HERE, at(0), at(5))

    assert due(mirrors, minute=4) == []
    assert due(mirrors, minute=5) == [ID]
