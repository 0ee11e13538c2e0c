"""Files: offered to one person in their chat with the bot, and saved in their own OneDrive.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from commands.answers import Export, Refused
from commands.reception import Reception
from compliance.channel import Channel
from ledger.rooms import Room
from notifiers.chat import ChatBusyError, ChatRefusedError, InDoubtError
from notifiers.teams.activities import Activity, UnreadableActivityError
from notifiers.teams.answers import answer_card
from notifiers.teams.cards import Viewing
from notifiers.teams.connector import Connector, patiently, reading
from notifiers.teams.directory import Directory
from notifiers.teams.elements import message
from notifiers.teams.errors import posting
from notifiers.teams.microsoft import FAILURES, Http
from notifiers.teams.sight import Sight
from notifiers.teams.text import Element

log = logging.getLogger(__name__)

#: What a person presses on the offer of a file.
CONSENT = "fileConsent/invoke"
_OFFER = "application/vnd.microsoft.teams.card.file.consent"
_SAVED = "application/vnd.microsoft.teams.card.file.info"
#: Where OneDrive for work takes files, in each of Microsoft's clouds. The address comes from the
#: person's own client, which could name any other.
_ONEDRIVE = (".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us")
_NOT_SAVED = Refused(
    "The file could not be saved in your OneDrive, and the bot's log says why. Ask again, or write "
    "findings to see them page by page."
)
_NOT_SEEN = Refused("You are not in the channel where this file was asked for: ask again there.")


class _Upload(BaseModel):
    """Where a file can be put, as OneDrive says it to the person's client."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    url: str = Field(validation_alias="uploadUrl", max_length=4000)
    content_url: str = Field(validation_alias="contentUrl", max_length=4000)
    name: str = Field(max_length=400)
    id: str = Field(validation_alias="uniqueId", max_length=400)
    kind: str = Field(default="csv", validation_alias="fileType", max_length=20)


class _Context(BaseModel):
    """What was asked for, as the offer kept it; a client could change it, so that it is checked."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    question: str = Field(max_length=4000)
    channel: str = Field(default="", max_length=400)


class _Consent(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    action: str
    context: _Context
    upload: _Upload | None = Field(default=None, validation_alias="uploadInfo")


def offer(export: Export, question: str, channel: str) -> Element:
    """Return a message that asks whether to save *export*, which answers *question*."""
    content = {
        "description": export.text,
        "sizeInBytes": len(export.content.encode()),
        "acceptContext": {"question": question, "channel": channel},
        "declineContext": {"question": question},
    }
    attachment = {"contentType": _OFFER, "name": export.filename, "content": content}
    return {"type": "message", "summary": export.text, "attachments": [attachment]}


class Files:
    """Saves what somebody consented to; its content is asked for anew, by who they are now.

    *own* is the address of what stands in for Microsoft, empty where nothing does.
    """

    def __init__(
        self,
        reception: Reception,
        sight: Sight,
        connector: Connector,
        directory: Directory,
        http: Http,
        own: str = "",
    ) -> None:
        self._reception = reception
        self._sight = sight
        self._connector = connector
        self._directory = directory
        self._http = http
        self._own = own

    def read(self, activity: Activity) -> Callable[[], None]:
        """Return what is to be done about a consent; raises UnreadableActivityError."""
        try:
            consent = _Consent.model_validate(activity.value)
        except ValidationError as error:
            raise UnreadableActivityError("not an answer to the offer of a file") from error
        if consent.action == "accept" and consent.upload:
            return partial(self._accepted, activity, consent.context, consent.upload)
        return partial(self._tidy, activity)

    def _accepted(self, activity: Activity, asked: _Context, upload: _Upload) -> None:
        try:
            posted = self._saved(activity, asked, upload)
        except Exception:
            # A person who waits for a file hears of it, and the log says what went wrong.
            log.exception("a file was not saved")
            posted = _NOT_SAVED
        if isinstance(posted, Refused):
            posted = message(answer_card(posted, Viewing()), posted.text)
        try:
            with posting():
                patiently(partial(self._connector.send, activity.room, posted))
        except (ChatBusyError, ChatRefusedError, InDoubtError) as error:
            log.warning("what became of a file was not taken", extra={"why": str(error)})
        self._tidy(activity)

    def _saved(self, activity: Activity, asked: _Context, upload: _Upload) -> Element | Refused:
        """Put the file where OneDrive waits for it; return what shows it."""
        if not self._is_onedrive(upload.url):
            log.warning("a file was not put there", extra={"host": urlsplit(upload.url).hostname})
            return _NOT_SAVED
        channels: frozenset[Channel] = frozenset()
        if asked.channel:
            if not self._is_in(asked.channel, activity):
                return _NOT_SEEN
            channels = self._directory.names(asked.channel)
        actor = self._sight.actor(activity)
        export = self._reception.answer(asked.question, actor, channels)
        if not isinstance(export, Export):
            return export if isinstance(export, Refused) else _NOT_SAVED
        try:
            self._http.upload(upload.url, export.content.encode())
        except FAILURES as error:
            log.warning("OneDrive did not take a file", extra={"why": str(error)})
            return _NOT_SAVED
        shown: dict[str, Any] = {"uniqueId": upload.id, "fileType": upload.kind}
        attachment = {"contentType": _SAVED, "contentUrl": upload.content_url,
                      "name": upload.name, "content": shown}  # fmt: skip
        return {"type": "message", "summary": export.text, "attachments": [attachment]}

    def _is_in(self, channel: str, activity: Activity) -> bool:
        room = Room(channel, activity.service_url)
        try:
            reading(partial(self._connector.member, room, activity.person))
        except (*FAILURES, ChatBusyError) as error:
            log.info("somebody is not seen to be in a channel", extra={"why": str(error)})
            return False
        return True

    def _is_onedrive(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            known = parts.scheme == "https" and parts.port in (None, 443)
        except ValueError:
            return False
        if self._own and url.startswith(f"{self._own.rstrip('/')}/"):
            return True
        return known and (parts.hostname or "").endswith(_ONEDRIVE)

    def _tidy(self, activity: Activity) -> None:
        """Take the offer away: it can be answered once."""
        if not activity.reply_to:
            return
        try:
            with posting():
                self._connector.delete(activity.room, activity.reply_to)
        except (ChatBusyError, ChatRefusedError, InDoubtError) as error:
            log.info("an offer stays", extra={"why": str(error)})
