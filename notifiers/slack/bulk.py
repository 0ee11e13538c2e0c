"""What is pressed and submitted about all findings of one message: acknowledge, one call, answer.

Bolt hands in arguments by their names.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from commands.answers import Refused
from commands.bulk import agree_all, ignore_all, may_decide_all, members, remediate_all
from commands.desk import Desk
from commands.ignore import problems
from compliance.authority import Actor
from compliance.card import Account, Button
from compliance.finding import Finding
from compliance.group import GroupButton, gather
from ledger.reports import Reports
from notifiers.slack import group, modals
from notifiers.slack.blocks import Block
from notifiers.slack.bodies import Body, channel_of, channels_of
from notifiers.slack.replies import open_form, say_answer, tell


class BulkListeners:
    """The buttons of a group's card and of its list, and its two forms.

    *actor* says who pressed, *visible* which teams' findings they may see in some channels.
    """

    def __init__(
        self,
        desk: Desk,
        reports: Reports,
        accounts: Mapping[str, Account],
        actor: Callable[[Body], Actor],
        visible: Callable[[Actor, frozenset[str]], frozenset[str]],
    ) -> None:
        self._desk = desk
        self._reports = reports
        self._accounts = accounts
        self._actor = actor
        self._visible = visible

    def register(self, app: App) -> None:
        for button in (GroupButton.LIST.value, group.PREVIOUS, group.NEXT):
            app.action(button)(self.on_list)
        app.action(GroupButton.REMEDIATE.value)(self.on_remediate_all)
        app.action(GroupButton.AGREE.value)(self.on_agree_all)
        app.action(GroupButton.IGNORE.value)(self.on_ignore_all)
        app.view(group.REMEDIATE_ALL_FORM)(self.on_remediate_all_form)
        app.view(group.IGNORE_ALL_FORM)(self.on_ignore_all_form)

    def on_list(self, ack: Any, body: Body, respond: Any) -> None:
        ack()
        finding_id, page = group.read_page(body["actions"][0]["value"])

        def say(text: str, blocks: list[Block]) -> None:
            # A page that is turned takes the place of the one before; the card stays.
            is_private = bool(body["container"].get("is_ephemeral"))
            respond(
                text=text, blocks=blocks, response_type="ephemeral", replace_original=is_private
            )

        found = self._members(finding_id, body)
        if isinstance(found, Refused):
            say_answer(say, found)
        else:
            say(*group.list_message(found, page))

    def on_remediate_all(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        if found := self._decidable(body, client, Button.REMEDIATE):
            gathered = gather(found, self._desk.catalogue, self._accounts)
            form = group.remediate_all_form(gathered, channel_of(body), self._desk.now())
            open_form(client, body, form, channel_of(body))

    def on_ignore_all(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        if found := self._decidable(body, client, Button.IGNORE):
            gathered = gather(found, self._desk.catalogue, self._accounts)
            rule = self._desk.rule(found[0])
            form = group.ignore_all_form(gathered, channel_of(body), rule, self._desk.now())
            open_form(client, body, form, channel_of(body))

    def on_agree_all(self, ack: Any, body: Body, client: WebClient) -> None:
        ack()
        actor, finding_id = self._actor(body), body["actions"][0]["value"]
        answer = agree_all(self._desk, self._reports, finding_id, actor, self._desk.now())
        tell(client, actor.id, channel_of(body), answer)

    def on_remediate_all_form(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        ack()
        actor, origin = self._actor(body), modals.origin(view)
        opened_at = datetime.fromisoformat(origin.opened_at)
        answer = remediate_all(self._desk, self._reports, origin.finding_id, actor, opened_at)
        tell(client, actor.id, origin.channel, answer)

    def on_ignore_all_form(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        origin, form = modals.origin(view), modals.read_ignore(view)
        rule = self._desk.rule(self._desk.ledger.find(origin.finding_id))
        if found := problems(form, rule, self._desk.now().date()):
            ack(response_action="errors", errors=found)
            return
        ack()
        actor = self._actor(body)
        opened_at = datetime.fromisoformat(origin.opened_at)
        answer = ignore_all(self._desk, self._reports, origin.finding_id, actor, opened_at, form)
        tell(client, actor.id, origin.channel, answer)

    def _members(self, finding_id: str, body: Body) -> tuple[Finding, ...] | Refused:
        actor = self._actor(body)
        if refused := self._desk.refuse_to_tell(actor, finding_id, GroupButton.LIST.value):
            return refused
        visible = self._visible(actor, channels_of(body))
        return members(self._reports, finding_id, visible)

    def _decidable(self, body: Body, client: WebClient, button: Button) -> tuple[Finding, ...]:
        """Return what a form is about; nothing where whoever pressed was told why there is none."""
        actor, finding_id = self._actor(body), body["actions"][0]["value"]
        found = may_decide_all(self._desk, self._reports, finding_id, actor, button)
        if isinstance(found, Refused):
            tell(client, actor.id, channel_of(body), found)
            return ()
        return found
