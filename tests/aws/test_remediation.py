"""The remediation worker, against the local AWS."""

import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from aws.config_service import ConfigService, Execution, ExecutionState
from aws.moves import Moves
from aws.pauses import Pauses
from aws.remediation import Remediator
from aws.rhythm import Rhythm
from aws.tasks import Tasks
from commands.context import Context
from commands.remediate import remediate
from compliance import life
from compliance.allowlist import Allowlist
from compliance.authority import ALLOWED, Verdict
from compliance.finding import Finding, State
from compliance.request import Request, Verb
from ledger.store import Ledger
from tests.aws.world import CATALOGUE, WorldClients, hear
from tests.builders import change, entry, member, move, teams, write
from tests.playground.aws.world import BUCKET_RULE, MULTI_AZ_RULE, World, violate

WINDOW = timedelta(minutes=30)


@dataclass
class Bot:
    world: World
    context: Context
    worker: Remediator
    clients: WorldClients

    def opened(self, resource, rule=BUCKET_RULE) -> Finding:
        """Let AWS Config see the new *resource*; return its finding under *rule*."""
        self.world.aws.tick()
        hear(self.world, self.context.ledger)
        found = self.context.ledger.each(State)
        [one] = [
            each for each in found if (each.key.resource_id, each.key.rule) == (resource, rule)
        ]
        return one

    def pressed(self):
        """A public bucket whose remediation Hannah has pressed; return its finding's id."""
        finding = self.opened(self.world.bucket())
        remediate(self.context, finding.id, member())
        return finding.id

    def rounds(self, number):
        for _ in range(number):
            self.worker.round()
            self.world.aws.tick()

    def state(self, finding):
        return self.context.ledger.find(finding).state

    def note(self, finding):
        return self.context.ledger.find(finding).note


@pytest.fixture
def bot(world, engine, allowlist):
    ledger = Ledger(engine, world.clock, lambda key, tags: "housing")
    context = Context(ledger, dict(CATALOGUE), teams(), allowlist, world.clock)
    clients = WorldClients(world)
    worker = Remediator(context, ConfigService(clients), lambda finding: ALLOWED, WINDOW)
    return Bot(world, context, worker, clients)


def test_a_press_ends_in_resolved_only_when_config_says_so(bot):
    finding = bot.pressed()

    bot.rounds(8)
    assert bot.state(finding) is State.WAITING

    hear(bot.world, bot.context.ledger)
    assert bot.state(finding) is State.RESOLVED


def test_each_step_is_on_the_card_while_it_runs(bot):
    finding = bot.pressed()
    seen = []

    for _ in range(8):
        bot.rounds(1)
        found = bot.context.ledger.find(finding)
        seen.append((found.state, found.step, found.steps))

    assert [step for state, *step in seen if state is State.RUNNING] == [[0, 2], [1, 2], [2, 2]]


def test_a_step_that_fails_is_told_with_its_name_and_the_cure(bot):
    finding = bot.pressed()
    bot.world.aws.faults.fail_execution(2, "Access Denied: s3:GetBucketPublicAccessBlock")

    bot.rounds(6)

    assert bot.state(finding) is State.FAILED
    assert bot.note(finding).startswith("Step 2 of 2 (")
    assert "A platform engineer can add it" in bot.note(finding)


@pytest.mark.parametrize(
    ("code", "said", "told"),
    [
        ("NoSuchRemediationConfigurationException", "none", "no remediation configured"),
        ("InsufficientPermissionsException", "no PassRole", "The bot may not start"),
        ("InvalidParameterValueException", "odd", "AWS said: InvalidParameterValueException: odd"),
    ],
    ids=["not configured", "not allowed", "anything else"],
)
def test_a_refusal_of_aws_is_told_in_a_plain_sentence(bot, code, said, told):
    finding = bot.pressed()
    bot.world.aws.faults.refuse("StartRemediationExecution", code, said)

    bot.worker.round()

    assert bot.state(finding) is State.FAILED
    assert told in bot.note(finding)


def test_a_missing_remediation_is_told_before_anything_is_started(bot):
    finding = bot.pressed()
    bot.world.aws.faults.refuse(
        "DescribeRemediationConfigurations", "NoSuchRemediationConfigurationException", "none"
    )

    bot.worker.round()

    assert CATALOGUE[BUCKET_RULE].by_hand in bot.note(finding)


