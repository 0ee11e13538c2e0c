"""Cards are kept true."""

import threading
from datetime import timedelta

import pytest

import compliance.finding as life
from compliance.card import Departed
from compliance.change import ResourceFacts
from compliance.finding import State
from compliance.routing import Team
from ledger.cards import STORM, Cards, Posted
from ledger.lookups import Lookups
from notifiers.courier import (
    CardGoneError,
    CardRefusedError,
    ChannelClosedError,
    ChatBusyError,
    ChatRefusedError,
    Courier,
)
from tests.builders import ID, PAYMENTS, at, change, key, move, reroute


class Chat:
    """A chat product at our seam: what it shows, and what it says next."""

    def __init__(self):
        self.shown, self.posts, self.errors = {}, [], []

    def post(self, channel, card):
        self._fail()
        place = Posted(channel, str(len(self.posts)))
        self.posts.append(place)
        self.shown[place] = card
        return place

    def replace(self, place, card):
        self._fail()
        self.shown[place] = card

    def _fail(self):
        if self.errors:
            raise self.errors.pop(0)


def team(name, channel):
    return Team(name, channel, frozenset(), frozenset(), ())


def shown_as(findings):
    """A message undrawn: its finding, or all of them; Departed where they are another team's."""
    match findings:
        case []:
            return Departed()
        case [finding]:
            return finding
    return findings


@pytest.fixture
def chat():
    return Chat()


@pytest.fixture
def cards(engine, clock):
    return Cards(engine, clock, patience=timedelta())


@pytest.fixture
def courier(cards, chat, clock):
    teams = [team("housing", "C0HOUSING"), team("payments", "C0PAYMENTS")]
    return Courier(cards, teams, shown_as, chat, clock)


def versions(chat):
    return [finding.version for finding in chat.shown.values()]


def test_a_new_finding_is_posted_once(courier, chat, ledger):
    ledger.record([change()])

    assert courier.round() == 1
    assert courier.round() == 0
    assert [place.channel for place in chat.posts] == ["C0HOUSING"]


def test_ten_moves_are_one_update(courier, chat, ledger):
    ledger.record([change()])
    courier.round()
    move(ledger, life.ask, actor="U1", needed=0)
    move(ledger, life.start)

    assert [courier.round(), courier.round()] == [1, 0]
    assert versions(chat) == [3]
    assert len(chat.posts) == 1


def test_the_same_result_again_touches_no_card(courier, chat, ledger):
    ledger.record([change(), change("COMPLIANT", minute=1)])
    ledger.record([change(resource="open")])
    courier.round()
    courier.round()

    ledger.record([change("COMPLIANT", minute=2), change(resource="open", minute=2)])

    assert courier.round() == 0


def test_a_few_findings_are_one_message_a_round(courier, chat, ledger):
    ledger.record([change(resource=f"bucket-{number}") for number in range(5)])

    assert [courier.round() for _ in range(6)] == [1, 1, 1, 1, 1, 0]


def storm(ledger, number=STORM + 1, **named):
    """So many buckets break one rule at once."""
    ledger.record([change(resource=f"bucket-{each}", **named) for each in range(number)])
    return {finding.id for finding in ledger.each([State.OPEN])}


def members(face):
    return {finding.id for finding in face}


def test_a_storm_is_one_message(courier, chat, ledger):
    everyone = storm(ledger, 200)

    assert [courier.round() for _ in range(3)] == [1, 0, 0]
    [face] = chat.shown.values()
    assert members(face) == everyone


def test_as_many_as_are_no_storm_yet_are_cards_of_their_own(courier, chat, ledger):
    storm(ledger, STORM)

    while courier.round():
        pass

    assert len(chat.posts) == STORM


def test_a_storm_is_of_one_rule(courier, chat, ledger):
    storm(ledger, STORM)
    storm(ledger, STORM, rule="s3-other")

    while courier.round():
        pass

    assert len(chat.posts) == 2 * STORM


