"""All around the bot misbehaves, one thing after another, and people press on meanwhile."""

import time
from collections import Counter
from datetime import timedelta

from playground.slack.faults import Fault
from tests.kills import databases, judge
from tests.kills.configuration import ACCOUNTS, DECIDER, SECOND
from tests.kills.gate import Moment
from tests.kills.world import world

_HTML = b"<html><body>Please sign in to the guest network</body></html>"
_SETTLED_WITHIN = 500
_PRESSES = (("remediate", DECIDER), ("ignore", DECIDER), ("agree", SECOND))


def slack(*faults):
    """Let Slack have *faults*, times in seconds."""

    def begin(around):
        times = ("latency", "late")
        around.slack.faults.set(
            [
                Fault(**{k: timedelta(seconds=v) if k in times else v for k, v in each.items()})
                for each in faults
            ]
        )
        return lambda: around.slack.faults.set([])

    return begin


def answering(answer, wanted, at=Moment.TAKEN):
    """Answer the *wanted* calls so at a moment of theirs: as a gate does."""

    def fault(moment, call, account):
        return answer if moment is at and wanted(call, account) else True

    return _at_the_gate(fault)


def late(seconds, wanted, at=Moment.TAKEN):
    def fault(moment, call, account):
        if moment is at and wanted(call, account):
            time.sleep(seconds)
        return True

    return _at_the_gate(fault)


def _at_the_gate(fault):
    def begin(around):
        around.fault = fault

        def end():
            around.fault = None

        return end

    return begin


def refusal(code):
    return 400, b'{"__type":"%s","message":"no"}' % code.encode()


def posting(call, _):
    return call.name.startswith("chat.")


def of_one(call, account):
    return account == ACCOUNTS[0]


def of_any(call, account):
    return bool(account)


def of_some(call, account):
    """Two calls of three."""
    return bool(account) and hash((call.body, time.monotonic())) % 3 > 0


def starting(call, _):
    return call.name == "StartRemediationExecution"


def deleting(call, _):
    return call.name.startswith("DeleteMessage")


_AFTER = {"method": "chat.postMessage", "status": 500, "after": True, "share": 0.5}
PHASES = {
    "slack late 2 s": slack({"method": "chat.*", "latency": 2}),
    "slack late 12 s": slack({"method": "chat.*", "late": 12}),
    "slack 500 before": slack({"method": "chat.*", "status": 500}),
    "slack 500 after": slack({"method": "chat.*", "status": 500, "after": True}),
    "slack 500 after, half": slack({"method": "chat.*", **_AFTER}),
    "slack 429": slack({"method": "*", "status": 429, "retry_after": 5, "share": 0.7}),
    "slack lost": slack({"method": "chat.postMessage", "lost": True, "after": True}),
    "slack html": answering((200, _HTML), posting),
    "slack reset": answering(False, posting),
    "slack history": slack({"method": "conversations.history", "error": "missing_scope"}, _AFTER),
    "slack down": slack({"method": "*", "status": 503}),
    "aws expired in one": answering(refusal("ExpiredTokenException"), of_one, Moment.BEFORE),
    "aws late in one": late(20, of_one),
    "aws lost in one": answering(False, of_one),
    "aws html before": answering((200, _HTML), of_any, Moment.BEFORE),
    "aws html after": answering((200, _HTML), of_any),
    "aws throttled": answering(refusal("ThrottlingException"), of_some, Moment.BEFORE),
    "starts lost": answering(False, starting),
    "starts 503": answering((503, refusal("ServiceUnavailableException")[1]), starting),
    "starts html": answering((200, _HTML), starting),
    "starts 502": answering((502, b""), starting),
    "starts late": late(30, starting, Moment.BEFORE),
    "sqs cannot delete": answering(
        (503, refusal("ServiceUnavailable")[1]), deleting, Moment.BEFORE
    ),
}


def tried(database, parts=(), seconds=15.0):
    """Go through the phases whose names have one of *parts*, each for *seconds*.

    Return how often people were answered what, and the faults.
    """
    of_database = databases.POSTGRESQL if database else databases.SQLITE
    phases = {
        name: begin
        for name, begin in {**PHASES, **of_database}.items()
        if not parts or any(part in name for part in parts)
    }
    with world(database, 1, 7) as around:
        bot = around.bots[0]
        around.start_and_wait(bot)
        said, found = Counter(), []
        for name, begin in phases.items():
            said.update(_phase(around, name, begin, seconds))
            if not bot.is_alive:
                found.append(f"the bot ended in {name}: {bot.process.returncode}")
                around.start_and_wait(bot)
            time.sleep(3)
        around.redeliver()
        judge.wait_until_settled(around, _SETTLED_WITHIN)
        return said, [*found, *judge.faults(around)]


def _phase(around, name, begin, seconds):
    for _ in range(3):
        around.break_one()
    time.sleep(4)
    end, ends_at = begin(around), time.monotonic() + seconds
    around.break_one()
    said = [(name, action, around.press(action, user)[:80]) for action, user in _PRESSES]
    around.mend_one()
    around.break_one()
    time.sleep(max(1.0, ends_at - time.monotonic()))
    end()
    return said
