"""Findings to rows and back."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.care import NO_CARE, Care, Claim, Snooze
from compliance.change import Compliance, Copy, FindingKey
from compliance.finding import Finding, State
from compliance.request import Request, Verb
from ledger.tables import DIGEST_BYTES


def key_digest(key: FindingKey) -> bytes:
    """Return what stands for the whole key in ``findings.key``."""
    return _digest(str(key))


def resource_digest(account: str, region: str, resource_type: str, resource_id: str) -> bytes:
    """Return what stands for a resource in ``findings.resource`` and ``resources.key``."""
    return _digest("|".join((account, region, resource_type, resource_id)))


def resource_of(key: FindingKey) -> bytes:
    return resource_digest(key.account, key.region, key.resource_type, key.resource_id)


def to_row(finding: Finding) -> dict[str, Any]:
    """Return the columns that a finding fills; the courier's columns are not among them."""
    key = finding.key
    return {
        "id": finding.id,
        "key": key_digest(key),
        "resource": resource_of(key),
        "account": key.account,
        "region": key.region,
        "rule": key.rule,
        "resource_type": key.resource_type,
        "resource_id": key.resource_id,
        **to_changed_row(finding),
    }


def to_changed_row(finding: Finding) -> dict[str, Any]:
    """Return the columns that a move can change: the indexes of the others are left alone."""
    return {
        "resource_name": finding.resource_name,
        "made_at": finding.made_at,
        "tags": json.dumps(dict(finding.tags)) if finding.tags else "",
        "state": finding.state.value,
        "version": finding.version,
        "compliance": finding.compliance.value,
        "recorded_at": finding.recorded_at,
        "changed_at": finding.changed_at,
        "opened_at": finding.opened_at,
        "team": finding.team,
        "copies": _copies_to_text(finding),
        "requests": _to_json(map(_request_to_data, finding.requests)),
        "decided": json.dumps(_request_to_data(finding.decided)) if finding.decided else "",
        "note": finding.note,
        "until": finding.until,
        "step": finding.step,
        "steps": finding.steps,
        "runbook": json.dumps(finding.runbook) if finding.runbook else "",
        "withdrawn_by": finding.withdrawn_by,
        "copy_note": finding.copy_note,
        "aws_exception": finding.aws_exception,
        "care": _care_to_text(finding.care),
    }


def from_row(row: sa.RowMapping) -> Finding:
    return Finding(
        id=row["id"],
        key=FindingKey(
            row["account"],
            row["region"],
            row["rule"],
            row["resource_type"],
            row["resource_id"],
        ),
        state=State(row["state"]),
        version=row["version"],
        compliance=Compliance(row["compliance"]),
        recorded_at=row["recorded_at"],
        changed_at=row["changed_at"],
        opened_at=row["opened_at"],
        team=row["team"],
        copies=_copies_from_row(row),
        resource_name=row["resource_name"],
        made_at=row["made_at"],
        tags=json.loads(row["tags"] or "{}"),
        requests=requests_from(row["requests"]),
        decided=_request_from_data(json.loads(row["decided"])) if row["decided"] else None,
        note=row["note"],
        until=row["until"],
        step=row["step"],
        steps=row["steps"],
        runbook=tuple(json.loads(row["runbook"] or "[]")),
        withdrawn_by=row["withdrawn_by"],
        copy_note=row["copy_note"],
        aws_exception=row["aws_exception"],
        care=_care_from_text(row["care"]),
    )


def requests_from(text: str) -> tuple[Request, ...]:
    """Return what the column ``requests`` holds."""
    return tuple(map(_request_from_data, json.loads(text or "[]")))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:DIGEST_BYTES]


def _to_json(data: Iterable[Mapping[str, Any]]) -> str:
    listed = list(data)
    return json.dumps(listed) if listed else ""


def _only_copy(rule: str, compliance: Compliance, recorded_at: datetime) -> tuple[Copy, ...]:
    """What nearly every finding has: one AWS Config rule, the catalogue's, without a word."""
    return (Copy(rule, compliance, recorded_at),)


def _copies_to_text(finding: Finding) -> str:
    key = finding.key
    if finding.copies == _only_copy(key.rule, finding.compliance, finding.recorded_at):
        return ""
    return _to_json(
        {
            "rule": copy.rule,
            "compliance": copy.compliance.value,
            "recorded_at": copy.recorded_at.isoformat(),
            "service_linked": copy.service_linked,
            "annotation": copy.annotation,
            **({"claimed_at": copy.claimed_at.isoformat()} if copy.claimed_at else {}),
        }
        for copy in finding.copies
    )


def _copies_from_row(row: sa.RowMapping) -> tuple[Copy, ...]:
    if not row["copies"]:
        return _only_copy(row["rule"], Compliance(row["compliance"]), row["recorded_at"])
    return tuple(
        Copy(
            rule=copy["rule"],
            compliance=Compliance(copy["compliance"]),
            recorded_at=datetime.fromisoformat(copy["recorded_at"]),
            service_linked=copy["service_linked"],
            annotation=copy["annotation"],
            claimed_at=_moment(copy.get("claimed_at", "")),
        )
        for copy in json.loads(row["copies"])
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _request_to_data(request: Request) -> dict[str, Any]:
    return {
        "verb": request.verb.value,
        "actor": request.actor,
        "needed": request.needed,
        "asked_at": request.asked_at.isoformat(),
        "agreed": list(request.agreed),
        "detail": dict(request.detail),
        **({"hindrance": request.hindrance} if request.hindrance else {}),
    }


def _request_from_data(data: Mapping[str, Any]) -> Request:
    return Request(
        verb=Verb(data["verb"]),
        actor=data["actor"],
        needed=data["needed"],
        asked_at=datetime.fromisoformat(data["asked_at"]),
        agreed=tuple(data["agreed"]),
        detail=data["detail"],
        hindrance=data.get("hindrance", ""),
    )


def _care_to_text(care: Care) -> str:
    if care == NO_CARE:
        return ""
    claim, snooze = care.claim, care.snooze
    return json.dumps(
        {
            "claim": claim and [claim.by, claim.at.isoformat()],
            "snooze": snooze
            and [snooze.by, snooze.at.isoformat(), snooze.until.isoformat(), snooze.reason],
            "handed_to": care.handed_to,
        }
    )


def _care_from_text(text: str) -> Care:
    if not text:
        return NO_CARE
    data = json.loads(text)
    claim, snooze = data["claim"], data["snooze"]
    time = datetime.fromisoformat
    return Care(
        claim=Claim(claim[0], time(claim[1])) if claim else None,
        snooze=Snooze(snooze[0], time(snooze[1]), time(snooze[2]), snooze[3]) if snooze else None,
        handed_to=data["handed_to"],
    )
