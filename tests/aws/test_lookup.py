"""What notifications leave out, asked of the local AWS."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.lookup import Lookup
from aws.sweep import Place, Records, Sweep
from aws.tasks import Tasks
from compliance.change import ResourceFacts
from compliance.channel import Channel
from compliance.finding import State
from ledger.lookups import Lookups
from ledger.messages import Messages
from ledger.missed import Missed
from ledger.stale import Turn
from ledger.store import Ledger
from ledger.watched import Watched
from tests.aws.world import HEAR, WorldClients
from tests.builders import ID, at, change, teams
from tests.playground.aws.world import BUCKET_RULE, HOUSING, REGION

TAGGED = {"Team": "payments"}
HERE = change().key.account, change().key.region


@pytest.fixture
def lookups(engine, clock):
    return Lookups(engine, clock)


class Service:
    """AWS Config at our seam: each account's answer, or its error."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def facts(self, key):
        self.asked.append(key.account)
        answer = self.answers.get(key.account)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def names(self, keys):
        """AWS Config says nothing of them together."""
        return {}


@pytest.fixture
def look_up(lookups, ledger, clock):
    """Do one round with what AWS answers about housing's account and others."""

    def round_(answer=None, **others):
        service = Service({"111122223333": answer, **others})
        Lookup(lookups, service, ledger.record, clock).round()
        return service.asked

    return round_


def facts(**told):
    key = change().key
    place = (key.account, key.region, key.resource_type, key.resource_id)
    return ResourceFacts(*place, **{"captured_at": change().recorded_at, **told})


def take(messages):
    return messages.take(Channel("slack", "C0HOUSING"), {"housing"}, Turn.NEW)


def test_the_owner_of_a_finding_that_came_without_tags_is_looked_up(ledger, look_up):
    ledger.record([change()])

    look_up(facts(name="Repairs photos", tags=TAGGED))

    found = ledger.find(ID)
    assert (found.resource_name, found.team) == ("Repairs photos", "payments")


@pytest.mark.parametrize(
    ("changes", "known"),
    [([change()], [facts(name="known")]), ([change("COMPLIANT")], [])],
    ids=["known already", "nobody has to know"],
)
def test_aws_is_asked_only_where_somebody_has_to_know(ledger, look_up, changes, known):
    ledger.record(changes, known)

    assert look_up() == []


def test_a_resource_that_breaks_its_rule_later_is_looked_up_then(ledger, look_up):
    ledger.record([change("COMPLIANT")])
    ledger.record([change(minute=1)])

    assert look_up() == ["111122223333"]
    assert look_up() == []


def test_a_busy_account_is_asked_again_later_and_once_a_round(ledger, look_up, clock):
    places = [change(), change(resource="other"), change(account="222233334444")]
    ledger.record(places)

    assert sorted(look_up(AwsBusyError("throttled"))) == ["111122223333", "222233334444"]
    assert look_up() == []
    clock.move(minutes=5)
    assert look_up() == ["111122223333", "111122223333"]


def test_a_new_card_waits_for_its_owner_until_aws_answers(engine, ledger, look_up, clock):
    messages = Messages(engine, teams(), clock)
    ledger.record([change()])

    before = take(messages)
    look_up()

    assert before is None
    assert take(messages).findings[0].id == ID


def test_a_new_card_waits_no_longer_than_a_moment(engine, ledger, clock):
    ledger.record([change()])

    clock.move(seconds=15)

    assert take(Messages(engine, teams(), clock)).findings[0].id == ID


def test_a_card_whose_account_cannot_be_asked_does_not_wait(engine, ledger, look_up, clock):
    ledger.record([change()])

    look_up(AwsBusyError("out of reach"))

    assert take(Messages(engine, teams(), clock)).findings[0].id == ID


@pytest.fixture
def bot(world, engine):
    """A ledger and a lookup at the time of the local AWS, which they ask."""
    ledger = Ledger(engine, world.clock, lambda key, tags: tags.get("Team", "nobody"))
    service = ConfigService(WorldClients(world))
    lookups = Lookups(engine, world.clock)
    lookup = Lookup(lookups, service, ledger.record, world.clock)
    of_ledger = lookups, Watched(engine), Missed(engine)
    records = Records(ledger.record, *of_ledger, lambda since, until: ())
    places = [Place(HOUSING, REGION)]
    sweep = Sweep(service, Tasks(2), places, HEAR, records, lambda: None, world.clock)

    def swept():
        sweep.sweep()
        lookup.round()
        return {
            each.key.resource_id: each
            for each in ledger.each(State)
            if each.key.rule == BUCKET_RULE
        }

    return swept


