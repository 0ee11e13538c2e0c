"""Rules outside the catalogue, from AWS Config's notification to a decision."""

import json
from datetime import date, timedelta

import pytest

from aws.config_service import AwsBusyError, AwsForbiddenError, ConfigService
from aws.rules import RuleLookup
from commands.agree import agree
from commands.answers import Done, Refused
from commands.context import Context
from commands.enforce import Enforcement
from commands.remediate import remediate
from compliance.card import Button, card_of
from compliance.finding import State
from compliance.known_rules import ConfigRule, KnownRules, OtherRules, RuleKey
from compliance.notification import parse
from compliance.request import Verb
from ledger.config_rules import ConfigRules
from ledger.folding import Folding
from ledger.store import Ledger
from tests.aws.world import CATALOGUE, WorldClients
from tests.builders import change, entry, member, teams, write
from tests.playground.aws.world import BUCKET_RULE, HOUSING, PAYMENTS, REGION

OTHER = "home-made-password-policy"
RENAMED = "StackSet-baseline-buckets-1A2B3C"
PASSWORDS = {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"}
BUCKETS = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"}


def notification(rule, resource="some-bucket", minute=0, owner="", compliance="NON_COMPLIANT"):
    """AWS Config's own message about a rule, as a queue brings it; *owner* is a service of AWS."""
    path = f"aws-service-rule/{owner}.amazonaws.com/" if owner else ""
    recorded_at = f"2026-11-20T10:{minute:02}:00.000Z"
    return json.dumps(
        {
            "awsAccountId": HOUSING,
            "awsRegion": REGION,
            "configRuleName": rule,
            "configRuleARN": (
                f"arn:aws:config:{REGION}:{HOUSING}:config-rule/{path}config-rule-q1w2e3"
            ),
            "resourceType": "AWS::S3::Bucket",
            "resourceId": resource,
            "newEvaluationResult": {
                "evaluationResultIdentifier": {
                    "evaluationResultQualifier": {
                        "configRuleName": rule,
                        "resourceType": "AWS::S3::Bucket",
                        "resourceId": resource,
                    },
                    "orderingTimestamp": recorded_at,
                },
                "complianceType": compliance,
                "resultRecordedTime": recorded_at,
            },
            "notificationCreationTime": recorded_at,
            "messageType": "ComplianceChangeNotification",
            "recordVersion": "1.0",
        }
    )


class Bot:
    """The parts that rules outside the catalogue go through."""

    def __init__(self, world, engine, allowlist, service, others=OtherRules.SHOW):
        self.world, self.clock = world, world.clock
        self.known_rules = KnownRules(CATALOGUE, others)
        self.ledger = Ledger(
            engine,
            world.clock,
            lambda key, tags: "housing",
            rules=self.known_rules,
        )
        rules = ConfigRules(engine, world.clock)
        folding = Folding(engine, self.known_rules.canonical, lambda finding: {}, world.clock)
        asked = rules, service, self.known_rules, folding, self.ledger.record, world.clock
        self.lookup = RuleLookup(*asked)
        self.context = Context(
            self.ledger, CATALOGUE, teams(), allowlist, world.clock, self.known_rules
        )

    def hear(self, text):
        self.ledger.record(parse(text).changes)

    def finding(self):
        [finding] = self.ledger.each([State.OPEN])
        return finding

    def card(self):
        return card_of(self.finding(), CATALOGUE, {}, self.known_rules)


@pytest.fixture
def put(world):
    """Put a rule into housing's account; it is gone after the test."""
    names = []

    def put_(name, source, **more):
        world.config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": source, **more})
        names.append(name)

    yield put_
    for name in names:
        world.config.delete_config_rule(ConfigRuleName=name)


@pytest.fixture
def configure(world):
    """Configure a remediation for a rule of housing's account, until the test is over."""
    names = []

    def configure_(name):
        known = world.config.describe_remediation_configurations(ConfigRuleNames=[BUCKET_RULE])
        ours = {**known["RemediationConfigurations"][0], "ConfigRuleName": name}
        del ours["Arn"]
        world.config.put_remediation_configurations(RemediationConfigurations=[ours])
        names.append(name)
        return ours["TargetId"]

    yield configure_
    for name in names:
        world.config.delete_remediation_configuration(ConfigRuleName=name)


@pytest.fixture
def service(world):
    return ConfigService(WorldClients(world))


@pytest.fixture
def bot(world, engine, allowlist, service):
    return Bot(world, engine, allowlist, service)


def test_a_finding_of_an_unknown_rule_has_a_card_with_what_aws_says(bot, put):
    put(OTHER, PASSWORDS, Description="Passwords are long enough.")

    bot.hear(notification(OTHER))
    bot.lookup.round()

    shown = bot.card()
    assert shown.severity is None
    assert "Passwords are long enough" in f"{shown.headline} {shown.folded}"
    assert shown.buttons == {Button.IGNORE}
    assert "no remediation configured" in str(shown.folded)


def test_a_remediation_without_a_configuration_is_refused(bot, put):
    put(OTHER, PASSWORDS)
    bot.hear(notification(OTHER))
    bot.lookup.round()

    answer = remediate(bot.context, bot.finding().id, member())

    assert isinstance(answer, Refused)
    assert "no remediation configured" in answer.text


def test_a_remediation_that_is_configured_is_asked_for_with_a_second_person(bot, put, configure):
    put(OTHER, PASSWORDS)
    document = configure(OTHER)
    bot.hear(notification(OTHER))
    bot.lookup.round()
    shown = bot.card()

    asked = remediate(bot.context, shown.finding_id, member())
    agreed = agree(bot.context, shown.finding_id, Verb.REMEDIATE, member("slack:U0HARRY"))

    assert document in shown.preflight[0].text
    assert asked == Done("Asked. 1 more must agree before the remediation starts.")
    assert agreed == Done("Agreed. The remediation is about to start.")


def test_a_remediation_that_is_configured_later_is_seen_within_a_day(bot, put, configure):
    put(OTHER, PASSWORDS)
    bot.hear(notification(OTHER))
    bot.lookup.round()
    configure(OTHER)

    bot.clock.move(timedelta(days=1))
    bot.lookup.round()

    assert Button.REMEDIATE in bot.card().buttons


MADE_BY_AWS = {
    f"OrgConfigRule-{BUCKET_RULE}-ab12cd34": "config-multiaccountsetup",
    f"securityhub-{BUCKET_RULE}-1a2b3c4d": "securityhub",
    f"{BUCKET_RULE}-conformance-pack-abc123xyz": "config-conforms",
    "AWSControlTower_AWS-GR_S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": "controltower",
}


@pytest.mark.parametrize(("name", "owner"), MADE_BY_AWS.items(), ids=MADE_BY_AWS.values())
def test_a_rule_that_a_service_made_of_ours_is_ours_and_takes_no_remediation(bot, name, owner):
    bot.hear(notification(name, owner=owner))

    assert (bot.finding().key.rule, bot.finding().aws_key.rule) == (BUCKET_RULE, name)
    assert bot.card().buttons == {Button.IGNORE}


@pytest.mark.parametrize("owner", ["config-multiaccountsetup", "config-conforms", "securityhub"])
def test_a_service_rule_of_any_name_is_ours_by_its_identifier(bot, put, owner):
    put(RENAMED, BUCKETS)

    bot.hear(notification(RENAMED, owner=owner))
    bot.lookup.round()

    assert bot.finding().key.rule == BUCKET_RULE
    assert bot.card().buttons == {Button.IGNORE}


def test_copies_of_one_rule_are_one_finding_one_exception_and_one_in_every_count(bot, reports):
    for minute, (name, owner) in enumerate({BUCKET_RULE: "", **MADE_BY_AWS}.items()):
        bot.hear(notification(name, minute=minute, owner=owner))

    assert [each.number for each in reports.counts() if each.state is State.OPEN] == [1]
    assert Button.REMEDIATE in bot.card().buttons

    write(bot.context.allowlist, entry(resource="some-bucket", expires=date(2027, 1, 31)))
    Enforcement(bot.context).round()
    assert [each.number for each in reports.counts() if each.state is State.EXCEPTED] == [1]


def test_copies_of_one_rule_are_resolved_when_the_last_of_them_is(bot):
    names = {BUCKET_RULE: "", **MADE_BY_AWS}
    for name, owner in names.items():
        bot.hear(notification(name, owner=owner))
    finding = bot.finding()

    states = []
    for minute, (name, owner) in enumerate(names.items(), start=1):
        bot.hear(notification(name, minute=minute, owner=owner, compliance="COMPLIANT"))
        states.append(bot.ledger.find(finding.id).state)

    assert states == [State.OPEN] * (len(names) - 1) + [State.RESOLVED]


def test_a_renamed_rule_of_the_catalogue_becomes_its_finding_under_the_id_that_it_had(bot, put):
    put(RENAMED, BUCKETS)
    bot.hear(notification(RENAMED))
    before = bot.finding()

    bot.lookup.round()

    after = bot.ledger.find(before.id)
    assert (after.key.rule, after.aws_key.rule) == (BUCKET_RULE, RENAMED)
    assert bot.card().severity is CATALOGUE[BUCKET_RULE].severity


def test_a_renamed_rule_is_folded_into_the_finding_that_is_there_and_its_id_still_answers(bot, put):
    put(RENAMED, BUCKETS)
    bot.hear(notification(RENAMED))
    old = bot.finding().id
    bot.hear(notification(BUCKET_RULE))

    bot.lookup.round()

    shown = bot.finding()
    assert {copy.rule for copy in shown.copies} == {BUCKET_RULE, RENAMED}
    assert shown.id in bot.ledger.find(old).note


def test_once_it_is_recognised_a_rule_makes_the_catalogues_findings_at_once(bot, put):
    put(RENAMED, BUCKETS)
    bot.hear(notification(RENAMED))
    bot.lookup.round()

    bot.hear(notification(RENAMED, resource="another-bucket"))

    assert {each.key.rule for each in bot.ledger.each([State.OPEN])} == {BUCKET_RULE}


def test_where_other_rules_make_no_findings_a_recognised_one_is_read_from_aws(
    world, engine, allowlist, service, put
):
    bot = Bot(world, engine, allowlist, service, OtherRules.DROP)
    bucket = world.public_bucket()
    put(RENAMED, BUCKETS)
    world.aws.tick()
    bot.hear(notification(RENAMED, bucket))
    assert list(bot.ledger.each(State)) == []

    bot.lookup.round()

    found = {each.key.resource_id: each.key.rule for each in bot.ledger.each([State.OPEN])}
    assert found[bucket] == BUCKET_RULE


def test_a_rule_that_is_gone_takes_nothing_from_those_that_are_asked_about_with_it(bot, put):
    put(OTHER, PASSWORDS)
    bot.hear(notification(OTHER))
    bot.hear(notification("gone", resource="elsewhere"))

    bot.lookup.round()

    said = {
        each.key.rule: bot.known_rules.said(each.key).exists
        for each in bot.ledger.each([State.OPEN])
    }
    assert said == {OTHER: True, "gone": False}


class Answers:
    """AWS Config in several accounts, each of which answers in its own way."""

    def __init__(self, **by_account):
        self.by_account = by_account
        self.asked = []

    def rules(self, account, region, names):
        self.asked.append(account)
        answer = self.by_account[f"a{account}"]
        if isinstance(answer, Exception):
            raise answer
        return {name: ConfigRule(RuleKey(account, region, name), answer) for name in names}

    def remediations(self, account, region, names):
        return {}


@pytest.mark.parametrize(
    ("error", "minutes"),
    [(AwsBusyError("throttled"), 5), (AwsForbiddenError("no"), 60)],
    ids=["busy", "forbidden"],
)
def test_an_account_that_does_not_answer_is_asked_later_and_holds_up_no_other(
    world, engine, allowlist, error, minutes
):
    answers = Answers(**{f"a{HOUSING}": error, f"a{PAYMENTS}": "an-arn"})
    bot = Bot(world, engine, allowlist, answers)
    bot.ledger.record([change(rule=OTHER), change(rule=OTHER, account=PAYMENTS)])

    bot.lookup.round()
    bot.lookup.round()
    assert sorted(answers.asked) == [HOUSING, PAYMENTS]

    bot.clock.move(timedelta(minutes=minutes))
    bot.lookup.round()
    assert sorted(answers.asked) == [HOUSING, HOUSING, PAYMENTS]