def test_when_many_of_a_group_move_it_is_drawn_once(courier, chat, ledger):
    everyone = storm(ledger)
    courier.round()
    for finding_id in everyone:
        move(ledger, life.ask, finding_id, actor="U1", needed=0)

    assert [courier.round(), courier.round()] == [1, 0]
    [face] = chat.shown.values()
    assert {finding.state for finding in face} == {State.APPROVED}
    assert members(face) == everyone


def test_a_group_that_always_moves_keeps_back_nothing_new(courier, chat, ledger, clock):
    everyone = storm(ledger)
    courier.round()
    clock.move(minutes=5)
    ledger.record([change()])

    for finding_id in sorted(everyone)[:2]:
        move(ledger, life.ask, finding_id, actor="U1", needed=0)
        courier.round()

    assert len(chat.posts) == 2


def test_what_follows_a_storm_at_once_joins_its_message(courier, chat, ledger, clock):
    storm(ledger)
    courier.round()
    clock.move(seconds=59)
    everyone = storm(ledger, STORM + 3)

    courier.round()

    [face] = chat.shown.values()
    assert members(face) == everyone


def test_what_comes_later_than_a_storm_has_a_card_of_its_own(courier, chat, ledger, clock):
    storm(ledger)
    courier.round()
    clock.move(seconds=60)
    ledger.record([change()])

    courier.round()

    assert chat.shown[chat.posts[-1]].id == ID


def test_a_storm_waits_for_its_names_and_comes_in_one_message(engine, chat, ledger, clock):
    teams = [team("housing", "C0HOUSING")]
    courier = Courier(Cards(engine, clock), teams, shown_as, chat, clock)
    everyone = storm(ledger)
    Lookups(engine, clock).ask_again(min(everyone), None)

    before = courier.round()
    clock.move(seconds=15)

    assert (before, courier.round()) == (0, 1)
    assert members(chat.shown[chat.posts[0]]) == everyone


def test_one_of_a_group_that_goes_to_another_team_leaves_the_others_alone(courier, chat, ledger):
    ledger.record([change()])
    everyone = storm(ledger)
    courier.round()
    given_to_payments(ledger)

    rounds = [courier.round() for _ in range(3)]

    group, card = chat.posts
    assert members(chat.shown[group]) == everyone - {ID}
    assert (card.channel, chat.shown[card].id) == ("C0PAYMENTS", ID)
    assert rounds == [1, 1, 0]


def test_a_group_that_goes_to_another_team_comes_there_as_one(courier, chat, ledger, clock):
    everyone = storm(ledger)
    courier.round()
    reroute(ledger.engine, clock, lambda key, tags: "payments")

    rounds = [courier.round() for _ in range(3)]

    old, new = chat.posts
    assert chat.shown[old] == Departed()
    assert (new.channel, members(chat.shown[new])) == ("C0PAYMENTS", everyone)
    assert rounds == [1, 1, 0]


def test_a_group_whose_message_somebody_deleted_comes_anew_with_all_of_it(courier, chat, ledger):
    everyone = storm(ledger)
    courier.round()
    move(ledger, life.ask, min(everyone), actor="U1", needed=0)
    chat.errors = [CardGoneError("message_not_found")]

    courier.round()
    courier.round()

    assert members(chat.shown[chat.posts[-1]]) == everyone


def test_a_group_that_chat_takes_later_has_lost_nobody(courier, chat, ledger, clock):
    everyone = storm(ledger)
    chat.errors = [ChatBusyError(timedelta(seconds=5))]
    courier.round()
    clock.move(seconds=6)

    courier.round()

    assert members(chat.shown[chat.posts[-1]]) == everyone


def test_two_teams_in_one_channel_share_its_pace(cards, chat, clock, ledger):
    shared = [team("housing", "C0SHARED"), team("payments", "C0SHARED")]
    courier = Courier(cards, shared, shown_as, chat, clock)
    ledger.record([change()])
    ledger.record([change(resource="other", account=PAYMENTS)])

    assert [courier.round(), courier.round(), courier.round()] == [1, 1, 0]


def test_what_the_allowlist_covers_on_arrival_is_not_posted(courier, chat, ledger):
    ledger.record([change()])
    move(ledger, life.except_until, until=at(60), note="known", actor="U1")

    courier.round()

    assert chat.posts == []


