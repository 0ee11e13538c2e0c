"""Every chat product draws, and takes back, all that the neutral side declares.

Whatever gets a new button, field, answer, verb or fact fails here until each product has it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from commands.answers import (
    Answer,
    Ask,
    Details,
    Digest,
    Done,
    Event,
    Explained,
    Export,
    History,
    Invalid,
    Listing,
    Offer,
    OpenWork,
    Refused,
    Shown,
    StatusReport,
    Table,
    Work,
)
from commands.forms import Choice, Day, Field, Form, Option, Origin, Passage, Several, Text
from commands.view import line_of
from compliance.card import Section, Step, card_of
from compliance.card import Stage as Progress
from compliance.facts import Fact, FactKind
from compliance.finding import State
from compliance.group import gather
from compliance.press import IN_MENU, Button, Press
from compliance.reply import Reply
from compliance.request import Verb
from compliance.stage import Stage
from notifiers.slack import blocks as slack_blocks
from notifiers.slack import group as slack_group
from notifiers.slack import lists as slack_lists
from notifiers.slack import modals
from notifiers.slack.replies import answer_message
from notifiers.teams.answers import answer_card, form_card, reply_card
from notifiers.teams.cards import Viewing, content_card
from notifiers.teams.elements import ASK
from notifiers.teams.forms import read_submission
from playground.teams import cards as strict
from tests.builders import ID, RULE, at, finding, rule
from tests.notifiers.slack.reading import objects, seen

#: What Slack and Teams make something of: marks, links, mentions, escapes, and entities.
NASTY = "*a* _b_ ~c~ `d` [x](https://e.x) **e** <!here> <at>f</at> &amp; # g {{DATE(2026)}} \\ |h|"
#: Marks a text that every product has to show.
MARK = "\N{SECTION SIGN}"
DOCS = Path(__file__).parents[2] / "docs" / "teams.md"


def text(what):
    """Return a text of its own, which no other part of a sample has, as short as lists want it."""
    return f"*[x](https://e.x)*<!a>&amp;{MARK}{what}{MARK}"


def texts_of(sample):
    """Return every marked text in *sample*, however deep."""
    if isinstance(sample, str):
        return [sample] if MARK in sample else []
    if is_dataclass(sample):
        return [each for part in fields(sample) for each in texts_of(getattr(sample, part.name))]
    if isinstance(sample, Mapping):
        sample = tuple(sample.values())
    return [each for part in sample for each in texts_of(part)] if isinstance(sample, tuple) else []


def not_in(drawn, sample):
    return [each for each in texts_of(sample) if each not in drawn]


class Slack:
    """Slack's drawing, and what a reader and a presser make of it."""

    def content(self, content):
        return slack_group.content_blocks(content)

    def answer(self, answer):
        return (
            [modals.modal(answer, "C1")] if isinstance(answer, Form) else answer_message(answer)[1]
        )

    def reply(self, reply):
        return [slack_blocks.rich(reply.text), *slack_blocks.actions(reply.presses)]

    def text(self, drawn):
        steps = [each["title"] for each in objects(drawn, "task_card")]
        return "\n".join([seen(drawn), *steps])

    def presses(self, drawn):
        buttons = [each for each in objects(drawn, "button") if "value" in each]
        offered = [(each["action_id"], each["value"]) for each in buttons]
        for menu in objects(drawn, "overflow"):
            offered += [(menu["action_id"], option["value"]) for option in menu["options"]]
        return {
            slack_group.read_press(*each)
            for each in offered
            if not each[0].startswith((slack_lists.ASK, slack_lists.TURN))
        }

    def asks(self, drawn):
        buttons = objects(drawn, "button")
        asking = slack_lists.ASK, slack_lists.TURN
        return {each["value"] for each in buttons if each["action_id"].startswith(asking)}

    def limits(self, form):
        view = modals.modal(form, "C1")
        [block] = [each for each in view["blocks"] if each["type"] == "input"]
        element = block["element"]
        options = tuple(each["value"] for each in element.get("options", ()))
        submit = view["submit"]["text"]
        return submit, not block.get("optional", False), element.get("max_length"), options

    def sent(self, form, entered):
        view = modals.modal(form, "C1")
        kinds = {block["block_id"]: block["element"]["type"] for block in view["blocks"]
                 if block["type"] == "input"}  # fmt: skip
        values = {name: {"input": _typed(kinds[name], value)} for name, value in entered.items()}
        submission, _ = modals.read_submission({**view, "state": {"values": values}})
        return submission


def _typed(kind, value):
    match kind:
        case "radio_buttons" | "static_select":
            return {"selected_option": {"value": value}}
        case "multi_static_select" | "checkboxes":
            return {"selected_options": [{"value": each} for each in value.split()]}
        case "datepicker":
            return {"selected_date": value}
    return {"value": value}


