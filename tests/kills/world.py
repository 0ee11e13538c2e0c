"""What the bot is killed in: a local AWS and Slack behind gates, people, and a ledger."""

import json
import random
import re
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import yaml

from playground import aws
from playground.aws.install import setup_role
from playground.aws.story import Story
from playground.slack import server as slack_server
from playground.slack.acting import NotThereError, Where
from tests.kills.bot import Bot
from tests.kills.configuration import (
    ACCOUNTS,
    DECIDER,
    TEAMS,
    channels_of,
    write_configuration,
    write_seed,
    write_story,
)
from tests.kills.gate import Moment

_PACE = aws.Pace(*[timedelta(milliseconds=400)] * 3, maintenance=timedelta(seconds=4))
#: A kind of resource, what breaks its rule, and how it is mended by hand.
KINDS = (
    ("bucket", {"public": True}, {"public": False}),
    ("table", {"recovery": False}, {"recovery": True}),
    ("topic", {"encrypted": False}, {"encrypted": True}),
    # Its remediation needs a second person.
    ("database", {"multi_az": False}, {"multi_az": True}),
)
_ROLE = re.compile(rb"RoleArn=arn%3Aaws%3Aiam%3A%3A(\d+)")
_KEY = re.compile(rb"<AccessKeyId>(\w+)<")


