"""The local Teams refuses what Teams refuses: by Microsoft's schema, and by what is not in it."""

from copy import deepcopy

import pytest

from playground.teams import cards

TEXT = {"type": "TextBlock", "text": "Hello."}
INPUT = {"type": "Input.Text", "id": "why", "label": "Why?"}
PRESS = {"type": "Action.Execute", "title": "Go", "verb": "go"}


def card(*body, **more):
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def actions(*some):
    return {"type": "ActionSet", "actions": list(some)}


GOOD = card(
    TEXT,
    INPUT,
    {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "[x](https://e.x)"}]},
    actions(PRESS, {"type": "Action.ShowCard", "title": "More", "card": card(TEXT)}),
    refresh={"action": PRESS, "userIds": ["29:1"]},
    msteams={"width": "Full"},
)


def test_a_good_card_is_taken():
    assert cards.problem(GOOD) == ""


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (card({"type": "TextBlok", "text": "x"}), "body/0"),
        (card({"type": "TextBlock"}), "body/0"),
        (card({**TEXT, "size": "Huge"}), "body/0"),
        (card({"type": "Input.Toggle", "id": "on", "label": "On?"}), "'title' is a required"),
        (card({"type": "Container", "items": [{"type": "TextBlock"}]}), "'text' is a required"),
        (card({**TEXT, "colour": "red"}), "body/0"),
        (card(TEXT, more=1), "more"),
        (card(TEXT, version="1.6"), "newer than 1.5"),
        ({"type": "Card"}, "AdaptiveCard"),
        ("card", "AdaptiveCard"),
        (card(INPUT, deepcopy(INPUT)), "'why' comes 2 times"),
        (card({"type": "Input.Text", "id": "why"}), "no label"),
        (card({**INPUT, "isRequired": True}), "no errorMessage"),
        (card(actions(*[PRESS] * 7)), "7 actions"),
        (card(actions({**PRESS, "title": ""})), "no title"),
        (card(actions({"type": "Action.Execute", "title": "Go"})), "no verb"),
        (card(actions({**PRESS, "style": "positive"})), "does not show"),
        (card(actions({"type": "Action.ShowCard", "title": "M", "card": card({})})), "body/0"),
        (card(TEXT, refresh={"action": PRESS, "userIds": ["29:1"] * 61}), "61 people"),
    ],
    ids=[
        "an unknown element", "no text", "an unknown size", "a missing property", "deep inside",
        "an unknown property",
        "an unknown property of the card", "a newer version", "another type", "no object",
        "an id twice", "no label", "no error message", "too many actions", "no title", "no verb",
        "a style", "a bad card that is shown", "too many people",
    ],
)  # fmt: skip
def test_a_bad_card_is_refused_with_what_is_wrong(bad, why):
    assert why in cards.problem(bad)
