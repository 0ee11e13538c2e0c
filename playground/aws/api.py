"""The operations of AWS Config that moto lacks, with AWS's refusals (FACTS §4)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from playground.aws.documents import find_document
from playground.aws.executions import Execution
from playground.aws.records import (
    Place,
    Recorded,
    RemediationException,
    ResourceKey,
    Result,
)
from playground.aws.runbooks import ASSUME_ROLE, steps_of
from playground.aws.service import ConfigService, PlaceState, RuleActivity

Params = Mapping[str, Any]
Answer = dict[str, Any]
T = TypeVar("T")

#: "more than once per minute" (FACTS §4, StartConfigRulesEvaluation).
_EVALUATION_GAP = timedelta(minutes=1)
#: Items in one failed batch of exceptions.
_BATCH_MAX = 25
#: ComplianceContributorCount stops here and says that it did.
_COUNT_CAP = 25


class ConfigError(Exception):
    """AWS Config refuses the call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def put_remediation_configurations(service: ConfigService, place: Place, params: Params) -> Answer:
    configurations = params["RemediationConfigurations"]
    for configuration in configurations:
        _check_remediation(service, place, configuration)
    for configuration in configurations:
        rule = configuration["ConfigRuleName"]
        arn = f"arn:aws:config:{place.region}:{place.account}:remediation-configuration/{rule}"
        service.state(place).remediations[rule] = {"Automatic": False, **configuration, "Arn": arn}
    return {"FailedBatches": []}


def _check_remediation(service: ConfigService, place: Place, configuration: Params) -> None:
    rule, target = configuration["ConfigRuleName"], configuration["TargetId"]
    if rule not in service.rules(place):
        raise ConfigError("InvalidParameterValueException", f"There is no Config rule {rule}.")
    document = find_document(place, target)
    if document is None:
        raise ConfigError("InvalidParameterValueException", f"The document {target} is not found.")
    faults = document.faults(configuration.get("Parameters", {}))
    if faults:
        raise ConfigError(
            "InvalidParameterValueException",
            "There were invalid RemediationParameterValues for configurations for AWS Config "
            f"Rules: [{rule}] ({', '.join(faults)})",
        )


def _value(parameter: Params, resource_id: str) -> str:
    if "ResourceValue" in parameter:
        return resource_id
    return ",".join(parameter.get("StaticValue", {}).get("Values", []))


