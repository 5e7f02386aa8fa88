"""Drive a server with h2load, and read what it prints and logs."""

from __future__ import annotations

import contextlib
import math
import re
import resource
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING, Callable, Iterator, NamedTuple, TypeVar

from comparison.errors import RunError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_T = TypeVar("_T")

_GRACE_SECONDS = 60
_BEGUN = "Main benchmark duration is started"
_OVER = "Main benchmark duration is over"
#: Requests before the clocks are read: handshakes have been, and connections are there.
_LEAD = "--warm-up-time=500ms"
HTTP1 = ("--npn-list=http/1.1",)
#: The same where there is no TLS.
PLAIN1 = ("--h1",)


class Load(NamedTuple):
    """One use of h2load: for some time, or where that is 0, for a number of requests."""

    url: str
    clients: int
    seconds: int = 0
    requests: int = 0
    streams: int = 1
    options: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()


class Figures(NamedTuple):
    """What h2load counted; ``failed`` are those too that ended with another status than 2xx."""

    requests: int
    requests_per_second: float
    failed: int


class Driven(NamedTuple):
    """What h2load counted, and what it took for itself, handshakes included."""

    figures: Figures
    cpu_seconds: float


def require() -> None:
    """Refuse at once when it is not there."""
    if shutil.which("h2load") is None:
        msg = "h2load is not installed: apt-get install nghttp2-client"
        raise UsageError(msg)


def version() -> str:
    """Return its own words."""
    return subprocess.run(["h2load", "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S607


def command(load: Load) -> list[str]:
    """Build the command line, on one thread."""
    length = [f"--duration={load.seconds}", _LEAD] if load.seconds else [f"--requests={load.requests}"]
    return [
        *load.prefix,
        "h2load",
        f"--clients={load.clients}",
        f"--max-concurrent-streams={load.streams}",
        *length,
        *load.options,
        load.url,
    ]


def drive(load: Load, clock: Callable[[], _T]) -> tuple[Driven, _T, _T]:
    """Run it to its end; the clock is read when the counted time begins, and when it ends.

    Where a number of requests is asked for, that is from before the first handshake to the end.
    """
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = over = clock()
    lines: list[str] = []
    with subprocess.Popen(
        command(load), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        # Killing a process that hangs ends its output, and so the loop below.
        timer = threading.Timer(load.seconds + _GRACE_SECONDS, process.kill)
        timer.start()
        try:
            for line in process.stdout or ():
                lines.append(line)
                if line.startswith(_BEGUN):
                    begun = clock()
                elif line.startswith(_OVER):
                    over = clock()
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
    if not load.seconds:
        over = clock()
    text = "".join(lines)
    if process.returncode != 0:
        msg = f"h2load failed ({process.returncode}): {text.strip()[-200:]}"
        raise RunError(msg)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - taken.ru_utime - taken.ru_stime
    return Driven(parse(text), seconds), begun, over


@contextlib.contextmanager
def running(load: Load) -> Iterator[Callable[[], str]]:
    """Have it run beside something else, until its own end; what it then has printed."""
    with subprocess.Popen(
        command(load), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        printed: list[str] = []
        try:
            yield lambda: "".join(printed)
            printed.append(process.communicate(timeout=load.seconds + _GRACE_SECONDS)[0])
        except subprocess.TimeoutExpired as error:
            process.kill()
            msg = f"h2load did not end {_GRACE_SECONDS} s after its time"
            raise RunError(msg) from error
        except BaseException:
            process.kill()
            raise


def parse(output: str) -> Figures:
    """Read its report. Requests that are under way when time is over are counted nowhere."""
    counts = re.search(r"^requests: .* (\d+) done, \d+ succeeded, (\d+) failed, ", output, re.MULTILINE)
    statuses = re.search(r"^status codes: \d+ 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", output, re.MULTILINE)
    rate = re.search(r"^finished in [\d.]+\w+, ([\d.]+) req/s", output, re.MULTILINE)
    if not (counts and statuses and rate):
        msg = f"h2load's report is not one: {output.strip()[-200:]!r}"
        raise RunError(msg)
    # What it says to have succeeded may have the status 500. How many had 200 says nothing: statuses count as
    # they come, and answers as they end, which may be on two sides of an end of the time that counts.
    bad = sum(map(int, statuses.groups()))
    return Figures(int(counts.group(1)), float(rate.group(1)), bad + int(counts.group(2)))


def latencies_ms(log: Path) -> list[float]:
    """Read the file of ``--log-file``: begin, status, microseconds; all must have been answered."""
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    wrong = [row for row in rows if not row[1].startswith("2")]
    if wrong:
        msg = f"{len(wrong)} requests failed, the first with {wrong[0][1]}"
        raise RunError(msg)
    return [int(row[2]) / 1000 for row in rows]


def percentile(values: list[float], share: float) -> float:
    """Return the value below which so much of them lies (nearest rank)."""
    if not values:
        msg = "nothing was measured"
        raise RunError(msg)
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
