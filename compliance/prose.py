"""Text in pieces: words, headings, names to copy, people, moments and links. Pure.

A piece that is a ``str`` is words, and words are shown letter by letter, whatever they are: they
are never markup, a mention or a link in any chat product. Only a piece of another kind does more
than that, so that nothing which came from outside can do it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from compliance.text import clean

#: An id with its chat product before it.
_ID = re.compile(r"([a-z]+):\S+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Strong:
    """A heading or a label."""

    text: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What a reader may want to copy: an id, a name, an ARN, a command. It is one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person or a group of people by id, ``slack:U0HANNAH``, or by the name that somebody wrote.

    The chat product that has the id mentions them, others show their *name*.
    """

    id: str
    name: str = ""

    def known_as(self, product: str) -> str:
        """Return how they are called in *product*, which cannot mention them."""
        own = _ID.fullmatch(self.id)
        if self.name or own is None or own[1] == product:
            return self.name or self.id
        return f"somebody in {own[1].capitalize()}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """People and groups of whom one is enough: a product names its own, and others if it must."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, which a chat product can show in each reader's own zone."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An address that the bot made itself, never one from outside, and the words to press on."""

    text: str
    url: str


Piece = str | Strong | Copied | Person | AnyOf | Moment | Link
Prose = tuple[Piece, ...]


def people(users: Iterable[str], groups: Iterable[str] = ()) -> Prose:
    """Return a list of people and groups by their ids, the groups first."""
    return joined(", ", [(Person(each),) for each in (*groups, *users)])


def any_of(users: Iterable[str], groups: Iterable[str] = ()) -> Prose:
    """Return those of whom one is enough, by their ids, the groups first; empty without any."""
    ids = (*groups, *users)
    return (AnyOf(ids),) if ids else ()


def in_product(prose: Prose, product: str) -> Prose:
    """Return *prose* with each choice of people as those that *product* can mention."""
    return tuple(
        each
        for piece in prose
        for each in (_own(piece, product) if isinstance(piece, AnyOf) else (piece,))
    )


def _own(choice: AnyOf, product: str) -> Prose:
    own = tuple(each for each in choice.ids if each.startswith(f"{product}:") or ":" not in each)
    return people(own or choice.ids)


def called(prose: Prose, name: Callable[[str], str]) -> Prose:
    """Return *prose* with the name of each person that *name* knows."""
    return tuple(
        replace(piece, name=name(piece.id)) if isinstance(piece, Person) else piece
        for piece in prose
    )


def joined(separator: str, parts: Iterable[Prose]) -> Prose:
    """Return the *parts* that are not empty, with a *separator* between two."""
    pieces: list[Piece] = []
    for part in filter(None, parts):
        pieces += [separator, *part] if pieces else part
    return tuple(pieces)


def plain(prose: Prose, name: Callable[[str], str] = str) -> str:
    """Return *prose* in words alone; *name* says how the people of an id are called."""
    return "".join(_plain(piece, name) for piece in prose)


def one_line(text: str) -> str:
    """Return *text* with nothing unseen in it and every run of blanks as one space."""
    return " ".join(clean(text).split())


def moment(of: datetime) -> str:
    return f"{of.date()} {of:%H:%M} UTC"


def day(of: date) -> str:
    return f"{of:%d %B %Y}".lstrip("0")


def _plain(piece: Piece, name: Callable[[str], str]) -> str:
    match piece:
        case str():
            return clean(piece)
        case Strong(text):
            return clean(text)
        case Copied(text):
            return one_line(text)
        case Person(id):
            return one_line(piece.name or name(id))
        case AnyOf(ids):
            return ", ".join(one_line(name(each)) for each in ids)
        case Moment(at):
            return moment(at)
        case Link(text, url):
            return f"{clean(text)}: {url}"
