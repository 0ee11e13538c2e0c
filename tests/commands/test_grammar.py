"""What people type after the slash command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.grammar import VERBS, Question, UnreadableError, read
from commands.help import usage

ABOUT_ONE = sorted(verb for verb, (after, _) in VERBS.items() if after == "F-…")


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP"])
def test_nothing_typed_is_a_call_for_help(text):
    assert read(text) == Question("help")


@pytest.mark.parametrize("verb", ABOUT_ONE)
def test_a_verb_takes_the_id_of_one_finding_in_either_case(verb):
    assert read(f"{verb.upper()} f-3k7q2") == Question(verb, "F-3K7Q2")


def test_an_id_alone_shows_its_finding():
    assert read("f-3k7q2") == Question("show", "F-3K7Q2")


def test_filters_narrow_a_question_down_and_add_up_within_one_kind():
    assert read("status team:housing TEAM:payments account:111122223333").filters == {
        "team": {"housing", "payments"},
        "account": {"111122223333"},
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("statsu", "Did you mean status?"),
        ("remediat F-3K7Q2", "Did you mean remediate?"),
        ("zzzz", "Type /compliance help"),
        ("show", "expects the id of one finding"),
        ("show F-3K7Q", "not 'F-3K7Q'"),
        ("show F-3K7Q2 F-AAAAA", "expects the id of one finding"),
        ("show F-ILOU2", "not 'F-ILOU2'"),
        ("status tem:housing", "Did you mean team?"),
        ("status team:", "is not a filter"),
        ("status housing", "is not a filter"),
        ("status age:>30d", "You cannot filter by age here: status shows how things are now"),
        (
            "findings as-at:2026-10-01",
            "You cannot filter by as-at here: findings shows how things are now",
        ),
        ("rules team:housing", "rules takes nothing after it"),
    ],
    ids=str,
)
def test_wrong_input_is_answered_with_the_nearest_right_one(text, told):
    with pytest.raises(UnreadableError) as raised:
        read(text)

    assert told in str(raised.value)


def told(text):
    """Return the verb that was read, or the sentence that refused it."""
    try:
        return read(text).verb
    except UnreadableError as error:
        return str(error)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused_in_few_words(text):
    answer = told(text)

    assert answer in VERBS or answer.endswith(".")
    assert len(answer) < 400


IDS = st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=5, max_size=12)


@given(st.sampled_from(ABOUT_ONE), IDS)
def test_every_id_that_the_bot_gives_can_be_typed(verb, letters):
    assert read(f"{verb} F-{letters}").finding_id == f"F-{letters}"


def test_help_lists_every_command():
    assert [row[0].split()[1] for row in usage().rows] == list(VERBS)
