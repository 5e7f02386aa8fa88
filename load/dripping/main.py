"""The command: one server, measured without and with dripping clients in turn."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NamedTuple, Sequence

from comparison import host, procfs, wrk
from comparison.aggregate import spread
from comparison.errors import RunError, UsageError
from comparison.interrupts import Interrupts
from comparison.options import parser_of
from comparison.paths import OURS, RESULTS
from comparison.process import Launch, ServerProcess, free_port
from comparison.workloads import HELLO_BODY
from dripping.drippers import Dripped, Drippers

if TYPE_CHECKING:
    import argparse

_FAILED = 1
_USAGE = 2
_INTERRUPTED = 130
_MICROSECONDS = 1_000_000
# Whoever sends less than this share of what was planned has not dripped as it says.
_KEPT_UP = 0.9
_ALONE_SECONDS = 5
# Of one core, by whatever else the machine does, interrupts included.
_QUIET_PERCENT = 20


class Window(NamedTuple):
    """One use of wrk, and what the clients did meanwhile."""

    requests_per_second: float
    p99_ms: float
    cpu_us_per_request: float
    errors: int
    other_cpu_percent: float
    dripped: Dripped


class Figures(NamedTuple):
    """All that was measured."""

    rounds: list[Round]
    cpu_us_per_byte: float


class Round(NamedTuple):
    """Both ways, right after one another."""

    without: Window
    dripping: Window

    @property
    def ratio(self) -> float:
        """What is left for the others."""
        return self.dripping.requests_per_second / self.without.requests_per_second

    @property
    def is_quiet(self) -> bool:
        """Whether nothing else on the machine took part."""
        return max(self.without.other_cpu_percent, self.dripping.other_cpu_percent) < _QUIET_PERCENT


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    chosen = _parser().parse_args(arguments)
    interrupts = Interrupts()
    interrupts.install()
    try:
        wrk.require_wrk()
        figures = _measure(chosen, interrupts)
    except UsageError as error:
        sys.stderr.write(f"load/drip: {error}\n")
        return _USAGE
    except RunError as error:
        sys.stderr.write(f"load/drip: {error}\n")
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    sys.stdout.write(report(figures, chosen))
    return _FAILED if complaints(figures.rounds, chosen) else 0


def _parser() -> argparse.ArgumentParser:
    parser = parser_of(
        "drip",
        "Measure what clients that send a byte at a time cost the others",
        connections=32,
        rounds=15,
        seconds=1,
        warmup=4,
    )
    parser.add_argument("--drippers", type=int, default=500, help="connections that drip")
    parser.add_argument(
        "--interval", type=float, default=0.05, help="seconds between two bytes of one of them"
    )
    return parser


def _measure(chosen: argparse.Namespace, interrupts: Interrupts) -> Figures:
    port = free_port()
    RESULTS.mkdir(parents=True, exist_ok=True)
    command = [str(OURS), f"--listen=127.0.0.1:{port}", f"--python={sys.executable}", "hello:app"]
    launch = Launch(command, port, RESULTS / "drip.log", "/", HELLO_BODY, "Serving on http://")
    with ServerProcess(launch, interrupts) as server:
        server.start()
        server.wait_until_ready()
        load = wrk.Load(f"http://127.0.0.1:{port}/", chosen.connections, chosen.seconds)
        wrk.drive(load._replace(seconds=chosen.warmup))
        rounds = [_round(number, server, load, port, chosen) for number in range(chosen.rounds)]
        return Figures(rounds, _cost_of_a_byte(server, port, chosen))


def _round(
    number: int, server: ServerProcess, load: wrk.Load, port: int, chosen: argparse.Namespace
) -> Round:
    """Begin with the other way each time, so that neither always comes after the same."""
    if number % 2:
        dripping = _dripping(server, load, port, chosen)
        return Round(_window(server, load), dripping)
    without = _window(server, load)
    return Round(without, _dripping(server, load, port, chosen))


def _dripping(server: ServerProcess, load: wrk.Load, port: int, chosen: argparse.Namespace) -> Window:
    with Drippers(port, chosen.drippers, chosen.interval) as drippers:
        window = _window(server, load, drippers.pid)
    return window._replace(dripped=drippers.dripped)


def _cost_of_a_byte(server: ServerProcess, port: int, chosen: argparse.Namespace) -> float:
    """Measure the drippers alone: what this takes hardly depends on what else the machine does."""
    before = procfs.cpu_ticks(server.members())
    with Drippers(port, chosen.drippers, chosen.interval) as drippers:
        time.sleep(_ALONE_SECONDS)
    ticks = procfs.cpu_ticks(server.members()) - before
    return ticks / procfs.TICKS_PER_SECOND * _MICROSECONDS / max(1, drippers.dripped.sent)


def _window(server: ServerProcess, load: wrk.Load, drippers: int | None = None) -> Window:
    before, clients_before = procfs.cpu_ticks(server.members()), _ticks_of(drippers)
    machine, started = procfs.machine_busy_ticks(), time.monotonic()
    driven = wrk.drive(load)
    wall = time.monotonic() - started
    ticks = procfs.cpu_ticks(server.members()) - before
    known = ticks + _ticks_of(drippers) - clients_before
    other = (procfs.machine_busy_ticks() - machine - known) / procfs.TICKS_PER_SECOND - driven.cpu_seconds
    server.require_alive()
    figures = driven.figures
    return Window(
        figures.requests_per_second,
        figures.p99_ms,
        ticks / procfs.TICKS_PER_SECOND * _MICROSECONDS / max(1, figures.requests),
        figures.socket_errors + figures.bad_statuses,
        100 * max(0.0, other) / wall,
        Dripped(0, 0),
    )


def _ticks_of(pid: int | None) -> int:
    return 0 if pid is None else procfs.cpu_ticks(procfs.tree(procfs.snapshot(), pid))


def complaints(rounds: list[Round], chosen: argparse.Namespace) -> list[str]:
    """Say what makes the figures worthless."""
    planned = chosen.drippers * chosen.seconds / chosen.interval
    found = []
    for number, both in enumerate(rounds, 1):
        if both.without.errors or both.dripping.errors:
            found.append(f"round {number}: requests failed")
        if both.dripping.dripped.lost:
            found.append(f"round {number}: the server closed {both.dripping.dripped.lost} slow connections")
        if both.dripping.dripped.sent < _KEPT_UP * planned:
            found.append(
                f"round {number}: {both.dripping.dripped.sent} bytes instead of {planned:.0f} dripped"
            )
    return found


def report(figures: Figures, chosen: argparse.Namespace) -> str:
    """Write a table in Markdown, and what follows from it."""
    rounds = figures.rounds
    quiet = [both for both in rounds if both.is_quiet]
    every = f"{chosen.interval * 1000:g} ms"
    load = f"{chosen.connections} connections ask for hello"
    lines = [
        f"{chosen.drippers} clients drip a byte every {every}; {load}",
        f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, commit {host.commit()}",
        "",
        "| round | clients | requests/s | ratio | p99 ms | CPU µs/request | others' CPU |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: |",
        *(row for number, both in enumerate(rounds, 1) for row in _rows(number, both)),
        "",
        f"all {len(rounds)} rounds: {_spread(rounds)}",
        f"{len(quiet)} rounds in which others took less than {_QUIET_PERCENT} % of a core: {_spread(quiet)}",
        f"a dripped byte, without other load: {figures.cpu_us_per_byte:.1f} µs of the server's CPU time",
        *complaints(rounds, chosen),
    ]
    return "\n".join(lines) + "\n"


def _spread(rounds: list[Round]) -> str:
    known = spread(both.ratio for both in rounds)
    return f"ratio {known.median:.2f} ({known.low:.2f}–{known.high:.2f})" if known else "none"


def _rows(number: int, both: Round) -> list[str]:
    return [
        f"| {number} | {name} | {window.requests_per_second:,.0f} | {ratio} "
        f"| {window.p99_ms:.2f} | {window.cpu_us_per_request:.1f} | {window.other_cpu_percent:.0f} % |"
        for name, window, ratio in (
            ("as usual", both.without, ""),
            ("and drippers", both.dripping, f"{both.ratio:.2f}"),
        )
    ]
