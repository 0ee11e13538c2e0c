"""Every message of AWS Config, in every envelope."""

import base64
import gzip
import html
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.change import Compliance
from compliance.envelopes import NotCompliance, SubscriptionRequest
from compliance.notification import Reading, parse
from compliance.refusal import NotUnderstood, Problem

SAMPLES = Path(__file__).parents[1] / "samples"
INNER = (
    SAMPLES / "made/inner-noncompliant-s3-bucket-level-public-access-prohibited.json"
).read_text()
EVENT = (SAMPLES / "published/eventbridge-compliance-iam-user-noncompliant.json").read_text()

CHANGES = {
    "published/docs-compliance-change-account-compliant.json": ("cloudtrail-enabled", "COMPLIANT"),
    "published/eventbridge-compliance-iam-user-noncompliant.json": (
        "access-keys-rotated",
        "NON_COMPLIANT",
    ),
    "published/eventbridge-compliance-securityhub-rule-compliant-first.json": (
        "securityhub-iam-inline-policy-blocked-kms-actions-baa2cf8c",
        "COMPLIANT",
    ),
    "published/nzism-eventbridge-compliance-lambda-compliant-first.json": (
        "lambda-function-public-access-prohibited-conformance-pack-qayjyopmd",
        "COMPLIANT",
    ),
    "published/nzism-sqs-record-eventbridge-direct.json": (
        "lambda-function-public-access-prohibited-conformance-pack-qayjyopmd",
        "COMPLIANT",
    ),
    "made/eventbridge-compliance-not-applicable.json": ("access-keys-rotated", "NOT_APPLICABLE"),
    "made/wire-compliance-change-account-compliant.json": ("cloudtrail-enabled", "COMPLIANT"),
    "made/wire-sqs-raw-compliance-change.json": ("cloudtrail-enabled", "COMPLIANT"),
    **{
        f"made/inner-noncompliant-{rule}.json": (rule, "NON_COMPLIANT")
        for rule in (
            "dynamodb-pitr-enabled",
            "dynamodb-table-encrypted-kms",
            "lambda-function-xray-enabled",
            "rds-instance-deletion-protection-enabled",
            "rds-instance-public-access-check",
            "rds-multi-az-support",
            "s3-bucket-level-public-access-prohibited",
            "sns-encrypted-kms",
        )
    },
}
FACTS = {
    "published/custodian-eventbridge-ci-change-sqs-queue.json": ("config-changes", False),
    "published/custodian-sqs-message-s3-bucket-created.json": ("custodian-test-data-23", False),
    "published/custodian-sqs-message-s3-bucket-deleted.json": ("custodian-test-data-21", True),
    "published/docs-ci-change-ec2-instance-updated.json": ("", False),
    "published/docs-ci-change-security-group.json": ("", False),
    "made/wire-ci-change-security-group.json": ("", False),
}
DROPPED = {
    "made/wire-config-rules-evaluation-started.json": "ConfigRulesEvaluationStarted",
    "published/docs-config-rules-evaluation-started.json": "ConfigRulesEvaluationStarted",
    "published/docs-history-delivery-completed.json": "ConfigurationHistoryDeliveryCompleted",
    "published/docs-oversized-ci-change.message.json": (
        "OversizedConfigurationItemChangeNotification"
    ),
    "published/docs-oversized-ci-change.txt": "OversizedConfigurationItemChangeNotification",
    "published/docs-oversized-ci-delivery-failed.message.json": (
        "OversizedConfigurationItemChangeDeliveryFailed"
    ),
    "published/docs-oversized-ci-delivery-failed.txt": (
        "OversizedConfigurationItemChangeDeliveryFailed"
    ),
    "published/docs-snapshot-delivery-completed.json": "ConfigurationSnapshotDeliveryCompleted",
    "published/docs-snapshot-delivery-started.json": "ConfigurationSnapshotDeliveryStarted",
    "published/docs-sns-http-headers-notification.http.txt": "text",
    "published/docs-sns-http-notification.body.json": "text",
    "published/docs-sns-http-notification.http.txt": "text",
    "published/docs-sns-http-subscription-confirmation.http.txt": "text",
    "published/docs-sns-http-unsubscribe-confirmation.body.json": "UnsubscribeConfirmation",
    "published/docs-sns-http-unsubscribe-confirmation.http.txt": "text",
    "published/docs-sns-sqs-body-raw-disabled.json": "text",
    "published/docs-sns-sqs-body-raw-enabled.txt": "text",
}
REFUSED = {"published/docs-eventbridge-envelope-template.json.txt": Problem.MALFORMED}
CONFIRMATIONS = {"published/docs-sns-http-subscription-confirmation.body.json"}


