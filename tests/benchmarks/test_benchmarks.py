"""Each benchmark runs on little and prints its table; how fast it is, no test says."""

import pytest

from benchmarks import __main__ as runner
from benchmarks import allowlist, intake, memory, status
from benchmarks.figures import Figure, table
from benchmarks.notifications import mix, notifications


def small_allowlist():
    return allowlist.measure(numbers=(50,))


def small_intake():
    return intake.measure(messages=50, runs=1)


def small_memory():
    return memory.measure(runs=1, look_seconds=0.5)


def small_status():
    return status.measure(number=200, runs=1)


@pytest.mark.parametrize("measure", [small_allowlist, small_intake, small_memory, small_status])
def test_a_benchmark_prints_its_figures_and_its_target(measure):
    printed = table(measure())

    assert "target" in printed.splitlines()[0]
    assert "met" in printed.lower()


def test_an_unknown_benchmark_is_named_with_those_that_there_are(capsys):
    assert runner.main(["intak"]) == 2
    assert (
        "no benchmark intak; there are allowlist, intake, memory, status" in capsys.readouterr().err
    )


def test_a_target_that_is_missed_is_the_exit_code(monkeypatch, capsys):
    slow = Figure("speed", 30.0, "messages/s", 100.0, 0.4, more_is_better=True)
    monkeypatch.setattr(runner, "BENCHMARKS", {"slow": lambda: [slow]})

    assert runner.main([]) == 1
    assert "0.30" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("speed", 40.0, "messages/s", 100.0, 0.4, more_is_better=True), True),
        (Figure("memory", 81.0, "MB", 50.0, 1.5), False),
        (Figure("answer", 49.0, "ms", target=50.0), True),
        (Figure("to be known", 1.0, "ms"), True),
    ],
    ids=["as fast as wanted", "too large", "fast enough", "no target"],
)
def test_a_target_bounds_the_ratio_or_else_the_figure(figure, met):
    assert figure.met is met


def test_three_in_ten_notifications_are_repeats_and_two_say_compliant():
    texts = notifications(1000)

    assert len(texts) == 1000
    assert len(set(texts)) == 700
    assert mix(1000).resolved == 200
