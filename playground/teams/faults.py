"""What goes wrong on purpose: a test sets it, and the next calls that it fits suffer it."""

import re
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from playground.teams.tenant import Json


@dataclass(slots=True)
class Fault:
    """Calls whose method and path fit *path* are answered *status*; *times* of them, 0 for all.

    *is_done*: what was asked for is done all the same, and only its answer is lost.
    """

    path: str
    status: int
    code: str = "ServiceError"
    times: int = 1
    retry_after: int = 0
    is_done: bool = False


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def set(self, faults: list[Fault]) -> None:
        """Let exactly these happen; none ends them all."""
        self._faults = list(faults)

    def next(self, call: str) -> Fault | None:
        """Return the fault of *call* (``POST /teams/v3/…``), and count it."""
        for fault in self._faults:
            if re.search(fault.path, call):
                if fault.times == 1:
                    self._faults.remove(fault)
                elif fault.times:
                    fault.times -= 1
                return fault
        return None


def answer(fault: Fault) -> Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    return refusal(fault.status, fault.code, "A fault that was set.", headers)


def refusal(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error in the connector's own form."""
    body: Json = {"error": {"code": code, "message": message}}
    return JSONResponse(body, status, headers)
