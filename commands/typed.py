"""What people type, read as they mean it: any keyboard's quotes and dashes, chat's marks and links.

Letters and digits stay what they are: an id in other digits than 0 to 9 is another text. Pure.
"""

import re

from compliance.text import clean

_QUOTES = "\"'`´“”„‟«»‹›‘’‚‛"
#: What a keyboard or a chat product writes where a person typed another sign.
_SIGNS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"), **dict.fromkeys("，、", ","), "：": ":", "＝": "="}
)
#: ``<https://…|F-3K7Q2>``: what it points to, and what is read.
_LINK = re.compile(r"<([^<>|\s]*)(?:\|([^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_WORD = re.compile(rf"[^\s,:=]+[:=][{_QUOTES}][^{_QUOTES}]+[{_QUOTES}]|,|[^\s,]+")
#: What stands around a word and is not part of it.
_AROUND = f"{_QUOTES}*~()[]{{}}<>.,;!?…"
_COMMAND = frozenset({"/compliance", "compliance"})
_ID = re.compile(r"F-?([0-9A-Z]{5,12})", re.ASCII)
#: Ids have neither O nor I nor L, so that nobody has to ask (Crockford's base 32, without U).
_MISREAD = str.maketrans("OIL", "011")


def words(text: str) -> list[str]:
    """Return the words of *text* without what stands around them; a comma is one of its own.

    A value in quotes is one word with the name before it: ``account:"Housing production"``.
    """
    text = _LINK.sub(_read, clean(text).translate(_SIGNS))
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    found = [each if each == "," else bare(each) for each in _WORD.findall(text)]
    found = [each for each in found if each]
    while found and found[0].lower() in _COMMAND:
        found.pop(0)
    return found


def bare(word: str) -> str:
    """Return *word* without the quotes, marks, brackets and punctuation around it."""
    inner = word.strip(_AROUND)
    if len(inner) > 2 and inner[0] == inner[-1] == "_":
        inner = inner[1:-1]
    return inner if inner == word else bare(inner)


def finding_id(word: str) -> str:
    """Return the id of a finding that *word* means, empty where it means none.

    ``f-3k7q2`` and ``F-3K7QZ`` with an O for a 0 mean ids; without the hyphen a digit is needed,
    since words begin with an F as well.
    """
    word = word.strip(_AROUND)
    # Only ASCII has one capital for each letter.
    form = _ID.fullmatch(word.upper()) if word.isascii() else None
    if form is None or ("-" not in word and not any(map(str.isdigit, word))):
        return ""
    letters = form[1].translate(_MISREAD)
    return "" if "U" in letters else f"F-{letters}"


def fold(text: str) -> str:
    """Return *text* as it is compared: case, kinds of dashes and of blanks make no difference."""
    return " ".join(clean(text).translate(_SIGNS).casefold().split())


def _read(link: re.Match[str]) -> str:
    """Return what is read of a link; a mention of somebody is no part of a command."""
    target, label = link[1], link[2]
    return " " if target[:1] in ("@", "!") else f"{label or target}"
