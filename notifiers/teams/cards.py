"""What a message in a team's channel shows, as an Adaptive Card. Pure.

Everybody sees the card; those who may decide see their own buttons on it as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from commands.forms import Form
from compliance.card import Card, Section, Step
from compliance.group import Content, GroupCard, by_place, how_many
from compliance.press import ASKS, Button, Press
from compliance.prose import Copied, Link, Prose, Strong, joined
from notifiers import words
from notifiers.teams.elements import (
    REFRESH,
    Limits,
    action_sets,
    banner,
    card,
    carrier,
    execute,
    facts,
    fitting,
    heading,
    press,
    refresh,
    subtle,
    titled,
)
from notifiers.teams.forms import form_elements
from notifiers.teams.text import Element, Name, rich

DECIDE = "Decide…"
SINGLE = "Write show and a finding's id to the bot to see one of them with its own buttons."
_FOLDED = "folded"
#: How many findings a group names; `Show them` lists the others.
_NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Viewing:
    """How content is shown, and to whom.

    *forms* are what one person may decide, with the form of each press; None is for everybody.
    *viewers* get a card of their own. *said* is for one person, above all else.
    """

    name: Name = str
    post_id: str = ""
    viewers: tuple[str, ...] = ()
    forms: tuple[tuple[Press, Form | None], ...] | None = None
    said: Prose = ()


def content_card(content: Content, viewing: Viewing) -> Element:
    """Return *content* in less than 28 KB, whatever it holds."""
    return fitting(partial(_content_card, content, viewing))


def _content_card(content: Content, viewing: Viewing, limits: Limits) -> Element:
    above = [banner(viewing.said, viewing.name, limits)] if viewing.said else []
    hidden = carrier(viewing.post_id)
    match content:
        case Card():
            body = finding_elements(content, viewing, limits)
        case GroupCard():
            body = _group(content, viewing, limits)
        case _:
            return card([*above, *rich((words.DEPARTED,)), *hidden])
    has_decisions = any(each.button not in ASKS for each in content.presses)
    own = {"refresh": refresh(content.finding_id, viewing.viewers)} if viewing.viewers else {}
    return card([*above, *body, *hidden], **(own if has_decisions or viewing.forms else {}))


def finding_elements(shown: Card, viewing: Viewing, limits: Limits) -> list[Element]:
    """Return one finding: at a glance what is wrong, all else folded."""
    at_a_glance = joined("\n", [_facts(shown), shown.line, words.danger(shown)])
    return [
        *heading(words.headline(shown)),
        *rich(at_a_glance, viewing.name, limits.text),
        *_steps(shown.steps),
        *_buttons(shown.presses, shown.more, shown.resource, viewing, limits),
        *([] if shown.is_over else _folded(shown.folded, shown.finding_id, limits)),
    ]


def details_elements(shown: Card, limits: Limits) -> list[Element]:
    """Return what is folded on a finding's card as a card of its own."""
    parts = (element for part in shown.folded for element in _section(part, limits))
    return [*heading(words.headline(shown)), *parts]


def _facts(shown: Card) -> Prose:
    parts: list[Prose] = [(Copied(shown.finding_id),), *((each.text,) for each in shown.facts)]
    link: Prose = (Link("AWS Config", shown.console_url),) if shown.console_url else ()
    return joined(" · ", [*parts, link])


def _steps(steps: Sequence[Step]) -> list[Element]:
    if not steps:
        return []
    return rich(joined("\n", [(f"{number}. {each.name}: {each.stage}",) for number, each in
                              enumerate(steps, 1)]))  # fmt: skip


def _folded(parts: Iterable[Section], finding_id: str, limits: Limits) -> list[Element]:
    items = [element for part in parts for element in _section(part, limits)]
    if not items:
        return []
    identity = f"{_FOLDED} {finding_id}"
    opens = {
        "type": "Action.ToggleVisibility",
        "title": "Show or hide the details",
        "targetElements": [identity],
    }
    hidden = {"type": "Container", "id": identity, "isVisible": False, "items": items}
    return [*action_sets([opens]), hidden]


def _section(part: Section, limits: Limits) -> list[Element]:
    if part.facts:
        return [*rich((Strong(part.title),)), *facts(part.facts, limits)]
    return titled(part.title, part.text, limits)


def _buttons(
    presses: Sequence[Press],
    more: Sequence[Press],
    subject: str,
    viewing: Viewing,
    limits: Limits,
) -> list[Element]:
    asking = [press(each, subject) for each in (*presses, *more) if each.button in ASKS]
    deciding = [each for each in (*presses, *more) if each.button not in ASKS]
    if viewing.forms is None:
        first = deciding[:1]
        own = [execute(DECIDE, REFRESH, each.finding_id) for each in first]
    else:
        forms = dict(viewing.forms)
        own = [
            _decision(each, forms[each], number, subject, limits)
            for number, each in enumerate(deciding)
            if each in forms
        ]
    return action_sets([*own, *asking])


def _decision(
    pressed: Press, form: Form | None, number: int, subject: str, limits: Limits
) -> Element:
    """Return a button: with its form where it is known by now, else it asks for it."""
    if form is None:
        return press(pressed, subject)
    return {
        "type": "Action.ShowCard",
        "title": pressed.label,
        "card": {"type": "AdaptiveCard", "body": form_elements(form, number, limits)},
    }


def _group(group: GroupCard, viewing: Viewing, limits: Limits) -> list[Element]:
    severity = words.severity(group.severity).capitalize()
    return [
        *heading(f"{how_many(group.number)}: {group.title}"),
        *titled(severity, group.why, limits),
        *titled("How they stand", _counts(group.states), limits),
        *titled("Where they are", _counts(by_place(group)), limits),
        *_impact(group, limits),
        *rich(_named(group), longest=limits.text),
        *_buttons(group.presses, (), how_many(group.number), viewing, limits),
        *subtle(SINGLE),
    ]


def _counts(counted: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"{number} {name}" for name, number in counted)


def _impact(group: GroupCard, limits: Limits) -> list[Element]:
    if not {Button.REMEDIATE_ALL, Button.AGREE_ALL} & group.buttons:
        return []
    comes_back = titled("May come back", group.source_fix, limits) if group.source_fix else []
    title = rich((Strong("If you remediate, for each of them"),))
    return [*title, *facts(group.preflight, limits), *comes_back]


def _named(group: GroupCard) -> Prose:
    lines: list[Prose] = [
        (Copied(row.finding_id), " ", Copied(row.resource)) for row in group.rows[:_NAMED_MAX]
    ]
    more = group.number - len(lines)
    return joined(
        "\n", [(Strong("Among them"),), *lines, *([(f"and {more} more",)] if more else [])]
    )
