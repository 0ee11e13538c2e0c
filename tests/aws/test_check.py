"""``check`` in an account that is set up, and in one from which each thing is missing in turn."""

import json
from dataclasses import replace

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from aws.check import check_place
from aws.check_own import OwnRole, check_queue
from aws.clients import new_session
from aws.tasks import Place
from tests.aws.world import CATALOGUE, WorldClients
from tests.builders import rule
from tests.playground.aws.world import BUCKET_RULE, HOUSING, REGION
from tests.terraform.test_access import ACCESS, BOT, granted

PLACE = Place(HOUSING, REGION)
WHERE = f"account {HOUSING}, {REGION}"
#: Each permission of the access role; the two that begin with sts: are of the trust policy.
GRANTED = sorted(granted(ACCESS, "this"))


class Denying:
    """Refuses one operation, as IAM does; counts what was asked."""

    def __init__(self, operation="", code="AccessDeniedException"):
        self.operation, self.code, self.asked, self._watched = operation, code, [], []

    def watch(self, client):
        client.meta.events.register("before-call", self.look)
        self._watched.append(client)
        return client

    def end(self):
        """The tests of a module share their clients."""
        for client in self._watched:
            client.meta.events.unregister("before-call", self.look)

    def look(self, model, **_):
        service = model.service_model.signing_name
        self.asked.append(f"{service}:{model.name}")
        if model.name == self.operation:
            message = f"User: bot is not authorized to perform: {service}:{model.name}"
            error = {"Error": {"Code": self.code, "Message": message}}
            return AWSResponse("http://local", 400, {}, None), error
        return None


class DeniedClients(WorldClients):
    def __init__(self, world, denying):
        super().__init__(world)
        self._denying = denying

    def client(self, service, account, region):
        return self._denying.watch(super().client(service, account, region))

    def decision_client(self, account, region, session):
        return self._denying.watch(super().decision_client(account, region, session))


@pytest.fixture
def look(world):
    """Check a place whose role is denied one operation; return the checks and what was asked."""

    def run(operation="", catalogue=CATALOGUE, code="AccessDeniedException"):
        denying = Denying(operation, code)
        checks = list(check_place(DeniedClients(world, denying), PLACE, catalogue))
        denying.end()
        return checks, denying.asked

    return run


def problems(checks):
    return {check.what: check.problem for check in checks if check.problem}


def test_in_an_account_that_is_set_up_nothing_is_missing(look):
    checks, _ = look()

    assert problems(checks) == {}
    assert {check.warning for check in checks} == {""}


def test_what_the_role_grants_is_what_check_tries_and_nothing_else(look):
    _, asked = look()

    assert set(asked) == set(GRANTED)


@pytest.mark.parametrize("action", GRANTED)
def test_each_permission_that_is_missing_is_named_with_its_cure(look, action):
    checks, _ = look(action.partition(":")[2])

    [missing] = [check for check in checks if check.what == f"{action} in {WHERE}"]
    assert f"not authorized to perform: {action}" in missing.problem
    assert "Terraform module access" in missing.remedy


@pytest.mark.parametrize("action", GRANTED)
def test_what_could_not_be_looked_at_is_never_ok(look, action):
    """Only the permission, and what is read with it, is missing; nothing of it is ok."""
    checks, _ = look(action.partition(":")[2])

    missing = set(problems(checks)) - {f"{action} in {WHERE}"}
    assert missing <= {f"rules in {WHERE}"}
    if action in {"config:DescribeConfigRules", "ssm:DescribeDocument"}:
        assert missing
        assert not [check for check in checks if check.what.startswith("remediation")]


def test_checking_starts_and_changes_nothing(world, look):
    world.public_bucket()

    look()

    world.aws.tick()
    answer = world.config.describe_remediation_exceptions(ConfigRuleName=BUCKET_RULE)
    assert (world.messages(), answer["RemediationExceptions"]) == ([], [])


def test_where_aws_cannot_be_asked_nothing_is_ok(look):
    [check] = look("DescribeConfigRules", code="ThrottlingException")[0]

    assert "could not be looked at" in check.problem
    assert "try again" in check.remedy


def test_a_role_that_cannot_be_assumed_is_told_once(world, look):
    clients = WorldClients(world)
    clients.refuse_session("not authorized to perform: sts:SetSourceIdentity")

    checks = list(check_place(clients, PLACE, CATALOGUE))

    told = {check.what: check for check in checks if check.problem}
    missing = told[f"sts:SetSourceIdentity, the session of a decision in {WHERE}"]
    assert "source_identity: false" in missing.remedy


def named(name, identifier="NO_SUCH_IDENTIFIER"):
    return replace(rule(name), identifier=identifier)


def of_rules(checks):
    return {what: told for what, told in problems(checks).items() if ":" not in what}


def test_a_rule_that_has_another_name_in_the_account_is_there(look):
    checks, _ = look(catalogue={"ours": replace(CATALOGUE[BUCKET_RULE], name="ours")})

    assert f"called {BUCKET_RULE} there" in checks[-1].what
    assert problems(checks) == {}


