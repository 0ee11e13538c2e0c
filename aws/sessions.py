"""The session in which a decision is carried out: its name, the people, and what it may do. Pure.

CloudTrail keeps the first two beside each call of the session, so that an auditor reads there who
decided, without asking the bot.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws.partitions import partition_of

#: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: of a session's name and
#: of a source identity, 2 to 64 of these.
_LONGEST = 64
_NOT_TAKEN = re.compile(r"[^A-Za-z0-9_+=,.@-]")
_DIGEST_LENGTH = 12
#: The shortest that AWS gives: one call is made with it.
_SECONDS = 900

#: What AWS Config may want of the session beside what its rule is narrowed to. None leaves the
#: session with all that the role may do.
Further = Collection[str] | None


@dataclass(frozen=True, slots=True)
class DecisionSession:
    """Whose decision a start is, and which remediation configuration it is about."""

    name: str
    source_identity: str
    configuration_arn: str

    def parameters(self, further: Further, *, with_identity: bool) -> Mapping[str, Any]:
        """Return what AssumeRole takes for it, beside the role."""
        asked: dict[str, Any] = {"RoleSessionName": self.name, "DurationSeconds": _SECONDS}
        if with_identity:
            asked["SourceIdentity"] = self.source_identity
        if further is not None:
            asked["Policy"] = self._policy(further)
        return asked

    def _policy(self, further: Collection[str]) -> str:
        """Return what the access role grants for a start, of this one rule.

        What a session may do is what both this and the role's own policy allow.
        """
        statements = [
            {
                "Effect": "Allow",
                "Action": [
                    "config:DescribeRemediationConfigurations",
                    "config:DescribeRemediationExecutionStatus",
                    "config:StartRemediationExecution",
                ],
                "Resource": self.configuration_arn,
            }
        ]
        if further:
            statements.append({"Effect": "Allow", "Action": sorted(further), "Resource": "*"})
        policy = {"Version": "2012-10-17", "Statement": statements}
        return json.dumps(policy, separators=(",", ":"))


def session_of_check(account: str, region: str) -> DecisionSession:
    """Return a session like that of a decision about any rule of one account and Region."""
    arn = any_configuration(account, region)
    return DecisionSession("check.of.the.set-up", "compliance-bot", arn)


def any_configuration(account: str, region: str) -> str:
    """Return the ARN that stands for every remediation configuration there."""
    partition = partition_of(region).id
    return f"arn:{partition}:config:{region}:{account}:remediation-configuration/*"


def session_name(finding_ids: Sequence[str], verb: str, asked_at: datetime) -> str:
    """Return ``F-3K7Q2.remediate.20261128T051000Z``; ``F-3K7Q2+3.…`` where it is about four."""
    others = f"+{len(finding_ids) - 1}" if len(finding_ids) > 1 else ""
    when = f"{asked_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return _fitting(f"{finding_ids[0]}{others}.{verb}.{when}")


def source_identity(people: Sequence[str]) -> str:
    """Return who asked and who agreed, ``slack.U0HANNAH+slack.U0SAM``."""
    return _fitting("+".join(people))


def _fitting(text: str) -> str:
    """Return *text* as AWS takes it; one that is too long ends in a digest of the whole."""
    taken = _NOT_TAKEN.sub(".", text)
    if len(taken) > _LONGEST:
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_LENGTH]
        return f"{taken[: _LONGEST - _DIGEST_LENGTH - 1]}.{digest}"
    return taken.ljust(2, ".")
