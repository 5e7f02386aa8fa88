"""The measurement of logs, metrics and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from comparison import observing, wrk
from comparison.errors import RunError
from comparison.loaded import Loaded

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.process import ServerProcess

COMBINED = next(variant for variant in observing.VARIANTS if variant.name == "combined")
LINE = b'127.0.0.1 - - [25/Nov/2026:21:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "-"\n'


def running(log: Path) -> observing.Running:
    """Stand for a server of two connections that was loaded."""
    load = wrk.Load("http://127.0.0.1:1/", 2, 1)
    return observing.Running(COMBINED, cast("ServerProcess", None), load, log)


@pytest.mark.parametrize("lines", [6, 8, 10])
def test_counts_the_first_request_and_those_left_unfinished(tmp_path: Path, lines: int) -> None:
    """Five were counted; each of 2 connections may leave one at the end of each of 2 loads."""
    log = tmp_path / "log"
    log.write_bytes(lines * LINE)
    assert observing.count(running(log), [Loaded(1, 1, 2), Loaded(1, 1, 3)]) == lines
    assert not log.exists()


@pytest.mark.parametrize("lines", [5, 11])
def test_refuses_more_or_fewer_lines(tmp_path: Path, lines: int) -> None:
    """One was lost, or written twice."""
    log = tmp_path / "log"
    log.write_bytes(lines * LINE)
    with pytest.raises(RunError, match=f"has {lines} lines for 5 requests"):
        observing.count(running(log), [Loaded(1, 1, 2), Loaded(1, 1, 3)])


def test_refuses_a_torn_line(tmp_path: Path) -> None:
    """Also the last one."""
    log = tmp_path / "log"
    log.write_bytes(6 * LINE + LINE[:-1])
    with pytest.raises(RunError, match=r"line 7 of .* is torn"):
        observing.count(running(log), [Loaded(1, 1, 6)])


def test_takes_ratios_within_each_round() -> None:
    """The machine slows down for the second round: no ratio changes."""
    chosen = observing.Options(connections=256, starts=1, rounds=2, seconds=1, requests=0)
    rounds = [
        {
            "nothing": Loaded(80_000, 10),
            "request ids only": Loaded(79_000, 10),
            "combined": Loaded(76_000, 11),
            "json": Loaded(72_000, 12),
            "metrics": Loaded(80_000, 10),
            "traces": Loaded(78_000, 10),
        },
        {
            "nothing": Loaded(40_000, 20),
            "request ids only": Loaded(39_500, 20),
            "combined": Loaded(38_000, 22),
            "json": Loaded(36_000, 24),
            "metrics": Loaded(40_000, 20),
            "traces": Loaded(39_000, 20),
        },
    ]
    allocated = {
        "nothing": 280.0,
        "request ids only": 380,
        "combined": 480,
        "json": 1481.4,
        "metrics": 290,
        "traces": 500,
    }
    session = observing.Session(rounds, allocated, 12_345)
    lines = observing.report({"CPU": "some"}, chosen, [session]).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    assert "- CPU: some" in lines
    assert "- lines: 12,345, all whole, none missing" in lines
    assert ["combined", "57,000", "0.95 (0.95–0.95)", "16.5", "1.10 (1.10–1.10)", "480"] in cells
    assert ["json", "54,000", "0.90 (0.90–0.90)", "18.0", "1.20 (1.20–1.20)", "1,481"] in cells
