"""What a card says of a finding."""

from dataclasses import replace

import pytest

from compliance import life
from compliance.card import Account, Stage, card_of
from compliance.facts import Fact, FactKind, given_with
from compliance.finding import IN_PROGRESS, UNRESOLVED, State
from compliance.known_rules import KnownRules
from compliance.press import ASKS, Button, Press
from compliance.prose import plain
from compliance.provenance import managed_by
from compliance.request import Verb
from tests.builders import ID, PACK_ARN, RULE, at, config_rule, finding, request, rule

ACCOUNTS = {"111122223333": Account("111122223333", "housing-production", "production")}


def card(of=None, catalogue=None):
    known = {RULE: rule()} if catalogue is None else catalogue
    return card_of(of or finding(), known, ACCOUNTS)


def fact(kind, of):
    return card(of).fact(kind)


def line(of):
    """Where it stands, as a reader reads it."""
    return plain(card(of).line)


def folded(title, of):
    """What the card folds away under *title*."""
    [part] = [part for part in of.folded if part.title == title]
    return part.text or {fact.kind: fact.text for fact in part.facts}


def test_a_headline_says_how_grave_what_and_what_is_wrong():
    assert card().headline == "High · repairs-photos can be read by anybody"


def test_of_what_is_resolved_the_headline_says_what_was_wrong():
    resolved = replace(finding(), state=State.RESOLVED)

    assert card(resolved).headline == "repairs-photos (was high: can be read by anybody)"


def test_a_name_too_long_for_a_line_is_shown_by_its_end():
    named = replace(finding(), resource_name="a" * 100 + "-queue")

    assert card(named).headline.startswith("High · …")
    assert "a-queue can be read" in card(named).headline


def test_an_open_finding_can_be_remediated_or_ignored():
    assert card().presses == (Press(Button.REMEDIATE, ID), Press(Button.IGNORE, ID))


def test_a_request_can_be_agreed_to_withdrawn_or_overruled_by_an_exception():
    asked = life.ask(finding(), request("U1", 2), at(1))

    assert card(asked).presses == (
        Press(Button.AGREE, ID, Verb.REMEDIATE),
        Press(Button.WITHDRAW, ID, Verb.REMEDIATE),
        Press(Button.IGNORE, ID),
    )
    assert card(asked).requests == asked.requests
    assert line(asked).endswith("U1 asked for the remediation, 0 of 2 agreed.")


def test_a_request_for_one_verb_hides_no_button_of_another():
    both = life.ask(life.ask(finding(), request("U1", 1), at(1)), request("U2", 1, "except"), at(2))

    assert {(press.button, press.verb) for press in card(both).presses} == {
        (Button.AGREE, Verb.REMEDIATE),
        (Button.WITHDRAW, Verb.REMEDIATE),
        (Button.AGREE, Verb.EXCEPT),
        (Button.WITHDRAW, Verb.EXCEPT),
    }


def test_a_request_for_an_exception_leaves_the_remediation_to_be_asked_for():
    asked = life.ask(finding(), request("U1", 1, "except"), at(1))

    assert Press(Button.REMEDIATE, ID) in card(asked).presses
    assert Button.IGNORE not in card(asked).buttons


@pytest.mark.parametrize(
    ("state", "verb"),
    [(State.EXCEPTED, "extend"), (State.EXCEPTED, "revoke"), (State.RESOLVED, "undo")],
)
def test_what_is_asked_for_about_what_is_over_can_be_agreed_to(state, verb):
    asked = life.ask(replace(finding(), state=state), request("U1", 1, verb), at(1))

    assert card(asked).presses[:2] == (
        Press(Button.AGREE, ID, Verb(verb)),
        Press(Button.WITHDRAW, ID, Verb(verb)),
    )


def test_what_is_agreed_can_only_be_withdrawn_until_it_is_carried_out():
    agreed = life.ask(finding(), request("U1", 0, "except"), at(1))

    assert Button.AGREE not in card(agreed).buttons
    assert Button.WITHDRAW in card(agreed).buttons
    assert line(agreed).endswith("U1 asked for the exception.")


def test_a_card_names_all_who_decided():
    asked = life.agree(life.ask(finding(), request("U1", 1), at(1)), Verb.REMEDIATE, "U2", at(2))

    assert line(asked).endswith("Decided by U1, U2.")


@pytest.mark.parametrize(
    "press",
    [
        Press(Button.REMEDIATE, ID),
        Press(Button.AGREE, ID, Verb.EXCEPT),
        Press(Button.LIST, ID, page=2),
        Press(Button.AGREE_ALL, ID, Verb.REMEDIATE),
    ],
    ids=str,
)
def test_a_press_comes_back_as_it_was_offered(press):
    assert Press.parse(press.button.value, press.value) == press


