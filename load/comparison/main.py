"""The command: prepare, measure in interleaved rounds, report."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Iterator, NamedTuple

from comparison import (
    alone,
    crowds,
    host,
    measure,
    options,
    plan,
    publication,
    sidebyside,
    wrk,
    yardstick,
)
from comparison.errors import UsageError
from comparison.interrupts import Interrupts
from comparison.paths import RESULTS, ROOT
from comparison.peers import Environment
from comparison.report import Report, markdown
from comparison.servers import APPLICATION_PINS, SERVERS

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.measure import Run
    from comparison.options import Options
    from comparison.plan import Batch
    from comparison.server import Server

_INTERRUPTED = 130
_USAGE = 2
# For the estimate: what a window takes besides its load, a start with its end, windows of a server alone.
_OVERHEAD_SECONDS = 0.15
_START_SECONDS = 1.0
_LOADS_ALONE = 8
# What this command and a server open besides the connections of a crowd.
_OTHER_DESCRIPTORS = 1000


class Field(NamedTuple):
    """Who takes part, and who does not and why."""

    servers: list[Server]
    batches: list[Batch]
    left_out: list[str]


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
    environment = Environment(chosen.python)
    if chosen.publish:
        environment.install_charts()
    field = _field(chosen, environment)
    if any(entry.cell.workload.beside for batch in field.batches for entry in batch.entries):
        crowds.allow(crowds.IDLE + _OTHER_DESCRIPTORS)
    facts = _facts(chosen, environment, field)
    directory = _results_directory()
    report = Report(facts, field.batches, [], [], field.left_out)
    _say(f"about {_minutes(field, chosen):.0f} minutes; logs in {directory.relative_to(ROOT)}")
    try:
        _measure(report, chosen, directory, interrupts)
    finally:
        # After Ctrl-C too: what has been measured by then is not lost.
        _write(report, directory, chosen.json)
    if chosen.publish:
        publication.write(report)
    failed = any(run.failure for run in report.runs) or any(each.failure for each in report.alone)
    return 1 if failed else 0


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
    batches = plan.batches(plan.stages(chosen), chosen.workloads, taking_part)
    if not batches:
        raise UsageError("; ".join(["nothing to measure", *left_out]))
    for line in left_out:
        _say(f"left out: {line}")
    return Field(taking_part, batches, left_out)


def _measure(report: Report, chosen: Options, directory: Path, interrupts: Interrupts) -> None:
    for batch in report.batches:
        with _placed(batch.stage.pinned) as server_cpu:
            workers = batch.stage.workers
            side = measure.Plan(chosen.seconds, chosen.threads, workers, directory, server_cpu)
            with contextlib.closing(sidebyside.runs(batch, chosen.rounds, side, interrupts)) as runs:
                for run in runs:
                    _tell(run)
                    if run.round or run.failure:
                        report.runs.append(run)
    single = measure.Plan(chosen.seconds, chosen.threads, 1, directory)
    for server in _alone(report.batches, chosen):
        _say(f"{server.name}: starts, and memory")
        report.alone.append(alone.measured(server, chosen.starts, single, interrupts))


def _tell(run: Run) -> None:
    rate = f"{run.result.requests_per_second:,.0f} requests/s" if run.result else f"FAILED: {run.failure}"
    _say(f"round {run.round} {run.cell} {run.server}: {rate}")


def _alone(batches: list[Batch], chosen: Options) -> list[Server]:
    """List who is started alone: each server of the batches, of those that a publication names."""
    servers = {server.name: server for batch in batches for server in batch.servers}
    named = [server for name, server in servers.items() if not chosen.publish or name in yardstick.ALONE]
    return named if chosen.starts else []


@contextlib.contextmanager
def _placed(pinned: bool) -> Iterator[int | None]:  # noqa: FBT001
    """Keep this process, and so wrk and all other clients, on a CPU of its own; tell that of the servers."""
    usable = os.sched_getaffinity(0)
    if not pinned:
        yield None
        return
    if len(usable) == 1 or shutil.which("taskset") is None:
        msg = "servers and load on a core each need two CPUs and taskset (apt-get install util-linux)"
        raise UsageError(msg)
    first, second = sorted(usable)[:2]
    os.sched_setaffinity(0, {second})
    try:
        yield first
    finally:
        os.sched_setaffinity(0, usable)


def _minutes(field: Field, chosen: Options) -> float:
    """Estimate how long all of it takes."""
    windows = 0.0
    for batch in field.batches:
        for step in plan.steps(batch, chosen.rounds):
            windows += chosen.seconds * (2 if step.cell.connections == 1 else 1) + _OVERHEAD_SECONDS
        windows += len(batch.servers) * _START_SECONDS
    alone_seconds = chosen.starts * _START_SECONDS + _LOADS_ALONE * (chosen.seconds + _OVERHEAD_SECONDS)
    return (windows + len(_alone(field.batches, chosen)) * alone_seconds) / 60


def _facts(chosen: Options, environment: Environment, field: Field) -> dict[str, str]:
    versions = [_version(server, environment) for server in field.servers]
    return {
        "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        **host.facts(environment.python_version),
        "servers": ", ".join(versions),
        "application packages": ", ".join(pin.replace("==", " ") for pin in APPLICATION_PINS),
        "settings": f"{chosen.rounds} rounds after one that warms up, {chosen.seconds} s of load each time "
        f"(one connection: twice that), {chosen.threads} threads for each worker",
    }


def _version(server: Server, environment: Environment) -> str:
    known = environment.version(server.distribution) if server.distribution else server.version()
    return f"{server.name} {known}" if known else server.name


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
    alone = [each._asdict() for each in report.alone]
    return {"facts": report.facts, "left_out": report.left_out, "runs": runs, "alone": alone}


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
