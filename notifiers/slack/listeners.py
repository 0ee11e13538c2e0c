"""What people press, submit and type in Slack: acknowledge, ask the reception, show its answer."""

import logging
import re
from collections.abc import Callable
from typing import Any, TypeGuard

from slack_bolt import App
from slack_sdk import WebClient

from commands.answers import Answer, Ask, Offer, Refused
from commands.forms import Form
from commands.reception import UNAVAILABLE, Asked, Reception
from compliance.authority import Actor
from compliance.channel import Channel, Message
from compliance.press import Button
from ledger.errors import LedgerUnavailableError
from notifiers.slack import modals
from notifiers.slack.blocks import MENU
from notifiers.slack.bodies import (
    Body,
    channel_of,
    channels_of,
    is_private,
    is_said_by_a_person,
    message_of,
    pressed_of,
    user_of,
    workspace_of,
)
from notifiers.slack.group import read_press
from notifiers.slack.home import home_view
from notifiers.slack.lists import ASK, NEXT, PREVIOUS, TURN
from notifiers.slack.people import People
from notifiers.slack.replies import Replies

log = logging.getLogger(__name__)

FAILED = (
    "The bot could not finish this, and its log says why. Look at the card for what has been done "
    "before you try again; if it happens again, ask the people who run the bot for help."
)
ASKED = "{what}: go on, and you read what it does before you confirm it."
#: Buttons that ask what they say; the number makes those of one row different.
_ASKS = re.compile(rf"^({ASK}|{TURN})( .*)?$")
#: Every button of ours, also with the verb of a request behind it, and every menu.
_BUTTONS = re.compile(rf"^({'|'.join([*Button, PREVIOUS, NEXT, MENU])})( [A-Za-z0-9-]+)?$")


#: Hears of each message that was pressed, and of the finding that its button is about.
OnPress = Callable[[str, Message], None]


def ignored(finding_id: str, message: Message) -> None:
    """A press on a message that nobody has to mend."""


class Listeners:
    """Bolt's listeners. Bolt hands in arguments by their names.

    *on_press* hears where each press was made: a message that the ledger does not know is mended.
    """

    def __init__(
        self,
        reception: Reception,
        people: People,
        on_press: OnPress = ignored,
    ) -> None:
        self._reception = reception
        self._people = people
        self._on_press = on_press

    def register(self, app: App) -> None:
        app.error(self.on_error)
        app.command("/compliance")(self.on_command)
        app.action(_BUTTONS)(self.on_button)
        app.action(_ASKS)(self.on_ask)
        app.event("app_home_opened")(self.on_home)
        app.event("app_mention")(self.on_message)
        app.event("message")(self.on_message)
        app.view(modals.FORM)(self.on_submit)

    def on_error(self, error: Exception, body: Body, client: WebClient) -> None:
        """Whatever else goes wrong is logged here, and the person who waits gets an answer."""
        text = FAILED
        if isinstance(error, LedgerUnavailableError):
            log.warning("a press waits for the ledger", extra={"why": str(error)})
            text = UNAVAILABLE
        else:
            log.error("a press or a command failed", exc_info=error)
        is_asked = (body.get("event") or {}).get("type") in ("message", "app_mention")
        if body.get("user") or body.get("user_id") or is_asked:
            self._replies(client).reply(user_of(body), channel_of(body), Refused(text))

    def on_command(self, ack: Any, body: Body, client: WebClient, respond: Any) -> None:
        ack()
        answer = self._ask(body.get("text") or "", body, channels_of(body))
        if isinstance(answer, Form):
            self._replies(client).open(body, answer)
        else:
            self._replies(client).respond(respond, body, answer)

    def on_message(self, ack: Any, body: Body, event: Body, client: WebClient) -> None:
        """Answer a mention of the bot, or a direct message, as the same text after the command.

        A mention is answered to its writer alone, in its thread if it is in one: what they may see
        others there may not.
        """
        ack()
        is_direct = event.get("channel_type") == "im"
        is_mention = event["type"] == "app_mention"
        if not is_said_by_a_person(event) or not (is_direct or is_mention):
            return
        text = event.get("text") or ""
        channels = frozenset() if is_direct else self._people.channels(channel_of(body))
        answer = self._ask(text, body, channels)
        if isinstance(answer, Form):
            # Only a press lets Slack open a form.
            answer = Offer(ASKED.format(what=answer.title), (Ask("Go on", text, answer.title),))
        thread = event.get("thread_ts") or ""
        self._replies(client).reply(user_of(body), channel_of(body), answer, thread)

    def on_ask(self, ack: Any, body: Body, client: WebClient, respond: Any) -> None:
        """Ask what the button says. A page that is turned takes the place of the one before."""
        ack()
        pressed = body["actions"][0]
        answer = self._ask(pressed["value"], body, channels_of(body))
        is_turned = pressed["action_id"].startswith(TURN)
        if isinstance(answer, Form) or _is_in_place_of_a_form(answer):
            self._replies(client).open(body, answer)
        elif is_turned and channel_of(body):
            self._replies(client).respond(respond, body, answer, replace=True)
        else:
            self._replies(client).reply(user_of(body), channel_of(body), answer)

    def on_button(self, ack: Any, body: Body, client: WebClient, respond: Any) -> None:
        ack()
        press = read_press(*pressed_of(body))
        if message := message_of(body):
            self._on_press(press.finding_id, message)
        answer = self._ask(press, body, channels_of(body))
        if isinstance(answer, Form) or _is_in_place_of_a_form(answer):
            self._replies(client).open(body, answer)
        elif press.button is Button.LIST:
            # A page that is turned takes the place of the one before; the card stays.
            self._replies(client).respond(respond, body, answer, replace=is_private(body))
        else:
            self._reply(client, body, channel_of(body), answer)

    def on_submit(self, ack: Any, body: Body, view: Body, client: WebClient) -> None:
        submission, channel = modals.read_submission(view)
        if wrong := self._reception.check(submission):
            ack(response_action="errors", errors=dict(wrong.problems))
            return
        ack()
        self._reply(client, body, channel, self._ask(submission, body))

    def on_home(self, ack: Any, event: Body, client: WebClient) -> None:
        ack()
        if event.get("tab", "home") == "home":
            self._publish_home(client, event["user"], self._people.actor(event["user"]))

    def _ask(self, asked: Asked, body: Body, channels: frozenset[Channel] = frozenset()) -> Answer:
        return self._reception.answer(asked, self._actor(body), channels)

    def _replies(self, client: WebClient) -> Replies:
        return Replies(client, self._people.link)

    def _reply(self, client: WebClient, body: Body, channel: str, answer: Answer) -> None:
        """Answer a decision; a person who decided in the Home tab sees it there as well."""
        self._replies(client).reply(user_of(body), channel, answer)
        if not channel:
            self._publish_home(client, user_of(body), self._actor(body))

    def _publish_home(self, client: WebClient, user: str, actor: Actor) -> None:
        view = home_view(self._reception.home(actor), self._people.link)
        client.views_publish(user_id=user, view=view)

    def _actor(self, body: Body) -> Actor:
        return self._people.actor(user_of(body), workspace_of(body))


def _is_in_place_of_a_form(answer: Answer) -> TypeGuard[Refused]:
    """Whether somebody pressed a button whose form they may not send."""
    return isinstance(answer, Refused) and bool(answer.confirmation)
