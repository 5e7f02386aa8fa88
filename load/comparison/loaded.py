"""What a load of hello gets from a server, and what that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from comparison import procfs, wrk
from comparison.errors import RunError

if TYPE_CHECKING:
    from comparison.process import ServerProcess

_MICROSECONDS = 1_000_000


class Loaded(NamedTuple):
    """What the busy connections got, and the CPU time of the whole server for it."""

    requests_per_second: float
    cpu_us_per_request: float
    requests: int = 0


def measure(server: ServerProcess, load: wrk.Load) -> Loaded:
    """Drive the server once; a single request that fails makes the figures worthless."""
    before = procfs.cpu_ticks(server.members())
    figures = wrk.drive(load).figures
    seconds = (procfs.cpu_ticks(server.members()) - before) / procfs.TICKS_PER_SECOND
    if figures.requests == 0 or figures.socket_errors or figures.bad_statuses:
        msg = f"the busy connections were not served: {figures}"
        raise RunError(msg)
    return Loaded(figures.requests_per_second, seconds * _MICROSECONDS / figures.requests, figures.requests)
