"""What AWS Config itself says, read account by account."""

from datetime import timedelta

import pytest

from aws.config_service import ConfigService
from aws.sweep import Place, Records, Sweep
from aws.tasks import Tasks
from compliance.finding import State
from ledger.lookups import Lookups
from ledger.missed import Missed
from ledger.reports import Reports
from ledger.store import Ledger
from ledger.watched import Watched
from tests.aws.world import CATALOGUE, HEAR, WorldClients
from tests.builders import finding
from tests.playground.aws.world import BUCKET_RULE, HOUSING, PAYMENTS, REGION

PLACES = [Place(HOUSING, REGION), Place(PAYMENTS, REGION)]


@pytest.fixture
def service(world):
    return ConfigService(WorldClients(world))


class Unsettled:
    """The ledger as a sweep compares itself with it, with these findings in it."""

    def __init__(self, *findings):
        self.findings = findings
        self.doubted = []

    def unresolved(self, account, region=""):
        return [
            each
            for each in self.findings
            if each.key.account == account and region in {"", each.key.region}
        ]

    def doubt(self, finding_ids):
        self.doubted += finding_ids


@pytest.fixture
def made(world, service, engine):
    """Return a sweep, as a process has one, and what it records."""

    def make(known=None, hear=HEAR, places=PLACES, accounts=None):
        recorded = []
        records = Records(
            recorded.extend,
            known or Unsettled(),
            Watched(engine),
            Missed(engine),
            lambda since, until: (),
        )
        sweep = Sweep(service, Tasks(2), places, hear, records, lambda: accounts, world.clock)
        return sweep, recorded

    return make


@pytest.fixture
def swept(made):
    """Sweep with what the ledger holds; return what was found and what was recorded."""

    def run(known=None, **named):
        sweep, recorded = made(known, **named)
        return sweep.sweep(), recorded

    return run


def test_every_evaluation_of_our_rules_is_recorded_with_its_rules_arn(world, swept):
    bucket = world.public_bucket()

    result, recorded = swept()

    [change] = [each for each in recorded if each.key.resource_id == bucket]
    assert (change.key.rule, change.compliance) == (BUCKET_RULE, "NON_COMPLIANT")
    assert change.rule_arn.startswith(f"arn:aws:config:{REGION}:{HOUSING}:config-rule/")
    assert (result.evaluations, result.accounts) == (len(recorded), 2)
    assert result.unread == ()


def test_rules_that_are_not_in_the_catalogue_are_passed_over(world, swept):
    world.public_bucket()

    assert swept(hear=lambda rules: ())[1] == []


def test_an_account_that_cannot_be_read_is_told_and_does_not_stop_the_others(world, swept):
    world.public_bucket(PAYMENTS)
    world.aws.faults.refuse("DescribeConfigRules", "AccessDeniedException", "no role")

    result, recorded = swept()

    [unread] = result.unread
    assert unread.why == "no role"
    assert {each.key.account for each in recorded} == {HOUSING, PAYMENTS} - {unread.place.account}


def test_what_could_not_be_read_is_tried_again_that_night_after_a_restart_too(world, made):
    world.public_bucket()
    world.public_bucket(PAYMENTS)
    world.aws.faults.throttle("DescribeConfigRules", times=1)
    first, before = made()
    second, after = made()

    missed = first.tonight(), second.tonight()

    read = {each.key.account for each in before}
    assert missed == (True, False)
    assert len(read) == 1
    assert {each.key.account for each in after} == {HOUSING, PAYMENTS} - read


def test_another_night_everything_is_read_again(world, made):
    world.aws.faults.throttle("DescribeConfigRules", times=1)
    made()[0].tonight()
    world.clock.move(timedelta(days=1))

    sweep, recorded = made()
    sweep.tonight()

    assert {each.key.account for each in recorded} == {HOUSING, PAYMENTS}


def test_one_rule_that_cannot_be_read_takes_nothing_from_the_others(world, swept):
    world.public_bucket()
    world.aws.faults.refuse("GetComplianceDetailsByConfigRule", "ValidationException", "too long")

    result, _ = swept(places=PLACES[:1])

    [unread] = result.unread
    assert unread.rule in CATALOGUE
    assert result.rules == len(CATALOGUE) - 1


def at_sweep(rule=BUCKET_RULE, resource="gone", **named):
    return finding(rule=rule, resource=resource, **named)


def test_a_finding_that_its_rule_does_not_report_is_asked_about(world, swept):
    known = Unsettled(at_sweep())

    _, recorded = swept(known)

    assert known.doubted == [known.findings[0].id]
    assert "gone" not in {each.key.resource_id for each in recorded}


def test_a_finding_of_a_rule_that_is_gone_is_closed_with_a_word_why(swept):
    known = Unsettled(at_sweep(rule="s3-old-rule"))

    result, recorded = swept(known)

    [end] = [each for each in recorded if each.key.rule == "s3-old-rule"]
    assert (end.compliance, result.gone) == ("NOT_APPLICABLE", 1)
    assert end.annotation.startswith(
        "AWS Config does not have the rule s3-old-rule in this account"
    )


