"""Messages are kept true."""

import threading
from datetime import timedelta

import pytest

from compliance import life
from compliance.card import Departed
from compliance.change import ResourceFacts
from compliance.channel import Channel, Message
from compliance.finding import Request, State, Verb
from compliance.routing import Teams
from ledger.closed import ClosedChannels
from ledger.leases import LEASE
from ledger.messages import Messages
from ledger.storms import SINGLE_CARDS, STORM
from notifiers.chat import (
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
    ContentRefusedError,
    InDoubtError,
    MessageGoneError,
)
from notifiers.courier import Courier
from notifiers.troubles import Troubles
from tests.builders import ID, at, change, key, move, reroute
from tests.notifiers.chat import HOUSING, PAYMENTS, TDA, TEAMS, FakeChat, Rounds, shown_as, team


@pytest.fixture
def chat():
    return FakeChat()


@pytest.fixture
def courier_of(engine, chat, clock):
    def make(teams=TEAMS, patience=timedelta()):
        return Rounds(engine, Messages(engine, teams, clock, patience), teams, chat, clock)

    return make


@pytest.fixture
def courier(courier_of):
    return courier_of()


@pytest.fixture
def ask(ledger, clock):
    """Somebody asks for a remediation."""

    def ask(finding_id=ID, needed=0):
        request = Request(Verb.REMEDIATE, "slack:U1", needed, clock())
        return move(ledger, life.ask, finding_id, request=request)

    return ask


def channels(chat):
    return [message.channel for message in chat.posts]


def versions(chat):
    return [finding.version for finding in chat.shown.values()]


def storm(ledger, number=STORM + 1, **named):
    """So many buckets break one rule at once."""
    ledger.record([change(resource=f"bucket-{each}", **named) for each in range(number)])
    return {finding.id for finding in ledger.each([State.OPEN])}


def how_many(content):
    if isinstance(content, tuple):
        return len(content)
    return getattr(content, "number", 1)


def members(content):
    return {finding.id for finding in content}


def until_quiet(courier, rounds=60):
    return sum(courier.rounds(rounds))


def test_a_new_finding_is_posted_once(courier, chat, ledger):
    ledger.record([change()])

    assert courier.rounds(3) == [1, 0, 0]
    assert channels(chat) == [HOUSING]


def test_a_team_with_two_channels_has_a_message_in_each(courier_of, chat, ledger, ask):
    both = Teams((team("housing", HOUSING, PAYMENTS),), "housing")
    courier = courier_of(both)
    ledger.record([change()])
    assert courier.rounds(2) == [2, 0]

    ask()

    assert courier.rounds(2) == [2, 0]
    assert versions(chat) == [2, 2]
    assert set(channels(chat)) == {HOUSING, PAYMENTS}


def test_what_waits_for_a_decision_is_shown_in_a_channel_that_its_team_did_not_have(
    courier_of, chat, ledger, engine, clock
):
    ledger.record([change(resource="broken"), change(resource="mended")])
    courier_of().rounds(3)
    ledger.record([change("COMPLIANT", minute=3, resource="mended")])
    courier_of().rounds(3)

    both = Teams((team("housing", HOUSING, PAYMENTS),), "housing")
    named = ("housing", HOUSING), ("housing", PAYMENTS)
    reroute(engine, clock, lambda key, tags: "housing", named)

    assert courier_of(both).rounds(2) == [1, 0]
    assert channels(chat) == [HOUSING, HOUSING, PAYMENTS]


def test_a_channel_that_is_behind_is_brought_up_to_date_when_it_takes_messages(
    courier_of, chat, ledger, ask
):
    courier = courier_of(Teams((team("housing", HOUSING, PAYMENTS),), "housing"))
    ledger.record([change()])
    chat.closed[PAYMENTS] = ChatRefusedError("odd")
    courier.round()
    ask()
    courier.rounds(3)
    assert channels(chat) == [HOUSING]

    chat.closed.clear()
    courier.rounds(25)

    assert versions(chat) == [2, 2]


def test_ten_moves_are_one_update(courier, chat, ledger, ask):
    ledger.record([change()])
    courier.round()
    ask()
    move(ledger, life.start)

    assert courier.rounds(2) == [1, 0]
    assert versions(chat) == [3]
    assert len(chat.posts) == 1


def test_the_same_result_again_touches_no_message(courier, chat, ledger):
    ledger.record([change(), change("COMPLIANT", minute=1)])
    ledger.record([change(resource="open")])
    courier.rounds(2)

    ledger.record([change("COMPLIANT", minute=2), change(resource="open", minute=2)])

    assert courier.round() == 0