def test_a_resource_that_config_holds_to_be_compliant_already_is_asked_about_and_resolved(bot):
    finding = bot.pressed()
    bucket = bot.context.ledger.find(finding).key.resource_id
    bot.world.start(BUCKET_RULE, bucket)
    bot.world.finish(BUCKET_RULE, bucket)

    bot.worker.round()

    assert bot.state(finding) is State.RESOLVED


def test_a_throttled_start_is_tried_again(bot):
    finding = bot.pressed()
    bot.world.aws.faults.throttle("StartRemediationExecution")
    bot.worker.round()
    assert bot.state(finding) is State.APPROVED

    bot.world.clock.move(timedelta(seconds=5))
    bot.rounds(8)

    assert bot.state(finding) is State.WAITING


def test_a_throttled_look_leaves_the_press_for_after_a_pause(bot):
    finding = bot.pressed()
    bot.world.aws.faults.throttle("DescribeRemediationConfigurations")

    bot.worker.round()
    assert bot.state(finding) is State.APPROVED

    bot.world.clock.move(timedelta(seconds=5))
    bot.worker.round()
    assert bot.state(finding) is State.RUNNING


def covering(finding):
    place = finding.key
    return entry(
        account=place.account,
        region=place.region,
        resource=place.resource_id,
        expires=finding.recorded_at.date() + timedelta(days=30),
    )


def test_an_exception_agreed_after_the_press_is_kept_and_nothing_is_started(bot):
    finding = bot.pressed()
    write(bot.context.allowlist, covering(bot.context.ledger.find(finding)))

    bot.rounds(3)

    assert bot.state(finding) is State.EXCEPTED
    assert bot.world.outcomes(BUCKET_RULE) == []


def test_while_nothing_is_known_of_the_allowlist_the_press_waits(bot):
    unknown = SimpleNamespace(current=Allowlist(is_newest=False))
    blind = replace(bot.context, allowlist=unknown)
    finding = bot.opened(bot.world.bucket())

    answer = remediate(blind, finding.id, member())
    replace(bot.worker, context=blind).round()

    assert "as soon as the allowlist can be read" in answer.text
    assert bot.state(finding.id) is State.APPROVED
    assert bot.world.outcomes(BUCKET_RULE) == []


def test_a_person_who_lost_the_right_since_the_press_starts_nothing(bot):
    finding = bot.pressed()

    replace(bot.worker, authorise=lambda finding: Verdict(False, "Not an approver.")).round()

    assert bot.state(finding) is State.FAILED
    assert bot.note(finding).startswith("Not started, because those who decided may not any more: ")
    assert "Not an approver." in bot.note(finding)


def test_while_chat_cannot_say_who_pressed_the_press_waits(bot):
    finding = bot.pressed()

    replace(bot.worker, authorise=lambda finding: None).round()

    assert bot.state(finding) is State.APPROVED


def test_a_claim_whose_process_died_before_aws_was_asked_is_taken_up_again(bot):
    finding = bot.pressed()
    move(bot.context.ledger, life.start, finding_id=finding)

    bot.rounds(3)
    assert bot.state(finding) is State.RUNNING

    bot.world.clock.move(timedelta(seconds=61))
    bot.rounds(8)
    assert bot.state(finding) is State.WAITING


def test_a_claim_is_not_taken_up_again_by_a_press_that_counts_no_more(bot):
    finding = bot.pressed()
    move(bot.context.ledger, life.start, finding_id=finding)
    write(bot.context.allowlist, covering(bot.context.ledger.find(finding)))

    bot.world.clock.move(timedelta(seconds=61))
    bot.rounds(3)

    assert bot.state(finding) is State.EXCEPTED
    assert bot.world.outcomes(BUCKET_RULE) == []


def test_a_start_whose_answer_was_lost_is_followed_and_not_repeated(bot):
    finding = bot.pressed()
    claimed = move(bot.context.ledger, life.start, finding_id=finding)
    bot.world.start(BUCKET_RULE, claimed.key.resource_id)
    bot.world.aws.faults.deny("StartRemediationExecution", "must not be called")

    bot.world.clock.move(timedelta(seconds=61))
    bot.rounds(8)

    assert bot.state(finding) is State.WAITING


