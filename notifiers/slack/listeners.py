"""What people press, submit and type in Slack: acknowledge, one call, answer."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands.agree import agree, withdraw
from commands.answers import Answer, Done, Explained, Invalid, Refused, Shown, StatusReport, Table
from commands.desk import Desk
from commands.digest import digest
from commands.findings import explain, findings, history, show
from commands.grammar import Request, UnreadableError, read
from commands.help import usage
from commands.ignore import ignore, may_ignore, problems
from commands.remediate import remediate
from commands.rules import rules
from commands.sight import visible_teams
from commands.status import status
from compliance.authority import Actor
from compliance.card import Account, Button, draw
from compliance.finding import Finding
from ledger.reports import Reports
from notifiers.slack import modals
from notifiers.slack.blocks import (
    answer_text,
    card_blocks,
    card_text,
    digest_blocks,
    section,
    sentence,
    status_blocks,
    table,
)
from notifiers.slack.people import People

log = logging.getLogger(__name__)

Body = dict[str, Any]
Say = Callable[[str, list[dict[str, Any]]], None]

_BUTTONS: Mapping[str, Callable[[Desk, str, Actor], Answer]] = {
    Button.AGREE: agree,
    Button.WITHDRAW: withdraw,
}


class Listeners:
    """Bolt's listeners; *channel_ids* knows a channel by its id where teams.yaml has its name."""

    def __init__(
        self,
        desk: Desk,
        reports: Reports,
        accounts: Mapping[str, Account],
        people: People,
    ) -> None:
        self._desk = desk
        self._reports = reports
        self._accounts = accounts
        self._people = people

    def register(self, app: App) -> None:
        app.command("/compliance")(self.on_command)
        app.action(Button.REMEDIATE.value)(self.on_remediate)
        app.action(Button.IGNORE.value)(self.on_ignore)
        for button in _BUTTONS:
            app.action(str(button))(self.on_button)
        app.view(modals.REMEDIATE_FORM)(self.on_remediate_form)
        app.view(modals.IGNORE_FORM)(self.on_ignore_form)

    def on_button(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        pressed = body["actions"][0]
        answer = _BUTTONS[pressed["action_id"]](self._desk, pressed["value"], self._actor(body))
        _tell(client, body["user"]["id"], _channel(body), answer)

    def on_remediate(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        self._open_remediate(body, client, body["actions"][0]["value"], _channel(body))

    def on_ignore(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        self._open_ignore(body, client, body["actions"][0]["value"], _channel(body))

    def on_remediate_form(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        ack()
        origin = modals.origin(view)
        answer = remediate(self._desk, origin.finding_id, self._actor(body))
        _tell(client, body["user"]["id"], origin.channel, answer)

    def on_ignore_form(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        origin, form = modals.origin(view), modals.read_ignore(view)
        finding = self._desk.ledger.find(origin.finding_id)
        found = problems(form, self._desk.rule(finding), self._desk.now().date())
        if found:
            ack(response_action="errors", errors=found)
            return
        ack()
        answer = ignore(self._desk, origin.finding_id, self._actor(body), form)
        _tell(client, body["user"]["id"], origin.channel, answer)

    def on_command(self, ack: Any, body: Body, client: WebClient, respond: Any) -> None:
        ack()

        def say(text: str, blocks: list[dict[str, Any]]) -> None:
            respond(text=text, blocks=blocks, response_type="ephemeral")

        try:
            request = read(body.get("text") or "")
        except UnreadableError as error:
            _say(say, Refused(str(error)))
            return
        channel = str(body.get("channel_id") or "")
        if request.verb == "ignore":
            self._open_ignore(body, client, request.finding_id, channel)
        elif request.verb == "remediate":
            self._open_remediate(body, client, request.finding_id, channel)
        elif request.verb == "digest":
            self._say_digest(say, self._actor(body), body)
        else:
            _say(say, self._answer(request, self._actor(body), self._channels(body)))

    def _answer(self, request: Request, actor: Actor, channels: frozenset[str]) -> Answer:
        visible = self._visible(actor, channels)
        match request.verb:
            case "status":
                return status(self._reports, self._desk.catalogue, request.scope, visible)
            case "findings":
                return findings(self._desk, self._reports, request.scope, visible)
            case "show":
                return show(self._desk, self._accounts, request.finding_id, visible)
            case "explain":
                return explain(self._desk, request.finding_id, visible)
            case "history":
                return history(self._desk, self._reports, request.finding_id, visible)
            case "rules":
                return rules(self._desk.catalogue, self._desk.now().date())
            case _:
                return usage()

    def _say_digest(self, say: Say, actor: Actor, body: Body) -> None:
        every_team = frozenset(team.name for team in self._desk.teams.ordered)
        if self._visible(actor, self._channels(body)) != every_team:
            _say(say, Refused("The digest covers all teams; ask in the TDA's channel."))
            return
        report = digest(self._reports, self._desk.catalogue, self._desk.now())
        say(answer_text("Weekly compliance digest.", report.tables), digest_blocks(report))

    def _open_remediate(self, body: Body, client: WebClient, finding_id: str, channel: str) -> None:
        """Show the confirmation to those who may confirm it; tell the others why not."""
        finding = self._admitted(body, client, finding_id, channel, "remediate")
        if finding is None:
            return
        card = draw(finding, self._desk.catalogue, self._accounts)
        if Button.REMEDIATE not in card.buttons:
            # Somebody was quicker, or the rule takes no remediation: the command says which.
            answer = remediate(self._desk, finding_id, self._actor(body))
            _tell(client, _user(body), channel, answer)
            return
        _open(client, body, modals.remediate_form(card, channel))

    def _open_ignore(self, body: Body, client: WebClient, finding_id: str, channel: str) -> None:
        allowed = may_ignore(self._desk, finding_id, self._actor(body))
        if isinstance(allowed, Refused):
            _tell(client, _user(body), channel, allowed)
            return
        card = draw(allowed, self._desk.catalogue, self._accounts)
        today = self._desk.now().date()
        _open(client, body, modals.ignore_form(card, channel, self._desk.rule(allowed), today))

    def _admitted(
        self, body: Body, client: WebClient, finding_id: str, channel: str, action: str
    ) -> Finding | None:
        admitted = self._desk.admit(finding_id, self._actor(body), action)
        if isinstance(admitted, Refused):
            _tell(client, _user(body), channel, admitted)
            return None
        return admitted

    def _actor(self, body: Body) -> Actor:
        team = (body.get("user") or {}).get("team_id") if isinstance(body.get("user"), dict) else ""
        return self._people.actor(_user(body), team or "")

    def _visible(self, actor: Actor, channels: frozenset[str]) -> frozenset[str]:
        seen = (visible_teams(actor, channel, self._desk.teams) for channel in channels)
        return frozenset().union(*seen)

    def _channels(self, body: Body) -> frozenset[str]:
        """The channel by its id and by its name: teams.yaml may have either."""
        name = str(body.get("channel_name") or "")
        return frozenset({str(body.get("channel_id") or ""), f"#{name}" if name else ""})


def _user(body: Body) -> str:
    """The presser's id: a command's body has it elsewhere than a press's."""
    return str(body["user"]["id"] if isinstance(body.get("user"), dict) else body["user_id"])


def _channel(body: Body) -> str:
    channel = body.get("channel") or {}
    return str(channel.get("id") or (body.get("container") or {}).get("channel_id") or "")


def _open(client: WebClient, body: Body, view: Body) -> None:
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        # The three seconds were over. Nothing was changed and the button is still there.
        log.warning("a form came too late", extra={"why": error.response.get("error")})


def _tell(client: WebClient, user: str, channel: str, answer: Answer) -> None:
    """Answer privately, where the person pressed."""

    def say(text: str, blocks: list[dict[str, Any]]) -> None:
        client.chat_postEphemeral(channel=channel or user, user=user, text=text, blocks=blocks)

    _say(say, answer)


def _say(say: Say, answer: Answer) -> None:
    match answer:
        case Done() | Refused() | Explained():
            told = sentence(answer)
            say(told, [section(told)])
        case Invalid(found):
            told = " ".join(found.values())
            say(told, [section(told)])
        case Shown(card):
            say(card_text(card), card_blocks(card))
        case Table():
            say(answer_text(answer.title, [answer]), table(answer))
        case StatusReport():
            title = f"Compliance status: {answer.total} findings are open."
            say(answer_text(title, answer.tables), status_blocks(answer))
