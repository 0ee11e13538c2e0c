"""One entry of the allowlist: what may stand there, what is wrong, and how it is written."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from compliance.allowlist import ANY, Entry, ExceptionClass
from compliance.text import clean
from config.faults import validation_problems
from config.shapes import Strict, Text, check_account, check_region, filled

_ASKER_MAX = 256
_RENEWALS_MAX = 1000
_CLASSES = {each.value: each for each in ExceptionClass}
#: What people wrote for people to read. The other fields name things: those are left alone.
_PROSE = ("reason", "asked_by", "ticket", "compensating_control", "name", "account_name")


class EntryError(Exception):
    """The values are no entry; *problems* are the keys that are wrong, and how."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems))
        self.problems = problems


def _account(found: Any) -> Any:
    return found if found == ANY else check_account(found)


def _region(found: str) -> str:
    return found if found == ANY else check_region(found)


def _person(found: str) -> str:
    if len(found) > _ASKER_MAX:
        raise ValueError(f"expected who asked, in at most {_ASKER_MAX} characters")
    return found


def _day(found: Any) -> Any:
    if isinstance(found, datetime) or not isinstance(found, date):
        raise ValueError("expected a day like 2027-03-31, without quotes")
    return found


def _moment(found: Any) -> Any:
    if not isinstance(found, date):
        raise ValueError("expected a day like 2026-03-31, or a moment like 2026-03-31 09:12:00Z")
    if isinstance(found, datetime):
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return found


def _rules(found: Any) -> list[str]:
    rules = found if isinstance(found, list) else [found]
    if not rules:
        raise ValueError("expected a rule's name, or a list of them")
    if not all(map(_is_text, rules)):
        raise ValueError("expected a text, in quotes")
    return list(map(filled, rules))


_DAY = {"type": "string", "format": "date"}
_Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_DAY)]
_Person = Annotated[Text, AfterValidator(_person), WithJsonSchema({"type": "string"})]


class EntryForm(Strict):
    """An exception: what it is for, why, who agreed, and until when."""

    id: Annotated[str, Field(pattern=r"^(E-[0-9A-Z]{4,20})?$")] = Field(
        "", description="What people type to name it. The bot gives it; leave it out by hand."
    )
    rule: Annotated[
        list[str],
        BeforeValidator(_rules),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        ),
    ] = Field(description="The AWS Config rule by its name in rules.yaml, or a list of rules.")
    account: Annotated[
        str,
        BeforeValidator(_account),
        WithJsonSchema({"type": "string", "pattern": r"^([0-9]{12}|\*)$"}),
    ] = Field(description='The account\'s id in quotes, or "*" for every account.')
    account_name: str = Field("", description="The account's name, for readers.")
    region: Annotated[str, AfterValidator(_region)] = Field(
        description='A Region like eu-west-2, or "*" for every Region.'
    )
    resource: Text = Field(
        ANY,
        description='The resource\'s id as AWS Config has it, or "*" for every resource. It may be '
        "left out where tags are given.",
    )
    name: str = Field("", description="The resource's name, for readers.")
    tags: dict[str, str] = Field({}, description="Only resources that have all of these tags.")
    exception_class: Annotated[ExceptionClass, Field(alias="class")] = Field(
        description="not ours is for old entries only: hand the finding over instead."
    )
    reason: Text = Field(description="Why this is acceptable. Auditors read it.")
    compensating_control: str = Field("", description="What protects the resource instead.")
    ticket: str = Field("", description="The number or the address of where this was agreed.")
    asked_by: _Person = Field(description="Who asked, like Hannah Hughes <slack:U012AB3CD>.")
    agreed_by: list[_Person] = Field([], description="Who agreed, each like asked_by.")
    created: Annotated[
        date | datetime | None,
        BeforeValidator(_moment),
        WithJsonSchema({"type": "string"}),
    ] = Field(
        None,
        description="When it was agreed last. A resource that was made later under the same name "
        "is not covered.",
    )
    first_asked: _Day | None = Field(
        None, description="When it was first agreed, whatever came after."
    )
    renewals: Annotated[int, Field(strict=True, ge=0, le=_RENEWALS_MAX)] = Field(
        0, description="How often it was extended."
    )
    first_expires: _Day | None = Field(
        None, description="The end that was first agreed, once it was extended."
    )
    expires: _Day = Field(description="The last day on which it is in force, in UTC.")
    finding: str = Field("", description="The finding from which it was asked for, F-…")

    @model_validator(mode="after")
    def _names_its_resources(self) -> "EntryForm":
        if "resource" not in self.model_fields_set and not self.tags:
            raise ValueError("expected resource, or tags")
        return self

    def entry(self) -> Entry:
        first, *more = self.rule
        values = self.model_dump(exclude={"rule", "compensating_control", "agreed_by", "tags"})
        return Entry(
            **values,
            rule=first,
            more_rules=tuple(more),
            control=self.compensating_control,
            agreed_by=tuple(self.agreed_by),
            tags=tuple(self.tags.items()),
        )


