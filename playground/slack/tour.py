"""A short tour of what to try, which ticks itself off as the app hears of what people do."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from playground.slack.entities import Call


@dataclass(frozen=True, slots=True)
class Step:
    """*text* says what to do. It is done by a *call* whose request has *pattern*."""

    text: str
    call: str
    pattern: re.Pattern[str]

    def is_done_by(self, call: Call) -> bool:
        said = json.dumps(call.request, ensure_ascii=False)
        return call.name == self.call and bool(self.pattern.search(said))


class Tour:
    """The steps in their order; each is done in its own time, and stays done."""

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        self._steps = tuple(steps)
        self._done: set[Step] = set()
        self._seen = 0

    def start(self) -> None:
        """Begin anew."""
        self._done.clear()

    def look(self, calls: Iterable[Call]) -> Sequence[tuple[str, bool]]:
        """Return each step's text, and whether it is done; only newer *calls* are looked at."""
        for call in calls:
            if call.number > self._seen:
                self._seen = call.number
                self._done.update(step for step in self._steps if step.is_done_by(call))
        return [(step.text, step in self._done) for step in self._steps]


def read(path: Path) -> Tour:
    """Return the tour of a YAML file: a list of ``do``, ``call`` and ``has``."""
    steps = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Tour([Step(each["do"], each["call"], re.compile(each["has"])) for each in steps])
