"""The control API, for tests and scripts: faults, the clock, the log, people's acts.

Every call is JSON and answers JSON. A person's act is ``POST /control/act`` with ``person``, ``do``
(``say``, ``press``, ``consent``, ``look``, ``add`` or ``remove``) and that act's arguments:
``{"person": "5a1d…", "do": "press", "message": "1764…", "number": 0, "entered": {}}``.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from playground.controlling import ControlError, changing
from playground.teams.actions import actions_of
from playground.teams.faults import Fault, Faults
from playground.teams.people import NotThereError, Outcome, People
from playground.teams.tenant import Json, Message, Tenant


class Control:
    """Answers ``/control/*``."""

    def __init__(self, tenant: Tenant, faults: Faults, people: People) -> None:
        self._tenant = tenant
        self._faults = faults
        self._people = people

    def routes(self) -> list[Route]:
        changes = {
            "faults": self.set_faults,
            "clock": self.advance_clock,
            "block": self.block,
            "person": self.change_person,
            "act": self.act,
        }
        return [
            Route("/control/state", self.state),
            Route("/control/calls", self.calls),
            *changing(changes, NotThereError),
        ]

    async def state(self, request: Request) -> JSONResponse:
        """Return everything that is there; ``person`` has cards as this person sees them."""
        tenant, person = self._tenant, request.query_params.get("person", "")
        messages = {
            channel: [
                _message(each, person)
                for each in tenant.in_channel(channel)
                if not person or each.is_for(person)
            ]
            for channel in tenant.channels
        }
        return JSONResponse(
            {
                "tenant": tenant.id,
                "now": tenant.clock().isoformat(),
                "is_connected": self._people.is_connected,
                "people": [asdict(each) for each in tenant.people.values()],
                "channels": [asdict(each) for each in tenant.channels.values()],
                "messages": messages,
            }
        )

    async def calls(self, request: Request) -> JSONResponse:
        """Return the log; ``direction`` and ``after`` (a number) choose from it."""
        query = request.query_params
        found = [
            {**asdict(call), "at": call.at.isoformat()}
            for call in self._tenant.calls
            if query.get("direction", call.direction) == call.direction
            and call.number > int(query.get("after", "0"))
        ]
        return JSONResponse({"calls": found})

    async def set_faults(self, body: Json) -> Json:
        """Set ``faults``: Fault's fields. [] ends them all."""
        wanted: Any = body.get("faults")
        try:
            self._faults.set([Fault(**each) for each in wanted])
        except TypeError as error:
            names = ", ".join(field.name for field in fields(Fault))
            raise ControlError(f"faults: expected a list of maps of {names}") from error
        return {"faults": len(wanted)}

    async def advance_clock(self, body: Json) -> Json:
        self._tenant.clock.advance(timedelta(seconds=float(body.get("seconds", 0))))
        return {"now": self._tenant.clock().isoformat()}

    async def block(self, body: Json) -> Json:
        """Let ``person`` block the app, or unblock it where ``is_blocked`` is false."""
        person = str(body.get("person"))
        if body.get("is_blocked", True):
            self._tenant.blocked.add(person)
        else:
            self._tenant.blocked.discard(person)
        return {}

    async def change_person(self, body: Json) -> Json:
        """Change what Entra says of ``person``: ``is_enabled``, ``is_guest``."""
        person = self._tenant.people.get(str(body.get("person")))
        if person is None:
            raise NotThereError("there is no such person")
        for name in ("is_enabled", "is_guest"):
            if name in body:
                setattr(person, name, bool(body[name]))
        return {}

    async def act(self, body: Json) -> Json:
        """Do what a person does; 404 where they cannot see what they would use."""
        acts: Mapping[str, Callable[..., Awaitable[Any]]] = {
            "say": self._people.say,
            "press": self._people.press,
            "consent": self._people.consent,
            "look": self._people.look,
            "add": self._people.add,
            "remove": self._people.remove,
        }
        do = acts.get(str(body.get("do")))
        if do is None:
            raise ControlError(f"do: expected one of {', '.join(sorted(acts))}")
        arguments = {name: value for name, value in body.items() if name != "do"}
        try:
            outcome = await do(**arguments)
        except TypeError as error:
            raise ControlError(str(error)) from error
        return asdict(outcome) if isinstance(outcome, Outcome) else {}


def _message(message: Message, person: str) -> Json:
    card = message.card_for(person)
    actions = actions_of(card) if card else []
    attached = message.activity.get("attachments") or []
    return {
        "id": message.id,
        "sender": message.sender,
        "thread": message.thread,
        "text": message.activity.get("text", ""),
        "summary": message.activity.get("summary", ""),
        "is_edited": message.is_edited,
        "only_for": message.only_for,
        "attachments": [each.get("contentType") for each in attached],
        "card": card,
        "actions": [{"type": each["type"], "title": each.get("title")} for each, _ in actions],
    }
