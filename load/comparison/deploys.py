"""The cost of a deploy, and of workers that die, for those who are served meanwhile: load/deploy."""

from __future__ import annotations

import contextlib
import os
import platform
import random
import re
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

from comparison import command, host, procfs, wrk
from comparison.errors import RunError
from comparison.options import names, parser_of
from comparison.paths import OURS, RESULTS
from comparison.process import Launch, ServerProcess, free_port
from comparison.report import table
from comparison.workloads import HELLO_BODY

if TYPE_CHECKING:
    from comparison.interrupts import Interrupts

_POLL_SECONDS = 0.02
_SECONDS_BETWEEN_KILLS = 1.0
_SECONDS_BETWEEN_RELOADS = 2.5
_LOST = re.compile(r"was lost while it ran (\d+) requests?, answered with 502")


class Options(NamedTuple):
    """What the user asked for."""

    connections: int
    seconds: int
    warmup: int
    workers: int
    disturbances: list[str]


class Site:
    """A server under load, as somebody sees it who works on it until he is told to stop."""

    def __init__(self, server: ServerProcess, log: Path) -> None:
        """Begin to work."""
        self._server = server
        self._log = log
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let what goes on come to its end."""
        self._stopped.set()

    def is_open(self) -> bool:
        """Tell whether the work goes on."""
        return not self._stopped.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; tell whether the work goes on."""
        return not self._stopped.wait(seconds)

    def text(self) -> str:
        """Return what the server has logged."""
        return self._log.read_text(errors="replace")

    def signal(self, number: signal.Signals, until: str) -> None:
        """Send a signal to the front, and wait for one more line of its log that says this."""
        before = self.text().count(until)
        os.kill(self._server.leader, number)
        deadline = time.monotonic() + 30
        while self.text().count(until) == before:
            if time.monotonic() > deadline:
                msg = f"the server does not say {until!r}"
                raise RunError(msg)
            time.sleep(_POLL_SECONDS)

    def workers(self) -> dict[int, int]:
        """Find the workers that run: pids, and which of all workers each is."""
        found = {}
        for stat in self._server.members():
            with contextlib.suppress(OSError):
                line = Path(procfs.PROC, str(stat.pid), "cmdline").read_bytes().split(b"\0")
                for at, argument in enumerate(line):
                    if argument.endswith(b"/waitress_worker"):
                        found[stat.pid] = int(line[at + 2])
        return found


class Disturbance(NamedTuple):
    """Something that happens to the workers while they serve."""

    name: str
    options: tuple[str, ...]
    work: Callable[[Site], None]
    #: A worker that answers hello is seldom killed while it runs a request.
    application: str = "hello:app"
    #: Whether a request may fail, if the log names it.
    may_lose: bool = False


def _nothing(_: Site) -> None:
    """Leave it to the server."""


def _reload(site: Site) -> None:
    while site.pause(_SECONDS_BETWEEN_RELOADS):
        site.signal(signal.SIGHUP, "The application was loaded again")


def _reload_without_a_pause(site: Site) -> None:
    while site.is_open():
        site.signal(signal.SIGHUP, "The application was loaded again")


def _add_and_remove(site: Site) -> None:
    while site.is_open():
        site.signal(signal.SIGTTIN, "one more worker")
        site.pause(0.5)
        site.signal(signal.SIGTTOU, "one worker less")


def _kill(site: Site) -> None:
    while site.pause(_SECONDS_BETWEEN_KILLS):
        workers = list(site.workers())
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)  # noqa: S311 -- no secret


DISTURBANCES = (
    Disturbance("nothing", (), _nothing),
    Disturbance("reload", (), _reload),
    Disturbance("reload without a pause", (), _reload_without_a_pause),
    Disturbance("add and remove", (), _add_and_remove),
    Disturbance("max_requests", ("--max-requests=5000", "--max-requests-jitter=500"), _nothing),
    Disturbance("max_worker_memory", ("--max-worker-memory=1000000",), _nothing),
    Disturbance("kill -9", (), _kill),
    Disturbance("kill -9 at 10 ms", (), _kill, application="sleeping:app"),
    Disturbance(
        "kill -9 without retry", ("--no-retry-idempotent",), _kill, application="sleeping:app", may_lose=True
    ),
)


