"""Shapes that several files have: pydantic types whose errors say what to write instead."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from compliance.aws_ids import ACCOUNT, REGION
from compliance.channel import qualified
from compliance.text import clean

#: AWS::S3::Bucket, AWS::::Account, and types of one's own like Council::Forms::Site.
_TYPE = re.compile(r"\w+::\w*::\w+(?:::\w+)*", re.ASCII)
#: An id of another chat product than Slack; a link has names in it, which can change.
_ELSEWHERE = re.compile(r"(?!slack:)[a-z]+:(?!//)[^\s#]+")


class Strict(BaseModel):
    """Keys that nobody knows are faults: a typo is a setting that is not applied."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check_account(found: Any) -> Any:
    """Return *found* if it is an account id as YAML keeps it whole; a number has lost its zeros."""
    if isinstance(found, int):
        raise ValueError(
            "expected a quoted account id: without quotes YAML reads a number, and one that "
            "begins with 0 as octal"
        )
    if isinstance(found, str) and not ACCOUNT.fullmatch(found):
        raise ValueError("expected an account id of 12 digits, each 0 to 9")
    return found


def filled(found: str) -> str:
    if not found.strip():
        raise ValueError("expected a text")
    if clean(found) != found:
        raise ValueError("expected a text without characters that cannot be seen")
    return found


def check_region(found: str) -> str:
    if not REGION.fullmatch(found):
        raise ValueError("expected a Region like eu-west-2")
    return found


def check_type(found: str) -> str:
    if not _TYPE.fullmatch(found):
        raise ValueError("expected a type like AWS::S3::Bucket")
    return found


def _id_of(letters: str, what: str) -> Callable[[str], str]:
    """Return a check of an id, bare or with its chat product.

    Slack's ids begin with one of *letters* and have digits: a name in capitals has none. Those of
    other products are only known there.
    """
    slack = re.compile(rf"(?:slack:)?[{letters}](?=[A-Z]*[0-9])[A-Z0-9]{{2,}}")
    example = f"{letters[0]}012AB3CD"

    def check(found: str) -> str:
        if not slack.fullmatch(found) and not _ELSEWHERE.fullmatch(found):
            raise ValueError(f"expected a {what} id like {example} or teams:…; names can change")
        return qualified(found)

    return check


_DIGITS = {"type": "string", "pattern": "^[0-9]{12}$"}
AccountId = Annotated[str, BeforeValidator(check_account), WithJsonSchema(_DIGITS)]
Text = Annotated[str, AfterValidator(filled)]
Region = Annotated[str, AfterValidator(check_region)]
ResourceType = Annotated[str, AfterValidator(check_type)]
ChannelId = Annotated[str, AfterValidator(_id_of("CG", "channel's"))]
UserId = Annotated[str, AfterValidator(_id_of("UW", "user's"))]
UserGroupId = Annotated[str, AfterValidator(_id_of("S", "user group's"))]
