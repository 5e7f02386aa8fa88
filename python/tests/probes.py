"""What those ask who watch a server, and what they are told."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving import Server

LONGEST_SECONDS = 60
OWN = "--health-listen=127.0.0.1:0"
LIVE = (200, {"live": True})
READY = (200, {"ready": True, "reasons": []})
STARTING = (503, {"ready": False, "reasons": ["starting"]})
DRAINING = (503, {"ready": False, "reasons": ["draining"]})
SILENCE = (503, {"ready": False, "reasons": ["no worker answers"]})
NOBODY = (503, {"ready": False, "reasons": ["no worker serves"]})


def halt(pid: int) -> None:
    """Stop a process, and wait until each of its threads has stopped: one may still answer when the signal has been sent."""
    os.kill(pid, signal.SIGSTOP)
    tasks = Path(f"/proc/{pid}/task")
    if tasks.exists():
        until(lambda: {_state(task) for task in tasks.iterdir()} <= {"T", ""}, "stopped threads")


def _state(task: Path) -> str:
    """One letter, as /proc has it; nothing if it has ended."""
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def ask(port: int, path: str) -> tuple[int, object]:
    """Status and content of an answer about the server."""
    with Connection(port) as connection:
        connection.ask("GET", path, "Connection: close")
        head = connection.head()
        assert head.one("Cache-Control") == "no-store"
        assert head.one("Content-Type") == "application/json"
        return head.status, json.loads(connection.body(head))


def ask_until(port: int, path: str, wanted: tuple[int, object], timeout: float = 30) -> None:
    """Ask again and again, as those who watch a server do."""
    deadline = time.monotonic() + timeout
    while (told := ask(port, path)) != wanted:
        assert time.monotonic() < deadline, told


def own_port(server: Server) -> int:
    """Where the server tells of itself and nothing else."""
    return int(server.wait_for(r"Health on http://127\.0\.0\.1:(\d+)")[1])


def workers(server: Server) -> list[int]:
    """The processes that run the application."""
    return [int(line.split(maxsplit=1)[0]) for line in server.survivors() if "waitress_worker" in line]


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that must come, however busy the machine is."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"waited {LONGEST_SECONDS} s for {what}"
        time.sleep(0.02)
