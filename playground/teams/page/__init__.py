"""The page: what people of the local Teams see and use in their browsers."""

from playground.teams.page.host import Host
from playground.teams.page.routes import routes

__all__ = ["Host", "routes"]
