"""AWS Config's own exceptions, which stop automatic remediation only (FACTS §0.1)."""

from playground.aws.api.answers import Answer, ConfigError, Params, page, time_of
from playground.aws.records import Place, RemediationException, ResourceKey
from playground.aws.service import ConfigService

#: Items in one failed batch of exceptions.
_BATCH_MAX = 25


def put_remediation_exceptions(service: ConfigService, place: Place, params: Params) -> Answer:
    state, rule = service.state(place), params["ConfigRuleName"]
    if rule not in service.rules(place):
        raise ConfigError("InvalidParameterValueException", f"There is no Config rule {rule}.")
    expires_at = time_of(params.get("ExpirationTime"))
    if expires_at is not None and expires_at <= service.clock():
        raise ConfigError("InvalidParameterValueException", "ExpirationTime is in the past.")
    failed = []
    for key in map(_exception_key, params["ResourceKeys"]):
        exception = RemediationException(rule, key, params.get("Message"), expires_at)
        if state.is_non_compliant(rule, key):
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
    return page("RemediationExceptions", found, params, default=_BATCH_MAX, maximum=_BATCH_MAX)


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


def _exception_key(key: Params) -> ResourceKey:
    """Exceptions spell their keys with capitals (FACTS §0.5)."""
    return ResourceKey(key.get("ResourceType", ""), key.get("ResourceId", ""))
