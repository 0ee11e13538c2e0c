"""The last good text of the allowlist outlives the process, in either database."""

from compliance.shelf import Lineage, Text
from ledger.remembered import Remembered, memory_of

TEXT = Text("exceptions: []  # öffentlich\n", "one", Lineage.MEANT)


def test_what_was_kept_last_is_recalled_after_a_restart(engine):
    for revision in ("one", "two", "two"):
        Remembered(lambda: engine, "here").keep(Text(TEXT.text + revision, revision))

    assert Remembered(lambda: engine, "here").recall() == Text(
        f"{TEXT.text}two", "two", Lineage.MEANT
    )


def test_of_another_place_nothing_is_recalled(engine):
    Remembered(lambda: engine, "here").keep(TEXT)

    assert Remembered(lambda: engine, "there").recall() is None


def test_a_file_is_not_remembered(tmp_path, engine):
    assert memory_of(tmp_path / "allowlist.yaml", lambda: engine) is None
