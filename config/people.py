"""Loads ``people.yaml``: which ids of chat products are one person's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from compliance.people import People, Somebody
from config.faults import ConfigError, Document, Fault, read, validate
from config.shapes import Strict, Text, UserId


class _Person(Strict):
    """One person, whom several chat products know."""

    name: Text = Field(description="How they are called, for readers.")
    ids: Annotated[list[UserId], Field(min_length=2)] = Field(
        description="Their ids in each product: U012AB3CD, and teams: and Entra's object id."
    )


class PeopleFile(Strict):
    """Who is one person in several chat products, so that nobody counts twice."""

    people: list[_Person] = Field(default=[], description="One person in several chat products.")


def load_people(path: Path) -> People:
    """Return who is one person; a folder without the file names nobody. Raises ConfigError."""
    if not path.exists():
        return People()
    document = read(path)
    written = validate(document, PeopleFile)
    if faults := list(_twice(document, written)):
        raise ConfigError(faults)
    return People(tuple(Somebody(each.name, frozenset(each.ids)) for each in written.people))


def _twice(document: Document, written: PeopleFile) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, person in enumerate(written.people):
        for place, each in enumerate(person.ids):
            if each in seen:
                problem = f"{each} is listed twice; an id is one person's"
                yield document.fault(("people", number, "ids", place), problem)
            seen.add(each)
