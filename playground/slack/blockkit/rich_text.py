"""The rich text block and what it is made of. Pure.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from playground.slack.blockkit.kinds import Choice, Flag, Kind, ListOf, Number, OneOf, Shape, Text
from playground.slack.blockkit.objects import ID, URL


def _flags(*names: str) -> Shape:
    return Shape(optional={name: Flag() for name in names})


_STYLES = ("bold", "italic", "strike", "code", "underline")
_TEXT_STYLE = _flags(*_STYLES)
#: Slack documents three more styles for mentions than its types have.
_MENTION_STYLE = _flags(*_STYLES, "highlight", "client_highlight", "unlink")


def _element(required: dict[str, Kind], **optional: Kind) -> Shape:
    return Shape(required, {"style": _TEXT_STYLE, **optional})


def _mention(required: dict[str, Kind]) -> Shape:
    return Shape(required, {"style": _MENTION_STYLE})


_ELEMENTS = {
    "broadcast": _mention({"range": OneOf("here", "channel", "everyone")}),
    "channel": _mention({"channel_id": Text()}),
    "color": _element({"value": Text()}),
    "date": _element({"timestamp": Number(), "format": Text()}, url=URL, fallback=Text(least=0)),
    "emoji": _element({"name": Text()}, unicode=Text(), url=URL),
    "link": _element({"url": URL}, text=Text(least=0), unsafe=Flag()),
    "team": _mention({"team_id": Text()}),
    "text": _element({"text": Text()}),
    "user": _mention({"user_id": Text()}),
    "usergroup": _mention({"usergroup_id": Text()}),
}
_ANY = Choice(_ELEMENTS)
_UNFORMATTED = Choice({name: _ELEMENTS[name] for name in ("text", "link")})
_BORDER = OneOf(0, 1)
_SECTION = Shape({"elements": ListOf(_ANY, least=0)})

RICH_TEXT_BLOCK = Shape(
    {
        "elements": ListOf(
            Choice(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": Shape(
                        {
                            "style": OneOf("bullet", "ordered"),
                            "elements": ListOf(Choice({"rich_text_section": _SECTION})),
                        },
                        # offset is documented, but not in Slack's types
                        {"indent": Number(0), "offset": Number(0), "border": _BORDER},
                    ),
                    "rich_text_preformatted": Shape(
                        {"elements": ListOf(_UNFORMATTED)}, {"border": _BORDER}
                    ),
                    "rich_text_quote": Shape({"elements": ListOf(_ANY)}, {"border": _BORDER}),
                }
            ),
            least=0,
        )
    },
    {"block_id": ID},
)
#: The block where it stands in another object, not in a list of blocks.
RICH_TEXT = Choice({"rich_text": RICH_TEXT_BLOCK})
