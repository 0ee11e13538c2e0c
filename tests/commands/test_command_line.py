"""What can be typed behind python bot.py."""

import pytest

from commands.command_line import EXAMPLES, read_command_line

LINES = [line.split("  ")[1] for line in EXAMPLES.splitlines() if "bot.py" in line]


@pytest.mark.parametrize("line", LINES)
def test_every_example_of_the_help_can_be_typed(line):
    program, *arguments = line.removeprefix("python ").split()

    assert program == "bot.py"
    assert read_command_line(arguments).command == arguments[0]
