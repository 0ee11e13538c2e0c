"""Several chat products at once: each answers for itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from compliance.authority import Actor, Standing
from compliance.channel import Channel
from compliance.routing import Team, Teams
from notifiers.chat import ChatRefusedError
from notifiers.products import Products
from tests.notifiers.chat import FakeChat

ROOT = Path(__file__).parents[2]


class FakeProduct:
    def __init__(self, name, problem=""):
        self.name, self.chat, self._problem = name, FakeChat(), problem

    def person(self, actor_id):
        return Actor(actor_id, self.name, Standing.MEMBER)

    def problem(self):
        return self._problem

    def checks(self):
        return ()


@pytest.fixture
def both():
    return Products(FakeProduct("slack"), FakeProduct("teams", "the token was refused"))


def test_a_person_is_asked_of_their_own_product(both):
    assert both.person("teams:1f2e").name == "teams"
    assert both.person("slack:U0HANNAH").name == "slack"


def test_nobody_of_a_product_that_is_not_connected_may_decide(both):
    assert both.person("pigeon:jo").standing is Standing.EXTERNAL


def test_only_the_product_that_is_out_of_reach_is_named(both):
    assert both.problem() == "teams: the token was refused"


def test_a_channel_of_a_product_that_is_not_connected_refuses_and_says_how_to_mend_it(both):
    with pytest.raises(ChatRefusedError, match="not connected to pigeon: Connect the bot"):
        both.chats["pigeon"].notice(None, "hello")


def test_only_a_channel_of_a_product_that_is_not_connected_is_named_by_check(both):
    named = tuple(Channel(product, "1") for product in ("slack", "teams", "pigeon"))
    team = Team("housing", named, frozenset(), frozenset(), ())

    checks = both.checks(Teams((team,), "housing", tda_channels=(Channel("crow", "2"),)))

    assert {each.what: each.problem for each in checks} == {
        "channel pigeon:1 of team housing": "the bot is not connected to pigeon",
        "channel crow:2 of the TDA": "the bot is not connected to crow",
    }


def test_a_bot_without_teams_loads_nothing_of_it(tmp_path):
    connecting = """
import sys
from types import SimpleNamespace
from compliance.routing import Team, Teams
from notifiers.products import connect
team = Team("housing", (), frozenset(), frozenset(), ())
environment = SimpleNamespace(slack=("xoxb-1", "xapp-1", "", ""), microsoft=("", "", "", ""))
connect(environment, None, Teams((team,), "housing"), None)
print([name for name in sys.modules if name == "jwt" or name.startswith("notifiers.teams")])
"""
    run = subprocess.run(
        [sys.executable, "-c", connecting], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout == "[]\n"