def test_where_nothing_is_out_of_date_the_courier_is_in_no_hurry(courier, ledger):
    ledger.record([change()])
    assert courier.courier.round() is not None

    assert courier.courier.round() is None


def test_a_few_findings_are_a_message_a_second(courier, ledger):
    ledger.record([change(resource=f"bucket-{number}") for number in range(SINGLE_CARDS)])

    assert courier.rounds(5) == [1, 1, 1, 0, 0]


def test_what_somebody_did_is_shown_at_once_although_the_channel_had_its_message(
    courier, chat, ledger, clock, ask
):
    ledger.record([change()])
    courier.round()
    storm(ledger, 60)
    courier.round()
    ask()
    clock.move(seconds=-0.9)

    courier.round()

    assert [each.state for each in chat.shown.values() if getattr(each, "id", "") == ID] == [
        State.APPROVED
    ]


def test_what_somebody_did_comes_before_many_that_aws_resolved(courier, chat, ledger, ask):
    resources = [f"bucket-{each}" for each in range(SINGLE_CARDS)]
    for resource in resources:
        ledger.record([change(resource=resource)])
    courier.rounds(4)
    ledger.record([change("COMPLIANT", 1, resource=each) for each in resources[:-1]])
    last = chat.shown[chat.posts[-1]]

    ask(last.id)
    courier.round()

    assert chat.shown[chat.posts[-1]].state is State.APPROVED


def test_a_storm_is_one_message(courier, chat, ledger):
    storm(ledger, 200)

    assert courier.rounds(3) == [1, 0, 0]
    [content] = chat.shown.values()
    assert content.states == ((State.OPEN, 200),)


def test_a_storm_is_measured_over_a_minute(courier, chat, ledger, clock):
    for number in range(67):
        ledger.record([change(resource=f"bucket-{number}")])
        courier.round()
        clock.move(seconds=0.5)
    until_quiet(courier)

    assert len(chat.posts) == SINGLE_CARDS + 1
    assert chat.shown[chat.posts[-1]].number == 67 - SINGLE_CARDS


def test_a_storm_of_many_rules_is_five_messages_at_most(courier, chat, ledger):
    for number in range(40):
        rules = [change(resource=f"b-{number}", rule=f"rule-{each}") for each in range(20)]
        ledger.record(rules)
        courier.round()
    until_quiet(courier)

    assert len(chat.posts) <= 5
    assert sum(map(how_many, chat.shown.values())) == 800


def test_findings_of_different_rules_that_are_no_storm_have_cards_of_their_own(
    courier, chat, ledger
):
    ledger.record([change(rule=f"rule-{each}") for each in range(6)])
    until_quiet(courier)

    assert len(chat.posts) == 6


def test_what_comes_later_than_a_storm_has_a_card_of_its_own(courier, chat, ledger, clock):
    storm(ledger)
    courier.round()
    clock.move(seconds=60)
    ledger.record([change()])

    courier.round()

    assert chat.shown[chat.posts[-1]].id == ID


def test_when_many_of_a_group_move_it_is_updated_once(courier, chat, ledger, ask):
    everyone = storm(ledger)
    courier.round()
    for finding_id in everyone:
        ask(finding_id)

    assert courier.rounds(2) == [1, 0]
    [content] = chat.shown.values()
    assert {finding.state for finding in content} == {State.APPROVED}
    assert members(content) == everyone


def test_a_group_that_always_moves_keeps_back_nothing_new(courier, chat, ledger, clock, ask):
    everyone = storm(ledger)
    courier.round()
    clock.move(minutes=5)
    ledger.record([change()])

    for finding_id in sorted(everyone)[:3]:
        ask(finding_id)
        courier.round()

    assert len(chat.posts) == 2


def test_a_card_waits_for_its_name_a_while(courier_of, ledger, clock):
    courier = courier_of(patience=timedelta(seconds=15))
    ledger.record([change()])

    before = courier.round()
    clock.move(seconds=15)

    assert (before, courier.round()) == (0, 1)


def test_one_of_a_group_that_goes_to_another_team_leaves_the_others_alone(courier, chat, ledger):
    ledger.record([change()])
    everyone = storm(ledger)
    courier.round()
    given_to_payments(ledger)

    courier.rounds(3)

    group, card = chat.posts
    assert members(chat.shown[group]) == everyone - {ID}
    assert (card.channel, chat.shown[card].id) == (PAYMENTS, ID)


