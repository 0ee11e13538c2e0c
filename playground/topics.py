"""What changes, as those hear of it who want to: by topics, words of the product's own."""

import asyncio
from collections.abc import AsyncGenerator


class Topics:
    """Everything here runs in one event loop, so nothing is locked."""

    def __init__(self) -> None:
        self._subscribers: set[asyncio.Queue[str | None]] = set()

    def changed(self, topic: str) -> None:
        for queue in self._subscribers:
            queue.put_nowait(topic)

    def close(self) -> None:
        """End every subscription: the server stops."""
        for queue in self._subscribers:
            queue.put_nowait(None)

    async def subscribe(self) -> AsyncGenerator[str, None]:
        """Yield topics as they change, until the subscriber goes away or the server stops."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._subscribers.add(queue)
        try:
            while (topic := await queue.get()) is not None:
                yield topic
        finally:
            self._subscribers.discard(queue)
