"""Shapes that several files have: pydantic types whose errors say what to write instead."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,8}(?:-[a-z]+){1,3}-\d{1,2}")
#: The ledger keeps no longer one.
_REGION_MAX = 32


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
    if isinstance(found, str) and not _ACCOUNT.fullmatch(found):
        raise ValueError("expected an account id of 12 digits")
    return found


def _filled(found: str) -> str:
    if not found.strip():
        raise ValueError("expected a text")
    return found


def check_region(found: str) -> str:
    if len(found) > _REGION_MAX or not _REGION.fullmatch(found):
        raise ValueError("expected a Region like eu-west-2")
    return found


def _channel(found: str) -> str:
    if not re.fullmatch(r"[CG][A-Z0-9]{2,}|#[^\s#]+", found):
        raise ValueError("expected a channel's id like C012AB3CD")
    return found


def _user(found: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,}", found):
        raise ValueError("expected a user's id like U012AB3CD")
    return found


def _group(found: str) -> str:
    if not re.fullmatch(r"S[A-Z0-9]{2,}", found):
        raise ValueError("expected a user group's id like S012AB3CD")
    return found


AccountId = Annotated[str, BeforeValidator(check_account)]
Text = Annotated[str, AfterValidator(_filled)]
Region = Annotated[str, AfterValidator(check_region)]
Channel = Annotated[str, AfterValidator(_channel)]
User = Annotated[str, AfterValidator(_user)]
Group = Annotated[str, AfterValidator(_group)]
