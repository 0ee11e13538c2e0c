"""The page's addresses: who acts is in each of them, ``/as/U…/C…``."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from playground.slack.page import shown
from playground.slack.page.acts import Acts
from playground.slack.page.host import Host
from playground.slack.page.pages import Pages

_STATIC = Path(__file__).parent / "static"


def routes(host: Host) -> list[BaseRoute]:
    """Return all routes of the page of *host*."""
    pages, acts = Pages(host), Acts(host)

    async def start(request: Request) -> Response:
        """Begin as an approver, in the channel with most to do or in the one asked for."""
        user, channel = shown.start(host.workspace)
        wanted = request.query_params.get("channel", "")
        if host.workspace.can_read(user, wanted):
            channel = wanted
        return RedirectResponse(f"/as/{user}/{channel}", 303)

    async def switch(request: Request) -> Response:
        """Become somebody else, in the same channel where they may read it."""
        user = request.query_params.get("user", "")
        here = request.query_params.get("here", "")
        if user not in host.workspace.users:
            return RedirectResponse("/", 303)
        if here != "home" and not host.workspace.can_read(user, here):
            here = shown.home_channel(host.workspace, user)
        return RedirectResponse(f"/as/{user}/{here}", 303)

    who = "/as/{user}"
    return [
        Route("/", start),
        Route("/switch", switch),
        Mount("/page", StaticFiles(directory=_STATIC)),
        Route(f"{who}/home", acts.open_home, methods=["POST"]),
        Route(f"{who}/reset", acts.reset, methods=["POST"]),
        Route(f"{who}/tour", pages.tour),
        Route(f"{who}/use", acts.use, methods=["POST"]),
        Route(f"{who}/submit", acts.submit, methods=["POST"]),
        Route(f"{who}/close", acts.close, methods=["POST"]),
        Route(f"{who}/react", acts.react, methods=["POST"]),
        Route(f"{who}/shortcut", acts.shortcut, methods=["POST"]),
        Route(f"{who}/suggest", acts.suggest),
        Route(f"{who}/{{channel}}/say", acts.say, methods=["POST"]),
        Route(f"{who}/{{channel}}/assistant", acts.begin_thread, methods=["POST"]),
        Route(f"{who}/{{channel}}/assistant", pages.assistant),
        Route(f"{who}/events", pages.events),
        Route(f"{who}/sidebar", pages.sidebar),
        Route(f"{who}/view", pages.view),
        Route(f"{who}/calls", pages.calls),
        Route(f"{who}/home", pages.home),
        Route(f"{who}/home/view", pages.home_view),
        Route(f"{who}/files/{{file}}", pages.file),
        Route(f"{who}/{{channel}}/messages", pages.messages),
        Route(f"{who}/{{channel}}", pages.channel),
    ]
