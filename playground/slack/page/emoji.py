"""The emoji that a compliance channel meets; any other code stays text. Pure."""

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


def shown(name: str) -> str:
    return CHARACTERS.get(name, f":{name}:")
