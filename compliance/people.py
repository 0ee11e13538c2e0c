"""Who is one person although chat products have several ids for them. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person: how they are called, and their ids with their products."""

    name: str
    ids: frozenset[str]


@dataclass(frozen=True)
class People:
    """Those whom people.yaml names; each id is of one of them at most."""

    known: tuple[Somebody, ...] = ()

    @cached_property
    def _by_id(self) -> MappingProxyType[str, Somebody]:
        return MappingProxyType({each: who for who in self.known for each in who.ids})

    def same(self, one: str, other: str) -> bool:
        """Say whether both ids are known to be one person's."""
        return other in self._ids(one)

    def without(self, users: Iterable[str], barred: Collection[str]) -> frozenset[str]:
        """Return those of *users* who are provably other people than those of the *barred* ids."""
        others = tuple(filter(None, barred))
        return frozenset(user for user in users if self._are_others(user, others))

    def _are_others(self, user: str, others: Iterable[str]) -> bool:
        return all(self._differ(user, each) for each in others)

    def are_different(self, ids: Iterable[str]) -> bool:
        """Say whether the *ids* are provably of as many people.

        Two are, where both are named and not as one person, and where one chat product knows them
        by two ids. Ids of two products, of which one is not named, may be one person's.
        """
        return all(self._differ(one, other) for one, other in combinations(ids, 2))

    def name(self, person: str) -> str:
        """Return how somebody is called, empty where people.yaml does not name them."""
        who = self._by_id.get(person)
        return who.name if who else ""

    def _differ(self, one: str, other: str) -> bool:
        if self.same(one, other):
            return False
        if one in self._by_id and other in self._by_id:
            return True
        return bool(_products(self._ids(one)) & _products(self._ids(other)))

    def _ids(self, person: str) -> frozenset[str]:
        who = self._by_id.get(person)
        return who.ids if who else frozenset({person})


def _products(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(each.partition(":")[0] for each in ids)
