"""Windows of load on servers that take turns, and what the processes take meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, NamedTuple, Sequence, TypeVar

from comparison import command, procfs
from comparison.errors import RunError
from securing import h2load

if TYPE_CHECKING:
    from securing.servers import Running

_MICROSECONDS = 1_000_000
_T = TypeVar("_T")

Round = Dict[str, _T]
"""The same load on each server, right after one another."""


class Window(NamedTuple):
    """What h2load got, and the CPU time of the server for it: all processes, or the first one alone."""

    requests: int
    requests_per_second: float
    cpu_us: float
    front_us: float


class _Clock(NamedTuple):
    all_ticks: int
    front_ticks: int


def measure(running: Running, load: h2load.Load) -> Window:
    """Drive a server once; a single request that fails makes the figures worthless."""

    def clock() -> _Clock:
        members = running.process.members()
        own = sum(stat.own_ticks for stat in members if stat.pid == running.process.leader)
        return _Clock(procfs.cpu_ticks(members), own)

    driven, begun, over = h2load.drive(load, clock)
    figures = driven.figures
    if figures.requests == 0 or figures.failed:
        msg = f"{running.kind.name} did not answer every request: {figures}"
        raise RunError(msg)
    each = _MICROSECONDS / procfs.TICKS_PER_SECOND / figures.requests
    return Window(
        figures.requests,
        figures.requests_per_second,
        (over.all_ticks - begun.all_ticks) * each,
        (over.front_ticks - begun.front_ticks) * each,
    )


def warm(running: Running, load: h2load.Load, requests: int) -> None:
    """Count requests, not seconds: on a busy machine the compiler has to wait."""
    done = 0
    while done < requests:
        done += measure(running, load).requests


def turns(
    running: dict[str, Running], rounds: int, once: Callable[[Running], _T], what: str
) -> list[Round[_T]]:
    """Ask each in every round, another one first each time, so that none always comes after the same."""
    names = list(running)
    found = []
    for number in range(rounds):
        first = number % len(names)
        found.append({name: once(running[name]) for name in names[first:] + names[:first]})
        command.say(f"{what}: round {number + 1} of {rounds}")
    return found


def values(rounds: list[Round[_T]], names: Sequence[str], figure: Callable[..., float]) -> list[float]:
    """Make one figure of what the named servers did in each round; none where one of them takes no part."""
    known = [done for done in rounds if all(name in done for name in names)]
    return [figure(*(done[name] for name in names)) for done in known]
