"""One JSON object a line."""

import json
import logging

import pytest

from notifiers.logs import JsonFormatter


@pytest.fixture
def told():
    """Log through the formatter; return the objects that came out."""
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Lines()
    handler.setFormatter(JsonFormatter())
    logger = logging.Logger("bot")
    logger.addHandler(handler)
    return logger, lambda: [json.loads(line) for line in lines]


def test_facts_stand_beside_a_constant_message(told):
    logger, lines = told

    logger.warning("remediation failed", extra={"finding": "F-3K7Q2", "tries": 2})

    [line] = lines()
    assert (line["message"], line["level"], line["by"]) == ("remediation failed", "warning", "bot")
    assert (line["finding"], line["tries"]) == ("F-3K7Q2", 2)
    assert line["at"].endswith("+00:00")


def test_an_exception_is_told_in_the_same_line(told):
    logger, lines = told

    try:
        1 / 0  # noqa: B018 - the exception is what it is for
    except ZeroDivisionError:
        logger.exception("the intake ended by a defect")

    [line] = lines()
    assert "ZeroDivisionError" in line["error"]


def test_a_hostile_text_cannot_forge_a_line(told):
    logger, lines = told

    logger.warning("odd", extra={"why": 'x"}\n{"message": "forged"}', "what": object()})

    assert [line["message"] for line in lines()] == ["odd"]
