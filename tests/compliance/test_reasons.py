"""Whether a reason tells anything."""

import pytest

from compliance.reasons import COPIED, REPEATED, SAME, TOO_LONG, TOO_SHORT, why_no_reason

TITLE = "S3 bucket can be made public"
SENTENCES = "".join(f"{number} pictures are public. " for number in range(100))
GOOD = "The council's website serves these pictures to everybody."


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("", TOO_SHORT),
        (" " * 24, TOO_SHORT),
        ("short" + " " * 24, TOO_SHORT),
        ("a" * 24, REPEATED),
        ("a b " * 8, REPEATED),
        ("-" * 24, REPEATED),
        ("because because because", REPEATED),
        ("asdfghasdfghasdfghasdfgh", REPEATED),
        ("known issue, known issue, known iss", REPEATED),
        ("1234567890 1234567890 12", REPEATED),
        (TITLE, COPIED),
        ("".join(chr(ord(each) + 0xFEE0) if each != " " else each for each in TITLE), COPIED),
        (f"{TITLE.upper()}!", COPIED),
        (f"{TITLE}. {TITLE}.", REPEATED),
        (f"It is: {TITLE}", COPIED),
        (GOOD * 20, REPEATED),
        (" ".join(f"{GOOD} {number}" for number in range(20)), TOO_LONG),
        (GOOD, ""),
        ("Agreed until spring.", ""),
        ("Agreed until spring", TOO_SHORT),
        ("The pictures are public by decision of the council, as it must", ""),
        ("abcdef" + "fedcba" * 3, ""),
        ("abcde" + "edcba" * 4, REPEATED),
        (SENTENCES[:800], ""),
        (SENTENCES[:801], TOO_LONG),
        (f"{TITLE}, as wished", COPIED),
        (f"{TITLE}, as is wished", ""),
        (f"{TITLE}, and the council's website is served from it.", ""),
        ("公式サイトの画像を配信する"
         "公開バケットです", ""),
    ],
)  # fmt: skip
def test_a_reason_is_looked_at(reason, problem):
    found = why_no_reason(reason, [TITLE])

    assert found == problem or (problem == REPEATED and found == TOO_LONG)


def test_a_reason_that_is_asked_anew_is_not_the_old_one():
    assert why_no_reason(GOOD, before=f" {GOOD.upper()} ") == SAME
    assert why_no_reason(GOOD, before="Something else altogether was said.") == ""
