"""The comparison with an earlier checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comparison import before
from comparison.loaded import Loaded
from comparison.workloads import cells

if TYPE_CHECKING:
    import pytest

    from comparison.before import Options, Session


def options() -> Options:
    """Stand for what a user asks for: one start, two rounds."""
    return before.Options(Path(), ["hello"], [32], starts=1, rounds=2, seconds=1, warmup=1)


def session() -> Session:
    """Stand for one that was measured: now twice as fast in one round, equally fast in the other."""
    rounds = [
        before.Round(now=Loaded(200, 10.0), before=Loaded(100, 20.0)),
        before.Round(now=Loaded(300, 5.0), before=Loaded(300, 5.0)),
    ]
    return before.Session(rounds, now=before.Taken(0.2, 60), before=before.Taken(0.4, 30))


def test_divides_within_each_round() -> None:
    """A ratio of medians would pair different moments."""
    (cell,) = cells(["hello"], [32])
    report = before.report({"before": "abc"}, options(), {cell: [session()]})
    row = next(line for line in report.splitlines() if line.startswith("| hello-32"))
    assert [part.strip() for part in row.strip("|").split("|")][1:] == [
        "250",
        "1.50 (1.00–2.00)",
        "7.5",
        "0.75 (0.50–1.00)",
        "0.20",
        "0.50",
        "60",
        "2.00",
    ]


def test_needs_a_server_in_the_other_folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A wrong folder is said before anything is started."""
    assert before.main([str(tmp_path)]) == 2
    assert "waitress-serve does not exist" in capfd.readouterr().err
