"""People at work: each act is checked against what they see, and told to the app."""

from collections.abc import Mapping
from typing import Any

from playground.slack import (
    assistant,
    blocks,
    interactions,
    modals,
    outcomes,
    posting,
    values,
)
from playground.slack.acting import NotThereError, Outcome, Raw, Where
from playground.slack.blocks import Placed
from playground.slack.composing import checked_view
from playground.slack.delivery import Delivery
from playground.slack.entities import Channel, Message, User, View
from playground.slack.errors import SlackError
from playground.slack.installation import Installation
from playground.slack.interactions import Surface
from playground.slack.responding import respond


class People:
    """The ``Acting`` of a workspace."""

    def __init__(self, slack: Installation, delivery: Delivery) -> None:
        self._slack = slack
        self._delivery = delivery
        #: What an external select has offered whom, by its place and the option's value.
        self._offered: dict[tuple[str, Where], dict[str, Any]] = {}

    async def use(self, user: str, where: Where, raw: Raw) -> Outcome:
        person, surface, place = self._at(user, where)
        value = self._value(person, where, place, raw)
        if value is not None and place.element["type"] in blocks.STATEFUL:
            self._keep(person, surface, place, value)
        if not place.tells_at_once:
            return Outcome()
        action = values.action(place, value, self._slack.workspace.next_ts())
        payload = interactions.block_actions(self._slack, person, surface, action)
        return outcomes.outcome(await self._delivery.interaction(payload))

    async def suggest(self, user: str, where: Where, typed: str) -> list[dict[str, Any]]:
        person, surface, place = self._at(user, where)
        if not place.element["type"].endswith("external_select"):
            raise NotThereError("the element does not ask the app for options")
        payload = interactions.block_suggestion(self._slack, person, surface, place, typed)
        answer = await self._delivery.interaction(payload)
        options = values.options(answer.body) if isinstance(answer.body, dict) else []
        found = [dict(option) for option in options]
        self._offered.setdefault((user, where), {}).update({o["value"]: o for o in found})
        return found

    async def submit(self, user: str, view: str, raw: Mapping[tuple[str, str], Raw]) -> Outcome:
        person, modal = self._person(user), self._modal(user, view)
        if errors := self._fill_in(person, modal, raw):
            return Outcome(errors=errors)
        payload = interactions.view_submission(self._slack, person, modal)
        answer = await self._delivery.interaction(payload)
        if answer.failure:
            return Outcome(outcomes.TROUBLE)
        try:
            return self._obey(modal, answer.body)
        except SlackError as error:
            why = outcomes.explained(error)
            return Outcome(f"{outcomes.TROUBLE} The app's answer was refused: {why}")

    async def close(self, user: str, view: str, *, all_of_them: bool = False) -> Outcome:
        person, modal = self._person(user), self._modal(user, view)
        is_cleared = all_of_them or bool(modal.payload.get("clear_on_close"))
        stack = modals.stack(self._slack.workspace, user)
        for each in stack if is_cleared else stack[:1]:
            modals.close(self._slack.workspace, each)
            if each.payload.get("notify_on_close"):
                payload = interactions.view_closed(self._slack, person, each, is_cleared=is_cleared)
                await self._delivery.interaction(payload)
        return Outcome()

    async def command(self, user: str, channel: str, text: str) -> Outcome:
        person, place = self._person(user), self._channel(user, channel)
        name, _, rest = text.strip().partition(" ")
        command = self._slack.manifest.commands.get(name)
        if command is None:
            return Outcome(f"{name} is not a valid command.")
        if person.is_stranger:
            return Outcome(f"{name} belongs to another workspace, so you cannot use it here.")
        fields = interactions.slash_command(self._slack, person, place, command, rest.strip())
        answer = await self._delivery.command(fields, command.url)
        if answer.failure:
            return Outcome(outcomes.command_failure(name, answer.failure))
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not isinstance(body, dict) or not body:
            return Outcome()
        return self._answered(person, place, name, body)

    async def say(self, user: str, channel: str, text: str, thread_ts: str = "") -> Outcome:
        person, place = self._person(user), self._channel(user, channel)
        if not text.strip():
            return Outcome()
        if user not in place.members:
            return Outcome(f"You are not in #{place.name}.")
        if place.is_im and not self._slack.manifest.has_messages:
            return Outcome("Sending messages to this app has been turned off.")
        if thread_ts:
            parent = self._message(user, channel, thread_ts)
            thread_ts = parent.thread_ts or parent.ts
        linked = interactions.linked(self._slack, text)
        posting.say(self._slack, person.id, channel, linked, thread_ts=thread_ts)
        return Outcome()

    async def open_home(self, user: str) -> Outcome:
        person = self._person(user)
        if not self._slack.manifest.has_home or person.is_stranger:
            raise NotThereError("the app has no Home tab here")
        slack = self._slack
        home = slack.workspace.homes.get(user)
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": slack.direct(user).id,
            "tab": "home",
            "event_ts": slack.workspace.next_ts(),
            **({"view": slack.view_json(home)} if home else {}),
        }
        self._delivery.tell(event, None)
        return Outcome()

    async def begin_thread(self, user: str, seen: str = "") -> Outcome:
        person = self._person(user)
        if not self._slack.manifest.has_assistant or person.is_stranger:
            raise NotThereError("the app is no assistant here")
        root = assistant.begin(self._slack, person.id, seen)
        return Outcome(thread=(root.channel, root.ts))

    async def shortcut(
        self, user: str, callback_id: str, channel: str = "", ts: str = ""
    ) -> Outcome:
        person = self._person(user)
        shortcut = self._slack.manifest.shortcuts.get(callback_id)
        if shortcut is None or (shortcut.type == "message") != bool(ts):
            raise NotThereError(f"there is no such shortcut: {callback_id}")
        if person.is_stranger:
            return Outcome("Shortcuts belong to another workspace, so you cannot use them here.")
        if shortcut.type == "global":
            payload = interactions.shortcut(self._slack, person, callback_id)
        else:
            place, message = self._channel(user, channel), self._message(user, channel, ts)
            payload = interactions.message_action(self._slack, person, callback_id, place, message)
        return outcomes.outcome(await self._delivery.interaction(payload))

    async def react(self, user: str, channel: str, ts: str, name: str) -> Outcome:
        message = self._message(user, channel, ts)
        if message.is_ephemeral:
            raise NotThereError("nobody reacts to an ephemeral message")
        posting.react(self._slack, message, user, name.strip(":"))
        return Outcome()

    def _at(self, user: str, where: Where) -> tuple[User, Surface, Placed]:
        """Return who acts, on what, and the element that is stored there."""
        person = self._person(user)
        if where.view:
            surface = Surface(view=self._view(user, where.view))
        else:
            channel = self._channel(user, where.channel)
            surface = Surface(channel, self._message(user, where.channel, where.ts))
        place = blocks.find(surface.blocks, where.block_id, where.action_id)
        if place is None:
            raise NotThereError(f"no element {where.block_id}/{where.action_id} is there")
        return person, surface, place

    def _person(self, user: str) -> User:
        person = self._slack.workspace.users.get(user)
        if person is None or person.is_bot or person.deleted:
            raise NotThereError(f"there is nobody {user}")
        return person

    def _channel(self, user: str, channel: str) -> Channel:
        if not self._slack.workspace.can_read(user, channel):
            raise NotThereError(f"{user} has no channel {channel}")
        return self._slack.workspace.channels[channel]

    def _message(self, user: str, channel: str, ts: str) -> Message:
        self._channel(user, channel)
        message = self._slack.workspace.message(channel, ts)
        if message is None or (message.reader and message.reader != user):
            raise NotThereError(f"{user} has no message {channel}/{ts}")
        return message

    def _modal(self, user: str, view_id: str) -> View:
        """Return the modal on top: those below it cannot be reached."""
        top = self._slack.workspace.top_view(user)
        if top is None or top.id != view_id:
            raise NotThereError(f"{user} has no modal {view_id} before them")
        return top

    def _view(self, user: str, view_id: str) -> View:
        home = self._slack.workspace.homes.get(user)
        return home if home is not None and home.id == view_id else self._modal(user, view_id)

    def _value(self, person: User, where: Where, place: Placed, raw: Raw) -> dict[str, Any] | None:
        """Return what was chosen, None of an element without values."""
        kind = place.element["type"]
        if kind not in blocks.STATEFUL and kind != "overflow":
            return None
        choices = self._choices(person, where, place.element)
        try:
            return values.read(place.element, raw, choices)
        except values.NotOfferedError as error:
            raise NotThereError(f"{where.action_id} does not offer {error}") from error

    def _choices(self, person: User, where: Where, element: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what *element* offers this person, by the value that a form sends."""
        workspace, kind = self._slack.workspace, element["type"]
        if "users_select" in kind:
            return {each: each for each, user in workspace.users.items() if not user.deleted}
        if "conversations_select" in kind or "channels_select" in kind:
            return {
                each: each for each in workspace.channels if workspace.can_read(person.id, each)
            }
        initial = values.initial(element)
        given = initial.get("selected_options") or [initial.get("selected_option")]
        listed = [*values.options(element), *(each for each in given if each)]
        offered = self._offered.get((person.id, where), {})
        return {**{each["value"]: each for each in listed}, **offered}

    def _keep(self, person: User, surface: Surface, place: Placed, value: dict[str, Any]) -> None:
        block_id, action_id = place.key
        if surface.view is not None:
            state = surface.view.state
        else:
            assert surface.message is not None  # noqa: S101 - a surface is a view or a message
            state = surface.message.state.setdefault(person.id, {})
        state.setdefault(block_id, {})[action_id] = value

    def _fill_in(
        self, person: User, modal: View, raw: Mapping[tuple[str, str], Raw]
    ) -> dict[str, str]:
        """Keep what was filled in; return the form's complaints by block id."""
        known = {place.key: place for place in blocks.placed(modal.payload["blocks"])}
        if unknown := set(raw) - set(known):
            raise NotThereError(f"the modal has no inputs {sorted(unknown)}")
        errors = {}
        for key, place in known.items():
            if place.element["type"] not in blocks.STATEFUL:
                continue
            if key in raw:
                where = Where(*key, view=modal.id)
                value = self._value(person, where, place, raw[key])
                modal.state[key[0]][key[1]] = value or {}
            if complaint := values.complaint(place, modal.state[key[0]][key[1]]):
                errors[key[0]] = complaint
        return errors

    def _obey(self, modal: View, body: Any) -> Outcome:
        """Do what the app answered to a submission; raises SlackError for a wrong answer.

        https://docs.slack.dev/surfaces/modals: without an answer this one modal closes.
        """
        workspace = self._slack.workspace
        answer = body if isinstance(body, dict) else {}
        kind = answer.get("response_action")
        if kind == "errors":
            return Outcome(errors=outcomes.checked_errors(modal, answer.get("errors")))
        if kind == "clear":
            modals.close_all(workspace, modal.user)
        elif kind in ("update", "push"):
            view = checked_view(answer.get("view"), self._slack.new_name, of_type="modal")
            if kind == "push":
                modals.push(self._slack, modal, view)
            else:
                modals.update(self._slack, modal, view)
        elif kind is None:
            modals.close(workspace, modal)
        else:
            raise SlackError("invalid_response_action", got=kind)
        return Outcome()

    def _answered(
        self, person: User, place: Channel, name: str, body: Mapping[str, Any]
    ) -> Outcome:
        """Show what the app answered to a command, as a response URL would."""
        tickets = self._slack.tickets
        secret = tickets.response_url(person.id, place.id)
        try:
            respond(self._slack, tickets.respond(secret), body)
        except SlackError as error:
            return Outcome(f"{name} failed: its answer was refused: {outcomes.explained(error)}")
        return Outcome()
