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

    def __init__(self, by_hand: Iterable[Account] = ()) -> None:
        self._by_hand = {account.id: account for account in by_hand}
        self._all: Mapping[str, Account] = dict(self._by_hand)
        #: Whether AWS Organizations has told its accounts since the start.
        self.is_complete = False

    def refresh(self, organization: Iterable[Account]) -> None:
        """Take what AWS Organizations says now; it replaces what it said before."""
        told = {account.id: account for account in organization}
        self._all = told | {
            account.id: _completed(account, told.get(account.id))
            for account in self._by_hand.values()
        }
        self.is_complete = True

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


def _completed(by_hand: Account, told: Account | None) -> Account:
    if told is None:
        return by_hand
    return replace(
        by_hand,
        name=by_hand.name or told.name,
        environment=by_hand.environment or told.environment,
        unit=by_hand.unit or told.unit,
    )