def test_a_button_of_before_requests_had_verbs_is_about_the_remediation():
    assert Press.parse("agree", ID) == Press(Button.AGREE, ID, Verb.REMEDIATE)


@pytest.mark.parametrize(
    ("button", "value"), [("explode", ID), ("agree", f"{ID} explode"), ("agree", "")], ids=str
)
def test_what_is_not_a_press_is_an_error(button, value):
    with pytest.raises(ValueError, match=r".+"):
        Press.parse(button, value)


@pytest.mark.parametrize("button", Button)
@pytest.mark.parametrize("verb", [None, *Verb])
def test_every_press_has_a_label_that_a_button_holds(button, verb):
    if verb and button not in {Button.AGREE, Button.WITHDRAW, Button.AGREE_ALL}:
        return

    assert 0 < len(Press(button, ID, verb).label) <= 75


def test_what_was_given_with_a_request_is_shown_to_those_who_agree():
    detail = {"class": "accepted risk", "reason": "Why.", "ticket": "", "expires": "2026-12-01"}

    given = given_with(request("U1", 1, "except", detail=detail))

    assert [(fact.kind, fact.text) for fact in given] == [
        (FactKind.EXCEPTION_CLASS, "accepted risk"),
        (FactKind.REASON, "Why."),
        (FactKind.EXPIRES, "2026-12-01"),
    ]


def test_an_exception_in_force_can_be_extended_and_ended():
    assert card(replace(finding(), state=State.EXCEPTED)).presses == (
        Press(Button.EXTEND, ID),
        Press(Button.REVOKE, ID),
    )


@pytest.mark.parametrize("state", sorted(IN_PROGRESS | {State.RESOLVED}))
def test_nothing_can_be_decided_while_there_is_nothing_to_decide(state):
    shown = card(replace(finding(), state=state))

    assert shown.presses == ()
    is_under_way = state in IN_PROGRESS
    asking = ASKS - {Button.LIST}
    offered = asking | {Button.CLAIM} if is_under_way else asking
    assert {press.button for press in shown.more} == offered


def test_a_rule_that_aws_owns_can_only_be_ignored_and_says_how_to_fix_it_by_hand():
    owned = card(finding(rule_arn=PACK_ARN))

    assert owned.buttons == {Button.IGNORE}
    assert rule().by_hand in folded("How to fix it", owned)


def test_a_rule_of_a_conformance_pack_has_our_entrys_words():
    packed = finding(rule=f"{RULE}-conformance-pack-qayjyopmd")

    assert card(packed).wrong == rule().wrong


def other(**answered):
    """The card of a finding whose rule only AWS Config has, after AWS *answered*."""
    known_rules = KnownRules({})
    if answered:
        known_rules.add([config_rule("home-made", **answered)])
    return card_of(finding(rule="home-made"), {}, {}, known_rules)


def test_a_rule_that_the_catalogue_has_not_shows_by_its_name_until_aws_has_answered():
    unanswered = other()

    assert unanswered.headline == "Not rated · repairs-photos breaks the rule home-made"
    assert unanswered.buttons == {Button.IGNORE}
    assert "has not answered yet" in folded("Why it matters", unanswered)
    assert "has not answered yet" in folded("How to fix it", unanswered)


def test_a_rule_that_the_catalogue_has_not_shows_what_aws_says_of_it():
    description = (
        "Checks that every widget of the department is polished, because dull ones rust. " * 2
    )

    described = other(description=description)

    assert folded("Why it matters", described) == description


def test_a_remediation_that_aws_has_says_plainly_that_nobody_knows_what_it_does():
    configured = other(remediation="PolishWidget")

    assert Button.REMEDIATE in configured.buttons
    facts = {fact.kind: fact.text for fact in configured.preflight}
    assert "PolishWidget" in facts[FactKind.CHANGE]
    assert facts[FactKind.DOWNTIME] == facts[FactKind.REVERSIBLE] == "Not known."


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        ({"remediation": ""}, "no remediation configured"),
        ({"created_by": "securityhub.amazonaws.com"}, "An AWS service owns this rule"),
        ({"arn": "", "remediation": ""}, "does not have this rule any more"),
    ],
    ids=["none configured", "service-linked", "gone"],
)
def test_what_takes_no_remediation_says_why_and_where_to_look(answered, why):
    shown = other(**answered)

    assert shown.buttons == {Button.IGNORE}
    assert why in folded("How to fix it", shown)
    assert "AWS Config's console" in folded("How to fix it", shown)


