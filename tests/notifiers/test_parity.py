"""Every chat product draws, and takes back, all that the neutral side declares.

Whatever gets a new button, field, answer, verb or fact fails here until each product has it.
"""

import json
import re
from dataclasses import replace
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
from compliance.card import Section, card_of
from compliance.facts import Fact, FactKind
from compliance.group import gather
from compliance.press import IN_MENU, Button, Press
from compliance.request import Verb
from compliance.stage import Stage
from notifiers.slack import group as slack_group
from notifiers.slack import modals
from notifiers.slack.replies import answer_message
from notifiers.teams.answers import answer_card, form_card
from notifiers.teams.cards import Viewing, content_card
from notifiers.teams.elements import ASK
from notifiers.teams.forms import read_submission
from playground.teams import cards as strict
from tests.builders import ID, RULE, at, finding, rule
from tests.notifiers.slack.reading import objects, seen

#: What Slack and Teams make something of: marks, links, mentions, escapes, and entities.
NASTY = "*a* _b_ ~c~ `d` [x](https://e.x) **e** <!here> <at>f</at> &amp; # g {{DATE(2026)}} \\ |h|"
DOCS = Path(__file__).parents[2] / "docs" / "teams.md"


class Slack:
    """Slack's drawing, and what a reader and a presser make of it."""

    def content(self, content):
        return slack_group.content_blocks(content)

    def answer(self, answer):
        return (
            [modals.modal(answer, "C1")] if isinstance(answer, Form) else answer_message(answer)[1]
        )

    def text(self, drawn):
        return seen(drawn)

    def presses(self, drawn):
        buttons = [each for each in objects(drawn, "button") if "value" in each]
        offered = [(each["action_id"], each["value"]) for each in buttons]
        for menu in objects(drawn, "overflow"):
            offered += [(menu["action_id"], option["value"]) for option in menu["options"]]
        return {slack_group.read_press(*each) for each in offered if not each[0].startswith("ask")}

    def asks(self, drawn):
        buttons = objects(drawn, "button")
        return {each["value"] for each in buttons if each["action_id"].startswith("ask")}

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


RULES = {RULE: replace(rule(), wrong=NASTY, why=NASTY)}
CARD = card_of(finding(), RULES, {})
GROUP = gather([finding(resource=f"bucket-{number}") for number in range(7)], RULES, {})
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


FIELDS = {
    Choice: Choice("Choice", NASTY, (Option("a", NASTY), Option("b", "B")), "Choose.", NASTY),
    Text: Text("Text", NASTY, 500, "Too long.", 3, "Too short.", multiline=True, hint=NASTY),
    Day: Day("Day", NASTY, date(2026, 1, 1), None, "Choose.", "Early.", "Late.", hint=NASTY),
    Several: Several("Several", NASTY, (Option("a", NASTY), Option("b", "B")), NASTY),
}
ENTERED = {"Choice": "a", "Text": NASTY, "Day": "2026-12-01", "Several": "a b"}


@pytest.mark.parametrize("kind", get_args(Field), ids=lambda kind: kind.__name__)
def test_each_kind_of_field_is_asked_and_what_was_entered_comes_back(product, kind):
    field = FIELDS[kind]
    form = Form("Ignore", (Passage(NASTY, NASTY, copied=(NASTY,)),), (field,), "Record", ORIGIN)

    submission = product.sent(form, {field.name: ENTERED[field.name]})

    assert product.text(product.answer(form)).count(NASTY) >= 5
    assert submission.origin == ORIGIN
    assert field.read(submission.entered[field.name]) == field.read(ENTERED[field.name])


ORIGIN = Origin(Press(Button.IGNORE, ID), at(0)).dump()
LINE = replace(line_of(finding()), resource=NASTY)
TABLE = Table(NASTY, (NASTY, "n"), ((NASTY, "1"),), NASTY, NASTY)
ANSWERS = {
    Done: Done(NASTY),
    Refused: Refused(NASTY, ("slack:U1",), ("teams:g",), ("slack:U2",)),
    Explained: Explained(NASTY),
    Invalid: Invalid({"reason": NASTY}),
    Shown: Shown(CARD),
    Details: Details(CARD),
    Table: TABLE,
    StatusReport: StatusReport(((Stage.OPEN, 1),), (TABLE, TABLE), (LINE,), NASTY),
    Digest: Digest(at(0), at(1), 0.5, 3, ((NASTY, 1),), (TABLE, TABLE), (LINE,), (NASTY,)),
    Listing: Listing(NASTY, (LINE,), *(Press(Button.LIST, ID, page=page) for page in (1, 3))),
    OpenWork: OpenWork((NASTY,), (Work(NASTY, 1, ((LINE, (Press(Button.REMEDIATE, ID),)),)),)),
    History: History(NASTY, NASTY, (Event(at(0), "slack:U1", "", NASTY, NASTY, "", ""),)),
    Offer: Offer(NASTY, (Ask("Show", f"show {ID}"),)),
    Export: Export(NASTY, "findings.csv", "id\n"),
    Form: Form("Ignore", (Passage(NASTY),), (), "Record", ORIGIN),
}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(Answer), ids=lambda kind: kind.__name__)
def test_each_kind_of_answer_is_drawn_letter_by_letter(product, kind):
    assert NASTY in product.text(product.answer(ANSWERS[kind]))


def test_the_pages_of_a_list_can_be_turned(product):
    listing = ANSWERS[Listing]

    assert {listing.earlier, listing.later} <= product.presses(product.answer(listing))


def test_what_can_be_asked_next_is_offered_and_comes_back(product):
    assert product.asks(product.answer(ANSWERS[Offer])) == {f"show {ID}"}


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


def test_a_finding_is_said_letter_by_letter_at_a_glance(product):
    said = product.text(product.content(CARD))

    assert NASTY in said


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
