"""Each benchmark runs on little and prints its table; how fast it is, no test says."""

import pytest

from benchmarks import __main__ as runner
from benchmarks import allowlist, idle, intake, kills, rows, status, sweep, waiting
from benchmarks.figures import Figure, table
from benchmarks.idle import Patience
from benchmarks.ledgers import all_ledgers
from benchmarks.notifications import mix, notifications
from benchmarks.surroundings import Size

SMALL = {
    "allowlist": lambda ledgers: allowlist.measure(ledgers, numbers=(50,)),
    "idle": lambda ledgers: idle.measure(
        ledgers, number=200, size=Size(3, 3), runs=1, patience=Patience(0.5, 0.5, 0.5)
    ),
    "intake": lambda ledgers: intake.measure(ledgers, messages=50, runs=1),
    "kills": lambda ledgers: kills.measure(ledgers, kills=1, size=Size(6, 6), rest_seconds=2.0),
    "rows": lambda ledgers: rows.measure(ledgers, number=200, number_before=200),
    "status": lambda ledgers: status.measure(ledgers, number=200, runs=1),
    "sweep": lambda ledgers: sweep.measure(ledgers, Size(3, 3, 2), latency_seconds=0.001),
    "waiting": lambda ledgers: waiting.measure(
        ledgers, Size(6, 6), cards=4, presses=2, storm=20, apart_seconds=0.0, look_seconds=0.5
    ),
}


@pytest.fixture(scope="module")
def ledgers():
    with all_ledgers() as made:
        yield made


@pytest.mark.parametrize("measure", SMALL.values(), ids=SMALL)
def test_a_benchmark_prints_its_figures_and_its_target(measure, ledgers):
    printed = table(measure(ledgers))

    assert "target" in printed.splitlines()[0]
    assert "met" in printed.lower()


def test_every_benchmark_is_run_on_little_here():
    assert SMALL.keys() == runner.BENCHMARKS.keys()


def test_an_unknown_benchmark_is_named_with_those_that_there_are(capsys):
    assert runner.main(["intak"]) == 2
    assert (
        f"no benchmark intak; there are {', '.join(runner.BENCHMARKS)}" in capsys.readouterr().err
    )


def test_a_target_that_is_missed_is_the_exit_code(monkeypatch, capsys):
    slow = Figure("speed", 30.0, "messages/s", 100.0, 0.4, more_is_better=True)
    monkeypatch.setattr(runner, "BENCHMARKS", {"slow": lambda ledgers: [slow]})

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
