"""Runs the local Slack alone, for any Bolt app: ``python -m playground.slack --manifest FILE``."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from playground.listening import PortTakenError
from playground.seeds import SeedError
from playground.slack.manifest import ManifestError
from playground.slack.seed import SEED
from playground.slack.server import PORT, start


def main() -> int:
    """Serve until Ctrl-C or SIGTERM."""
    arguments = _parser().parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        slack = start(
            arguments.manifest,
            seed=arguments.seed,
            port=arguments.port,
            app_url=arguments.app_url,
            strict=not arguments.lenient,
        )
    except (ManifestError, PortTakenError, SeedError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - it talks to a terminal
        return 2
    lines = [f"export {name}={value}" for name, value in slack.environment().items()]
    hint = (
        "A Bolt app reads the tokens by itself, but not the address: give it",
        'App(client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], '
        'base_url=os.environ["SLACK_API_URL"]))',
    )
    said = [f"Open {slack.url}/ and start your app with:", *lines, *hint]
    print(*said, sep="\n", flush=True)  # noqa: T201
    ended.wait()
    slack.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground.slack", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest")
    parser.add_argument("--port", type=int, default=PORT, help="%(default)s where it is not given")
    parser.add_argument("--app-url", default="", help="send by HTTP to the app at this address")
    parser.add_argument("--seed", type=Path, default=SEED, help="people and channels: %(default)s")
    parser.add_argument("--lenient", action="store_true", help="no rate limits")
    return parser


if __name__ == "__main__":
    sys.exit(main())