def read(name):
    return parse((SAMPLES / name).read_text())


def test_every_sample_has_an_expected_result():
    present = {str(path.relative_to(SAMPLES)) for path in SAMPLES.glob("*/*")}

    assert present == {*CHANGES, *FACTS, *DROPPED, *REFUSED, *CONFIRMATIONS}


@pytest.mark.parametrize("name", CHANGES)
def test_a_compliance_change_is_read(name):
    [change] = read(name).changes

    assert (change.key.rule, change.compliance) == CHANGES[name]


@pytest.mark.parametrize("name", FACTS)
def test_a_configuration_item_tells_of_its_resource(name):
    [fact] = read(name).facts

    assert (fact.name, fact.deleted) == FACTS[name]


@pytest.mark.parametrize("name", DROPPED)
def test_what_says_nothing_of_compliance_is_named_and_dropped(name):
    assert read(name) == NotCompliance(DROPPED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_understood_is_refused_with_its_problem(name):
    assert read(name).problem is REFUSED[name]


def test_a_subscription_confirmation_in_a_queue_is_a_request():
    [name] = CONFIRMATIONS

    assert read(name) == SubscriptionRequest(
        "arn:aws:sns:us-west-2:123456789012:MyTopic", "2336412f37..."
    )


def test_a_change_carries_everything_that_the_message_says():
    [change] = parse(INNER).changes

    assert str(change.key) == (
        "123456789012|us-east-1|s3-bucket-level-public-access-prohibited|"
        "AWS::S3::Bucket|example-bucket"
    )
    assert change.recorded_at == datetime(2016, 9, 27, 19, 48, 41, 405000, tzinfo=UTC)
    assert change.rule_arn.endswith("config-rule-syn000")


def wrap_sns(message):
    topic = "arn:aws:sns:us-east-1:123456789012:config"
    return json.dumps({"Type": "Notification", "TopicArn": topic, "Message": message})


@pytest.mark.parametrize(
    "wrapped",
    [
        wrap_sns(INNER),
        json.dumps({"Body": wrap_sns(INNER)}),
        json.dumps({"Records": [{"body": INNER}]}),
        json.dumps({"Records": [{"EventSource": "aws:sns", "Sns": json.loads(wrap_sns(INNER))}]}),
    ],
    ids=["SNS", "SNS in SQS", "SQS records", "SNS records"],
)
def test_every_envelope_holds_the_same_change(wrapped):
    assert parse(wrapped) == parse(INNER)


def test_an_event_inside_a_topic_holds_the_same_change():
    assert parse(wrap_sns(EVENT)) == parse(EVENT)


def test_several_records_are_read_together():
    both = json.dumps({"Records": [{"body": INNER}, {"body": EVENT}]})

    assert parse(both).changes == parse(INNER).changes + parse(EVENT).changes


TRAIL_RECORD = json.dumps(
    {"Records": [{"eventVersion": "1.1", "eventSource": "s3.amazonaws.com",
                  "eventName": "PutObject", "awsRegion": "eu-west-2"}]}
)  # fmt: skip


def packed(text):
    return base64.b64encode(gzip.compress(text.encode())).decode()


def coded(text):
    return base64.b64encode(text.encode()).decode()


def logged(text):
    """As CloudWatch Logs hands on what EventBridge wrote to a log group."""
    events = [{"id": "3", "timestamp": 1, "message": text}]
    return json.dumps({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": events})


def streamed(source, record):
    about = {"eventVersion": "1.0", "eventName": "INSERT", "awsRegion": "us-east-1"}
    return json.dumps({"Records": [{**about, "eventSource": source, **record}]})


CLOUDTRAIL = {"detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": "PutObject"}}


def edited(text, **changes):
    return json.dumps({**json.loads(text), **changes})


@pytest.mark.parametrize(
    "body",
    [
        edited(INNER, awsAccountId="999999999999"),
        edited(INNER, awsRegion="eu-west-2"),
        edited(INNER, configRuleName="another-rule"),
        edited(INNER, resourceId="another-bucket"),
        edited(INNER, resourceId="arn:aws:s3:us-east-1:999999999999:x"),
        edited(EVENT, account="999999999999"),
        edited(EVENT, region="eu-west-2"),
    ],
    ids=["account", "Region", "rule", "resource", "ARN", "event's account", "event's Region"],
)
def test_a_message_that_disagrees_with_itself_is_refused(body):
    assert parse(body).problem is Problem.DISAGREE


@pytest.mark.parametrize("missing", ["awsAccountId", "resourceId", "newEvaluationResult"])
def test_a_compliance_change_without_a_field_is_refused_and_names_it(missing):
    message = json.loads(INNER)
    del message[missing]

    refused = parse(json.dumps(message))

    assert refused.problem is Problem.MISSING
    assert missing in refused.detail


@pytest.mark.parametrize(
    "body",
    ['{"messageType": ', "[" * 100_000, '{"a": ' + "9" * 5000 + "}", "\ufeff{", '{"a": NaN'],
    ids=["cut off", "deep", "huge number", "byte order mark", "NaN"],
)
def test_broken_json_is_refused_or_dropped_but_never_raises(body):
    assert isinstance(parse(body), NotUnderstood | NotCompliance)


def test_half_a_character_in_a_resource_id_is_refused():
    assert parse(edited(INNER, resourceId="\ud800")).problem is Problem.MISSING


def test_an_envelope_inside_an_envelope_has_an_end():
    body = INNER
    for _ in range(9):
        body = json.dumps({"Body": body})

    assert parse(body).problem is Problem.TOO_DEEP


def test_other_events_on_the_same_queue_are_dropped():
    event = {"source": "aws.ec2", "detail-type": "EC2 Instance State-change", "detail": {}}

    assert parse(json.dumps(event)) == NotCompliance("EC2 Instance State-change")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.text() | JSON.map(json.dumps))
def test_no_text_raises(body):
    assert isinstance(parse(body), Reading | NotCompliance | SubscriptionRequest | NotUnderstood)


def places(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else ()
    for name, child in children:
        yield from places(child, (*path, name))


def altered(value, path, new):
    if not path:
        return new
    return {**value, path[0]: altered(value[path[0]], path[1:], new)}


@settings(max_examples=300)
@given(
    st.sampled_from([INNER, EVENT, *((SAMPLES / name).read_text() for name in sorted(FACTS))]),
    st.randoms(),
    JSON,
)
def test_no_alteration_of_a_real_message_raises(body, random, new):
    message = json.loads(body)
    path = random.choice(list(places(message)))

    told = parse(json.dumps(altered(message, path, new)))

    assert isinstance(told, Reading | NotCompliance | SubscriptionRequest | NotUnderstood)


@given(st.text(min_size=1, max_size=60).filter(str.isprintable), st.sampled_from(Compliance))
def test_what_was_sent_is_what_is_read(resource, compliance):
    message = json.loads(INNER)
    result = message["newEvaluationResult"]
    result["complianceType"] = compliance.value
    identifier = result["evaluationResultIdentifier"]["evaluationResultQualifier"]
    message["resourceId"] = identifier["resourceId"] = resource

    [change] = parse(json.dumps(message)).changes

    assert (change.key.resource_id, change.compliance) == (resource, compliance)


def with_result(**changes):
    message = json.loads(INNER)
    message["newEvaluationResult"] |= changes
    return json.dumps(message)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (with_result(complianceType="FINE"), "unknown complianceType 'FINE'"),
        (with_result(resultRecordedTime="yesterday"), "resultRecordedTime"),
        (edited(INNER, awsAccountId="12345"), "awsAccountId"),
        (edited(INNER, awsRegion="everywhere"), "awsRegion"),
        (edited(INNER, configRuleName="a|b"), "configRuleName"),
        (edited(INNER, resourceId=""), "resourceId"),
        (edited(INNER, resourceId="a\u202eb"), "resourceId"),
        (edited(INNER, resourceId="x" * 769), "resourceId: over 768"),
        (edited(INNER, messageType=7), "messageType"),
        (edited(EVENT, detail={"configRuleName": "x"}), "detail"),
        (edited(EVENT, detail="ComplianceChangeNotification"), "detail"),
        ('{"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-2:1:t"}', "Message"),
    ],
    ids=["result", "time", "account", "Region", "rule", "no id",
         "hidden character", "long id", "type", "event without type", "event of text",
         "no message"],
)  # fmt: skip
def test_a_field_that_cannot_be_right_is_named(body, named):
    refused = parse(body)

    assert refused.problem is Problem.MISSING
    assert named in refused.detail