def test_a_change_that_waits_for_the_maintenance_window_says_so(bot):
    finding = bot.opened(violate(bot.world, MULTI_AZ_RULE), MULTI_AZ_RULE).id
    approve(bot.context.ledger, finding)

    bot.rounds(10)

    assert bot.state(finding) is State.WAITING
    assert "maintenance window" in bot.note(finding)


def test_what_config_does_not_see_within_the_window_is_not_verified(bot):
    bot.world.aws.faults.miss_evaluation()
    finding = bot.pressed()
    bot.world.clock.move(timedelta(minutes=1))
    bot.rounds(8)

    bot.world.clock.move(WINDOW)
    bot.worker.round()

    assert bot.state(finding) is State.NOT_VERIFIED
    assert "not evaluated the resource since the runbook ended" in bot.note(finding)


def test_what_config_finds_again_after_the_runbook_is_not_verified_either(bot):
    finding = bot.pressed()
    bot.rounds(8)
    bucket = bot.context.ledger.find(finding).key.resource_id
    bot.world.client("s3").delete_public_access_block(Bucket=bucket)
    bot.world.aws.tick()
    bot.world.messages()

    bot.world.clock.move(WINDOW)
    bot.worker.round()

    assert bot.state(finding) is State.NOT_VERIFIED
    assert "AWS Config still says NON_COMPLIANT" in bot.note(finding)


@pytest.fixture
def daily(world):
    """The recorder sees what happens to buckets once a day."""
    [recorder] = world.config.describe_configuration_recorders()["ConfigurationRecorders"]
    once_a_day = {"resourceTypes": ["AWS::S3::Bucket"], "recordingFrequency": "DAILY"}
    mode = {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [once_a_day]}
    put = world.config.put_configuration_recorder
    put(ConfigurationRecorder={**recorder, "recordingMode": mode})
    yield
    put(ConfigurationRecorder=recorder)


@pytest.mark.usefixtures("daily")
def test_what_is_recorded_daily_is_waited_for_and_the_card_says_why(bot):
    finding = bot.pressed()

    bot.rounds(8)

    waiting = bot.context.ledger.find(finding)
    assert waiting.until - waiting.changed_at == timedelta(days=1) + WINDOW
    assert "once a day" in waiting.note


def test_an_account_that_hides_its_recorder_is_waited_for_as_usual(bot):
    finding = bot.pressed()
    bot.rounds(1)
    bot.world.aws.faults.deny("DescribeConfigurationRecorders", "not allowed")

    bot.rounds(8)

    waiting = bot.context.ledger.find(finding)
    assert waiting.until - waiting.changed_at == WINDOW


def test_a_notification_that_was_lost_is_asked_for_at_the_end_of_the_window(bot):
    finding = bot.pressed()
    bot.rounds(8)
    bot.world.messages()

    bot.world.clock.move(WINDOW)
    bot.worker.round()

    assert bot.state(finding) is State.RESOLVED


def test_a_resource_that_is_gone_is_not_told_as_non_compliant(bot):
    finding = bot.pressed()
    bot.rounds(8)
    bucket = bot.context.ledger.find(finding).key.resource_id
    bot.world.client("s3").delete_bucket(Bucket=bucket)
    bot.world.aws.tick()
    bot.world.messages()

    bot.world.clock.move(WINDOW)
    bot.worker.round()

    assert bot.state(finding) is State.NOT_VERIFIED
    assert "NON_COMPLIANT" not in bot.note(finding)


class Service:
    """AWS Config at our seam, for what the local AWS cannot do: counting calls, many resources."""

    def __init__(self):
        self.started = []
        self.reported = {}

    def rhythm(self, key):
        return Rhythm()

    def configured(self, account, region, rule):
        return "arn:aws:config:x"

    def starter(self, arn, key, finding_ids, people, asked_at):
        return self

    def start(self, keys):
        self.started.append(list(keys))
        return {}

    def executions(self, keys):
        return {key: each for key, each in self.reported.items() if key in keys}

    def evaluation(self, key):
        return None


