"""The playground's strict local Slack in a process of its own, which reports each call it took."""

import json
import multiprocessing
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import yaml

from playground.slack import seed, server
from playground.slack.entities import Direction

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A call of the Web API: when it was answered (monotonic), and how long Slack itself took."""

    name: str
    at: float
    seconds: float
    asked: Mapping[str, Any]
    answered: Any


class LocalSlack:
    """A running workspace, as the process that started it sees it."""

    def __init__(self, url: str, environment: Mapping[str, str], news: Connection) -> None:
        self.url = url
        self.environment = environment
        self._heard: list[Heard] = []
        self._changed = threading.Condition()
        # A pipe that nobody empties would stop the workspace.
        threading.Thread(target=self._listen, args=(news,), daemon=True).start()

    def _listen(self, news: Connection) -> None:
        with suppress(EOFError, OSError):
            while True:
                heard = news.recv()
                with self._changed:
                    self._heard.append(heard)
                    self._changed.notify_all()

    def next_call(
        self,
        name: str,
        wanted: Callable[[Heard], bool] = lambda heard: True,
        seconds: float = _PATIENCE_SECONDS,
    ) -> Heard:
        """Return the first call of *name* that is *wanted*, and forget it; raises TimeoutError.

        What else is heard meanwhile is kept for the next question.
        """
        with self._changed:
            found = self._changed.wait_for(lambda: self._first(name, wanted), seconds)
            if found is None:
                raise TimeoutError(f"Slack was not asked for {name} within {seconds:.0f} s")
            self._heard.remove(found)
            return found

    def _first(self, name: str, wanted: Callable[[Heard], bool]) -> Heard | None:
        return next((each for each in self._heard if each.name == name and wanted(each)), None)

    def heard(self) -> list[Heard]:
        """Return all calls that nobody has asked for yet, and forget them."""
        with self._changed:
            heard, self._heard = self._heard, []
            return heard

    def act(self, **what: Any) -> Mapping[str, Any]:
        """Do what a person does, as ``playground/slack/control.py`` takes it."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/control/act",
            json.dumps(what).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310
                outcome: Mapping[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise LookupError(error.read().decode()) from error
        return outcome


@contextmanager
def local_slack(manifest: Path, channels: Sequence[str], member: str) -> Iterator[LocalSlack]:
    """Run the demo's workspace with *channels* beside its own; the app and *member* are in them."""
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    workspace = manifest.with_name("seed.yaml")
    _write_seed(workspace, channels, member)
    process = fresh.Process(target=_serve, args=(manifest, workspace, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(_PATIENCE_SECONDS):
            raise TimeoutError("the local Slack did not start")
        url, environment = ours.recv()
        yield LocalSlack(url, environment, ours)
    finally:
        process.terminate()
        process.join()


def _write_seed(path: Path, channels: Sequence[str], member: str) -> None:
    workspace = yaml.safe_load(seed.SEED.read_text(encoding="utf-8"))
    workspace["channels"] += [
        {"id": each, "name": each.lower(), "app": True, "members": [member]} for each in channels
    ]
    path.write_text(yaml.safe_dump(workspace), encoding="utf-8")


def _serve(manifest: Path, workspace: Path, news: Connection) -> None:
    slack = server.start(manifest, seed=workspace, port=0)
    news.send((slack.url, slack.environment()))
    slack.do(_report(slack, news))


async def _report(slack: server.LocalSlack, news: Connection) -> None:
    last = 0
    calls = slack.workspace.calls
    async with aclosing(slack.workspace.subscribe()) as topics:
        async for topic in topics:
            if topic != "calls":
                continue
            now = time.monotonic()
            fresh = [each for each in calls if each.number > last]
            last = calls[-1].number
            for call in fresh:
                if call.direction is Direction.FROM_APP:
                    seconds = call.milliseconds / 1000
                    news.send(Heard(call.name, now, seconds, call.request, call.response))