def test_a_result_without_enough_data_says_nothing_of_compliance():
    told = parse(with_result(complianceType="INSUFFICIENT_DATA"))

    assert told == NotCompliance("ComplianceChangeNotification: INSUFFICIENT_DATA")


def test_a_result_about_a_resource_that_is_only_planned_is_no_finding():
    message = json.loads(INNER)
    identifier = message["newEvaluationResult"]["evaluationResultIdentifier"]
    identifier["evaluationResultQualifier"]["evaluationMode"] = "PROACTIVE"

    assert parse(json.dumps(message)) == NotCompliance("ComplianceChangeNotification: PROACTIVE")


@pytest.mark.parametrize("identifier", [None, {}, {"evaluationResultQualifier": []}], ids=str)
def test_a_result_that_does_not_repeat_its_subject_is_taken_at_its_word(identifier):
    assert parse(with_result(evaluationResultIdentifier=identifier)) == parse(INNER)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2016-09-27T19:48:40Z", datetime(2016, 9, 27, 19, 48, 40, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
        (7, None),
    ],
)
def test_when_a_rule_was_called_is_read_where_it_can_be(written, moment):
    [change] = parse(with_result(configRuleInvokedTime=written)).changes

    assert change.invoked_at == moment


def test_a_global_resource_is_found_where_its_rule_is():
    arn = json.loads(INNER)["configRuleARN"]
    [change] = parse(edited(INNER, awsRegion="global")).changes

    assert change.key.region == arn.split(":")[3]
    assert parse(edited(INNER, awsRegion="global", configRuleARN="")).problem is Problem.MISSING
    assert parse(edited(INNER, awsRegion="somewhere")).problem is Problem.MISSING


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2016-09-27T19:48:41", datetime(2016, 9, 27, 19, 48, 41, tzinfo=UTC)),
        ("2016-09-27T19:48:41Z", datetime(2016, 9, 27, 19, 48, 41, tzinfo=UTC)),
        ("2016-09-28T01:18:41+05:30", datetime(2016, 9, 27, 19, 48, 41, tzinfo=UTC)),
        ("2016-09-27T19:48:41.123456789Z", datetime(2016, 9, 27, 19, 48, 41, 123456, UTC)),
        ("9999-12-31T23:59:59-05:00", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
    ids=["no zone", "UTC", "offset", "nanoseconds", "after all", "before all"],
)
def test_a_time_is_read_however_it_is_written(written, moment):
    [change] = parse(with_result(resultRecordedTime=written)).changes

    assert change.recorded_at == moment


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (edited(EVENT, **CLOUDTRAIL), "AWS API Call via CloudTrail"),
        (edited(EVENT, source="aws.ec2"), "Config Rules Compliance Change"),
        ('{"AlarmName": "cpu", "NewStateValue": "ALARM"}', "CloudWatch alarm"),
        ('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}', "S3"),
        ('{"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3"}]}', "S3"),
        ('{"s3Bucket": "trail", "s3ObjectKey": ["AWSLogs/1.json.gz"]}', "CloudTrail"),
        (TRAIL_RECORD, "CloudTrail"),
        ("This is a test message.", "text"),
        (logged("GET /healthz 200"), "CloudWatch Logs"),
        (logged("CWL CONTROL MESSAGE: Checking health of destination"), "CloudWatch Logs"),
        (
            TRAIL_RECORD.replace("}]}", ', "requestParameters": {"messageType": "Promotional"}}]}'),
            "CloudTrail",
        ),
        ('{"source": "our.shop", "detail-type": "Sold", "detail": {"n": 1}}', "Sold"),
    ],
    ids=[
        "API call",
        "another service's",
        "alarm",
        "S3 test",
        "S3",
        "trail",
        "record",
        "words",
        "log",
        "log's test",
        "trail of a messageType",
        "another bus",
    ],
)
def test_what_is_recognised_as_somebody_elses_is_named_and_dropped(body, kind):
    assert parse(body) == NotCompliance(kind)