def test_a_first_sweep_finds_out_whose_each_resource_is(world, bot):
    bucket = world.public_bucket()
    tags = {"TagSet": [{"Key": "Team", "Value": "repairs"}]}
    world.client("s3").put_bucket_tagging(Bucket=bucket, Tagging=tags)
    world.aws.tick()
    world.messages()

    found = bot()[bucket]

    assert (found.resource_name, found.team) == (bucket, "repairs")


def test_a_resource_whose_deletion_nobody_heard_of_is_settled_by_the_next_sweep(world, bot):
    bucket = world.public_bucket()
    before = bot()[bucket].state
    world.clock.move(timedelta(minutes=1))
    world.client("s3").delete_bucket(Bucket=bucket)
    world.aws.tick()
    world.messages()

    after = bot()[bucket]

    assert (before, after.state) == (State.OPEN, State.RESOLVED)
    assert after.annotation == "The resource was deleted."


@pytest.mark.parametrize(("deleted", "state"), [(True, State.RESOLVED), (False, State.OPEN)])
def test_what_a_sweep_does_not_see_is_settled_only_by_its_deletion(
    ledger, lookups, look_up, deleted, state
):
    ledger.record([change()], [facts(name="known")])

    lookups.doubt([ID])
    look_up(facts(captured_at=at(5), deleted=deleted))

    assert ledger.find(ID).state is state


def test_what_was_deleted_is_settled_where_aws_does_not_do_it_in_time(ledger, look_up, clock):
    ledger.record([change(minute=3)], [facts(name="known")])
    gone = facts(captured_at=at(2), deleted=True)
    ledger.record([], [gone])

    asked_at_once = look_up(gone)
    clock.move(minutes=15)
    look_up(gone)

    assert asked_at_once == []
    assert ledger.find(ID).state is State.RESOLVED


class Answers:
    """AWS Config's clients at boto3's seam: configuration items by resource."""

    def __init__(self, items):
        self.items = items

    def client(self, service, account, region):
        return self

    def batch_get_resource_config(self, **asked):
        return {"baseConfigurationItems": [], "unprocessedResourceKeys": asked["resourceKeys"]}

    def get_resource_config_history(self, **asked):
        item = self.items[asked["resourceId"]]
        captured_at = change().recorded_at
        return {"configurationItems": [{"configurationItemCaptureTime": captured_at, **item}]}


def test_an_odd_configuration_item_does_not_hold_up_the_others(lookups, ledger, clock):
    ledger.record([change(resource="odd"), change()])
    items = {"odd": {"configuration": "no JSON"}, "repairs-photos": {"tags": TAGGED}}

    Lookup(lookups, ConfigService(Answers(items)), ledger.record, clock).round()

    assert ledger.find(ID).team == "payments"


def test_a_deletion_that_comes_while_aws_answers_is_still_asked_about(ledger, lookups, clock):
    ledger.record([change()])

    class Slow(Service):
        def facts(self, key):
            ledger.record([], [facts(captured_at=at(1), deleted=True)])
            return facts(name="before")

    Lookup(lookups, Slow({}), ledger.record, clock).round()
    clock.move(minutes=15)

    assert [each.id for each in lookups.due(*HERE)] == [ID]


def test_a_resource_that_breaks_several_rules_is_asked_about_once(ledger, look_up):
    ledger.record([change(), change(rule="s3-other")])

    assert look_up(facts(tags=TAGGED)) == ["111122223333"]
    assert {each.team for each in ledger.each(State)} == {"payments"}


