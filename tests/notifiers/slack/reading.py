"""Slack's blocks as their reader sees them, and what in them Slack would not show as it is."""

#: Pieces of rich text that do more than show their text.
LIVE = frozenset({"user", "usergroup", "channel", "broadcast", "link", "date", "emoji"})


def seen(drawn):
    """Return all that a reader sees of some blocks, a line for each."""
    return "\n".join(filter(None, map(_seen, drawn)))


def objects(drawn, kind=None):
    """Yield every object within *drawn*, or only those of one type."""
    if isinstance(drawn, dict):
        if kind in {None, drawn.get("type")}:
            yield drawn
        for value in drawn.values():
            yield from objects(value, kind)
    elif isinstance(drawn, list | tuple):
        for value in drawn:
            yield from objects(value, kind)


def live(drawn):
    """Return every piece that does more than show its text, and every text that is markup."""
    return [each for each in objects(drawn) if each.get("type") in LIVE | {"mrkdwn", "markdown"}]


def _seen(value):
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, map(_seen, value)))
    if not isinstance(value, dict):
        return ""
    if value.get("type") == "rich_text_section":
        return "".join(map(_piece, value["elements"]))
    if isinstance(value.get("text"), str):
        return _resolved(value["text"]) if value["type"] == "plain_text" else value["text"]
    return "\n".join(filter(None, (_seen(each) for each in value.values())))


def _resolved(text):
    """Slack resolves these three escapes in a plain text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _piece(piece):
    match piece["type"]:
        case "user":
            return f"@{piece['user_id']}"
        case "usergroup":
            return f"@{piece['usergroup_id']}"
        case "date":
            return piece["fallback"]
    return piece["text"]
