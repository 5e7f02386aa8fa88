"""One running server: started, watched until ready, ended with everything it started."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

from comparison import procfs
from comparison.errors import RunError
from comparison.paths import APPS

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.interrupts import Interrupts

READY_SECONDS = 30.0
STOP_SECONDS = 5.0
# How often a server that starts is asked: the resolution of the time that its start takes.
_ASK_SECONDS = 0.005
_POLL_SECONDS = 0.02
# Variables through which a user's own configuration would change a peer.
_FOREIGN = ("GUNICORN_", "GRANIAN_", "UWSGI_", "PYTHON", "FLASK_", "WEB_CONCURRENCY", "VIRTUAL_ENV")


class Launch(NamedTuple):
    """What to start, and what tells that it is ready."""

    command: list[str]
    port: int
    log: Path
    path: str
    body: bytes
    announcement: str | None = None
    scheme: str = "http"
    environment: tuple[tuple[str, str], ...] = ()


class ServerProcess:
    """A server in a session (and so a process group) of its own; use as a context manager."""

    def __init__(self, launch: Launch, interrupts: Interrupts) -> None:
        """Remember what to start; ``start`` does it."""
        self._launch = launch
        self._interrupts = interrupts
        self._seen: set[tuple[int, int]] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self.needed_kill = False

    def __enter__(self) -> ServerProcess:
        """Return itself, not started: whatever happens after this, ``stop`` will be called."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the server, whatever happened."""
        self.stop()

    def start(self) -> None:
        """Start the server; it is not ready yet."""
        self._started = time.monotonic()
        with self._interrupts.held(), self._launch.log.open("wb") as log:
            try:
                self._process = subprocess.Popen(
                    self._launch.command,
                    cwd=APPS,
                    env=_environment(self._launch),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                msg = f"cannot start: {error}"
                raise RunError(msg) from error

    @property
    def leader(self) -> int:
        """Return the process that was started, after which all others came."""
        if self._process is None:
            msg = "not started"
            raise RunError(msg)
        return self._process.pid

    def wait_until_ready(self) -> float:
        """Wait for the first 200 and its body; return the seconds since the start."""
        deadline = self._started + READY_SECONDS
        while time.monotonic() < deadline:
            self.require_alive()
            answer = _answer(self._launch)
            if answer is not None and self._has_announced():
                took = time.monotonic() - self._started
                self._check(answer)
                return took
            time.sleep(_ASK_SECONDS)
        msg = f"not ready after {READY_SECONDS:.0f} s{self._tail()}"
        raise RunError(msg)

    def require_alive(self) -> None:
        """Fail when the server has ended by itself."""
        # Looking at /proc instead of waiting: wrk's own CPU time is taken from the reaped children.
        if not self.members():
            msg = f"the server ended by itself{self._tail()}"
            raise RunError(msg)

    def members(self) -> list[procfs.Stat]:
        """Return every running process of this server."""
        if self._process is None:
            return []
        found = [stat for stat in procfs.tree(procfs.snapshot(), self._process.pid) if not stat.is_zombie]
        self._seen.update((stat.pid, stat.started) for stat in found)
        return found

    def stop(self) -> None:
        """TERM to the leader, a time to leave, then KILL to whatever is left."""
        if self._process is None:
            return
        with self._interrupts.held():
            _signal(self._process.pid, signal.SIGTERM)
            if not self._gone_within(STOP_SECONDS):
                self.needed_kill = True
                for pid in self._left():
                    _signal(pid, signal.SIGKILL)
                self._gone_within(STOP_SECONDS)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._left():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _left(self) -> list[int]:
        """List what still runs: the tree of now, and what was seen of it before (init adopts orphans)."""
        self.members()
        running = {(stat.pid, stat.started) for stat in procfs.snapshot() if not stat.is_zombie}
        return [pid for pid, _ in self._seen & running]

    def _has_announced(self) -> bool:
        wanted = self._launch.announcement
        return wanted is None or wanted.encode() in self._launch.log.read_bytes()

    def _check(self, answer: bytes) -> None:
        if answer != self._launch.body:
            msg = f"wrong body: {answer[:60]!r}"
            raise RunError(msg)

    def _tail(self) -> str:
        lines = self._launch.log.read_text(errors="replace").strip().splitlines()
        return f"; log: {lines[-1][:160]}" if lines else ""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answer(launch: Launch) -> bytes | None:
    """Return the body of a 200, or None while there is none."""
    connection = _connection(launch)
    try:
        connection.request("GET", launch.path, headers={"Connection": "close"})
        response = connection.getresponse()
        return response.read() if response.status == http.client.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _connection(launch: Launch) -> http.client.HTTPConnection:
    if launch.scheme == "http":
        return http.client.HTTPConnection("127.0.0.1", launch.port, timeout=READY_SECONDS)
    # Whose certificate it is makes no difference to whether the server is ready.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001
    return http.client.HTTPSConnection("127.0.0.1", launch.port, timeout=READY_SECONDS, context=context)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it ended first: all that was wanted
        os.kill(pid, number)


def _environment(launch: Launch) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    ours = {"PYTHONPATH": str(APPS), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    return {**kept, **ours, **dict(launch.environment)}