class World:
    """Everything around the bots; it remembers what AWS took.

    *fault* is asked about each call, with the account that it is for, and answers as a gate is.
    """

    def __init__(self, folder, database, bots, seed):
        self.folder, self.database = folder, database
        self.chance = random.Random(seed)  # noqa: S311 - the same each time is what is wanted
        self.config = write_configuration(folder)
        #: By how many seconds the bots' wall clock is wrong.
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.starts = Counter()
        self.fault = None
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._broken = {}
        self._account_of = {}
        catalogue = yaml.safe_load((self.config / "rules.yaml").read_text())["rules"]
        accounts = yaml.safe_load((self.config / "bot.yaml").read_text())["accounts"]
        manifest = self.config / "slack-manifest.yaml"
        self.slack = slack_server.start(manifest, seed=write_seed(folder), port=0)
        self.aws = aws.start(catalogue, accounts, pace=_PACE)
        self._story = Story(self.aws, write_story(folder))
        self._story.begin()
        self.aws.run()
        self.bots = []
        for number in range(bots):
            between = self.aws.endpoint_url, self.slack.url
            self.bots.append(Bot(f"bot-{number}", *between, self._hear, self.bots))

    def close(self):
        for bot in self.bots:
            bot.close()
        self.aws.stop()
        self.slack.stop()

    def start_and_wait(self, bot, within=60):
        """Start *bot*, and wait until people can press."""
        log = self.folder / f"{bot.name}.log"
        before = log.stat().st_size if log.exists() else 0
        self.start(bot)
        deadline = time.monotonic() + within
        while b"connected to Slack" not in log.read_bytes()[before:]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{bot.name} has not begun within {within} s")
            time.sleep(0.1)

    def start(self, bot, trap=None, kill_at=""):
        variables = {
            **self.aws.environment(),
            **self.slack.environment(),
            "COMPLIANCE_CONFIG": str(self.config),
            "ALLOWLIST_URL": f"file:{self.config / 'allowlist.yaml'}",
            "DATABASE_URL": self.database,
            "CLOCK": str(self.clock),
        }
        bot.start(variables, self.folder / f"{bot.name}.log", trap, kill_at)

    def _hear(self, moment, call):
        if moment is Moment.TAKEN and call.status == 200:
            if call.name == "AssumeRole":
                self._note_session(call)
            elif call.name == "StartRemediationExecution":
                self._note_start(json.loads(call.body), json.loads(call.answer))
        return self.fault(moment, call, self._account_of.get(call.key, "")) if self.fault else True

    def _note_session(self, call):
        role, key = _ROLE.search(call.body), _KEY.search(call.answer)
        if role and key:
            self._account_of[key[1].decode()] = role[1].decode()

    def _note_start(self, asked, answer):
        failed = {each.get("resourceId") for each in answer.get("FailedItems") or ()}
        with self._lock:
            for key in asked["ResourceKeys"]:
                if key["resourceId"] not in failed:
                    self.starts[asked["ConfigRuleName"], key["resourceId"]] += 1

    # What happens in the accounts.

    def break_one(self, kind=None, account="", team=None):
        """Let a resource that breaks a rule come into being, in the next team's hands."""
        number = next(self._numbers)
        name, broken, mended = KINDS[number % len(KINDS) if kind is None else kind]
        entry = {
            "account": account or ACCOUNTS[number % len(ACCOUNTS)],
            "kind": name,
            "name": f"{name}-{number:04d}",
            "team": f"team-{number % TEAMS if team is None else team:02d}",
        }
        self._story._happen({**entry, **broken})
        self._broken[entry["name"]] = ({**entry, **mended}, {**entry, **broken})

    def newest(self, number):
        """Return the names of the resources that came into being last."""
        return list(self._broken)[-number:]

    def team_of(self, name):
        return int(self._broken[name][0]["team"].removeprefix("team-"))

    def was_started(self, name):
        return any(resource == name for _, resource in self.starts)

    def archive(self, place, *, archived=True):
        async def change():
            self.slack.workspace.channels[place].is_archived = archived

        self.slack.do(change())

    def mend_one(self):
        """Let somebody mend a resource by hand; later they may break it again."""
        self._story._happen(self._some()[0])

    def break_again(self):
        self._story._happen(self._some()[1])

    def _some(self):
        return self._broken[self.chance.choice(sorted(self._broken))]

    def results(self):
        """Return what AWS Config says now: rule, resource and compliance."""
        service = self.aws._service
        with service.lock:
            states = [dict(state.results) for state in service._states.values()]
        return [
            (each.rule, each.key.resource_id, str(each.compliance))
            for results in states
            for each in results.values()
        ]

    def redeliver(self):
        """Send what was given up on again, as a person would do it; return how much that was."""
        sqs, number = self._tooling("sqs"), 0
        dead = sqs.get_queue_url(QueueName="compliance-bot-dead-letters")["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                sqs.send_message(QueueUrl=self.aws.tooling.queue_url, MessageBody=message["Body"])
                sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                number += 1
        return number

    def waiting_messages(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._tooling("sqs").get_queue_attributes(
            QueueUrl=self.aws.tooling.queue_url, AttributeNames=names
        )["Attributes"]
        return sum(int(found[name]) for name in names)

    def _tooling(self, service):
        role = setup_role(self.aws.tooling.topic_arn.split(":")[4])
        return self.aws.clients.of(role, service, "eu-west-2")

    # What people see and do.

    def messages(self):
        """Return every message of the bot in the teams' channels: (channel, message)."""

        async def read():
            workspace = self.slack.workspace
            return [
                (place, self.slack.slack.message_json(each) | {"metadata": each.metadata})
                for team in range(TEAMS)
                for place in channels_of(team)
                for each in workspace.everything(place)
                if not each.reader and each.thread_ts in ("", None, each.ts)
            ]

        return self.slack.do(read())

    def has_card(self, name):
        return any(name in str(message) for _, message in self.messages())

    def was_told_of(self, place):
        """Say whether operators have read of a channel that takes nothing."""

        async def read():
            return [each.text for each in self.slack.workspace.everything("C0TDA")]

        return any(place in text for text in self.slack.do(read()))

    def press(self, action, user=DECIDER, about=""):
        """Press *action* on a card that has it, and send its form; return what went wrong.

        Only a card that names *about* where that is given.
        """
        pressable = [
            (Where(block["block_id"], action_id, channel=place, ts=message["ts"]), chosen)
            for place, message in self.messages()
            if about in str(message)
            for block in message.get("blocks") or ()
            if block["type"] == "actions"
            for action_id, chosen in _uses(block, action)
        ]
        if not pressable:
            return "nothing to press"
        try:
            outcome = self.slack.do(self.slack.acting.use(user, *self.chance.choice(pressable)))
            return outcome.problem or self._send_form(user)
        except NotThereError as error:
            return str(error)

    def _send_form(self, user):
        with suppress(TimeoutError):
            view = self.slack.wait_for(lambda: self.slack.workspace.top_view(user), 3)
            outcome = self.slack.do(self.slack.acting.submit(user, view.id, _filled(view)))
            if outcome.problem or outcome.errors:
                self.slack.do(self.slack.acting.close(user, view.id, all_of_them=True))
                return outcome.problem or str(outcome.errors)
        return ""


def _uses(block, action):
    """Yield how *action* is chosen in a row of buttons, one of which can be a menu."""
    for element in block["elements"]:
        if element["action_id"].split()[0] == action:
            yield element["action_id"], []
        for option in element.get("options") or ():
            if option["value"].split()[0] == action:
                yield element["action_id"], [option["value"]]


def _filled(view):
    """Return an answer to each field of a form."""
    raw = {}
    for block in view.payload["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            match element["type"]:
                case "radio_buttons":
                    value = [element["options"][0]["value"]]
                case "datepicker":
                    value = [element.get("initial_date", "")]
                case _:
                    value = ["It is accepted until the register has moved."]
            raw[block["block_id"], element["action_id"]] = value
    return raw


@contextmanager
def world(database="", bots=1, seed=1):
    """Make a world; the ledger is a new SQLite file where *database* names none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills-")))
        made = World(folder, database or f"sqlite:///{folder}/ledger.db", bots, seed)
        stack.callback(made.close)
        yield made
