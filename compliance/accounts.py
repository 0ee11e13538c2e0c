"""The AWS accounts as people know them: by name, environment and organisational unit. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account as people know it.

    *unit* is the path of its organisational unit, like ``Workloads/Production``; *regions* are
    those in which the bot reads it.
    """

    id: str
    name: str = ""
    environment: str = ""
    regions: tuple[str, ...] = ()
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


class Directory(Mapping[str, Account]):
    """All accounts by id: the list by hand, completed by what AWS Organizations says.

    What somebody wrote by hand stands; what they left empty is filled in. It is read and refreshed
    by several threads, so each refresh puts a whole new mapping in place.
    """

    def __init__(self, by_hand: Iterable[Account] = (), *, of_organization: bool = False) -> None:
        self._by_hand = {account.id: account for account in by_hand}
        self._all: Mapping[str, Account] = dict(self._by_hand)
        #: Whether AWS Organizations is to be asked for more than the list by hand.
        self.of_organization = of_organization
        self._is_complete = not of_organization

    def refresh(self, organization: Iterable[Account]) -> None:
        """Take what AWS Organizations says now; it replaces what it said before."""
        listed = {account.id: account for account in organization}
        self._all = listed | {
            account.id: _completed(account, listed.get(account.id))
            for account in self._by_hand.values()
        }
        self._is_complete = True

    def ids(self) -> frozenset[str] | None:
        """Return the ids of all accounts, None while AWS Organizations has not told its own."""
        return frozenset(self._all) if self._is_complete else None

    def account(self, account_id: str) -> Account:
        """Return the account, known by its id alone where nobody has named it."""
        return self._all.get(account_id) or Account(account_id)

    def __getitem__(self, account_id: str) -> Account:
        return self._all[account_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def in_unit(path: str, unit: str) -> bool:
    """Say whether *path* is *unit* or below it: ``Workloads/Production`` is in ``Workloads``."""
    return path == unit or path.startswith(f"{unit}/")


def _completed(by_hand: Account, of_organization: Account | None) -> Account:
    if of_organization is None:
        return by_hand
    return replace(
        by_hand,
        name=by_hand.name or of_organization.name,
        environment=by_hand.environment or of_organization.environment,
        unit=by_hand.unit or of_organization.unit,
    )
