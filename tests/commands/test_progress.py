"""The bar, on a terminal and elsewhere."""

import io

from commands.progress import Bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_grows_on_a_terminal_and_ends_its_line():
    terminal = Terminal()
    bar = Bar(terminal)

    bar(1, 2)
    bar(2, 2)

    assert terminal.getvalue() == f"\r[{'#' * 20}{'.' * 20}] 1 of 2\r[{'#' * 40}] 2 of 2\n"


def test_nothing_is_drawn_where_nobody_looks():
    pipe = io.StringIO()

    Bar(pipe)(1, 2)

    assert pipe.getvalue() == ""
