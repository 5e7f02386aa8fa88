"""What the system says of a running server: memory, descriptors, files. Linux only."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from serving import Server

on_linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc")


def processes(server: Server) -> list[int]:
    """Ids of the front and its workers."""
    return [int(process.split(maxsplit=1)[0]) for process in server.survivors()]


def resident(pid: int) -> int:
    """Bytes of memory that a process has now."""
    return _status(pid, "VmRSS")


def most_resident(pid: int) -> int:
    """Bytes of memory that a process had at most."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def open_files(pid: int, folder: Path) -> int:
    """Bytes on disk of the files below a folder that a process has open, those without a name included."""
    total = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if os.readlink(descriptor).startswith(str(folder)):
                total += descriptor.stat().st_blocks * 512
        except OSError:  # closed since
            continue
    return total


def has_open(pid: int, path: Path) -> bool:
    """Whether a process has a file open."""
    return path in [descriptor.resolve() for descriptor in Path(f"/proc/{pid}/fd").iterdir()]
