"""Which rule of the catalogue a rule of AWS Config is."""

from dataclasses import replace

import pytest

from compliance.known_rules import KnownRules, OtherRules
from tests.builders import PACK_ARN, RULE, config_rule, key, rule

OURS = "our-own-name-for-it"
IDENTIFIER = "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"


@pytest.fixture
def known():
    return KnownRules({RULE: replace(rule(), identifier=IDENTIFIER)})


@pytest.mark.parametrize(
    "name",
    [
        OURS,
        f"StackSet-{RULE}-1A2B3C4D5E6F",
        f"prod-{RULE}",
        "OrgConfigRule-baseline-buckets-ab12cd34",
        "securityhub-public-buckets-1a2b3c4d",
        "buckets-conformance-pack-qayjyopmd",
    ],
)
def test_a_rule_is_recognised_by_its_identifier_whatever_its_name(known, name):
    known.add([config_rule(name, identifier=IDENTIFIER)])

    assert known.canonical(key(rule=name)) == RULE


def test_a_name_is_another_rule_in_another_account(known):
    known.add([config_rule(OURS, identifier=IDENTIFIER)])

    assert known.canonical(key(rule=OURS, account="222233334444")) == OURS


def test_an_identifier_of_a_customers_own_is_not_the_catalogues(known):
    known.add([config_rule(OURS, identifier=IDENTIFIER, owner="CUSTOM_LAMBDA")])

    assert known.canonical(key(rule=OURS)) == OURS


def test_what_the_name_says_needs_no_question(known):
    assert not known.is_unheard(key(rule=f"OrgConfigRule-{RULE}-ab12cd34"))


def test_a_question_is_asked_until_aws_has_answered(known):
    assert known.is_unheard(key(rule=OURS))

    known.add([config_rule(OURS)])

    assert not known.is_unheard(key(rule=OURS))


@pytest.mark.parametrize(
    ("others", "read"),
    [
        (OtherRules.SHOW, {RULE, OURS, "home-made"}),
        (OtherRules.COUNT, {RULE, OURS}),
        (OtherRules.DROP, {RULE, OURS}),
    ],
)
def test_of_all_rules_those_are_read_that_make_findings(others, read):
    known = KnownRules({RULE: replace(rule(), identifier=IDENTIFIER)}, others)

    heard = known.hear(
        [config_rule(RULE), config_rule(OURS, identifier=IDENTIFIER), config_rule("home-made")]
    )

    assert heard == read


def test_each_recognition_is_counted_once(known):
    for _ in range(2):
        known.add([config_rule(OURS, identifier=IDENTIFIER), config_rule("home-made")])

    assert known.recognitions == 1


def test_a_rule_that_turns_out_to_be_another_one_is_recognised_anew(known):
    known.add([config_rule(OURS, identifier="OTHER")])
    known.add([config_rule(OURS, identifier=IDENTIFIER)])

    assert known.recognitions == 1


def test_a_name_is_known_once_aws_has_such_a_rule_somewhere(known):
    known.add([config_rule(OURS), config_rule("gone", arn="")])

    assert known.has_name(OURS)
    assert not known.has_name("gone")


def test_what_the_catalogue_does_not_have_is_another_rule(known):
    known.add([config_rule(OURS, identifier=IDENTIFIER), config_rule("home-made")])

    assert not known.is_other(key())
    assert not known.is_other(key(rule=OURS))
    assert known.is_other(key(rule="home-made"))
    assert known.is_other(key(rule="unheard"))


def test_what_aws_answered_is_kept_for_its_place(known):
    answered = config_rule("home-made")
    known.add([answered])

    assert known.said(key(rule="home-made")) is answered
    assert known.said(key(rule="home-made", region="eu-west-1")) is None


@pytest.mark.parametrize(
    ("answered", "owned"),
    [
        ({}, False),
        ({"created_by": "securityhub.amazonaws.com"}, True),
        ({"arn": PACK_ARN}, True),
    ],
    ids=["a person's", "created by a service", "a service's ARN"],
)
def test_a_service_owns_a_rule_by_its_creator_or_its_arn(answered, owned):
    assert config_rule(OURS, **answered).service_linked is owned
    assert not config_rule(OURS, arn="").exists


@pytest.mark.parametrize(
    ("others", "accepted"),
    [(OtherRules.SHOW, True), (OtherRules.COUNT, False), (OtherRules.DROP, False)],
)
def test_a_rule_outside_the_catalogue_makes_findings_only_where_they_are_shown(others, accepted):
    known = KnownRules({RULE: rule()}, others)

    assert known.accepts(key())
    assert known.accepts(key(rule="home-made")) is accepted


def test_of_two_rules_with_one_identifier_the_first_is_recognised():
    known = KnownRules(
        {RULE: rule(), "again": replace(rule("again"), identifier=rule().identifier)}
    )
    known.add([config_rule(OURS, identifier=rule().identifier)])

    assert known.canonical(key(rule=OURS)) == RULE
