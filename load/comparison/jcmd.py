"""What a server's JVM says of its heap, asked with the jcmd of the JDK."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from comparison.errors import RunError, UsageError

if TYPE_CHECKING:
    from comparison.process import ServerProcess

_UNITS = {"B": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


def require() -> None:
    """Refuse at once when there is none."""
    if shutil.which("jcmd") is None:
        msg = "jcmd is not on the PATH: it comes with the JDK"
        raise UsageError(msg)


def live_heap(server: ServerProcess) -> int:
    """Return the bytes of all objects that the front still reaches."""
    return parse_histogram(_ask(server, "GC.class_histogram"))  # this collects garbage first


def allocated(server: ServerProcess) -> int:
    """Return the bytes that the front's own threads have allocated since they began."""
    return parse_threads(_ask(server, "Thread.print", "-e"))


def _ask(server: ServerProcess, *question: str) -> str:
    done = subprocess.run(
        ["jcmd", str(server.leader), *question],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        msg = f"jcmd failed: {(done.stderr or done.stdout).strip()}"
        raise RunError(msg)
    return done.stdout


def parse_histogram(text: str) -> int:
    """Read the bytes of the last line, ``Total <instances> <bytes>``."""
    total = re.search(r"^Total\s+\d+\s+(\d+)$", text, re.MULTILINE)
    if total is None:
        msg = f"jcmd's histogram has no total: {text.strip()[:200]!r}"
        raise RunError(msg)
    return int(total.group(1))


def parse_threads(text: str) -> int:
    """Sum what each thread of the server has allocated: ``"waitress-loop" ... allocated=469M ...``."""
    found = re.findall(r'^"waitress-.* allocated=(\d+)([BKMG]) ', text, re.MULTILINE)
    if not found:
        msg = f"jcmd names no thread of the server: {text.strip()[:200]!r}"
        raise RunError(msg)
    return sum(int(number) * _UNITS[unit] for number, unit in found)
