"""What the words that narrow a question down mean."""

from datetime import timedelta

import pytest

from commands.answers import Refused
from compliance.accounts import Account
from compliance.change import ResourceFacts
from compliance.finding import IN_PROGRESS, UNDECIDED, State
from ledger.reports import Scope
from tests.builders import PAIRED_RULE, PAYMENTS, RULE, at, change
from tests.commands.shared import BOTH, view_of
from tests.commands.shared import asked as ask_of

HOUSING = "111122223333"
ACCOUNTS = {
    HOUSING: Account(HOUSING, "housing-production", "production"),
    PAYMENTS: Account(PAYMENTS, "payments-staging", "staging"),
}
PACKED = f"{RULE}-conformance-pack-abc"


@pytest.fixture
def asked(context, reports):
    """Housing has a finding of a rule that AWS made of ours, and a function in another Region."""
    function = change(
        resource="paris", region="eu-west-3", rule="left", resource_type="AWS::Lambda::Function"
    )
    place = HOUSING, "eu-west-3", "AWS::Lambda::Function", "paris"
    owner = ResourceFacts(*place, at(0), name="Paris", tags={"Owner": "Digital Services"})
    context.ledger.record([change(), change(rule=PACKED), function], [owner])

    def ask(words, visible=BOTH):
        view = view_of(context, reports, visible, ACCOUNTS)
        return ask_of(view, f"findings {words}")[1]

    return ask


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", {}),
        ("team:Housing", {"teams": {"housing"}}),
        ("-team:housing", {"teams": {"payments", "security-analysts"}}),
        ("account:housing-production", {"accounts": {HOUSING}}),
        ("account:111122223333", {"accounts": {HOUSING}}),
        ("account:housing", {"accounts": {HOUSING}}),
        ("-account:housing-production", {"accounts": {PAYMENTS}}),
        ("environment:Staging", {"accounts": {PAYMENTS}}),
        ("environment:production account:housing", {"accounts": {HOUSING}}),
        ("region:eu-west-3", {"regions": {"eu-west-3"}}),
        (f"rule:{RULE}", {"rules": {RULE, PACKED}}),
        ("rule:left", {"rules": {"left"}}),
        ("rule:S3", {"rules": {RULE, PACKED, PAIRED_RULE}}),
        ("rule:public-access", {"rules": {RULE, PACKED}}),
        ("rule:rds-*", {"rules": {PAIRED_RULE}}),
        ("rule:s3.8", {"rules": {RULE, PACKED}}),
        ("-rule:s3", {"rules": {"left"}}),
        ("severity:high", {"rules": {RULE, PACKED, PAIRED_RULE}}),
        ("severity:critical,high", {"rules": {RULE, PACKED, PAIRED_RULE}}),
        ("category:security -rule:rds", {"rules": {RULE, PACKED}}),
        (f"severity:high rule:{PAIRED_RULE}", {"rules": {PAIRED_RULE}}),
        ("type:bucket", {"types": {"AWS::S3::Bucket"}}),
        ("type:AWS::Lambda::Function", {"types": {"AWS::Lambda::Function"}}),
        ("-type:lambda", {"types": {"AWS::S3::Bucket"}}),
    ],
)
def test_a_word_means_what_it_names(asked, words, meant):
    assert asked(words).scope == Scope(**{name: frozenset(found) for name, found in meant.items()})


def test_an_age_is_counted_back_from_now(asked):
    longer, shorter = asked("age:>30d").scope, asked("-age:>12h").scope

    assert longer == Scope(opened_before=at(0) - timedelta(days=30))
    assert shorter == Scope(opened_after=at(0) - timedelta(hours=12))


@pytest.mark.parametrize(
    ("words", "states"),
    [
        ("state:excepted", {State.EXCEPTED}),
        ("state:open", UNDECIDED),
        ("state:waiting", {State.APPROVAL_PENDING}),
        ("state:fixing,excepted", IN_PROGRESS | {State.EXCEPTED}),
        ("state:“not verified”", {State.NOT_VERIFIED}),
        ("-state:open -state:waiting", IN_PROGRESS | {State.EXCEPTED}),
    ],
)
def test_a_state_is_a_stage_or_the_word_of_a_card(asked, words, states):
    assert asked(words).states == states


@pytest.mark.parametrize(
    "words", ["resource:paris", "resource:par", "owner:digital", "owner:“digital services”"]
)
def test_resources_and_owners_name_findings(asked, words):
    assert len(asked(words).scope.ids) == 1
    assert asked(f"-{words}").scope.without == asked(words).scope.ids


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("team:housng", "Did you mean team:housing?"),
        ("account:housing-prodution", "Did you mean account:housing-production?"),
        ("region:eu-west3", "Did you mean region:eu-west-3?"),
        ("severity:hihg", "Did you mean severity:high?"),
        ("severity:zzz", "There are, for example: critical, high, low, medium, not rated"),
        ("severity:high rule:left", "No open finding matches all of these filters."),
        ("severity:critical", "No open finding matches all of these filters."),
        ("state:resolved", "Look for it by name"),
        ("age:old", "'old' is not an age. Write, for example, age:>30d"),
    ],
)
def test_a_word_that_means_nothing_is_answered_with_the_nearest_right_one(asked, words, told):
    answer = asked(words)

    assert isinstance(answer, Refused)
    assert told in answer.text


@pytest.mark.parametrize("visible", [frozenset(), frozenset({"payments"})], ids=["none", "other"])
@pytest.mark.parametrize("words", ["rule:lef", "region:eu-west3", "type:lambda", "account:9"])
def test_nobody_learns_from_a_typo_what_other_teams_have(asked, visible, words):
    told = asked(words, visible).text

    assert not any(each in told for each in ("left", "eu-west-3", "AWS::Lambda"))


def test_of_too_many_findings_that_a_word_names_none_is_chosen(context, reports, monkeypatch):
    monkeypatch.setattr("commands.filters.NAMED_MAX", 2)
    context.ledger.record([change(resource=f"photos-{each}") for each in range(3)])

    answer = ask_of(view_of(context, reports), "findings resource:photos")[1]

    assert "Write more of it" in answer.text
