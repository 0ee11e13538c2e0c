"""Errors that an operator can mend. Pure."""


class MendableError(Exception):
    """The bot cannot do what it was started for; the message says why and what to do about it."""
