"""What the page needs of the server that it belongs to."""

from typing import Protocol

from playground.teams.people import People
from playground.teams.tenant import Tenant


class Host(Protocol):
    """*hint* is one line on what to try, *slack_url* the local Slack's page, if there is one."""

    @property
    def tenant(self) -> Tenant: ...
    @property
    def people(self) -> People: ...
    @property
    def hint(self) -> str: ...
    @property
    def slack_url(self) -> str: ...
