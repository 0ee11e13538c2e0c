"""Fills in the templates."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from playground.slack.page import charts, dates, elements, shown
from playground.slack.page.host import Host
from playground.slack.page.reader import Reader

_FOLDER = Path(__file__).parent / "templates"


class Templates:
    """All templates, with what they may call."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.globals.update(
            chart=charts.drawn,
            chart_box=(charts.WIDTH, charts.HEIGHT),
            choices=elements.choices,
            clock=dates.clock,
            colour=elements.colour,
            field_name=elements.field_name,
            in_message=elements.in_message,
            in_view=elements.in_view,
            initials=elements.initials,
            pretty=shown.pretty,
            values=elements.values,
        )

    def page(self, name: str, reader: Reader, /, **facts: Any) -> str:
        return self._environment.get_template(name).render(
            reader=reader,
            user=reader.user,
            workspace=reader.workspace,
            host=self._host,
            app=self._host.app,
            **facts,
        )

    def part(self, name: str, reader: Reader, /, **facts: Any) -> Markup:
        return Markup(self.page(name, reader, **facts))  # noqa: S704 - a template's own output
