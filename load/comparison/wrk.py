"""Drive a server with wrk, and read what wrk prints."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from comparison.errors import RunError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

# One thread fills about one core with 128 connections; a second would take the server's on a small machine.
_CONNECTIONS_PER_THREAD = 128
_GRACE_SECONDS = 20
_UNIT_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}


class Load(NamedTuple):
    """One use of wrk."""

    url: str
    connections: int
    seconds: float
    script: str | None = None
    prefix: tuple[str, ...] = ()


class Figures(NamedTuple):
    """What wrk counted."""

    requests: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    socket_errors: int
    bad_statuses: int
    #: Only of a load with a script that :func:`script` has written; else 0.
    p999_ms: float = 0.0


class Driven(NamedTuple):
    """What wrk counted, and what it took for itself."""

    figures: Figures
    cpu_seconds: float


def require_wrk() -> None:
    """Refuse at once when there is no load generator."""
    if shutil.which("wrk") is None:
        msg = "wrk is not installed: apt-get install wrk"
        raise UsageError(msg)


#: wrk itself tells no more than the hundredth.
_DONE = """
function done(_, latency, _)
    io.write(string.format("99.9%%: %d us\\n", latency:percentile(99.9)))
end
"""


def script(text: str | None, file: Path) -> str:
    """Write the script of a workload, which may have none of its own, where wrk can read it."""
    file.write_text((text or "") + _DONE)
    return str(file)


def version() -> str:
    """Return wrk's own words for its version (it has no option for it and ends with status 1)."""
    done = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)  # noqa: S607
    return " ".join((done.stdout + done.stderr).split()[:2])


def drive(load: Load) -> Driven:
    """Run wrk to its end; a hanging one is killed and counts as a failed run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            command(load), capture_output=True, text=True, timeout=load.seconds + _GRACE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        msg = f"wrk did not end {_GRACE_SECONDS} s after its time"
        raise RunError(msg) from None
    # No other child is waited for meanwhile, so the difference is wrk alone.
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        msg = f"wrk failed: {(done.stderr or done.stdout).strip()}"
        raise RunError(msg)
    return Driven(parse(done.stdout), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def command(load: Load) -> list[str]:
    """Build wrk's command line; wrk takes whole seconds."""
    script = ["--script", load.script] if load.script else []
    return [
        *load.prefix,
        "wrk",
        "--latency",
        f"--threads={1 if load.connections <= _CONNECTIONS_PER_THREAD else 2}",
        f"--connections={load.connections}",
        f"--duration={max(1, round(load.seconds))}s",
        *script,
        load.url,
    ]


def parse(output: str) -> Figures:
    """Read wrk's report; the two lines about errors are there only when errors are."""
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    slowest = re.search(r"99\.9%: (\d+) us", output)
    statuses = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    return Figures(
        requests=int(_require(r"(\d+) requests in ", output)),
        requests_per_second=float(_require(r"Requests/sec:\s+([\d.]+)", output)),
        p50_ms=_milliseconds(_require(r"50%\s+([\d.]+\w+)", output)),
        p99_ms=_milliseconds(_require(r"99%\s+([\d.]+\w+)", output)),
        socket_errors=sum(int(count) for count in sockets.groups()) if sockets else 0,
        bad_statuses=int(statuses.group(1)) if statuses else 0,
        p999_ms=int(slowest.group(1)) / 1000 if slowest else 0.0,
    )


def _require(pattern: str, output: str) -> str:
    match = re.search(pattern, output)
    if match is None:
        msg = f"wrk's report has no {pattern!r}: {output.strip()[:200]!r}"
        raise RunError(msg)
    return match.group(1)


def _milliseconds(text: str) -> float:
    number = text.rstrip("hmsu")
    return round(float(number) * _UNIT_MS[text[len(number) :]], 6)
