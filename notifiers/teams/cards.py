"""What a message in a team's channel shows, as an Adaptive Card. Pure.

Everybody sees the card; those who may decide see their own buttons on it as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from commands.forms import Form
from compliance.card import Card, Section, Step
from compliance.group import Content, GroupCard, by_place, how_many
from compliance.press import ASKS, IN_MENU, Button, Press
from compliance.prose import Copied, Link, Prose, joined, people
from notifiers import words
from notifiers.teams.elements import (
    ACTIONS_MAX,
    REFRESH,
    Limits,
    action_sets,
    banner,
    buttons,
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
#: How many findings a group lists, each with its button; `Show them` lists the others.
_ROWS_MAX = 8


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
    """Return *content* in less than 28 KB, however much it is."""
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
    """Return one finding: at a glance what is wrong; Details shows all else."""
    at_a_glance = joined("\n", [_facts(shown), shown.line, words.danger(shown)])
    return [
        *heading(words.headline(shown)),
        *rich(at_a_glance, viewing.name, limits.text),
        *_steps(shown.steps),
        *_buttons(shown.presses, shown.more, shown.resource, viewing, limits),
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


def _section(part: Section, limits: Limits) -> list[Element]:
    if part.facts:
        return facts(part.facts, limits, part.title)
    return titled(part.title, part.text, limits)


def _buttons(
    presses: Sequence[Press],
    more: Sequence[Press],
    subject: str,
    viewing: Viewing,
    limits: Limits,
) -> list[Element]:
    deciding = [each for each in (*presses, *more) if each.button not in ASKS]
    if viewing.forms is None:
        shown = [execute(DECIDE, REFRESH, each.finding_id) for each in deciding[:1]]
        offered: list[tuple[Press, Element]] = []
    else:
        shown, forms = [], dict(viewing.forms)
        offered = [
            (each, _decision(each, forms[each], number, subject, limits))
            for number, each in enumerate(deciding)
            if each in forms
        ]
    asking = [each for each in (*presses, *more) if each.button in ASKS]
    offered += [(each, press(each, subject)) for each in asking]
    if len(shown) + len(offered) > ACTIONS_MAX:
        # The details have it too.
        offered = [(each, drawn) for each, drawn in offered if each.button is not Button.HISTORY]
    shown += [drawn for each, drawn in offered if each.button not in IN_MENU]
    return buttons(shown, [drawn for each, drawn in offered if each.button in IN_MENU])


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
    return [
        *heading(words.headline(group)),
        *(rich(said, longest=limits.text) if (said := words.danger(group)) else []),
        *titled("How they stand", _counts(group.states), limits),
        *titled("Where they are", _counts(by_place(group)), limits),
        *_rows(group, viewing, limits),
        *_buttons(group.presses, (), how_many(group.number), viewing, limits),
        *titled("Why it matters", group.why, limits),
        *_impact(group, limits),
        *subtle(SINGLE),
    ]


def _rows(group: GroupCard, viewing: Viewing, limits: Limits) -> list[Element]:
    """Return a line for each of the first findings, with its button for those who may press it."""
    elements: list[Element] = []
    shown = group.rows[: min(_ROWS_MAX, limits.rows)]
    for row in shown:
        who: Prose = (", ", *people(row.who)) if row.who else ()
        about: Prose = (Copied(row.finding_id), " ", Copied(row.resource), f" ({row.where}): ")
        elements += rich((*about, row.state.value, *who), viewing.name, limits.text)
        if viewing.forms or row.press.button in ASKS:
            elements += action_sets([press(row.press, row.resource)])
    more = group.number - len(shown)
    return [*elements, *(subtle(f"and {more} more") if more else [])]


def _counts(counted: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"{number} {name}" for name, number in counted)


def _impact(group: GroupCard, limits: Limits) -> list[Element]:
    if not {Button.REMEDIATE_ALL, Button.AGREE_ALL} & group.buttons:
        return []
    comes_back = titled("May come back", group.source_fix, limits) if group.source_fix else []
    return [*facts(group.preflight, limits, "If you remediate, for each of them"), *comes_back]