@pytest.fixture
def counted(context):
    """A worker whose AWS only counts."""
    return Remediator(context, Service(), lambda finding: ALLOWED, WINDOW)


def ask(ledger, finding_id, moment):
    """Hannah asks at *moment*, and nobody has to agree."""
    request = Request(Verb.REMEDIATE, "slack:U0HANNAH", 0, moment)
    asked = partial(life.ask, request=request, now=moment)
    ledger.move(finding_id, asked, actor="slack:U0HANNAH", action="remediate")


def approve(ledger, finding_id):
    """Hannah asks for the remediation, and Sam agrees."""
    move(ledger, life.ask, finding_id=finding_id, actor="slack:U0HANNAH", needed=1)
    move(ledger, life.agree, finding_id=finding_id, actor="slack:U0SAM")


def approve_all(context):
    for finding in list(context.ledger.each([State.OPEN])):
        approve(context.ledger, finding.id)


def test_a_hundred_resources_of_one_rule_are_one_call_and_no_more(counted, context):
    context.ledger.record([change(resource=f"bucket-{number}") for number in range(101)])
    context.ledger.record([change(account="222233334444")])
    approve_all(context)

    counted.round()

    assert sorted(map(len, counted.service.started)) == [1, 1, 100]


def test_of_two_workers_one_starts_what_was_approved(counted, context):
    context.ledger.record([change()])
    approve_all(context)
    together = threading.Barrier(2)

    def work():
        together.wait()
        counted.round()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(counted.service.started) == 1


def test_a_runbook_that_config_never_reports_is_given_up_after_six_hours(counted, context, clock):
    context.ledger.record([change()])
    approve_all(context)
    counted.round()

    clock.move(hours=5)
    counted.round()
    assert [each.state for each in context.ledger.each(State)] == [State.RUNNING]

    clock.move(hours=2)
    counted.round()
    [lost] = context.ledger.each(State)
    assert (lost.state, "lost track" in lost.note) == (State.FAILED, True)


def test_a_state_that_aws_did_not_have_before_is_followed_until_it_is_given_up(
    counted, context, clock
):
    context.ledger.record([change()])
    approve_all(context)
    counted.round()
    [finding] = context.ledger.each([State.RUNNING])
    new_word = Execution(ExecutionState("PAUSED"), clock(), 1, 2, "PutBlock", "")
    counted.service.reported = {finding.key: new_word}

    clock.move(hours=5)
    counted.round()
    still = context.ledger.find(finding.id).state
    clock.move(hours=2)
    counted.round()

    assert (still, context.ledger.find(finding.id).state) == (State.RUNNING, State.FAILED)


def test_what_waits_for_a_maintenance_window_is_not_judged_before_it(counted, context, clock):
    context.ledger.record([change(rule=MULTI_AZ_RULE, resource_type="AWS::RDS::DBInstance")])
    waits = replace(context.catalogue[MULTI_AZ_RULE].remediation, in_maintenance_window=True)
    context.catalogue[MULTI_AZ_RULE] = replace(context.catalogue[MULTI_AZ_RULE], remediation=waits)
    approve_all(context)
    counted.round()
    [finding] = context.ledger.each([State.RUNNING])
    done = Execution(ExecutionState.SUCCEEDED, clock(), 1, 1, "Modify", "")
    counted.service.reported = {finding.key: done}
    counted.round()

    clock.move(days=7)
    counted.round()

    assert context.ledger.find(finding.id).state is State.WAITING


def test_the_execution_of_the_attempt_before_says_nothing_of_this_one(counted, context, clock):
    context.ledger.record([change()])
    approve_all(context)
    counted.round()
    [finding] = context.ledger.each([State.RUNNING])
    failed = Execution(ExecutionState.FAILED, clock(), 1, 1, "PutBlock", "AccessDenied")
    counted.service.reported = {finding.key: failed}
    clock.move(seconds=5)
    counted.round()
    clock.move(seconds=20)
    ask(context.ledger, finding.id, clock())

    counted.round()
    counted.round()

    assert context.ledger.find(finding.id).state is State.RUNNING
    assert len(counted.service.started) == 2