def test_what_was_resolved_before_anybody_was_told_is_not_posted(courier, chat, ledger):
    ledger.record([change(), change("COMPLIANT", minute=1)])

    courier.round()

    assert chat.posts == []
    assert courier.round() == 0


def test_what_was_resolved_before_anybody_was_told_takes_one_round(courier, chat, ledger):
    for minute, compliance in enumerate(["NON_COMPLIANT", "COMPLIANT"]):
        ledger.record([change(compliance, minute, resource=f"b-{each}") for each in range(50)])

    assert [courier.round(), courier.round()] == [1, 0]


def test_a_card_that_somebody_deleted_is_posted_anew(courier, chat, ledger, caplog):
    ledger.record([change()])
    courier.round()
    move(ledger, life.ask, actor="U1", needed=0)
    chat.errors = [CardGoneError("message_not_found")]

    courier.round()
    courier.round()

    assert len(chat.posts) == 2
    assert "posting anew" in caplog.text


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (ChatBusyError(timedelta(seconds=7)), 7),
        (ChatRefusedError("not_in_channel", "Invite it."), 20),
    ],
    ids=["busy", "refused"],
)
def test_a_channel_that_takes_nothing_is_left_alone_and_others_are_not(
    courier, chat, ledger, clock, error, pause
):
    ledger.record([change()])
    chat.errors = [error]
    assert courier.round() == 0

    ledger.record([change(resource="other", account=PAYMENTS)])
    assert courier.round() == 1

    clock.move(seconds=pause - 1)
    assert courier.round() == 0
    clock.move(seconds=2)
    assert courier.round() == 1
    assert len(chat.shown) == 2


def moved_to(channel, cards, chat, clock):
    """The courier after a restart with another channel for housing."""
    return Courier(cards, [team("housing", channel)], shown_as, chat, clock)


def test_a_card_in_a_channel_that_was_closed_comes_again_in_the_teams_new_one(
    courier, cards, chat, ledger, clock
):
    ledger.record([change()])
    courier.round()
    move(ledger, life.ask, actor="U1", needed=0)
    chat.errors = [ChannelClosedError("is_archived")]
    courier = moved_to("C0NEW", cards, chat, clock)

    courier.round()
    courier.round()

    assert [place.channel for place in chat.posts] == ["C0HOUSING", "C0NEW"]


def test_a_card_that_cannot_be_changed_in_an_old_channel_holds_up_nothing_in_the_new_one(
    courier, cards, chat, ledger, clock
):
    ledger.record([change()])
    courier.round()
    move(ledger, life.ask, actor="U1", needed=0)
    ledger.record([change(resource="next")])
    chat.errors = [ChatRefusedError("restricted_action")]
    courier = moved_to("C0NEW", cards, chat, clock)

    courier.round()
    courier.round()

    assert [place.channel for place in chat.posts] == ["C0HOUSING", "C0NEW"]
    assert versions(chat) == [1, 1]


def given_to_payments(ledger, minute=1):
    """AWS Config tells of a tag by which payments owns what was housing's."""
    place = key()
    tagged = (place.account, place.region, place.resource_type, place.resource_id)
    ledger.record([], [ResourceFacts(*tagged, at(minute), tags={"Team": "payments"})])


def test_a_card_leaves_a_team_whose_finding_another_one_has_now(courier, chat, ledger):
    ledger.record([change()])
    courier.round()
    given_to_payments(ledger)

    rounds = [courier.round() for _ in range(3)]

    old, new = chat.posts
    assert (new.channel, chat.shown[new].team) == ("C0PAYMENTS", "payments")
    assert chat.shown[old] == Departed()
    assert rounds == [1, 1, 0]


def test_a_card_leaves_its_team_once_and_moves_on_with_the_other(courier, chat, ledger):
    ledger.record([change()])
    courier.round()
    given_to_payments(ledger)
    courier.round()
    courier.round()
    move(ledger, life.ask, actor="U1", needed=0)

    courier.round()

    old, new = chat.posts
    assert chat.shown[old] == Departed()
    assert chat.shown[new].state is State.APPROVED


