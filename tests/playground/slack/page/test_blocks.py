"""What a reader sees of blocks, and what a form sends of the elements in them."""

from dataclasses import replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from playground.slack.manifest import Manifest
from playground.slack.page import charts, elements, shown
from playground.slack.page.reads import Reads
from playground.slack.page.render import Templates
from tests.playground.slack.page.app import button, mrkdwn, plain, text_input
from tests.playground.slack.page.people import message, modal, reader
from tests.playground.slack.page.test_mrkdwn import Seen

_LONDON = ZoneInfo("Europe/London")
_OPTIONS = [{"text": plain("Low"), "value": "l"}, {"text": plain("High"), "value": "h"}]


def drawn(*blocks, **named):
    """Return a message's HTML as its reader gets it."""
    there = reader()
    there.workspace.put(
        message([{"block_id": f"b{i}", **b} for i, b in enumerate(blocks)], **named)
    )
    (line,), _ = shown.channel_lines(there, "C1")
    host = SimpleNamespace(app=Manifest("Bot", "bot"))
    return Templates(host).page("message.html", there, item=line)


def form(*blocks):
    there = reader()
    host = SimpleNamespace(app=Manifest("Bot", "bot"))
    return Templates(host).page("modal.html", there, view=modal(*blocks), plain=False)


CHART = {
    "type": "data_visualization",
    "title": "Open findings",
    "chart": {"type": "pie", "segments": [{"label": "High", "value": 3}]},
}
CELLS = [[{"type": "raw_text", "text": t} for t in row] for row in (("Rule", "Open"), ("rds", "4"))]


TASK = {"type": "task_card", "task_id": "1", "title": "Block public access", "status": "complete"}


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        ({"type": "plan", "title": "Steps", "tasks": [TASK]}, 'role="group" aria-label="Steps"'),
        ({"type": "plan", "title": "Steps", "tasks": [TASK]}, 'role="img" aria-label="done"'),
        (TASK, "Block public access"),
        ({"type": "header", "text": plain("\N{OCTAGONAL SIGN} Bad")}, 'aria-label="stop sign"'),
        ({"type": "header", "text": plain("A heading")}, "<h4>A heading</h4>"),
        (mrkdwn("*Bold* words"), "<strong>Bold</strong> words"),
        ({"type": "section", "fields": [plain("A field")]}, "A field"),
        ({"type": "context", "elements": [plain("In small")]}, "In small"),
        ({"type": "divider"}, "<hr>"),
        ({"type": "table", "rows": CELLS}, '<th scope="col" class="">Rule</th>'),
        (
            {"type": "data_table", "caption": "Rules", "rows": CELLS},
            '<caption class="hidden">Rules</caption>',
        ),
        (CHART, 'aria-label="Open findings. High, 3"'),
        ({"type": "markdown", "text": "## Title\n**b**"}, "<h4>Title</h4>"),
        ({"type": "alert", "level": "warning", "text": plain("Look")}, "Look"),
        ({"type": "card", "title": plain("A card"), "body": plain("body")}, "A card"),
        (
            {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "A map"},
            "Image: A map",
        ),
        ({"type": "hologram"}, "is not shown here"),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_a_block_is_shown(block, seen):
    assert seen in drawn(block)


def test_rich_text_keeps_its_styles_lists_and_links():
    text = {"type": "text", "text": "now", "style": {"bold": True}}
    link = {"type": "link", "url": "https://example.org", "text": "docs"}
    section = {"type": "rich_text_section", "elements": [text, link]}
    listed = {"type": "rich_text_list", "style": "bullet", "elements": [section]}

    seen = drawn({"type": "rich_text", "elements": [listed]})

    assert "<li><span" in seen
    assert "<strong>now</strong>" in seen
    assert 'href="https://example.org"' in seen


def test_no_image_is_fetched_from_elsewhere():
    image = {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "A map"}

    seen = drawn({**mrkdwn("text"), "accessory": image}, image)

    assert "img" not in Seen(seen).tags
    assert "A map" in seen


