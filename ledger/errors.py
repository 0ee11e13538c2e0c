"""What can go wrong with the ledger, one class for each thing that a caller treats differently."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from compliance.mendable import MendableError


class UnknownFindingError(Exception):
    """The ledger has no finding with this id."""

    def __init__(self, finding_id: str) -> None:
        super().__init__(f"there is no finding {finding_id}")
        self.finding_id = finding_id


class LedgerUnavailableError(MendableError):
    """The database cannot be read or written just now; asking again later helps."""


class UnfitError(Exception):
    """The database cannot keep what was to be written; it would refuse it again."""


class LedgerOutOfReachError(MendableError):
    """The database cannot be opened."""

    def __init__(self, url: sa.URL, error: Exception) -> None:
        said = str(getattr(error, "orig", error)).strip()
        super().__init__(
            f"the ledger {_without_secrets(url)} cannot be opened: {said}. "
            "Correct DATABASE_URL, or start the database."
        )


class LedgerInUseError(MendableError):
    """Another bot runs on this SQLite file."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"another bot runs on {path}: stop it, or use PostgreSQL, which serves several"
        )


class LedgerNewerError(MendableError):
    """A newer version of the bot has brought the ledger up to date."""

    def __init__(self, url: sa.URL, version: str) -> None:
        super().__init__(
            f"the ledger {_without_secrets(url)} is of a newer version of the bot ({version}). "
            "Start that version: this one could lose what it does not know."
        )


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn the driver's errors into ours; an IntegrityError stays, for who expects a race."""
    try:
        yield
    except sa.exc.DataError as error:
        raise UnfitError(_first_line(error)) from error
    except sa.exc.IntegrityError:
        raise
    except (sa.exc.ProgrammingError, sa.exc.NotSupportedError):
        # A query of ours that the database does not understand: a defect, which no pause mends.
        raise
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        raise LedgerUnavailableError(_first_line(error)) from error


def is_deadlock(error: BaseException | None) -> bool:
    """https://www.postgresql.org/docs/current/errcodes-appendix.html"""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == "40P01"


def _first_line(error: Exception) -> str:
    said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _without_secrets(url: sa.URL) -> str:
    """Return *url* without its password, and without its query: a password can stand there too."""
    return url.set(query={}).render_as_string()
