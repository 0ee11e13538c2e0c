"""Resources: their configurations as they were recorded."""

import json

from playground.aws.api.answers import Answer, ConfigError, Params, page, resource_key, time_of
from playground.aws.records import Place, Recorded, ResourceKey
from playground.aws.service import ConfigService


def get_resource_config_history(service: ConfigService, place: Place, params: Params) -> Answer:
    key = ResourceKey(params["resourceType"], params["resourceId"])
    history = service.state(place).history.get(key)
    if history is None:
        raise ConfigError(
            "ResourceNotDiscoveredException",
            f"Resource {key.resource_id} of resourceType:{key.resource_type} is unknown.",
        )
    earlier, later = time_of(params.get("earlierTime")), time_of(params.get("laterTime"))
    forward = params.get("chronologicalOrder") == "Forward"
    found = [
        {**_identity(place, key, recorded), **_content(recorded)}
        for recorded in (history if forward else reversed(history))
        if (not earlier or recorded.captured_at >= earlier)
        and (not later or recorded.captured_at <= later)
    ]
    return page("configurationItems", found, params, default=10, capitals=False)


def _content(recorded: Recorded) -> Answer:
    if recorded.deleted:
        return {"tags": {}, "supplementaryConfiguration": {}}
    return {
        "tags": dict(recorded.item.tags),
        "configuration": json.dumps(recorded.item.configuration),
        "supplementaryConfiguration": recorded.item.supplementary_texts(),
    }


def batch_get_resource_config(service: ConfigService, place: Place, params: Params) -> Answer:
    """The newest configurations; AWS leaves out tags here, and what it never recorded."""
    history = service.state(place).history
    keys = [resource_key(key) for key in params["resourceKeys"]]
    found = [_base(place, key, history[key][-1]) for key in keys if key in history]
    return {"baseConfigurationItems": found}


def _base(place: Place, key: ResourceKey, recorded: Recorded) -> Answer:
    content = {name: value for name, value in _content(recorded).items() if name != "tags"}
    return {**_identity(place, key, recorded), **content}


def _identity(place: Place, key: ResourceKey, recorded: Recorded) -> Answer:
    return {
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
    }
