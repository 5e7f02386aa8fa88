"""From runs to the figures of a table: medians over rounds, and ratios round by round."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Callable, Iterable, NamedTuple

if TYPE_CHECKING:
    from comparison.measure import Result, Run

Figure = Callable[["Result"], float]


class Spread(NamedTuple):
    """A median and how far the rounds were apart."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Iterable[float]) -> Spread | None:
    """Summarise the values of all rounds; None when there are none."""
    known = list(values)
    return Spread(statistics.median(known), min(known), max(known), len(known)) if known else None


def summary(runs: Iterable[Run], figure: Figure) -> Spread | None:
    """Summarise one figure over the rounds that succeeded."""
    return spread(figure(run.result) for run in runs if run.result)


def ratio(base: Iterable[Run], peer: Iterable[Run], figure: Figure) -> Spread | None:
    """Divide base by peer within each round, then summarise.

    Two runs of one round are minutes apart at most, so that what slows the whole machine slows both; a
    ratio of medians would pair different moments.
    """
    ours, theirs = _by_round(base, figure), _by_round(peer, figure)
    return spread(ours[number] / theirs[number] for number in ours if theirs.get(number))


def _by_round(runs: Iterable[Run], figure: Figure) -> dict[int, float]:
    return {run.round: figure(run.result) for run in runs if run.result}
