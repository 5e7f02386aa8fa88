"""The measurement of idle connections."""

from __future__ import annotations

from comparison import idle
from comparison.loaded import Loaded


def test_reports_the_heap_of_one_connection_and_the_ratio_of_each_round() -> None:
    """The machine slows down for the second round, without and with idle connections: no ratio changes."""
    chosen = idle.Options(idle=1000, connections=32, rounds=2, seconds=5)
    rounds = [
        idle.Round(1_000_000, 3_000_000, Loaded(80_000, 10), Loaded(60_000, 11)),
        idle.Round(1_000_000, 3_400_000, Loaded(40_000, 20), Loaded(30_000, 22)),
    ]
    lines = idle.report({"CPU": "some"}, chosen, rounds).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    assert "- CPU: some" in lines
    assert ["heap per idle connection, bytes", "2,200 (2,000–2,400)"] in cells
    assert ["with ÷ without, round by round", "0.75 (0.75–0.75)"] in cells
    assert ["the same ratio of CPU", "1.10 (1.10–1.10)"] in cells
