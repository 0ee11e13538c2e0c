"""Runs the local Teams alone, for any bot of Teams: ``python -m playground.teams``."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from playground.listening import PortTakenError
from playground.seeds import SeedError
from playground.teams.identity import CONNECTOR
from playground.teams.server import PORT, start
from playground.teams.tenant import SEED


def main() -> int:
    """Serve until Ctrl-C or SIGTERM."""
    arguments = _parser().parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        teams = start(
            seed=arguments.seed,
            port=arguments.port,
            app_url=arguments.app_url,
            is_strict=not arguments.lenient,
        )
    except (SeedError, PortTakenError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - it talks to a terminal
        return 2
    app, tenant = teams.tenant.app, teams.tenant.id
    said = [
        f"Open {teams.url}/ and start your bot at {arguments.app_url}, with this registration:",
        f"client id {app.id}, client secret {app.secret}, tenant {tenant}",
        f"OpenID metadata: {teams.url}/v1/.well-known/openidconfiguration",
        f"tokens: {teams.url}/{{tenant}}/oauth2/v2.0/token   Graph: {teams.url}/graph/v1.0",
        "With Microsoft's SDK for Python, whose own sign-in knows Microsoft's addresses alone:",
        "  from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides",
        f'  here = "{teams.url}/v1/.well-known/openidconfiguration"',
        f'  token = "{teams.identity.token(CONNECTOR)}"',
        f'  app = App(client_id="{app.id}", tenant_id="{tenant}",',
        "            cloud=with_overrides(PUBLIC, openid_metadata_url=here),",
        "            token=lambda *_: token)",
        "Or, with --lenient here, unchanged: DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS=true.",
        "For this repository's bot:",
        *(f"export {name}={value}" for name, value in teams.environment().items()),
    ]
    print(*said, sep="\n", flush=True)  # noqa: T201
    ended.wait()
    teams.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground.teams", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="%(default)s where it is not given")
    parser.add_argument(
        "--app-url", default="http://127.0.0.1:3978", help="where the bot answers: %(default)s"
    )
    parser.add_argument("--seed", type=Path, default=SEED, help="who and what is there")
    parser.add_argument(
        "--lenient",
        action="store_true",
        help="no rate limits, calls without a token, and cards that Teams would refuse",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
