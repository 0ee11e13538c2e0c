"""AWS Config's own exceptions follow ours."""

from datetime import timedelta
from functools import partial

import pytest

import compliance.finding as life
from aws.config_service import ConfigService
from aws.mirror import Mirror
from compliance.allowlist import Allowlist
from compliance.enforcement import enforce
from compliance.finding import State
from ledger.mirrors import Mirrors
from ledger.store import Ledger
from tests.aws.world import WorldClients, hear
from tests.builders import PACK_ARN, change, move
from tests.playground.aws.world import BUCKET_RULE


@pytest.fixture
def mirrored(world, engine):
    """The local AWS, the ledger, and a mirror between them."""
    ledger = Ledger(engine, world.clock, lambda key, tags: "housing")
    mirrors = Mirrors(engine)
    mirror = Mirror(mirrors, ConfigService(WorldClients(world)), world.clock)
    return world, ledger, mirror, mirrors


def excepted(world, ledger):
    """Except a public bucket for ten days; return its finding."""
    bucket = world.bucket()
    world.aws.tick()
    hear(world, ledger)
    [finding] = [each for each in ledger.each([State.OPEN]) if each.key.resource_id == bucket]
    until = world.clock() + timedelta(days=10)
    return move(ledger, life.except_until, finding.id, until=until, note="Agreed.", actor="U1")


def at_aws(world, finding):
    answer = world.config.describe_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE,
        ResourceKeys=[
            {"ResourceType": finding.key.resource_type, "ResourceId": finding.key.resource_id}
        ],
    )
    return answer["RemediationExceptions"]


def test_aws_is_told_of_an_exception_with_who_agreed_and_its_end(mirrored):
    world, ledger, mirror, _ = mirrored
    finding = excepted(world, ledger)

    mirror.round()

    [copy] = at_aws(world, finding)
    assert copy["Message"] == f"{finding.id} U1: Agreed."
    assert copy["ExpirationTime"] == finding.until


def test_an_exception_that_ended_early_is_taken_back_at_aws(mirrored):
    world, ledger, mirror, mirrors = mirrored
    finding = excepted(world, ledger)
    mirror.round()

    reopen = partial(enforce, allowlist=Allowlist(), now=world.clock())
    ledger.move(finding.id, reopen, actor="bot", action="allowlist")
    mirror.round()

    assert at_aws(world, finding) == []
    assert mirrors.places(world.clock()) == ()


def test_a_throttled_copy_is_put_later(mirrored):
    world, ledger, mirror, _ = mirrored
    finding = excepted(world, ledger)
    world.aws.faults.throttle("PutRemediationExceptions")

    mirror.round()
    mirror.round()
    assert at_aws(world, finding) == []

    world.clock.move(timedelta(minutes=5))
    mirror.round()
    assert len(at_aws(world, finding)) == 1


def test_a_copy_that_aws_does_not_take_is_told_and_not_asked_for_again(mirrored, caplog):
    world, ledger, mirror, mirrors = mirrored
    excepted(world, ledger)
    world.aws.faults.refuse("PutRemediationExceptions", "InvalidParameterValueException", "no")

    mirror.round()

    assert "the allowlist holds all the same" in caplog.text
    assert mirrors.places(world.clock()) == ()


def test_nothing_is_put_or_deleted_for_a_rule_that_aws_owns(mirrored, caplog):
    world, ledger, mirror, mirrors = mirrored
    ledger.record([change(rule_arn=PACK_ARN)])
    [finding] = ledger.each([State.OPEN])
    until = world.clock() + timedelta(days=10)
    move(ledger, life.except_until, finding.id, until=until, note="", actor="U1")
    mirror.round()

    move(ledger, life.end_exception, finding.id, note="")
    mirror.round()

    assert caplog.records == []
    assert mirrors.places(world.clock()) == ()
