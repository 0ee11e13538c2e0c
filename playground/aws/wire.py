"""Joins our side of AWS Config to moto's, by botocore's own model of the service."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any

from botocore.model import OperationNotFoundError
from botocore.validate import ParamValidator
from moto.config import urls
from moto.config.responses import ConfigResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.utils import get_service_model

from playground.aws.api import AFTER, BEFORE, OPERATIONS, ConfigError
from playground.aws.cutting import LOST
from playground.aws.records import Place
from playground.aws.service import ConfigService

_PATH = "{0}/$"


class AnswerError(Exception):
    """The playground's answer does not fit AWS's model: a fault of the playground."""


class AlreadyRunningError(RuntimeError):
    """moto's state belongs to the process, so one local AWS can run at a time."""


@contextmanager
def joined(service: ConfigService) -> Iterator[None]:
    """moto answers for AWS Config with *service* until the end of the context."""

    class JoinedResponse(ConfigResponse):
        def call_action(self) -> TYPE_RESPONSE:
            return _answer(service, self, super().call_action)

    original = urls.url_paths[_PATH]
    if original != ConfigResponse.dispatch:
        raise AlreadyRunningError("a local AWS is running in this process already")
    urls.url_paths[_PATH] = JoinedResponse.dispatch
    try:
        yield
    finally:
        urls.url_paths[_PATH] = original


def _answer(service: ConfigService, request: ConfigResponse, moto_answer: Any) -> TYPE_RESPONSE:
    """Answer one request, in the way that a fault wants it."""
    odd = service.faults.oddity_of(str(request._get_action()))
    if odd is not None and odd.way == "html":
        return 200, {"Content-Type": "text/html"}, "<html><body>Please sign in.</body></html>"
    status, headers, body = _operate(service, request, moto_answer)
    if odd is not None:
        # Not under the service's lock: an answer that is late does not hold up the others.
        Event().wait(odd.seconds)
    if odd is not None and odd.way == "lost":
        headers = {**headers, LOST: "true"}
    return status, headers, body


def _operate(service: ConfigService, request: ConfigResponse, moto_answer: Any) -> TYPE_RESPONSE:
    operation = str(request._get_action())
    place = Place(request.current_account, request.region)
    try:
        params = _params(operation, request.body)
        refusal = service.faults.refusal_of(operation)
        if refusal is not None:
            raise ConfigError(refusal.code, refusal.message)
        with service.lock:
            if operation in OPERATIONS:
                answer = OPERATIONS[operation](service, place, params)
                return 200, _HEADERS, _body(operation, answer)
            if operation in BEFORE:
                BEFORE[operation](service, place, params)
            status, headers, body = moto_answer()
            if operation in AFTER and status == 200:
                AFTER[operation](service, place, params)
            return status, headers, body
    except ConfigError as error:
        return 400, _HEADERS, json.dumps({"__type": error.code, "message": str(error)})


_HEADERS = {"Content-Type": "application/x-amz-json-1.1"}


def _params(operation: str, body: str) -> Mapping[str, Any]:
    params: Mapping[str, Any] = json.loads(body or "{}")
    try:
        shape = get_service_model("config").operation_model(operation).input_shape
    except OperationNotFoundError:
        return params
    if shape is not None:
        report = ParamValidator().validate(params, shape)
        problems = [report.generate_report()] if report.has_errors() else []
        problems += _limits(shape, params, "")
        if problems:
            count = f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected"
            raise ConfigError("ValidationException", f"{count}: {'; '.join(problems)}")
    return params


def _limits(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Check what botocore leaves to the server: maxima and enumerations."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from _limits(member, value[name], f"{path}.{name}".lstrip("."))
        return
    size = value if isinstance(value, int) else len(value) if hasattr(value, "__len__") else 0
    if size > shape.metadata.get("max", size):
        limit = f"less than or equal to {shape.metadata['max']}"
        yield f"Value at '{path}' failed to satisfy constraint: Member must have length {limit}"
    if shape.type_name == "list":
        for index, member in enumerate(value if isinstance(value, list) else []):
            yield from _limits(shape.member, member, f"{path}.{index + 1}.member")
    elif value not in (getattr(shape, "enum", None) or [value]):
        yield (
            f"Value '{value}' at '{path}' failed to satisfy constraint: "
            "Member must satisfy enum value set"
        )


def _body(operation: str, answer: Mapping[str, Any]) -> str:
    """Return the JSON text of *answer*; once it fits the model, its names are the wire's."""
    shape = get_service_model("config").operation_model(operation).output_shape
    if shape is None:
        return ""
    report = ParamValidator().validate(answer, shape)
    if report.has_errors():
        raise AnswerError(f"{operation}: {report.generate_report()}")
    return json.dumps(answer, default=_epoch_seconds)


def _epoch_seconds(value: object) -> float:
    if not isinstance(value, datetime):
        raise AnswerError(f"{value!r} cannot be sent as JSON")
    return value.timestamp()
