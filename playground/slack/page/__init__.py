"""The page: what people of the local Slack workspace see and use in their browsers."""

from playground.slack.page.host import Host
from playground.slack.page.routes import routes

__all__ = ["Host", "routes"]