class Teams:
    """Teams' drawing, as somebody sees it who may decide."""

    def content(self, content):
        presses = (*content.presses, *getattr(content, "more", ()))
        viewing = Viewing(forms=tuple((each, None) for each in presses))
        return self._taken(content_card(content, viewing))

    def answer(self, answer):
        if isinstance(answer, Form):
            return self._taken(form_card(answer, ID))
        return self._taken(answer_card(answer, Viewing()))

    def reply(self, reply):
        return self._taken(reply_card(reply, str, "", ()))

    def text(self, drawn):
        texts = []
        for each in strict.elements(drawn):
            assert each["type"] != "TextBlock", "a TextBlock makes marks of what it holds"
            if each["type"] == "RichTextBlock":
                texts.append("".join(run["text"] for run in each["inlines"]))
            texts += [each["label"]] if "label" in each else []
            texts += [option["title"] for option in each.get("choices", ())]
        return "\n".join(texts)

    def presses(self, drawn):
        actions = [each for each in strict.elements(drawn) if each["type"] == "Action.Execute"]
        return {
            Press.parse(each["verb"], each["data"]["value"])
            for each in actions
            if each["verb"] in set(Button)
        }

    def asks(self, drawn):
        actions = [each for each in strict.elements(drawn) if each.get("verb") == ASK]
        return {each["data"]["value"] for each in actions}

    def limits(self, form):
        parts = list(strict.elements(form_card(form, ID)))
        [part] = [each for each in parts if each["type"].startswith("Input.")]
        [submit] = [each["title"] for each in parts if each.get("verb") == "submit"]
        options = tuple(each["value"] for each in part.get("choices", ()))
        return submit, part["isRequired"], part.get("maxLength"), options

    def sent(self, form, entered):
        card = form_card(form, ID)
        [submit] = [each for each in strict.elements(card) if each.get("verb") == "submit"]
        number = submit["data"]["form"]
        # A client joins what was chosen of several by commas.
        given = {f"{number}.{name}": value.replace(" ", ",") if name == "Several" else value
                 for name, value in entered.items()}  # fmt: skip
        return read_submission({**submit["data"], **given})

    def _taken(self, card):
        assert strict.problem(card) == ""
        assert len(json.dumps(card, ensure_ascii=False).encode()) < 28 * 1024
        return card


@pytest.fixture(params=[Slack(), Teams()], ids=["slack", "teams"])
def product(request):
    return request.param


RULES = {RULE: replace(rule(), wrong=text("wrong"), why=text("why"))}
#: What stands on a card at a glance, and what is folded.
GLANCE = replace(
    card_of(finding(), RULES, {}),
    resource="a-bucket",
    facts=tuple(Fact(kind, text(f"fact {kind}")) for kind in FactKind),
    line=(text("line"),),
    danger=text("danger"),
    steps=(Step(text("done step"), Progress.DONE), Step(text("next step"), Progress.PENDING)),
    folded=(),
)
FOLDED = (
    Section(text("folded title"), text("folded")),
    Section(text("facts"), facts=tuple(Fact(kind, text(kind)) for kind in FactKind)),
)
CARD = replace(GLANCE, folded=FOLDED)
GROUP = gather([finding(resource=f"bucket-{number}") for number in range(7)], RULES, {})
GROUP = replace(
    GROUP,
    title=text("title"),
    why=text("why"),
    states=((State.OPEN, 417), (State.FAILED, 418)),
    accounts=((text("account"), 419),),
    rows=tuple(
        replace(row, resource=f"bucket {MARK}{number}", where=f"place {MARK}{number}",
                who=(f"slack:who-{number}", f"teams:who-{number}"))
        for number, row in enumerate(GROUP.rows)
    ),
    danger=text("danger"),
    preflight=(Fact(FactKind.RULE, text("preflight")),),
    source_fix=text("source"),
)  # fmt: skip
OF_MANY = frozenset({Button.LIST, Button.REMEDIATE_ALL, Button.AGREE_ALL, Button.IGNORE_ALL})
WITH_VERB = frozenset({Button.AGREE, Button.WITHDRAW, Button.AGREE_ALL})


def presses_of(button):
    verbs = Verb if button in WITH_VERB else [None]
    return [Press(button, ID, verb) for verb in verbs]


@pytest.mark.parametrize("button", sorted(set(Button) - OF_MANY - IN_MENU))
def test_each_button_of_a_finding_is_drawn_and_comes_back(product, button):
    for press in presses_of(button):
        drawn = product.content(replace(CARD, presses=(press,), more=()))

        assert press in product.presses(drawn)


