"""The page's addresses: who acts is in each of them, ``/as/5a1d…/19:…``."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from playground.slack.page.emoji import drawn
from playground.teams.actions import actions_of
from playground.teams.files import OFFER, SAVED
from playground.teams.page.host import Host
from playground.teams.page.reads import Reads
from playground.teams.page.text import marked, url
from playground.teams.people import NotThereError, Outcome
from playground.teams.tenant import Channel, Message, Person

_FOLDER = Path(__file__).parent
#: The look is that of the local Slack: one sheet for both.
_SHARED = Path(__file__).parents[2] / "slack" / "page" / "static"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
}
_SHOWN, _CALLS = 80, 60
_NOT_HERE = "You are not in this channel."


class Page:
    """Answers what a browser asks."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reads = Reads(host.tenant)
        self._looking: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            drawn=drawn,
            marked=marked,
            url=url,
            link=_link,
            pretty=_pretty,
            offer=OFFER,
            saved=SAVED,
        )

    def routes(self) -> list[BaseRoute]:
        who = "/as/{person}"
        return [
            Route("/", self.start),
            Route("/switch", self.switch),
            Mount("/page", StaticFiles(directory=_SHARED)),
            Mount("/teams-page", StaticFiles(directory=_FOLDER / "static")),
            Route(f"{who}/events", self.events),
            Route(f"{who}/press", self.press, methods=["POST"]),
            Route(f"{who}/consent", self.consent, methods=["POST"]),
            Route(f"{who}/sidebar", self.sidebar),
            Route(f"{who}/{{channel}}/say", self.say, methods=["POST"]),
            Route(f"{who}/{{channel}}/messages", self.messages),
            Route(f"{who}/{{channel}}", self.channel),
        ]

    async def start(self, request: Request) -> Response:
        person = next(iter(self._host.tenant.people.values()))
        return RedirectResponse(self._home(person), 303)

    async def switch(self, request: Request) -> Response:
        """Become somebody else, in the same channel where they may read it."""
        person = self._host.tenant.people.get(request.query_params.get("person", ""))
        if person is None:
            return RedirectResponse("/", 303)
        here = request.query_params.get("here", "")
        if any(each.id == here for each in self._host.tenant.of(person.id)):
            return RedirectResponse(_link(person, here), 303)
        return RedirectResponse(self._home(person), 303)

    async def channel(self, request: Request) -> Response:
        person, here = self._read(request)
        if person is None:
            return RedirectResponse("/", 303)
        if here is None:
            return RedirectResponse(self._home(person), 303)
        self._look(person, here)
        self._reads.read(person, here)
        inspector = bool(request.query_params.get("inspector"))
        rendered = self._templates.get_template("channel.html").render(
            host=self._host,
            tenant=self._host.tenant,
            user=person,
            here=here,
            sidebar=self._sidebar(person, here.id),
            lines=[self._line(person, each) for each in self._shown(person, here)],
            inspector=inspector,
            calls=list(self._host.tenant.calls)[-_CALLS:][::-1] if inspector else [],
        )
        return HTMLResponse(rendered, headers=_HEADERS)

    async def messages(self, request: Request) -> Response:
        """Return the order of a channel's messages, and each as HTML with its mark."""
        person, here = self._read(request)
        if person is None or here is None:
            return JSONResponse({"order": [], "html": {}}, 404)
        self._look(person, here)
        self._reads.read(person, here)
        known = set(request.query_params.get("known", "").split(","))
        lines = [self._line(person, each) for each in self._shown(person, here)]
        html = {
            line["id"]: {"html": line["html"], "mark": line["mark"]}
            for line in lines
            if f"{line['id']}~{line['mark']}" not in known
        }
        return JSONResponse({"order": [line["id"] for line in lines], "html": html})

    async def sidebar(self, request: Request) -> Response:
        person = self._host.tenant.people.get(request.path_params["person"])
        if person is None:
            return Response(status_code=404)
        here = request.query_params.get("here", "")
        return HTMLResponse(self._sidebar(person, here), headers=_HEADERS)

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._topics(), media_type="text/event-stream", headers=_HEADERS)

    async def say(self, request: Request) -> Response:
        person, here = self._read(request)
        form = await request.form()
        text, thread = str(form.get("text", "")), str(form.get("thread", ""))
        if person is None or here is None or not text.strip():
            return _answered(request, Outcome({}, "" if here else _NOT_HERE, 404))
        outcome = await self._host.people.say(person.id, here.id, text.strip(), thread)
        return _answered(request, outcome)

    async def press(self, request: Request) -> Response:
        query, form = request.query_params, await request.form()
        # A client joins what was chosen of several by commas.
        entered = {name: ",".join(map(str, form.getlist(name))) for name in form}
        try:
            outcome = await self._host.people.press(
                request.path_params["person"],
                query.get("message", ""),
                int(query.get("number", "-1")),
                entered,
            )
        except (NotThereError, ValueError) as error:
            outcome = Outcome({}, str(error), 404)
        return _answered(request, outcome)

    async def consent(self, request: Request) -> Response:
        query = request.query_params
        person, message = request.path_params["person"], query.get("message", "")
        is_accepted = bool(query.get("accepted"))
        try:
            outcome = await self._host.people.consent(person, message, accepted=is_accepted)
        except NotThereError as error:
            outcome = Outcome({}, str(error), 404)
        return _answered(request, outcome)

    def _read(self, request: Request) -> tuple[Person | None, Channel | None]:
        tenant = self._host.tenant
        person = tenant.people.get(request.path_params["person"])
        if person is None:
            return None, None
        wanted = request.path_params["channel"]
        return person, next((each for each in tenant.of(person.id) if each.id == wanted), None)

    def _home(self, person: Person) -> str:
        """Return the channel with most to read, and the chat with the bot where there is none."""
        tenant = self._host.tenant
        channels = list(tenant.of(person.id)) or [tenant.chat_with(person.id)]
        best = max(channels, key=lambda each: (len(tenant.in_channel(each.id)), each.name))
        compliance = next((each for each in channels if each.name == tenant.app.name), best)
        return _link(person, compliance.id)

    def _sidebar(self, person: Person, here: str) -> str:
        """Return the teams and channels that *person* has, with what is unread in each."""
        tenant = self._host.tenant
        chat = tenant.chat_with(person.id)
        own = (team for team in tenant.teams.values() if person.id in team.members)
        teams = [*((team.name, team.channels) for team in own), ("Chat", [chat])]
        return self._templates.get_template("sidebar.html").render(
            host=self._host,
            user=person,
            here=here,
            teams=teams,
            unread=lambda channel: self._reads.unread(person, channel),
        )

    def _shown(self, person: Person, channel: Channel) -> list[Message]:
        """Return the newest messages, each followed by what answers it."""
        posted = self._host.tenant.in_channel(channel.id, reader=person.id)
        roots = [each for each in posted if not each.thread][-_SHOWN:]
        return [
            each
            for root in roots
            for each in (root, *(reply for reply in posted if reply.thread == root.id))
        ]

    def _line(self, person: Person, message: Message) -> dict[str, Any]:
        card = message.card_for(person.id)
        numbers = {id(each): number for number, (each, _) in enumerate(actions_of(card or {}))}
        sender = self._host.tenant.people.get(message.sender)
        html = self._templates.get_template("message.html").render(
            tenant=self._host.tenant,
            user=person,
            message=message,
            sender=sender,
            card=card,
            number=lambda action: numbers[id(action)],
        )
        mark = hashlib.sha256(html.encode()).hexdigest()[:12]
        return {"id": message.id, "mark": mark, "html": html}

    def _look(self, person: Person, channel: Channel) -> None:
        """Let this person's client ask for its own views, beside what the page answers."""
        key = (person.id, channel.id)
        if key in self._looking:
            return
        self._looking.add(key)
        task = asyncio.get_running_loop().create_task(self._looked(*key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _looked(self, person: str, channel: str) -> None:
        try:
            await self._host.people.look(person, channel)
        finally:
            self._looking.discard((person, channel))

    async def _topics(self) -> AsyncIterator[str]:
        yield ": connected\n\n"
        async with aclosing(self._host.tenant.subscribe()) as topics:
            async for topic in topics:
                yield f"data: {json.dumps(topic)}\n\n"


def routes(host: Host) -> list[BaseRoute]:
    """Return all routes of the page of *host*."""
    return Page(host).routes()


def _answered(request: Request, outcome: Outcome) -> Response:
    """Return what the script reads, or the page again where there is no script."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(asdict(outcome))
    return RedirectResponse(request.headers.get("referer", "/"), 303)


def _link(person: Person, channel: str) -> str:
    return f"/as/{person.id}/{quote(channel, safe='')}"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
