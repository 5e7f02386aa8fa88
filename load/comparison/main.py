"""The command: prepare, measure in interleaved rounds, report."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

from comparison import host, measure, options, publication, wrk
from comparison.errors import UsageError
from comparison.interrupts import Interrupts
from comparison.measure import Plan, Run
from comparison.paths import RESULTS, ROOT
from comparison.peers import Environment
from comparison.report import Report, markdown
from comparison.servers import APPLICATION_PINS, SERVERS, Server
from comparison.workloads import Cell, cells

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.options import Options

_INTERRUPTED = 130
_USAGE = 2
_OVERHEAD_SECONDS = 2  # of one run, for starting and stopping; only for the estimate
_NO_THREADS = "has no threads: one waiting request stops all others"


class Field(NamedTuple):
    """Who takes part, and who does not and why."""

    servers: list[Server]
    cells: list[Cell]
    left_out: list[str]


class Step(NamedTuple):
    """One run to make."""

    round: int
    cell: Cell
    server: Server


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison; return the exit status."""
    chosen = options.parse(arguments)
    interrupts = Interrupts()
    interrupts.install()
    try:
        return _compare(chosen, interrupts)
    except UsageError as error:
        _say(f"load/compare: {error}")
        return _USAGE
    except KeyboardInterrupt:
        _say("load/compare: interrupted")
        return _INTERRUPTED


def _compare(chosen: Options, interrupts: Interrupts) -> int:
    if sys.platform != "linux":
        msg = "needs Linux: CPU time and memory are read from /proc"
        raise UsageError(msg)
    wrk.require_wrk()
    pinned = _cpus() if chosen.pin else None
    environment = Environment(chosen.python)
    field = _field(chosen, environment)
    facts = _facts(chosen, environment, field)
    directory = _results_directory()
    plan = Plan(chosen.warmup, chosen.seconds, chosen.threads, directory, pinned)
    runs: list[Run] = []
    try:
        _measure(steps(field, chosen.rounds), plan, runs, interrupts)
    finally:
        # After Ctrl-C too: what has been measured by then is not lost.
        if runs:
            names = [server.name for server in field.servers]
            report = Report(facts, field.cells, names, chosen.base, runs, field.left_out)
            _write(report, directory, chosen.json)
            if chosen.publish:
                environment.install_charts()
                publication.write(report)
    return 1 if any(run.failure for run in runs) else 0


def _field(chosen: Options, environment: Environment) -> Field:
    environment.install_applications()
    taking_part, left_out = [], []
    for server in SERVERS:
        if server.name in chosen.servers:
            obstacle = environment.obstacle(server)
            if obstacle:
                left_out.append(f"{server.name}: {obstacle}")
            else:
                taking_part.append(server)
    if not taking_part:
        raise UsageError("no server to measure; " + "; ".join(left_out))
    chosen_cells = cells(chosen.workloads, chosen.connections)
    waiting = sorted({cell.workload.name for cell in chosen_cells if cell.workload.needs_threads})
    single = [server.name for server in taking_part if waiting and not server.threaded]
    left_out += [f"{name} in {', '.join(waiting)}: {_NO_THREADS}" for name in single]
    for line in left_out:
        _say(f"left out: {line}")
    return Field(taking_part, chosen_cells, left_out)


def steps(field: Field, rounds: int) -> list[Step]:
    """Order the runs: all servers of a cell next to each other, each round beginning with another one."""
    return [
        Step(number, cell, server)
        for number in range(1, rounds + 1)
        for cell in field.cells
        for server in rotated(field.servers, number - 1)
        if server.threaded or not cell.workload.needs_threads
    ]


def rotated(servers: list[Server], by: int) -> list[Server]:
    """Begin with another server in each round, so that no one always follows the same one."""
    cut = by % len(servers)
    return servers[cut:] + servers[:cut]


def _measure(todo: list[Step], plan: Plan, runs: list[Run], interrupts: Interrupts) -> None:
    minutes = len(todo) * (plan.warmup + plan.seconds + _OVERHEAD_SECONDS) / 60
    _say(f"{len(todo)} runs, about {minutes:.1f} min; logs in {plan.directory.relative_to(ROOT)}")
    for index, step in enumerate(todo, 1):
        done = measure.run(step.round, step.server, step.cell, plan, interrupts)
        runs.append(done)
        said = (
            f"{done.result.requests_per_second:,.0f} requests/s" if done.result else f"FAILED: {done.failure}"
        )
        _say(f"[{index}/{len(todo)}] round {step.round} {step.cell.name} {step.server.name}: {said}")


def _facts(chosen: Options, environment: Environment, field: Field) -> dict[str, str]:
    versions = [_version(server, environment) for server in field.servers]
    placed = "server on one CPU, wrk on another" if chosen.pin else "server and wrk share all CPUs"
    return {
        "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        **host.facts(environment.python_version),
        "servers": ", ".join(versions),
        "application packages": ", ".join(pin.replace("==", " ") for pin in APPLICATION_PINS),
        "settings": f"rounds {chosen.rounds}, warm-up {chosen.warmup} s, measured {chosen.seconds} s, "
        f"1 worker, {chosen.threads} threads; {placed}",
    }


def _version(server: Server, environment: Environment) -> str:
    known = environment.version(server.distribution) if server.distribution else host.commit()
    return f"{server.name} {known or 'unknown'}"


def _cpus() -> tuple[int, int]:
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) == 1 or shutil.which("taskset") is None:
        msg = "--pin needs two CPUs and taskset (apt-get install util-linux)"
        raise UsageError(msg)
    return usable[0], usable[1]


def _results_directory() -> Path:
    stamp = dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    directory = RESULTS / stamp
    directory.mkdir(parents=True)
    return directory


def _write(report: Report, directory: Path, extra: Path | None) -> None:
    raw = json.dumps(_raw(report), indent=1, ensure_ascii=False) + "\n"
    text = markdown(report)
    for file in filter(None, [directory.with_suffix(".json"), extra]):
        file.write_text(raw, encoding="utf-8")
    for file in (RESULTS / "report.md", directory / "report.md"):
        file.write_text(text, encoding="utf-8")
    sys.stdout.write("\n" + text)


def _raw(report: Report) -> dict[str, object]:
    runs = [{**run._asdict(), "result": run.result and run.result._asdict()} for run in report.runs]
    return {"facts": report.facts, "left_out": report.left_out, "base": report.base, "runs": runs}


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
