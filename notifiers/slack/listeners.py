"""What people press, submit and type in Slack: acknowledge, one call, answer."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from commands.agree import agree, withdraw
from commands.answers import Answer, Refused
from commands.desk import Desk
from commands.digest import digest
from commands.filters import read_filters
from commands.findings import explain, findings, history, show
from commands.grammar import Request, UnreadableError, read
from commands.help import usage
from commands.home import open_work
from commands.ignore import ignore, may_ignore, problems
from commands.remediate import may_remediate, remediate
from commands.rules import rules
from commands.sight import visible_teams
from commands.status import status
from compliance.authority import Actor
from compliance.card import Account, Button, draw
from ledger.reports import Reports
from notifiers.slack import modals
from notifiers.slack.blocks import digest_blocks, digest_text, spoken
from notifiers.slack.bodies import Body, channel_of, channels_of, user_of
from notifiers.slack.bulk import BulkListeners
from notifiers.slack.home import home_view
from notifiers.slack.people import People
from notifiers.slack.replies import Say, open_form, say_answer, tell

log = logging.getLogger(__name__)

FAILED = (
    "The bot could not finish this, and its log says why. Look at the card for what has been done "
    "before you try again; if it happens again, tell the people who run the bot."
)

_BUTTONS: Mapping[str, Callable[[Desk, str, Actor], Answer]] = {
    Button.AGREE: agree,
    Button.WITHDRAW: withdraw,
}


class Listeners:
    """Bolt's listeners. Bolt hands in arguments by their names."""

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
        self._draw = partial(draw, catalogue=desk.catalogue, accounts=accounts)
        self._people = people
        self._bulk = BulkListeners(desk, reports, accounts, self._actor, self._visible)

    def register(self, app: App) -> None:
        app.error(self.on_error)
        app.command("/compliance")(self.on_command)
        app.action(Button.REMEDIATE.value)(self.on_remediate)
        app.action(Button.IGNORE.value)(self.on_ignore)
        for button in _BUTTONS:
            app.action(str(button))(self.on_button)
        app.event("app_home_opened")(self.on_home)
        app.view(modals.REMEDIATE_FORM)(self.on_remediate_form)
        app.view(modals.IGNORE_FORM)(self.on_ignore_form)
        self._bulk.register(app)

    def on_error(self, error: Exception, body: Body, client: WebClient) -> None:
        """Whatever else goes wrong is logged here, and whoever waits for an answer gets one."""
        log.error("a press or a command failed", exc_info=error)
        if body.get("user") or body.get("user_id"):
            tell(client, user_of(body), channel_of(body), Refused(FAILED))

    def on_button(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        pressed = body["actions"][0]
        actor = self._actor(body)
        answer = _BUTTONS[pressed["action_id"]](self._desk, pressed["value"], actor)
        self._settle(client, actor, channel_of(body), answer)

    def on_remediate(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        self._open_remediate(body, client, body["actions"][0]["value"], channel_of(body))

    def on_ignore(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        self._open_ignore(body, client, body["actions"][0]["value"], channel_of(body))

    def on_remediate_form(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        ack()
        origin = modals.origin(view)
        actor = self._actor(body)
        self._settle(client, actor, origin.channel, remediate(self._desk, origin.finding_id, actor))

    def on_ignore_form(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        origin, form = modals.origin(view), modals.read_ignore(view)
        finding = self._desk.ledger.find(origin.finding_id)
        found = problems(form, self._desk.rule(finding), self._desk.now().date())
        if found:
            ack(response_action="errors", errors=found)
            return
        ack()
        actor = self._actor(body)
        self._settle(
            client, actor, origin.channel, ignore(self._desk, origin.finding_id, actor, form)
        )

    def on_home(self, ack: Any, event: Body, client: WebClient) -> None:
        ack()
        if event.get("tab", "home") == "home":
            self._publish_home(client, self._people.actor(event["user"]))

    def _publish_home(self, client: WebClient, actor: Actor) -> None:
        work = open_work(self._desk, self._reports, actor)
        client.views_publish(user_id=actor.id, view=home_view(work, self._draw))

    def _settle(self, client: WebClient, actor: Actor, channel: str, answer: Answer) -> None:
        """Answer a decision; whoever decided in the Home tab sees it there as well."""
        tell(client, actor.id, channel, answer)
        if not channel:
            self._publish_home(client, actor)

    def on_command(self, ack: Any, body: Body, client: WebClient, respond: Any) -> None:
        ack()

        def say(text: str, blocks: list[dict[str, Any]]) -> None:
            respond(text=text, blocks=blocks, response_type="ephemeral")

        try:
            request = read(body.get("text") or "")
        except UnreadableError as error:
            say_answer(say, Refused(str(error)))
            return
        channel = str(body.get("channel_id") or "")
        if request.verb == "ignore":
            self._open_ignore(body, client, request.finding_id, channel)
        elif request.verb == "remediate":
            self._open_remediate(body, client, request.finding_id, channel)
        elif request.verb == "help":
            say_answer(say, usage())
        else:
            self._inform(say, request, body)

    def _inform(self, say: Say, request: Request, body: Body) -> None:
        actor = self._actor(body)
        if refused := self._desk.refuse_to_tell(actor, request.finding_id, request.verb):
            say_answer(say, refused)
        elif request.verb == "digest":
            self._say_digest(say, actor, body)
        else:
            say_answer(say, self._answer(request, actor, channels_of(body)))

    def _answer(self, request: Request, actor: Actor, channels: frozenset[str]) -> Answer:
        visible = self._visible(actor, channels)
        match request.verb:
            case "status" | "findings":
                return self._listing(request, visible)
            case "show":
                return show(self._desk, self._draw, request.finding_id, visible)
            case "explain":
                return explain(self._desk, request.finding_id, visible)
            case "history":
                return history(self._desk, self._reports, request.finding_id, visible)
            case _:
                return rules(self._desk.catalogue, self._desk.now().date())

    def _listing(self, request: Request, visible: frozenset[str]) -> Answer:
        desk, reports = self._desk, self._reports
        scope = read_filters(desk, reports, self._accounts, request.filters, visible)
        if isinstance(scope, Refused):
            return scope
        if request.verb == "status":
            return status(reports, desk.catalogue, desk.teams, scope, visible)
        return findings(desk, reports, scope, visible)

    def _say_digest(self, say: Say, actor: Actor, body: Body) -> None:
        every_team = frozenset(team.name for team in self._desk.teams.ordered)
        if self._visible(actor, channels_of(body)) != every_team:
            say_answer(say, Refused("The digest covers all teams; ask in the TDA's channel."))
            return
        report = digest(self._reports, self._desk.catalogue, self._desk.now())
        say(spoken(digest_text(report)), digest_blocks(report))

    def _open_remediate(self, body: Body, client: WebClient, finding_id: str, channel: str) -> None:
        """Show the confirmation to those who may confirm it; tell the others why not."""
        allowed = may_remediate(self._desk, finding_id, self._actor(body))
        if isinstance(allowed, Refused):
            tell(client, user_of(body), channel, allowed)
            return
        card = self._draw(allowed[0])
        open_form(client, body, modals.remediate_form(card, channel), channel)

    def _open_ignore(self, body: Body, client: WebClient, finding_id: str, channel: str) -> None:
        allowed = may_ignore(self._desk, finding_id, self._actor(body))
        if isinstance(allowed, Refused):
            tell(client, user_of(body), channel, allowed)
            return
        card = self._draw(allowed)
        today = self._desk.now().date()
        form = modals.ignore_form(card, channel, self._desk.rule(allowed), today)
        open_form(client, body, form, channel)

    def _actor(self, body: Body) -> Actor:
        team = (body.get("user") or {}).get("team_id") if isinstance(body.get("user"), dict) else ""
        return self._people.actor(user_of(body), team or "")

    def _visible(self, actor: Actor, channels: frozenset[str]) -> frozenset[str]:
        seen = (visible_teams(actor, channel, self._desk.teams) for channel in channels)
        return frozenset().union(*seen)