class AllowlistForm(Strict):
    """Exceptions that people agreed to: what stands here is not remediated and not reported."""

    exceptions: list[EntryForm] | None = None


def as_data(entry: Entry) -> dict[str, Any]:
    """Return *entry* as the text's keys and values, what is empty left out."""
    rules = entry.rule if not entry.more_rules else list(entry.rules)
    data: dict[str, Any] = {
        "id": entry.id,
        "rule": rules,
        "account": entry.account,
        "account_name": entry.account_name,
        "region": entry.region,
        "resource": "" if entry.tags and entry.resource == ANY else entry.resource,
        "name": entry.name,
        "tags": dict(entry.tags),
        "class": entry.exception_class.value,
        "reason": entry.reason,
        "compensating_control": entry.control,
        "ticket": entry.ticket,
        "asked_by": entry.asked_by,
        "agreed_by": list(entry.agreed_by),
        "created": entry.created,
        "first_asked": entry.first_asked,
        "renewals": entry.renewals or "",
        "first_expires": entry.first_expires,
        "expires": entry.expires,
        "finding": entry.finding,
    }
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_filled(value: Any) -> bool:
    return type(value) is str and bool(value) and not value.isspace()


def _is_asker(value: Any) -> bool:
    return _is_filled(value) and len(value) <= _ASKER_MAX


#: What is right at first sight, by key; ``class`` and the place are looked up.
_PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "id": lambda value: type(value) is str and value.startswith("E-") and value[2:].isalnum()
    and value.isascii() and value.isupper() and 6 <= len(value) <= 22,
    "rule": _is_filled,
    "resource": _is_filled,
    "reason": _is_filled,
    "asked_by": _is_asker,
    "ticket": _is_text,
    "compensating_control": _is_text,
    "name": _is_text,
    "account_name": _is_text,
    "finding": _is_text,
    "agreed_by": lambda value: type(value) is list and all(map(_is_asker, value)),
    "created": lambda value: type(value) is date
    or (type(value) is datetime and value.tzinfo is UTC),
    "first_asked": lambda value: type(value) is date,
    "first_expires": lambda value: type(value) is date,
    "expires": lambda value: type(value) is date,
    "renewals": lambda value: type(value) is int and 0 <= value <= _RENEWALS_MAX,
}  # fmt: skip
_REQUIRED = frozenset(
    {"rule", "account", "region", "resource", "class", "reason", "asked_by", "expires"}
)
_LOOKED_UP = frozenset({"account", "region", "class"})


class EntryCheck:
    """Makes entries of values; of the many that are right, each costs some microseconds.

    pydantic, which knows what to say of those that are wrong, would cost ten times that.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], bool] = {}

    def __call__(self, values: dict[str, Any]) -> Entry:
        """Return the entry; raises EntryError."""
        for name in _PROSE:
            if isinstance(said := values.get(name), str) and not said.isprintable():
                values[name] = clean(said)
        if isinstance(people := values.get("agreed_by"), list):
            values["agreed_by"] = [clean(each) if _is_text(each) else each for each in people]
        if self._is_plain(values):
            return _plain_entry(values)
        try:
            return EntryForm.model_validate(values).entry()
        except ValidationError as error:
            raise EntryError(validation_problems(error)) from error

    def _is_plain(self, values: dict[str, Any]) -> bool:
        """Whether the entry is right at first sight; of all others, pydantic says what is wrong."""
        if not values.keys() >= _REQUIRED or str(values["class"]) not in _CLASSES:
            return False
        for name, value in values.items():
            if name not in _LOOKED_UP and not (name in _PLAIN and _PLAIN[name](value)):
                return False
        return self._is_place(values["account"], values["region"])

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


def _plain_entry(values: Mapping[str, Any]) -> Entry:
    get = values.get
    return Entry(
        values["rule"],
        values["account"],
        values["region"],
        values["resource"],
        _CLASSES[values["class"]],
        values["reason"],
        values["asked_by"],
        get("ticket", ""),
        values["expires"],
        get("id", ""),
        (),
        get("account_name", ""),
        get("name", ""),
        (),
        get("compensating_control", ""),
        tuple(get("agreed_by", ())),
        get("created"),
        get("first_asked"),
        get("renewals", 0),
        get("first_expires"),
        get("finding", ""),
    )
