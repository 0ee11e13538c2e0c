"""What others wrote, as every database and chat takes it: in a message or in an answer. Pure."""

#: AWS Config's own limit of an annotation (FACTS §2.3).
_ANNOTATION_MAX = 256


def readable(text: str) -> str:
    """Return *text* without what no database and no chat takes: half characters, controls."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def annotation(text: str) -> str:
    """Return why AWS Config judged so, cleaned and at most as long as AWS lets it be."""
    return readable(text).strip()[:_ANNOTATION_MAX]
