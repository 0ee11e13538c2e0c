"""Accounts as people know them."""

import pytest

from compliance.accounts import Account, Directory, in_unit

HOUSING = "111122223333"


def test_an_account_that_nobody_named_is_known_by_its_id():
    assert Directory().account(HOUSING) == Account(HOUSING)


def test_what_is_written_by_hand_goes_before_what_the_organisation_says():
    directory = Directory([Account(HOUSING, "Housing", regions=("eu-west-2",))])

    directory.refresh([Account(HOUSING, "acct-17", "production", unit="Workloads")])

    assert directory[HOUSING] == Account(
        HOUSING, "Housing", "production", ("eu-west-2",), "Workloads"
    )


def test_an_account_that_left_the_organisation_is_forgotten_unless_it_is_written_down():
    directory = Directory([Account(HOUSING, "Housing")])
    directory.refresh([Account(HOUSING), Account("222233334444", "left")])

    directory.refresh([])

    assert list(directory) == [HOUSING]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("Workloads", True), ("Workloads/Production", True), ("Workloads2", False), ("", False)],
)
def test_a_unit_holds_those_below_it(path, expected):
    assert in_unit(path, "Workloads") is expected


def test_while_the_organisation_has_not_told_its_accounts_nobody_knows_them_all():
    directory = Directory([Account(HOUSING)], of_organization=True)
    before = directory.ids()

    directory.refresh([Account("222233334444")])

    assert (before, directory.ids()) == (None, {HOUSING, "222233334444"})


def test_an_account_is_called_by_its_name_and_its_id():
    assert str(Account(HOUSING, "Housing")) == f"Housing ({HOUSING})"
    assert str(Account(HOUSING)) == HOUSING


def test_without_an_organisation_the_list_by_hand_is_all_there_is():
    directory = Directory([Account(HOUSING, "Housing")])

    assert (directory.ids(), len(directory), directory.of_organization) == ({HOUSING}, 1, False)
    assert Directory(of_organization=True).of_organization


def test_what_the_organisation_does_not_have_stands_as_it_is_written():
    directory = Directory([Account(HOUSING, "Housing")])

    directory.refresh([Account("222233334444", "Payments")])

    assert directory[HOUSING] == Account(HOUSING, "Housing")
    assert len(directory) == 2
