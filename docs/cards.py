"""Every state of a card, as the council of the demo would meet it: for pictures and for a test."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from compliance.accounts import Account
from compliance.attention import Waiting, waiting_for
from compliance.card import card_of
from compliance.care import Care, Claim, Snooze
from compliance.change import Change, Compliance, FindingKey
from compliance.evaluating import first_seen
from compliance.finding import Finding, State, short_ids
from compliance.group import Content, gather
from compliance.request import Request, Verb
from compliance.routing import Team, Teams
from config.catalogue import load_catalogue

_RULES = Path(__file__).parents[1] / "config" / "rules.yaml"
_ACCOUNT = "111122223333"
_ACCOUNTS = {_ACCOUNT: Account(_ACCOUNT, "housing-production", "production")}
_HANNAH, _HARRY = "slack:U0HANNAH", "slack:U0HARRY"
_HOUSING = Team("housing", (), frozenset({_HANNAH, _HARRY}), frozenset(), ())
_S3 = "s3-bucket-level-public-access-prohibited"
_STANDBY = "rds-multi-az-support"
_TOPIC = "sns-encrypted-kms"
_TERRAFORM = {"Owner": "Repairs team", "terraform": "true"}
_STEPS = ("ReadBucket", "PutBucketPublicAccessBlock", "VerifyBucket")
_FAILED = (
    "Step 1 of 2 (SetTracing) failed. The role compliance-bot-remediation may not call "
    "lambda:UpdateFunctionConfiguration: the organisation's policy denies it. A platform engineer "
    "can allow it in the policy, then press Remediate again. Or by hand: give the function's own "
    "role xray:PutTraceSegments and xray:PutTelemetryRecords first."
)


def cards(now: datetime) -> Mapping[str, Content]:
    """Return a card for each state by its name; everything in them happened before *now*."""
    rules = load_catalogue(_RULES)
    findings = {
        "open": _finding(now, tags=_TERRAFORM),
        "open-without-remediation": _finding(now, rule="home-made-rule", name="housing-wiki"),
        **_asked(now),
        **_attended(now),
        **_under_way(now),
        **_ended(now),
    }
    shown: dict[str, Content] = {
        name: card_of(finding, rules, _ACCOUNTS, waiting_of=_waiting)
        for name, finding in findings.items()
    }
    groups = {"group-of-three": _many(now, 3), "group": _many(now, 40)}
    return {**shown, **{name: gather(each, rules, _ACCOUNTS) for name, each in groups.items()}}


def _waiting(finding: Finding) -> Waiting | None:
    return waiting_for(finding, _HOUSING, Teams((_HOUSING,), _HOUSING.name), timedelta(days=14))


def _finding(
    now: datetime, rule: str = _S3, name: str = "housing-repairs-photos", **changed: object
) -> Finding:
    """Return a finding that was opened an hour before *now*."""
    key = FindingKey(_ACCOUNT, "eu-west-2", rule, _type(rule), name)
    opened = now - timedelta(hours=1)
    said = "The bucket policy lets everybody read s3:::housing-repairs-photos/*."
    change = Change(key, Compliance.NON_COMPLIANT, opened, said if rule == _S3 else "", "")
    finding = first_seen(change, short_ids(key)[0], "housing", opened)
    return replace(finding, **{"changed_at": now, **changed})


def _type(rule: str) -> str:
    kinds = {_S3: "AWS::S3::Bucket", _STANDBY: "AWS::RDS::DBInstance", _TOPIC: "AWS::SNS::Topic"}
    return kinds.get(rule, "AWS::Lambda::Function")


def _asked(now: datetime) -> Mapping[str, Finding]:
    standby = Request(Verb.REMEDIATE, _HANNAH, 1, now)
    exception = Request(Verb.EXCEPT, _HARRY, 1, now, detail={"reason": "Torn down in January."})
    pending = _finding(now, _STANDBY, "tenancy-register", state=State.APPROVAL_PENDING)
    return {
        "approval-pending": replace(pending, requests=(standby,)),
        "approval-pending-twice": replace(pending, requests=(standby, exception)),
        "approved": _finding(now, state=State.APPROVED, decided=replace(standby, needed=0)),
    }


def _attended(now: datetime) -> Mapping[str, Finding]:
    """Return findings that somebody looks after, and one with as long a name as there is."""
    reason = "The tender for the new register ends on Friday; the standby comes with it."
    rest = Snooze(_HANNAH, now, now + timedelta(days=6), reason)
    grave = "housing-repairs-photos-of-tenants-and-properties-archive-2009-26"
    many = {f"cost-centre-{number}": f"housing-{number}" for number in range(40)}
    owner = {"OwnerEmail": "housing.repairs.digital.services.team@council.example"}
    return {
        "claimed": _finding(now, care=Care(claim=Claim(_HANNAH, now))),
        "snoozed": _finding(now, _STANDBY, "tenancy-register", care=Care(snooze=rest)),
        "long-name": _finding(now, name=grave, tags={**owner, **many, **_TERRAFORM}),
    }


def _under_way(now: datetime) -> Mapping[str, Finding]:
    asked = Request(Verb.REMEDIATE, _HANNAH, 0, now)
    agreed = Request(Verb.REMEDIATE, _HANNAH, 1, now, (_HARRY,))
    running = _finding(now, state=State.RUNNING, decided=asked)
    waiting = _finding(now, _STANDBY, "tenancy-register", state=State.WAITING, decided=agreed)
    return {
        "starting": running,
        "running": replace(running, step=2, steps=3, runbook=_STEPS),
        "applied": replace(running, state=State.APPLIED, note="The runbook ended."),
        "waiting": replace(
            waiting,
            until=now + timedelta(days=8),
            note="The change waits for the resource's maintenance window.",
        ),
    }


def _ended(now: datetime) -> Mapping[str, Finding]:
    asked = Request(Verb.REMEDIATE, _HANNAH, 0, now)
    accepted = Request(Verb.EXCEPT, _HANNAH, 1, now, (_HARRY,))
    function = _finding(now, "lambda-function-xray-enabled", "rent-arrears-letters", decided=asked)
    return {
        "resolved": _finding(
            now, state=State.RESOLVED, decided=asked, note="AWS Config evaluated it COMPLIANT."
        ),
        "failed": replace(function, state=State.FAILED, note=_FAILED),
        "not-verified": _finding(
            now,
            state=State.NOT_VERIFIED,
            decided=asked,
            note="The runbook succeeded, but AWS Config still says NON_COMPLIANT. Look at the "
            "resource: something may have changed it back.",
        ),
        "excepted": _finding(
            now,
            state=State.EXCEPTED,
            decided=accepted,
            until=now + timedelta(days=90),
            note="Accepted risk: the photos are of public buildings, and a website shows them. "
            "(HOU-1422)",
        ),
        "exception-ending": _finding(
            now,
            state=State.EXCEPTED,
            decided=replace(accepted, detail={"warned": 7}),
            until=now + timedelta(days=7),
            note="Accepted risk: the photos are of public buildings, and a website shows them. "
            "(HOU-1422)",
        ),
        "reopened": _finding(
            now,
            tags=_TERRAFORM,
            state=State.REOPENED,
            note="It was resolved and is non-compliant again: something changed it back.",
        ),
    }


def _many(now: datetime, number: int) -> tuple[Finding, ...]:
    asked = Request(Verb.REMEDIATE, _HANNAH, 0, now)
    names = ("arrears-alarms", "lift-faults", "boiler-faults", "key-orders", "void-homes", "rents")
    numbered = (f"{name}-{floor}" if floor else name for floor in range(number) for name in names)
    topics = [_finding(now, _TOPIC, name) for name in islice(numbered, number)]
    running = replace(topics[1], state=State.RUNNING, decided=asked, step=1, steps=2)
    return (topics[0], running, *topics[2:])
