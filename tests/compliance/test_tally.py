"""How many findings a message stands for, and how they stand."""

from compliance.finding import State
from compliance.tally import Count, Tally
from tests.builders import PAIRED_RULE, PAYMENTS, RULE, finding, key

TALLY = Tally(
    (
        Count(PAIRED_RULE, PAYMENTS, State.FAILED, 2),
        Count(RULE, "111122223333", State.OPEN, 4),
        Count(RULE, PAYMENTS, State.OPEN, 1),
        Count(PAIRED_RULE, "111122223333", State.OPEN, 1),
    )
)


def test_findings_are_counted_together():
    assert TALLY.number == 8


def test_rules_and_accounts_are_named_the_most_frequent_first():
    assert TALLY.rules == (RULE, PAIRED_RULE)
    assert TALLY.accounts == (("111122223333", 5), (PAYMENTS, 3))


def test_states_are_counted_in_the_order_of_a_findings_life():
    assert TALLY.states == ((State.OPEN, 6), (State.FAILED, 2))


def test_findings_that_stand_alike_are_one_count():
    findings = [finding(), finding(resource="other"), finding(account=PAYMENTS)]

    assert set(Tally.of(findings).counts) == {
        Count(RULE, key().account, State.OPEN, 2),
        Count(RULE, PAYMENTS, State.OPEN, 1),
    }
