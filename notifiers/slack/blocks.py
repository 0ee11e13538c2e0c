"""Cards, answers and reports as Block Kit. Pure: from our data to lists of dicts."""

from collections.abc import Sequence

from commands.answers import Digest, Line, Table
from compliance.facts import COPIED, Fact
from compliance.press import IN_MENU, Button, Press
from compliance.prose import Copied, Moment, Piece, Prose, Strong, joined, one_line
from compliance.text import clean
from notifiers import lines, words
from notifiers.slack.text import HEADER_MAX, SECTION_MAX, Block, cut, fit, plain_text, rich

#: https://docs.slack.dev/reference/block-kit/blocks/table-block: rows, the headings among them
_TABLE_ROWS_MAX = 100
#: https://docs.slack.dev/reference/block-kit/block-elements/button-element
BUTTON_MAX = 75
#: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
_OPTIONS_MAX = 5
#: The action of a menu; a second one in a row has a number behind it.
MENU = "more"
#: Exceptions that the digest lists.
_LAPSING_MAX = 10
_NARROW = "; ask /compliance status with team:, rule: or account: for fewer"
_PRIMARY = frozenset({Button.REMEDIATE, Button.AGREE, Button.REMEDIATE_ALL, Button.AGREE_ALL})


def table(shown: Table) -> list[Block]:
    """Return a table with what stands before and after it; without rows, the sentences alone."""
    rows = [list(map(cell, shown.headings))]
    rows += [[cell(each) for each in row] for row in shown.rows[: _TABLE_ROWS_MAX - 1]]
    left = len(shown.rows) - (len(rows) - 1)
    below = " ".join(filter(None, (f"… and {left} more." if left else "", shown.closing)))
    return [
        header(shown.title),
        *([rich((shown.intro,))] if shown.intro else []),
        *([{"type": "table", "rows": rows}] if shown.rows else []),
        *([context(below)] if below else []),
    ]


def one_table(shown: Sequence[Table]) -> Block:
    """Return several tables as one, each under its own headings: a message can hold only one."""
    most = _TABLE_ROWS_MAX // len(shown) - 2
    width = max(len(each.headings) for each in shown)
    rows: list[list[Block]] = []
    for each in shown:
        headings = (each.title, *each.headings[1:])
        kept = list(each.rows[:most]) or [("None",)]
        if (left := len(each.rows) - most) > 0:
            kept.append((f"… and {left} more{_NARROW}",))
        rows.append(_padded([rich((Strong(heading),)) for heading in headings], width))
        rows += [_padded(list(map(cell, line)), width) for line in kept]
    numbers = [{"align": "right"}] * (width - 1)
    return {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}, *numbers]}


def digest_blocks(report: Digest) -> list[Block]:
    headline: list[Prose] = [(Strong(name), f" {number}") for name, number in report.headline]
    reviews = titled(words.ASKED_OF_TDA, words.reviews(report))
    return [
        header(words.DIGEST),
        rich((Strong(words.share(report)), f" {words.week(report)}")),
        rich(joined(" · ", headline)),
        one_table(report.tables),
        *_lines(words.LAPSING, report.lapsing, _LAPSING_MAX, "; the allowlist has them all"),
        *([reviews] if report.reviews_due else []),
    ]


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(one_line(text) or "-", HEADER_MAX)}


def titled(title: str, text: str) -> Block:
    """Return *text* under a *title* of ours."""
    return rich((Strong(f"{title}\n"), text))


def context(text: str) -> Block:
    return {"type": "context", "elements": [plain_text(text)]}


def fact(known: Fact) -> Prose:
    text: Piece = Copied(known.text) if known.kind in COPIED else known.text
    return (Strong(f"{known.kind}:"), " ", text)


def cell(text: str) -> Block:
    return {"type": "raw_text", "text": clean(text) or "-"}


def _padded(cells: list[Block], width: int) -> list[Block]:
    """Slack takes no cell without a text."""
    blank = {"type": "raw_text", "text": "\u00a0"}
    return [*cells, *([blank] * (width - len(cells)))]


def actions(presses: Sequence[Press], subject: str = "") -> list[Block]:
    """Return a row of buttons about *subject*, with a menu at its end; none without a press.

    Where nobody says what they are about, they are about the finding by its id.
    """
    elements = buttons(presses, subject)
    return [{"type": "actions", "elements": elements}] if elements else []


def buttons(presses: Sequence[Press], subject: str = "") -> list[Block]:
    elements = [button(press, subject) for press in presses if press.button not in IN_MENU]
    return elements + menus([press for press in presses if press.button in IN_MENU])


def button(press: Press, subject: str = "", label: str = "", action: str = "") -> Block:
    """Return a button, with a *label* or an *action* of its own where they are given.

    Slack takes no action twice in one row, so that of a request has its verb in it.
    """
    usual = f"{press.button} {press.verb}" if press.verb else press.button.value
    drawn = {
        "type": "button",
        "action_id": action or usual,
        "text": plain_text(label or press.label, BUTTON_MAX),
        "value": press.value,
        "accessibility_label": cut(
            one_line(label or press.name(subject or press.finding_id)), BUTTON_MAX
        ),
    }
    return {**drawn, "style": "primary"} if press.button in _PRIMARY else drawn


def menus(presses: Sequence[Press]) -> list[Block]:
    """Return *presses* behind ``…``: the value of what was chosen says which it is."""
    return [
        {
            "type": "overflow",
            "action_id": f"{MENU} {start}" if start else MENU,
            "options": [
                {"text": plain_text(each.label), "value": f"{each.button} {each.value}"}
                for each in presses[start : start + _OPTIONS_MAX]
            ],
        }
        for start in range(0, len(presses), _OPTIONS_MAX)
    ]


def line(shown: Line) -> Prose:
    since = (", since ", Moment(shown.since)) if shown.since else ()
    until = (", until ", *lines.end(shown.state, shown.until)) if shown.until else ()
    named: Prose = (Copied(shown.id), f" {shown.rule}: ", Copied(shown.resource))
    return (*named, f" ({shown.team}, {shown.state}", *since, *until, ")")


def _lines(
    title: str, shown: Sequence[Line], most: int | None = None, hint: str = ""
) -> list[Block]:
    """Return lines under a title, as many as fit."""
    text = fit(list(map(line, shown)), SECTION_MAX - HEADER_MAX, hint, most)
    return [rich((Strong(f"{title}\n"), *text))] if shown else []
