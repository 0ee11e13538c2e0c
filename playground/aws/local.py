"""Starts, moves and stops the local AWS."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from playground.aws import patches, sessions, wire
from playground.aws.clients import OWN_SESSION, Clients
from playground.aws.cutting import cutting
from playground.aws.install import (
    TOOLING,
    Tooling,
    install_accounts,
    install_tooling,
    setup_role,
)
from playground.aws.organization import install_organization
from playground.aws.pace import Faults, Pace, Stamps
from playground.aws.records import Place
from playground.aws.service import ConfigService
from playground.aws.sessions import Session

log = logging.getLogger(__name__)

_HOST = "127.0.0.1"
_BEAT = timedelta(milliseconds=250)


class LocalAws:
    """moto's server with AWS Config's compliance side; made by ``start``, ended by ``stop``.

    Nothing moves by itself until ``run``: a test calls ``tick``.
    """

    def __init__(
        self,
        endpoint_url: str,
        service: ConfigService,
        clients: Clients,
        tooling: Tooling,
        key_arns: Mapping[Place, str],
        assumed: Sequence[Session],
        ended: ExitStack,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.faults = service.faults
        self.clients = clients
        self.tooling = tooling
        self.key_arns = key_arns
        self._assumed = assumed
        self._service = service
        self._ended = ended
        self._ticking = Lock()
        self._stopping = Event()
        self._thread: Thread | None = None

    def environment(self) -> dict[str, str]:
        """Return what a bot needs to find this AWS and to be in the tooling account."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": TOOLING.region,
            "AWS_DEFAULT_REGION": TOOLING.region,
            "AWS_ACCESS_KEY_ID": self.tooling.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.tooling.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "QUEUE_URLS": self.tooling.queue_url,
        }

    @property
    def sessions(self) -> list[Session]:
        """Every AssumeRole so far, oldest first, but for the playground's own."""
        return [session for session in self._assumed if session.name != OWN_SESSION]

    def tick(self) -> None:
        """Do what is due, and publish what came of it, in order."""
        with self._ticking:
            sns = self.clients.of(setup_role(TOOLING.account), "sns", TOOLING.region)
            for notification in self._service.tick():
                sns.publish(
                    TopicArn=self.tooling.topic_arn,
                    Subject=notification.subject,
                    Message=notification.message,
                )

    def run(
        self,
        advance: Callable[[], object] | None = None,
        every: timedelta = timedelta(seconds=45),
    ) -> None:
        """Tick in a thread of its own; call *advance* (the story's) *every* so often."""
        self._thread = Thread(
            target=self._run, args=(advance, every), name="local-aws", daemon=True
        )
        self._thread.start()

    def _run(self, advance: Callable[[], object] | None, every: timedelta) -> None:
        beats = 0
        while not self._stopping.wait(_BEAT.total_seconds()):
            beats += 1
            try:
                if advance is not None and beats % max(1, every // _BEAT) == 0:
                    advance()
                self.tick()
            except Exception:
                # A user of the demo may delete anything; the rest must go on.
                log.exception("the local AWS missed a beat")

    def stop(self) -> None:
        """End the thread and the server; may be called again."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._ended.close()


class _QuietHandler(MotoRequestHandler):
    """Errors are still logged, every single request is not."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _now() -> datetime:
    return datetime.now(UTC)


def start(
    catalogue: Mapping[str, Any],
    accounts: Sequence[Mapping[str, Any]],
    *,
    port: int = 0,
    pace: Pace | None = None,
    clock: Callable[[], datetime] = _now,
    role_name: str = "compliance-bot",
) -> LocalAws:
    """Start an AWS on 127.0.0.1 in which *accounts* have the *catalogue*'s rules.

    *catalogue* is the ``rules:`` map of rules.yaml, *accounts* the ``accounts:`` list of bot.yaml
    (``id`` and ``regions`` are read). One at a time: moto keeps its state in the process.
    """
    with ExitStack() as undo:
        server = make_server(
            _HOST,
            port,
            cutting(DomainDispatcherApplication(create_backend_app)),
            threaded=True,
            request_handler=_QuietHandler,
        )
        undo.callback(server.server_close)
        endpoint_url = f"http://{_HOST}:{server.server_port}"
        clients = Clients(endpoint_url)
        undo.callback(clients.close)
        service = ConfigService(Stamps(clock), pace or Pace(), Faults(), clients)
        undo.enter_context(wire.joined(service))
        undo.enter_context(patches.applied())
        assumed = undo.enter_context(sessions.recorded())
        BackendDict.reset()
        undo.callback(BackendDict.reset)
        thread = Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="moto", daemon=True
        )
        thread.start()
        undo.callback(thread.join)
        undo.callback(server.shutdown)
        install_organization(TOOLING, accounts)
        tooling = install_tooling(clients)
        keys = install_accounts(clients, catalogue, accounts, tooling.topic_arn, role_name)
        return LocalAws(endpoint_url, service, clients, tooling, keys, assumed, undo.pop_all())
