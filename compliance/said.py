"""What is said of what happened to one finding, or to many of one message. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from compliance.attention import Waiting
from compliance.finding import Finding, State
from compliance.happened import Event, Kind, Said, said_of
from compliance.prose import Prose, joined

#: How many lines one note of a group has.
_LINES_MAX = 8
_FLIPS = frozenset({Kind.REOPENED, Kind.RESOLVED})
#: Of the steps of a remediation and how it ended, the last says enough.
_MACHINE = frozenset({Kind.PROGRESS, Kind.FAILED, Kind.NOT_FIXED, Kind.RESOLVED})


def collapsed(events: Sequence[Event], finding: Finding) -> Iterable[Said]:
    """Yield what is said of one finding's events: back and forth is said once, and so are steps."""
    said = [one for each in events if (one := said_of(each, finding))]
    flips = [each for each in said if each.kind in _FLIPS]
    machine = [each for each in said if each.kind in _MACHINE]
    for one in said:
        if one.kind in _FLIPS and len(flips) > 1:
            if one is flips[-1]:
                yield _back_and_forth(flips, finding)
        elif one.kind is not Kind.PROGRESS or one is machine[-1]:
            yield one


def _back_and_forth(flips: Sequence[Said], finding: Finding) -> Said:
    last = flips[-1]
    words = f"It went back and forth {len(flips)} times. Now: "
    return Said(last.kind, (words, *last.text), last.short)


def still_calls(said: Said, finding: Finding) -> bool:
    """Say whether what was said still calls for somebody."""
    states = {
        Kind.FAILED: {State.FAILED},
        Kind.NOT_FIXED: {State.NOT_VERIFIED},
        Kind.REOPENED: {State.REOPENED},
    }
    if said.kind in states:
        return finding.state in states[said.kind]
    if said.kind is Kind.ASKED:
        return any(not each.is_agreed for each in finding.requests)
    return True


def of_one(said: Sequence[Said]) -> Prose:
    return joined(" ", [each.text for each in said])


def of_group(said: Mapping[str, Sequence[Said]]) -> Prose:
    """Count what was said of each finding of a message, the most frequent first."""
    counted = Counter(each[-1].short for each in said.values())
    lines = [
        f"{number} {'finding' if number == 1 else 'findings'}: {short}"
        for short, number in counted.most_common(_LINES_MAX)
    ]
    return ("\n".join(lines),)


def reminding(waits: Sequence[tuple[Finding, Waiting]], escalate: bool) -> Prose:
    finding, wait = waits[0]
    asked = [each for each in finding.requests if not each.is_agreed]
    what = (
        f"The request for the {asked[0].verb.noun} has waited for an answer since "
        if asked
        else f"This finding is {finding.state} and has waited for a decision since "
    )
    if len(waits) > 1:
        what = f"{len(waits)} findings of this message wait for a decision, the first since "
    until = f" It expires on {wait.until:%-d %B}." if asked and wait.until else ""
    passed_on = " The escalation channel was asked as well." if escalate else ""
    return (f"Reminder: {what}{wait.since:%-d %B}.{until}{passed_on}",)
