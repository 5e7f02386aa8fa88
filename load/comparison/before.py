"""The command load/before: this checkout and an earlier one side by side, in turn, workload by workload."""

from __future__ import annotations

import contextlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator, NamedTuple, Sequence

from comparison import command, host, ours, perf, procfs, wrk
from comparison.aggregate import spread
from comparison.errors import UsageError
from comparison.loaded import Loaded, measure
from comparison.options import counts, names, parser_of
from comparison.paths import OURS, RESULTS
from comparison.peers import Environment
from comparison.process import Launch, ServerProcess, free_port
from comparison.report import factor, number, table
from comparison.server import PYTHON
from comparison.workloads import WORKLOADS, Cell, cells

if TYPE_CHECKING:
    from comparison.interrupts import Interrupts

_KIB_PER_MIB = 1024


class Options(NamedTuple):
    """What the user asked for."""

    checkout: Path
    workloads: list[str]
    connections: list[int] | None
    starts: int
    rounds: int
    seconds: int
    warmup: int


class How(NamedTuple):
    """What is the same for every workload; ``events`` are those that perf counts."""

    other: Path
    chosen: Options
    events: tuple[str, ...]
    interrupts: Interrupts


class Running(NamedTuple):
    """One of the two servers, and what perf counts of it."""

    server: ServerProcess
    load: wrk.Load
    events: tuple[str, ...]
    start_seconds: float


class Round(NamedTuple):
    """The same load on both, right after one another."""

    now: Loaded
    before: Loaded

    @property
    def is_counted(self) -> bool:
        """Tell whether the instructions of both are known."""
        return bool(self.now.instructions_per_request and self.before.instructions_per_request)


class Taken(NamedTuple):
    """What one start of a server took: time until it answered, memory after the load."""

    start_seconds: float
    memory_mib: float


class Session(NamedTuple):
    """What one start of both servers gave."""

    rounds: list[Round]
    now: Taken
    before: Taken


