"""Errors that an operator can mend. Pure."""

from collections.abc import Iterable


class MendableError(Exception):
    """The bot cannot do what it was started for; the message says why and what to do about it."""

    def located(self) -> Iterable[tuple[str, int, str]]:
        """Yield a file or a variable, a line of it, and what is wrong there; "" and 0 for none."""
        yield "", 0, str(self)
