"""What the words that narrow a question down mean."""

import pytest

from commands.answers import Refused
from commands.filters import read_filters
from commands.grammar import read
from compliance.card import Account
from ledger.reports import Scope
from tests.builders import PAIRED_RULE, RULE, change

ACCOUNTS = {"111122223333": Account("111122223333", "housing-production")}
BOTH = frozenset({"housing", "payments"})
PACKED = f"{RULE}-conformance-pack-abc"


@pytest.fixture
def asked(context, reports):
    """Housing has two findings, one of a rule that AWS made of ours, and one in a second Region."""
    context.ledger.record(
        [change(), change(rule=PACKED), change(resource="paris", region="eu-west-3", rule="left")]
    )

    def ask(words, visible=BOTH):
        return read_filters(context, reports, ACCOUNTS, read(f"status {words}").filters, visible)

    return ask


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", {}),
        ("team:Housing", {"teams": {"housing"}}),
        ("account:housing-production", {"accounts": {"111122223333"}}),
        ("account:111122223333", {"accounts": {"111122223333"}}),
        ("region:eu-west-3", {"regions": {"eu-west-3"}}),
        (f"rule:{RULE}", {"rules": {RULE, PACKED}}),
        ("rule:left", {"rules": {"left"}}),
        ("severity:high", {"rules": {RULE, PACKED, PAIRED_RULE}}),
        (f"severity:high rule:{PAIRED_RULE}", {"rules": {PAIRED_RULE}}),
    ],
)
def test_a_word_means_what_it_names(asked, words, meant):
    assert asked(words) == Scope(**{name: frozenset(found) for name, found in meant.items()})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("team:housng", "Did you mean team:housing?"),
        ("account:housing-prodution", "Did you mean account:housing-production?"),
        ("region:eu-west3", "Did you mean region:eu-west-3?"),
        ("severity:hihg", "Did you mean severity:high?"),
        ("severity:zzz", "There are, for example: high, not-rated, unrated."),
        ("severity:high rule:left", "None of these rules is of that severity."),
    ],
)
def test_a_word_that_means_nothing_is_answered_with_the_nearest_right_one(asked, words, told):
    answer = asked(words)

    assert isinstance(answer, Refused)
    assert told in answer.text


@pytest.mark.parametrize("visible", [frozenset(), frozenset({"payments"})], ids=["none", "other"])
def test_nobody_learns_from_a_typo_what_other_teams_have(asked, visible):
    assert "left" not in asked("rule:lef", visible).text
