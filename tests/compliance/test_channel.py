"""Channels, and ids that name their chat product."""

import pytest

from compliance.channel import Channel, Message, qualified


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("C0HOUSING", Channel("slack", "C0HOUSING")),
        ("slack:C0HOUSING", Channel("slack", "C0HOUSING")),
        ("teams:19:meeting_x@thread.v2", Channel("teams", "19:meeting_x@thread.v2")),
    ],
)
def test_a_channel_names_its_product_and_a_bare_id_is_slacks(text, channel):
    assert Channel.parse(text) == channel
    assert Channel.parse(str(channel)) == channel


@pytest.mark.parametrize(
    ("text", "id_"), [("U0HANNAH", "slack:U0HANNAH"), ("teams:8a-1", "teams:8a-1")]
)
def test_a_person_names_their_product_and_a_bare_id_is_slacks(text, id_):
    assert qualified(text) == id_


def test_messages_are_in_the_order_of_their_channels_and_ids():
    first, second = Channel("slack", "C1"), Channel("slack", "C2")
    messages = [Message(second, "1.0"), Message(first, "2.0"), Message(first, "1.0")]

    assert sorted(messages) == [messages[2], messages[1], messages[0]]
