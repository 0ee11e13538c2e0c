"""The control API, for tests and scripts: faults, disconnects, the clock, the log, people's acts.

Every call is JSON and answers JSON. A person's act is ``POST /control/act`` with ``user``, ``do``
(a method of ``Acting``) and that method's arguments:
``{"user": "U0HANNAH", "do": "use", "where": {"channel": …, "ts": …, "block_id": …,
"action_id": …}, "raw": []}``.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from playground.controlling import ControlError, Json, changing
from playground.slack import payloads
from playground.slack.acting import NotThereError, Outcome, Where
from playground.slack.arguments import is_number, parse
from playground.slack.faults import Fault, Faults
from playground.slack.installation import Installation
from playground.slack.people import People
from playground.slack.sockets import Sockets


class Control:
    """Answers ``/control/*``."""

    def __init__(
        self, slack: Installation, faults: Faults, sockets: Sockets, people: People
    ) -> None:
        self._slack = slack
        self._faults = faults
        self._sockets = sockets
        self._people = people

    def routes(self) -> list[Route]:
        changes = {
            "faults": self.set_faults,
            "blocks": self.set_blocks,
            "disconnect": self.disconnect,
            "clock": self.advance_clock,
            "reset": self.reset,
            "act": self.act,
        }
        return [
            Route("/control/state", self.state),
            Route("/control/calls", self.calls),
            *changing(changes, NotThereError, parse),
        ]

    async def state(self, request: Request) -> JSONResponse:
        """Return everything that is there, with ephemeral messages and their readers."""
        slack, workspace = self._slack, self._slack.workspace
        messages = {
            channel: [
                {**slack.message_json(each), "reader": each.reader}
                for each in workspace.everything(channel)
            ]
            for channel in workspace.channels
        }
        views = (*workspace.views.values(), *workspace.homes.values())
        return JSONResponse(
            {
                "team": payloads.team(workspace.team),
                "now": workspace.clock().isoformat(),
                "connections": len(self._sockets),
                "users": [asdict(user) for user in workspace.users.values()],
                "channels": [
                    {**payloads.channel(each, slack.app.bot_user), "members": sorted(each.members)}
                    for each in workspace.channels.values()
                ],
                "messages": messages,
                "views": [{**slack.view_json(each), "user": each.user} for each in views],
            }
        )

    async def calls(self, request: Request) -> JSONResponse:
        """Return the log; ``name``, ``direction`` and ``after`` (a number) choose from it."""
        query = request.query_params
        after = query.get("after", "0")
        if not is_number(after):
            return JSONResponse({"error": "after: expected a number"}, 400)
        found = [
            {**asdict(call), "at": call.at.isoformat()}
            for call in self._slack.workspace.calls
            if query.get("name", call.name) == call.name
            and query.get("direction", call.direction) == call.direction
            and call.number > int(after)
        ]
        return JSONResponse({"calls": found})

    async def set_faults(self, body: Json) -> Json:
        """Set ``faults``: Fault's fields, ``latency`` and ``late`` in seconds. [] ends them all."""
        wanted = body.get("faults")
        if not isinstance(wanted, list):
            raise ControlError("faults: expected a list")
        self._faults.set([_fault(each) for each in wanted])
        return {"faults": len(wanted)}

    async def set_blocks(self, body: Json) -> Json:
        """Refuse the types of blocks in ``lacking`` from now on, as a workspace without them."""
        lacking = body.get("lacking", [])
        if not isinstance(lacking, list) or not all(isinstance(each, str) for each in lacking):
            raise ControlError("lacking: expected a list of types of blocks")
        self._slack.lacking = frozenset(lacking)
        return {}

    async def disconnect(self, body: Json) -> Json:
        """End every Socket Mode connection: ``reason`` is warning, refresh_requested or abrupt."""
        reason = body.get("reason", "refresh_requested")
        if reason not in ("warning", "refresh_requested", "link_disabled", "abrupt"):
            raise ControlError(
                "reason: expected warning, refresh_requested, link_disabled or abrupt"
            )
        return {"disconnected": await self._sockets.disconnect(reason)}

    async def advance_clock(self, body: Json) -> Json:
        """Move the workspace's time on by ``seconds``."""
        seconds = body.get("seconds")
        if not isinstance(seconds, int | float) or seconds < 0:
            raise ControlError("seconds: expected a number, 0 or more")
        self._slack.workspace.clock.advance(timedelta(seconds=seconds))
        return {"now": self._slack.workspace.clock().isoformat()}

    async def reset(self, body: Json) -> Json:
        """Be as at the start, without faults."""
        self._faults.set([])
        self._slack.reset()
        return {}

    async def act(self, body: Json) -> Json:
        """Do what a person does; 404 where they cannot see what they would use."""
        acts: Mapping[str, Callable[..., Awaitable[Any]]] = {
            "use": self._people.use,
            "suggest": self._people.suggest,
            "submit": self._people.submit,
            "close": self._people.close,
            "command": self._people.command,
            "say": self._people.say,
            "open_home": self._people.open_home,
            "shortcut": self._people.shortcut,
            "react": self._people.react,
            "begin_thread": self._people.begin_thread,
        }
        do = acts.get(str(body.get("do")))
        if do is None:
            raise ControlError(f"do: expected one of {', '.join(sorted(acts))}")
        arguments = {name: value for name, value in body.items() if name != "do"}
        try:
            result = await do(**_typed(arguments))
        except TypeError as error:
            raise ControlError(str(error)) from error
        return asdict(result) if isinstance(result, Outcome) else {"options": result}


def _fault(wanted: Any) -> Fault:
    known = {field.name for field in fields(Fault) if field.init}
    if not isinstance(wanted, dict) or not known.issuperset(wanted):
        raise ControlError(f"faults: expected maps with {', '.join(sorted(known))}")
    seconds = {name: timedelta(seconds=wanted.get(name, 0)) for name in ("latency", "late")}
    return Fault(**{**wanted, **seconds})


def _typed(arguments: Json) -> Json:
    """Return an act's arguments with *where* and *raw* as ``Acting`` has them.

    A form's *raw* is a list of {block_id, action_id, values}, since JSON has no pairs as keys.
    """
    typed = dict(arguments)
    if "where" in typed:
        typed["where"] = Where(**typed["where"])
    if "view" in typed and "raw" in typed:
        typed["raw"] = {
            (each["block_id"], each["action_id"]): each["values"] for each in typed["raw"]
        }
    return typed