def test_a_large_group_counts_only_those_that_are_its_teams_still(courier, chat, ledger):
    ledger.record([change()])
    everyone = storm(ledger, 50)
    courier.round()
    given_to_payments(ledger)

    courier.rounds(3)

    assert chat.shown[chat.posts[0]].number == len(everyone) - 1


def test_a_message_that_somebody_deleted_is_posted_anew(courier, chat, ledger, caplog, ask):
    ledger.record([change()])
    courier.round()
    ask()
    chat.errors = [MessageGoneError("message_not_found")]

    courier.rounds(3)

    assert len(chat.posts) == 2
    assert "posting anew" in caplog.text


def test_a_group_whose_message_somebody_deleted_comes_anew_with_all_of_it(
    courier, chat, ledger, ask
):
    everyone = storm(ledger)
    courier.round()
    ask(min(everyone))
    chat.errors = [MessageGoneError("message_not_found")]

    courier.rounds(3)

    assert members(chat.shown[chat.posts[-1]]) == everyone


def test_two_teams_in_one_channel_share_its_pace(courier_of, ledger):
    courier = courier_of(Teams((team("housing", HOUSING), team("payments", HOUSING)), "housing"))
    ledger.record([change(), change(resource="other")])
    given_to_payments(ledger)

    assert courier.rounds(3) == [1, 1, 0]


@pytest.mark.parametrize("how", ["excepted", "resolved"])
def test_what_is_over_before_anybody_was_told_is_not_posted(courier, chat, ledger, how):
    ledger.record([change()])
    if how == "excepted":
        move(ledger, life.except_until, until=at(60), note="known")
    else:
        ledger.record([change("COMPLIANT", minute=1)])

    courier.rounds(2)

    assert chat.posts == []
    assert courier.courier.round() is None


def given_to_payments(ledger, minute=1):
    """AWS Config tells of a tag by which payments owns what was housing's."""
    place = key()
    tagged = (place.account, place.region, place.resource_type, place.resource_id)
    ledger.record([], [ResourceFacts(*tagged, at(minute), tags={"Team": "payments"})])


def test_a_message_leaves_a_team_whose_finding_another_one_has_now(courier, chat, ledger, ask):
    ledger.record([change()])
    courier.round()
    given_to_payments(ledger)
    courier.rounds(2)

    ask()
    courier.rounds(2)

    old, new = chat.posts
    assert chat.shown[old] == Departed()
    assert (new.channel, chat.shown[new].state) == (PAYMENTS, State.APPROVED)
    assert courier.courier.round() is None


def test_a_team_of_another_name_in_the_same_channel_keeps_its_messages(courier_of, chat, ledger):
    ledger.record([change()])
    courier_of().round()
    given_to_payments(ledger)

    renamed = courier_of(Teams((team("payments", HOUSING),), "payments"))

    assert renamed.rounds(2) == [1, 0]
    assert [finding.team for finding in chat.shown.values()] == ["payments"]


def test_a_message_in_a_channel_that_was_closed_comes_again_in_the_teams_new_one(
    courier_of, chat, ledger, ask
):
    ledger.record([change()])
    courier_of().round()
    ask()
    chat.closed[HOUSING] = ChannelClosedError("is_archived")
    new = Channel("slack", "C0NEW")

    courier_of(Teams((team("housing", new),), "housing")).rounds(2)

    assert channels(chat) == [HOUSING, new]


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (ChatBusyError(timedelta(seconds=7)), 7),
        (ChatRefusedError("invalid_auth", "Set the token."), 20),
        (ChannelClosedError("not_in_channel", "Invite it."), 20),
    ],
    ids=["busy", "refused", "closed"],
)
def test_a_channel_that_takes_nothing_is_left_alone_and_others_are_not(
    courier, chat, ledger, clock, error, pause
):
    ledger.record([change()])
    ledger.record([change(resource="other")])
    given_to_payments(ledger)
    chat.closed[HOUSING] = error
    courier.round()
    chat.closed.clear()
    assert channels(chat) == [PAYMENTS]

    clock.move(seconds=pause - 3)
    courier.round()
    assert len(chat.posts) == 1
    clock.move(seconds=2)
    courier.round()
    assert len(chat.posts) == 2


