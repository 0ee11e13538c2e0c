"""Ends a connection instead of answering: what was asked is done, and who asked never hears."""

import socket
from collections.abc import Callable, Iterable
from typing import Any

#: The header of an answer that gets lost on its way.
LOST = "X-Playground-Lost"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def cutting(application: Application) -> Application:
    """Return *application*, whose answers are cut off where they carry the header."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if any(name == LOST for name, _ in headers):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                raise ConnectionResetError("the answer is lost, as a test wants it")
            return start_response(status, headers, *rest)

        return application(environ, start)

    return answer
