"""How many instructions processes run: ``perf stat`` counts them where the machine has such counters."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Iterable, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

# Users who may not count what the kernel does for them can count their own part: better than nothing.
_CANDIDATES = (("instructions:u", "instructions:k"), ("instructions:u",))
# Of fields. perf puts no separators into numbers then, whatever the locale.
_SEPARATOR = ";"


class NotCountedError(Exception):
    """Why there is no number."""


class Counters(NamedTuple):
    """The events that perf can count here, by its names; or none, and why."""

    events: tuple[str, ...]
    obstacle: str | None = None

    def __str__(self) -> str:
        """Say it, for a report."""
        return f"not counted: {self.obstacle}" if self.obstacle else " + ".join(self.events)


def counters() -> Counters:
    """Find what this machine lets this user count, by trying."""
    if shutil.which("perf") is None:
        return Counters((), "perf is not installed")
    for events in _CANDIDATES:
        obstacle = _obstacle(events)
        if obstacle is None:
            return Counters(events)
    return Counters((), obstacle)


def counting(events: tuple[str, ...], pids: Iterable[int], file: Path) -> tuple[str, ...]:
    """Return what to put before a command, so that ``file`` tells what ``pids`` did while it ran."""
    return (*_stat(events), "-o", str(file), "-p", ",".join(map(str, pids)), "--")


def parse(report: str) -> int:
    """Sum the numbers of all events; a sum without one of them would compare unlike things."""
    lines = [line.split(_SEPARATOR) for line in report.splitlines() if _SEPARATOR in line]
    if not lines:
        msg = f"perf printed no number: {report.strip()[:200]!r}"
        raise NotCountedError(msg)
    return sum(_number(line[0], line[2]) for line in lines)


def _number(value: str, event: str) -> int:
    """Read a number, for which perf writes ``<not supported>`` or ``<not counted>`` where it has none."""
    digits = value.replace(",", "").strip()
    if not digits.isdigit():
        msg = f"{event} is {value.strip('<> ')}"
        raise NotCountedError(msg)
    return int(digits)


def _obstacle(events: tuple[str, ...]) -> str | None:
    done = subprocess.run([*_stat(events), "--", "true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # perf explains a refusal at length; its first sentence names it.
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip() not in {"", "Error:"}]
        return lines[0] if lines else f"perf ends with status {done.returncode}"
    try:
        parse(done.stderr)
    except NotCountedError as error:
        return str(error)
    return None


def _stat(events: tuple[str, ...]) -> list[str]:
    return ["perf", "stat", "-x", _SEPARATOR, "-e", ",".join(events)]
