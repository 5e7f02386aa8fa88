"""The verdict of the guard, and what it says where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from comparison import before, guard, releases
from comparison.before import Compared, Round, Session, Taken
from comparison.errors import RunError, UsageError
from comparison.loaded import Loaded
from comparison.perf import Counters
from comparison.workloads import cells

if TYPE_CHECKING:
    from comparison.interrupts import Interrupts

COUNTERS = Counters(("instructions:u", "instructions:k"))


def loaded(instructions: float) -> Loaded:
    """Stand for a window in which a request took so many instructions."""
    return Loaded(100, 10.0, 1000, instructions)


def compared(*rounds: tuple[float, float], counters: Counters = COUNTERS) -> Compared:
    """Stand for what was measured: instructions now and before, round by round."""
    (cell,) = cells(["hello"], [32])
    done = [Round(loaded(now), loaded(then)) for now, then in rounds]
    return Compared({}, counters, {cell: [Session(done, Taken(1, 1), Taken(1, 1))]})


@pytest.mark.parametrize("before", [85_000, 85_100, 200_000])
def test_lets_pass_what_takes_no_more_than_the_limit(before: int) -> None:
    """0.85 itself passes, and so does what got better."""
    ratio = f"{before / 100_000:.3f}"
    expected = f"instructions per request, v1 ÷ now, at least 0.85: hello-32 {ratio}"
    assert guard.judge(compared((100_000, before)), "v1") == expected


def test_fails_below_the_limit() -> None:
    """The line is the same, and the status is not."""
    with pytest.raises(RunError, match=r"v1 ÷ now, at least 0\.85: hello-32 0\.849"):
        guard.judge(compared((100_000, 84_900)), "v1")


def test_judges_the_median_of_the_rounds() -> None:
    """One round in which the JVM compiled is no verdict."""
    assert "hello-32 1.000" in guard.judge(compared((100, 20), (100, 100), (100, 101)), "v1")


def test_leaves_out_rounds_that_were_not_counted() -> None:
    """Somebody else may have had the counters."""
    assert "hello-32 1.000" in guard.judge(compared((100, 0), (0, 100), (100, 100)), "v1")


def test_judges_nothing_where_no_round_was_counted() -> None:
    """A dash in the line tells it."""
    assert guard.judge(compared((0, 0)), "v1").endswith("hello-32 –")


def test_says_why_it_does_not_judge() -> None:
    """A machine without counters, or without perf."""
    line = guard.judge(compared((0, 0), counters=Counters((), "perf is not installed")), "v1")
    assert line == "not judged, as instructions are not counted: perf is not installed"


def test_is_skipped_where_there_is_no_release(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In one line, at once."""
    monkeypatch.setattr(releases, "last", lambda: None)
    assert guard.main([]) == 0
    assert capfd.readouterr().out == "load/guard: skipped, no release (tag v*) came before this commit\n"


def fails_to_compare(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a release that cannot be measured."""

    def compare(_options: before.Options, _interrupts: Interrupts) -> Compared:
        raise error

    monkeypatch.setattr(releases, "last", lambda: "v1")
    monkeypatch.setattr(releases, "checkout", lambda _: None)
    monkeypatch.setattr(before, "compare", compare)


@pytest.mark.parametrize("error", [UsageError("wrk is not installed"), RunError("not ready after 30 s")])
def test_is_skipped_where_nothing_can_be_compared(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is not the fault of the commit."""
    fails_to_compare(error, monkeypatch)
    assert guard.main([]) == 0
    assert capfd.readouterr().out == f"load/guard: skipped, {error}\n"


@pytest.mark.parametrize(("error", "status"), [(UsageError("no wrk"), 2), (RunError("not ready"), 1)])
def test_does_not_skip_what_was_asked_for(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever names a revision wants the comparison."""
    fails_to_compare(error, monkeypatch)
    assert guard.main(["--against", "v1"]) == status
    assert capfd.readouterr().err == f"load/guard: {error}\n"


def test_prints_the_figures_whatever_the_verdict(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever is told to mend something wants to see what."""
    monkeypatch.setattr(releases, "checkout", lambda _: None)
    monkeypatch.setattr(before, "compare", lambda _options, _interrupts: compared((100_000, 50_000)))
    assert guard.main(["--against", "v1"]) == 1
    printed = capfd.readouterr()
    assert "| instructions/request | ÷ before |" in printed.out
    assert "| 100,000 |" in " ".join(printed.out.split())
    assert "hello-32 0.500" in printed.err
