"""What the page needs of the server that it belongs to."""

from typing import Protocol

from playground.slack.acting import Acting
from playground.slack.manifest import Manifest
from playground.slack.workspace import Workspace


class Host(Protocol):
    """*hint* is one line on what to try, *connection* how the app is connected (``Socket Mode``,
    ``HTTP``), empty while it is not.
    """

    @property
    def workspace(self) -> Workspace: ...
    @property
    def acting(self) -> Acting: ...
    @property
    def app(self) -> Manifest: ...
    @property
    def hint(self) -> str: ...
    @property
    def connection(self) -> str: ...
