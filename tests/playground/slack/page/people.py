"""A reader and a workspace without a server, for what is pure."""

from datetime import UTC, datetime

from playground.clock import Clock
from playground.slack.entities import Channel, Message, Team, User, UserGroup, View
from playground.slack.page.reader import Reader
from playground.slack.workspace import Contents, Workspace

#: 09:00 UTC, which is 09:00 in London and 10:00 in Berlin.
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def workspace(name="Hannah Osei"):
    return Workspace(
        Contents(
            Team("T1", "Riverside", "riverside"),
            (
                User("U1", "hannah", name, "T1"),
                User("U2", "bert", "Bert", "T1", tz="Europe/Berlin"),
            ),
            (UserGroup("S1", "approvers", "Approvers", frozenset({"U1"})),),
            (Channel("C1", "housing", {"U1", "U2"}), Channel("C2", "secret", {"U2"}, True)),
        ),
        Clock(lambda: NOW),
    )


def reader(user="U1", **named):
    there = workspace(**named)
    return Reader(there.users[user], there)


def message(blocks=(), text="", **named):
    return Message(
        ts="1793610000.000100", channel="C1", user="U2", text=text, blocks=blocks, **named
    )


def modal(*blocks):
    return View(
        "V1",
        "U1",
        "modal",
        {"title": {"type": "plain_text", "text": "Form"}, "blocks": list(blocks)},
        "h",
        "V1",
    )