def test_a_hundred_that_are_there_are_asked_about_by_one_call(ledger, lookups, clock):
    changes = [change(resource=f"bucket-{number}") for number in range(100)]
    ledger.record(changes, [facts_of(each.key) for each in changes])
    lookups.doubt([finding.id for finding in ledger.each([State.OPEN])])

    class Together(Service):
        def names(self, keys):
            self.asked.append(len(keys))
            return dict.fromkeys(keys, "n")

    service = Together({})
    Lookup(lookups, service, ledger.record, clock).round()

    assert service.asked == [100]
    assert lookups.places() == ()


class ByHundreds(Service):
    """Tells the names of all resources together, and of one account nothing alone."""

    def __init__(self, answers, ledger):
        super().__init__(answers)
        self.ledger = ledger
        self.calls = []
        self.names_by_then = []

    def names(self, keys):
        self.calls.append(len(keys))
        return {key: f"name of {key.resource_id}" for key in keys}

    def facts(self, key):
        self.names_by_then.append({each.resource_name != "" for each in self.ledger.each(State)})
        return super().facts(key)


def test_names_are_asked_for_by_the_hundred_before_anything_is_asked_alone(ledger, lookups, clock):
    accounts = "111122223333", "222233334444"
    resources = [(f"b{number}", each) for each in accounts for number in range(120)]
    ledger.record([change(resource=each, account=account) for each, account in resources])
    service = ByHundreds({}, ledger)

    Lookup(lookups, service, ledger.record, clock, Tasks(1)).round()

    assert service.calls == [100, 20, 100, 20]
    assert service.names_by_then == [{True}] * 240
    assert lookups.places() == ()


def test_a_name_is_not_all_that_is_asked_for_even_after_a_restart(ledger, lookups, clock):
    ledger.record([change(), change(resource="other")])
    service = ByHundreds({"111122223333": AwsBusyError("killed")}, ledger)
    Lookup(lookups, service, ledger.record, clock).round()
    clock.move(minutes=5)

    service.answers["111122223333"] = facts(name="new", tags=TAGGED, captured_at=clock())
    Lookup(lookups, service, ledger.record, clock).round()

    assert {each.team for each in ledger.each(State) if each.id == ID} == {"payments"}
    assert lookups.places() == ()


def test_a_name_that_came_alone_takes_no_tags_away(ledger):
    ledger.record([change()], [facts(name="known", tags=TAGGED)])

    ledger.record([], [replace(facts(name="older"), tags=None)])

    found = ledger.find(ID)
    assert (found.resource_name, dict(found.tags), found.team) == ("known", TAGGED, "payments")


def facts_of(key):
    return ResourceFacts(*(key.account, key.region, key.resource_type, key.resource_id), at(0), "n")


def test_where_aws_may_not_be_asked_together_it_is_asked_one_by_one(ledger, lookups, clock):
    changes = [change(), change(resource="other")]
    ledger.record(changes, [facts_of(each.key) for each in changes])
    lookups.doubt([finding.id for finding in ledger.each([State.OPEN])])

    class OneByOne(Service):
        def names(self, keys):
            raise AwsRefusedError("not authorized to perform: config:BatchGetResourceConfig")

    service = OneByOne({})
    Lookup(lookups, service, ledger.record, clock).round()

    assert len(service.asked) == 2


def test_an_account_with_much_to_ask_does_not_hide_the_others(ledger, lookups):
    ledger.record([change(resource=f"bucket-{number}") for number in range(300)])
    ledger.record([change(account="222233334444")])

    assert set(lookups.places()) == {HERE, ("222233334444", "eu-west-2")}
    assert len(lookups.due(*HERE)) == 100


def test_what_was_told_before_aws_became_busy_is_kept(ledger, lookups, clock):
    ledger.record([change(), change(resource="zoo")])

    class Tiring(Service):
        def facts(self, key):
            if self.asked:
                raise AwsBusyError("throttled")
            self.asked.append(key)
            return replace(facts_of(key), name="told")

    Lookup(lookups, Tiring({}), ledger.record, clock).round()

    assert sorted(each.resource_name for each in ledger.each(State)) == ["", "told"]
    assert lookups.places() == ()


def test_which_resources_are_there_is_asked_of_aws_together(world):
    service = ConfigService(WorldClients(world))
    there, gone = world.public_bucket(), "never-made"
    keys = [change(resource=each, rule="").key for each in (there, gone)]

    assert service.names(keys) == {keys[0]: there}
