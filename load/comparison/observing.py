"""The command load/observing: hello unseen, logged, counted and traced; no line of a log may be missing."""

from __future__ import annotations

import contextlib
import platform
import re
import statistics
from typing import TYPE_CHECKING, Callable, Dict, Iterator, NamedTuple

from comparison import command, host, jcmd, wrk
from comparison.aggregate import spread
from comparison.errors import RunError
from comparison.loaded import Loaded, measure
from comparison.options import parser_of
from comparison.paths import OURS, RESULTS
from comparison.process import Launch, ServerProcess, free_port
from comparison.report import factor, table
from comparison.workloads import HELLO_BODY

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.interrupts import Interrupts

_BASE = "nothing"
_COMBINED = rb'127\.0\.0\.1 - - \[[^]]{26}\] "GET / HTTP/1\.1" 200 \d+ "-" "-"\n'
_JSON = (
    rb'\{"time":"[^"]{29}","remote_addr":"127\.0\.0\.1","request":"GET / HTTP.*"request_id":"[0-9a-f-]+"\}\n'
)


class Variant(NamedTuple):
    """One way to run the server; ``line`` is what a whole line of its access log looks like."""

    name: str
    options: tuple[str, ...]
    line: bytes | None = None


VARIANTS = (
    Variant(_BASE, ()),
    Variant("request ids only", ("--request-id",)),
    Variant("combined", ("--access-log-format=combined",), _COMBINED),
    Variant("json", ("--access-log-format=json",), _JSON),
    Variant("metrics", ("--metrics-listen=127.0.0.1:0",)),
    Variant("traces", ("--trace",)),
)

Round = Dict[str, Loaded]
"""The same load on each variant, right after one another."""


class Session(NamedTuple):
    """What one start of all servers gave; ``allocated`` is the Java heap that a request takes, in bytes."""

    rounds: list[Round]
    allocated: dict[str, float]
    lines: int


class Options(NamedTuple):
    """What the user asked for."""

    connections: int
    starts: int
    rounds: int
    seconds: int
    requests: int