def test_a_channel_that_answers_slowly_holds_up_no_other(engine, ledger, clock, eventually):
    answering = threading.Event()

    class Slow(FakeChat):
        def post(self, channel, content, post):
            if channel == HOUSING:
                answering.wait(20)
            return super().post(channel, content, post)

    chat = Slow()
    troubles = Troubles({"slack": chat}, TEAMS, ClosedChannels(engine, clock))
    messages = Messages(engine, TEAMS, clock, timedelta())
    courier = Courier(messages, shown_as, {"slack": chat}, troubles)
    ledger.record([change(), change(resource="other")])
    given_to_payments(ledger)

    courier.round()
    eventually(lambda: channels(chat) == [PAYMENTS])

    answering.set()
    eventually(lambda: len(chat.posts) == 2)


def test_of_two_replicas_one_reports_a_closed_channel_and_one_that_it_is_open(
    courier_of, chat, ledger
):
    ledger.record([change()])
    replicas = courier_of(), courier_of()
    chat.closed[HOUSING] = ChannelClosedError("is_archived", "Unarchive it.")
    for each in replicas * 2:
        each.rounds(60)
    closed = len(chat.notices)

    chat.closed.clear()
    for each in replicas * 2:
        move(ledger, life.ask, verb="except", needed=1)
        each.rounds(60)
        move(ledger, life.withdraw, verb=Verb.EXCEPT, note="Taken back.")
        each.rounds(60)

    assert closed == 1
    assert len(chat.notices) == 2


def test_a_closed_channel_is_not_reported_again_after_a_restart(courier_of, chat, ledger):
    ledger.record([change()])
    chat.closed[HOUSING] = ChannelClosedError("is_archived", "Unarchive it.")

    for _ in range(2):
        courier_of().rounds(60)

    assert len(chat.notices) == 1


def test_operators_are_told_once_of_a_channel_that_takes_nothing_and_once_when_it_is_mended(
    courier, chat, ledger
):
    ledger.record([change()])
    chat.closed[HOUSING] = ChannelClosedError("is_archived", "Unarchive it.")
    courier.rounds(60)
    assert [channel for channel, _ in chat.notices] == [TDA]
    assert courier.troubles.problems() == {HOUSING: "is_archived"}

    chat.closed.clear()
    courier.rounds(25)

    [(_, closed), (_, mended)] = chat.notices
    assert "C0HOUSING (team housing) takes no messages from the bot: is_archived. Unar" in closed
    assert mended == "Channel C0HOUSING (team housing) takes messages again."
    assert courier.troubles.problems() == {}


def test_while_no_channel_takes_the_report_readiness_says_so(courier, chat, ledger):
    ledger.record([change()])
    for channel in (HOUSING, TDA):
        chat.closed[channel] = ChannelClosedError("is_archived", "Unarchive it.")
    courier.rounds(60)

    assert courier.troubles.problem() == "chat did not take the notice about C0HOUSING: is_archived"
    chat.closed.pop(TDA)
    courier.rounds(600)
    assert [channel for channel, _ in chat.notices] == [TDA]
    assert courier.troubles.problem() == ""


def test_readiness_is_whole_again_with_the_channel(courier, chat, ledger):
    ledger.record([change()])
    for channel in (HOUSING, TDA):
        chat.closed[channel] = ChannelClosedError("is_archived", "Unarchive it.")
    courier.rounds(60)

    chat.closed.clear()
    courier.rounds(600)

    assert courier.troubles.problem() == ""


def test_a_channel_of_a_product_that_the_bot_does_not_know_is_told(courier_of, chat, ledger):
    teams = Channel("teams", "19:abc@thread.tacv2")
    courier = courier_of(Teams((team("housing", teams, HOUSING),), "housing", (TDA,)))
    ledger.record([change()])

    courier.rounds(3)

    assert channels(chat) == [HOUSING]
    [(_, text)] = chat.notices
    assert "not connected" in text


def test_one_message_that_chat_does_not_take_holds_up_no_other(
    courier, chat, ledger, caplog, clock
):
    ledger.record([change()])
    clock.move(minutes=1)
    ledger.record([change(resource="next")])
    chat.errors = [ContentRefusedError("invalid_blocks")]

    courier.rounds(2)

    assert [finding.key.resource_id for finding in chat.shown.values()] == ["next"]
    assert "chat refused a message" in caplog.text


def test_a_message_that_chat_did_not_take_is_tried_again_later(courier, chat, ledger, clock):
    ledger.record([change()])
    chat.errors = [ContentRefusedError("invalid_blocks")]
    courier.round()
    clock.move(minutes=10)

    courier.round()

    assert versions(chat) == [1]


