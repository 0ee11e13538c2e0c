"""Loads ``bot.yaml``: the accounts, and how the bot works."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from compliance.accounts import Account, Directory
from compliance.hours import Patience, WorkingHours
from compliance.known_rules import OtherRules
from config.faults import ConfigError, read, validate
from config.shapes import AccountId, Region, Strict, Text

_TEXT = {"type": "string"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _day(found: str) -> str:
    if found not in _DAYS:
        raise ValueError("expected one of mon … sun")
    return found


def _clock(found: Any) -> Any:
    """Without quotes YAML reads 12:30 as a number of minutes."""
    if isinstance(found, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", found, re.ASCII):
        return found
    raise ValueError('expected a quoted time of day like "09:00"')


def _zone(found: str) -> str:
    try:
        ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("expected a zone's name like Europe/London") from error
    return found


def _role(found: str) -> str:
    if found and not re.fullmatch(r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", found, re.ASCII):
        raise ValueError("expected a role's name like compliance-bot, not its ARN")
    return found


def _action(found: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9*]+", found):
        raise ValueError("expected an action like ssm:StartAutomationExecution")
    return found


class _Account(Strict):
    """An account that AWS Config watches."""

    id: AccountId = Field(description="The account's id of 12 digits, in quotes.")
    name: Text = Field(description="What people call the account.")
    environment: str = Field(
        default="", description="Such as production: shown on cards, and for routes."
    )
    unit: str = Field(default="", description="Its unit in AWS Organizations, for routes.")
    regions: Annotated[list[Region], Field(min_length=1)] = Field(
        description="The Regions in which AWS Config has rules."
    )


class _Remediation(Strict):
    """How a remediation is followed."""

    #: AWS records some types once a day, and a maintenance window comes once a week.
    verify_minutes: Annotated[float, Field(strict=True, gt=0, le=14 * 24 * 60)] = Field(
        default=30,
        description="How long AWS Config may take to see the fix before it is not verified.",
    )
    poll_seconds: Annotated[float, Field(strict=True, gt=0, le=3600)] = Field(
        default=5, description="How often AWS Config is asked about what runs."
    )


class _Digest(Strict):
    """When the weekly digest is sent."""

    day: Annotated[str, AfterValidator(_day)] = Field(default="mon", description="mon, tue, … sun.")
    time: Annotated[str, BeforeValidator(_clock), WithJsonSchema(_TEXT)] = Field(
        default="09:00", description="The time of day, in quotes."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="A zone's name like Europe/London."
    )


class _WorkingHours(Strict):
    """When people are at work, and so are reminded."""

    zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="A zone's name like Europe/London."
    )
    days: Annotated[list[Annotated[str, AfterValidator(_day)]], Field(min_length=1)] = Field(
        default=[*_DAYS[:5]], description="The days of work, mon to sun."
    )
    begin: Annotated[str, BeforeValidator(_clock), WithJsonSchema(_TEXT)] = Field(
        default="09:00", description="When work begins, in quotes."
    )
    end: Annotated[str, BeforeValidator(_clock), WithJsonSchema(_TEXT)] = Field(
        default="17:00", description="When work ends, in quotes."
    )

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.begin >= self.end:
            raise ValueError("expected begin before end, on the same day")
        return self

    def hours(self) -> WorkingHours:
        return WorkingHours(
            zone=ZoneInfo(self.zone),
            days=frozenset(map(_DAYS.index, self.days)),
            begin=time.fromisoformat(self.begin),
            end=time.fromisoformat(self.end),
        )


class _Reminders(Strict):
    """How people are reminded of what waits for them."""

    after_hours: list[Annotated[float, Field(strict=True, gt=0, le=24 * 90)]] = Field(
        default=[4, 24, 72],
        description="The pauses before each reminder; after the last, the escalation channel.",
    )
    expire_days: Annotated[float, Field(strict=True, gt=0, le=365)] = Field(
        default=14, description="When a request that is not answered expires."
    )

    @field_validator("after_hours")
    @classmethod
    def _grow(cls, found: list[float]) -> list[float]:
        if found != sorted(found):
            raise ValueError("expected pauses that grow, like [4, 24, 72]")
        return found


class _Intake(Strict):
    """How the queues are read."""

    workers: Annotated[int, Field(strict=True, ge=1, le=16)] = Field(
        default=4, description="How many threads read."
    )
    wait_seconds: Annotated[int, Field(strict=True, ge=0, le=20)] = Field(
        default=20, description="How long an empty queue is waited for."
    )
    visibility_seconds: Annotated[int, Field(strict=True, ge=1, le=43_200)] = Field(
        default=60, description="How long a batch is hidden from other readers."
    )


_Action = Annotated[str, AfterValidator(_action)]


class BotFile(Strict):
    """How the bot works."""

    accounts: list[_Account] = Field(
        default=[], description="The accounts that AWS Config watches."
    )
    organization: bool = Field(
        default=False,
        description="Whether names, units and environments come from AWS Organizations too.",
    )
    role_name: Annotated[str, AfterValidator(_role)] = Field(
        default="",
        description="The role to assume in each account; without it, the bot's own credentials.",
    )
    external_id: str = Field(default="", description="What the role asks for, where it does.")
    source_identity: bool = Field(
        default=True, description="Whether CloudTrail is told who decided (docs/security.md)."
    )
    session_policy: Literal["narrow", "none"] | list[_Action] = Field(
        default="narrow",
        description="What a decision's session may do: narrow, start this one remediation; none, "
        "all that the role may; or a list of what it may besides.",
    )
    tasks: Annotated[int, Field(strict=True, ge=1, le=64)] = Field(
        default=8, description="How many accounts and Regions are worked on at the same time."
    )
    other_rules: OtherRules = Field(
        default=OtherRules.SHOW,
        description="What becomes of findings of rules that rules.yaml does not have.",
    )
    teams_answers: Literal["chat", "channel"] = Field(
        default="chat",
        description="Where Microsoft Teams answers what somebody asks in a channel: chat, in their "
        "own chat with the bot; channel, there, to them alone, where the tenant has targeted "
        "messages.",
    )
    remediation: _Remediation = _Remediation()
    digest: _Digest = _Digest()
    working_hours: _WorkingHours = _WorkingHours()
    reminders: _Reminders = _Reminders()
    intake: _Intake = _Intake()


@dataclass(frozen=True, slots=True)
class Settings:
    """``bot.yaml``: *weekday* counts from Monday, 0; *places* are (account, Region) pairs.

    *session_policy* has the actions that a decision's session may use beside its own, None where
    it is not narrowed. *tasks* is how many accounts and Regions are worked on at once.
    *teams_in_channel*: Microsoft Teams shows private answers where they were asked for. *intake* is
    how many workers a queue has, how long they wait, and how long what they took is theirs.
    """

    accounts: Directory
    places: tuple[tuple[str, str], ...]
    role_name: str
    external_id: str
    session_policy: tuple[str, ...] | None
    source_identity: bool
    tasks: int
    other_rules: OtherRules
    teams_in_channel: bool
    patience: Patience
    verify_window: timedelta
    poll_seconds: float
    weekday: int
    digest_at: time
    zone: ZoneInfo
    intake: tuple[int, int, int]

    @property
    def access(self) -> tuple[str, str, tuple[str, ...] | None, bool]:
        """How the bot gets into an account: role, external id, session policy, source identity."""
        return self.role_name, self.external_id, self.session_policy, self.source_identity

    @property
    def pace(self) -> tuple[timedelta, int]:
        """How long AWS Config may take to see a remediation, and how many tasks work at once."""
        return self.verify_window, self.tasks


def load_settings(path: Path) -> Settings:
    """Return the settings; raises ConfigError with every fault."""
    document = read(path)
    told = validate(document, BotFile)
    ids = [account.id for account in told.accounts]
    twice = [number for number, each in enumerate(ids) if each in ids[:number]]
    if twice:
        raise ConfigError(
            document.fault(
                ("accounts", number, "id"), f"account {ids[number]} is listed above already"
            )
            for number in twice
        )
    return Settings(
        accounts=Directory(
            (
                Account(each.id, each.name, each.environment, tuple(each.regions), each.unit)
                for each in told.accounts
            ),
            of_organization=told.organization,
        ),
        places=tuple((each.id, region) for each in told.accounts for region in each.regions),
        role_name=told.role_name,
        external_id=told.external_id,
        source_identity=told.source_identity,
        session_policy=_further(told.session_policy),
        tasks=told.tasks,
        other_rules=told.other_rules,
        teams_in_channel=told.teams_answers == "channel",
        patience=Patience(
            hours=told.working_hours.hours(),
            pauses=tuple(timedelta(hours=each) for each in told.reminders.after_hours),
            lifetime=timedelta(days=told.reminders.expire_days),
        ),
        verify_window=timedelta(minutes=told.remediation.verify_minutes),
        poll_seconds=told.remediation.poll_seconds,
        weekday=_DAYS.index(told.digest.day),
        digest_at=time.fromisoformat(told.digest.time),
        zone=ZoneInfo(told.digest.timezone),
        intake=(told.intake.workers, told.intake.wait_seconds, told.intake.visibility_seconds),
    )


def _further(session_policy: str | list[str]) -> tuple[str, ...] | None:
    if isinstance(session_policy, str):
        return None if session_policy == "none" else ()
    return tuple(session_policy)
