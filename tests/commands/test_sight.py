"""Which findings a person sees."""

import pytest

from commands.sight import visible_teams
from compliance.authority import Actor, Standing
from compliance.channel import Channel
from tests.builders import member, teams

BOTH = frozenset({"housing", "payments"})
ALL = BOTH | {"security-analysts"}


@pytest.mark.parametrize(
    ("actor", "channel", "seen"),
    [
        (member("slack:U0HANNAH"), "D0DIRECT", {"housing"}),
        (member("slack:U0PAT", "slack:S0PAYMENTS"), "", {"payments"}),
        (member("slack:U0NOBODY"), "D0DIRECT", set()),
        (member("slack:U0NOBODY"), "C0HOUSING", {"housing"}),
        (member("slack:U0PAT", "slack:S0PAYMENTS"), "C0HOUSING", BOTH),
        (member("slack:U0SAM", "slack:S0SECURITY"), "D0DIRECT", ALL),
        (member("slack:U0NOBODY"), "C0TDA", ALL),
    ],
    ids=["approver", "group", "nobody", "in a team's channel", "both", "analyst", "TDA's channel"],
)
def test_a_member_sees_what_is_theirs_or_their_channels(actor, channel, seen):
    assert visible_teams(actor, [Channel.parse(channel)], teams()) == seen


@pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.MEMBER}))
@pytest.mark.parametrize("channel", ["C0HOUSING", "C0TDA", ""])
def test_whoever_is_no_member_sees_nothing_anywhere(standing, channel):
    actor = Actor("slack:U0HANNAH", standing=standing, groups=frozenset({"slack:S0SECURITY"}))

    assert visible_teams(actor, [Channel.parse(channel)], teams()) == frozenset()


def test_a_tda_without_channel_lets_nobody_in_by_an_empty_name():
    without = teams().__class__(teams().ordered, "housing")

    assert visible_teams(member("slack:U0NOBODY"), [Channel.parse("")], without) == frozenset()
