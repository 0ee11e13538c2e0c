"""Text from people and from AWS, without what its reader cannot see. Pure."""

import re
import unicodedata

#: AWS Config's own limit of an annotation (FACTS §2.3).
_ANNOTATION_MAX = 256
#: Letters and marks that show nothing, though Unicode calls them printable.
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_NUMBERS = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*")
_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")


def clean(text: str) -> str:
    """Return *text* with every character in it to be seen: what is shown is all there is.

    Line ends of any kind become one newline, other blanks and control characters a space.
    Zero-width characters, bidirectional overrides and half characters go: they change what a
    sentence seems to say.
    """
    if text.isprintable() and _EMPTY.isdisjoint(text):
        return text
    return "".join(map(_visible, text.replace("\r\n", "\n")))


def annotation(text: str) -> str:
    """Return why AWS Config judged so, cleaned and at most as long as AWS lets it be."""
    return clean(text).strip()[:_ANNOTATION_MAX]


def _visible(character: str) -> str:
    if character in _EMPTY:
        return ""
    if character.isprintable():
        return character
    if character in _LINE_ENDS:
        return "\n"
    category = unicodedata.category(character)
    if category in {"Cf", "Cs"}:
        return ""
    # What this Python's Unicode has no name for yet may be the reader's newest emoji.
    return " " if category in {"Cc", "Zs"} else character


def without_numbers(text: str) -> str:
    """Return *text* without what differs each time that the same is said: times, counts, hashes."""
    return _NUMBERS.sub("", text)
