"""How the process uses memory and threads. It runs before others, as notifiers.terminal does."""

import ctypes
import sys

#: https://man7.org/linux/man-pages/man3/mallopt.3.html
_M_ARENA_MAX = -8
_HEAPS = 2
#: Python's own is 5 ms: with a dozen threads at work in a storm, an answer to a person would wait
#: for all of them at each of its steps.
_TURN_SECONDS = 0.0005


def take_short_turns() -> None:
    """Let threads take turns often, so that one that has little to do is done soon."""
    sys.setswitchinterval(_TURN_SECONDS)


def share_heaps() -> None:
    """Let threads share two heaps.

    glibc gives each new thread one of its own, up to eight for each processor, and none of them
    gives back what is in pieces: after a storm that is 30 MB. Other C libraries do not do so.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, _HEAPS)
