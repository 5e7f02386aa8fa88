"""What load/drip makes of its figures."""

from __future__ import annotations

import argparse

from dripping.drippers import Dripped
from dripping.main import Figures, Round, Window, complaints, report

CHOSEN = argparse.Namespace(drippers=10, interval=0.1, seconds=2, connections=32)
USUAL = Window(1000.0, 1.0, 10.0, 0, 5.0, Dripped(0, 0))
DRIPPING = Window(900.0, 1.0, 11.0, 0, 5.0, Dripped(200, 0))


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    """Each round is divided by itself: what slows the machine slows both of its windows."""
    slow = Round(USUAL._replace(requests_per_second=100.0), DRIPPING._replace(requests_per_second=95.0))
    disturbed = Round(USUAL._replace(other_cpu_percent=50.0), DRIPPING._replace(requests_per_second=100.0))
    text = report(Figures([Round(USUAL, DRIPPING), slow, disturbed], 4.5), CHOSEN)
    assert "all 3 rounds: ratio 0.90 (0.10–0.95)\n" in text
    assert "2 rounds in which others took less than 20 % of a core: ratio 0.93 (0.90–0.95)\n" in text
    assert "4.5 µs" in text


def test_figures_count_only_where_the_clients_dripped() -> None:
    """All of them, at their pace, and nobody else's request failed."""
    assert complaints([Round(USUAL, DRIPPING)], CHOSEN) == []
    for broken in (
        DRIPPING._replace(dripped=Dripped(170, 0)),
        DRIPPING._replace(dripped=Dripped(200, 1)),
        DRIPPING._replace(errors=1),
    ):
        assert len(complaints([Round(USUAL, broken)], CHOSEN)) == 1