class Running(NamedTuple):
    """A server of one variant."""

    variant: Variant
    server: ServerProcess
    load: wrk.Load
    log: Path


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the exit status."""
    chosen = _parse(arguments)
    return command.run("load/observing", lambda interrupts: _measurement(chosen, interrupts))


def _parse(arguments: list[str] | None) -> Options:
    parser = parser_of(
        "observing",
        "Measure what it costs that this server is observed",
        connections=256,
        starts=2,
        rounds=10,
        seconds=1,
    )
    parser.add_argument(
        "--requests", type=int, default=200_000, help="before the first round, not counted: the JVM compiles"
    )
    return Options(**vars(parser.parse_args(arguments)))


def _measurement(chosen: Options, interrupts: Interrupts) -> str:
    wrk.require_wrk()
    jcmd.require()
    RESULTS.mkdir(parents=True, exist_ok=True)
    sessions = [_session(chosen, interrupts) for _ in range(chosen.starts)]
    return report(host.facts(platform.python_version()), chosen, sessions)


def _session(chosen: Options, interrupts: Interrupts) -> Session:
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(_started(variant, chosen, interrupts)) for variant in VARIANTS]
        warm = {each.variant.name: _warmed(each, chosen.requests) for each in running}
        before = {each.variant.name: jcmd.allocated(each.server) for each in running}
        rounds = [_round(running, number) for number in range(chosen.rounds)]
        grown = {
            each.variant.name: jcmd.allocated(each.server) - before[each.variant.name] for each in running
        }
    loads = {name: [done[name] for done in rounds] for name in grown}
    allocated = {name: grown[name] / sum(loaded.requests for loaded in loads[name]) for name in grown}
    lines = sum(count(each, warm[each.variant.name] + loads[each.variant.name]) for each in running)
    return Session(rounds, allocated, lines)


def _warmed(each: Running, requests: int) -> list[Loaded]:
    """Count requests, not seconds: on a busy machine the compiler has to wait."""
    loads: list[Loaded] = []
    while sum(loaded.requests for loaded in loads) < requests:
        loads.append(measure(each.server, each.load))
    return loads


@contextlib.contextmanager
def _started(variant: Variant, chosen: Options, interrupts: Interrupts) -> Iterator[Running]:
    port = free_port()
    name = variant.name.replace(" ", "-")
    log = RESULTS / f"observing-{name}.lines"
    log.unlink(missing_ok=True)
    options = [*variant.options, f"--access-log={log}"] if variant.line else variant.options
    launched = [
        str(OURS),
        f"--listen=127.0.0.1:{port}",
        "--connection-limit=1000",
        *options,
        "hello:app",
    ]
    launch = Launch(launched, port, RESULTS / f"observing-{name}.log", "/", HELLO_BODY, "Serving on http://")
    load = wrk.Load(f"http://127.0.0.1:{port}/", chosen.connections, chosen.seconds)
    with ServerProcess(launch, interrupts) as server:
        server.start()
        server.wait_until_ready()
        yield Running(variant, server, load, log)


def _round(running: list[Running], number: int) -> Round:
    """Begin with another one each time, so that none always comes after the same."""
    first = number % len(running)
    return {each.variant.name: measure(each.server, each.load) for each in running[first:] + running[:first]}


def count(each: Running, loads: list[Loaded]) -> int:
    """Count the lines of a log, and remove it."""
    if each.variant.line is None:
        return 0
    found = _lines(each.log, re.compile(each.variant.line))
    answered = sum(loaded.requests for loaded in loads)
    # One request asked whether the server was ready; wrk does not count those that it leaves unfinished.
    if not answered < found <= answered + 1 + len(loads) * each.load.connections:
        msg = f"{each.log} has {found} lines for {answered} requests"
        raise RunError(msg)
    each.log.unlink()
    return found


def _lines(log: Path, whole: re.Pattern[bytes]) -> int:
    found = 0
    with log.open("rb") as lines:
        for found, line in enumerate(lines, 1):
            if not whole.fullmatch(line):
                msg = f"line {found} of {log} is torn: {line[:200]!r}"
                raise RunError(msg)
    return found


def report(facts: dict[str, str], chosen: Options, sessions: list[Session]) -> str:
    """Write the facts and the table."""
    rows = [[variant.name, *_figures(sessions, variant.name)] for variant in VARIANTS]
    head = ["on", "requests/s", f"÷ {_BASE}", "CPU µs/request", f"÷ {_BASE}", "allocated bytes/request"]
    total = chosen.starts * chosen.rounds
    lines = [
        f"# Observed, {chosen.connections} connections, {total} rounds of {chosen.seconds} s",
        "",
        *(f"- {name}: {value}" for name, value in facts.items()),
        f"- lines: {sum(session.lines for session in sessions):,}, all whole, none missing",
        "",
        *table(head, rows),
        "",
        f"Medians (bounds) over the rounds, {chosen.starts} starts of each; ratios within each round.",
    ]
    return "\n".join(lines) + "\n"


def _figures(sessions: list[Session], name: str) -> list[str]:
    rounds = [done for session in sessions for done in session.rounds]

    def rate(loaded: Loaded) -> float:
        return loaded.requests_per_second

    def cost(loaded: Loaded) -> float:
        return loaded.cpu_us_per_request

    return [
        f"{statistics.median(rate(done[name]) for done in rounds):,.0f}",
        _ratio(rounds, name, rate),
        f"{statistics.median(cost(done[name]) for done in rounds):.1f}",
        _ratio(rounds, name, cost),
        f"{statistics.median(session.allocated[name] for session in sessions):,.0f}",
    ]


def _ratio(rounds: list[Round], name: str, figure: Callable[[Loaded], float]) -> str:
    return factor(spread(figure(done[name]) / figure(done[_BASE]) for done in rounds))
