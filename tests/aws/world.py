"""The bot's AWS side against the local AWS, without boto3's own waits between retries."""

import json
from pathlib import Path

from botocore.config import Config

from compliance.notification import Reading, parse
from config.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).parents[2] / "config/rules.yaml")
_ONE_TRY = Config(retries={"max_attempts": 0})


class WorldClients:
    """Clients of the local AWS, as the bot's role in each account."""

    def __init__(self, world):
        self._world = world

    def client(self, service, account, region):
        return self._world.client(service, account, region, config=_ONE_TRY)


def hear(world, ledger):
    """Record everything that AWS Config has notified."""
    for envelope in world.envelopes():
        parsed = parse(json.dumps(envelope))
        if isinstance(parsed, Reading):
            listed = [change for change in parsed.changes if change.key.rule in CATALOGUE]
            ledger.record(listed, parsed.facts)