@pytest.mark.parametrize(
    "body",
    [
        "AWS Config rule encrypted-volumes: vol-1 is NON_COMPLIANT in 111122223333",
        logged("s3-bucket is NON_COMPLIANT"),
        streamed("aws:kinesis", {"kinesis": {"data": coded("not for us, but who can know it")}}),
        '{"source": "our.bus", "detail-type": "Alert", "detail": {"complianceType": "x"}}',
        '{"source": "our.bus", "messageType": "Sold"}',
        '{"detail-type": "Config Rules Compliance Change", "source": "aws.config"}',
        '{"x": {"detail-type": "Config Rules Compliance Change", "source": "aws.config"}}',
        '{"Records": []}',
        '{"Records": [1, {"a": 2}]}',
        "[1]",
        "[]",
        "{}",
        '{"Type": "Notification", "Message": {"a": 1}}',
        '{"pointer": "s3://bucket/key"}',
        "Look at configRuleName in the attachment.",
        edited(INNER, messageType="ComplianceChangeNotificationV2"),
        edited(EVENT, **{"detail-type": "Config Something New", "detail": {}}),
        "null",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kA==",
        json.dumps([json.loads(INNER), {"Type": "SubscriptionConfirmation", "TopicArn": "a",
                                        "Token": "t"}]),
    ],
)  # fmt: skip
def test_what_nobody_recognises_is_left_for_the_dead_letter_queue(body):
    assert parse(body).problem is Problem.UNKNOWN


