"""What a load of hello gets from a server, and what that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from comparison import perf, procfs, wrk
from comparison.errors import RunError
from comparison.paths import RESULTS

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.process import ServerProcess

_MICROSECONDS = 1_000_000


class Loaded(NamedTuple):
    """What the busy connections got, and the CPU time of the whole server for it."""

    requests_per_second: float
    cpu_us_per_request: float
    requests: int = 0
    #: Of the whole server for a request; 0 where perf has not counted them.
    instructions_per_request: float = 0.0


def measure(server: ServerProcess, load: wrk.Load, events: tuple[str, ...] = ()) -> Loaded:
    """Drive the server once; a single request that fails makes the figures worthless.

    ``events`` are those of perf to be counted meanwhile, which makes a run a little slower.
    """
    counted = RESULTS / "perf.txt"
    if events:
        prefix = perf.counting(events, [stat.pid for stat in server.members()], counted)
        load = load._replace(prefix=(*prefix, *load.prefix))
    before = procfs.cpu_ticks(server.members())
    figures = wrk.drive(load).figures
    seconds = (procfs.cpu_ticks(server.members()) - before) / procfs.TICKS_PER_SECOND
    if figures.requests == 0 or figures.socket_errors or figures.bad_statuses:
        msg = f"the busy connections were not served: {figures}"
        raise RunError(msg)
    return Loaded(
        figures.requests_per_second,
        seconds * _MICROSECONDS / figures.requests,
        figures.requests,
        _instructions(counted) / figures.requests if events else 0.0,
    )


def _instructions(report: Path) -> int:
    try:
        return perf.parse(report.read_text())
    except perf.NotCountedError:  # in this window: somebody else had the counters
        return 0
