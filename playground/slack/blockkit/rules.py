"""What must be true between the fields of one object, once each field is right. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from playground.slack.blockkit.kinds import Rule

Found = Iterator[tuple[str, str]]


def any_of(*names: str) -> Rule:
    """At least one of these fields stands."""

    def rule(value: Mapping[str, Any]) -> Found:
        if not any(name in value for name in names):
            yield "", f"must define either {_listed(names)}"

    return rule


def not_both(*names: str) -> Rule:
    """At most one of these fields stands."""

    def rule(value: Mapping[str, Any]) -> Found:
        if sum(name in value for name in names) > 1:
            yield "", f"must define only one of {_listed(names)}"

    return rule


def needs(name: str, other: str) -> Rule:
    """The field may be true only where the other is."""

    def rule(value: Mapping[str, Any]) -> Found:
        if value.get(name) and not value.get(other):
            yield f"/{name}", f"requires {other} to be true"

    return rule


def in_order(lower: str, upper: str) -> Rule:
    """One number is not above another; text inputs have numbers, number inputs have strings."""

    def rule(value: Mapping[str, Any]) -> Found:
        if lower in value and upper in value and Decimal(value[lower]) > Decimal(value[upper]):
            yield f"/{lower}", f"cannot be greater than {upper}"

    return rule


def initial_among_options(value: Mapping[str, Any]) -> Found:
    """What is selected at first matches an option exactly."""
    grouped = [option for group in value.get("option_groups", []) for option in group["options"]]
    options = [*value.get("options", []), *grouped]
    if "initial_option" in value and value["initial_option"] not in options:
        yield "/initial_option", "must exactly match one of the options"
    for index, initial in enumerate(value.get("initial_options", [])):
        if initial not in options:
            yield f"/initial_options/{index}", "must exactly match one of the options"


def initial_within_selectable(value: Mapping[str, Any]) -> Found:
    """No more is selected at first than a person may select."""
    most = value.get("max_selected_items")
    for name in ("initial_options", "initial_users", "initial_conversations", "initial_channels"):
        if most is not None and len(value.get(name, [])) > most:
            yield f"/{name}", f"no more than {most} items allowed"


def initial_text_fits(value: Mapping[str, Any]) -> Found:
    most = value.get("max_length")
    if most is not None and len(value.get("initial_value", "")) > most:
        yield "/initial_value", f"must be less than {most + 1} characters"


def numbers_fit(value: Mapping[str, Any]) -> Found:
    """Numbers have decimals only where allowed, and the first is between the others."""
    names = [name for name in ("initial_value", "min_value", "max_value") if name in value]
    for name in names:
        if not value["is_decimal_allowed"] and "." in value[name]:
            yield f"/{name}", "must be a whole number"
    yield from in_order("min_value", "max_value")(value)
    yield from in_order("min_value", "initial_value")(value)
    yield from in_order("initial_value", "max_value")(value)


def no_dispatch_of_files(value: Mapping[str, Any]) -> Found:
    """https://docs.slack.dev/reference/block-kit/blocks/input-block: dispatch_action"""
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        yield "/element/type", "unsupported type: file_input"


def rows_of_one_length(value: Mapping[str, Any]) -> Found:
    width = len(value["rows"][0])
    for index, row in enumerate(value["rows"]):
        if len(row) != width:
            yield f"/rows/{index}", f"must have {width} cells, as the header has"
    if value.get("row_header_column_index", 0) >= width:
        yield "/row_header_column_index", f"must be less than {width}"


def plain_header_row(value: Mapping[str, Any]) -> Found:
    for index, cell in enumerate(value["rows"][0]):
        if cell["type"] in {"rich_text", "action"}:
            yield f"/rows/0/{index}/type", f"unsupported type: {cell['type']}"


def points_match_categories(value: Mapping[str, Any]) -> Found:
    """Series have names of their own, and one point for each category."""
    categories = sorted(value["axis_config"]["categories"])
    names: set[str] = set()
    for index, series in enumerate(value["series"]):
        if series["name"] in names:
            yield f"/series/{index}/name", "must be unique"
        names.add(series["name"])
        if sorted(point["label"] for point in series["data"]) != categories:
            yield f"/series/{index}/data", "must have one label for each category"


def submit_for_inputs(value: Mapping[str, Any]) -> Found:
    """https://docs.slack.dev/reference/views/modal-views: submit"""
    if "submit" not in value and any(block["type"] == "input" for block in value["blocks"]):
        yield "", "missing required field: submit"


def _listed(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)
