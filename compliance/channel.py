"""Channels of chat products, messages in them, and ids that name their product. Pure."""

from dataclasses import dataclass

#: Ids without a product are of the first product that the bot knew.
SLACK = "slack"


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """Where a team reads: the chat product and its own id of the channel."""

    product: str
    id: str

    def __str__(self) -> str:
        return f"{self.product}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Channel":
        """Return the channel that ``slack:C0HOUSING`` names; a bare id is one of Slack's.

        Only the first colon separates: a thread of Teams has colons in its own id.
        """
        product, colon, own = text.partition(":")
        return cls(product, own) if colon else cls(SLACK, text)


def qualified(text: str) -> str:
    """Return a person's or a group's id with its product: ``slack:U0HANNAH``."""
    return text if ":" in text else f"{SLACK}:{text}"


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A message in a channel; *id* is the chat product's own."""

    channel: Channel
    id: str