WHERE = {"s3BucketName": "overflow", "s3Key": "0001"}


@pytest.mark.parametrize(
    "pointer",
    [
        ["software.amazon.payloadoffloading.PayloadS3Pointer", WHERE],
        ["com.amazon.sqs.javamessaging.MessageS3Pointer", WHERE],
        WHERE,
        {"S3MessageBodyKey": "(overflow)0001"},
        {"Type": "Notification", "Message": json.dumps(
            ["software.amazon.payloadoffloading.PayloadS3Pointer", WHERE])},
    ],
    ids=["Java", "older Java", "bare", "Node", "in a topic"],
)  # fmt: skip
def test_a_pointer_to_a_message_in_a_bucket_is_not_taken_for_nothing(pointer):
    assert parse(json.dumps(pointer)).problem is Problem.ELSEWHERE


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: json.dumps(text),
        lambda text: json.dumps({"forwarded": {"payload": text}}),
        lambda text: json.dumps({"input": {"event": json.loads(text)}}),
        lambda text: json.dumps([json.loads(text)]),
        lambda text: f"\ufeff{text}",
        lambda text: f"AWS Config reports:\n\n{text}\n-- \nTo unsubscribe, click here",
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
        lambda text: base64.b64encode(zlib.compress(text.encode())).decode(),
        lambda text: base64.b64encode(text.encode("utf-16")).decode(),
        lambda text: json.dumps({"kinesis": {"data": base64.b64encode(text.encode()).decode()}}),
        lambda text: json.dumps({"awslogs": {"data": packed(text)}}),
        lambda text: json.dumps({"source": "our.bus", "detail-type": "f", "detail": {"e": text}}),
        lambda text: base64.encodebytes(text.encode()).decode(),
        lambda text: coded(coded(text)),
        lambda text: coded(text).rstrip("="),
        lambda text: json.dumps({"awslogs": {"data": packed(logged(text))}}),
        lambda text: logged(text),
        lambda text: json.dumps({"messages": [{"messageType": "jms/text", "data": coded(text)}]}),
        lambda text: streamed("aws:kinesis", {"kinesis": {"data": coded(text)}}),
        lambda text: streamed("aws:kinesis", {"kinesis": {"data": packed(text)}}),
        lambda text: streamed("aws:dynamodb", {"dynamodb": {"NewImage": {"m": {"S": text}}}}),
        lambda text: json.dumps({"text": f"Look: ```{text}```"}),
        lambda text: f"[AWS Config:us-east-1] bucket is NON_COMPLIANT\n{text}",
        lambda text: f"payload={quote_plus(text)}",
        lambda text: f"<message>{html.escape(text)}</message>",
        lambda text: json.dumps({"records": [{"recordId": "1", "data": coded(f"{text}\n")}]}),
    ],
    ids=[
        "a text of JSON", "any keys", "an object in objects", "a list", "byte order mark",
        "e-mail", "base64", "gzip", "zlib", "UTF-16", "stream", "log subscription", "another bus",
        "base64 in lines", "base64 twice", "base64 without its end", "logs, packed", "logs",
        "another maker's queue", "Kinesis", "Kinesis, zipped", "DynamoDB", "chat", "subject",
        "form", "XML", "Firehose",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", [INNER, EVENT], ids=["message", "event"])
def test_a_message_of_aws_config_is_found_in_whatever_it_is_wrapped(wrapped, text):
    assert parse(wrapped(text)) == parse(text)
    assert parse(text).changes


def test_an_event_whose_detail_was_made_a_text_is_read_with_its_account_and_region():
    event = json.loads(EVENT)
    as_text = {**event, "detail": json.dumps(event["detail"])}

    assert parse(json.dumps(as_text)) == parse(EVENT)
    assert parse(json.dumps({**as_text, "account": "999988887777"})).problem is Problem.DISAGREE


def test_documents_that_a_stream_wrote_one_after_another_are_read_together():
    assert parse(f"{INNER}\n{INNER}{INNER}").changes == parse(INNER).changes * 3
    assert parse(f"{INNER}\n{INNER.rstrip()[:-1]}").problem is Problem.MALFORMED


def test_a_message_that_unzips_without_end_is_refused():
    bomb = base64.b64encode(gzip.compress(b'{"messageType": "' + b"a" * 50_000_000)).decode()

    assert isinstance(parse(bomb), NotUnderstood)


def test_a_record_that_must_not_be_believed_refuses_the_whole_message():
    bad = edited(INNER, awsAccountId="999999999999")

    both = parse(json.dumps({"Records": [{"body": INNER}, {"body": bad}]}))

    assert both.problem is Problem.DISAGREE


def test_objects_inside_objects_have_an_end():
    message = {"messageType": "x"}
    for _ in range(9):
        message = {"Type": "Notification", "Message": message}

    assert parse(json.dumps(message)).problem is Problem.TOO_DEEP


def test_lists_inside_lists_have_an_end():
    assert parse(json.dumps({"x": json.loads("[" * 20 + "]" * 20)})).problem is Problem.TOO_DEEP


ITEM = json.loads(
    (SAMPLES / "published/docs-ci-change-security-group.json").read_text()
)  # fmt: skip


def item(**changes):
    inner = ITEM.get("Message", ITEM)
    inner = json.loads(inner) if isinstance(inner, str) else inner
    return json.dumps({**inner, "configurationItem": {**inner["configurationItem"], **changes}})


def test_a_database_is_known_by_the_name_that_people_gave_it():
    named = {"resourceName": None, "configuration": {"dBInstanceIdentifier": "tenancy-register"}}

    [fact] = parse(item(**named)).facts

    assert fact.name == "tenancy-register"


def test_a_resource_of_no_region_is_nothing_of_ours():
    assert isinstance(parse(item(awsRegion="global")), NotCompliance)


def test_tags_are_texts_that_can_be_read():
    [fact] = parse(item(tags={"Owner": "Ann\x00\nLee", "count": 3})).facts

    assert fact.tags == {"Owner": "Ann \nLee"}


def test_tags_of_another_shape_are_no_tags():
    [fact] = parse(item(tags=["Owner"])).facts

    assert fact.tags == {}
