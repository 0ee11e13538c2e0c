"""How soon AWS Config looks at a resource again, as the account's own settings say.

A recorder can be told to record a type of resource once a day, and a periodic rule is evaluated
each few hours, whatever was recorded. Until then nothing that AWS Config says is about a change.
https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aws.answers import listed
from compliance.change import FindingKey

_DAY = timedelta(days=1)
_PERIODS = {
    "One_Hour": timedelta(hours=1),
    "Three_Hours": timedelta(hours=3),
    "Six_Hours": timedelta(hours=6),
    "Twelve_Hours": timedelta(hours=12),
    "TwentyFour_Hours": _DAY,
}
_DAILY = "AWS Config records this type of resource once a day here."
_PERIODIC = "AWS Config evaluates this rule every {hours} hours."
_HOURLY = "AWS Config evaluates this rule every hour."


@dataclass(frozen=True, slots=True)
class Rhythm:
    """AWS Config looks again *within* this time; *why* says so in a sentence, empty for at once."""

    within: timedelta = timedelta()
    why: str = ""


def rhythm(config: Any, key: FindingKey) -> Rhythm:
    """Ask AWS Config through its client *config*, in the account and Region of *key*."""
    recorders = config.describe_configuration_recorders()
    if any(_is_daily(each, key) for each in listed(recorders, "ConfigurationRecorders")):
        # A rule that is evaluated more often meets the same recorded state until then.
        return Rhythm(_DAY, _DAILY)
    rules = config.describe_config_rules(ConfigRuleNames=[key.rule])
    rule = next(iter(listed(rules, "ConfigRules")), {})
    period = _PERIODS.get(str(rule.get("MaximumExecutionFrequency")), timedelta())
    return Rhythm(period, _period_in_words(period))


def _is_daily(recorder: Mapping[str, Any], key: FindingKey) -> bool:
    mode = recorder.get("recordingMode") or {}
    overrides = mode.get("recordingModeOverrides") or ()
    frequency = next(
        (
            each.get("recordingFrequency")
            for each in overrides
            if key.resource_type in (each.get("resourceTypes") or ())
        ),
        mode.get("recordingFrequency"),
    )
    return bool(frequency == "DAILY")


def _period_in_words(period: timedelta) -> str:
    hours = period // timedelta(hours=1)
    if hours < 2:
        return _HOURLY if hours else ""
    return _PERIODIC.format(hours=hours)
