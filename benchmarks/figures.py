"""What a benchmark found, and the table that it is printed in. Pure."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, beside what it is judged by.

    *target* bounds the ratio to *baseline* where there is one, else the figure itself: from below
    where *more_is_better*, else from above. Without a target the figure is there to be known.
    """

    name: str
    measured: float
    unit: str
    baseline: float | None = None
    target: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        return self.measured / self.baseline if self.baseline else None

    @property
    def judged(self) -> float:
        return self.measured if self.ratio is None else self.ratio

    @property
    def met(self) -> bool:
        if self.target is None:
            return True
        return self.judged >= self.target if self.more_is_better else self.judged <= self.target


_HEADINGS = ("what", "measured", "baseline", "ratio", "target", "")


def table(figures: Iterable[Figure]) -> str:
    """Return *figures* as lines of aligned columns, one figure a line."""
    rows = [_HEADINGS, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def median(of: Sequence[float]) -> float:
    return statistics.median(of)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *rest = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((name, *rest)).rstrip()


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        f"{_number(figure.measured)} {figure.unit}",
        f"{_number(figure.baseline)} {figure.unit}" if figure.baseline else "",
        f"{figure.ratio:.2f}" if figure.ratio else "",
        _target(figure),
        "" if figure.target is None else "met" if figure.met else "NOT MET",
    )


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    unit = "" if figure.baseline else f" {figure.unit}"
    return f"{'>=' if figure.more_is_better else '<='} {figure.target:g}{unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
