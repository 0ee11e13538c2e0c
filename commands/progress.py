"""A bar that grows while something long is done, on a terminal alone."""

from dataclasses import dataclass
from typing import TextIO

_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """Writes over one line of *terminal*; writes nothing to a file, a pipe or a log."""

    terminal: TextIO

    def __call__(self, ended: int, of: int) -> None:
        if self.terminal.isatty() and of:
            done = _WIDTH * ended // of
            line = f"\r[{'#' * done}{'.' * (_WIDTH - done)}] {ended} of {of}"
            self.terminal.write(line + ("\n" if ended == of else ""))
            self.terminal.flush()