@pytest.mark.parametrize("button", sorted(IN_MENU))
def test_each_button_of_the_menu_is_drawn_and_comes_back(product, button):
    [press] = presses_of(button)

    drawn = product.content(replace(CARD, presses=(), more=(press,)))

    # A product that folds the details on the card itself needs no button for them.
    is_on_the_card = button is Button.DETAILS and CARD.folded[0].title in product.text(drawn)
    assert press in product.presses(drawn) or is_on_the_card


@pytest.mark.parametrize("button", sorted(OF_MANY))
def test_each_button_of_a_group_is_drawn_and_comes_back(product, button):
    for press in presses_of(button):
        drawn = product.content(replace(GROUP, presses=(press,)))

        assert press in product.presses(drawn)


def test_each_row_of_a_group_has_its_button(product):
    drawn = product.content(GROUP)

    assert {row.press for row in GROUP.rows[:5]} <= product.presses(drawn)


OPTIONS = (Option("a", f"A {MARK}"), Option("b", f"B {MARK}"))
LABEL, HINT = text("label"), text("hint")
FIELDS = {
    Choice: Choice("Choice", LABEL, OPTIONS, "Choose.", HINT),
    Text: Text("Text", LABEL, 500, "Too long.", 3, "Too short.", multiline=True, hint=HINT),
    Day: Day("Day", LABEL, date(2026, 1, 1), None, "Choose.", "Early.", "Late.", hint=HINT),
    Several: Several("Several", LABEL, OPTIONS, HINT),
}
ENTERED = {"Choice": "a", "Text": NASTY, "Day": "2026-12-01", "Several": "a b"}


@pytest.mark.parametrize("kind", get_args(Field), ids=lambda kind: kind.__name__)
def test_each_kind_of_field_is_asked_and_what_was_entered_comes_back(product, kind):
    field = FIELDS[kind]
    intro = (
        Passage(text("heading"), text("intro"), copied=(text("copied"),)),
        Passage(text("of facts"), facts=(Fact(FactKind.RULE, text("fact")),)),
        Passage(text="Only a text"),
    )
    form = Form("Ignore", intro, (field,), "Record", ORIGIN)

    submission = product.sent(form, {field.name: ENTERED[field.name]})

    drawn = product.text(product.answer(form))
    assert "Only a text" in drawn
    assert not_in(drawn, form) == []
    assert product.limits(form) == (
        "Record",
        field.required,
        getattr(field, "longest", None),
        tuple(each.value for each in getattr(field, "options", ())),
    )
    assert submission.origin == ORIGIN
    assert field.read(submission.entered[field.name]) == field.read(ENTERED[field.name])


def test_a_day_has_its_bounds_in_teams_whose_calendar_knows_them():
    """Slack's has none: a day beyond them is refused when the form is sent."""
    day = replace(FIELDS[Day], latest=date(2026, 6, 1))

    card = form_card(Form("Ignore", (), (day,), "Record", ORIGIN), ID)

    [shown] = [each for each in strict.elements(card) if each["type"] == "Input.Date"]
    assert (shown["min"], shown["max"]) == ("2026-01-01", "2026-06-01")


ORIGIN = Origin(Press(Button.IGNORE, ID), at(0)).dump()


def line(of):
    return replace(line_of(finding()), resource=text(f"{of} resource"), title=text(f"{of} title"))


def table(of):
    cells = ((text(f"{of} first"), "1"), (text(f"{of} last"), f"2 {MARK}{of}"))
    headings = text(f"{of} head"), f"n {MARK}{of}"
    return Table(text(of), headings, cells, text(f"{of} intro"), text(f"{of} closing"))


def part(of):
    """Return one of a report's tables: a product may join them, under headings of its own."""
    return replace(table(of), headings=("Head", "n"), intro="", closing="")


def event(of):
    return Event(at(0), "slack:U1", "", text(f"{of} did"), text(f"{of} wrote"), "", "")


