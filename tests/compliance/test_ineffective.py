"""Entries that do not do what they seem to are named with their line."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from compliance.allowlist import ANY, Allowlist, ExceptionClass
from compliance.ineffective import EntryWarning, Warnings, ineffective
from compliance.rules import canonical_name
from tests.builders import RULE, entry, rule

CATALOGUE = {RULE: rule()}
PLACES = [("111122223333", "eu-west-2"), ("222233334444", "eu-west-1")]
TODAY = date(2026, 11, 2)
DAYS_30 = timedelta(days=30)


def warnings(*entries, lines=(7, 16, 25)):
    canonical = partial(canonical_name, CATALOGUE)
    return ineffective(Allowlist(entries, canonical, lines), CATALOGUE, PLACES, TODAY)


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"rule": RULE.replace("prohibited", "prohibitd")}, f"did you mean '{RULE}'?"),
        ({"account": "999988887777"}, "account 999988887777 is not one that bot.yaml watches"),
        ({"account": "111122223334"}, "did you mean '111122223333'?"),
        ({"region": "eu-west-1"}, "not one that bot.yaml watches in account 111122223333"),
        (
            {"account": ANY, "region": "us-east-1"},
            "Region us-east-1 is not one that bot.yaml watches",
        ),
        ({"resource": "star*"}, "stands for all resources only where it stands alone"),
        ({"resource": "arn:aws:s3:::star-bucket"}, "expected the bucket's name"),
        ({"resource": "Star-Bucket"}, "a bucket's name cannot have capitals"),
        ({"resource": "star_bucket"}, "cannot have capitals or underscores"),
        ({"resource": "star-bucket.s3.amazonaws.com"}, "expected the bucket's name"),
        ({"resource": "star-bucket "}, "that cannot be seen"),
        ({"resource": "star\u200b-bucket"}, "that cannot be seen"),
        ({"expires": date(2025, 1, 31)}, "it ended on 2025-01-31"),
        ({"expires": date(9999, 12, 31)}, "180 days at most"),
        ({"rule": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"}, f"did you mean '{RULE}'?"),
        ({"rule": "S3.8"}, f"did you mean '{RULE}'?"),
        ({"rule": "[s3.8] "}, f"did you mean '{RULE}'?"),
        ({"more_rules": ("s3-old-rule",)}, "rule 's3-old-rule' is not in the catalogue"),
        ({"reason": "Known."}, "Say why in at least 20 characters"),
        ({"reason": "Public. " * 150}, "At most 800 characters"),
    ],
    ids=lambda value: "" if isinstance(value, str) else ascii(next(iter(value.values()))),
)
def test_an_entry_without_its_effect_is_named_with_its_line_and_why(odd, why):
    [warning] = warnings(entry(resource="another-bucket"), entry(**odd))

    assert warning.line == 16
    assert why in str(warning)


@pytest.mark.parametrize(
    "fine",
    [
        {},
        {"resource": ANY},
        {"account": ANY, "region": ANY, "resource": ANY},
        {"account": ANY, "region": "eu-west-1"},
        {"rule": f"securityhub-{RULE}-0123abcd"},
        {"expires": TODAY},
        {"expires": date(2027, 5, 1)},
    ],
    ids=str,
)
def test_an_entry_that_covers_something_is_not_named(fine):
    assert warnings(entry(**fine)) == ()


@pytest.mark.parametrize(
    ("resource_type", "right", "wrong"),
    [
        ("AWS::RDS::DBInstance", "db-ABCDEFGHIJKL01234", "orders"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-2:111122223333:alarms", "alarms"),
        ("AWS::Lambda::Function", "resize", "arn:aws:lambda:eu-west-2:1:function:resize"),
        ("AWS::DynamoDB::Table", "Orders", "arn:aws:dynamodb:eu-west-2:111122223333:table/Orders"),
        ("AWS::Custom::Thing", "arn:or:anything", "star*"),
    ],
)  # fmt: skip
def test_a_resource_is_named_as_aws_config_names_its_kind(resource_type, right, wrong):

    catalogue = {RULE: replace(rule(), resource_type=resource_type)}
    allowlist = Allowlist([entry(resource=right), entry(resource=wrong)], lines=(1, 2))

    assert [each.line for each in ineffective(allowlist, catalogue, PLACES, TODAY)] == [2]


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ({}, ()),
        ({"account": ANY, "region": ANY}, ()),
        ({"region": "eu-west-1", "account": "222233334444"}, (1,)),
        ({"account": ANY, "region": "eu-west-1"}, (1,)),
        ({"account": "222233334444", "region": ANY}, (1,)),
    ],
    ids=["there", "anywhere", "elsewhere", "another Region", "another account"],
)
def test_an_arn_that_names_another_place_than_its_entry_is_named(where, lines):
    catalogue = {RULE: replace(rule(), resource_type="AWS::SNS::Topic")}
    arn = "arn:aws:sns:eu-west-2:111122223333:alarms"
    allowlist = Allowlist([entry(resource=arn, **where)], lines=(1,))

    named = ineffective(allowlist, catalogue, PLACES, TODAY)

    assert tuple(each.line for each in named) == lines
    assert all("another account or Region" in each.text for each in named)


def test_of_several_rules_the_shortest_limit_counts():
    short = replace(rule("short"), decision=replace(rule().decision, longest_exception=DAYS_30))
    allowlist = Allowlist([entry(more_rules=("short",), expires=date(2026, 12, 3))], lines=(1,))

    [named] = ineffective(allowlist, {**CATALOGUE, "short": short}, PLACES, TODAY)

    assert "30 days at most" in named.text


FALSE = ExceptionClass.FALSE_POSITIVE
SOONER, LATER = TODAY + timedelta(days=20), TODAY + timedelta(days=40)


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ({}, {}, [(16, f"line 7 covers the same until {entry().expires}; keep one.")]),
        ({}, {"rule": f"securityhub-{RULE}-0123abcd"}, [(16, "line 7")]),
        ({"expires": SOONER}, {"expires": LATER}, [(7, f"line 16 covers the same until {LATER}")]),
        ({"expires": LATER}, {"expires": SOONER}, [(16, f"this one until {SOONER}; keep one.")]),
        ({"expires": TODAY}, {"expires": LATER}, [(7, f"this one until {TODAY}; keep one.")]),
        ({"tags": (("a", "1"), ("b", "2"))}, {"tags": (("b", "2"), ("a", "1"))}, [(16, "line 7")]),
        ({"expires": date(2026, 1, 1)}, {}, [(7, "it ended on")]),
        ({}, {"rule": "s3-other", "more_rules": (RULE,)}, [(16, "catalogue"), (16, "line 7")]),
        ({}, {"exception_class": FALSE}, [(16, "accepted risk, and this one says false positive")]),
        ({}, {"resource": "another-bucket"}, ()),
        ({}, {"account": "222233334444", "region": "eu-west-1"}, ()),
        ({}, {"tags": (("Stage", "test"),)}, ()),
        ({}, {"resource": ANY}, ()),
    ],
    ids=["twice", "a copy's name", "longer later", "longer first", "its last day", "tags", "ended",
         "several rules", "another class",
         "another resource", "another place", "with tags", "a wide one"],
)  # fmt: skip
def test_of_entries_that_cover_the_same_all_but_the_longest_are_named(first, second, named):
    found = warnings(entry(**first), entry(**second))

    assert [each.line for each in found] == [line for line, _ in named]
    assert all(why in f"{each.text}." for each, (_, why) in zip(found, named, strict=True))


def test_a_warning_about_no_line_is_its_text():
    assert [str(EntryWarning(line, "odd")) for line in (0, 1)] == ["odd", "line 1: odd"]


def test_a_rule_that_aws_config_has_is_not_odd():
    allowlist = Allowlist([entry(rule="ours"), entry(rule="theirs")], lines=(1, 2))

    [named] = ineffective(allowlist, CATALOGUE, PLACES, TODAY, lambda name: name == "ours")

    assert (named.line, "'theirs'" in named.text) == (2, True)


def test_an_identifier_leads_to_its_own_rule():
    catalogue = {"another": rule("another"), **CATALOGUE}
    allowlist = Allowlist([entry(rule=rule().identifier)], lines=(1,))

    [named] = ineffective(allowlist, catalogue, PLACES, TODAY)

    assert named.text.endswith(f"did you mean '{RULE}'?")


def test_a_region_that_no_account_has_is_named_without_an_account():
    [named] = warnings(entry(account=ANY, region="us-east-1"))

    assert named.text == "Region us-east-1 is not one that bot.yaml watches"


def test_what_has_ended_is_named_for_that_alone():
    [named] = warnings(entry(expires=date(2026, 11, 1), reason="Known."))

    assert "it ended on" in named.text


def test_the_warnings_are_looked_for_again_when_the_day_or_the_allowlist_is_another():
    day = [TODAY]
    kept = SimpleNamespace(current=Allowlist([entry(expires=TODAY)]))
    told = Warnings(kept, CATALOGUE, PLACES, lambda: datetime.combine(day[0], time(), UTC))

    first = told(), told()
    day[0] = date(2026, 11, 3)
    later = told()
    kept.current = Allowlist()

    assert (first, len(later), told()) == (((), ()), 1, ())
