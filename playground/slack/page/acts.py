"""What people do: each POST becomes one call of ``Acting``, and its outcome an answer."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from playground.slack.acting import NotThereError, Outcome, Where
from playground.slack.blocks import placed
from playground.slack.entities import View
from playground.slack.page import answers, elements
from playground.slack.page.host import Host
from playground.slack.page.pages import reader_of
from playground.slack.page.reader import Reader
from playground.slack.page.render import Templates

_GONE = "This is no longer here. Reload the page."


class Acts:
    """Answers every POST, to the script in JSON, to a browser without it with a page."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._templates = Templates(host)

    async def use(self, request: Request) -> Response:
        reader, form = self._reader(request), await request.form()
        where = _where(request)
        raw = _raw(form, where.block_id, where.action_id)
        kind = self._kind(reader, where)
        try:
            await self._keep_typed(reader, where, form)
            sent = elements.sent(kind, raw, reader.zone)
            outcome = await self._host.acting.use(reader.user.id, where, sent)
        except NotThereError:
            outcome = Outcome(_GONE)
        return self._answer(request, reader, outcome)

    async def reset(self, request: Request) -> Response:
        reader = self._reader(request)
        self._host.start_over()
        return self._answer(request, reader, Outcome())

    async def suggest(self, request: Request) -> Response:
        """Return what an external select offers: [[value, name], …]."""
        reader = self._reader(request)
        typed = request.query_params.get("typed", "")
        try:
            found = await self._host.acting.suggest(reader.user.id, _where(request), typed)
        except NotThereError:
            found = []
        return answers.data([[each["value"], each["text"]["text"]] for each in found])

    async def submit(self, request: Request) -> Response:
        reader, form = self._reader(request), await request.form()
        view = self._host.workspace.views.get(request.query_params.get("view", ""))
        if view is None:
            return self._answer(request, reader, Outcome(_GONE))
        raw = _fields(view, form, reader)
        try:
            outcome = await self._host.acting.submit(reader.user.id, view.id, raw)
        except NotThereError:
            outcome = Outcome(_GONE)
        return self._answer(request, reader, outcome)

    async def close(self, request: Request) -> Response:
        reader, asked = self._reader(request), request.query_params
        try:
            outcome = await self._host.acting.close(
                reader.user.id, asked.get("view", ""), all_of_them=bool(asked.get("all"))
            )
        except NotThereError:
            # It was closed in another tab: that is what was wanted.
            outcome = Outcome()
        return self._answer(request, reader, outcome)

    async def say(self, request: Request) -> Response:
        """Send what was typed: a slash command, or a message."""
        reader, form = self._reader(request), await request.form()
        channel = request.path_params["channel"]
        thread = request.query_params.get("thread", "")
        text = str(form.get("text", "")).strip()
        acting, user = self._host.acting, reader.user.id
        try:
            if not text.startswith("/"):
                outcome = await acting.say(user, channel, text, thread)
            elif thread:
                outcome = Outcome("Slash commands do not work in threads. Use the channel's box.")
            else:
                outcome = await acting.command(user, channel, text)
        except NotThereError:
            outcome = Outcome(_GONE)
        return self._answer(request, reader, outcome)

    async def react(self, request: Request) -> Response:
        reader, form, asked = self._reader(request), await request.form(), request.query_params
        try:
            outcome = await self._host.acting.react(
                reader.user.id, asked.get("channel", ""), asked.get("ts", ""), str(form.get("name"))
            )
        except NotThereError:
            outcome = Outcome(_GONE)
        return self._answer(request, reader, outcome)

    async def shortcut(self, request: Request) -> Response:
        reader, asked = self._reader(request), request.query_params
        try:
            outcome = await self._host.acting.shortcut(
                reader.user.id,
                asked.get("callback_id", ""),
                asked.get("channel", ""),
                asked.get("ts", ""),
            )
        except NotThereError:
            outcome = Outcome(_GONE)
        return self._answer(request, reader, outcome)

    async def begin_thread(self, request: Request) -> Response:
        reader = self._reader(request)
        try:
            outcome = await self._host.acting.begin_thread(reader.user.id)
        except NotThereError:
            outcome = Outcome(f"{self._host.app.name} is no assistant for you.")
        return self._answer(request, reader, outcome)

    async def open_home(self, request: Request) -> Response:
        reader = self._reader(request)
        try:
            outcome = await self._host.acting.open_home(reader.user.id)
        except NotThereError:
            outcome = Outcome(f"{self._host.app.name} has no Home tab for you.")
        return self._answer(request, reader, outcome)

    def _reader(self, request: Request) -> Reader:
        """Return who acts; raises 403 where another site's page sent the request."""
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            raise HTTPException(403, "Another page may not act here.")
        return reader_of(self._host, request)

    async def _keep_typed(self, reader: Reader, where: Where, form: FormData) -> None:
        """Hand over what stands in a modal's inputs: the app gets it with the press of a button."""
        view = self._host.workspace.views.get(where.view)
        for place in placed(view.payload["blocks"]) if view else ():
            if place.is_input and not place.tells_at_once:
                raw = elements.sent(place.element["type"], _raw(form, *place.key), reader.zone)
                there = Where(*place.key, view=where.view)
                await self._host.acting.use(reader.user.id, there, raw)

    def _kind(self, reader: Reader, where: Where) -> str:
        """Return the type of the element that is used, empty where it is not there."""
        workspace = self._host.workspace
        view = workspace.views.get(where.view) or workspace.homes.get(reader.user.id)
        message = workspace.message(where.channel, where.ts)
        blocks = (
            view.payload["blocks"] if where.view and view else message.blocks if message else ()
        )
        key = (where.block_id, where.action_id)
        return next((str(p.element["type"]) for p in placed(blocks) if p.key == key), "")

    def _answer(self, request: Request, reader: Reader, outcome: Outcome) -> Response:
        channel, thread = outcome.thread
        opened = f"/as/{reader.user.id}/{channel}?thread={thread}" if thread else ""
        if answers.wants_data(request):
            errors = dict(outcome.errors)
            return answers.data({"problem": outcome.problem, "errors": errors, "open": opened})
        back = opened or _back(request, reader)
        if outcome.problem or outcome.errors:
            content = self._templates.page("outcome.html", reader, outcome=outcome, back=back)
            return answers.page(content, 422)
        return RedirectResponse(back, 303)


def _where(request: Request) -> Where:
    asked = request.query_params
    return Where(
        block_id=asked.get("block", ""),
        action_id=asked.get("action", ""),
        channel=asked.get("channel", ""),
        ts=asked.get("ts", ""),
        view=asked.get("view", ""),
    )


def _raw(form: FormData, block_id: str, action_id: str) -> list[str]:
    name = elements.field_name(block_id, action_id)
    return [each for each in form.getlist(name) if isinstance(each, str)]


def _fields(view: View, form: FormData, reader: Reader) -> Mapping[tuple[str, str], list[str]]:
    """Return every field of the form; an empty one, such as no box ticked, is not sent."""
    return {
        each.key: elements.sent(each.element["type"], _raw(form, *each.key), reader.zone)
        for each in placed(view.payload["blocks"])
        if each.is_input
    }


def _back(request: Request, reader: Reader) -> str:
    """Return the page of this server that the form stood in."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc == request.headers.get("host") and came_from.path.startswith("/as/"):
        return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return f"/as/{reader.user.id}/{request.path_params.get('channel', 'home')}"