def test_a_channel_that_refuses_one_message_after_another_is_told_as_closed(courier, chat, ledger):
    ledger.record([change(rule=f"rule-{each}") for each in range(4)])
    chat.closed[HOUSING] = ContentRefusedError("a_word_that_nobody_knows")

    courier.rounds(5)

    assert courier.troubles.problems() == {HOUSING: "a_word_that_nobody_knows"}


LOST = InDoubtError("timed out")


def test_a_post_whose_answer_is_lost_is_found_and_not_posted_again(courier, chat, ledger, ask):
    ledger.record([change()])
    chat.lost = [LOST]
    courier.round()
    ask()

    courier.rounds(5)

    assert len(chat.posts) == 1
    assert versions(chat) == [2]


def test_a_group_whose_answer_is_lost_is_found_with_all_of_it(courier, chat, ledger):
    everyone = storm(ledger)
    chat.lost = [LOST]

    courier.rounds(5)

    [content] = chat.shown.values()
    assert members(content) == everyone


def test_a_post_that_did_not_arrive_is_made_again_when_it_no_longer_can(courier, chat, ledger):
    ledger.record([change()])
    chat.errors = [LOST]

    courier.rounds(10)
    assert chat.posts == []
    courier.rounds(6)

    assert len(chat.posts) == 1


def test_a_second_message_of_a_post_is_found_later_and_points_to_the_real_one(
    courier, chat, ledger, clock
):
    ledger.record([change()])
    chat.errors = [LOST]
    courier.rounds(20)
    [real] = chat.posts
    late = Message(HOUSING, "late")
    chat.post_ids[late] = chat.post_ids[real]

    clock.move(minutes=1)
    courier.rounds(2)

    assert chat.pointers == {late: real}


def test_a_replica_that_died_after_its_post_is_relieved_without_a_second_one(
    courier, chat, ledger, clock, monkeypatch
):
    ledger.record([change()])
    monkeypatch.setattr(Messages, "shown", lambda *noted: None)
    courier.round()
    monkeypatch.undo()
    clock.move(seconds=LEASE.total_seconds())

    courier.rounds(3)

    assert len(chat.posts) == 1
    assert courier.courier.round() is None


def test_where_the_history_cannot_be_read_a_post_in_doubt_waits_for_its_lease(
    courier, chat, ledger, caplog
):
    ledger.record([change()])
    chat.lost, chat.unreadable = [LOST], ChatRefusedError("missing_scope", "Install it again.")

    courier.rounds(50)
    assert len(chat.posts) == 1
    courier.rounds(20)

    assert len(chat.posts) == 2
    assert caplog.text.count("history cannot be read") == 1


def test_a_press_on_a_message_that_is_not_the_findings_makes_it_a_pointer(courier, chat, ledger):
    ledger.record([change()])
    courier.round()
    orphan = Message(HOUSING, "orphan")

    courier.courier.adopt(ID, orphan)

    assert chat.pointers == {orphan: chat.posts[0]}


def test_a_press_on_a_message_that_the_ledger_lost_makes_it_the_findings(courier, chat, ledger):
    ledger.record([change()])
    orphan = Message(HOUSING, "orphan")

    courier.courier.adopt(ID, orphan)
    courier.round()

    assert list(chat.shown) == [orphan]
    assert chat.posts == []


def test_a_press_on_the_right_message_changes_nothing(courier, chat, ledger):
    ledger.record([change()])
    courier.round()

    courier.courier.adopt(ID, chat.posts[0])

    assert courier.round() == 0
    assert chat.pointers == {}


def test_of_two_replicas_one_posts(engine, chat, ledger, clock):
    ledger.record([change()])
    together = threading.Barrier(2)

    def replica():
        courier = Rounds(engine, Messages(engine, TEAMS, clock, timedelta()), TEAMS, chat, clock)
        together.wait()
        courier.courier.round()

    threads = [threading.Thread(target=replica) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(chat.posts) == 1


def test_updates_leave_room_for_what_people_wait_for(courier, chat, ledger, ask):
    everyone = [change(resource=f"b-{each}", rule=f"r-{each % 30}") for each in range(60)]
    for each in everyone:
        ledger.record([each])
        courier.round()
    for minute in range(1, 12):
        ledger.record([change("COMPLIANT", minute, f"b-{n}", rule=f"r-{n}") for n in range(3)])
        later = minute + 0.5
        ledger.record([change("NON_COMPLIANT", later, f"b-{n}", rule=f"r-{n}") for n in range(3)])
        courier.rounds(2)

    ask(chat.shown[chat.posts[0]].id)

    assert courier.round() == 1