def test_the_console_shows_the_rule_under_the_name_that_aws_has_for_it():
    name = f"{RULE}-conformance-pack-qayjyopmd"

    assert card(finding(rule=name)).console_url.endswith(f"configRuleName={name}")


def test_the_name_that_people_know_is_shown_and_the_id_that_aws_knows_is_folded():
    named = card(replace(finding(resource="db-ABC"), resource_name="tenancy-register"))

    assert named.resource == "tenancy-register"
    assert folded("About the resource", named)[FactKind.RESOURCE_ID] == "db-ABC"


def test_an_account_is_shown_by_name_and_environment_and_an_unknown_one_by_id():
    assert fact(FactKind.ACCOUNT, finding()) == "housing-production"
    assert fact(FactKind.ENVIRONMENT, finding()) == "production"
    assert fact(FactKind.ACCOUNT, finding(account="999999999999")) == "999999999999"


def test_only_the_tags_that_tell_of_owners_are_facts():
    tagged = replace(finding(), tags={"Team": "repairs", "Secret": "x", "Owner": "Ann"})

    assert fact(FactKind.OWNER, tagged) == "Ann"
    about = folded("About the resource", card(tagged))
    assert about[FactKind.OWNER_TAGS] == "Owner=Ann, Team=repairs"


@pytest.mark.parametrize(
    ("tags", "tool"),
    [
        ({"aws:cloudformation:stack-name": "web"}, "CloudFormation"),
        ({"terraform": "true"}, "Terraform"),
        ({"terraform": "False"}, ""),
        ({"ManagedBy": "Pulumi"}, "Pulumi"),
        ({"ManagedBy": " "}, ""),
        ({"STAGE": "prod"}, ""),
        ({}, ""),
    ],
    ids=str,
)
def test_tags_hint_at_the_tool_that_manages_a_resource(tags, tool):
    hint = managed_by(tags)

    assert (hint.tool if hint else "") == tool


def test_where_a_tool_may_undo_the_fix_the_card_says_by_which_tag_and_what_to_change_instead():
    managed = card(replace(finding(), tags={"terraform": "yes"}))

    assert managed.source_fix.startswith(
        "Terraform may manage this resource (its tag terraform=yes)."
    )
    assert managed.source_fix.endswith(
        "aws_s3_bucket_public_access_block: block_public_acls = true"
    )


def test_terraforms_words_are_told_only_where_terraform_manages_the_resource():
    managed = card(replace(finding(), tags={"aws:cloudformation:stack-name": "web"}))

    assert managed.source_fix.endswith("Fix it in the code that deploys this resource.")


def test_of_what_is_resolved_no_card_says_that_it_may_come_back():
    resolved = replace(finding(), state=State.RESOLVED, tags={"terraform": "yes"})

    assert card(resolved).source_fix == ""


SINCE = "2026-11-02 09:00 UTC"
ASKED = request("U1", verb="except")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, f"Open since {SINCE}."),
        ({"state": State.APPROVED}, f"Approved since {SINCE}. The remediation is about to start."),
        ({"state": State.RUNNING}, f"Running since {SINCE}. AWS Config is starting the runbook."),
        (
            {"state": State.RUNNING, "steps": 2},
            f"Running since {SINCE}. AWS Config is starting the runbook.",
        ),
        ({"withdrawn_by": "U2"}, f"Open since {SINCE}. A request was withdrawn by U2."),
        (
            {"state": State.WAITING, "until": at(60)},
            "Waiting: AWS Config looks again by 2026-11-02 10:00 UTC at the latest.",
        ),
        (
            {"state": State.RESOLVED, "note": "AWS Config evaluated it COMPLIANT."},
            f"Resolved {SINCE}. AWS Config evaluated it COMPLIANT.",
        ),
        (
            {"state": State.FAILED, "note": "Key disabled.", "decided": request("U1")},
            f"Failed since {SINCE}. Key disabled. Decided by U1.",
        ),
        (
            {"state": State.EXCEPTED, "until": at(900), "note": "Why.", "decided": ASKED},
            "Excepted until the end of 2 November 2026. Why. Decided by U1.",
        ),
        (
            {"state": State.REOPENED, "note": "It was changed back."},
            f"Reopened since {SINCE}. It was changed back.",
        ),
    ],
    ids=lambda value: str(value.get("state", "open")) if isinstance(value, dict) else "",
)
def test_one_line_says_where_it_stands_since_when_and_by_whom(changed, said):
    assert line(replace(finding(), **changed)) == said


def steps(**changed):
    shown = card(replace(finding(), state=State.RUNNING, **changed))
    return [(each.name, each.stage) for each in shown.steps]


