"""Findings to rows and back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.care import NO_CARE, Care, Claim, Snooze
from compliance.change import Compliance, Copy, FindingKey
from compliance.finding import Finding, State
from compliance.request import Request, Verb
from ledger.tables import DIGEST_BYTES, RULE_DIGEST_BYTES, findings


def has_key(key: FindingKey) -> sa.ColumnElement[bool]:
    """Return the condition that a finding is that of *key*."""
    return (findings.c.resource == resource_of(key)) & (findings.c.rule == key.rule)


def resource_digest(account: str, region: str, resource_type: str, resource_id: str) -> bytes:
    """Return what stands for a resource in ``findings.resource`` and ``resources.key``."""
    return _digest("|".join((account, region, resource_type, resource_id)))[:DIGEST_BYTES]


def rule_digest(rule: str) -> bytes:
    return _digest(rule)[:RULE_DIGEST_BYTES]


def resource_of(key: FindingKey) -> bytes:
    return resource_digest(key.account, key.region, key.resource_type, key.resource_id)


def to_row(finding: Finding) -> dict[str, Any]:
    """Return the columns that a finding fills; the courier's columns are not among them."""
    key = finding.key
    return {
        "id": finding.id,
        "resource": resource_of(key),
        "rule_digest": rule_digest(key.rule),
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
        "requests": _to_text(list(map(_request_to_data, finding.requests))),
        "note": finding.note,
        "until": finding.until,
        "rest": _rest_to_text(finding),
        "aws_exception": finding.aws_exception,
    }


def from_row(row: sa.RowMapping) -> Finding:
    rest = json.loads(row["rest"] or "{}")
    key = FindingKey(
        row["account"],
        row["region"],
        row["rule"],
        row["resource_type"],
        row["resource_id"],
    )
    compliance, recorded_at = Compliance(row["compliance"]), row["recorded_at"]
    usual = Copy(key.rule, compliance, recorded_at)
    return Finding(
        id=row["id"],
        key=key,
        state=State(row["state"]),
        version=row["version"],
        compliance=compliance,
        recorded_at=recorded_at,
        changed_at=row["changed_at"],
        opened_at=row["opened_at"],
        team=row["team"],
        copies=tuple(_copy_from_data(copy, usual) for copy in rest.get("copies", ({},))),
        resource_name=row["resource_name"],
        made_at=row["made_at"],
        tags=json.loads(row["tags"] or "{}"),
        requests=requests_from(row["requests"]),
        decided=_request_from_data(rest["decided"]) if "decided" in rest else None,
        note=row["note"],
        until=row["until"],
        step=rest.get("step", 0),
        steps=rest.get("steps", 0),
        runbook=tuple(rest.get("runbook", ())),
        withdrawn_by=rest.get("withdrawn_by", ""),
        copy_note=rest.get("copy_note", ""),
        aws_exception=row["aws_exception"],
        care=_care_from_data(rest["care"]) if "care" in rest else NO_CARE,
    )


def requests_from(text: str) -> tuple[Request, ...]:
    """Return the value of the column ``requests``."""
    return tuple(map(_request_from_data, json.loads(text or "[]")))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _to_text(data: Any) -> str:
    return json.dumps(data) if data else ""


def _rest_to_text(finding: Finding) -> str:
    """Return what the column ``rest`` holds of the finding: what is there, and not as usual."""
    usual = Copy(finding.key.rule, finding.compliance, finding.recorded_at)
    copies = [_copy_to_data(copy, usual) for copy in finding.copies]
    rest = {
        "copies": [] if copies == [{}] else copies,
        "decided": finding.decided and _request_to_data(finding.decided),
        "step": finding.step,
        "steps": finding.steps,
        "runbook": finding.runbook,
        "withdrawn_by": finding.withdrawn_by,
        "copy_note": finding.copy_note,
        "care": _care_to_data(finding.care) if finding.care != NO_CARE else None,
    }
    known = {name: value for name, value in rest.items() if value}
    return json.dumps(known, separators=(",", ":")) if known else ""


def _copy_to_data(copy: Copy, usual: Copy) -> dict[str, Any]:
    """Return what distinguishes *copy* from what nearly every finding has: its own rule's word."""
    times = {"recorded_at", "claimed_at"}
    return {
        name: value.isoformat() if name in times and value else value
        for name in Copy.__slots__
        if (value := getattr(copy, name)) != getattr(usual, name)
    }


def _copy_from_data(data: Mapping[str, Any], usual: Copy) -> Copy:
    if not data:
        return usual
    given = dict(data)
    if "compliance" in data:
        given["compliance"] = Compliance(data["compliance"])
    for name in ("recorded_at", "claimed_at"):
        if name in data:
            given[name] = datetime.fromisoformat(data[name])
    return replace(usual, **given)


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


def _care_to_data(care: Care) -> dict[str, Any]:
    claim, snooze = care.claim, care.snooze
    return {
        "claim": claim and [claim.by, claim.at.isoformat()],
        "snooze": snooze
        and [snooze.by, snooze.at.isoformat(), snooze.until.isoformat(), snooze.reason],
        "handed_to": care.handed_to,
    }


def _care_from_data(data: Mapping[str, Any]) -> Care:
    claim, snooze = data["claim"], data["snooze"]
    time = datetime.fromisoformat
    return Care(
        claim=Claim(claim[0], time(claim[1])) if claim else None,
        snooze=Snooze(snooze[0], time(snooze[1]), time(snooze[2]), snooze[3]) if snooze else None,
        handed_to=data["handed_to"],
    )
