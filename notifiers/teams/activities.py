"""Activities: what Teams sends when somebody writes, presses, or adds the app. Pure.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import html
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ledger.rooms import Room

#: Longer than any command; people paste logs.
_TEXT_MAX = 4000
_TAG = re.compile(r"<[^<>]{0,200}>")


class UnreadableActivityError(Exception):
    """It is no activity that Teams could have sent."""


def _or_nothing(given: Any) -> Any:
    return {} if given is None else given


def _or_empty(given: Any) -> Any:
    return "" if given is None else given


_Text = Annotated[str, BeforeValidator(_or_empty)]


class _Part(BaseModel):
    """What the bot does not know it does not read: Teams sends more every year."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore", frozen=True)


class _Account(_Part):
    id: _Text = ""
    name: _Text = ""
    aad_object_id: _Text = Field(default="", validation_alias="aadObjectId")


class _Conversation(_Part):
    id: _Text = ""
    kind: _Text = Field(default="", validation_alias="conversationType")
    tenant_id: _Text = Field(default="", validation_alias="tenantId")


class _Named(_Part):
    id: _Text = ""
    name: _Text = ""


class _Team(_Named):
    group: _Text = Field(default="", validation_alias="aadGroupId")


class _ChannelData(_Part):
    tenant: Annotated[_Named, BeforeValidator(_or_nothing)] = _Named()
    team: Annotated[_Team, BeforeValidator(_or_nothing)] = _Team()
    channel: Annotated[_Named, BeforeValidator(_or_nothing)] = _Named()
    event: _Text = Field(default="", validation_alias="eventType")


class _Entity(_Part):
    type: _Text = ""
    text: _Text = ""
    mentioned: Annotated[_Account, BeforeValidator(_or_nothing)] = _Account()


class Activity(_Part):
    """One activity. Everything that it says is untrusted until its token was verified."""

    type: str
    id: _Text = ""
    name: _Text = ""
    action: _Text = ""
    service_url: _Text = Field(default="", validation_alias="serviceUrl")
    channel: _Text = Field(default="", validation_alias="channelId")
    text: _Text = ""
    reply_to: _Text = Field(default="", validation_alias="replyToId")
    sender: Annotated[_Account, BeforeValidator(_or_nothing)] = Field(
        _Account(), validation_alias="from"
    )
    recipient: Annotated[_Account, BeforeValidator(_or_nothing)] = _Account()
    conversation: Annotated[_Conversation, BeforeValidator(_or_nothing)] = _Conversation()
    data: Annotated[_ChannelData, BeforeValidator(_or_nothing)] = Field(
        default=_ChannelData(), validation_alias="channelData"
    )
    entities: tuple[_Entity, ...] = ()
    added: tuple[_Account, ...] = Field(default=(), validation_alias="membersAdded")
    removed: tuple[_Account, ...] = Field(default=(), validation_alias="membersRemoved")
    value: Any = None

    @property
    def tenants(self) -> frozenset[str]:
        """Return every tenant that it names."""
        return frozenset(filter(None, (self.data.tenant.id, self.conversation.tenant_id)))

    @property
    def person(self) -> str:
        """Return the Entra object id of the person who did it, empty where Teams does not say."""
        return self.sender.aad_object_id

    @property
    def is_personal(self) -> bool:
        return self.conversation.kind == "personal"

    @property
    def thread(self) -> str:
        """Return the message below which it was written or pressed, in a channel."""
        _, _, message = self.conversation.id.partition(";messageid=")
        return message

    @property
    def room(self) -> Room:
        """Return where it happened: the conversation without the thread in it."""
        return Room(
            self.conversation.id.partition(";")[0],
            self.service_url,
            name=self.data.channel.name,
            team=self.data.team.id,
            group=self.data.team.group,
            person=self.person if self.is_personal else "",
        )

    @property
    def words(self) -> str:
        """Return what was written, without the mention of the bot and without markup."""
        text = self.text[:_TEXT_MAX]
        for entity in self.entities:
            if entity.type == "mention" and entity.mentioned.id == self.recipient.id:
                text = text.replace(entity.text or "\0", " ")
        text = html.unescape(_TAG.sub(" ", text))
        return " ".join(text.split()).removeprefix("/compliance").strip()

    @property
    def pressed(self) -> tuple[str, Mapping[str, Any]]:
        """Return the verb and the data of the button that was pressed; raises the error above."""
        action = self.value.get("action") if isinstance(self.value, dict) else None
        data = action.get("data") if isinstance(action, dict) else None
        verb = action.get("verb") if isinstance(action, dict) else None
        if not isinstance(verb, str) or not isinstance(data, dict | None):
            raise UnreadableActivityError("a press without a verb")
        return verb, data or {}


def read_activity(document: Any) -> Activity:
    """Return the activity; raises UnreadableActivityError."""
    try:
        return Activity.model_validate(document)
    except ValidationError as error:
        where = sorted({".".join(map(str, each["loc"])) for each in error.errors()})
        raise UnreadableActivityError(f"wrong or missing: {', '.join(where)}"[:300]) from None
