"""What Slack's markup becomes in the page."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playground.slack.page.people import reader

_TAGS = {
    "span",
    "br",
    "strong",
    "em",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "time",
    "p",
    "h4",
    "hr",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_ATTRIBUTES = {"class", "href", "target", "rel", "title", "start", "scope", "aria-label"}


class Seen(HTMLParser):
    """Collects tags, attributes and text, as a browser would find them."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.links, self.words = set(), set(), [], ""
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold*", "<strong>bold</strong>"),
        ("_it_ and ~gone~", "<em>it</em> and <s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2 * 3 * 4, snake_case_name", "2 * 3 * 4, snake_case_name"),
        ("`a *b* &lt;c&gt;`", "<code>a *b* &lt;c&gt;</code>"),
        ("Tom &amp; Jerry &lt;3", "Tom &amp; Jerry &lt;3"),
        ("&amp;lt;", "&amp;lt;"),
        ("a\nb", "a<br>b"),
        (":warning: :unknown:", "\N{WARNING SIGN}\N{VARIATION SELECTOR-16} :unknown:"),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<@U2>", '<span class="mention">@Bert</span>'),
        ("<@U1>", '<span class="mention me">@Hannah Osei</span>'),
        ("<!subteam^S1>", '<span class="mention me">@approvers</span>'),
        ("<#C2|secret>", '<span class="mention">#secret</span>'),
        ("<javascript:alert(1)|go>", "go"),
        ("<!date^1793610000^{date_num} {time}|then>",
         '<time title="then">2026-11-02 09:00</time>'),
        ("<!date^99999999999999999^{time}|then>", "then"),
    ],
)  # fmt: skip
def test_markup_is_shown(text, shown):
    assert reader().mrkdwn(text) == f'<span class="lines">{shown}</span>'


def test_a_fence_keeps_its_text_as_it_is():
    shown = reader().mrkdwn("before\n```\n*a*\n  b\n```\nafter")

    assert "<pre>*a*\n  b</pre>" in shown
    assert Seen(shown).words == "before*a*\n  bafter"


def test_quotes_and_lists_are_runs_of_lines():
    shown = reader().mrkdwn("&gt; said\n• one\n• two\n3. three")

    assert "<blockquote>said</blockquote>" in shown
    assert "<ul><li>one</li><li>two</li></ul>" in shown
    assert '<ol start="3"><li>three</li></ol>' in shown


def test_dates_are_in_the_readers_zone():
    text = "<!date^1793610000^{time} {date_short_pretty}|?>"

    assert Seen(reader("U1").mrkdwn(text)).words == "09:00 today"
    assert Seen(reader("U2").mrkdwn(text)).words == "10:00 today"


def test_a_link_opens_elsewhere_and_tells_nothing_of_here():
    shown = reader().mrkdwn("<https://example.org/?a=1&amp;b=2|the *docs*>")

    assert 'href="https://example.org/?a=1&amp;b=2"' in shown
    assert 'rel="noopener noreferrer"' in shown


def test_bare_addresses_are_links_unless_the_text_is_verbatim():
    assert Seen(reader().mrkdwn("see https://example.org.")).links == ["https://example.org"]
    assert Seen(reader().mrkdwn("see https://example.org.", verbatim=True)).links == []


_MARKS = ["<", ">", "&", '"', "'", "`", "```", "*", "_", "~", "|", "\n", " ", "](", "[", "</span>"]
_STARTS = ["<@", "<#", "<!date^1^", "^{time}", "<!subteam^", "> ", "- ", "1. ", "| a |", "# "]
_TRICKS = [
    "javascript:",
    "data:",
    "https://x",
    "<script>",
    "<img src=x onerror=y>",
    "&lt;",
    "&#60;",
]
_PIECES = st.sampled_from([*_MARKS, *_STARTS, *_TRICKS])
_HOSTILE = st.lists(_PIECES | st.text(max_size=5), max_size=25).map("".join)


@given(_HOSTILE)
def test_no_text_becomes_foreign_html(text):
    for shown in (reader().mrkdwn(text), reader().markdown(text)):
        seen = Seen(shown)

        assert seen.tags <= _TAGS
        assert seen.attributes <= _ATTRIBUTES
        assert all(link.lower().startswith(("http://", "https://", "mailto:", "/as/U1/"))
                   for link in seen.links)  # fmt: skip


@given(_HOSTILE)
def test_plain_text_is_never_markup(text):
    shown = Seen(reader().text({"type": "plain_text", "text": text}))

    assert shown.tags <= {"br"}


@given(_HOSTILE)
def test_a_hostile_name_stays_text(name):
    shown = Seen(reader(name=name).mrkdwn("<@U1>"))

    assert shown.tags == {"span"}
    assert shown.words == f"@{name}"
