"""What the bot says to people beside a card. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from compliance.card import Press
from compliance.prose import Person, Prose, people


@dataclass(frozen=True, slots=True)
class Reply:
    """Words, in which a Person is mentioned so that the chat product notifies them.

    *urgent*: shown in the channel too, not in the thread alone. *presses* are offered below it.
    """

    text: Prose
    urgent: bool = False
    presses: tuple[Press, ...] = ()

    @property
    def mentions(self) -> tuple[str, ...]:
        """The ids of all people and groups that are mentioned."""
        return tuple(piece.id for piece in self.text if isinstance(piece, Person))


def mentioned(users: Iterable[str], groups: Iterable[str], product: str) -> Prose:
    """Return the people and groups that *product* can notify, the groups first."""
    ours = f"{product}:"
    return people(
        sorted(each for each in users if each.startswith(ours)),
        sorted(each for each in groups if each.startswith(ours)),
    )
