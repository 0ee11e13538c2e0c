"""Whether a reason is of use to the next reader. Pure."""

import unicodedata
from collections.abc import Iterable

#: The shortest reason that can be of use to the next reader (DESIGN §5).
REASON_MIN = 20
#: AWS takes 1,024 characters for an exception's message, and ours has more than the reason.
REASON_MAX = 800
#: A sentence of twenty characters has more different letters than this in any script.
_LETTERS_MIN = 6

TOO_SHORT = f"Say why in at least {REASON_MIN} characters: auditors read this."
TOO_LONG = f"At most {REASON_MAX} characters; put the rest into the ticket."
REPEATED = "This repeats a few letters or one word. Say why in a sentence: auditors read this."
COPIED = "This only repeats what the rule says. Say why that is acceptable for this resource."
SAME = "This is the reason of last time. Say why it is still right."


def why_no_reason(reason: str, known: Iterable[str] = (), before: str = "") -> str:
    """Say what is wrong with *reason*, empty where nothing is.

    *known* are the rule's own words, and *before* is the reason that is to be given anew.
    """
    said = " ".join(reason.split())
    if len(said) < REASON_MIN:
        return TOO_SHORT
    if len(reason.strip()) > REASON_MAX:
        return TOO_LONG
    letters = _letters(said)
    if len(set(letters)) < _LETTERS_MIN or _is_repetition(letters):
        return REPEATED
    rest = letters
    for text in sorted(map(_letters, known), key=len, reverse=True):
        rest = rest.replace(text, "") if text else rest
    if rest != letters and len(rest) < REASON_MIN // 2:
        return COPIED
    return SAME if before and letters == _letters(before) else ""


def _letters(text: str) -> str:
    """Return what is left of *text* when case, width, blanks and marks do not count."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _is_repetition(letters: str) -> bool:
    """Whether one part makes up all of *letters*: shifted by it, they are the same."""
    shift = letters.find(letters[: (len(letters) + 1) // 2], 1)
    return shift > 0 and letters[shift:] == letters[:-shift]
