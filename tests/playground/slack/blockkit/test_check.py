"""Whatever JSON comes, it is answered and left as it was."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.slack.blockkit import Fault, check_message, check_view
from tests.playground.slack.blockkit.made import Json, actions, field, modal
from tests.playground.slack.blockkit.test_blocks import ALERT, GOOD
from tests.playground.slack.blockkit.test_elements import EVERY, INPUTS

#: Words that lead the checker further in than chance would.
NAMES = sorted({name for block in GOOD.values() for name in block} | {"text", "url", "value"})
TYPES = sorted({block["type"] for block in [*GOOD.values(), *EVERY.values()]} | {"plain_text"})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(TYPES),
    st.sampled_from(["https://example.org", "2026-01-31", "12:30", "-1.5", "x" * 3001]),
)
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=4),
        st.builds(
            lambda kind, more: {**more, "type": kind},
            st.sampled_from(TYPES),
            st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
        ),
    ),
    max_leaves=30,
)
TAKEN = [
    *GOOD.values(),
    ALERT,
    *(field(each) if each in INPUTS.values() else actions(each) for each in EVERY.values()),
]


@given(ANY_JSON)
def test_any_json_is_answered_as_a_message(payload: object) -> None:
    assert all(isinstance(fault, Fault) for fault in check_message(payload))


@given(ANY_JSON)
def test_any_json_is_answered_as_a_view(payload: object) -> None:
    assert all(isinstance(fault, Fault) for fault in check_view(payload))


@given(st.sampled_from(TAKEN), st.data())
def test_a_good_block_with_anything_in_one_place_is_answered(block: Json, data: Any) -> None:
    broken = copy.deepcopy(block)
    holder, place = data.draw(st.sampled_from(_places(broken)))
    holder[place] = data.draw(ANY_JSON)

    assert all(fault.pointer.startswith("/blocks") for fault in check_message([broken]))
    assert all(fault.pointer.startswith("/view") for fault in check_view(modal(broken)))


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan"), "\ud800"])
def test_values_at_the_edge_of_json_are_answered(value: object) -> None:
    pie = {"type": "pie", "segments": [{"label": "A", "value": value}]}

    check_message([{"type": "data_visualization", "title": value, "chart": pie}])


def test_a_very_deep_payload_is_answered() -> None:
    deep: Json = {}
    for _ in range(5000):
        deep = {"type": "container", "title": {}, "child_blocks": [deep]}

    assert check_message([deep]) != []


@given(ANY_JSON)
def test_what_is_checked_is_left_as_it_was(payload: object) -> None:
    before = repr(payload)

    check_message(payload)
    check_view(payload)

    assert repr(payload) == before


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return each place in a payload, as what holds it and its key or index there."""
    keys = value if isinstance(value, dict) else range(len(value))
    inner = [value[key] for key in keys if isinstance(value[key], dict | list)]
    return [(value, key) for key in keys] + [place for each in inner for place in _places(each)]
