"""One version of the allowlist: what covers a finding, and what has changed since another one."""

import timeit
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.allowlist import ANY, Allowlist, person_id, written_person
from compliance.rules import canonical_name
from tests.builders import RULE, START, entry, key, rule

TODAY = datetime(2026, 11, 2, tzinfo=UTC)


def test_of_two_exceptions_the_one_that_lasts_longest_holds():
    short = entry(expires=date(2026, 11, 20))
    long = entry(expires=date(2026, 12, 20))

    assert Allowlist([long, short]).covering(key(), TODAY) is long
    assert Allowlist([short, long]).covering(key(), TODAY) is long


@pytest.mark.parametrize("part", ["rule", "account", "region", "resource"])
def test_an_exception_covers_nothing_else(part):
    assert Allowlist([entry(**{part: "other"})]).covering(key(), TODAY) is None


@pytest.mark.parametrize("part", ["account", "region", "resource"])
def test_a_star_written_by_hand_covers_all(part):
    wide = Allowlist([entry(**{part: ANY})])
    other = replace(key(), **{"resource_id" if part == "resource" else part: "other"})

    assert wide.covering(other, TODAY)


def test_a_star_that_lasts_longer_holds_over_an_entry_by_name():
    wide = entry(resource=ANY, expires=date(2027, 12, 1))

    assert Allowlist([entry(), wide]).covering(key(), TODAY) is wide


def test_the_last_day_ends_in_utc_wherever_the_clock_stands():
    last = entry(expires=date(2026, 11, 2))
    in_sydney = timezone(timedelta(hours=11))

    allowlist = Allowlist([last])
    assert allowlist.covering(key(), datetime(2026, 11, 3, 10, 59, tzinfo=in_sydney))
    assert not allowlist.covering(key(), datetime(2026, 11, 3, 11, 0, tzinfo=in_sydney))


@pytest.mark.parametrize("last", [date.max, date(9999, 1, 1), date.min])
def test_the_ends_that_people_write_for_never_are_moments_in_every_zone(last):
    far = entry(expires=last)
    ends = [far.ends_at.astimezone(timezone(timedelta(hours=each))) for each in (-12, 0, 14)]

    assert len(set(ends)) == 1
    assert Allowlist([far]).ending(START, datetime.max.replace(tzinfo=UTC)) is not None


NAMES = [
    RULE,
    f"securityhub-{RULE}-1a2b3c4d",
    f"{RULE}-conformance-pack-abc123xyz",
    f"OrgConfigRule-{RULE}-abcd1234",
]


@pytest.mark.parametrize("found", NAMES)
@pytest.mark.parametrize("written", NAMES)
def test_an_exception_covers_its_rule_under_every_name_that_aws_makes(written, found):
    catalogue = {RULE: rule()}
    allowlist = Allowlist([entry(rule=written)], lambda name: canonical_name(catalogue, name))

    assert allowlist.covering(key(rule=found), TODAY)
    assert allowlist.covering(key(rule="other"), TODAY) is None


PART = st.sampled_from([ANY, "a", "b"])
ENTRIES = st.lists(
    st.builds(
        lambda rule, account, region, resource, day: entry(
            rule=rule.replace(ANY, "a"),
            account=account,
            region=region,
            resource=resource,
            expires=date(2026, 11, day),
        ),
        PART, PART, PART, PART, st.integers(1, 30),
    ),
    max_size=12,
)  # fmt: skip
KEYS = st.builds(
    lambda rule, account, region, resource: key(
        resource, rule=rule, account=account, region=region
    ),
    *[st.sampled_from("ab")] * 4,
)


def covers(each, found):
    pairs = (
        (each.account, found.account),
        (each.region, found.region),
        (each.resource, found.resource_id),
    )
    return each.rule == found.rule and all(one in {ANY, other} for one, other in pairs)


@given(ENTRIES, KEYS, st.integers(1, 30))
def test_the_index_finds_what_looking_at_every_entry_finds(entries, found, day):
    now = datetime(2026, 11, day, 12, tzinfo=UTC)
    slowly = [each for each in entries if covers(each, found) and now < each.ends_at]

    covering = Allowlist(entries).covering(found, now)

    assert (covering and covering.expires) == max((each.expires for each in slowly), default=None)
    assert covering is None or covering in slowly


@given(ENTRIES, ENTRIES)
def test_what_came_and_went_since_another_version_makes_one_of_the_other(before, after):
    difference = Allowlist(after).since(Allowlist(before))

    assert set(after) == set(before) - set(difference.removed) | set(difference.added)
    assert not set(difference.added) & set(before)
    assert not set(difference.removed) & set(after)


