"""One JSON object a line."""

import json
import logging

import pytest

from notifiers.logs import JsonFormatter, Unrepeated


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


@pytest.fixture
def unrepeated():
    """Log through the filter, at times that the test sets; return what came out."""
    times, lines = [0.0], []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append((record.getMessage(), getattr(record, "left_out", 0)))

    handler = Lines()
    handler.addFilter(Unrepeated(lambda: times[0]))
    logger = logging.Logger("bot")
    logger.addHandler(handler)
    return logger, times, lines


def test_the_same_line_is_written_once_a_minute_with_how_many_were_left_out(unrepeated):
    logger, times, lines = unrepeated

    for second in range(70):
        times[0] = float(second)
        logger.warning("the database is away", extra={"why": "refused"})

    assert lines == [("the database is away", 0), ("the database is away", 59)]


def test_lines_of_two_findings_are_two_lines(unrepeated):
    logger, _, lines = unrepeated

    logger.warning("remediation failed", extra={"finding": "F-1"})
    logger.warning("remediation failed", extra={"finding": "F-2"})

    assert len(lines) == 2


def test_what_happens_as_it_should_is_always_written(unrepeated):
    logger, _, lines = unrepeated

    logger.info("a card was posted")
    logger.info("a card was posted")

    assert len(lines) == 2