class Compared(NamedTuple):
    """All that was measured, and on what."""

    facts: dict[str, str]
    counters: perf.Counters
    measured: dict[Cell, list[Session]]


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the exit status."""
    chosen = _parse(arguments)
    return command.run("load/before", lambda interrupts: _measurement(chosen, interrupts))


def _parse(arguments: list[str] | None) -> Options:
    parser = parser_of(
        "before",
        "Compare this checkout with an earlier one",
        starts=2,
        rounds=6,
        seconds=2,
        warmup=6,
    )
    known = [workload.name for workload in WORKLOADS if workload.beside is None]
    add = parser.add_argument
    add("checkout", type=Path, help="the folder of the other checkout; its waitress-serve is run")
    add("--workloads", type=names(known), default=known, help=f"comma list of {','.join(known)}")
    add("--connections", type=counts, help="comma list; instead of each workload's own")
    return Options(**vars(parser.parse_args(arguments)))


def _measurement(chosen: Options, interrupts: Interrupts) -> str:
    compared = compare(chosen, interrupts)
    return report(compared.facts, chosen, compared.measured)


def compare(chosen: Options, interrupts: Interrupts) -> Compared:
    """Have both built, then measure them side by side."""
    wrk.require_wrk()
    other = (chosen.checkout / OURS.name).resolve()
    if not other.exists():
        msg = f"{other} does not exist"
        raise UsageError(msg)
    for script in (OURS, other):
        problem = ours.built(script)
        if problem:
            raise UsageError(problem)
    Environment(str(PYTHON if PYTHON.exists() else "python3")).install_applications()
    RESULTS.mkdir(parents=True, exist_ok=True)
    counters = perf.counters()
    facts = {
        **host.facts(platform.python_version()),
        "instructions": str(counters),
        "now": host.commit(),
        "before": host.commit(other.parent),
    }
    how = How(other, chosen, counters.events, interrupts)
    measured = {
        cell: [_session(cell, how) for _ in range(chosen.starts)]
        for cell in cells(chosen.workloads, chosen.connections)
    }
    return Compared(facts, counters, measured)


def _session(cell: Cell, how: How) -> Session:
    with contextlib.ExitStack() as stack:
        both = [stack.enter_context(_started(cell, path, how)) for path in (OURS, how.other)]
        for each in both:
            measure(each.server, each.load._replace(seconds=how.chosen.warmup))
        rounds = [_round(both, number) for number in range(how.chosen.rounds)]
        now, before = (Taken(each.start_seconds, _memory(each.server)) for each in both)
    return Session(rounds, now, before)


@contextlib.contextmanager
def _started(cell: Cell, path: Path, how: How) -> Iterator[Running]:
    port = free_port()
    side = "now" if path == OURS else "before"
    workload = cell.workload
    launched = [
        str(path),
        f"--listen=127.0.0.1:{port}",
        "--workers=1",
        f"--python={PYTHON}",
        workload.target,
    ]
    log = RESULTS / f"before-{cell.name}-{side}.log"
    launch = Launch(launched, port, log, workload.path, workload.body, "Serving on http://")
    url = f"http://127.0.0.1:{port}{workload.path}"
    load = wrk.Load(
        url,
        cell.connections,
        how.chosen.seconds,
        wrk.script(workload.wrk_script, RESULTS / f"before-{cell.name}.lua"),
    )
    with ServerProcess(launch, how.interrupts) as server:
        server.start()
        yield Running(server, load, how.events, server.wait_until_ready())


def _round(both: Sequence[Running], number: int) -> Round:
    """Begin with the other one each time, so that none always comes second."""
    ordered = both if number % 2 == 0 else both[::-1]
    loaded = [measure(each.server, each.load, each.events) for each in ordered]
    return Round(*(loaded if number % 2 == 0 else loaded[::-1]))


def _memory(server: ServerProcess) -> float:
    return procfs.memory(stat.pid for stat in server.members()).kib / _KIB_PER_MIB


def report(facts: dict[str, str], chosen: Options, measured: dict[Cell, list[Session]]) -> str:
    """Write the facts and the table."""
    counted = any(done.is_counted for sessions in measured.values() for done in rounds_of(sessions))
    figures = ["requests/s", "CPU µs/request", *(["instructions/request"] if counted else [])]
    head = [part for figure in [*figures, "start s", "memory MiB"] for part in (figure, "÷ before")]
    total = chosen.starts * chosen.rounds
    lines = [
        f"# Now and before, {total} rounds of {chosen.seconds} s",
        "",
        *(f"- {name}: {value}" for name, value in facts.items()),
        "",
        *table(
            ["workload", *head],
            [[cell.name, *_figures(found, counted)] for cell, found in measured.items()],
        ),
        "",
        f"Medians (bounds) over the rounds, {chosen.starts} starts of each; ratios within each round.",
    ]
    return "\n".join(lines) + "\n"


def _figures(sessions: list[Session], counted: bool) -> list[str]:  # noqa: FBT001 - it is a column
    rounds = rounds_of(sessions)
    both = [done for done in rounds if done.is_counted]
    return [
        *_pair(rounds, lambda loaded: loaded.requests_per_second, 0),
        *_pair(rounds, lambda loaded: loaded.cpu_us_per_request, 1),
        *(_pair(both, lambda loaded: loaded.instructions_per_request, 0) if counted else []),
        *_pair(sessions, lambda taken: taken.start_seconds, 2),
        *_pair(sessions, lambda taken: taken.memory_mib, 0),
    ]


def rounds_of(sessions: list[Session]) -> list[Round]:
    """Return the rounds of all starts."""
    return [done for session in sessions for done in session.rounds]


def _pair(measured: Sequence[Round | Session], figure: Callable[..., float], decimals: int) -> list[str]:
    """Write the median of now, and now divided by before."""
    return [
        number(spread(figure(each.now) for each in measured), decimals),
        factor(spread(figure(each.now) / figure(each.before) for each in measured)),
    ]
