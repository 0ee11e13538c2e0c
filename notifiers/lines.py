"""A finding of a list in one line of words, and the button that opens it. Pure."""

from datetime import datetime, timedelta

from commands.answers import Ask, Line
from compliance.finding import SETTLED, State
from compliance.prose import Moment, Prose, day, moment, plain


def opening(shown: Line) -> Ask:
    """Return the button that opens a finding of a list."""
    return Ask("Open", f"show {shown.id}", f"Open {shown.resource}")


def line(shown: Line) -> str:
    since = f", since {moment(shown.since)}" if shown.since else ""
    until = f", until {plain(end(shown.state, shown.until))}" if shown.until else ""
    return f"{shown.id} {shown.rule}: {shown.resource} ({shown.team}, {shown.state}{since}{until})"


def listed(shown: Line) -> str:
    """Return a finding of a list: how grave it is and why, where it is, and how it stands."""
    where = ", ".join(filter(None, (shown.account_name or shown.account, shown.region, shown.team)))
    what = ": ".join(filter(None, (shown.severity, shown.title or shown.rule)))
    return f"{shown.id} {shown.resource} ({where}), {what}, {standing(shown)}"


def standing(shown: Line) -> str:
    """Say in which state a finding of a list is, and since or until when."""
    if shown.until and shown.state is State.EXCEPTED:
        return f"{shown.state} until {plain(end(shown.state, shown.until))}"
    lasting = f"open for {shown.age}" if shown.age and shown.state not in SETTLED else ""
    state = "" if shown.state is State.OPEN and lasting else shown.state.value
    return ", ".join(filter(None, (state, lasting)))


def end(state: State, until: datetime) -> Prose:
    """An exception is agreed by the day, and lasts through the whole of its last one, in UTC."""
    if state is State.EXCEPTED:
        return (f"the end of {day(until - timedelta(seconds=1))}",)
    return (Moment(until),)
