"""Findings to rows and back."""

import json
from typing import Any

import sqlalchemy as sa

from compliance.change import Compliance, FindingKey
from compliance.finding import Finding, State


def to_row(finding: Finding) -> dict[str, Any]:
    """Return the columns that a finding fills; the courier's columns are not among them."""
    key = finding.key
    return {
        "id": finding.id,
        "key": str(key),
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
        "tags": json.dumps(dict(finding.tags)),
        "state": finding.state.value,
        "version": finding.version,
        "compliance": finding.compliance.value,
        "recorded_at": finding.recorded_at,
        "changed_at": finding.changed_at,
        "opened_at": finding.opened_at,
        "team": finding.team,
        "annotation": finding.annotation,
        "rule_arn": finding.rule_arn,
        "actor": finding.actor,
        "note": finding.note,
        "until": finding.until,
        "step": finding.step,
        "steps": finding.steps,
        "needed": finding.needed,
        "agreed": json.dumps(finding.agreed),
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
        annotation=row["annotation"],
        rule_arn=row["rule_arn"],
        resource_name=row["resource_name"],
        tags=json.loads(row["tags"]),
        actor=row["actor"],
        note=row["note"],
        until=row["until"],
        step=row["step"],
        steps=row["steps"],
        needed=row["needed"],
        agreed=tuple(json.loads(row["agreed"])),
    )
