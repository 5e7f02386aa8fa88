"""What the system says of a running server: memory, descriptors, files. Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import re
import resource
import socket
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import EVENT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving import Server

#: The same number on every processor; Python has no function for it.
_PIDFD_GETFD = 438

on_linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc")


def processes(server: Server) -> list[int]:
    """Ids of the front and its workers."""
    return [int(process.split(maxsplit=1)[0]) for process in server.survivors()]


def resident(pid: int) -> int:
    """Bytes of memory that a process has now."""
    return _status(pid, "VmRSS")


def own_resident(pid: int) -> int:
    """The same without what it shares with its workers."""
    return resident(pid) - shared_resident(pid)


def shared_resident(pid: int) -> int:
    """Bytes of shared memory that a process has now."""
    return _status(pid, "RssShmem")


def most_resident(pid: int) -> int:
    """Bytes of memory that a process had at most."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def descriptors(pid: int) -> Counter[str]:
    """What a process has open, and how often: names of files without the numbers in them."""
    found: Counter[str] = Counter()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since
            found[re.sub("[0-9]+", "", os.readlink(descriptor))] += 1
    return found


@contextlib.contextmanager
def no_descriptors_left(pid: int, *, but: int = 0) -> Iterator[None]:
    """Let a process have no more than it has open, but for so many."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = {int(number) for number in os.listdir(f"/proc/{pid}/fd")}
    free = (number for number in itertools.count() if number not in used)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (next(itertools.islice(free, but, None)), before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def spooled(pid: int) -> int:
    """Bytes on disk of what the server has put aside and a process has open, with or without a name."""
    total = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if re.search("/waitress-[^/]+/spool-", os.readlink(descriptor)):
                total += descriptor.stat().st_blocks * 512
        except OSError:  # closed since
            continue
    return total


def wait_until_nothing_is_spooled(pid: int) -> None:
    """Fail if that takes long: an answer may be there a moment before the file of its request is closed."""
    deadline = time.monotonic() + EVENT_SECONDS
    while spooled(pid):
        assert time.monotonic() < deadline, f"process {pid} keeps {spooled(pid)} bytes"
        time.sleep(0.01)


def has_open(pid: int, path: Path) -> bool:
    """Whether a process has a file open."""
    return path in [descriptor.resolve() for descriptor in Path(f"/proc/{pid}/fd").iterdir()]


def socket_descriptors(pid: int) -> list[int]:
    """Numbers under which a process has sockets open."""
    found = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since
            if os.readlink(descriptor).startswith("socket:"):
                found.append(int(descriptor.name))
    return found


@contextlib.contextmanager
def sockets(pid: int) -> Iterator[list[socket.socket]]:
    """Share the sockets of another process, to read their options."""
    with contextlib.ExitStack() as shared:
        try:
            process = os.pidfd_open(pid)
        except (AttributeError, OSError) as failure:
            pytest.skip(f"processes have no descriptors here: {failure}")
        shared.callback(os.close, process)
        yield [shared.enter_context(_share(process, number)) for number in socket_descriptors(pid)]


def _share(process: int, number: int) -> socket.socket:
    copy = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, process, number, 0)
    if copy < 0:
        pytest.skip(f"cannot share a socket of another process: {os.strerror(ctypes.get_errno())}")
    return socket.socket(fileno=copy)
