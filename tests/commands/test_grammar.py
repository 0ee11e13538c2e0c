"""What people type after the slash command."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.grammar import FILTERS, ONE, VERBS, Question, UnreadableError, read
from commands.help import usage
from commands.when import Age

ABOUT_ONE = sorted(verb for verb, (after, _) in VERBS.items() if after == ONE)


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
        ("show", "expects one finding"),
        ("find", "Write what to look for"),
        ("show F-3K7Q", "not 'F-3K7Q'"),
        ("show F-3K7Q2 F-AAAAA", "Write show F-3K7Q2,"),
        ("show F-\uff13K7Q2", "the digits 0 to 9"),
        ("show F-3\u212a7Q2", "in the letters A to Z"),
        ("show F-ILOU2", "not 'F-ILOU2'"),
        ("status tem:housing", "Did you mean team?"),
        ("status team:", "is not a filter"),
        ("find tem:housing", "Did you mean team?"),
        ("findings sort:sevrity", "Did you mean sort:severity?"),
        ("findings page:0", "Write the number of a page"),
        ("rules team:housing", "rules takes nothing after it"),
    ],
    ids=str,
)
def test_wrong_input_is_answered_with_the_nearest_right_one(text, told):
    with pytest.raises(UnreadableError) as raised:
        read(text)

    assert told in str(raised.value)


MEANT = [
    ("show “F-3K7Q2”", "quotes of a word processor"),
    ("show F\u20113K7Q2", "a hyphen that does not break"),
    ("show F–3K7Q2", "a dash"),
    ("show F−3K7Q2", "a minus sign"),
    ("show\u00a0F-3K7Q2", "a space that does not break"),
    ("show F-3K7Q2\u200b", "a character without width"),
    ("show `F-3K7Q2`", "back-quotes"),
    ("show ```F-3K7Q2```", "three back-quotes"),
    ("show *F-3K7Q2*", "bold"),
    ("show _F-3K7Q2_", "italic"),
    ("show *_F-3K7Q2_*", "both"),
    ("show ~F-3K7Q2~", "struck through"),
    ("Show F-3K7Q2.", "a full stop"),
    ("show: F-3K7Q2!", "a colon after the verb"),
    ("show, F-3K7Q2,", "commas"),
    ("show (F-3K7Q2)", "brackets"),
    ("show f3k7q2", "without the hyphen"),
    ("show <https://example.com/a|F-3K7Q2>", "a link"),
    ("show <F-3K7Q2>", "as a placeholder is written"),
    ("show F-3K7Q2 https://example.com/archives/C1/p2", "its link beside it"),
    ("show F-3K7Q2 <https://example.com/archives/C1/p2>", "its link beside it, marked up"),
    ("show F-3K7Q2, F-3K7Q2", "the same id twice"),
    ("/compliance show F-3K7Q2", "the command once more"),
    ("<@U0BOT> show F-3K7Q2", "after a mention of the bot"),
    ("“F-3K7Q2”", "the id alone"),
]


@pytest.mark.parametrize("text", [text for text, _ in MEANT], ids=[name for _, name in MEANT])
def test_what_a_person_means_is_understood(text):
    assert read(text) == Question("show", "F-3K7Q2")


def test_an_o_is_read_as_0_and_i_and_l_as_1():
    assert read("show f-oil2q").finding_id == "F-0112Q"


@pytest.mark.parametrize(
    "text",
    [
        "status team:housing,payments",
        "status team:housing, payments",
        "status team:housing, team:payments.",
        "status team : housing , payments",
        "status team=“housing”, ‘payments’",
        "status *team:housing* _team:payments_",
        "“status team:housing team:payments”",
        "status team\uff1ahousing\uff0cpayments",
        "status <https://example.com|team:housing>,payments",
    ],
)
def test_a_list_of_filters_is_understood_however_it_is_written(text):
    assert read(text) == Question("status", filters={"team": {"housing", "payments"}})


def test_a_value_in_quotes_may_have_spaces():
    assert read("status account:“Housing production”").filters == {
        "account": {"Housing production"}
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("show housing-repairs-photos", ("housing-repairs-photos",)),
        ("show “Rent arrears”", ("Rent", "arrears")),
        ("find repairs, photos.", ("repairs", "photos")),
        ("remediate arn:aws:sns:eu-west-2:111122223333:booked",
         ("arn:aws:sns:eu-west-2:111122223333:booked",)),
        ("history repairs https://example.com/archives/C1/p2", ("repairs",)),
    ],
)  # fmt: skip
def test_a_resource_is_named_where_an_id_can_stand(text, words):
    assert read(text).words == words


def test_names_and_filters_stand_together():
    question = read("show photos team:housing -region:eu-west-2")

    assert (question.words, question.filters, question.without) == (
        ("photos",),
        {"team": {"housing"}},
        {"region": {"eu-west-2"}},
    )


@pytest.mark.parametrize(
    "text",
    [
        "findings -severity:low,medium",
        "findings –severity:low, –severity:medium",
        "findings severity:-low severity:-medium",
        "findings -severity = low , medium",
    ],
)
def test_a_filter_with_a_minus_leaves_out(text):
    assert read(text).without == {"severity": {"low", "medium"}}


@pytest.mark.parametrize(
    "text",
    ["findings age:>30d", "findings age > 30d", "findings age>30 days", "findings age:&gt;30d"],
)
def test_an_age_is_understood_however_it_is_written(text):
    [age] = read(text).filters["age"]

    assert Age.parse(age) == Age(True, timedelta(days=30))


@pytest.mark.parametrize("text", ["status as-at:2026-10-01", "status as at 2026-10-01"])
def test_a_past_day_is_asked_about(text):
    assert read(text).as_at == "2026-10-01"


@given(
    st.sampled_from(["findings", "status"]),
    st.dictionaries(st.sampled_from(sorted(FILTERS)), st.sampled_from(["a", "b-c", "d e"])),
    st.sampled_from(["", " sort:account"]),
)
def test_a_question_is_asked_again_by_its_text(verb, filters, sort):
    typed = " ".join([verb, *(f'{name}:"{value}"' for name, value in filters.items())])

    question = read(f"{typed}{sort}")

    assert read(question.text) == question


MARKS = ["*{}*", "_{}_", "~{}~", "`{}`", "“{}”", "„{}“", "«{}»", "'{}'", '"{}"', "({})", "<{}>",
         "{}.", "{},", "{}!", "{}\u200b", "\u2060{}", "<https://example.com/x|{}>"]  # fmt: skip
BLANKS = [" ", "  ", "\u00a0", "\u202f", "\u3000", "\t", " \n"]
DASHES = "-‐‑‒–—−－"
COMMANDS = ["status", "status team:housing", "findings region:eu-west-2 severity:high",
            "show F-3K7Q2", "f-3k7q2", "remediate F-00119", "digest", "help"]  # fmt: skip


@given(st.sampled_from(COMMANDS), st.data())
def test_a_command_is_understood_however_its_words_are_decorated(command, data):
    words = command.replace("-", data.draw(st.sampled_from(DASHES))).split()
    decorated = [data.draw(st.sampled_from(MARKS)).format(word) for word in words]
    decorated = [data.draw(st.sampled_from([word, word.title()])) for word in decorated]
    blank = data.draw(st.sampled_from(BLANKS))

    meant, found = read(command), read(blank + blank.join(decorated) + blank)

    assert (found.verb, found.finding_id) == (meant.verb, meant.finding_id)
    assert {name: {each.lower() for each in values} for name, values in found.filters.items()} == (
        meant.filters
    )


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
    assert read(f"{verb} F-{letters}") == Question(verb, f"F-{letters}")


def test_help_lists_every_command():
    assert [row[0].split()[1] for row in usage().rows] == list(VERBS)


@pytest.mark.parametrize("text", ["snooze photos 7d it can wait", "hand-over payments"])
def test_what_takes_more_than_an_id_says_how_it_is_written(text):
    verb = text.split()[0]

    with pytest.raises(UnreadableError, match=f"Write {verb} F-3K7Q2"):
        read(text)