def describe_remediation_configurations(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    remediations = service.state(place).remediations
    found = [remediations[name] for name in params["ConfigRuleNames"] if name in remediations]
    return {"RemediationConfigurations": found}


def delete_remediation_configuration(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    state, rule = service.state(place), params["ConfigRuleName"]
    _remediation(state, rule)
    if any(not run.ended for (name, _), run in state.executions.items() if name == rule):
        raise ConfigError("RemediationInProgressException", f"A remediation of {rule} is running.")
    del state.remediations[rule]
    return {}


def _remediation(state: PlaceState, rule: str) -> Params:
    if rule not in state.remediations:
        raise ConfigError(
            "NoSuchRemediationConfigurationException",
            f"No RemediationConfiguration for rule {rule} exists.",
        )
    return state.remediations[rule]


def start_remediation_execution(service: ConfigService, place: Place, params: Params) -> Answer:
    state, rule = service.state(place), params["ConfigRuleName"]
    remediation = _remediation(state, rule)
    keys = [_key(key) for key in params["ResourceKeys"]]
    for key in keys:
        running = state.executions.get((rule, key))
        if running is not None and not running.ended:
            raise ConfigError(
                "InvalidParameterValueException",
                f"A remediation execution of {rule} on {key.resource_id} is in progress.",
            )
    failed = [key for key in keys if not _is_non_compliant(state, rule, key)]
    state.executions |= {
        (rule, key): _execution(service, place, remediation, key)
        for key in keys
        if key not in failed
    }
    if not failed:
        return {}
    return {
        "FailureMessage": "The resource is already compliant, or the rule has not evaluated it.",
        "FailedItems": [_lower_key(key) for key in failed],
    }


def _is_non_compliant(state: PlaceState, rule: str, key: ResourceKey) -> bool:
    result = state.results.get((rule, key))
    return result is not None and result.compliance == "NON_COMPLIANT"


def _execution(
    service: ConfigService, place: Place, remediation: Params, key: ResourceKey
) -> Execution:
    now = service.stamp()
    values = {
        name: _value(parameter, key.resource_id)
        for name, parameter in remediation["Parameters"].items()
    }
    if not values[ASSUME_ROLE].startswith(f"arn:aws:iam::{place.account}:role/"):
        raise ConfigError(
            "InsufficientPermissionsException",
            f"The role {values[ASSUME_ROLE]} cannot be passed to a runbook in {place.account}.",
        )
    service.faults.execution_started(place, key)
    return Execution(
        key,
        steps_of(remediation["TargetId"]),
        values,
        service.faults.failure_of(key.resource_id),
        invoked_at=now,
        due=service.clock() + service.pace.queue,
        updated_at=now,
    )


def describe_remediation_execution_status(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    state, rule = service.state(place), params["ConfigRuleName"]
    _remediation(state, rule)
    wanted = {_key(key) for key in params.get("ResourceKeys", [])}
    found = [
        run.status()
        for (name, key), run in sorted(state.executions.items(), key=lambda entry: entry[0])
        if name == rule and (not wanted or key in wanted)
    ]
    return _page("RemediationExecutionStatuses", found, params, default=100)


def put_remediation_exceptions(service: ConfigService, place: Place, params: Params) -> Answer:
    state, rule = service.state(place), params["ConfigRuleName"]
    if rule not in service.rules(place):
        raise ConfigError("InvalidParameterValueException", f"There is no Config rule {rule}.")
    expires_at = _time(params.get("ExpirationTime"))
    if expires_at is not None and expires_at <= service.clock():
        raise ConfigError("InvalidParameterValueException", "ExpirationTime is in the past.")
    failed = []
    for key in map(_exception_key, params["ResourceKeys"]):
        exception = RemediationException(rule, key, params.get("Message"), expires_at)
        if _is_non_compliant(state, rule, key):
            state.exceptions[rule, key] = exception
        else:
            failed.append(_exception(exception))
    message = "A remediation exception is not generated for a resource that is not NON_COMPLIANT."
    return {
        "FailedBatches": [
            {"FailureMessage": message, "FailedItems": failed[start : start + _BATCH_MAX]}
            for start in range(0, len(failed), _BATCH_MAX)
        ]
    }


def describe_remediation_exceptions(service: ConfigService, place: Place, params: Params) -> Answer:
    exceptions, now = service.state(place).exceptions, service.clock()
    # AWS deletes exceptions by itself when they expire.
    for expired in [k for k, e in exceptions.items() if e.expires_at and e.expires_at <= now]:
        del exceptions[expired]
    wanted = {_exception_key(key) for key in params.get("ResourceKeys", [])}
    found = [
        _exception(exception)
        for (rule, key), exception in sorted(exceptions.items(), key=lambda entry: entry[0])
        if rule == params["ConfigRuleName"] and (not wanted or key in wanted)
    ]
    return _page("RemediationExceptions", found, params, default=_BATCH_MAX, maximum=_BATCH_MAX)


def delete_remediation_exceptions(service: ConfigService, place: Place, params: Params) -> Answer:
    exceptions, rule = service.state(place).exceptions, params["ConfigRuleName"]
    keys = [_exception_key(key) for key in params["ResourceKeys"]]
    missing = [key for key in keys if exceptions.pop((rule, key), None) is None]
    if len(missing) == len(keys):
        raise ConfigError(
            "NoSuchRemediationExceptionException", f"No such exception exists for rule {rule}."
        )
    items = [{"ResourceType": key.resource_type, "ResourceId": key.resource_id} for key in missing]
    batch = {"FailureMessage": "There is no exception for these.", "FailedItems": items}
    return {"FailedBatches": [batch] if items else []}


def _exception(exception: RemediationException) -> Answer:
    answer = {
        "ConfigRuleName": exception.rule,
        "ResourceType": exception.key.resource_type,
        "ResourceId": exception.key.resource_id,
        "Message": exception.message,
        "ExpirationTime": exception.expires_at,
    }
    return {name: value for name, value in answer.items() if value is not None}


def describe_compliance_by_config_rule(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    state = service.state(place)
    wanted = params.get("ComplianceTypes")
    found = []
    for rule in _rule_names(service, place, params):
        outcomes = [
            result.compliance for (name, _), result in state.results.items() if name == rule
        ]
        outcome = next(
            (kind for kind in ("NON_COMPLIANT", "COMPLIANT") if kind in outcomes),
            "INSUFFICIENT_DATA",
        )
        compliance: Answer = {"ComplianceType": outcome}
        if outcome == "NON_COMPLIANT":
            count = outcomes.count(outcome)
            compliance["ComplianceContributorCount"] = {
                "CappedCount": min(count, _COUNT_CAP),
                "CapExceeded": count > _COUNT_CAP,
            }
        if not wanted or outcome in wanted:
            found.append({"ConfigRuleName": rule, "Compliance": compliance})
    return _page("ComplianceByConfigRules", found, params, default=25)


def get_compliance_details_by_config_rule(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    rule = params["ConfigRuleName"]
    _check_rules(service, place, [rule])
    results = [result for result in _results(service, place, params) if result.rule == rule]
    return _page("EvaluationResults", list(map(_evaluation, results)), params, default=10)


def get_compliance_details_by_resource(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    key = ResourceKey(params.get("ResourceType", ""), params.get("ResourceId", ""))
    results = [result for result in _results(service, place, params) if result.key == key]
    return _page("EvaluationResults", list(map(_evaluation, results)), params, default=10)


def _results(service: ConfigService, place: Place, params: Params) -> list[Result]:
    wanted = params.get("ComplianceTypes")
    results = sorted(service.state(place).results.items(), key=lambda entry: entry[0])
    return [result for _, result in results if not wanted or result.compliance in wanted]


def _evaluation(result: Result) -> Answer:
    return {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": result.rule,
                "ResourceType": result.key.resource_type,
                "ResourceId": result.key.resource_id,
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": result.ordered_at,
        },
        "ComplianceType": result.compliance,
        "ResultRecordedTime": result.recorded_at,
        "ConfigRuleInvokedTime": result.invoked_at,
    }


def describe_config_rule_evaluation_status(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    found = []
    for name in _rule_names(service, place, params):
        rule, activity = service.rules(place)[name], service.state(place).activity[name]
        status: Answer = {
            "ConfigRuleName": name,
            "ConfigRuleArn": rule.config_rule_arn,
            "ConfigRuleId": rule.config_rule_id,
            "FirstActivatedTime": activity.activated_at,
            "FirstEvaluationStarted": activity.evaluated_at is not None,
        }
        if activity.evaluated_at is not None:
            status["LastSuccessfulInvocationTime"] = activity.evaluated_at
            status["LastSuccessfulEvaluationTime"] = activity.evaluated_at
        found.append(status)
    return _page("ConfigRulesEvaluationStatus", found, params, default=50)


def start_config_rules_evaluation(service: ConfigService, place: Place, params: Params) -> Answer:
    state, now = service.state(place), service.clock()
    names = params.get("ConfigRuleNames", [])
    _check_rules(service, place, names)
    for name in names:
        asked_at = state.activity[name].asked_at
        if asked_at is not None and now - asked_at < _EVALUATION_GAP:
            raise ConfigError(
                "LimitExceededException", f"{name} was evaluated less than a minute ago."
            )
    for name in names:
        state.activity[name].asked_at = now
        state.waiting[name] = True
    return {}


def get_resource_config_history(service: ConfigService, place: Place, params: Params) -> Answer:
    key = ResourceKey(params["resourceType"], params["resourceId"])
    history = service.state(place).history.get(key)
    if history is None:
        raise ConfigError(
            "ResourceNotDiscoveredException",
            f"Resource {key.resource_id} of resourceType:{key.resource_type} is unknown.",
        )
    earlier, later = _time(params.get("earlierTime")), _time(params.get("laterTime"))
    forward = params.get("chronologicalOrder") == "Forward"
    found = [
        {
            "version": "1.3",
            "accountId": place.account,
            "configurationItemCaptureTime": recorded.captured_at,
            "configurationItemStatus": recorded.status,
            "configurationStateId": str(int(recorded.captured_at.timestamp() * 1000)),
            "arn": recorded.item.arn,
            "resourceType": key.resource_type,
            "resourceId": key.resource_id,
            "resourceName": recorded.item.name,
            "awsRegion": place.region,
            "availabilityZone": "Not Applicable",
            **_content(recorded),
        }
        for recorded in (history if forward else reversed(history))
        if (not earlier or recorded.captured_at >= earlier)
        and (not later or recorded.captured_at <= later)
    ]
    return _page("configurationItems", found, params, default=10, capitals=False)


def _content(recorded: Recorded) -> Answer:
    if recorded.deleted:
        return {"tags": {}, "supplementaryConfiguration": {}}
    return {
        "tags": dict(recorded.item.tags),
        "configuration": json.dumps(recorded.item.configuration),
        "supplementaryConfiguration": recorded.item.supplementary_texts(),
    }


def check_delete_config_rule(service: ConfigService, place: Place, params: Params) -> None:
    rule = params["ConfigRuleName"]
    if rule in service.state(place).remediations:
        raise ConfigError("ResourceInUseException", f"A remediation is attached to {rule}.")


def config_rule_was_put(service: ConfigService, place: Place, params: Params) -> None:
    state = service.state(place)
    for name in service.rules(place):
        if name not in state.activity or name == params["ConfigRule"].get("ConfigRuleName"):
            state.activity.setdefault(name, RuleActivity(service.stamp()))
            state.waiting.setdefault(name, False)


def config_rule_was_deleted(service: ConfigService, place: Place, params: Params) -> None:
    service.state(place).forget_rule(params["ConfigRuleName"])


def _rule_names(service: ConfigService, place: Place, params: Params) -> Sequence[str]:
    names: Sequence[str] = params.get("ConfigRuleNames") or sorted(service.rules(place))
    _check_rules(service, place, names)
    return names


def _check_rules(service: ConfigService, place: Place, names: Iterable[str]) -> None:
    for name in names:
        if name not in service.rules(place):
            raise ConfigError(
                "NoSuchConfigRuleException",
                f"The ConfigRule '{name}' provided in the request is invalid. "
                "Please check the configRule name",
            )


def _page(
    name: str,
    found: Sequence[T],
    params: Params,
    *,
    default: int,
    maximum: int = 100,
    capitals: bool = True,
) -> Answer:
    """Return one page of *found*; the token is where the next page begins."""
    limit, token = ("Limit", "NextToken") if capitals else ("limit", "nextToken")
    size = min(params.get(limit) or default, maximum)
    start = params.get(token) or "0"
    if not (start.isdecimal() and int(start) <= len(found)):
        raise ConfigError("InvalidNextTokenException", f"The next token {start} is not valid.")
    end = int(start) + size
    page: Answer = {name: list(found[int(start) : end])}
    return page | ({token: str(end)} if end < len(found) else {})


def _key(key: Params) -> ResourceKey:
    return ResourceKey(key["resourceType"], key["resourceId"])


def _exception_key(key: Params) -> ResourceKey:
    """Exceptions spell their keys with capitals (FACTS §0.5)."""
    return ResourceKey(key.get("ResourceType", ""), key.get("ResourceId", ""))


def _lower_key(key: ResourceKey) -> Answer:
    return {"resourceType": key.resource_type, "resourceId": key.resource_id}


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


OPERATIONS: Mapping[str, Callable[[ConfigService, Place, Params], Answer]] = {
    "PutRemediationConfigurations": put_remediation_configurations,
    "DescribeRemediationConfigurations": describe_remediation_configurations,
    "DeleteRemediationConfiguration": delete_remediation_configuration,
    "StartRemediationExecution": start_remediation_execution,
    "DescribeRemediationExecutionStatus": describe_remediation_execution_status,
    "PutRemediationExceptions": put_remediation_exceptions,
    "DescribeRemediationExceptions": describe_remediation_exceptions,
    "DeleteRemediationExceptions": delete_remediation_exceptions,
    "DescribeComplianceByConfigRule": describe_compliance_by_config_rule,
    "GetComplianceDetailsByConfigRule": get_compliance_details_by_config_rule,
    "GetComplianceDetailsByResource": get_compliance_details_by_resource,
    "DescribeConfigRuleEvaluationStatus": describe_config_rule_evaluation_status,
    "StartConfigRulesEvaluation": start_config_rules_evaluation,
    "GetResourceConfigHistory": get_resource_config_history,
}

Hook = Callable[[ConfigService, Place, Params], None]

#: What to check before, and to note after, an operation that moto does itself.
BEFORE: Mapping[str, Hook] = {"DeleteConfigRule": check_delete_config_rule}
AFTER: Mapping[str, Hook] = {
    "PutConfigRule": config_rule_was_put,
    "DeleteConfigRule": config_rule_was_deleted,
}
