"""What one message says of many findings."""

from dataclasses import replace

import pytest

from compliance.card import Account, Button, Departed, Fact, FactKind, card_of
from compliance.finding import State
from compliance.group import by_place, content_of, decidable, gather
from compliance.request import Verb
from tests.builders import PACK_ARN, RULE, finding, request, rule

LINKED = finding(rule_arn=PACK_ARN).copies
RULES = {RULE: rule()}
ACCOUNTS = {"111122223333": Account("111122223333", "housing", "production")}


def found(number=12, **named):
    return tuple(finding(resource=f"bucket-{each}", **named) for each in range(number))


def test_a_message_of_one_finding_is_its_card():
    assert content_of(found(1), RULES, {}) == card_of(found(1)[0], RULES, {})


def test_a_message_whose_findings_are_all_another_teams_says_that_alone():
    assert content_of((), RULES, {}) == Departed()


def test_a_group_counts_by_state_and_by_account():
    elsewhere = found(2, account="999999999999")
    moved = (replace(each, state=State.RESOLVED) for each in found(3))

    group = gather((*elsewhere, *moved), RULES, ACCOUNTS)

    assert group.number == 5
    assert group.states == ((State.OPEN, 2), (State.RESOLVED, 3))
    assert group.accounts == (("housing (111122223333)", 3), ("999999999999", 2))


def test_each_row_of_a_group_offers_what_can_be_done_next_and_names_who_decided():
    asked = request("slack:U1", 1)
    pending = replace(finding(), state=State.APPROVAL_PENDING, requests=(asked,))
    running = replace(finding(resource="b"), state=State.RUNNING, decided=request("slack:U2"))
    opened = finding(resource="c")

    rows = {row.resource: row for row in gather((opened, pending, running), RULES, {}).rows}

    assert [rows[name].press.button for name in ("c", "repairs-photos", "b")] == [
        Button.REMEDIATE,
        Button.AGREE,
        Button.DETAILS,
    ]
    assert [rows[name].who for name in ("c", "repairs-photos", "b")] == [
        (),
        ("slack:U1",),
        ("slack:U2",),
    ]


def test_a_group_names_first_what_waits_for_a_decision():
    over = tuple(replace(each, state=State.RESOLVED) for each in found(5))
    waiting = finding(resource="waiting")

    group = gather((*over, waiting), RULES, {})

    assert (group.rows[0].finding_id, group.rows[0].resource) == (waiting.id, "waiting")
    assert len(group.rows) == 6


def test_a_group_tells_the_impact_of_its_rule_and_who_may_undo_it():
    managed = replace(finding(), tags={"aws:cloudformation:stack-name": "repairs"})

    group = gather((managed, *found()), RULES, {})

    assert Fact(FactKind.CHANGE, rule().impact.change) in group.preflight
    assert FactKind.WHERE not in {fact.kind for fact in group.preflight}
    assert "CloudFormation: 1, tag aws:cloudformation:stack-name=repairs" in group.source_fix


@pytest.mark.parametrize(
    ("changed", "pressed"),
    [
        ({}, ["list", "remediate-all", "ignore-all"]),
        (
            {"state": State.APPROVAL_PENDING, "requests": (request("U1", 1),)},
            ["list", "agree-all", "ignore-all"],
        ),
        ({"state": State.RESOLVED}, ["list"]),
        ({"copies": LINKED}, ["list", "ignore-all"]),
    ],
    ids=["open", "pending", "resolved", "owned by AWS"],
)
def test_a_group_has_the_buttons_that_one_of_its_findings_has(changed, pressed):
    group = gather([replace(each, **changed) for each in found(2)], RULES, {})

    assert [press.button.value for press in group.presses] == pressed


def test_a_group_of_a_rule_that_left_the_catalogue_shows_by_its_name():
    group = gather(found(2), {}, {})

    assert (group.title, group.severity, group.preflight, group.source_fix) == (RULE, None, (), "")


def test_a_group_offers_agreement_to_each_verb_that_waits_in_it():
    asked = [
        replace(each, state=State.APPROVAL_PENDING, requests=(request("U1", 1, verb),))
        for each, verb in zip(found(2), ("remediate", "except"), strict=True)
    ]

    offered = [(press.button, press.verb) for press in gather(asked, RULES, {}).presses]

    assert offered == [
        (Button.LIST, None),
        (Button.AGREE_ALL, Verb.REMEDIATE),
        (Button.AGREE_ALL, Verb.EXCEPT),
        (Button.REMEDIATE_ALL, None),
        (Button.IGNORE_ALL, None),
    ]


def test_of_many_accounts_the_others_are_counted_together():
    many = [
        finding(resource=f"{account}-{each}", account=f"{account:012}")
        for account in range(12)
        for each in range(13 - account)
    ]

    places = by_place(gather(many, RULES, {}))

    assert places[0] == ("in 000000000000", 13)
    assert places[-1] == ("in 2 more accounts", 5)
    assert by_place(gather(many[:3], RULES, {})) == (("in 000000000000", 3),)


@pytest.mark.parametrize(
    ("number", "known", "headline"),
    [
        (1, RULES, "High · 1 finding: S3 bucket can be made public"),
        (2, RULES, "High · 2 findings: S3 bucket can be made public"),
        (2, {}, f"Not rated · 2 findings: {RULE}"),
    ],
)
def test_a_group_says_how_grave_how_many_and_what(number, known, headline):
    group = gather(found(number), known, {})

    assert (group.headline, group.finding_id) == (headline, found(1)[0].id)
    assert Button.LIST in group.buttons


def test_a_message_of_several_findings_is_their_group():
    assert content_of(found(2), RULES, ACCOUNTS) == gather(found(2), RULES, ACCOUNTS)


def test_a_row_says_where_by_the_accounts_name_or_its_id():
    unknown = finding(resource="b", account="999999999999")

    rows = gather((finding(), unknown), RULES, ACCOUNTS).rows

    assert [row.where for row in rows] == ["housing, eu-west-2", "999999999999, eu-west-2"]


def test_what_can_break_is_said_once_of_all_whose_remediation_can_begin():
    grave = {RULE: replace(rule(), impact=replace(rule().impact, danger="Readers are refused."))}

    assert gather(found(2), grave, {}).danger == "Readers are refused."


def test_those_that_offer_a_button_can_be_decided_by_it():
    over = replace(finding(resource="over"), state=State.RESOLVED)

    assert decidable((finding(), over), lambda each: rule(), Button.IGNORE) == (finding(),)


def test_each_tool_is_named_once_with_the_tag_that_most_have():
    stack, tags = "aws:cloudformation:stack-name", ("Terraform", "Pulumi", "cdk", "managed-by")
    by_stack = [
        replace(each, tags={stack: name})
        for each, name in zip(found(3), ("a", "b", "b"), strict=True)
    ]
    over = replace(finding(resource="over"), state=State.RESOLVED, tags={stack: "b"})
    others = [replace(each, tags={tag: "x"}) for each, tag in zip(found(4), tags, strict=True)]

    said = gather((*by_stack, over, *others), RULES, {}).source_fix

    assert f"CloudFormation: 3, tag {stack}=b" in said
