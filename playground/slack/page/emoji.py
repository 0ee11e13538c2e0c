"""The emoji that a compliance channel meets; any other code stays text. Pure.

Slack shows emoji as pictures of its own. Those that cards are recognised by are drawn here too: a
bare system has no font with them.
"""

import re

from markupsafe import Markup, escape

CHARACTERS = {
    "+1": "\N{THUMBS UP SIGN}",
    "thumbsup": "\N{THUMBS UP SIGN}",
    "-1": "\N{THUMBS DOWN SIGN}",
    "eyes": "\N{EYES}",
    "white_check_mark": "\N{WHITE HEAVY CHECK MARK}",
    "heavy_check_mark": "\N{HEAVY CHECK MARK}",
    "x": "\N{CROSS MARK}",
    "warning": "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
    "rotating_light": "\N{POLICE CARS REVOLVING LIGHT}",
    "lock": "\N{LOCK}",
    "hourglass": "\N{HOURGLASS}",
    "hourglass_flowing_sand": "\N{HOURGLASS WITH FLOWING SAND}",
    "arrows_counterclockwise": "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
    "large_green_circle": "\N{LARGE GREEN CIRCLE}",
    "large_yellow_circle": "\N{LARGE YELLOW CIRCLE}",
    "large_orange_circle": "\N{LARGE ORANGE CIRCLE}",
    "red_circle": "\N{LARGE RED CIRCLE}",
    "tada": "\N{PARTY POPPER}",
    "wave": "\N{WAVING HAND SIGN}",
    "bell": "\N{BELL}",
    "chart_with_upwards_trend": "\N{CHART WITH UPWARDS TREND}",
}

#: By character: what a listener hears, the colour, and the outline in a square of 20.
_DRAWN = {
    "\N{OCTAGONAL SIGN}": ("stop sign", "#c01343", "M6 1h8l5 5v8l-5 5H6l-5-5V6z"),
    "\N{LARGE ORANGE DIAMOND}": ("orange diamond", "#d9730d", "M10 0l10 10-10 10L0 10z"),
    "\N{LARGE YELLOW CIRCLE}": ("yellow circle", "#e0a100", "M10 1a9 9 0 100 18 9 9 0 000-18z"),
    "\N{SMALL BLUE DIAMOND}": ("blue diamond", "#1264a3", "M10 4l6 6-6 6-6-6z"),
    "\N{MEDIUM WHITE CIRCLE}": ("white circle", "#8d9196", "M10 1a9 9 0 100 18 9 9 0 000-18z"),
    "\N{WHITE HEAVY CHECK MARK}": (
        "check mark",
        "#007a5a",
        "M3 1h14a2 2 0 012 2v14a2 2 0 01-2 2H3a2 2 0 01-2-2V3a2 2 0 012-2zm5.600 14L16 6.600"
        "l-1.800-1.600-5.700 6.600L5.400 8.700 3.800 10.300z",
    ),
}
_CHARACTER = re.compile("|".join(_DRAWN))
_PICTURE = Markup(
    '<svg class="emoji" role="img" aria-label="{}" viewBox="0 0 20 20">'
    '<path fill="{}" fill-rule="evenodd" d="{}"/></svg>'
)


def drawn(text: str) -> Markup:
    """Return *text* escaped, with a picture in place of each character that is drawn here."""
    result, position = Markup(""), 0
    for found in _CHARACTER.finditer(text):
        result += escape(text[position : found.start()]) + _PICTURE.format(*_DRAWN[found[0]])
        position = found.end()
    return result + escape(text[position:])


def shown(name: str) -> str:
    return CHARACTERS.get(name, f":{name}:")
