"""The register of exceptions: what is listed, for whom, and what people type about one of them."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from commands.enforce import Enforcement
from commands.grammar import UnreadableError
from commands.in_force import reopening
from commands.reception import Reception
from commands.register import register, show_exception, subject_of
from commands.register_words import RegisterQuestion, exception_id, read_register
from compliance.allowlist import ANY
from compliance.channel import Channel
from ledger.database import reading
from ledger.tables import audit
from tests.builders import ID, change, entry, member, teams, write

ALL = teams().names
SOON = entry(id="E-SSSS1111", expires=date(2026, 11, 10), asked_by="Hannah Hughes <slack:U0HANNAH>")
LATER = entry(id="E-TTTT2222", resource="other", expires=date(2027, 3, 1), asked_by="slack:U0ANNA")
WIDE = entry(id="E-WWWW3333", resource=ANY, rule="sns-encrypted-kms", expires=date(2027, 4, 1))


@pytest.fixture
def kept(context):
    context.ledger.record([change()])
    write(context.allowlist, SOON, LATER, WIDE, entry(resource="old", expires=date(2026, 1, 1)))
    Enforcement(context).round()
    return context


def ids(answer):
    return [row[0] for row in answer.rows]


def asked(text):
    return read_register(text)


def test_those_in_force_are_listed_the_first_to_end_at_the_top(kept):
    answer = register(kept, asked("exceptions"), ALL)

    assert ids(answer) == ["E-SSSS1111", "E-TTTT2222", "E-WWWW3333"]
    assert answer.rows[0] == (
        "E-SSSS1111", "2026-11-10", SOON.rule, "repairs-photos", "111122223333, eu-west-2",
        "housing", "accepted risk", "Hannah Hughes", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("expiring:30d", ["E-SSSS1111"]),
        ("expiring: 6 months", ["E-SSSS1111", "E-TTTT2222", "E-WWWW3333"]),
        ("by:hannah", ["E-SSSS1111", "E-WWWW3333"]),
        ("by:<@U0ANNA|anna>", ["E-TTTT2222"]),
        ("rule:sns", ["E-WWWW3333"]),
        ("rule:sns,s3", ["E-SSSS1111", "E-TTTT2222", "E-WWWW3333"]),
        ('class:"accepted risk" by:u0anna', ["E-TTTT2222"]),
        ("class:false", []),
        ("account:111122223333 expiring:<30d", ["E-SSSS1111"]),
        ("team:housing", ["E-SSSS1111"]),
        ("team:payments", []),
    ],
)
def test_the_register_is_narrowed_down(kept, words, found):
    assert ids(register(kept, asked(f"exceptions {words}"), ALL)) == found


def test_a_team_sees_what_covers_its_own_findings(kept):
    assert ids(register(kept, asked("exceptions"), frozenset({"housing"}))) == ["E-SSSS1111"]
    assert ids(register(kept, asked("exceptions"), frozenset({"payments"}))) == []
    unseen = show_exception(kept, "E-TTTT2222", frozenset({"payments"}))
    unknown = show_exception(kept, "E-NNNN4444", ALL)
    assert unseen.text.replace("E-TTTT2222", "E-NNNN4444") == unknown.text


def test_one_exception_says_what_reopens_without_it(kept):
    answer = show_exception(kept, "E-SSSS1111", frozenset({"housing"}))

    rows = dict(answer.rows)
    assert rows["Reopens if revoked"] == f"1: {ID} repairs-photos"
    assert rows["Asked by"] == "Hannah Hughes"
    assert rows["Reason"] == SOON.reason


def test_one_is_decided_about_by_a_finding_that_it_covers(kept):
    assert subject_of(kept, "E-SSSS1111", ALL).id == ID
    assert subject_of(kept, "E-TTTT2222", ALL) == LATER


def test_pages_go_on_and_one_that_is_not_there_is_the_last(context):
    several = [entry(resource=f"b{number}", id=f"E-{number:08}") for number in range(45)]
    write(context.allowlist, *several)

    first = register(context, asked("exceptions"), ALL)
    last = register(context, asked("exceptions page:9"), ALL)

    assert (len(first.rows), len(last.rows)) == (20, 5)
    assert "page 3 of 3" in last.title
    assert first.later.text == "exceptions page:2"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("findings", None),
        ("", None),
        ("show F-3K7Q2", None),
        ("show e-7k3qm9x2", RegisterQuestion("show", "E-7K3QM9X2")),
        ("E-7K3QM9X2", RegisterQuestion("show", "E-7K3QM9X2")),
        ("extend `E-7K3QM9X2`", RegisterQuestion("extend", "E-7K3QM9X2")),
        ("revoke E-7K3QM9X2.", RegisterQuestion("revoke", "E-7K3QM9X2")),
        ("exceptions csv", RegisterQuestion(is_csv=True)),
        ("exceptions expiring:2w", RegisterQuestion(within=timedelta(days=14))),
        ("exceptions page : 2", RegisterQuestion(page=2)),
    ],
)
def test_what_is_typed_is_read(text, read):
    assert read_register(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("exceptions expiring:soon", "write expiring:30d"),
        ("exceptions teem:housing", "Did you mean team?"),
        ("exceptions page:0", "write page:2"),
        ("exceptions all", "is not a filter"),
    ],
)
def test_what_cannot_be_read_gets_the_nearest_right_one(text, told):
    with pytest.raises(UnreadableError, match=told.replace("?", r"\?")):
        read_register(text)


def test_an_id_is_one_of_an_exception():
    assert exception_id("F-3K7Q2") == exception_id("E-") == exception_id("E-é123") == ""


def test_what_another_exception_covers_as_well_does_not_reopen(kept):
    write(kept.allowlist, replace(SOON, id="E-XXXX9999", expires=date(2026, 11, 9)))

    assert list(reopening(kept, SOON)) == []


def test_the_register_is_a_file_as_well_that_no_spreadsheet_runs(kept):
    write(
        kept.allowlist, entry(id="E-YYYY5555", resource="x", reason="=cmd|' /C calc'!A0 and so on")
    )

    export = register(kept, asked("exceptions csv"), ALL)

    rows = list(csv.DictReader(io.StringIO(export.content)))
    assert rows[0]["Exception"] == "E-SSSS1111"
    assert rows[0]["Asked by id"] == "slack:U0HANNAH"
    [odd] = [row for row in rows if row["Exception"] == "E-YYYY5555"]
    assert odd["Reason"].startswith("'=")


@pytest.fixture
def reception(kept, reports):
    return Reception(kept, reports, {}, member)


def revoke(reception, entry_id, *groups, by="slack:U0HANNAH"):
    actor = member(by, *groups)
    return reception.answer(f"revoke {entry_id}", actor, [Channel("slack", "C0TDA")])


def test_what_covers_no_finding_is_ended_by_an_approver_of_what_it_is_about(
    kept, reception, engine
):
    answer = revoke(reception, "E-TTTT2222")

    assert "so nothing reopens" in answer.text
    assert kept.allowlist.current.get("E-TTTT2222") is None
    assert len(kept.allowlist.current) == 3
    with reading(engine) as db:
        row = db.execute(sa.select(audit).where(audit.c.action == "revoke")).one()
    assert (row.actor, row.finding) == ("slack:U0HANNAH", "")
    assert json.loads(row.detail)["id"] == "E-TTTT2222"


@pytest.mark.parametrize(
    ("entry_id", "by", "why"),
    [
        ("E-TTTT2222", "slack:U0MALLORY", "Only the approvers of team housing"),
        ("E-WWWW3333", "slack:U0HANNAH", "may decide for all teams"),
    ],
)
def test_nobody_else_ends_it_and_the_refusal_says_who_could(kept, reception, entry_id, by, why):
    answer = revoke(reception, entry_id, by=by)

    assert why in answer.text
    assert "slack:S0SECURITY" in answer.groups
    assert kept.allowlist.current.get(entry_id)


def test_what_covers_many_is_ended_by_who_decides_for_all_teams(kept, reception):
    assert "has ended" in revoke(reception, "E-WWWW3333", "slack:S0SECURITY").text


def test_what_cannot_be_written_has_not_ended(kept, reception, tmp_path):
    (tmp_path / "allowlist.yaml").unlink()

    assert "E-TTTT2222 has not ended" in revoke(reception, "E-TTTT2222").text


def test_there_is_nothing_to_extend_it_for(reception):
    actor = member("slack:U0HANNAH")
    answer = reception.answer("extend E-TTTT2222", actor, [Channel("slack", "C0TDA")])

    assert "nothing to extend it for" in answer.text
