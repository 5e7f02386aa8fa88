"""The command load/idle: the heap that idle connections take, and whether they slow the others down."""

from __future__ import annotations

import datetime as dt
import platform
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, NamedTuple

from comparison import command, crowds, host, jcmd, wrk
from comparison.aggregate import spread
from comparison.loaded import Loaded, measure
from comparison.options import parser_of
from comparison.paths import OURS, RESULTS
from comparison.process import Launch, ServerProcess, free_port
from comparison.report import factor, table
from comparison.workloads import HELLO_BODY

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.interrupts import Interrupts

# What the server and this command open besides: wrk's connections, files, the worker.
_OTHER_DESCRIPTORS = 500


class Options(NamedTuple):
    """What the user asked for."""

    idle: int
    connections: int
    rounds: int
    seconds: int


class Round(NamedTuple):
    """The same load without and with idle connections, and the live heap before each."""

    heap_without: int
    heap_with: int
    without: Loaded
    beside: Loaded


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the exit status."""
    chosen = _parse(arguments)
    return command.run("load/idle", lambda interrupts: _measurement(chosen, interrupts))


def _measurement(chosen: Options, interrupts: Interrupts) -> str:
    _prepare(chosen)
    rounds = list(_measure(chosen, interrupts))
    return report(host.facts(platform.python_version()), chosen, rounds)


def _parse(arguments: list[str] | None) -> Options:
    parser = parser_of(
        "idle", "Measure what idle connections cost this server", connections=32, rounds=3, seconds=5
    )
    parser.add_argument("--idle", type=int, default=10_000, help="idle keep-alive connections beside them")
    return Options(**vars(parser.parse_args(arguments)))


def _prepare(chosen: Options) -> None:
    wrk.require_wrk()
    jcmd.require()
    crowds.allow(chosen.idle + _OTHER_DESCRIPTORS)


def _measure(chosen: Options, interrupts: Interrupts) -> Iterator[Round]:
    port = free_port()
    load = wrk.Load(f"http://127.0.0.1:{port}/", chosen.connections, chosen.seconds)
    with ServerProcess(_launch(chosen, port), interrupts) as server:
        server.start()
        server.wait_until_ready()
        wrk.drive(load._replace(seconds=2 * chosen.seconds))  # warms up
        for number in range(1, chosen.rounds + 1):
            done = _round(server, port, load, chosen.idle)
            rates = done.without.requests_per_second, done.beside.requests_per_second
            command.say("round {}: {:,.0f} requests/s without, {:,.0f} with".format(number, *rates))
            yield done


def _round(server: ServerProcess, port: int, load: wrk.Load, idle: int) -> Round:
    without = measure(server, load)
    heap_without = jcmd.live_heap(server)
    with crowds.idle_connections(port, idle) as connections:
        heap_with = jcmd.live_heap(server)
        beside = measure(server, load)
        crowds.require_served(connections)
    return Round(heap_without, heap_with, without, beside)


def _launch(chosen: Options, port: int) -> Launch:
    stamp = dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    log = _log(stamp)
    launched = [
        str(OURS),
        f"--listen=127.0.0.1:{port}",
        f"--connection-limit={chosen.idle + _OTHER_DESCRIPTORS}",
        "--channel-timeout=3600",
        "--workers=1",
        "hello:app",
    ]
    return Launch(launched, port, log, "/", HELLO_BODY, "Serving on http://")


def _log(stamp: str) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    return RESULTS / f"idle-{stamp}.log"


def report(facts: dict[str, str], chosen: Options, rounds: list[Round]) -> str:
    """Write the facts and the table."""
    figures = {
        "heap without them, KiB": _number(done.heap_without / 1024 for done in rounds),
        "heap with them, KiB": _number(done.heap_with / 1024 for done in rounds),
        "heap per idle connection, bytes": _number(_heap_each(done, chosen.idle) for done in rounds),
        "requests/s without them": _number(done.without.requests_per_second for done in rounds),
        "requests/s with them": _number(done.beside.requests_per_second for done in rounds),
        "with ÷ without, round by round": _ratio(rounds, lambda loaded: loaded.requests_per_second),
        "CPU µs/request without them": _number((done.without.cpu_us_per_request for done in rounds), 1),
        "CPU µs/request with them": _number((done.beside.cpu_us_per_request for done in rounds), 1),
        "the same ratio of CPU": _ratio(rounds, lambda loaded: loaded.cpu_us_per_request),
    }
    rows = [[name, value] for name, value in figures.items()]
    title = f"{chosen.idle} idle connections, {chosen.connections} busy ones, {chosen.rounds} rounds"
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    return "\n".join([f"# {title}", "", *lines, "", *table(["figure", "median (bounds)"], rows)]) + "\n"


def _heap_each(done: Round, idle: int) -> float:
    return (done.heap_with - done.heap_without) / idle


def _ratio(rounds: list[Round], figure: Callable[[Loaded], float]) -> str:
    return factor(spread(figure(done.beside) / figure(done.without) for done in rounds))


def _number(values: Iterable[float], decimals: int = 0) -> str:
    value = spread(values)
    return "{} ({}–{})".format(*(f"{part:,.{decimals}f}" for part in value[:3])) if value else "–"
