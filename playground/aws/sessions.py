"""Who assumed which role: what CloudTrail would show of AssumeRole, for tests to look at."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moto.sts.exceptions import STSClientError, STSValidationError
from moto.sts.responses import TokenResponse

#: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_POLICY_MAX = 2048
_METHOD = "assume_role"


@dataclass(frozen=True, slots=True)
class Session:
    """One AssumeRole that was answered; *policy* is "" where the session is not narrowed."""

    role_arn: str
    name: str
    source_identity: str
    policy: str


@contextmanager
def recorded() -> Iterator[list[Session]]:
    """Yield the sessions as they come, until the end of the context."""
    sessions: list[Session] = []
    assume_role = TokenResponse.assume_role
    setattr(TokenResponse, _METHOD, _recording(assume_role, sessions))
    try:
        yield sessions
    finally:
        setattr(TokenResponse, _METHOD, assume_role)


def _recording(assume_role: Callable[[Any], Any], sessions: list[Session]) -> Callable[[Any], Any]:
    def assume_and_record(self: Any) -> Any:
        session = Session(
            self._get_param("RoleArn"),
            self._get_param("RoleSessionName"),
            self._get_param("SourceIdentity") or "",
            self._get_param("Policy") or "",
        )
        _check(session)
        answer = assume_role(self)
        if session.source_identity:
            answer.result["SourceIdentity"] = session.source_identity
        sessions.append(session)
        return answer

    return assume_and_record


def _check(session: Session) -> None:
    names = {"roleSessionName": session.name}
    if session.source_identity:
        names["sourceIdentity"] = session.source_identity
    for member, value in names.items():
        if not _NAME.fullmatch(value):
            raise STSValidationError(
                f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
            )
    if len(session.policy) > _POLICY_MAX:
        raise STSValidationError(
            "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member "
            f"must have length less than or equal to {_POLICY_MAX}"
        )
    try:
        json.loads(session.policy or "{}")
    except ValueError:
        raise STSClientError(
            "MalformedPolicyDocument", "This policy contains invalid Json"
        ) from None
