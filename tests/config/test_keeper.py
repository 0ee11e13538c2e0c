"""The allowlist in memory: kept up to date, and changed where it is kept."""

import re
import threading
import time
from dataclasses import replace
from datetime import date

import pytest

from commands.checks import check_allowlist
from compliance.allowlist import Entry, ExceptionClass, UnwritableAllowlistError
from compliance.shelf import ShelfBusyError, ShelfConflictError, Text
from config.faults import ConfigError
from config.file_shelf import FileShelf
from config.keeper import Keeper
from tests.builders import RULE, entry, key, rule, write
from tests.config.test_allowlist import SHIPPED, entries, many, text

CATALOGUE = {RULE: rule()}
ENTRY = Entry(
    rule=key().rule,
    account="011122223333",
    region="eu-west-2",
    resource="repairs-photos",
    exception_class=ExceptionClass.ACCEPTED_RISK,
    reason="The public website's pictures: nothing personal #1",
    asked_by="slack:U0HANNAH",
    ticket="SEC-1",
    expires=date(2027, 3, 31),
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "allowlist.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    return path


@pytest.fixture
def keeper(path):
    return keep(path)


def keep(path):
    return Keeper(FileShelf(path), CATALOGUE)


def look(keeper, times=2):
    for _ in range(times):
        keeper.refresh()
    return keeper.current.entries


def test_a_recorded_exception_is_in_the_file_and_the_comments_are_as_they_were(path, keeper):
    write(keeper, ENTRY)

    before = SHIPPED.read_text().splitlines()
    after = path.read_text().splitlines()
    assert after[: len(before) - 1] == before[:-1]
    assert keep(path).current.entries == keeper.current.entries == (ENTRY,)


def test_the_same_exception_twice_is_one_entry(keeper):
    write(keeper, ENTRY, ENTRY)
    write(keeper, ENTRY)

    assert keeper.current.entries == (ENTRY,)


def test_what_people_write_by_hand_is_picked_up(path, keeper):
    path.write_text(text())

    assert look(keeper, 1) == entries(text())


def test_what_is_read_has_its_line(path, keeper):
    write(keeper, ENTRY)
    path.write_text("# one\n# two\n" + path.read_text())
    look(keeper)

    [(line, _)] = keeper.current.numbered()
    assert path.read_text().splitlines()[line - 1].startswith("  - rule:")


def test_a_broken_file_keeps_the_last_good_one_in_force_and_says_so_once(path, keeper, caplog):
    write(keeper, ENTRY)
    path.write_text("exceptions: [oops")

    assert look(keeper, 3) == (ENTRY,)
    assert "not valid YAML" in keeper.problem()
    assert caplog.text.count("last good version") == 1

    path.write_text(text())
    assert look(keeper) == entries(text())
    assert keeper.problem() == ""


def test_a_file_that_vanishes_keeps_the_last_good_one_in_force(path, keeper):
    write(keeper, ENTRY)
    path.unlink()

    assert look(keeper) == (ENTRY,)
    assert "is not there; create it" in keeper.problem()


def test_a_broken_file_is_not_written_to(path, keeper):
    path.write_text("exceptions: [oops")

    with pytest.raises(UnwritableAllowlistError, match="not valid YAML"):
        write(keeper, ENTRY)

    assert path.read_text() == "exceptions: [oops"


def test_a_file_with_many_faults_names_the_first_ones(path, keeper):
    path.write_text("exceptions:\n" + "  - {rule: a}\n" * 20)
    look(keeper)

    assert len(keeper.problem().splitlines()) == 7
    assert "more; bot.py check names them all" in keeper.problem()


@pytest.mark.parametrize("emptied", ["", "# none now\n", "exceptions: []\n"])
def test_exceptions_end_when_the_file_without_them_is_seen_twice(path, keeper, emptied):
    write(keeper, ENTRY)
    path.write_text(emptied)

    assert look(keeper, 1) == (ENTRY,)
    assert look(keeper, 1) == ()


def test_an_editor_that_empties_the_file_before_it_writes_ends_nothing(path, keeper):
    write(keeper, ENTRY)
    whole = path.read_text()
    path.write_text("")
    look(keeper, 1)
    with pytest.raises(UnwritableAllowlistError, match="may be half written"):
        write(keeper, replace(ENTRY, resource="other"))
    path.write_text(whole)

    assert look(keeper, 1) == (ENTRY,)


def test_a_broken_file_at_start_stops_the_bot(path):
    path.write_text("exceptions: 3")

    with pytest.raises(ConfigError, match=r"allowlist.yaml:1: exceptions"):
        keep(path)


def test_a_folder_that_is_gone_is_told_with_what_to_do(path, keeper):
    assert check_allowlist(keeper).problem == ""

    path.parent.rename(path.parent.with_name("elsewhere"))

    check = check_allowlist(keeper)
    assert str(path) in check.problem
    assert check.remedy


@pytest.mark.parametrize(
    "name", [RULE, f"{RULE}-conformance-pack-abc", f"securityhub-{RULE}-0123abcd"]
)
def test_an_entry_may_name_a_rule_as_aws_does_and_covers_it(keeper, clock, name):
    write(keeper, entry(rule=name))

    assert [each.rule for each in keeper.current.entries] == [name]
    assert keeper.current.covering(key(), clock())


def test_an_entry_for_a_rule_that_nobody_knows_breaks_nothing(path, keeper):
    path.write_text(text(rule="other-rule"))

    assert [each.rule for each in look(keeper)] == ["other-rule"]


def test_what_nobody_sees_is_not_written(path, keeper):
    write(keeper, replace(ENTRY, reason="Pictures\u200b of \u202ethe website."))

    assert keeper.current.entries[0].reason == "Pictures of the website."
    assert "\\u" not in path.read_text()


def test_an_entry_is_taken_out_and_another_takes_its_place(path, keeper):
    longer = replace(ENTRY, expires=date(2027, 9, 30))
    write(keeper, ENTRY, replace(ENTRY, resource="other"))

    keeper.replace(ENTRY, longer, "slack:U1", "Extended.")
    keeper.replace(ENTRY, longer, "slack:U1", "Extended.")
    keeper.remove(replace(ENTRY, resource="other"), "slack:U1", "Ended.")

    assert keep(path).current.entries == keeper.current.entries == (longer,)
    with pytest.raises(UnwritableAllowlistError, match="does not have this entry any more"):
        keeper.replace(ENTRY, replace(ENTRY, ticket="x"), "slack:U1", "Late.")


def in_threads(number, work):
    threads = [threading.Thread(target=work, args=(each,)) for each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_bots_at_once_lose_nothing(path):
    def work(writer):
        keeper = keep(path)
        for number in range(3):
            write(keeper, replace(ENTRY, resource=f"bucket-{writer}-{number}"))

    in_threads(4, work)

    assert len(keep(path).current.entries) == 12


class Counted:
    """A shelf that counts its writes, and does not let the first one end before *go*."""

    reviewed = False

    def __init__(self, path):
        self._shelf = FileShelf(path)
        self.name, self.read, self.unwritable = (
            self._shelf.name,
            self._shelf.read,
            self._shelf.unwritable,
        )
        self.writes, self.go = [], threading.Event()

    def write(self, drafts, revision):
        self.go.wait(20)
        self.writes.append([draft.author for draft in drafts])
        return self._shelf.write(drafts, revision)


def test_who_waits_is_written_together_by_the_first_who_can(path, eventually):
    shelf = Counted(path)
    keeper = Keeper(shelf, CATALOGUE)

    def work(number):
        asked = replace(ENTRY, resource=f"bucket-{number}", asked_by=f"slack:U{number % 2}")
        keeper.add([asked], asked.asked_by, "Agreed.")

    release = threading.Thread(
        target=lambda: (eventually(lambda: len(keeper._waiting) == 39), shelf.go.set())
    )
    release.start()
    in_threads(40, work)
    release.join()

    assert len(keep(path).current.entries) == 40
    assert len(shelf.writes) == 2
    assert sorted(shelf.writes[1]).count("slack:U0") in (19, 20)


def test_who_comes_to_a_place_that_does_not_answer_waits_no_longer_than_is_useful(
    path, monkeypatch, eventually
):
    monkeypatch.setattr("config.keeper._PATIENCE_SECONDS", 0.01)
    shelf = Counted(path)
    keeper = Keeper(shelf, CATALOGUE)
    first = threading.Thread(target=write, args=(keeper, ENTRY))
    first.start()
    eventually(keeper._at_shelf.locked)

    with pytest.raises(UnwritableAllowlistError, match="answers slowly"):
        write(keeper, replace(ENTRY, resource="another"))

    shelf.go.set()
    first.join()
    assert keeper.current.entries == (ENTRY,)


def test_one_change_that_cannot_be_made_does_not_spoil_the_others(path, eventually):
    shelf = Counted(path)
    keeper = Keeper(shelf, CATALOGUE)
    refused = []

    def work(number):
        try:
            if number == 7:
                keeper.replace(ENTRY, replace(ENTRY, ticket="x"), "slack:U7", "Extended.")
            else:
                write(keeper, replace(ENTRY, resource=f"bucket-{number}"))
        except UnwritableAllowlistError as error:
            refused.append(str(error))

    shelf.go.set()
    in_threads(10, work)

    assert len(keep(path).current.entries) == 9
    assert refused == [f"{path} does not have this entry any more"]


class Crowded:
    """A shelf that others write to before each of our first writes."""

    name = "crowded"
    reviewed = False

    def __init__(self, error=None, times=3):
        self._text, self._revision = "exceptions: []\n", 0
        self._left, self._error = times, error

    def read(self):
        return Text(self._text, str(self._revision))

    def write(self, drafts, revision):
        text = drafts[-1].text
        if self._left and self._error:
            self._left -= 1
            raise self._error
        if self._left:
            self._left -= 1
            theirs = text.replace("bucket-ours", f"bucket-{self._left}")
            self._text, self._revision = theirs, self._revision + 1
        if revision != str(self._revision):
            raise ShelfConflictError("changed")
        self._text, self._revision = text, self._revision + 1
        return self.read()

    def unwritable(self):
        return ""


def test_a_change_is_made_anew_on_what_others_wrote_meanwhile():
    keeper = Keeper(Crowded(), CATALOGUE)

    write(keeper, replace(ENTRY, resource="bucket-ours"))

    told = [each.resource for each in keeper.current.entries]
    assert told[-1] == "bucket-ours"
    assert "bucket-2" in told


def test_a_place_that_does_not_answer_is_told_to_all_who_wait():
    keeper = Keeper(Crowded(ShelfBusyError("try again in a moment"), times=1), CATALOGUE)

    with pytest.raises(UnwritableAllowlistError, match="try again in a moment"):
        write(keeper, ENTRY)

    write(keeper, ENTRY)
    assert keeper.current.entries == (ENTRY,)


def test_one_ignore_among_10_000_is_written_without_reading_them_again(path):
    path.write_text(many(10_000))
    keeper = keep(path)

    began = time.process_time()
    write(keeper, replace(ENTRY, resource="one-more"))

    assert time.process_time() - began < 0.75
    assert len(keeper.current.entries) == 10_001
    assert re.search(r"resource: one-more\n.*expires: 2027-03-31\n\Z", path.read_text(), re.S)


@pytest.mark.parametrize(
    ("by_hand", "both"),
    [("ticket: SEC-9", True), ("expires: 2027-04-30", False)],
    ids=["another field", "the same field"],
)
def test_a_person_and_the_bot_change_one_entry_at_once(path, keeper, by_hand, both):
    old = replace(ENTRY, id="E-1111")
    longer = replace(old, expires=date(2027, 6, 30), renewals=1)
    write(keeper, old)
    name = by_hand.split(":")[0]
    path.write_text(re.sub(rf"{name}: .*", by_hand, path.read_text()))

    if both:
        keeper.replace(old, longer, "slack:U0HANNAH", "Longer.")
        assert keeper.current.entries == (replace(longer, ticket="SEC-9"),)
        return
    with pytest.raises(UnwritableAllowlistError, match="this entry any more"):
        keeper.replace(old, longer, "slack:U0HANNAH", "Longer.")
    assert by_hand in path.read_text()
