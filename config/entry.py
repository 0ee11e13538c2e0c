"""One entry of the allowlist, made of keys and values: what may stand there, and what is wrong."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from compliance.allowlist import ANY, Entry, ExceptionClass
from compliance.text import clean
from config.faults import validation_problems
from config.shapes import Strict, Text, check_account, check_region

_ASKER_MAX = 256
_CLASSES = {each.value: each for each in ExceptionClass}
#: What people wrote for people to read. The other fields name things: those are left alone.
_PROSE = ("reason", "asked_by", "ticket")


class EntryError(Exception):
    """The values are no entry; *problems* are the keys that are wrong, and how."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems))
        self.problems = problems


def _account(found: Any) -> Any:
    return found if found == ANY else check_account(found)


def _region(found: str) -> str:
    return found if found == ANY else check_region(found)


def _asker(found: str) -> str:
    if len(found) > _ASKER_MAX:
        raise ValueError(f"expected who asked, in at most {_ASKER_MAX} characters")
    return found


def _day(found: Any) -> Any:
    if isinstance(found, datetime) or not isinstance(found, date):
        raise ValueError("expected a day like 2027-03-31, without quotes")
    return found


class _Entry(Strict):
    rule: Text
    account: Annotated[str, BeforeValidator(_account)]
    region: Annotated[str, AfterValidator(_region)]
    resource: Text
    exception_class: Annotated[ExceptionClass, Field(alias="class")]
    reason: Text
    asked_by: Annotated[Text, AfterValidator(_asker)]
    ticket: str = ""
    expires: Annotated[date, BeforeValidator(_day)]


class EntryCheck:
    """Makes entries of values; of the many that are right, each costs a microsecond or two.

    pydantic, which knows what to say of those that are wrong, would cost ten times that.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], bool] = {}

    def __call__(self, values: dict[str, Any]) -> Entry:
        """Return the entry; raises EntryError."""
        for name in _PROSE:
            if isinstance(said := values.get(name), str) and not said.isprintable():
                values[name] = clean(said)
        if self._is_plain(values):
            return Entry(
                values["rule"],
                values["account"],
                values["region"],
                values["resource"],
                _CLASSES[values["class"]],
                values["reason"],
                values["asked_by"],
                values.get("ticket", ""),
                values["expires"],
            )
        try:
            return Entry(**_Entry.model_validate(values).model_dump())
        except ValidationError as error:
            raise EntryError(validation_problems(error)) from error

    def _is_plain(self, values: dict[str, Any]) -> bool:
        """Whether the entry is right at first sight; of all others, pydantic says what is wrong."""
        if len(values) != 8 + ("ticket" in values):
            return False
        texts = (values.get("rule"), values.get("resource"), values.get("reason"))
        asker, ticket = values.get("asked_by"), values.get("ticket", "")
        return (
            all(type(each) is str and each and not each.isspace() for each in (*texts, asker))
            and len(str(asker)) <= _ASKER_MAX
            and type(ticket) is str
            and type(values.get("expires")) is date
            and values.get("class") in _CLASSES
            and self._is_place(values.get("account"), values.get("region"))
        )

    def _is_place(self, account: Any, region: Any) -> bool:
        """Few places have many entries: each is checked once."""
        if type(account) is not str or type(region) is not str:
            return False
        known = self._places.get((account, region))
        if known is None:
            try:
                known = bool(_account(account) and _region(region))
            except ValueError:
                known = False
            self._places[account, region] = known
        return known
