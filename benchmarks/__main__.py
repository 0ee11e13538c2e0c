"""``python -m benchmarks [name ...]``: runs the benchmarks named, or all, and prints tables."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks import allowlist, intake, memory, status
from benchmarks.figures import Figure, table

BENCHMARKS: Mapping[str, Callable[[], Iterable[Figure]]] = {
    "allowlist": allowlist.measure,
    "intake": intake.measure,
    "memory": memory.measure,
    "status": status.measure,
}


def main(names: Sequence[str]) -> int:
    """Return 0 where every target was met, 1 where one was not, 2 for an unknown name."""
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}\n")
        return 2
    met = True
    for name in names or BENCHMARKS:
        figures = tuple(BENCHMARKS[name]())
        sys.stdout.write(f"{name}\n{table(figures)}\n\n")
        sys.stdout.flush()
        met = met and all(figure.met for figure in figures)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