def test_a_team_of_another_name_in_the_same_channel_keeps_its_cards(cards, chat, clock, ledger):
    ledger.record([change()])
    Courier(cards, [team("housing", "C0HOUSING")], shown_as, chat, clock).round()
    reroute(ledger.engine, clock, lambda key, tags: "estates")
    courier = Courier(cards, [team("estates", "C0HOUSING")], shown_as, chat, clock)

    assert [courier.round(), courier.round()] == [1, 0]
    assert [finding.team for finding in chat.shown.values()] == ["estates"]


def test_a_closed_channel_keeps_no_card_from_the_team_that_has_the_finding_now(
    courier, chat, ledger
):
    ledger.record([change()])
    courier.round()
    given_to_payments(ledger)
    chat.errors = [ChannelClosedError("is_archived")]

    courier.round()
    courier.round()

    assert [place.channel for place in chat.posts] == ["C0HOUSING", "C0PAYMENTS"]


def test_the_only_channel_a_team_has_is_tried_again_when_it_was_closed(courier, chat, ledger):
    ledger.record([change()])
    courier.round()
    move(ledger, life.ask, actor="U1", needed=0)
    chat.errors = [ChannelClosedError("is_archived")]

    courier.round()
    courier.round()

    assert len(chat.posts) == 1


def test_a_channel_that_refuses_is_told_to_operators_with_the_cure(courier, chat, ledger, caplog):
    ledger.record([change()])
    chat.errors = [ChatRefusedError("not_in_channel", "Invite the bot.")]

    courier.round()

    [record] = [each for each in caplog.records if each.message == "chat refused a card"]
    assert (record.finding, record.problem, record.remedy) == (
        ID,
        "not_in_channel",
        "Invite the bot.",
    )


def test_one_card_that_chat_does_not_take_holds_up_no_other(courier, chat, ledger, caplog, clock):
    ledger.record([change()])
    clock.move(minutes=1)
    ledger.record([change(resource="next")])
    chat.errors = [CardRefusedError("invalid_blocks")]

    courier.round()
    courier.round()

    assert [finding.key.resource_id for finding in chat.shown.values()] == ["next"]
    assert "chat refused a card" in caplog.text


def test_a_restart_between_post_and_note_posts_once_more_rather_than_never(
    courier, chat, ledger, cards, clock, monkeypatch
):
    ledger.record([change()])
    monkeypatch.setattr(cards, "shown", lambda *noted: None)
    courier.round()
    monkeypatch.undo()

    for _ in range(5):
        clock.move(seconds=30)
        courier.round()

    assert len(chat.posts) == 2


def test_of_two_replicas_one_posts(cards, chat, ledger, clock):
    ledger.record([change()])
    together = threading.Barrier(2)

    def replica():
        courier = Courier(cards, [team("housing", "C0HOUSING")], shown_as, chat, clock)
        together.wait()
        courier.round()

    threads = [threading.Thread(target=replica) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(chat.posts) == 1


def test_a_card_that_is_out_of_date_leaves_its_channel_although_nobody_has_to_do_anything(
    courier, chat, ledger, engine, clock
):
    ledger.record([change()])
    courier.round()
    ledger.record([change("COMPLIANT", minute=1)])
    reroute(engine, clock, lambda key, tags: "payments")

    courier.round()

    assert list(chat.shown.values()) == [Departed()]


def test_what_comes_after_a_channel_was_corrected_comes_in_the_right_one(
    cards, chat, ledger, clock
):
    ledger.record([change(resource=f"bucket-{each}") for each in range(STORM + 1)])
    Courier(cards, [team("housing", "C0WRONG")], shown_as, chat, clock).round()
    ledger.record([change(resource="later")])

    Courier(cards, [team("housing", "C0RIGHT")], shown_as, chat, clock).round()

    assert [place.channel for place in chat.posts] == ["C0WRONG", "C0RIGHT"]
    assert chat.shown[chat.posts[1]].key.resource_id == "later"
