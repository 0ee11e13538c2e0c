"""What AWS Config itself says, read account by account."""

import pytest

from aws.check import check_place, check_queues
from aws.config_service import ConfigService
from aws.sweep import Place, sweep
from tests.aws.world import CATALOGUE, WorldClients
from tests.playground.aws.world import BUCKET_RULE, HOUSING, PAYMENTS, REGION

PLACES = [Place(HOUSING, REGION), Place(PAYMENTS, REGION)]


@pytest.fixture
def service(world):
    return ConfigService(WorldClients(world))


def nothing_unseen(account, region, rule, seen):
    """Nobody asks here what AWS Config reports no more."""


def test_every_evaluation_of_our_rules_is_recorded_with_its_rules_arn(world, service):
    bucket = world.public_bucket()
    recorded = []

    swept = sweep(service, PLACES, CATALOGUE, recorded.extend, nothing_unseen)

    [change] = [each for each in recorded if each.key.resource_id == bucket]
    assert (change.key.rule, change.compliance) == (BUCKET_RULE, "NON_COMPLIANT")
    assert change.rule_arn.startswith(f"arn:aws:config:{REGION}:{HOUSING}:config-rule/")
    assert swept.evaluations == len(recorded)
    assert swept.unread == ()


def test_rules_that_are_not_in_the_catalogue_are_passed_over(world, service):
    world.public_bucket()
    recorded = []

    sweep(service, PLACES, {}, recorded.extend, nothing_unseen)

    assert recorded == []


def test_an_account_that_cannot_be_read_is_told_and_does_not_stop_the_others(world, service):
    bucket = world.public_bucket(PAYMENTS)
    world.aws.faults.refuse("DescribeConfigRules", "AccessDeniedException", "no role")
    recorded = []

    swept = sweep(service, PLACES, CATALOGUE, recorded.extend, nothing_unseen)

    assert swept.unread == ((PLACES[0], "no role"),)
    assert bucket in {each.key.resource_id for each in recorded}


def problems(checks):
    return {check.what: check.problem for check in checks if check.problem}


def test_a_place_that_is_set_up_has_nothing_missing(service):
    assert problems(check_place(service, PLACES[0], CATALOGUE)) == {}


def test_a_rule_that_does_not_exist_is_named(service):
    found = problems(check_place(service, PLACES[0], {"no-such-rule": None}))

    assert found == {f"rule no-such-rule in account {HOUSING}, {REGION}": "does not exist"}


def test_a_rule_without_remediation_is_named(world, service):
    source = {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}
    world.config.put_config_rule(ConfigRule={"ConfigRuleName": "bare", "Source": source})

    found = problems(check_place(service, PLACES[0], {"bare": None}))

    world.config.delete_config_rule(ConfigRuleName="bare")
    assert list(found.values()) == ["has no remediation"]


@pytest.mark.parametrize(
    ("code", "cure"),
    [("AccessDeniedException", "Terraform module access"), ("ThrottlingException", "try again")],
)
def test_a_place_that_cannot_be_read_says_why_and_what_to_do(world, service, code, cure):
    world.aws.faults.refuse("DescribeConfigRules", code, "no")

    [check] = check_place(service, PLACES[0], CATALOGUE)

    assert check.problem == "no"
    assert cure in check.remedy


def test_a_queue_without_dead_letters_or_without_permission_is_told(sqs):
    url = sqs.create_queue(QueueName="bare")["QueueUrl"]

    told = [check.problem for check in check_queues([url, f"{url}-missing"])]

    assert "no dead-letter queue" in told[0]
    assert "does not exist" in told[1]


def test_where_everything_comes_over_https_no_queue_is_missing():
    assert list(check_queues([])) == []
