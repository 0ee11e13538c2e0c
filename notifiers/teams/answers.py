"""Answers to one person as Adaptive Cards. Pure."""

from collections.abc import Sequence
from functools import partial
from typing import assert_never

from commands.answers import (
    Answer,
    Ask,
    Details,
    Digest,
    Done,
    Explained,
    Export,
    History,
    Invalid,
    Line,
    Listing,
    Offer,
    OpenWork,
    Refused,
    Shown,
    StatusReport,
    Table,
    Work,
)
from commands.forms import Form
from compliance.press import ASKS, IN_MENU, Button, Press
from compliance.prose import Copied, Prose, Strong, joined
from compliance.reply import Reply
from notifiers import lines, words
from notifiers.teams.cards import Viewing, details_elements, finding_elements
from notifiers.teams.elements import (
    ACTIONS_MAX,
    REFRESH,
    Limits,
    action_sets,
    ask,
    buttons,
    card,
    carrier,
    execute,
    fitting,
    heading,
    press,
    subtle,
    table,
    titled,
)
from notifiers.teams.forms import form_elements
from notifiers.teams.text import Element, Name, own_id, rich

#: What a display name may have in a mention, which is the one text that Teams reads as markup.
_IN_A_NAME = frozenset(" -'.,")
_NARROW = "; ask with team:, rule: or account: for fewer"
#: Tables have as much room as the client has.
_WIDE = (Table, StatusReport, Digest)
_FILE = "{text} Your chat with the bot offers to save {name} in your OneDrive."


def answer_card(answer: Answer, viewing: Viewing, back: str = "") -> Element:
    """Return *answer*; *back* is the finding whose card it stands in for a moment."""
    return fitting(partial(_answer_card, answer, viewing, back))


def form_card(
    form: Form, back: str, entered: dict[str, str] | None = None, wrong: Invalid | None = None
) -> Element:
    """Return *form* as a card, with what was *entered* and what is *wrong* with it."""
    problems = dict(wrong.problems) if wrong else {}

    def build(limits: Limits) -> Element:
        asked = form_elements(form, 0, limits, entered, problems, back)
        return card([*heading(form.title), *asked])

    return fitting(build)


def reply_card(
    reply: Reply, name: Name, post_id: str, people: Sequence[tuple[str, str]]
) -> Element:
    """Return what the bot says beside a card; *people* are ids and names to be notified."""

    def build(limits: Limits) -> Element:
        mentions = [(own, _mentionable(called)) for own, called in people]
        calls = [{"type": "TextBlock", "wrap": True, "text": ", ".join(
            f"<at>{called}</at>" for _, called in mentions)}] if mentions else []  # fmt: skip
        entities = [
            {
                "type": "mention",
                "text": f"<at>{called}</at>",
                "mentioned": {"id": own, "name": called},
            }
            for own, called in mentions
        ]
        body = [
            *calls,
            *rich(reply.text, name, limits.text),
            *action_sets([press(each) for each in reply.presses]),
            *carrier(post_id),
        ]
        return card(body, **({"msteams": {"entities": entities}} if entities else {}))

    return fitting(build)


def notice_card(text: Prose, name: Name = str) -> Element:
    return fitting(lambda limits: card(rich(text, name, limits.text)))


def _answer_card(answer: Answer, viewing: Viewing, back: str, limits: Limits) -> Element:
    onward = [execute("Back", REFRESH, back)] if back else []
    if isinstance(answer, Details):
        onward += [press(each) for each in answer.card.more if each.button is Button.HISTORY]
    body = _body(answer, viewing, limits)
    wide = {"msteams": {"width": "Full"}} if isinstance(answer, _WIDE) else {}
    return card([*body, *action_sets(onward), *carrier(viewing.post_id)], **wide)


def _body(answer: Answer, viewing: Viewing, limits: Limits) -> list[Element]:
    match answer:
        case Shown(shown):
            return finding_elements(shown, viewing, limits)
        case Details(shown):
            return details_elements(shown, limits)
        case Form():
            return [*heading(answer.title), *form_elements(answer, 0, limits)]
        case Done() | Refused() | Explained() | Invalid():
            return rich(words.answer(answer), viewing.name, limits.text)
        case Offer(text, asks):
            return [*rich((text,), longest=limits.text), *action_sets([*map(ask, asks)])]
        case Export():
            offered = _FILE.format(text=answer.text, name=answer.filename)
            return rich((offered,), longest=limits.text)
        case _:
            return _report(answer, viewing, limits)


def _report(
    answer: Table | StatusReport | Digest | Listing | OpenWork | History,
    viewing: Viewing,
    limits: Limits,
) -> list[Element]:
    match answer:
        case Table():
            return _table(answer, limits)
        case StatusReport():
            return _status(answer, limits)
        case Digest():
            return _digest(answer, limits)
        case Listing():
            return _listing(answer, limits)
        case OpenWork():
            return _open_work(answer, limits)
        case History():
            return _history(answer, viewing, limits)
    assert_never(answer)