def test_a_start_whose_answer_did_not_come_is_found_at_aws_and_not_repeated(bot):
    finding = bot.pressed()
    bot.clients.lose_answer()

    bot.rounds(1)
    in_doubt = bot.state(finding)
    bot.world.clock.move(timedelta(seconds=61))
    bot.rounds(8)

    assert (in_doubt, bot.state(finding)) == (State.RUNNING, State.WAITING)
    assert bot.clients.starts == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>Sign in</html>"), (200, b""), (502, b"Bad gateway"), (504, b"<html>")],
)
def test_an_answer_that_is_not_awss_leaves_the_start_in_doubt(bot, status, body):
    finding = bot.pressed()
    bot.clients.answer(status, body)

    bot.rounds(1)
    in_doubt = bot.state(finding)
    bot.world.clock.move(timedelta(seconds=61))
    bot.rounds(8)

    assert (in_doubt, bot.state(finding)) == (State.RUNNING, State.WAITING)
    assert bot.clients.starts == 1


def test_two_workers_settle_one_doubt_and_start_once_more_at_most(bot):
    finding = bot.pressed()
    bot.world.aws.faults.refuse("StartRemediationExecution", "InternalFailure", "oh", times=1)
    bot.worker.round()
    other = replace(bot.worker, tasks=Tasks(2), pauses=Pauses())

    bot.world.clock.move(timedelta(seconds=61))
    for _ in range(3):
        threads = [threading.Thread(target=each.round) for each in (bot.worker, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bot.world.aws.tick()

    assert bot.clients.starts == 2
    assert bot.state(finding) is State.RUNNING


def test_a_worker_that_looked_too_early_does_not_give_back_anothers_new_claim(
    counted, context, clock
):
    context.ledger.record([change()])
    approve_all(context)
    [approved] = context.ledger.each([State.APPROVED])
    seen = move(context.ledger, life.start, finding_id=approved.id)
    clock.move(seconds=61)
    move(context.ledger, life.release, finding_id=approved.id)
    move(context.ledger, life.start, finding_id=approved.id)

    Moves(context, lambda finding: ALLOWED).apply(seen, life.release, "release")

    assert context.ledger.find(approved.id).state is State.RUNNING


def test_a_refused_batch_is_tried_one_by_one(bot):
    first, second = bot.pressed(), bot.pressed()
    bot.world.start(BUCKET_RULE, bot.context.ledger.find(first).key.resource_id)
    for each in (first, second):
        move(bot.context.ledger, life.withdraw, finding_id=each, note="")
        ask(bot.context.ledger, each, bot.world.clock())

    bot.rounds(1)

    assert [bot.state(each) for each in (first, second)] == [State.RUNNING, State.RUNNING]


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "SignatureDoesNotMatch", "RequestExpired"]
)
def test_what_passes_by_itself_keeps_the_decision(bot, code):
    finding = bot.pressed()
    bot.world.aws.faults.refuse("StartRemediationExecution", code, "later")

    bot.worker.round()
    kept = bot.state(finding)
    bot.world.clock.move(timedelta(seconds=5))
    bot.rounds(8)

    assert (kept, bot.state(finding)) == (State.APPROVED, State.WAITING)


def test_a_session_says_which_decision_it_carries_out_and_whose(bot):
    finding = bot.pressed()

    bot.worker.round()

    [session] = bot.clients.sessions
    assert session.name.startswith(f"{finding}.remediate.")
    assert "U0HANNAH" in session.source_identity
    assert session.configuration_arn.endswith(f"remediation-configuration/{BUCKET_RULE}")


def test_a_session_that_aws_does_not_give_fails_the_start_with_the_setting_that_helps(bot):
    finding = bot.pressed()
    bot.clients.refuse_session("not authorized to perform: sts:SetSourceIdentity on resource: x")

    bot.worker.round()

    assert bot.state(finding) is State.FAILED
    assert "source_identity in bot.yaml" in bot.note(finding)
    assert bot.clients.starts == 0


def test_a_session_that_is_too_narrow_is_told_with_the_setting_that_widens_it(bot):
    finding = bot.pressed()
    said = "no session policy allows the ssm:StartAutomationExecution action"
    bot.world.aws.faults.refuse(
        "StartRemediationExecution", "AccessDeniedException", f"not authorized because {said}"
    )

    bot.worker.round()

    assert "session_policy in bot.yaml" in bot.note(finding)


