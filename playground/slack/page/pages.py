"""What people read: whole pages, the parts that the script swaps, and the stream of changes."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from playground.slack.entities import Channel
from playground.slack.page import answers, shown
from playground.slack.page.host import Host
from playground.slack.page.reader import Reader
from playground.slack.page.reads import Reads
from playground.slack.page.render import Templates
from playground.slack.page.shown import Line, Logged

#: About 5 kB each.
_DRAWN_KEPT = 2000
#: Opened in a tab of its own an uploaded file is shown, never run.
_FILE_POLICY = {"Content-Security-Policy": "sandbox; default-src 'none'"}


class Pages:
    """Answers every GET."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._templates = Templates(host)
        self._reads = Reads()
        #: Items of lists as HTML, by reader, key, mark and place: a change draws only what changed.
        self._drawn: dict[tuple[str, str, str, bool], Markup] = {}

    async def channel(self, request: Request) -> Response:
        reader = self._reader(request)
        place = self._channel(reader, request)
        if place is None:
            elsewhere = shown.home_channel(self._host.workspace, reader.user.id)
            return RedirectResponse(f"/as/{reader.user.id}/{elsewhere}", 303)
        before = request.query_params.get("before", "")
        lines, older = shown.channel_lines(reader, place.id, before, self._reads)
        self._reads.read(reader, place.id)
        return self._page(
            "channel.html",
            request,
            reader,
            here=place.id,
            title=self._title(place),
            name=self._title(place),
            channel=place,
            direct_here=place.is_im,
            lines=lines,
            older=older,
            before=before,
            may_write=reader.user.id in place.members,
            rendered=self._lines(reader, lines),
        )

    async def home(self, request: Request) -> Response:
        reader = self._reader(request)
        title = self._host.app.name
        rendered = self._home(reader)
        return self._page("home.html", request, reader, here="home", title=title, rendered=rendered)

    async def home_view(self, request: Request) -> Response:
        return answers.page(self._home(self._reader(request)))

    async def sidebar(self, request: Request) -> Response:
        reader = self._reader(request)
        return answers.page(self._sidebar(reader, request.query_params.get("here", "")))

    async def tour(self, request: Request) -> Response:
        return answers.page(self._tour(self._reader(request)))

    async def view(self, request: Request) -> Response:
        return answers.page(self._modal(self._reader(request)))

    async def messages(self, request: Request) -> Response:
        """Return the order of a channel's or thread's messages, and those that are not known."""
        reader = self._reader(request)
        place = self._channel(reader, request)
        if place is None:
            raise HTTPException(404)
        thread = request.query_params.get("thread", "")
        if thread:
            lines = shown.thread_lines(reader, place.id, thread)
            self._reads.read(reader, place.id, thread)
        else:
            before = request.query_params.get("before", "")
            lines, _ = shown.channel_lines(reader, place.id, before, self._reads)
            self._reads.read(reader, place.id)
        return _changes(request, lines, lambda line: self._lines(reader, [line]))

    async def assistant(self, request: Request) -> Response:
        """Return what an assistant thread shows beside its messages."""
        reader = self._reader(request)
        place = self._channel(reader, request)
        thread = request.query_params.get("thread", "")
        root = self._host.workspace.message(place.id, thread) if place else None
        if root is None:
            raise HTTPException(404)
        return answers.page(self._part("assistant.html", reader, channel=place, root=root))

    async def calls(self, request: Request) -> Response:
        reader = self._reader(request)
        found = shown.logged_calls(self._host.workspace, request.query_params.get("wanted", ""))
        return _changes(request, found, lambda call: self._calls(reader, [call]))

    async def file(self, request: Request) -> Response:
        reader = self._reader(request)
        if not reader.file(file_id := request.path_params["file"]):
            raise HTTPException(404)
        file = self._host.workspace.files[file_id]
        headers = {**answers.HEADERS, **_FILE_POLICY}
        return Response(file.content, headers=headers, media_type=file.mimetype)

    async def events(self, request: Request) -> Response:
        """Stream the names of what changes, of what this person may know."""
        reader = self._reader(request)
        return StreamingResponse(
            self._topics(reader), media_type="text/event-stream", headers=answers.HEADERS
        )

    async def _topics(self, reader: Reader) -> AsyncIterator[str]:
        yield ": connected\n\n"
        async with aclosing(self._host.workspace.subscribe()) as topics:
            async for topic in topics:
                if _concerns(reader, topic):
                    yield f"data: {json.dumps(topic)}\n\n"

    def _page(self, name: str, request: Request, reader: Reader, /, **facts: Any) -> Response:
        here = facts["here"]
        panel, inspector = self._panel(request, reader, facts.get("channel"))
        return answers.page(
            self._templates.page(
                name,
                reader,
                direct=shown.direct_with_app(self._host.workspace, reader.user),
                sidebar=self._sidebar(reader, here),
                tour=self._tour(reader),
                modal=self._modal(reader, plain=True),
                panel=panel,
                inspector=inspector,
                **facts,
            )
        )

    def _panel(
        self, request: Request, reader: Reader, channel: Channel | None
    ) -> tuple[Markup, bool]:
        """Return what stands on the right: the inspector, a thread, or nothing."""
        if request.query_params.get("inspector"):
            wanted = request.query_params.get("wanted", "")
            found = shown.logged_calls(self._host.workspace, wanted)
            rendered = self._calls(reader, found)
            return self._part("inspector.html", reader, wanted=wanted, rendered=rendered), True
        thread = request.query_params.get("thread", "")
        if not (channel and self._host.workspace.message(channel.id, thread)):
            return Markup(""), False
        rendered = self._lines(reader, shown.thread_lines(reader, channel.id, thread))
        root = self._host.workspace.message(channel.id, thread)
        self._reads.read(reader, channel.id, thread)
        return self._part(
            "thread.html",
            reader,
            channel=channel,
            thread=thread,
            root=root,
            may_write=reader.user.id in channel.members,
            rendered=rendered,
        ), False

    def _sidebar(self, reader: Reader, here: str) -> Markup:
        direct = shown.direct_with_app(self._host.workspace, reader.user)
        return self._part(
            "sidebar.html",
            reader,
            here=here,
            entries=shown.entries(reader, self._reads),
            direct=direct,
            threads=self._reads.threads(reader),
            direct_unread=self._reads.unread(reader, direct.id) if direct else 0,
        )

    def _tour(self, reader: Reader) -> Markup:
        """Return the tour, nothing where there is none."""
        steps = self._host.tour.look(self._host.workspace.calls)
        return self._part("tour.html", reader, steps=steps) if steps else Markup("")

    def _modal(self, reader: Reader, *, plain: bool = False) -> Markup:
        """Return the modal on top; a *plain* one is open without the script."""
        view = self._host.workspace.top_view(reader.user.id)
        return self._part("modal.html", reader, view=view, plain=plain)

    def _home(self, reader: Reader) -> Markup:
        view = self._host.workspace.homes.get(reader.user.id)
        return self._part("homeview.html", reader, view=view)

    def _lines(self, reader: Reader, lines: Iterable[Line]) -> Markup:
        return self._items("message.html", reader, lines)

    def _calls(self, reader: Reader, calls: Iterable[Logged]) -> Markup:
        return self._items("call.html", reader, calls)

    def _items(self, name: str, reader: Reader, items: Iterable[Line | Logged]) -> Markup:
        return Markup("").join(self._item(name, reader, item) for item in items)

    def _item(self, name: str, reader: Reader, item: Line | Logged) -> Markup:
        key = (reader.user.id, item.key, item.mark, item.in_thread)
        if key not in self._drawn:
            if len(self._drawn) >= _DRAWN_KEPT:
                self._drawn.clear()
            self._drawn[key] = self._part(name, reader, item=item)
        return self._drawn[key]

    def _part(self, name: str, reader: Reader, /, **facts: Any) -> Markup:
        return self._templates.part(name, reader, **facts)

    def _reader(self, request: Request) -> Reader:
        return reader_of(self._host, request)

    def _channel(self, reader: Reader, request: Request) -> Channel | None:
        channel_id = request.path_params["channel"]
        if not self._host.workspace.can_read(reader.user.id, channel_id):
            return None
        return self._host.workspace.channels[channel_id]

    def _title(self, channel: Channel) -> str:
        return self._host.app.name if channel.is_im else channel.name


def reader_of(host: Host, request: Request) -> Reader:
    """Return who asks; raises 404 for nobody of this workspace."""
    user = host.workspace.users.get(request.path_params["user"])
    if user is None or user.is_bot or user.deleted:
        raise HTTPException(404, "There is no such person in this workspace.")
    return Reader(user, host.workspace)


def _changes(request: Request, items: Sequence[Any], render: Callable[[Any], Markup]) -> Response:
    """Return the order of *items* and the HTML of those whose mark the browser does not have.

    The browser says what it has: ``known=key~mark,…``.
    """
    known = set(request.query_params.get("known", "").split(","))
    return answers.data(
        {
            "order": [each.key for each in items],
            "html": {
                each.key: render(each) for each in items if f"{each.key}~{each.mark}" not in known
            },
        }
    )


def _concerns(reader: Reader, topic: str) -> bool:
    kind, _, which = topic.partition(" ")
    if kind == "channel":
        return reader.workspace.can_read(reader.user.id, which)
    return kind not in ("views", "home") or which == reader.user.id
