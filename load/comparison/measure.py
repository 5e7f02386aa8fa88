"""One run: start, warm up, measure, stop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from comparison import procfs, wrk
from comparison.errors import RunError
from comparison.process import Launch, ServerProcess, free_port
from comparison.servers import Server, Start

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.interrupts import Interrupts
    from comparison.workloads import Cell

_KIB_PER_MIB = 1024
_MICROSECONDS = 1_000_000


class Plan(NamedTuple):
    """What is the same for every run."""

    warmup: float
    seconds: float
    threads: int
    directory: Path
    pinned: tuple[int, int] | None


class Result(NamedTuple):
    """The figures of one run."""

    requests: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    errors: int
    socket_errors: int
    bad_statuses: int
    cpu_us_per_request: float
    memory_mib: float
    memory_kind: str
    start_seconds: float
    wrk_cpu_percent: float
    other_cpu_percent: float


class Run(NamedTuple):
    """One run of one server: a result, or why there is none."""

    round: int
    cell: str
    server: str
    result: Result | None
    failure: str | None = None
    needed_kill: bool = False


class _Window(NamedTuple):
    """Clocks at one end of the measured window."""

    server_ticks: int
    machine_ticks: int
    wall: float


def run(number: int, server: Server, cell: Cell, plan: Plan, interrupts: Interrupts) -> Run:
    """Measure one server once; a failure becomes part of the result."""
    log = plan.directory / f"round{number}-{cell.name}-{server.name}.log"
    port = free_port()
    process = ServerProcess(_launch(server, cell, plan, port, log), interrupts)
    result, failure = None, None
    try:
        with process:
            result = _measured(process, cell, plan, port)
    except RunError as error:
        failure = str(error)
    return Run(number, cell.name, server.name, result, failure, process.needed_kill)


def _launch(server: Server, cell: Cell, plan: Plan, port: int, log: Path) -> Launch:
    workload = cell.workload
    start = Start(port, workload.threads or plan.threads, workload.target)
    command = [*_pin(plan, 0), *server.command(start)]
    return Launch(command, port, log, workload.path, workload.body, server.announcement)


def _measured(process: ServerProcess, cell: Cell, plan: Plan, port: int) -> Result:
    process.start()
    start_seconds = process.wait_until_ready()
    load = _load(cell, plan, port)
    if plan.warmup > 0:
        wrk.drive(load._replace(seconds=plan.warmup))
        process.require_alive()
    before = _now(process)
    driven = wrk.drive(load)
    after = _now(process)
    memory = procfs.memory(stat.pid for stat in process.members())
    process.require_alive()
    return _result(driven, before, after, memory, start_seconds)


def _load(cell: Cell, plan: Plan, port: int) -> wrk.Load:
    script = wrk.script(cell.workload.wrk_script, plan.directory / f"{cell.workload.name}.lua")
    url = f"http://127.0.0.1:{port}{cell.workload.path}"
    return wrk.Load(url, cell.connections, plan.seconds, script, _pin(plan, 1))


def _pin(plan: Plan, which: int) -> tuple[str, ...]:
    return ("taskset", "--cpu-list", str(plan.pinned[which])) if plan.pinned else ()


def _now(process: ServerProcess) -> _Window:
    return _Window(procfs.cpu_ticks(process.members()), procfs.machine_busy_ticks(), time.monotonic())


def _result(
    driven: wrk.Driven, before: _Window, after: _Window, memory: procfs.Memory, start_seconds: float
) -> Result:
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
        memory_mib=memory.kib / _KIB_PER_MIB,
        memory_kind=memory.kind,
        start_seconds=start_seconds,
        wrk_cpu_percent=100 * driven.cpu_seconds / wall,
        other_cpu_percent=100 * max(0.0, machine - server - driven.cpu_seconds) / wall,
    )