@pytest.fixture
def without_rule(world):
    """Delete the bucket rule and its remediation in housing's account, until the test is over."""
    config, named = world.config, {"ConfigRuleNames": [BUCKET_RULE]}
    [rule] = config.describe_config_rules(**named)["ConfigRules"]
    kept = config.describe_remediation_configurations(**named)["RemediationConfigurations"]

    def delete():
        config.delete_remediation_configuration(ConfigRuleName=BUCKET_RULE)
        config.delete_config_rule(ConfigRuleName=BUCKET_RULE)

    yield delete
    made_by_aws = ("ConfigRuleArn", "ConfigRuleId", "ConfigRuleState")
    config.put_config_rule(
        ConfigRule={name: value for name, value in rule.items() if name not in made_by_aws}
    )
    config.put_remediation_configurations(
        RemediationConfigurations=[
            {name: value for name, value in each.items() if name != "Arn"} for each in kept
        ]
    )


def test_the_findings_of_a_rule_that_was_deleted_in_one_account_end_there_and_say_why(
    world, service, engine, without_rule
):
    ledger = Ledger(engine, world.clock, lambda key, tags: "housing")
    here, there = world.public_bucket(), world.public_bucket(PAYMENTS)
    kept = Lookups(engine, world.clock), Watched(engine), Missed(engine), lambda since, until: ()
    sweep = Sweep(
        service, Tasks(2), PLACES, HEAR, Records(ledger.record, *kept), lambda: None, world.clock
    )
    sweep.sweep()

    without_rule()
    world.clock.move(timedelta(minutes=1))
    sweep.sweep()

    of_bucket = {each.key.resource_id: each for each in ledger.each(State)}
    assert of_bucket[here].state is State.RESOLVED
    assert f"AWS Config does not have the rule {BUCKET_RULE}" in of_bucket[here].note
    assert of_bucket[there].state is State.OPEN


def test_nothing_is_closed_where_the_rules_could_not_be_read(world, swept):
    world.aws.faults.throttle("DescribeConfigRules", times=2)

    result, recorded = swept(Unsettled(at_sweep(rule="s3-old-rule")))

    assert (result.gone, recorded) == (0, [])


def test_findings_of_an_account_that_is_looked_after_no_more_are_closed(swept):
    known = Unsettled(at_sweep(account="999900001111"))
    swept(known, accounts={HOUSING, PAYMENTS, "999900001111"})

    result, recorded = swept(known, accounts={HOUSING, PAYMENTS})

    [end] = [each for each in recorded if each.key.account == "999900001111"]
    assert (end.compliance, result.gone) == ("NOT_APPLICABLE", 1)


def test_an_account_that_was_never_configured_is_not_gone(swept):
    known = Unsettled(at_sweep(account="999900001111"))
    swept(known, accounts={HOUSING})

    assert swept(known, accounts={HOUSING})[0].gone == 0


def test_while_nobody_can_say_which_accounts_there_are_none_is_gone(swept):
    known = Unsettled(at_sweep(account="999900001111"))
    swept(known, accounts={HOUSING, "999900001111"})

    assert swept(known, accounts=None)[0].gone == 0


def test_what_an_account_says_that_came_back_counts_as_of_now(world, swept):
    bucket = world.public_bucket()
    swept(accounts={HOUSING, PAYMENTS})
    swept(places=PLACES[1:], accounts={PAYMENTS})
    world.clock.move(timedelta(days=1))

    _, recorded = swept(accounts={HOUSING, PAYMENTS})

    [change] = [each for each in recorded if each.key.resource_id == bucket]
    assert change.recorded_at == world.clock()


def test_a_sweep_says_at_its_end_what_it_read_and_what_not(world, swept):
    world.public_bucket()
    world.aws.faults.refuse("DescribeConfigRules", "AccessDeniedException", "no role")

    lines = swept(places=PLACES[:1])[0].lines()

    assert lines[0].startswith("Read 0 rules in 0 accounts: 0 evaluations")
    assert lines[1] == "Findings opened: 0. Findings closed: 0."
    assert lines[2] == f"Could not read account {HOUSING}, {REGION}: no role"


def test_a_sweep_says_what_the_ledger_made_of_it(world, service, engine):
    ledger = Ledger(engine, world.clock, lambda key, tags: "housing")
    bucket = world.public_bucket()
    lookups, reports = Lookups(engine, world.clock), Reports(engine)
    of_ledger = lookups, Watched(engine), Missed(engine)
    records = Records(ledger.record, *of_ledger, reports.transitions)
    sweep = Sweep(service, Tasks(2), PLACES[:1], HEAR, records, lambda: None, world.clock)

    first = sweep.sweep()
    world.clock.move(timedelta(minutes=1))
    again = sweep.sweep()

    [opened] = [each for each in ledger.each([State.OPEN]) if each.key.resource_id == bucket]
    assert opened.key.rule == BUCKET_RULE
    assert (first.opened, again.opened) == (first.non_compliant, 0)
