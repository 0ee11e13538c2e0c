"""``bot.py run`` by a clock that is set while it runs: ``CLOCK`` names a file with the seconds.

Only the wall clock is set, as an operator or NTP would do it: the monotonic clock goes on.
"""

import datetime as module
import os
import runpy
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CLOCK = Path(os.environ["CLOCK"])
_now, _seconds = module.datetime.now, time.time


def offset() -> float:
    return float(_CLOCK.read_text() or 0)


class Shifted(module.datetime):
    """A time; what time it is the file decides."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_seconds() + offset(), tz)


module.datetime = Shifted
time.time = lambda: _seconds() + offset()
sys.argv = ["bot.py", "run"]
sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "bot.py"), run_name="__main__")
