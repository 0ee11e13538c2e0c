"""The bot's AWS side against the local AWS, without boto3's own waits between retries."""

import json
from pathlib import Path

from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from compliance.known_rules import KnownRules, OtherRules
from compliance.notification import Reading, parse
from config.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).parents[2] / "config/rules.yaml")
#: Only what the catalogue has becomes findings: the local AWS has no other rule by itself.
HEAR = KnownRules(CATALOGUE, OtherRules.DROP).hear
_ONE_TRY = Config(retries={"max_attempts": 0})


class WorldClients:
    """Clients of the local AWS, as the bot's role in each account.

    *sessions* are those in which decisions were carried out. What stands between a call and its
    answer can be broken: each of *faults* is called once, when AWS has answered a start.
    """

    def __init__(self, world):
        self._world = world
        self.sessions = []
        self.starts = 0
        self.faults = []
        #: What AWS says instead of giving a session.
        self.refusal = None

    def client(self, service, account, region):
        return self._world.client(service, account, region, config=_ONE_TRY)

    def decision_client(self, account, region, session):
        if self.refusal:
            raise self.refusal
        self.sessions.append(session)
        client = self._world.client("config", account, region, config=_ONE_TRY)
        event = "before-parse.config-service.StartRemediationExecution"
        client.meta.events.register(event, self._answered, unique_id=id(self))
        return client

    def refuse_session(self, message):
        error = {"Error": {"Code": "AccessDenied", "Message": message}}
        self.refusal = ClientError(error, "AssumeRole")

    def lose_answer(self):
        """AWS does the next start, and its answer does not come."""

        def fail(_):
            raise ReadTimeoutError(endpoint_url="https://config")

        self.faults.append(fail)

    def answer(self, status, body):
        """Somebody else answers in the place of AWS, which has done the next start."""
        self.faults.append(lambda answer: answer.update(status_code=status, body=body))

    def _answered(self, response_dict, **_):
        self.starts += 1
        if self.faults:
            self.faults.pop(0)(response_dict)


def hear(world, ledger):
    """Record everything that AWS Config has notified."""
    for envelope in world.envelopes():
        parsed = parse(json.dumps(envelope))
        if isinstance(parsed, Reading):
            listed = [change for change in parsed.changes if change.key.rule in CATALOGUE]
            ledger.record(listed, parsed.facts)