class Result(NamedTuple):
    """What the clients had, without and with the disturbance."""

    disturbance: Disturbance
    before: wrk.Figures
    during: wrk.Figures
    workers_started: int
    named_in_the_log: int

    @property
    def failed(self) -> int:
        """Count the requests that had no right answer."""
        return self.during.socket_errors + self.during.bad_statuses


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the exit status."""
    chosen = _parse(arguments)
    return command.run("load/deploy", lambda interrupts: _measurement(chosen, interrupts))


def _parse(arguments: list[str] | None) -> Options:
    known = [each.name for each in DISTURBANCES]
    parser = parser_of(
        "deploy",
        "Measure what a deploy, a renewal or the death of a worker costs those who are served",
        connections=64,
        seconds=15,
        warmup=6,
    )
    parser.add_argument("--workers", type=int, default=2, help="workers of the server")
    parser.add_argument(
        "--disturbances", type=names(known), default=known, help=f"comma list of {','.join(known)}"
    )
    return Options(**vars(parser.parse_args(arguments)))


def _measurement(chosen: Options, interrupts: Interrupts) -> str:
    wrk.require_wrk()
    RESULTS.mkdir(parents=True, exist_ok=True)
    asked = [each for each in DISTURBANCES if each.name in chosen.disturbances]
    results = []
    for each in asked:
        results.append(_measure(each, chosen, interrupts))
        command.say(f"{each.name}: {results[-1].failed} of {results[-1].during.requests:,} failed")
    text = report(host.facts(platform.python_version()), chosen, results)
    wrong = complaints(results)
    if wrong:
        raise RunError("; ".join(wrong) + "\n" + text)
    return text


def _measure(disturbance: Disturbance, chosen: Options, interrupts: Interrupts) -> Result:
    port = free_port()
    log = RESULTS / f"deploy-{disturbance.name.replace(' ', '-')}.log"
    launched = [
        str(OURS),
        f"--listen=127.0.0.1:{port}",
        f"--workers={chosen.workers}",
        *disturbance.options,
        disturbance.application,
    ]
    launch = Launch(launched, port, log, "/", HELLO_BODY, "Serving on http://")
    load = wrk.Load(f"http://127.0.0.1:{port}/", chosen.connections, chosen.seconds)
    with ServerProcess(launch, interrupts) as server:
        server.start()
        server.wait_until_ready()
        site = Site(server, log)
        wrk.drive(load._replace(seconds=chosen.warmup))
        before = wrk.drive(load).figures
        first = max(site.workers().values(), default=0)
        begun = len(site.text())
        during = _disturbed(site, disturbance, load)
        named = sum(int(count) for count in _LOST.findall(site.text()[begun:]))
        return Result(disturbance, before, during, max(site.workers().values(), default=0) - first, named)


def _disturbed(site: Site, disturbance: Disturbance, load: wrk.Load) -> wrk.Figures:
    failures: list[Exception] = []

    def work() -> None:
        try:
            disturbance.work(site)
        except Exception as failure:  # noqa: BLE001 -- told where it is waited for
            failures.append(failure)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        return wrk.drive(load).figures
    finally:
        site.stop()
        worker.join()
        if failures:
            raise failures[0]


def complaints(results: list[Result]) -> list[str]:
    """Say what must not be: a request that failed, or one that failed and is not in the log."""
    return [
        f"{each.disturbance.name}: {each.failed} failed, the log names {each.named_in_the_log}"
        for each in results
        if each.failed != (each.named_in_the_log if each.disturbance.may_lose else 0)
    ]


def report(facts: dict[str, str], chosen: Options, results: list[Result]) -> str:
    """Write the facts and the table."""
    rows = [
        [
            each.disturbance.name,
            f"{each.workers_started}",
            f"{each.during.requests:,}",
            f"{each.failed}",
            f"{each.named_in_the_log}",
            f"{each.before.p99_ms:.1f}",
            f"{each.during.p99_ms:.1f}",
            f"{each.during.p99_ms / each.before.p99_ms:.1f}",
            f"{each.during.requests / each.before.requests:.2f}",
        ]
        for each in results
    ]
    head = ["what happens", "workers started", "requests", "failed", "lost by the log"]
    head += ["p99 before, ms", "p99 meanwhile, ms", "÷", "requests ÷"]
    title = f"{chosen.connections} connections, {chosen.workers} workers, {chosen.seconds} s each"
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    total = sum(each.during.requests for each in results)
    return "\n".join([f"# {title}", "", *lines, "", *table(head, rows), "", f"{total:,} requests"]) + "\n"