def test_the_steps_of_a_runbook_are_shown_by_name_and_how_far_they_are():
    assert steps(step=2, steps=3, runbook=("Read", "Put", "Verify")) == [
        ("Read", Stage.DONE),
        ("Put", Stage.RUNNING),
        ("Verify", Stage.PENDING),
    ]


def test_before_the_first_step_there_is_none_to_show():
    assert steps(step=0, steps=3, runbook=("Read", "Put", "Verify")) == []


def test_steps_without_names_are_counted():
    assert [name for name, _ in steps(step=1, steps=2)] == ["Step 1", "Step 2"]


def test_of_many_steps_the_present_one_is_named_and_the_others_are_counted():
    assert [name for name, _ in steps(step=5, steps=8, runbook=tuple("abcdefgh"))] == [
        "4 of 8 steps are done",
        "e",
        "3 to go",
    ]


def test_what_is_too_long_for_the_line_ends_with_a_sentence_and_is_folded_whole():
    note = "Step 1 of 2 failed. The role may not change the bucket. " + "Ask an engineer. " * 20

    failed = card(replace(finding(), state=State.FAILED, note=note))

    assert plain(failed.line).endswith("Ask an engineer.")
    assert len(plain(failed.line)) < 250
    assert folded("What happened", failed) == note


@pytest.mark.parametrize("state", sorted(UNRESOLVED))
def test_what_is_not_over_can_be_fixed_by_hand(state):
    assert rule().by_hand in folded("How to fix it", card(replace(finding(), state=state)))


def test_the_danger_of_a_remediation_is_shown_while_it_can_be_begun():
    grave = replace(rule(), impact=replace(rule().impact, danger="Readers lose access."))
    managed = replace(finding(), tags={"terraform": "yes"})

    assert card(managed, {RULE: grave}).danger == (
        "Readers lose access. Terraform may undo a fix made here."
    )
    assert card(replace(managed, state=State.RUNNING), {RULE: grave}).danger == ""
    assert card().danger == ""


def test_a_remediation_that_cannot_be_undone_says_so():
    final = replace(rule(), impact=replace(rule().impact, reversible=False, undo="Restore it."))

    assert Fact(FactKind.REVERSIBLE, "No. Restore it.") in card(catalogue={RULE: final}).preflight


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-2", "eu-west-2.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_the_console_is_the_one_of_the_regions_partition(region, host):
    assert card(finding(region=region)).console_url.startswith(f"https://{host}/config/")


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "us-isof-south-1"])
def test_where_no_console_is_known_there_is_no_link(region):
    assert card(finding(region=region)).console_url == ""


def test_the_console_shows_the_rule_under_aws_own_name_whatever_is_in_it():
    packed = finding(rule="a>b|c d")

    assert card(packed).console_url.endswith("?configRuleName=a%3Eb%7Cc%20d")


def titles(of):
    return [part.title for part in card(of).folded]


def test_a_name_that_fits_is_shown_whole():
    assert card(replace(finding(), resource_name="a" * 60)).headline == (
        f"High · {'a' * 60} can be read by anybody"
    )
    assert "…" in card(replace(finding(), resource_name="a" * 61)).headline


def test_what_is_folded_is_what_there_is_to_say():
    usual = ["Why it matters", "How to fix it", "About the resource"]
    annotated = replace(finding().copies[0], annotation="No block.")
    excepted = replace(finding(), state=State.EXCEPTED, decided=request("U1", verb="except"))

    assert titles(finding()) == usual
    assert titles(replace(finding(), copies=(annotated,)))[1] == "AWS Config says"
    assert titles(replace(finding(), aws_exception="Failed."))[0] == "AWS Config's own exception"
    assert titles(excepted)[0] == "The exception"
    assert titles(replace(excepted, copy_note="Denied."))[1] == "AWS Config has no copy of it"


@pytest.mark.parametrize(("made_at", "said"), [(None, True), (at(0), False)])
def test_an_exception_says_where_nobody_knows_which_resource_it_was_agreed_for(made_at, said):
    excepted = replace(
        finding(), state=State.EXCEPTED, decided=request("U1", verb="except"), made_at=made_at
    )

    [part] = [part for part in card(excepted).folded if part.title == "The exception"]
    assert ("may be older than the resource" in part.text) is said


def test_of_many_steps_none_is_counted_before_the_first():
    names = tuple(f"step{number}" for number in range(20))
    running = replace(finding(), state=State.RUNNING, step=1, steps=20, runbook=names)

    first, rest = card(running).steps

    assert (first.name, rest.name) == ("step0", "19 to go")
