"""Pages of findings: each turned by a button that asks the same question again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from commands.answers import Ask, Listing
from commands.grammar import Question
from commands.view import View
from compliance.finding import Finding

#: So many are read at a glance, each with its button; Slack takes 50 blocks in a message.
PAGE = 10

#: Returns at most so many findings behind so many: a slice of a list that nobody reads whole.
Slice = Callable[[int, int], Sequence[Finding]]


def slice_of(findings: Sequence[Finding]) -> Slice:
    return lambda limit, offset: findings[offset : offset + limit]


def paged(
    view: View,
    question: Question,
    findings: Slice,
    total: int,
    title: str,
    intro: str = "",
    at: datetime | None = None,
) -> Listing:
    """Return the page that *question* asks for; one that is not there is the last one."""
    last = max(1, -(-total // PAGE))
    page = min(question.page, last)
    where = f"{title}, page {page} of {last}" if last > 1 else title
    return Listing(
        title=where,
        lines=view.lines(findings(PAGE, (page - 1) * PAGE), at),
        earlier=turn(question, page - 1, "Previous page") if page > 1 else None,
        later=turn(question, page + 1, "Next page") if page < last else None,
        intro=intro,
        verb=question.verb if question.verb not in ("find", "findings") else "show",
    )


def turn(question: Question, page: int, label: str) -> Ask:
    return Ask(label, f"{replace(question, page=1).text} page:{page}", f"{label}: {page}")
