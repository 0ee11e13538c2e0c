"""Where the bot may speak: what it is told when its app is added, and ``@Compliance here NAME``."""

import pytest

from compliance.channel import Channel
from compliance.routing import Team, Teams
from notifiers.chat import ChannelClosedError
from tests.notifiers.teams.conftest import HANNAH, HENRY, HOUSING, MAYA

GENERAL = "19:housing@thread.tacv2"
NAMED = Channel("teams", "homes")


@pytest.fixture
def teams_yaml():
    """Housing's channel has a name in teams.yaml, which nobody has given to a channel yet."""
    approvers = frozenset({f"teams:{HENRY}"})
    return Teams((Team("housing", (NAMED,), approvers, frozenset(), ()),), "housing")


def answers(client):
    return " ".join(str(each.card) for each in client.private)


def test_every_channel_of_a_team_is_learnt_when_the_app_is_added(bot, chat):
    assert chat.room(Channel("teams", HOUSING)).group == "7e000000-0000-4000-8000-000000000002"
    assert chat.room(Channel("teams", GENERAL)).name == "General"


def test_a_name_that_nobody_has_given_yet_says_what_to_do(bot, chat):
    with pytest.raises(ChannelClosedError, match="Add the app to the team"):
        chat.notice(NAMED, "Hello.")


@pytest.mark.parametrize("who", [HENRY, HANNAH], ids=["an approver", "who added the app"])
def test_here_lets_a_name_stand_for_the_channel(bot, chat, client, local, eventually, who):
    person = client(who)

    person.say("@Compliance here homes")

    eventually(lambda: f"teams:{HOUSING}" in answers(person))
    chat.notice(NAMED, "Hello, homes.")
    assert any("Hello, homes." in str(each.card) for each in local.tenant.in_channel(HOUSING))


@pytest.mark.parametrize(
    ("who", "text", "said"),
    [
        (MAYA, "here homes", "Only an approver of a team that reads homes"),
        (HENRY, "here nowhere", "one of these names of teams.yaml: homes"),
    ],
    ids=["who may not decide", "another name"],
)
def test_others_and_other_names_change_nothing(bot, chat, client, eventually, who, text, said):
    person = client(who)

    person.say(f"@Compliance {text}")

    eventually(lambda: said in answers(person))
    with pytest.raises(ChannelClosedError):
        chat.notice(NAMED, "Hello.")


def test_the_last_channel_that_was_named_counts(bot, chat, client, local, eventually):
    henry = client(HENRY)

    for number, channel in enumerate((HOUSING, GENERAL), 1):
        henry.say("@Compliance here homes", channel=channel)
        eventually(lambda number=number: len(henry.private) == number)

    assert chat.room(NAMED).id == GENERAL