def test_an_entry_ends_between_the_moments_around_its_last_midnight():
    last = entry(expires=date(2026, 11, 2))
    allowlist = Allowlist([entry(), last])
    midnight = datetime(2026, 11, 3, tzinfo=UTC)

    assert allowlist.ending(midnight - timedelta(seconds=1), midnight) == (last,)
    assert allowlist.ending(midnight, midnight + timedelta(days=1)) == ()


def test_matching_one_finding_among_100_000_entries_takes_microseconds():
    allowlist = Allowlist([entry(resource=f"bucket-{number}") for number in range(100_000)])
    looked_up = key("bucket-77777")

    took = min(timeit.repeat(lambda: allowlist.covering(looked_up, TODAY), number=1000, repeat=5))

    assert took / 1000 < 50e-6


def test_an_entry_for_several_rules_covers_each_of_them():
    several = Allowlist([entry(more_rules=("rds-multi-az-support",))])

    assert several.covering(key(), TODAY)
    assert several.covering(key(rule="rds-multi-az-support"), TODAY)


def test_an_entry_for_tags_covers_what_has_all_of_them():
    tagged = Allowlist([entry(resource=ANY, tags=(("Team", "housing"), ("Stage", "test")))])

    assert tagged.covering(key(), TODAY, {"Team": "housing", "Stage": "test", "Owner": "x"})
    assert not tagged.covering(key(), TODAY, {"Team": "housing"})
    assert not tagged.covering(key(), TODAY)


@pytest.mark.parametrize(
    ("created", "covers"),
    [
        (START, False),
        (START + timedelta(days=2), True),
        (START.date(), False),
        (START.date() + timedelta(days=1), True),
        (None, True),
    ],
)
def test_a_resource_that_was_made_again_does_not_inherit(created, covers):
    made = START + timedelta(days=1)
    listed = Allowlist([entry(created=created)])

    assert bool(listed.covering(key(), TODAY, made_at=made)) is covers
    assert bool(listed.outlived(key(), TODAY, made)) is not covers
    assert listed.covering(key(), TODAY)


def test_what_covers_many_is_meant_for_those_to_come():
    wide = Allowlist([entry(resource=ANY, created=START)])

    assert wide.covering(key(), TODAY, made_at=START + timedelta(days=1))


def test_of_an_older_agreement_and_a_shorter_new_one_the_new_one_holds():
    old = entry(created=START, expires=date(2027, 5, 1))
    new = entry(created=START + timedelta(days=2), expires=date(2026, 12, 1))

    made = START + timedelta(days=1)
    assert Allowlist([old, new]).covering(key(), TODAY, made_at=made) is new


def test_an_entry_is_known_by_its_id_or_by_what_it_says():
    named, unnamed = entry(id="E-7K3QM9X2"), entry(resource="other")
    listed = Allowlist([named, unnamed])

    assert listed.get("E-7K3QM9X2") is named
    assert listed.get(replace(unnamed, expires=date(2030, 1, 1)).known_as) is unnamed


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Hannah Hughes", "Hannah Hughes <slack:U1>"),
        ("", "slack:U1"),
        ("Harry <slack:U2>", "Harry slack:U2 <slack:U1>"),
        ("<>", "slack:U1"),
    ],
)
def test_a_person_is_written_with_their_name_and_known_by_their_id(name, written):
    assert written_person(name, "slack:U1") == written
    assert person_id(written) == "slack:U1"


def test_the_end_that_people_write_for_never_is_the_last_that_every_clock_can_show():
    assert entry(expires=date.max).ends_at == datetime(9999, 1, 2, tzinfo=UTC)
    assert entry(expires=date(9998, 12, 31)).ends_at == datetime(9999, 1, 1, tzinfo=UTC)


def test_of_two_exceptions_that_end_on_one_day_the_first_holds():
    first, second = entry(reason="The first."), entry(reason="The second.")

    assert Allowlist([first, second]).covering(key(), TODAY) is first


def test_an_entry_has_the_line_at_which_it_begins_where_that_is_known():
    entries = [entry(), entry(resource="other")]

    assert list(Allowlist(entries, lines=[3, 12]).numbered()) == [(3, entries[0]), (12, entries[1])]
    assert list(Allowlist(entries, lines=[3]).numbered()) == [(3, entries[0]), (0, entries[1])]


def test_a_version_differs_in_nothing_from_itself():
    same = Allowlist([entry()])

    assert same.since(same) == Allowlist([entry()]).since(same)
    assert len(same) == 1