def _table(shown: Table, limits: Limits) -> list[Element]:
    return [
        *heading(shown.title),
        *(rich((shown.intro,), longest=limits.text) if shown.intro else []),
        *(table(shown.headings, shown.rows, limits) if shown.rows else []),
        *(subtle(shown.closing) if shown.closing else []),
        *action_sets(_turning(shown)),
    ]


def _status(report: StatusReport, limits: Limits) -> list[Element]:
    return [
        *heading(report.heading),
        *rich((Strong(words.sums(report)),)),
        *(_tables(report.tables, limits) if report.total else []),
        *_lines(words.OLDEST, report.oldest, limits),
        *(subtle(report.note) if report.note else []),
    ]


def _digest(report: Digest, limits: Limits) -> list[Element]:
    headline: list[Prose] = [(Strong(name), f" {number}") for name, number in report.headline]
    reviews = words.reviews(report) if report.reviews_due else ""
    return [
        *heading(words.DIGEST),
        *rich((Strong(words.share(report)), f" {words.week(report)}")),
        *rich(joined(" · ", headline)),
        *_tables(report.tables, limits),
        *_lines(words.LAPSING, report.lapsing, limits),
        *(titled(words.ASKED_OF_TDA, reviews, limits) if reviews else []),
    ]


def _tables(shown: Sequence[Table], limits: Limits) -> list[Element]:
    elements: list[Element] = []
    for each in shown:
        elements += rich((Strong(each.title),))
        elements += rich((each.intro,), longest=limits.text) if each.intro else []
        elements += table(each.headings, each.rows or [("None",)], limits, _NARROW)
        elements += subtle(each.closing) if each.closing else []
    return elements


def _lines(title: str, shown: Sequence[Line], limits: Limits) -> list[Element]:
    if not shown:
        return []
    left = len(shown) - limits.rows
    kept = [_line(each) for each in shown[: limits.rows]]
    more: list[Prose] = [(f"… and {left} more",)] if left > 0 else []
    return rich(joined("\n", [(Strong(title),), *kept, *more]), longest=4 * limits.text)


def _listing(shown: Listing, limits: Limits) -> list[Element]:
    listed: list[Prose] = [(lines.listed(each),) for each in shown.lines]
    head = [
        *heading(shown.title),
        *(rich((shown.intro,), longest=limits.text) if shown.intro else []),
    ]
    if shown.presses:
        rows = zip(shown.lines, shown.presses, strict=True)
        return [
            *head,
            *(each for row in rows for each in _row(*row, limits)),
            *action_sets(_turning(shown)),
        ]
    opening = [ask(shown.ask(each)) for each in shown.lines]
    return [
        *head,
        *rich(joined("\n", listed), longest=20 * limits.text),
        *action_sets([*opening, *_turning(shown)]),
    ]


def _turning(shown: Listing | Table) -> list[Element]:
    """Return the buttons that turn the pages, or ask something else about all of it."""
    turns = ((shown.earlier, "Previous page"), (shown.later, "Next page"))
    return [*(_turn(each, label) for each, label in turns if each), *map(ask, shown.others)]


def _turn(each: Press | Ask, label: str) -> Element:
    return press(each, label=label) if isinstance(each, Press) else ask(each, label)


def _history(shown: History, viewing: Viewing, limits: Limits) -> list[Element]:
    elements = [*heading(shown.title), *rich((Copied(shown.about),))]
    for each in shown.events:
        elements += rich(words.event(each), viewing.name, limits.text)
    return [*elements, *action_sets([ask(each) for each in (shown.earlier, shown.later) if each])]


def _open_work(work: OpenWork, limits: Limits) -> list[Element]:
    elements = [*heading("Your work"), *rich((words.open_work(work),))]
    for kind in work.work:
        elements += _kind(kind, limits)
    return elements


def _kind(work: Work, limits: Limits) -> list[Element]:
    elements = rich((Strong(f"{work.title} ({work.number})"),))
    for each, presses in work.lines[: limits.rows]:
        elements += _row(each, presses, limits)
    return [*elements, *(action_sets([ask(work.more)]) if work.more else [])]


def _row(line: Line, presses: Sequence[Press], limits: Limits) -> list[Element]:
    """Return a finding with what can be pressed about it: its own card has what has no room."""
    shown = [each for each in presses if each.button not in IN_MENU]
    behind = [each for each in presses if each.button in IN_MENU]
    if len(presses) >= ACTIONS_MAX:
        behind = [each for each in behind if each.button not in ASKS]
    first = [ask(lines.opening(line)), *(press(each, line.resource) for each in shown)]
    menu = [press(each, line.resource) for each in behind]
    return [*rich(_line(line), longest=limits.text), *buttons(first, menu)]


def _line(shown: Line) -> Prose:
    said = lines.listed(shown)
    return (Copied(shown.id), said.removeprefix(shown.id))


def _mentionable(called: str) -> str:
    """Return a display name with nothing in it that could be markup."""
    kept = "".join(each for each in called if each.isalnum() or each in _IN_A_NAME)
    return " ".join(kept.split())[:80] or "you"


def mentioned(reply: Reply) -> tuple[str, ...]:
    """Return the Entra object ids of those whom *reply* mentions."""
    return tuple(dict.fromkeys(filter(None, map(own_id, reply.mentions))))
