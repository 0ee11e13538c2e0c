"""The command line: what can be typed behind ``python bot.py``."""

import argparse
import signal
from collections.abc import Callable, Sequence

from commands.checks import Format

EXAMPLES = """\
examples:
  python bot.py demo                  try it at http://127.0.0.1:8765, without any account
  python bot.py check                 before the first start, and after every change of the setup
  python bot.py check --offline       the files alone, for a pull request
  python bot.py sweep                 after the first start: what AWS Config has found already
  python bot.py run
  python bot.py digest --print        what the TDA would be sent now

Environment variables say where everything is: docs/configuration.md.
"""


def read_command_line(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the *command* and its options; a wrong line ends the process with its usage and 2."""
    parser = argparse.ArgumentParser(
        prog="bot.py",
        description="AWS Config findings in chat.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    local = commands.add_parser("demo", help="a local AWS and a local Slack to try it in")
    local.add_argument("--port", type=int, default=8765, help="the port of its page on 127.0.0.1")
    commands.add_parser("run", help="the real thing, from config/ and the environment")
    check = commands.add_parser("check", help="names what is missing, and how to mend it")
    check.add_argument("--offline", action="store_true", help="checks the files only")
    check.add_argument(
        "--allowlist", metavar="FILE", default="", help="checks this allowlist instead"
    )
    check.add_argument(
        "--format", type=Format, choices=Format, default=Format.TEXT, help="github: annotations"
    )
    commands.add_parser("sweep", help="reads every account's compliance from AWS Config")
    weekly = commands.add_parser("digest", help="sends the weekly digest now")
    weekly.add_argument("--print", action="store_true", help="prints it instead")
    return parser.parse_args(arguments)


def on_signal(end: Callable[[], object]) -> None:
    """Call *end* when the process is asked to end: SIGTERM, or Ctrl+C.

    Process 1 of a container ignores signals that nobody handles.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end())