def test_a_rule_that_does_not_exist_is_named(look):
    checks, _ = look(catalogue={"no-such-rule": named("no-such-rule")})

    assert of_rules(checks) == {f"rule no-such-rule in {WHERE}": "does not exist"}


def test_a_rule_that_is_another_one_is_named(look):
    checks, _ = look(catalogue={BUCKET_RULE: named(BUCKET_RULE)})

    [problem] = of_rules(checks).values()
    assert "and not NO_SUCH_IDENTIFIER" in problem


def test_a_rule_without_remediation_is_named(world, look):
    source = {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}
    world.config.put_config_rule(ConfigRule={"ConfigRuleName": "bare", "Source": source})

    checks, _ = look(catalogue={"bare": named("bare", "SNS_ENCRYPTED_KMS")})

    world.config.delete_config_rule(ConfigRuleName="bare")
    assert list(of_rules(checks).values()) == ["has no remediation"]


def remediated(**changed):
    ours = CATALOGUE[BUCKET_RULE]
    return {BUCKET_RULE: replace(ours, remediation=replace(ours.remediation, **changed))}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"resource_parameter": "Bucket"}, "has no parameter Bucket"),
        ({"parameters": {"BlockAll": "true"}}, "has no parameter BlockAll"),
    ],
    ids=["the resource's", "another"],
)
def test_a_parameter_that_awss_runbook_has_not_is_named(look, changed, problem):
    checks, _ = look(catalogue=remediated(**changed))

    [told] = of_rules(checks).values()
    assert problem in told


def test_a_remediation_that_runs_another_runbook_is_a_warning(look):
    checks, _ = look(catalogue=remediated(runbook="Hackney-CloseBucket"))

    assert "is about Hackney-CloseBucket" in checks[-1].warning
    assert problems(checks) == {}


@pytest.fixture
def own(world, monkeypatch):
    """Check the bot's own account, where its role is denied one operation."""
    for name, value in world.aws.environment().items():
        monkeypatch.setenv(name, value)

    def look(operation="", code="AccessDeniedException"):
        denying = Denying(operation, code)
        session = new_session()
        session.register("before-call", denying.look)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(botocore_session=session))
        listened = [world.aws.tooling.queue_url], [world.aws.tooling.topic_arn]
        role = OwnRole(*listened, of_organization=True, role_name="compliance-bot")
        return list(role.checks()), denying.asked

    return look


#: Roles are tried in each account, a bucket with the allowlist that is in it; who asks KMS is AWS.
ELSEWHERE = ("sts:", "s3:", "kms:")
OWN = sorted(action for action in granted(BOT, "task") if not action.startswith(ELSEWHERE))
_OPERATIONS = {"DeleteMessage": "DeleteMessageBatch"}


def test_where_the_own_role_may_do_everything_nothing_is_missing(own):
    assert problems(own()[0]) == {}


def test_what_the_bots_own_role_grants_is_what_check_tries_and_nothing_else(own):
    _, asked = own()

    assert {action.replace("MessageBatch", "Message") for action in asked} == set(OWN)


@pytest.mark.parametrize("action", OWN)
def test_each_permission_of_the_own_role_that_is_missing_is_named(own, action):
    operation = action.partition(":")[2]

    checks, _ = own(_OPERATIONS.get(operation, operation))

    told = {check.what.partition(" ")[0]: check for check in checks if check.problem}
    assert "not authorized" in told[action].problem
    assert told[action].remedy


def test_a_queue_whose_key_may_not_be_used_is_told_as_that(own):
    checks, _ = own("ReceiveMessage", "KMS.AccessDeniedException")

    [missing] = [check for check in checks if check.problem]
    assert missing.what.startswith("kms:Decrypt of what is in queue")


def test_of_an_encrypted_queue_that_is_empty_nobody_says_that_it_can_be_decrypted(sqs):
    url = sqs.create_queue(QueueName="kept", Attributes={"KmsMasterKeyId": "alias/a"})["QueueUrl"]

    [decrypt] = [check for check in check_queue(url) if "Decrypt" in check.what]

    assert "queue is empty" in decrypt.warning


def test_looking_at_a_queue_takes_nothing_away_from_it(sqs):
    url = sqs.create_queue(QueueName="waiting")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="kept")

    list(check_queue(url))

    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "kept"


def test_a_queue_without_dead_letters_or_that_is_not_there_is_told(sqs):
    url = sqs.create_queue(QueueName="bare")["QueueUrl"]

    [bare] = problems(check_queue(url)).values()
    gone = problems(check_queue(f"{url}-missing"))

    assert "no dead-letter queue" in bare
    assert len(gone) == 3
    assert all("does not exist" in problem for problem in gone.values())


def test_a_queue_that_gives_up_after_one_receive_is_told(sqs):
    dead = "arn:aws:sqs:eu-west-2:123456789012:dead"
    sqs.create_queue(QueueName="dead")
    policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 1})
    url = sqs.create_queue(QueueName="once", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    [problem] = problems(check_queue(url)).values()

    assert "after 1 receives" in problem
