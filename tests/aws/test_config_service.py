"""AWS Config's answers, in our words; botocore checks that what we ask fits AWS's own model."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from aws.config_service import (
    AwsBusyError,
    AwsDoubtError,
    AwsForbiddenError,
    AwsRefusedError,
    ConfigService,
    ExecutionState,
    NotConfiguredError,
    Starter,
)
from compliance.change import Compliance
from tests.builders import RULE, at, key

LOWER = {"resourceType": "AWS::S3::Bucket", "resourceId": "repairs-photos"}
UPPER = {"ResourceType": "AWS::S3::Bucket", "ResourceId": "repairs-photos"}


class Stubbed:
    """One client for every account, with answers that were put in."""

    def __init__(self):
        self._config = boto3.client(
            "config", "eu-west-2", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stub = Stubber(self._config)

    def client(self, service, account, region):
        return self._config


@pytest.fixture
def stubbed():
    stubbed = Stubbed()
    with stubbed.stub:
        yield stubbed
        stubbed.stub.assert_no_pending_responses()
    stubbed._config.close()


@pytest.fixture
def service(stubbed):
    return ConfigService(stubbed)


@pytest.fixture
def starter(stubbed):
    return Starter(stubbed._config)


@pytest.fixture
def answer(stubbed):
    def put(operation, response, asked=None):
        stubbed.stub.add_response(operation, response, asked)

    return put


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("ThrottlingException", 400, AwsBusyError),
        ("LimitExceededException", 400, AwsBusyError),
        ("ExpiredTokenException", 400, AwsBusyError),
        ("SignatureDoesNotMatch", 403, AwsBusyError),
        ("RequestExpired", 400, AwsBusyError),
        ("InternalServerException", 500, AwsDoubtError),
        ("503", 503, AwsDoubtError),
        ("403", 403, AwsDoubtError),
        ("AccessDeniedException", 400, AwsForbiddenError),
        ("InsufficientPermissionsException", 400, AwsForbiddenError),
        ("NoSuchRemediationConfigurationException", 400, NotConfiguredError),
        ("NoSuchConfigRuleException", 400, NotConfiguredError),
        ("InvalidParameterValueException", 400, AwsRefusedError),
    ],
)
def test_an_error_of_aws_says_whether_asking_later_helps(starter, stubbed, code, status, expected):
    stubbed.stub.add_client_error("start_remediation_execution", code, "said so", status)

    with pytest.raises(expected, match="said so") as raised:
        starter.start([key()])

    assert type(raised.value) is expected


def test_an_aws_out_of_reach_is_busy():
    class Unreachable:
        def client(self, service, account, region):
            raise EndpointConnectionError(endpoint_url="https://config")

    with pytest.raises(AwsBusyError):
        ConfigService(Unreachable()).configured("111122223333", "eu-west-2", RULE)


def test_what_was_taken_is_not_among_the_refused(starter, answer):
    asked = {"ConfigRuleName": RULE, "ResourceKeys": [LOWER]}
    answer("start_remediation_execution", {}, asked)

    assert starter.start([key()]) == {}


def test_failed_items_of_a_successful_answer_are_refused_with_the_reason(starter, answer):
    told = {"FailureMessage": "already compliant", "FailedItems": [LOWER]}
    answer("start_remediation_execution", told)

    assert starter.start([key(), key("other")]) == {key(): "already compliant"}


def test_a_failure_without_items_concerns_all_that_were_asked(starter, answer):
    answer("start_remediation_execution", {"FailureMessage": "no"})

    assert starter.start([key(), key("other")]) == {key(): "no", key("other"): "no"}


def test_a_failed_item_without_reason_says_that_there_was_none(starter, answer):
    answer("start_remediation_execution", {"FailedItems": [LOWER]})

    assert starter.start([key()])[key()] == "AWS Config gave no reason."


def status(state, *steps):
    told = [{"Name": name, "State": is_now, **more} for name, is_now, more in steps]
    return {
        "RemediationExecutionStatuses": [
            {"ResourceKey": LOWER, "State": state, "StepDetails": told, "InvocationTime": at(1)}
        ]
    }


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (status("QUEUED"), (0, 0, "", "")),
        (status("IN_PROGRESS", ("Put", "PENDING", {})), (0, 1, "", "")),
        (
            status("IN_PROGRESS", ("Put", "SUCCEEDED", {}), ("Look", "IN_PROGRESS", {})),
            (2, 2, "Look", ""),
        ),
        (
            status("FAILED", ("Put", "FAILED", {"ErrorMessage": "no"}), ("Look", "EXITED", {})),
            (1, 2, "Put", "no"),
        ),
    ],
    ids=["queued", "not begun", "second step", "failed"],
)
def test_an_execution_is_at_a_step(service, answer, told, expected):
    answer("describe_remediation_execution_status", told)

    execution = service.executions([key()])[key()]

    assert (execution.step, execution.steps, execution.step_name, execution.message) == expected
    assert execution.state is ExecutionState(told["RemediationExecutionStatuses"][0]["State"])
    assert execution.invoked_at == at(1)


def test_all_pages_are_read(service, answer):
    first = {**status("QUEUED"), "NextToken": "more"}
    other = {**status("QUEUED")["RemediationExecutionStatuses"][0]}
    other["ResourceKey"] = {**LOWER, "resourceId": "other"}
    answer("describe_remediation_execution_status", first)
    answer("describe_remediation_execution_status", {"RemediationExecutionStatuses": [other]})

    assert set(service.executions([key(), key("other")])) == {key(), key("other")}


def result(compliance, rule=RULE, resource="repairs-photos"):
    qualifier = {
        "ConfigRuleName": rule,
        "ResourceType": "AWS::S3::Bucket",
        "ResourceId": resource,
    }
    return {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier},
        "ComplianceType": compliance,
        "ResultRecordedTime": at(2),
        "Annotation": "\nwhy ",
    }


def test_the_evaluation_of_a_resource_is_that_under_its_own_rule(service, answer):
    told = {"EvaluationResults": [result("COMPLIANT", rule="other"), result("NON_COMPLIANT")]}
    answer("get_compliance_details_by_resource", told)

    found = service.evaluation(key())

    assert (found.compliance, found.recorded_at) == (Compliance.NON_COMPLIANT, at(2))
    assert found.annotation == "why"


def test_a_resource_that_is_not_evaluated_has_no_evaluation(service, answer):
    answer("get_compliance_details_by_resource", {"EvaluationResults": []})

    assert service.evaluation(key()) is None


def test_a_rule_is_read_a_hundred_results_at_a_time_without_those_that_say_nothing(service, answer):
    told = [result("COMPLIANT"), result("INSUFFICIENT_DATA", resource="other")]
    asked = {"ConfigRuleName": RULE, "Limit": 100}
    answer("get_compliance_details_by_config_rule", {"EvaluationResults": told}, asked)

    found = list(service.evaluations("111122223333", "eu-west-2", RULE))

    assert [change.key for change in found] == [key()]


UNTIL = datetime(2026, 12, 2, tzinfo=UTC)


def test_an_exception_is_put_in_the_spelling_of_that_call_and_its_message_cut(service, answer):
    asked = {
        "ConfigRuleName": RULE,
        "ResourceKeys": [UPPER],
        "Message": "x" * 1024,
        "ExpirationTime": UNTIL,
    }
    answer("put_remediation_exceptions", {}, asked)

    service.put_exception(key(), UNTIL, "x" * 2000)


def test_a_failed_batch_of_a_successful_answer_is_a_refusal(service, answer):
    failed = {"FailedBatches": [{"FailureMessage": "compliant", "FailedItems": []}]}
    answer("put_remediation_exceptions", failed, {**dict.fromkeys(PUT, ANY)})

    with pytest.raises(AwsRefusedError, match="compliant"):
        service.put_exception(key(), UNTIL, "why")


PUT = ("ConfigRuleName", "ResourceKeys", "Message", "ExpirationTime")


def test_an_exception_that_is_gone_already_is_as_good_as_deleted(service, stubbed):
    code = "NoSuchRemediationExceptionException"
    stubbed.stub.add_client_error("delete_remediation_exceptions", code)

    service.delete_exception(key())


def test_an_exception_that_may_not_be_deleted_is_a_refusal(service, stubbed):
    stubbed.stub.add_client_error("delete_remediation_exceptions", "AccessDeniedException", "no")

    with pytest.raises(AwsForbiddenError):
        service.delete_exception(key())
