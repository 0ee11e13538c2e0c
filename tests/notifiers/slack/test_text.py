"""Outside text in Slack: shown as it is, and never more."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.slack.text import MESSAGE_MAX, SLACK, code, cut, escape, mention, outside, when
from tests.builders import START

MARKED = st.text(alphabet="<>&!@#|`*_ab;\n", max_size=300)


@given(st.text() | MARKED)
def test_escaped_text_makes_no_mention_link_or_channel_and_reads_as_it_was(text):
    escaped = escape(text)

    assert not re.search(r"[<>]", escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(MARKED, st.integers(10, 60))
def test_a_cut_never_ends_in_half_an_escape(text, longest):
    shown = outside(text, longest)

    assert len(shown) <= longest
    assert html.unescape(shown.removesuffix("…")).rstrip("…") == html.unescape(
        escape(text)[: len(shown.removesuffix("…"))]
    ).rstrip("…")
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)


@given(st.text(min_size=1) | MARKED)
def test_code_is_one_line_between_two_marks(text):
    shown = code(text)

    assert shown == "" if not text.strip() else re.fullmatch(r"`[^`\n\r<>]+`", shown)


def test_short_text_is_not_cut():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert len(outside("x" * 9999, MESSAGE_MAX)) == MESSAGE_MAX


def test_people_are_named_so_that_slack_shows_their_names():
    named = SLACK.people(["slack:U1", "W012AB3CD"], ["slack:S1"])

    assert named == "<!subteam^S1>, <@U1>, <@W012AB3CD>"
    assert SLACK.people([]) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jane Doe", "Jane Doe"),
        ("U1> <!channel", "U1&gt; &lt;!channel"),
        ("U1\n", "U1\n"),
        ("SAM", "SAM"),
        ("WEBTEAM", "WEBTEAM"),
        ("USERSUPPORT2", "USERSUPPORT2"),
        ("W3TEAM", "W3TEAM"),
        ("bot", "bot"),
        ("teams:U1", "teams:U1"),
    ],
)
def test_who_is_no_user_of_slack_is_named_and_mentions_nobody(name, shown):
    assert mention(name) == shown


def test_a_moment_is_in_each_readers_zone_and_utc_elsewhere():
    assert when(START) == "<!date^1793610000^{date_short_pretty} {time}|2026-11-02 09:00 UTC>"
