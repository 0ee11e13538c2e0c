"""What a card says of a finding."""

from dataclasses import replace

import pytest

import compliance.finding as life
from compliance.card import Account, Button, draw, managed_by
from compliance.finding import State
from tests.builders import PACK_ARN, RULE, at, finding, request, rule

ACCOUNTS = {"111122223333": Account("111122223333", "housing-production", "production")}


def card(of=None, catalogue=None):
    known = {RULE: rule()} if catalogue is None else catalogue
    return draw(of or finding(), known, ACCOUNTS)


def fact(name, of):
    return dict(card(of).facts).get(name)


def test_an_open_finding_can_be_remediated_or_ignored():
    assert card().buttons == (Button.REMEDIATE, Button.IGNORE)


def test_a_request_can_be_agreed_to_withdrawn_or_overruled_by_an_exception():
    asked = life.ask(finding(), request("U1", 2), at(1))

    assert card(asked).buttons == (Button.AGREE, Button.WITHDRAW, Button.IGNORE)
    assert card(asked).status == "0 of 2 agreed."


@pytest.mark.parametrize("state", sorted(life.IN_PROGRESS | {State.RESOLVED, State.EXCEPTED}))
def test_nothing_can_be_pressed_while_there_is_nothing_to_decide(state):
    assert card(replace(finding(), state=state)).buttons == ()


def test_a_rule_that_aws_owns_can_only_be_ignored_and_says_how_to_fix_it_by_hand():
    owned = card(finding(rule_arn=PACK_ARN))

    assert owned.buttons == (Button.IGNORE,)
    assert rule().by_hand in owned.by_hand


def test_a_rule_of_a_conformance_pack_has_our_entrys_title():
    packed = finding(rule=f"{RULE}-conformance-pack-qayjyopmd")

    assert card(packed).title == rule().title


def test_a_rule_that_left_the_catalogue_shows_by_its_name_and_takes_no_remediation():
    unknown = card(catalogue={})

    assert (unknown.title, unknown.severity) == (RULE, None)
    assert unknown.buttons == (Button.IGNORE,)
    assert (unknown.preflight, unknown.source_fix, unknown.by_hand) == ((), "", "")


def test_a_name_that_people_know_stands_beside_the_id_that_aws_knows():
    named = replace(finding(resource="db-ABC"), resource_name="tenancy-register")

    assert fact("Resource", named) == "tenancy-register"
    assert fact("Resource id", named) == "db-ABC"
    assert fact("Resource id", finding()) is None


def test_an_account_is_shown_by_name_and_environment_and_an_unknown_one_by_id():
    assert fact("Account", finding()) == "housing-production (111122223333)"
    assert fact("Environment", finding()) == "production"
    assert fact("Account", finding(account="999999999999")) == "999999999999"


def test_only_the_tags_that_tell_of_owners_are_facts():
    tagged = replace(finding(), tags={"Team": "repairs", "Secret": "x", "Owner": "Ann"})

    assert fact("Owner tags", tagged) == "Owner=Ann, Team=repairs"


@pytest.mark.parametrize(
    ("tags", "tool"),
    [
        ({"aws:cloudformation:stack-name": "web"}, "CloudFormation"),
        ({"terraform": "true"}, "Terraform"),
        ({"terraform": "False"}, ""),
        ({"ManagedBy": "Pulumi"}, "Pulumi"),
        ({"STAGE": "prod"}, "the Serverless Framework"),
        ({}, ""),
    ],
    ids=str,
)
def test_tags_betray_the_tool_that_manages_a_resource(tags, tool):
    assert managed_by(tags) == tool


def test_where_a_tool_will_undo_the_fix_the_card_says_what_to_change_instead():
    managed = card(replace(finding(), tags={"terraform": "yes"}))

    assert managed.source_fix.startswith("Terraform manages this resource")
    assert managed.source_fix.endswith(
        "aws_s3_bucket_public_access_block: block_public_acls = true"
    )


def test_terraforms_words_are_told_only_where_terraform_manages_the_resource():
    managed = card(replace(finding(), tags={"aws:cloudformation:stack-name": "web"}))

    assert managed.source_fix.endswith("Change this in what it deploys instead.")


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (finding(), "Nobody has decided yet."),
        (replace(finding(), state=State.APPROVED), "The remediation is about to start."),
        (replace(finding(), state=State.RUNNING), "AWS Config is starting the runbook."),
        (replace(finding(), state=State.RUNNING, step=1, steps=2, note="Put"), "Step 1 of 2: Put."),
        (replace(finding(), state=State.RUNNING, step=1, steps=2), "Step 1 of 2."),
        (replace(finding(), state=State.FAILED, note="Key disabled."), "Key disabled."),
    ],
    ids=["open", "approved", "starting", "step", "step without name", "note"],
)  # fmt: skip
def test_the_status_says_where_it_stands_in_plain_words(moved, said):
    assert card(moved).status == said


@pytest.mark.parametrize("state", [State.FAILED, State.NOT_VERIFIED])
def test_what_the_runbook_did_not_do_can_be_done_by_hand(state):
    assert card(replace(finding(), state=state)).by_hand == rule().by_hand


def test_a_remediation_that_cannot_be_undone_says_so():
    final = replace(rule(), impact=replace(rule().impact, reversible=False, undo="Restore it."))

    assert dict(card(catalogue={RULE: final}).preflight)["Reversible"] == "No. Restore it."


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-2", "eu-west-2.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_console_is_the_one_of_the_regions_partition(region, host):
    assert card(finding(region=region)).console_url.startswith(f"https://{host}/config/")
