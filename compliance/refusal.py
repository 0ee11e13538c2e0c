"""Why a message is refused. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Problem(StrEnum):
    """What is wrong with a message."""

    MALFORMED = "malformed JSON"
    MISSING = "missing or wrong field"
    DISAGREE = "account, Region or rule disagree"
    TOO_DEEP = "too many envelopes"
    ELSEWHERE = "the message itself is stored somewhere else"
    UNKNOWN = "not known as AWS Config's or anybody else's"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """It cannot be understood, or must not be believed."""

    problem: Problem
    detail: str


class NotUnderstoodError(Exception):
    """Carries a refusal out of the depth of a message."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.refusal = NotUnderstood(problem, detail[:200])
