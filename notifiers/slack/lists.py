"""Lists of findings, their histories and the buttons that ask on, as Block Kit. Pure."""

from collections.abc import Callable, Iterator, Sequence

from commands.answers import Answer, Ask, History, Line, Listing, Offer, StatusReport, Table
from compliance.channel import Message
from compliance.press import Press
from compliance.prose import Copied, Link, Prose, Strong, joined, one_line
from notifiers import lines, words
from notifiers.slack.blocks import BUTTON_MAX, button, buttons, context, header, one_table
from notifiers.slack.text import PRODUCT, Block, cut, plain_text, rich

#: The actions of buttons that ask what they say; what turns a page takes the place of the page.
ASK, TURN = "ask", "turn"
#: The actions that turn the pages of the findings of one message.
PREVIOUS, NEXT = "list-previous", "list-next"
#: The address of a message; empty where Slack has not said where the workspace is.
LinkTo = Callable[[Message], str]

#: Of a resource's name, which its card has whole; and of a line, the addresses in it counted.
_NAME_MAX, _LINE_MAX = 80, 800
#: https://docs.slack.dev/reference/block-kit/blocks/actions-block
_ACTIONS_MAX = 25
#: https://docs.slack.dev/reference/block-kit/block-elements/button-element
_ASKED_MAX = 2000
#: All blocks of a message have room for about 13,200 characters (slack FACTS, bolt-js#2509).
_EVENTS_MAX = 10_000


def no_link(message: Message) -> str:
    return ""


def list_blocks(answer: Answer, link: LinkTo = no_link) -> list[Block]:
    """Return the blocks of a list, a status, a history or an offer; none for other answers."""
    match answer:
        case Listing():
            return listing_blocks(answer, link)
        case History():
            return history_blocks(answer)
        case StatusReport():
            return status_blocks(answer, link)
        case Offer(text, asks):
            return [rich((text,)), *asks_row(asks)]
    return []


def listing_blocks(listing: Listing, link: LinkTo = no_link) -> list[Block]:
    """Return a page of findings, two lines each, and a button for each under them."""
    return [
        header(listing.title),
        *([rich((listing.intro,))] if listing.intro else []),
        *(_rows(listing, link) if listing.presses else _lines(listing, link)),
        *turning(listing),
    ]


def turning(shown: Listing | Table) -> list[Block]:
    """Return the buttons that turn the pages of a list, or ask something else about all of it."""
    turns = [
        *(_turn(each, label, action) for each, label, action in (
            (shown.earlier, "Previous page", PREVIOUS),
            (shown.later, "Next page", NEXT),
        ) if each),
        *(ask_button(each, f"{ASK} other {number}") for number, each in enumerate(shown.others)),
    ]  # fmt: skip
    return [{"type": "actions", "elements": turns}] if turns else []


def _lines(listing: Listing, link: LinkTo) -> list[Block]:
    """Return lines with the buttons that open them in rows below."""
    asks = [listing.ask(each) for each in listing.lines]
    return [*(rich(line(each, link), _LINE_MAX) for each in listing.lines), *asks_row(asks)]


def _rows(listing: Listing, link: LinkTo) -> Iterator[Block]:
    pairs = zip(listing.lines, listing.presses, strict=True)
    for number, (shown, presses) in enumerate(pairs):
        yield from row(shown, presses, number, link)


def row(shown: Line, presses: Sequence[Press], number: int, link: LinkTo) -> list[Block]:
    """Return a finding with what can be pressed about it; *number* is its own in the message."""
    opening = ask_button(lines.opening(shown), f"{ASK} {number}")
    pressed = buttons(presses, shown.resource)
    return [
        rich(line(shown, link), _LINE_MAX),
        {"type": "actions", "elements": [opening, *pressed]},
    ]


def status_blocks(report: StatusReport, link: LinkTo = no_link) -> list[Block]:
    """Return the sums, a table of them in several ways, and the oldest findings with buttons."""
    opening = [Ask(each.id, f"show {each.id}", f"Show {each.resource}") for each in report.oldest]
    more = [report.more] if report.more and report.total else []
    return [
        header(report.heading),
        rich((Strong(words.sums(report)),)),
        *([one_table(report.tables)] if report.total else []),
        *([rich((Strong(words.OLDEST),))] if report.oldest else []),
        *(rich(line(each, link), _LINE_MAX) for each in report.oldest),
        *asks_row([*opening, *more]),
        *([context(report.note)] if report.note else []),
    ]


def history_blocks(history: History) -> list[Block]:
    """Return what happened, one line a thing; what somebody wrote is shown letter by letter."""
    longest = _EVENTS_MAX // max(len(history.events), 1)
    events = [rich(words.event(each), longest) for each in history.events]
    turning = [
        ask_button(each, f"{TURN} {each.label}")
        for each in (history.earlier, history.later)
        if each
    ]
    return [
        header(history.title),
        rich((Copied(history.about),)),
        *events,
        *([{"type": "actions", "elements": turning}] if turning else []),
    ]


def asks_row(asks: Sequence[Ask]) -> list[Block]:
    """Return buttons that ask what they say, in as many rows as they need."""
    elements = [ask_button(each, f"{ASK} {number}") for number, each in enumerate(asks)]
    return [
        {"type": "actions", "elements": elements[start : start + _ACTIONS_MAX]}
        for start in range(0, len(elements), _ACTIONS_MAX)
    ]


def ask_button(ask: Ask, action: str) -> Block:
    """Return the button; its value is what would be typed. Slack takes no action twice in a row."""
    return {
        "type": "button",
        "action_id": action,
        "text": plain_text(ask.label, BUTTON_MAX),
        "value": ask.text[:_ASKED_MAX],
        **({"accessibility_label": cut(one_line(ask.about), BUTTON_MAX)} if ask.about else {}),
    }


def line(shown: Line, link: LinkTo = no_link) -> Prose:
    """Return a finding in two lines: what it is, and where and how it stands.

    Its id leads to its card, and another link to AWS.
    """
    grave = (shown.severity.capitalize(), shown.title or shown.rule)
    card = _card(shown, link)
    where = ", ".join(filter(None, (shown.account_name or shown.account, shown.region)))
    facts: list[Prose] = [
        (Link(shown.id, card),) if card else (Copied(shown.id),),
        (shown.team,),
        (lines.standing(shown),),
        (where,),
        (shown.rule,) if shown.title else (),
        (Link("AWS Config", shown.console_url),) if shown.console_url else (),
    ]
    head: Prose = (Strong(" · ".join(filter(None, grave))), " · ", Copied(_short(shown.resource)))
    return joined("\n", [head, joined(" · ", facts)])


def _short(name: str) -> str:
    return cut(one_line(name), _NAME_MAX)


def _turn(each: Press | Ask, label: str, action: str) -> Block:
    if isinstance(each, Press):
        return button(each, label=label, action=action)
    return ask_button(each, f"{TURN} {action}")


def _card(shown: Line, link: LinkTo) -> str:
    """Return the address of the newest message here that shows the finding, empty if none."""
    own = [each for each in shown.cards if each.channel.product == PRODUCT]
    return link(own[-1]) if own else ""
