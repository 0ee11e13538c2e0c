"""AWS Config's own exceptions follow ours."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from aws.comparison import Comparison
from aws.config_service import ConfigService
from aws.mirror import Mirror, message
from aws.tasks import Place, Tasks
from compliance import life
from compliance.allowlist import Allowlist
from compliance.enforcement import enforce
from compliance.finding import State
from ledger.mirrors import Mirrors
from ledger.store import Ledger
from tests.aws.world import WorldClients, hear
from tests.builders import PACK_ARN, change, entry, finding, move
from tests.playground.aws.world import BUCKET_RULE


@pytest.fixture
def mirrored(world, engine):
    """The local AWS, the ledger, and a mirror between them."""
    ledger = Ledger(engine, world.clock, lambda key, tags: "housing")
    mirrors = Mirrors(engine)
    mirror = Mirror(mirrors, ConfigService(WorldClients(world)), ledger, lambda finding: None)
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

    assert "the allowlist is in force all the same" in caplog.text
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


def entry_of(finding):
    return entry(
        id="E-7K3QM9X2",
        asked_by="Hannah Hughes <slack:U0HANNAH>",
        agreed_by=("slack:U0HARRY",),
        expires=date(2026, 12, 1),
    )


def test_the_copy_says_who_agreed_which_ticket_until_when_and_why(mirrored):
    world, ledger, _, mirrors = mirrored
    finding = excepted(world, ledger)

    Mirror(mirrors, ConfigService(WorldClients(world)), ledger, entry_of).round()

    [copy] = at_aws(world, finding)
    assert copy["Message"] == (
        f"E-7K3QM9X2 {finding.id} by Hannah Hughes (slack:U0HANNAH), slack:U0HARRY; ticket SEC-1; "
        "until 2026-12-01; accepted risk: The public website's pictures; nothing personal."
    )


def test_a_long_reason_is_cut_at_what_aws_takes():
    long = replace(entry_of(None), reason="A reason. " * 200)

    assert len(message(finding(), long)) == 1024


def own(world, finding, text="Automatic remediation failed 5 times."):
    """AWS Config writes an exception of its own."""
    key = finding.key
    world.config.put_remediation_exceptions(
        ConfigRuleName=BUCKET_RULE,
        ResourceKeys=[{"ResourceType": key.resource_type, "ResourceId": key.resource_id}],
        Message=text,
    )


@pytest.fixture
def compared(mirrored):
    world, ledger, mirror, mirrors = mirrored
    service, place = ConfigService(WorldClients(world)), Place("111122223333", "eu-west-2")
    ours = mirrors, service, ledger, [place], [BUCKET_RULE], lambda key: key.rule
    return world, ledger, mirror, Comparison(*ours, Tasks(1))


def told_of(comparison, found):
    """Return what is told of one finding: the local AWS keeps what other tests left there."""
    about = found.id, found.key.resource_id
    texts = [each.text for each in comparison.differences()]
    return [text for text in texts if any(each in text for each in about)]


def opened(world, ledger):
    bucket = world.bucket()
    world.aws.tick()
    hear(world, ledger)
    [found] = [each for each in ledger.each([State.OPEN]) if each.key.resource_id == bucket]
    return found


def test_aws_configs_own_exception_is_shown_and_never_deleted_unasked(compared):
    world, ledger, mirror, comparison = compared
    found = opened(world, ledger)
    own(world, found)

    comparison.round()
    mirror.round()

    assert ledger.find(found.id).aws_exception == "Automatic remediation failed 5 times."
    assert told_of(comparison, found) == []
    assert len(at_aws(world, found)) == 1


def test_aws_configs_own_exception_is_cleared_where_that_is_decided(compared):
    world, ledger, mirror, comparison = compared
    found = opened(world, ledger)
    own(world, found)
    comparison.round()

    move(ledger, life.ask, found.id, verb="clear")
    mirror.round()

    after = ledger.find(found.id)
    assert (after.aws_exception, after.requests) == ("", ())
    assert at_aws(world, found) == []


def test_a_copy_that_went_at_aws_is_told_and_made_again(compared):
    world, ledger, mirror, comparison = compared
    found = excepted(world, ledger)
    mirror.round()
    key = {"ResourceType": found.key.resource_type, "ResourceId": found.key.resource_id}
    world.config.delete_remediation_exceptions(ConfigRuleName=BUCKET_RULE, ResourceKeys=[key])

    comparison.round()
    mirror.round()

    [told] = told_of(comparison, found)
    assert f"does not have a copy of the exception of {found.id}" in told
    assert len(at_aws(world, found)) == 1


def test_a_copy_that_is_left_over_at_aws_is_told_and_left(compared):
    world, ledger, _, comparison = compared
    found = opened(world, ledger)
    own(world, found, f"E-7K3QM9X2 {found.id} by slack:U0HANNAH; until 2026-12-01; old")

    comparison.round()

    [told] = told_of(comparison, found)
    assert "is over, for" in told
    assert ledger.find(found.id).aws_exception == ""
    assert len(at_aws(world, found)) == 1
