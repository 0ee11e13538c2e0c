"""Builders with defaults, so that a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from compliance import life
from compliance.allowlist import Entry, ExceptionClass
from compliance.authority import Actor, Standing
from compliance.change import Change, Compliance, FindingKey
from compliance.channel import Channel
from compliance.evaluating import first_seen
from compliance.finding import Finding, short_ids
from compliance.known_rules import ConfigRule, RuleKey
from compliance.request import Request, Verb
from compliance.routing import Approvers, Match, Team, Teams
from compliance.rules import (
    Category,
    DecisionPolicy,
    Impact,
    Remediation,
    Rule,
    Severity,
    SourceFix,
)
from ledger.routes import Rerouting

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RULE = "s3-bucket-level-public-access-prohibited"
#: In the tests' catalogue this one needs a second person.
PAIRED_RULE = "rds-multi-az-support"
PAYMENTS = "222233334444"
PACK_ARN = (
    "arn:aws:config:eu-west-2:111122223333:config-rule/aws-service-rule/"
    "config-conforms.amazonaws.com/config-rule-x"
)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


class Clock:
    """A clock that moves when a test says so."""

    def __init__(self, minute: float = 0) -> None:
        self.now = at(minute)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def key(resource: str = "repairs-photos", **named: str) -> FindingKey:
    fields = {
        "account": "111122223333",
        "region": "eu-west-2",
        "rule": RULE,
        "resource_type": "AWS::S3::Bucket",
        "resource_id": resource,
        **named,
    }
    return FindingKey(**fields)


def change(
    compliance: str = "NON_COMPLIANT", minute: float = 0, resource: str = "repairs-photos", **named
) -> Change:
    rule_arn = named.pop("rule_arn", "")
    annotation = named.pop("annotation", "")
    return Change(key(resource, **named), Compliance(compliance), at(minute), annotation, rule_arn)


def member(user: str = "slack:U0HANNAH", *groups: str) -> Actor:
    """An approver of housing, unless another person is named."""
    return Actor(user, standing=Standing.MEMBER, groups=frozenset(groups))


#: The finding that ``change()`` opens.
ID = short_ids(key())[0]


def request(
    actor: str = "U1", needed: int = 0, verb: str = "remediate", minute: float = 0, **named
) -> Request:
    """What somebody asks for: a remediation that nobody has to agree to."""
    return Request(Verb(verb), actor, needed, at(minute), **named)


def move(ledger, step, finding_id: str = ID, by: str = "U1", **named) -> Finding:
    """Apply a move of the life of findings, at the ledger's own time.

    What is asked, agreed to and withdrawn is a remediation unless *verb* is given.
    """
    named = {"now": ledger.now(), **named}
    if step is life.ask:
        asked = {name: named.pop(name) for name in ("actor", "needed", "verb") if name in named}
        named["request"] = request(**{"actor": by, **asked})
    elif step is life.except_until:
        named["request"] = request(named.pop("actor", by), verb="except")
    elif step in (life.agree, life.withdraw):
        named = {"verb": Verb.REMEDIATE, **named}
    return ledger.move(finding_id, partial(step, **named), actor=by, action=step.__name__)


def reroute(engine, clock, owner, channels=()) -> int:
    """Give every finding to its owner, as after a change of teams.yaml."""
    fingerprint = str((owner, channels))
    known = engine, owner, lambda finding: {}, lambda: fingerprint, clock
    return Rerouting(*known, channels=channels).round()


def config_rule(name: str, **answered: str) -> ConfigRule:
    """What AWS Config answers about a rule of its own; a remediation is configured."""
    place = key(rule=name)
    fields = {
        "arn": f"arn:aws:config:{place.region}:{place.account}:config-rule/config-rule-a1b2c3",
        "identifier": "HOME_MADE",
        "owner": "AWS",
        "remediation": "AWS-PublishSNSNotification",
        **answered,
    }
    return ConfigRule(RuleKey.of(place), **fields)


def finding(**named) -> Finding:
    opened = change(**named)
    return first_seen(opened, short_ids(opened.key)[0], "housing", at(0))


def entry(**named) -> Entry:
    """An exception for what ``change()`` is about."""
    place = key()
    fields = {
        "rule": place.rule,
        "account": place.account,
        "region": place.region,
        "resource": place.resource_id,
        "exception_class": ExceptionClass.ACCEPTED_RISK,
        "reason": "The public website's pictures; nothing personal.",
        "asked_by": "slack:U0HANNAH",
        "ticket": "SEC-1",
        "expires": date(2026, 12, 1),
        **named,
    }
    return Entry(**fields)


def write(keeper, *entries: Entry) -> None:
    """Put *entries* into the allowlist, as a person's decision does."""
    keeper.add(entries, "slack:U0HANNAH", "Agreed.")


def rule(name: str = RULE, approvers: int = 0) -> Rule:
    return Rule(
        name=name,
        identifier=name.upper().replace("-", "_"),
        parameters={},
        resource_type="AWS::S3::Bucket",
        title="S3 bucket can be made public",
        wrong="can be read by anybody",
        why="Anybody on the internet could read what is stored in it.",
        category=Category.SECURITY,
        severity=Severity.HIGH,
        remediation=Remediation(
            runbook="AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
            resource_parameter="BucketName",
            parameters={"BlockPublicAcls": "true"},
            iam_actions=("s3:PutBucketPublicAccessBlock",),
        ),
        impact=Impact(
            change="s3:PutPublicAccessBlock turns all four blocks on.",
            downtime="None",
            cost="None",
            who_notices="Readers of public objects",
            reversible=True,
            undo="Take the block away.",
        ),
        terraform=SourceFix("aws_s3_bucket_public_access_block", "block_public_acls = true"),
        by_hand="Switch Block all public access on in the bucket's permissions.",
        last_reviewed=date(2026, 10, 1),
        review_interval=timedelta(days=180),
        decision=DecisionPolicy(approvers, timedelta(days=180), unattended=False),
        controls=("S3.8",) if name == RULE else (),
    )


def teams() -> Teams:
    return Teams(
        ordered=(
            Team(
                "housing",
                (Channel("slack", "C0HOUSING"),),
                frozenset({"slack:U0HANNAH", "slack:U0HARRY"}),
                frozenset(),
                (Match(accounts=frozenset({"111122223333"})),),
            ),
            Team(
                "payments",
                (Channel("slack", "C0PAYMENTS"),),
                frozenset(),
                frozenset({"slack:S0PAYMENTS"}),
                (Match(tags={"Team": "payments"}),),
            ),
        ),
        default="housing",
        tda_channels=(Channel("slack", "C0TDA"),),
        everywhere=Approvers(groups=frozenset({"slack:S0SECURITY"})),
    )