ANSWERS = {
    Done: Done(text("done")),
    Refused: Refused(text("refused"), ("slack:U1",), ("teams:g",), ("slack:U2",)),
    Explained: Explained(text("explained")),
    Invalid: Invalid({"reason": text("reason"), "ticket": text("ticket")}),
    Shown: Shown(CARD),
    Details: Details(CARD),
    Table: table("table"),
    StatusReport: StatusReport(
        ((Stage.OPEN, 417), (Stage.FIXING, 418)), (part("one"), part("two")),
        (line("oldest"), line("next")), text("note"), text("heading"),
    ),
    Digest: Digest(
        at(0), at(1), 0.5, 3, ((text("number"), 417), (text("other"), 418)),
        (part("one"), part("two")), (replace(line("lapsing"), title="Open"),), (text("review"),),
    ),
    Listing: Listing(
        text("list"), (line("first"), line("last")),
        *(Press(Button.LIST, ID, page=page) for page in (1, 3)), intro=text("intro"),
    ),
    OpenWork: OpenWork((text("team"),), (
        Work(text("work"), 417, ((line("of work"), (Press(Button.REMEDIATE, ID),)),),
             Ask("More", "findings")),
    )),
    History: History(
        text("history"), text("about"), (event("first"), event("last")),
        Ask("Earlier", "history 1"), Ask("Later", "history 3"),
    ),
    Offer: Offer(text("offer"), (Ask("Show", f"show {ID}"), Ask("Explain", f"explain {ID}"))),
    Export: Export(text("export"), "findings.csv", "id\n"),
    Form: Form("Ignore", (Passage(text("passage")),), (), "Record", ORIGIN),
}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(Answer), ids=lambda kind: kind.__name__)
def test_each_kind_of_answer_is_drawn_letter_by_letter(product, kind):
    answer = ANSWERS[kind]

    drawn = product.answer(answer)

    said = product.text(drawn)
    if kind in (Shown, Details):
        assert not_in(said, FOLDED if kind is Details else GLANCE) == []
    else:
        assert not_in(said, answer) == []
    assert asks_of(answer) <= product.asks(drawn)
    numbers = {StatusReport: ("417", "418"), Digest: ("417", "418", "50"), OpenWork: ("417",)}
    assert [each for each in numbers.get(kind, ()) if each not in said] == []


def asks_of(answer):
    """Return what every Ask in *answer* would ask."""
    if isinstance(answer, Ask):
        return {answer.text}
    if is_dataclass(answer):
        return set().union(*(asks_of(getattr(answer, each.name)) for each in fields(answer)))
    return set().union(*map(asks_of, answer)) if isinstance(answer, tuple) else set()


def test_the_pages_of_a_list_can_be_turned(product):
    listing = ANSWERS[Listing]

    assert {listing.earlier, listing.later} <= product.presses(product.answer(listing))


def test_each_table_of_the_digest_is_drawn_with_all_its_headings(product):
    tables = tuple(
        Table(f"Table {n}", (f"head {n}", "count"), ((f"cell {n}", "1"),)) for n in range(6)
    )
    digest = replace(ANSWERS[Digest], tables=tables)

    said = product.text(product.answer(digest))

    for number, table in enumerate(tables):
        assert table.title in said
        assert f"cell {number}" in said


@pytest.mark.parametrize("kind", FactKind)
def test_each_fact_is_drawn_with_its_name(product, kind):
    shown = replace(CARD, folded=(Section("About", facts=(Fact(kind, NASTY),)),))

    said = product.text(product.answer(Details(shown)))

    assert f"{kind}: {NASTY}" in said


def test_a_finding_is_shown_letter_by_letter_at_a_glance(product):
    assert not_in(product.text(product.content(GLANCE)), GLANCE) == []


def test_a_group_is_shown_letter_by_letter_with_its_counts(product):
    said = product.text(product.content(GROUP))

    assert not_in(said, replace(GROUP, rows=GROUP.rows[:5])) == []
    assert [each for each in ("417", "418", "419") if each not in said] == []
    assert [row.who for row in GROUP.rows[:5] if row.who[0].partition(":")[2] not in said] == []


def test_what_is_offered_in_a_reply_comes_back(product):
    press = Press(Button.CLAIM, ID)

    assert product.presses(product.reply(Reply((text("reply"),), presses=(press,)))) == {press}


def test_whatever_a_finding_holds_is_small_enough_and_says_what_it_is_about():
    long = {RULE: replace(rule(), wrong=NASTY * 500, why="ü" * 60_000)}
    group = gather([finding(resource="b" * 200 + str(number)) for number in range(50)], long, {})
    card = card_of(replace(finding(), note="ü" * 60_000), long, {})

    for content in (group, card):
        assert Teams().content(content)
    assert Teams().answer(Table("T", ("a",) * 8, (("ü" * 900,) * 8,) * 400))


#: What one product cannot do in the other's way; everything else is the same in both.
DIFFERENCES = [
    "Own open work",
    "Questions",
    "Private answers",
    "A list as a file",
    "Forms",
    "Deciding buttons",
    "Mentions of groups",
    "A post whose answer was lost",
]


def test_what_stays_different_stands_in_the_docs():
    section = DOCS.read_text().split("## What differs")[1]

    rows = re.findall(r"^\| ([^|-]+) \|", section, re.MULTILINE)
    assert rows[1:] == DIFFERENCES
