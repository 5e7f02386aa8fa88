"""Servers that run side by side, and one window of load on one of them."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, NamedTuple

from comparison import procfs, wrk
from comparison.errors import RunError
from comparison.process import Launch, ServerProcess, free_port
from comparison.server import Server, Start

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.interrupts import Interrupts
    from comparison.workloads import Cell, Workload

_MICROSECONDS = 1_000_000


class Plan(NamedTuple):
    """What is the same for every window of a stage. Both CPUs are given where they are divided."""

    seconds: float
    threads: int
    workers: int
    directory: Path
    server_cpu: int | None = None


class Result(NamedTuple):
    """The figures of one window."""

    requests: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    errors: int
    socket_errors: int
    bad_statuses: int
    cpu_us_per_request: float
    wrk_cpu_percent: float
    other_cpu_percent: float


class Run(NamedTuple):
    """One window of one server: a result, or why there is none."""

    round: int
    cell: str
    server: str
    result: Result | None
    failure: str | None = None


class Running(NamedTuple):
    """A server that was started."""

    process: ServerProcess
    port: int


class _Window(NamedTuple):
    """Clocks at one end of the measured window."""

    server_ticks: int
    machine_ticks: int
    wall: float


def prepared(server: Server, workload: Workload, plan: Plan, log: Path, interrupts: Interrupts) -> Running:
    """Make the process of a server, not started, which is ready when it answers ``workload``."""
    port = free_port()
    command = server.command(Start(port, plan.threads, workload.target, plan.workers))
    pin = [] if plan.server_cpu is None else ["taskset", "--cpu-list", str(plan.server_cpu)]
    launch = Launch([*pin, *command], port, log, workload.path, workload.body, server.announcement)
    return Running(ServerProcess(launch, interrupts), port)


def run(number: int, server: Server, cell: Cell, running: Running, plan: Plan) -> Run:
    """Measure one server once; a failure becomes part of the result."""
    try:
        return Run(number, cell.name, server.name, _measured(running, cell, plan))
    except RunError as error:
        return Run(number, cell.name, server.name, None, str(error))


def load(workload: Workload, connections: int, running: Running, plan: Plan) -> wrk.Load:
    """Return the load of a workload; one connection gets twice the time, as it makes few requests."""
    script = wrk.script(workload.wrk_script, plan.directory / f"{workload.name}.lua")
    seconds = plan.seconds * (2 if connections == 1 else 1)
    return wrk.Load(f"http://127.0.0.1:{running.port}{workload.path}", connections, seconds, script)


def _measured(running: Running, cell: Cell, plan: Plan) -> Result:
    beside = cell.workload.beside
    running.process.require_alive()
    with beside(running.port) if beside else contextlib.nullcontext():
        before = _now(running.process)
        driven = wrk.drive(load(cell.workload, cell.connections, running, plan))
        after = _now(running.process)
    running.process.require_alive()
    return _result(driven, before, after)


def _now(process: ServerProcess) -> _Window:
    return _Window(procfs.cpu_ticks(process.members()), procfs.machine_busy_ticks(), time.monotonic())


def _result(driven: wrk.Driven, before: _Window, after: _Window) -> Result:
    figures = driven.figures
    if figures.requests == 0:
        msg = f"no request was answered ({figures.socket_errors} socket errors)"
        raise RunError(msg)
    # A child that died unreaped takes its time along; then the sum may even fall.
    server = max(0, after.server_ticks - before.server_ticks) / procfs.TICKS_PER_SECOND
    machine = (after.machine_ticks - before.machine_ticks) / procfs.TICKS_PER_SECOND
    wall = after.wall - before.wall
    return Result(
        requests=figures.requests,
        requests_per_second=figures.requests_per_second,
        p50_ms=figures.p50_ms,
        p99_ms=figures.p99_ms,
        p999_ms=figures.p999_ms,
        errors=figures.socket_errors + figures.bad_statuses,
        socket_errors=figures.socket_errors,
        bad_statuses=figures.bad_statuses,
        cpu_us_per_request=server * _MICROSECONDS / figures.requests,
        wrk_cpu_percent=100 * driven.cpu_seconds / wall,
        other_cpu_percent=100 * max(0.0, machine - server - driven.cpu_seconds) / wall,
    )