def test_a_rule_that_left_the_catalogue_starts_nothing(bot):
    finding = bot.pressed()
    del bot.context.catalogue[BUCKET_RULE]

    bot.worker.round()

    assert bot.state(finding) is State.FAILED
    assert bot.note(finding).startswith("Not started, because the rule now wants 1 other to agree")
    assert bot.clients.starts == 0


def test_a_rule_that_wants_more_people_by_now_starts_nothing(bot):
    finding = bot.pressed()
    rule = bot.context.catalogue[BUCKET_RULE]
    bot.context.catalogue[BUCKET_RULE] = replace(rule, decision=replace(rule.decision, approvers=2))

    bot.worker.round()

    assert bot.state(finding) is State.FAILED
    assert "wants 2 others to agree, and none did" in bot.note(finding)
    assert bot.clients.starts == 0


def test_an_account_that_does_not_answer_holds_up_no_other(context):
    held, started = threading.Event(), threading.Event()

    class Slow(Service):
        def configured(self, account, region, rule):
            if account == "111122223333":
                held.wait(10)
            return super().configured(account, region, rule)

        def start(self, keys):
            started.set()
            return super().start(keys)

    context.ledger.record([change(), change(account="222233334444")])
    approve_all(context)
    worker = Remediator(context, Slow(), lambda finding: ALLOWED, WINDOW, Tasks(2, 0.01))

    worker.round()
    was_started = started.wait(10)
    held.set()
    worker.tasks.wait(10)

    assert was_started


def test_an_execution_without_its_time_takes_nothing_from_the_others(counted, context, clock):
    context.ledger.record([change(), change(resource="other")])
    approve_all(context)
    counted.round()
    odd, plain = sorted(context.ledger.each([State.RUNNING]), key=lambda each: each.key.resource_id)
    counted.service.reported = {
        odd.aws_key: Execution(ExecutionState.UNKNOWN, None, 0, 0, "", ""),
        plain.aws_key: Execution(ExecutionState.SUCCEEDED, clock(), 1, 1, "Put", ""),
    }

    counted.round()

    states = [context.ledger.find(each.id).state for each in (odd, plain)]
    assert states == [State.RUNNING, State.WAITING]


def test_a_start_in_doubt_whose_execution_has_no_time_is_not_repeated(counted, context, clock):
    context.ledger.record([change()])
    approve_all(context)
    [approved] = context.ledger.each([State.APPROVED])
    claim = move(context.ledger, life.start, finding_id=approved.id)
    undated = Execution(ExecutionState.FAILED, None, 0, 0, "", "")
    counted.service.reported = {claim.aws_key: undated}

    clock.move(minutes=10)
    counted.round()

    assert context.ledger.find(approved.id).state is State.RUNNING
    assert counted.service.started == []


def test_a_start_that_aws_took_late_is_followed_and_not_given_up(counted, context, clock):
    context.ledger.record([change()])
    approve_all(context)
    [approved] = context.ledger.each([State.APPROVED])
    move(context.ledger, life.start, finding_id=approved.id)
    taken_at = clock()
    clock.move(seconds=61)
    counted.round()
    counted.round()
    again = len(counted.service.started)

    late = Execution(ExecutionState.SUCCEEDED, taken_at, 1, 1, "Put", "")
    counted.service.reported = {approved.aws_key: late}
    counted.round()

    assert again == 1
    assert context.ledger.find(approved.id).state is State.WAITING


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalFailure", "ExpiredTokenException"]
)
@pytest.mark.parametrize(
    "operation",
    [
        "DescribeRemediationConfigurations",
        "StartRemediationExecution",
        "DescribeRemediationExecutionStatus",
    ],
)
def test_what_passes_at_any_call_ends_as_if_it_had_not_been(bot, operation, code):
    finding = bot.pressed()
    bot.world.aws.faults.refuse(operation, code, "not now", times=2)

    for _ in range(12):
        bot.rounds(1)
        bot.world.clock.move(timedelta(seconds=61))

    hear(bot.world, bot.context.ledger)
    assert bot.state(finding) is State.RESOLVED
