"""``python -m benchmarks [name ...]``: runs the benchmarks named, or all, and prints tables."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks import allowlist, idle, intake, kills, rows, status, sweep, waiting
from benchmarks.figures import Figure, table
from benchmarks.ledgers import Ledgers, all_ledgers

BENCHMARKS: Mapping[str, Callable[[Ledgers], Iterable[Figure]]] = {
    "intake": intake.measure,
    "waiting": waiting.measure,
    "sweep": sweep.measure,
    "allowlist": allowlist.measure,
    "rows": rows.measure,
    "status": status.measure,
    "idle": idle.measure,
    "kills": kills.measure,
}


def main(names: Sequence[str]) -> int:
    """Return 0 where every target was met, 1 where one was not, 2 for an unknown name."""
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}\n")
        return 2
    met = True
    with all_ledgers() as ledgers:
        for name in names or BENCHMARKS:
            began = time.monotonic()
            figures = tuple(BENCHMARKS[name](ledgers))
            took = time.monotonic() - began
            sys.stdout.write(f"{name} ({took:.0f} s)\n{table(figures)}\n\n")
            sys.stdout.flush()
            met = met and all(figure.met for figure in figures)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
