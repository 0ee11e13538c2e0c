"""A place for one bot process, with gates of its own before AWS and Slack."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass

from tests.kills.configuration import ROOT
from tests.kills.gate import Gate, Moment


@dataclass(frozen=True, slots=True)
class Trap:
    """Kills at the *nth* call of *name*, at a moment of it: this bot, or all of them."""

    name: str
    nth: int
    moment: Moment
    all_bots: bool = True

    def __str__(self):
        return f"{self.name} {self.moment.name.lower()}"


class Bot:
    """*hear* hears of each call before the trap does; *others* are all the bots there are."""

    def __init__(self, name, aws, slack, hear, others):
        self.name, self._hear_first, self._others = name, hear, others
        self.process = None
        self.port = 0
        self.script = ["bot.py", "run"]
        self.trap = None
        self.sprung = threading.Event()
        self._calls = Counter()
        self._lock = threading.Lock()
        self.aws = Gate(aws, self._hear)
        self.slack = Gate(slack, self._hear)

    def start(self, variables, log, trap=None, kill_at=""):
        """Start the process, to be killed at *trap*, a call, or by itself where *kill_at* says."""
        self.set_trap(trap)
        script = ["-m", "tests.kills.trapped"] if kill_at else self.script
        with socket.create_server(("127.0.0.1", 0)) as unused:
            self.port = unused.getsockname()[1]
        given = {
            **variables,
            "PATH": os.environ["PATH"],
            "HOME": "/tmp",
            "AWS_ENDPOINT_URL": self.aws.url,
            "SLACK_API_URL": f"{self.slack.url}/api/",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "HTTP_PORT": str(self.port),
            "KILL_AT": kill_at,
        }
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *script], cwd=ROOT, env=given, stderr=out, stdout=out
            )

    def set_trap(self, trap):
        self.trap, self._calls = trap, Counter()
        self.sprung.clear()

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.is_alive:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def close(self):
        self.kill()
        self.aws.close()
        self.slack.close()

    def _hear(self, moment, call):
        verdict = self._hear_first(moment, call)
        return self._springs(moment, call) if verdict is True else verdict

    def _springs(self, moment, call):
        """Kill where the trap is; say whether the call goes on."""
        trap = self.trap
        if trap is None or (trap.name, trap.moment) != (call.name, moment):
            return True
        with self._lock:
            self._calls[call.name] += 1
            is_it = self._calls[call.name] == trap.nth
        if is_it:
            self.sprung.set()
            for bot in self._others if trap.all_bots else [self]:
                if bot.is_alive:
                    bot.process.send_signal(signal.SIGKILL)
        return not is_it
