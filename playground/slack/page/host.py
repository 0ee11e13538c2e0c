"""What the page needs of the server that it belongs to."""

from typing import Protocol

from playground.slack.acting import Acting
from playground.slack.manifest import Manifest
from playground.slack.tour import Tour
from playground.slack.workspace import Workspace


class Host(Protocol):
    """*tour* is what to try, *teams_url* the page of a local Teams where there is one.

    *connection* is how the app is connected (``Socket Mode``, ``HTTP``), empty while it is not.
    """

    @property
    def workspace(self) -> Workspace: ...
    @property
    def acting(self) -> Acting: ...
    @property
    def app(self) -> Manifest: ...
    @property
    def tour(self) -> Tour: ...
    @property
    def teams_url(self) -> str: ...
    @property
    def connection(self) -> str: ...

    def start_over(self) -> None:
        """Be as at the start."""
