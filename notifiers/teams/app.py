"""``POST /api/messages``: what Teams sends, once it is known that Teams sent it."""

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from compliance.authority import Actor, Standing
from notifiers.teams.activities import Activity, UnreadableActivityError, read_activity
from notifiers.teams.answers import notice_card
from notifiers.teams.directory import Directory
from notifiers.teams.elements import CONTENT_TYPE
from notifiers.teams.files import CONSENT, Files
from notifiers.teams.once import Once
from notifiers.teams.pace import Limiter
from notifiers.teams.presses import Presses
from notifiers.teams.questions import FAILED, Questions
from notifiers.teams.text import PRODUCT
from notifiers.teams.verify import ForgedError, KeysUnreachableError, Verifier

log = logging.getLogger(__name__)

#: An activity with a whole form in it has a few KB.
_BODY_MAX = 256 * 1024
_PRESS = "adaptiveCard/action"
_TEAMS = "msteams"
_REFUSED = "not signed by Microsoft for this bot and tenant\n"

#: Anybody on the internet can name anybody: so many names an hour are written down, each so often.
_AUDITED_OF_ONE, _AUDITED = ((10, 3_600.0),), ((100, 3_600.0),)

#: Keeps in the audit log whom the bot did not let in, and why.
Audit = Callable[[Actor, str], None]


class Endpoint:
    """Lets in what Microsoft signed for this bot and its own tenant, and hands it on."""

    def __init__(
        self,
        verifier: Verifier,
        tenant: str,
        presses: Presses,
        questions: Questions,
        files: Files,
        directory: Directory,
        audit: Audit,
    ) -> None:
        self._files = files
        self._verifier = verifier
        self._tenant = tenant
        self._on_press = presses.on_press
        self._on_message = questions.on_message
        self._directory = directory
        self._audit = audit
        self._of_one, self._of_all = Limiter(_AUDITED_OF_ONE), Limiter(_AUDITED)
        self._presses: Once[Mapping[str, Any]] = Once()
        self._messages: Once[None] = Once()

    def route(self) -> Route:
        return Route("/api/messages", self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        authorization = request.headers.get("authorization", "")
        if not authorization:
            return PlainTextResponse(_REFUSED, 401)
        body = await request.body()
        if len(body) > _BODY_MAX:
            return PlainTextResponse("too large\n", 413)
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return PlainTextResponse("not JSON\n", 400)
        if not isinstance(document, dict):
            return PlainTextResponse("not an activity\n", 400)
        return await run_in_threadpool(self._admit, document, authorization)

    def _admit(self, document: Mapping[str, Any], authorization: str) -> Response:
        try:
            self._verifier.verify(authorization, str(document.get("serviceUrl") or ""))
            activity = read_activity(document)
            if activity.tenants != {self._tenant}:
                raise ForgedError("it is of another tenant")
        except ForgedError as error:
            self._note(document, str(error))
            return PlainTextResponse(_REFUSED, 401)
        except KeysUnreachableError as error:
            log.error("Microsoft's keys are out of reach", extra={"why": str(error)})
            return PlainTextResponse("try again\n", 503)
        except UnreadableActivityError as error:
            log.warning("an activity cannot be read", extra={"why": str(error)})
            return PlainTextResponse("not an activity\n", 400)
        return self._answer(activity)

    def _answer(self, activity: Activity) -> Response:
        if activity.channel != _TEAMS:
            return PlainTextResponse("not from Microsoft Teams\n", 400)
        match activity.type:
            case "invoke" if activity.name == _PRESS:
                return JSONResponse(self._pressed(activity))
            case "invoke" if activity.name == CONSENT:
                return self._consented(activity)
            case "invoke":
                return JSONResponse({}, 501)
            case "message":
                return Response(status_code=202, background=self._later(activity))
            case "installationUpdate" | "conversationUpdate":
                self._directory.on_event(activity)
            case _:
                log.info("an activity says nothing to the bot", extra={"type": activity.type[:50]})
        return Response(status_code=200)

    def _pressed(self, activity: Activity) -> Mapping[str, Any]:
        if not activity.person:
            return _error("Unauthorized", "Teams did not say who pressed.")
        if not activity.id:
            return self._press(activity)
        key = f"{activity.conversation.id} {activity.id}"
        return self._presses.do(key, partial(self._press, activity))

    def _press(self, activity: Activity) -> Mapping[str, Any]:
        try:
            self._directory.hear(activity)
            card = self._on_press(activity)
        except Exception:
            # A person who waits for an answer gets one, and the log says what went wrong.
            log.exception("a press failed")
            card = notice_card((FAILED,))
        return {"statusCode": 200, "type": CONTENT_TYPE, "value": card}

    def _consented(self, activity: Activity) -> Response:
        """Take an answer to the offer of a file; the file is saved beside."""
        if not activity.person or not activity.is_personal:
            return PlainTextResponse("not from a person's own chat\n", 400)
        try:
            save = self._files.read(activity)
        except UnreadableActivityError as error:
            log.warning("a consent cannot be read", extra={"why": str(error)})
            return PlainTextResponse("not a consent\n", 400)
        key = f"{activity.conversation.id} {activity.id or activity.reply_to}"
        later = BackgroundTask(self._messages.do, key, save)
        return JSONResponse({}, background=later)

    def _later(self, activity: Activity) -> BackgroundTask | None:
        """Return what answers a message: Teams waits for nothing but that it was taken."""
        if not activity.person or not activity.words:
            return None
        if not activity.id:
            return BackgroundTask(self._write, activity)
        key = f"{activity.conversation.id} {activity.id}"
        return BackgroundTask(self._messages.do, key, partial(self._write, activity))

    def _write(self, activity: Activity) -> None:
        self._directory.hear(activity)
        self._on_message(activity)

    def _note(self, document: Mapping[str, Any], why: str) -> None:
        """Log a request that was not let in; in the audit log as well where it names somebody."""
        sender = document.get("from")
        person = sender.get("aadObjectId") if isinstance(sender, dict) else None
        log.warning("a request to the bot is not Teams'", extra={"why": why})
        if not isinstance(person, str) or not person:
            return
        actor = Actor(f"{PRODUCT}:{person[:64]}", standing=Standing.EXTERNAL)
        if not self._of_one.wait(actor.id) and not self._of_all.wait(""):
            self._audit(actor, why)


def _error(code: str, message: str) -> Mapping[str, Any]:
    return {
        "statusCode": 401,
        "type": "application/vnd.microsoft.error",
        "value": {"code": code, "message": message},
    }
