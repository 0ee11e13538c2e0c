"""The ``data_visualization`` block as a drawing: points and paths in a fixed box. Pure.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 28
_RADIUS = 96
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """One filled or drawn path of a series, the *title* that it shows on pointing at it."""

    series: int
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to draw; *rows* are its figures, the first row their headings."""

    title: str
    kind: str
    shapes: tuple[Shape, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[Label, ...] = ()
    left: tuple[Label, ...] = ()
    x_label: str = ""
    y_label: str = ""

    @property
    def words(self) -> str:
        """Return the figures in one sentence for those who cannot see them."""
        return "; ".join(", ".join(row) for row in self.rows[1:])


def drawn(block: Mapping[str, Any]) -> Chart:
    title, chart = str(block.get("title", "")), block.get("chart") or {}
    if chart.get("type") == "pie":
        return _pie(title, chart.get("segments") or ())
    return _plot(title, chart)


def figure(value: float) -> str:
    return f"{value:,.10g}"


def _pie(title: str, segments: Sequence[Mapping[str, Any]]) -> Chart:
    values = [max(float(each["value"]), 0) for each in segments]
    total = sum(values) or 1
    shapes, begun = [], 0.0
    for index, (segment, value) in enumerate(zip(segments, values, strict=True)):
        share = value / total
        name = f"{segment['label']}: {figure(value)} ({share:.0%})"
        shapes.append(Shape(index, _slice(begun, share), name))
        begun += share
    rows = [(str(each["label"]), figure(float(each["value"]))) for each in segments]
    return Chart(
        title=title,
        kind="pie",
        shapes=tuple(shapes),
        names=tuple(f"{label}: {value}" for label, value in rows),
        rows=(("Label", "Value"), *rows),
    )


def _slice(begun: float, share: float) -> str:
    """Return a sector of the circle around (0, 0), from the top, clockwise."""
    # A whole circle has no two ends to draw an arc between.
    share = min(share, 0.99999)
    ends = [2 * math.pi * (begun + part) - math.pi / 2 for part in (0, share)]
    (x1, y1), (x2, y2) = ((_RADIUS * math.cos(a), _RADIUS * math.sin(a)) for a in ends)
    large = int(share > 0.5)
    arc = f"A{_RADIUS},{_RADIUS} 0 {large} 1 {x2:.2f},{y2:.2f}"
    return f"M0,0 L{x1:.2f},{y1:.2f} {arc} Z"


@dataclass(frozen=True, slots=True)
class _Scale:
    count: int
    lowest: float
    highest: float

    @property
    def step(self) -> float:
        return (WIDTH - _LEFT - _RIGHT) / max(self.count, 1)

    def x(self, index: float) -> float:
        return _LEFT + self.step * (index + 0.5)

    def y(self, value: float) -> float:
        span = (self.highest - self.lowest) or 1
        return HEIGHT - _BOTTOM - (value - self.lowest) / span * (HEIGHT - _TOP - _BOTTOM)


def _plot(title: str, chart: Mapping[str, Any]) -> Chart:
    axis = chart.get("axis_config") or {}
    categories = [str(each) for each in axis.get("categories") or ()]
    series = [(str(each["name"]), _values(each, categories)) for each in chart.get("series") or ()]
    every = [value for _, values in series for value in values] or [0.0]
    scale = _Scale(len(categories), min(0.0, *every), _round_up(max(0.0, *every)))
    draw = {"bar": _bars, "area": _area}.get(str(chart.get("type")), _line)
    shapes = [
        shape
        for index, (name, values) in enumerate(series)
        for shape in draw(scale, index, len(series), name, values, categories)
    ]
    figures = zip(categories, *(map(figure, values) for _, values in series), strict=False)
    return Chart(
        title=title,
        kind=str(chart.get("type")),
        shapes=tuple(shapes),
        names=tuple(name for name, _ in series),
        rows=(("", *(name for name, _ in series)), *figures),
        below=_below(scale, categories),
        left=_left(scale),
        x_label=str(axis.get("x_label", "")),
        y_label=str(axis.get("y_label", "")),
    )


def _values(series: Mapping[str, Any], categories: Sequence[str]) -> list[float]:
    known = {str(each["label"]): float(each["value"]) for each in series.get("data") or ()}
    return [known.get(category, 0.0) for category in categories]


def _bars(
    scale: _Scale, index: int, of: int, name: str, values: Sequence[float], labels: Sequence[str]
) -> list[Shape]:
    width = scale.step * 0.7 / of
    shapes = []
    for place, value in enumerate(values):
        left = scale.x(place) - scale.step * 0.35 + index * width
        top, base = scale.y(value), scale.y(0)
        path = f"M{left:.1f},{base:.1f} V{top:.1f} h{width - 1.5:.1f} V{base:.1f} Z"
        shapes.append(Shape(index, path, f"{name}, {labels[place]}: {figure(value)}"))
    return shapes


def _line(
    scale: _Scale, index: int, of: int, name: str, values: Sequence[float], labels: Sequence[str]
) -> list[Shape]:
    points = [f"{scale.x(place):.1f},{scale.y(value):.1f}" for place, value in enumerate(values)]
    told = ", ".join(f"{label} {figure(v)}" for label, v in zip(labels, values, strict=True))
    return [Shape(index, "M" + " L".join(points), f"{name}: {told}")] if points else []


def _area(
    scale: _Scale, index: int, of: int, name: str, values: Sequence[float], labels: Sequence[str]
) -> list[Shape]:
    first, last, base = scale.x(0), scale.x(len(values) - 1), scale.y(0)
    return [
        Shape(
            index,
            f"{line.path} L{last:.1f},{base:.1f} L{first:.1f},{base:.1f} Z",
            line.title,
        )
        for line in _line(scale, index, of, name, values, labels)
    ]


def _below(scale: _Scale, categories: Sequence[str]) -> tuple[Label, ...]:
    # Labels may be 20 characters long: with many of them only every second or third has room.
    every = max(1, math.ceil(len(categories) * max(map(len, categories), default=1) / 60))
    return tuple(
        Label(scale.x(index), HEIGHT - 10, text)
        for index, text in enumerate(categories)
        if index % every == 0
    )


def _left(scale: _Scale) -> tuple[Label, ...]:
    values = [
        scale.lowest + (scale.highest - scale.lowest) * tick / _TICKS for tick in range(_TICKS + 1)
    ]
    return tuple(Label(_LEFT - 8, scale.y(value), figure(value)) for value in values)


def _round_up(value: float) -> float:
    """Return the next number that four ticks divide well."""
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * step for step in (1, 2, 4, 8, 10) if size * step >= value)
