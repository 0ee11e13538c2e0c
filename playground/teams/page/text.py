"""Text as a client of Teams shows it: TextBlock and FactSet take Markdown, a TextRun takes none."""

import re

from markupsafe import Markup

from playground.slack.page.emoji import drawn

_LINK = re.compile(r"\[([^\]\n]{1,300})\]\((https?://[^\s)]{1,2000})\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_AT = re.compile(r"&lt;at&gt;(.{1,200}?)&lt;/at&gt;")
#: How Microsoft's libraries name the message that is answered; a client shows it by itself.
_QUOTED = re.compile(r"&lt;quoted messageId=.{1,60}?/&gt;\s*")
#: Whatever else a link might start (javascript:, data:, file:) stays text.
_SAFE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)


def marked(text: str) -> Markup:
    """Return *text* with its links, bold words and mentions."""
    safe = _QUOTED.sub("", str(drawn(text)))
    safe = _AT.sub(r'<span class="mention">@\1</span>', safe)
    safe = _STRONG.sub(r"<strong>\1</strong>", safe)
    linked = _LINK.sub(r'<a href="\2" target="_blank" rel="noopener noreferrer">\1</a>', safe)
    return Markup(linked)  # noqa: S704 - escaped above, and only our own marks are in it


def url(text: object) -> str:
    """Return *text* if it may be followed, otherwise nothing."""
    return text if isinstance(text, str) and _SAFE.fullmatch(text) else ""
