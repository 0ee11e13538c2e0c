"""What AWS or a person wrote is shown letter by letter, on everything that the bot shows in Slack.

Every field that comes from outside holds a text of every mark that Slack knows, and of characters
that nobody sees. Each surface must show the text as it is, and do nothing because of it.
"""

import re
from dataclasses import replace

import pytest

from commands.answers import (
    Ask,
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
from commands.confirm import About, form_of
from commands.forms import Form
from commands.grammar import VERBS
from commands.reception import Reception
from commands.view import line_of
from compliance.accounts import Account
from compliance.card import Button, Press, card_of
from compliance.channel import Channel, Message
from compliance.finding import State
from compliance.group import gather
from compliance.press import ASKS, AT_ONCE
from compliance.prose import plain
from compliance.request import Verb
from compliance.stage import Stage
from compliance.text import clean
from notifiers.chat import Post
from notifiers.slack.home import home_blocks
from notifiers.slack.modals import modal
from notifiers.slack.replies import answer_message
from notifiers.slack.text import spoken
from tests.builders import ID, at, change, finding, member, request, rule
from tests.notifiers.slack.reading import live, seen

#: What is seen of it is all of *SEEN*.
NASTY = "*:* _a_ ~b~ `c`\u200b :d: &amp; <!here>\u202e <@U1> <https://e.x|l> https://e.x m@e.x"
SEEN = "*:* _a_ ~b~ `c` :d: &amp; <!here> <@U1> <https://e.x|l> https://e.x m@e.x"
#: A product's own ids are mentioned, where they stand as the id of a person.
HANNAH = "slack:U0HANNAH"
HOUSING = Channel("slack", "C0HOUSING")
ACCOUNT = "111122223333"

ACCOUNTS = {ACCOUNT: Account(ACCOUNT, NASTY, NASTY)}
RULES = {
    name: replace(rule(name), title=NASTY, why=NASTY, by_hand=NASTY)
    for name in (finding().key.rule, NASTY)
}


def nasty(state=State.OPEN, number=0, **named):
    """A finding in which everything that came from outside is nasty."""
    hostile = finding(resource=f"bucket-{number}", annotation=NASTY)
    tags = {"Owner": NASTY, "Team": NASTY, "ManagedBy": NASTY}
    moved = {"resource_name": NASTY, "tags": tags, "note": NASTY, "team": NASTY, "state": state}
    return replace(hostile, **{**moved, **named})


def asked(verb):
    detail = {"class": NASTY, "reason": NASTY, "ticket": NASTY, "expires": NASTY}
    return request(HANNAH, 2, verb.value, agreed=(NASTY,), detail=detail)


def card(of):
    return card_of(of, RULES, ACCOUNTS)


LINE = replace(
    line_of(nasty(opened_at=at(0))), title=NASTY, severity=NASTY, account_name=NASTY, age=NASTY
)
TABLE = Table(NASTY, (NASTY, NASTY), ((NASTY, NASTY),), NASTY, NASTY)
GROUP = gather([nasty(number=number) for number in range(7)], RULES, ACCOUNTS)
STATES = {state.value: Shown(card(nasty(state, until=at(60)))) for state in State}
ANSWERS = {
    **STATES,
    "requests": Shown(card(nasty(requests=tuple(map(asked, Verb)), decided=asked(Verb.EXCEPT)))),
    "steps": Shown(card(nasty(State.RUNNING, step=1, steps=2))),
    "done": Done(NASTY),
    "refused": Refused(NASTY, (HANNAH, NASTY), ("slack:S1",), (NASTY,)),
    "explained": Explained(NASTY, (NASTY,), (NASTY,)),
    "invalid": Invalid({"reason": NASTY}),
    "table": TABLE,
    "status": StatusReport(((Stage.OPEN, 1),), (TABLE, TABLE), (LINE,), NASTY, NASTY),
    "digest": Digest(at(0), at(9), 0.5, 1, ((NASTY, 1),), (TABLE,), (LINE,), (NASTY,)),
    "list": Listing(NASTY, (LINE,), None, Ask(NASTY, NASTY, NASTY), NASTY),
    "history": History(NASTY, NASTY, (Event(at(0), HANNAH, NASTY, NASTY, NASTY, "", NASTY),)),
    "offer": Offer(NASTY, (Ask(NASTY, NASTY, NASTY),)),
    "export": Export(NASTY, "list.csv", NASTY),
    "work": OpenWork(
        (NASTY,), (Work(NASTY, 1, ((LINE, (Press(Button.REMEDIATE, ID),)),), Ask(NASTY, NASTY)),)
    ),
}


def is_shown_as_it_is(drawn, allowed=("date", "user", "usergroup")):
    """Only what is ours does anything: a time, the mention of an id, a link to AWS's console."""
    odd = [each for each in live(drawn) if each["type"] not in allowed]
    assert all(each["type"] == "link" and ".console." in each["url"] for each in odd)
    mentioned = {each.get("user_id") for each in live(drawn) if each["type"] == "user"}
    assert mentioned <= {"U0HANNAH", "U1"}
    text = seen(drawn)
    assert SEEN in text
    # Nothing of it was lost, and nothing unseen came with it.
    assert text.count("*:*") == text.count("m@e.x") or "…" in text
    assert text == clean(text)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_shows_what_came_from_outside_as_it_is(answer):
    prose, drawn = answer_message(answer)

    is_shown_as_it_is(drawn)
    is_read_as_it_is(prose)


def is_read_as_it_is(prose):
    """In words alone, and in the text of which Slack makes notifications, nothing is markup."""
    assert SEEN in plain(prose)
    text = spoken(prose)
    for token in re.findall(r"<[^>]*>", text):
        assert token.startswith(("<@U0HANNAH>", "<!subteam^S1>", "<!date^"))
    assert "<@U1>" not in text
    assert text == clean(text)


def test_a_group_shows_what_came_from_outside_as_it_is(chat, workspace):
    chat.post(HOUSING, GROUP, Post("p1"))

    [sent] = workspace.called("chat.postMessage")
    is_shown_as_it_is(sent["blocks"])
    assert "<!here>" not in sent["text"]


@pytest.mark.parametrize("button", sorted(set(Button) - ASKS - AT_ONCE))
@pytest.mark.parametrize("verb", Verb)
def test_every_form_shows_what_came_from_outside_as_it_is(button, verb):
    about = GROUP if button.endswith("-all") else card(nasty())
    form = form_of(Press(button, ID, verb), about, About(rule(), [asked(verb)]), at(0))

    view = modal(form, "C0HOUSING")

    assert live(view["blocks"]) == []
    assert SEEN in seen(view["blocks"])
    is_read_as_it_is(answer_message(form)[0])


def test_the_home_tab_shows_what_came_from_outside_as_it_is():
    is_shown_as_it_is(home_blocks(ANSWERS["work"]))


def test_a_notice_is_shown_as_it_is(chat, workspace):
    chat.notice(HOUSING, NASTY)

    [sent] = workspace.called("chat.postMessage")
    assert seen(sent["blocks"]) == SEEN
    assert live(sent["blocks"]) == []
    assert "<" not in sent["text"]


def test_slack_looks_for_no_marks_in_what_stands_beside_the_blocks(chat, workspace):
    chat.notice(HOUSING, NASTY)
    chat.post(HOUSING, card(nasty()), Post("p1"))
    chat.replace(Message(HOUSING, "1.0"), card(nasty()))

    for sent in workspace.called("chat.postMessage"):
        assert sent["mrkdwn"] is False
    # Where it cannot be told so, it has blocks to show instead.
    assert all(sent["blocks"] for sent in workspace.called("chat.update"))


@pytest.mark.parametrize("verb", VERBS)
def test_what_somebody_types_comes_back_as_it_was(context, reports, verb):
    reception = Reception(context, reports, ACCOUNTS, member)

    answer = reception.answer(f"{verb} {NASTY}", member(), frozenset())

    prose, drawn = answer_message(answer)
    assert live(drawn) == []
    assert "<" not in spoken(prose)


@pytest.mark.parametrize("verb", ["show", "findings", "home", "remediate", "ignore"])
def test_what_is_asked_about_a_nasty_finding_is_answered_as_it_is(context, reports, verb):
    context.ledger.record([change(resource=NASTY, annotation=NASTY)])
    [opened] = context.ledger.each([State.OPEN])
    reception = Reception(context, reports, ACCOUNTS, member)
    asked_about = verb if verb in {"findings", "home"} else f"{verb} {opened.id}"

    answer = reception.answer(asked_about, member(), frozenset({HOUSING}))

    drawn = modal(answer, "")["blocks"] if isinstance(answer, Form) else answer_message(answer)[1]
    assert {each["type"] for each in live(drawn)} <= {"date", "link", "user", "usergroup"}
    assert seen(drawn) == clean(seen(drawn))
    assert "*:* _a_ ~b~ `c`" in seen(drawn)
