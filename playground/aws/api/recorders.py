"""Recorders: moto keeps them, but not how often they record each type of resource."""

from moto.config.models import config_backends

from playground.aws.api.answers import Answer, Params
from playground.aws.records import Place
from playground.aws.service import ConfigService

#: Those of moto's fields that AWS has in a recorder; it answers about the status elsewhere.
_FIELDS = ("name", "roleARN", "recordingGroup")
#: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html
_CONTINUOUS = {"recordingFrequency": "CONTINUOUS"}


def configuration_recorder_was_put(service: ConfigService, place: Place, params: Params) -> None:
    recorder = params["ConfigurationRecorder"]
    mode = recorder.get("recordingMode") or _CONTINUOUS
    service.state(place).recording_modes[recorder["name"]] = mode


def describe_configuration_recorders(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    wanted = params.get("ConfigurationRecorderNames")
    recorders = config_backends[place.account][place.region].describe_configuration_recorders(
        wanted
    )
    modes = service.state(place).recording_modes
    return {
        "ConfigurationRecorders": [
            {name: each[name] for name in _FIELDS if name in each}
            | {"recordingMode": modes.get(each["name"], _CONTINUOUS)}
            for each in recorders
        ]
    }
