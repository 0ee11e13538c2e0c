"""Prose in Slack: shown letter by letter, and never more than its pieces say."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.prose import (
    Copied,
    Link,
    Moment,
    Person,
    Strong,
    any_of,
    called,
    people,
    plain,
)
from compliance.text import clean
from notifiers.slack.text import cut, cut_prose, escape, fit, plain_text, rich, spoken
from tests.builders import START
from tests.notifiers.slack.reading import live, objects, seen

MARKED = st.text(alphabet="<>&!@#|`*_~:ab;\n\u200b\u202e", max_size=300)
WORDS = st.one_of(MARKED, st.builds(Strong, MARKED), st.builds(Copied, MARKED))
WHEN = "<!date^1793610000^{date_short_pretty} {time}|2026-11-02 09:00 UTC>"


def resolved(text):
    """Slack resolves these three escapes and no other."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(st.text() | MARKED)
def test_escaped_text_makes_no_mention_link_or_channel_and_reads_as_it_was(text):
    escaped = escape(text)

    assert not re.search(r"[<>]", escaped)
    assert resolved(escaped) == text


@given(st.lists(WORDS, max_size=6).map(tuple))
def test_words_in_rich_text_are_all_shown_and_nothing_comes_of_them(prose):
    block = rich(prose)

    assert seen([block]) == plain(prose)
    assert live(block) == []
    assert all(each["text"] for each in objects(block, "text"))


@given(st.lists(WORDS, max_size=6).map(tuple))
def test_words_beside_the_blocks_make_no_mention_and_no_link(prose):
    text = spoken(prose)

    assert not re.search(r"[<>]", text)
    assert resolved(text) == plain(prose)


@pytest.mark.parametrize("text", ["*a* _b_ ~c~ `d` :e: & <!channel>", "R&amp;D &lt;b&gt; &copy;"])
def test_a_plain_text_object_is_shown_letter_by_letter(text):
    drawn = plain_text(text)

    assert resolved(drawn["text"]) == text
    assert drawn["emoji"] is False


@example((":" * 13, ":"), 13)
@given(st.lists(WORDS, max_size=6).map(tuple), st.integers(10, 60))
def test_what_is_too_long_is_cut_and_says_so(prose, longest):
    shown, text = plain(cut_prose(prose, longest)), spoken(prose, longest)

    assert len(shown) <= longest + 1
    assert len(text) <= longest
    assert not re.search(r"&(?!amp;|lt;|gt;)", text)
    if len(plain(prose)) > longest:
        assert shown.endswith("…")
        assert text.endswith("…")


def test_short_text_is_not_cut():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert plain(fit([("a",), ("b",), ("c",)], 20, most=2)) == "a\nb\n… and 1 more"
    assert plain(fit([("x" * 30,), ("b",)], 20)) == "… and 2 more"


def test_a_mention_is_never_cut_in_two():
    assert spoken(("Decided by ", Person("slack:U0HANNAH"), "."), 15) == "Decided by …"


def test_people_are_named_so_that_slack_shows_their_names():
    prose = people(["slack:U1", "W012AB3CD"], ["slack:S1"])

    assert seen([rich(prose)]) == "@S1, @U1, @W012AB3CD"
    assert spoken(prose) == "<!subteam^S1>, <@U1>, <@W012AB3CD>"
    assert people([]) == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jane Doe", "Jane Doe"),
        ("U1> <!channel", "U1> <!channel"),
        ("U1\n", "U1"),
        ("SAM", "SAM"),
        ("WEBTEAM", "WEBTEAM"),
        ("USERSUPPORT2", "USERSUPPORT2"),
        ("W3TEAM", "W3TEAM"),
        ("slack:Ü1", "slack:Ü1"),
        ("bot", "bot"),
        ("teams:U1", "somebody in Teams"),
        ("@here", "@here"),
    ],
)
def test_who_is_no_user_of_slack_is_named_and_mentions_nobody(name, shown):
    assert live(rich((Person(name),))) == []
    assert seen([rich((Person(name),))]) == shown
    assert spoken((Person(name),)) == escape(shown)


def test_a_moment_is_in_each_readers_zone_and_utc_elsewhere():
    assert live(rich((Moment(START),))) == [
        {
            "type": "date",
            "timestamp": 1793610000,
            "format": "{date_short_pretty} {time}",
            "fallback": "2026-11-02 09:00 UTC",
        }
    ]
    assert spoken((Moment(START),)) == WHEN


def test_a_link_goes_where_the_bot_says():
    link = Link("Open <it>", "https://example.org/?a=1&b=2")

    assert live(rich((link,))) == [{"type": "link", "text": "Open <it>", "url": link.url}]
    assert spoken((link,)) == "<https://example.org/?a=1&amp;b=2|Open &lt;it&gt;>"


def test_nothing_that_cannot_be_seen_is_sent():
    hidden = "pay\u200bments\u202egpj.exe\x07"

    for drawn in (rich((hidden, Strong(hidden))), plain_text(hidden)):
        assert seen([drawn]) == clean(seen([drawn]))
    assert spoken((hidden,)) == "paymentsgpj.exe "


def test_of_those_of_whom_one_is_enough_slacks_own_are_mentioned():
    both = any_of(["slack:U0HANNAH", "teams:5a1d"], ["slack:S0SECURITY", "teams:9c00"])

    assert seen([rich(both)]) == "@S0SECURITY, @U0HANNAH"
    assert spoken(both) == "<!subteam^S0SECURITY>, <@U0HANNAH>"
    assert seen([rich(any_of(["teams:5a1d"]))]) == "somebody in Teams"


def test_who_is_not_in_slack_is_called_by_their_name():
    decided = called((Person("teams:5a1d"), " decided."), {"teams:5a1d": "Hannah Osei"}.get)

    assert seen([rich(decided)]) == "Hannah Osei decided."
