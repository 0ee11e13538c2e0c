"""Remediations: their configurations, their executions, and how those go on."""

from playground.aws.api.answers import Answer, ConfigError, Params, lower_key, page, resource_key
from playground.aws.documents import find_document
from playground.aws.executions import Execution
from playground.aws.records import Place, ResourceKey
from playground.aws.runbooks import ASSUME_ROLE, steps_of
from playground.aws.service import ConfigService, PlaceState


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
    remediation_of(state, rule)
    if any(not run.ended for (name, _), run in state.executions.items() if name == rule):
        raise ConfigError("RemediationInProgressException", f"A remediation of {rule} is running.")
    del state.remediations[rule]
    return {}


def remediation_of(state: PlaceState, rule: str) -> Params:
    if rule not in state.remediations:
        raise ConfigError(
            "NoSuchRemediationConfigurationException",
            f"No RemediationConfiguration for rule {rule} exists.",
        )
    return state.remediations[rule]


def start_remediation_execution(service: ConfigService, place: Place, params: Params) -> Answer:
    state, rule = service.state(place), params["ConfigRuleName"]
    remediation = remediation_of(state, rule)
    keys = [resource_key(key) for key in params["ResourceKeys"]]
    for key in keys:
        running = state.executions.get((rule, key))
        if running is not None and not running.ended:
            raise ConfigError(
                "InvalidParameterValueException",
                f"A remediation execution of {rule} on {key.resource_id} is in progress.",
            )
    failed = [
        key
        for key in keys
        if not state.is_non_compliant(rule, key)
        or service.faults.is_said_compliant(key.resource_id)
    ]
    state.executions |= {
        (rule, key): _execution(service, place, remediation, key)
        for key in keys
        if key not in failed
    }
    if not failed:
        return {}
    return {
        "FailureMessage": "The resource is already compliant, or the rule has not evaluated it.",
        "FailedItems": [lower_key(key) for key in failed],
    }


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
    remediation_of(state, rule)
    wanted = {resource_key(key) for key in params.get("ResourceKeys", [])}
    found = [
        service.faults.without_left_out(run.status())
        for (name, key), run in sorted(state.executions.items(), key=lambda entry: entry[0])
        if name == rule and (not wanted or key in wanted)
    ]
    return page("RemediationExecutionStatuses", found, params, default=100)