def test_a_button_is_named_by_its_text_and_sends_its_value():
    seen = drawn({"type": "actions", "elements": [button("Remediate", "go", style="primary")]})

    assert '<button class="primary" name="b0/go" value="F-1"' in seen
    assert ">Remediate</button>" in seen
    assert "block=b0&amp;action=go" in seen


def test_hostile_values_stay_in_their_attributes():
    hostile = '"><script>alert(1)</script>'
    nasty = button(hostile, hostile, value=hostile, accessibility_label=hostile)

    seen = Seen(drawn({"type": "actions", "elements": [nasty]}, text=hostile))

    assert "script" not in seen.tags


def test_a_form_names_each_field_and_says_which_are_optional():
    seen = form({"block_id": "t", **text_input("t", "Ticket"), "optional": True})

    assert '<label for="v-V1-t/input">Ticket <small>(optional)</small></label>' in seen
    assert 'id="v-V1-t/input"' in seen


@pytest.mark.parametrize("kind", ["radio_buttons", "checkboxes", "multi_static_select"])
def test_a_field_of_several_choices_is_a_group_with_a_legend(kind):
    element = {"type": kind, "action_id": "a", "options": _OPTIONS}

    seen = form({"type": "input", "block_id": "s", "label": plain("Severity"), "element": element})

    assert "<legend>Severity</legend>" in seen
    assert seen.count('name="s/a"') == 2


def test_what_was_chosen_is_selected():
    element = {"type": "static_select", "action_id": "a", "options": _OPTIONS}
    block = {"type": "section", "text": plain("Which"), "accessory": element}
    chosen = {"type": "static_select", "selected_option": _OPTIONS[1]}

    seen = drawn(block, state={"U1": {"b0": {"a": chosen}}})

    assert '<option value="h" selected>High</option>' in seen


def test_field_names_carry_any_ids():
    key = ("a/b &%", "ü\x1f/")

    assert elements.field_key(elements.field_name(*key)) == key


def test_a_date_and_time_goes_out_as_seconds_and_comes_back_in_the_readers_zone():
    assert elements.sent("datetimepicker", ["2026-07-01T09:00"], _LONDON) == ["1782892800"]
    element = {"type": "datetimepicker", "action_id": "a", "initial_date_time": 1782892800}
    assert elements.values(element, None, _LONDON) == ["2026-07-01T09:00"]


def test_an_ephemeral_message_says_who_sees_it():
    assert "Only visible to you" in drawn(text="psst", reader="U1")


def test_a_pie_of_one_segment_is_a_whole_circle():
    (slice_,) = charts.drawn(CHART).shapes

    assert slice_.title == "High: 3 (100%)"
    assert " 1 1 " in slice_.path


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_plot_has_all_figures_as_rows_too(kind):
    data = [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 0}]
    chart = charts.drawn(
        {
            "title": "New",
            "chart": {
                "type": kind,
                "series": [{"name": "New", "data": data}],
                "axis_config": {"categories": ["Mon", "Tue"]},
            },
        }
    )

    assert chart.shapes
    assert chart.rows == (("", "New"), ("Mon", "3"), ("Tue", "0"))
    assert chart.words == "Mon, 3; Tue, 0"


def test_only_the_newest_messages_are_shown_and_the_others_are_a_link_away():
    there = reader()
    for number in range(shown.WINDOW + 5):
        there.workspace.put(replace(message(text=f"{number}"), ts=f"17936{number:05}.000000"))

    lines, has_older = shown.channel_lines(there, "C1")
    before, _ = shown.channel_lines(there, "C1", before=lines[0].key)

    assert len(lines) == shown.WINDOW
    assert has_older
    assert [line.message.text for line in before] == ["0", "1", "2", "3", "4"]


def test_a_message_is_unread_until_its_channel_is_looked_at():
    there, reads = reader(), Reads()
    there.workspace.put(message(text="new"))
    assert reads.unread(there, "C1") == 1

    reads.read(there, "C1")

    assert reads.unread(there, "C1") == 0


def test_the_inspector_opens_json_that_travels_as_text():
    assert shown.pretty({"payload": '{"a": 1}'}) == '{\n  "payload": {\n    "a": 1\n  }\n}'
