"""Forms in a card: how one is asked, and how what was entered is read back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from commands.forms import (
    Choice,
    Day,
    Entered,
    Field,
    Form,
    Option,
    Passage,
    Several,
    Submission,
    Text,
    several,
)
from compliance.prose import Copied, Strong, joined
from notifiers.teams.elements import (
    REFRESH,
    SUBMIT,
    Limits,
    action_sets,
    execute,
    facts,
    subtle,
)
from notifiers.teams.text import Element, rich

#: Between a form's own number and the name of a field: a card takes no id twice, and may have
#: several forms.
_BETWEEN = "."
#: More options than this are a list that drops down.
_EXPANDED_MAX = 6


def form_elements(
    form: Form,
    number: int,
    limits: Limits,
    entered: Entered | None = None,
    problems: Mapping[str, str] | None = None,
    back: str = "",
) -> list[Element]:
    """Return what *form* says and asks; *entered* and *problems* are of a try that failed.

    *back* is the finding whose card takes the form's place when it is left.
    """
    submit = {
        "type": "Action.Execute",
        "title": form.submit,
        "verb": SUBMIT,
        "data": {"origin": form.origin, "form": str(number)},
    }
    cancel = execute("Cancel", REFRESH, back, associatedInputs="none") if back else None
    return [
        *(element for part in form.intro for element in _passage(part, limits)),
        *_fields(form.fields, number, entered, problems or {}),
        *action_sets(list(filter(None, [submit, cancel]))),
    ]


def read_submission(data: Mapping[str, Any]) -> Submission:
    """Return what was entered; raises ValueError where *data* is not that of a form."""
    origin, number = data.get("origin"), data.get("form")
    if not isinstance(origin, str) or not isinstance(number, str):
        raise ValueError("not a form of ours")
    own = f"{number}{_BETWEEN}"
    entered = {
        name.removeprefix(own): value
        for name, value in data.items()
        if name.startswith(own) and isinstance(value, str)
    }
    return Submission(origin, entered)


def _passage(passage: Passage, limits: Limits) -> list[Element]:
    if not passage.heading and not passage.facts and not passage.copied:
        return rich((passage.text,), longest=limits.text, isSubtle=True)
    copied = joined(" · ", [(Copied(each),) for each in passage.copied])
    head = (Strong(passage.heading),) if passage.heading else ()
    text = (passage.text,) if passage.text else ()
    said = joined("\n", [head, copied, text])
    return [
        *(rich(said, longest=limits.text) if said else []),
        *(facts(passage.facts, limits) if passage.facts else []),
    ]


def _fields(
    fields: Iterable[Field], number: int, entered: Entered | None, problems: Mapping[str, str]
) -> Iterable[Element]:
    for field in fields:
        drawn = {
            **_input(field, entered.get(field.name) if entered is not None else None),
            "id": f"{number}{_BETWEEN}{field.name}",
            "label": field.label,
            "isRequired": field.required,
        }
        yield {**drawn, "errorMessage": _wrong(field)} if _wrong(field) else drawn
        if problem := problems.get(field.name):
            # Where a client shows what it finds itself.
            yield from rich((problem,), color="Attention", weight="Bolder")
        if field.hint:
            yield from subtle(field.hint)


def _input(field: Field, entered: str | None) -> Element:
    """Return the input of *field*; *entered* is what was typed before, None where nothing was."""
    match field:
        case Choice():
            return _choices(field.options, entered or "", is_several=False)
        case Several():
            # The client joins by commas what was chosen, and wants it back so.
            chosen = ",".join(several(entered or ""))
            return _choices(field.options, chosen, is_several=True)
        case Text():
            typed = {"value": entered} if entered else {}
            return {
                "type": "Input.Text",
                "isMultiline": field.multiline,
                "maxLength": field.longest,
                **typed,
            }
        case Day():
            initial = field.initial.isoformat() if field.initial else ""
            value = initial if entered is None else entered
            return {
                "type": "Input.Date",
                "min": field.earliest.isoformat(),
                **({"max": field.latest.isoformat()} if field.latest else {}),
                **({"value": value} if value else {}),
            }
    assert_never(field)


def _choices(options: Sequence[Option], chosen: str, *, is_several: bool) -> Element:
    """Return a choice of *options*, all of them in sight where they are few."""
    return {
        "type": "Input.ChoiceSet",
        "style": "expanded" if len(options) <= _EXPANDED_MAX else "compact",
        "wrap": True,
        "choices": [{"title": each.label, "value": each.value} for each in options],
        **({"isMultiSelect": True} if is_several else {}),
        **({"value": chosen} if chosen else {}),
    }


def _wrong(field: Field) -> str:
    """Return what the client itself says where nothing, or too little, was entered."""
    match field:
        case Choice() | Day():
            return field.missing
        case Text():
            return field.too_short
        case Several():
            return ""
