"""The port of a local product on 127.0.0.1."""

import socket

HOST = "127.0.0.1"


class PortTakenError(Exception):
    """Another program listens at the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} of {HOST} is taken: stop the program that listens there,"
            " or choose another port."
        )


def listen(port: int) -> socket.socket:
    """Return a socket that listens at *port*, 0 for any that is free; raises PortTakenError."""
    # asyncio turns off Nagle's delay (40 ms an answer) only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(port) from error
    listener.listen(128)
    return listener
