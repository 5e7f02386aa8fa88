"""The server command as a process: started, read, ended, and nothing left of it."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("WAITRESS_SERVE", str(ROOT / "waitress-serve"))
START_SECONDS = 60
STOP_SECONDS = 30
EVENT_SECONDS = 30
SERVING = re.compile(r"Serving on (?P<scheme>https?)://(?:127\.0\.0\.1:(?P<port>\d+)|unix:(?P<path>\S+))")
# Front and workers speak over loopback TCP, as on Windows.
OVER_TCP = {"WAITRESS_JAVA_OPTS": "-Dwaitress.worker.transport=tcp"}
# What is quicker and leads to the same answers: none of it, or at the first time and not when it is worth it.
SHORTCUTS = {
    "never": {"WAITRESS_JAVA_OPTS": "-Dwaitress.shortcuts=never", "WAITRESS_BUSY_POLL": "0"},
    "always": {"WAITRESS_JAVA_OPTS": "-Dwaitress.shortcuts=always"},
}
# What Wine starts for itself, and ends some seconds after the last program.
WINES_OWN = rb"C:\windows\system32"
# Inherited by every process that the server starts, also by one that leaves its group.
MARK = "TEST_RUN_OF_WAITRESS"


@dataclass
class Workers:
    """What the options of the tests say of the workers of every server."""

    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)
    #: A path as servers name it, which are on Windows now and then.
    named: Callable[[Path], str] = str
    #: Processes of a server beside the front and the workers.
    more: int = 0
    #: Seconds that a process may still be there when who waits for it was told of its end.
    leaving: float = 0


WORKERS = Workers()


class Server:
    """One run of ``waitress-serve`` on a port of its own choice, with all that it logged."""

    def __init__(
        self,
        application: str,
        *options: str,
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        """Start it; asking for its address waits until it is ready."""
        self.application = application
        self.mark = secrets.token_hex()
        self.lines: list[str] = []
        self.checked = False
        self._changed = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            self.command(application, *options),
            cwd=folder,
            env={
                **{name: value for name, value in os.environ.items() if name != "WAITRESS_SERVE"},
                "PYTHONDONTWRITEBYTECODE": "1",
                **WORKERS.environment,
                **(environment or {}),
                MARK: self.mark,
            },
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @staticmethod
    def command(application: str, *options: str) -> list[str]:
        """Build the command line; Python is the one that runs the tests, or that these are told to use."""
        on_unix_socket = any(option.startswith("--unix-socket=") for option in options)
        listen = [] if on_unix_socket else ["--listen=127.0.0.1:0"]
        python = [] if any(option.startswith("--python=") for option in options) else [f"--python={WORKERS.python}"]
        return [COMMAND, *listen, *python, *options, application]

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stderr:
            for line in stderr:
                with self._changed:
                    self.lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def log(self) -> str:
        """Everything on standard error so far, the application's part included."""
        return "".join(self.lines)

    def wait_until_ready(self) -> None:
        """Wait until it says that it serves, wherever."""
        self.wait_for("Serving on https?://", timeout=START_SECONDS)

    @property
    def address(self) -> int | Path:
        """Where it listens: a port, or the path of a Unix socket."""
        serving = self.wait_for(SERVING, timeout=START_SECONDS)
        return int(serving["port"]) if serving["port"] else Path(serving["path"])

    @property
    def port(self) -> int:
        """Where it listens on TCP."""
        return int(self.address)

    @property
    def url(self) -> str:
        """Address of the root, with the slash."""
        scheme = self.wait_for(SERVING, timeout=START_SECONDS)["scheme"]
        return f"{scheme}://127.0.0.1:{self.port}/"

    def wait_for(
        self,
        pattern: str | re.Pattern[str],
        *,
        since: int = 0,
        count: int = 1,
        timeout: float = EVENT_SECONDS,
    ) -> re.Match[str]:
        """Wait until so many lines of the log, from number ``since`` on, have matched."""

        def matches() -> list[re.Match[str]]:
            found = (re.search(pattern, line) for line in self.lines[since:])
            return [match for match in found if match]

        with self._changed:
            self._changed.wait_for(lambda: len(matches()) >= count or self._ended, timeout)
            found = matches()
        if len(found) < count:
            reason = "log ended" if self._ended else f"{timeout} s went by"
            message = f"{reason} without {pattern!r}, {count} times; the log:\n{self.log}"
            raise AssertionError(message)
        return found[-1]

    def survivors(self) -> list[str]:
        """Command lines of all processes of this run that are alive; a zombie is not."""
        if Path("/proc/self/environ").exists():
            return self._marked()
        listing = subprocess.run(
            ["/bin/ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(maxsplit=2) for line in listing.splitlines()]
        group = str(self.process.pid)
        return [row[-1] for row in rows if row[0] == group and not row[1].startswith("Z")]

    def _marked(self) -> list[str]:
        mark = f"{MARK}={self.mark}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and mark in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                    if command.startswith(WINES_OWN):
                        continue
                    found.append(f"{folder.name} {command.decode(errors='replace')}")
            except OSError:  # gone since, or another user's
                continue
        return found

    def stop(self, signal_number: int = signal.SIGTERM, *, whole_group: bool = False) -> None:
        """End it politely and check that it went quietly; ends it anyhow."""
        try:
            if self.process.poll() is None:
                (os.killpg if whole_group else os.kill)(self.process.pid, signal_number)
            self.check_ended()
        finally:
            self.kill()

    def check_ended(self) -> None:
        """Wait for the end, as after a signal: exit status 0, and nobody left behind."""
        self.checked = True
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as failure:
            left = self.survivors()
            message = f"does not stop; running: {left}; the log:\n{self.log}"
            raise AssertionError(message) from failure
        deadline = time.monotonic() + WORKERS.leaving
        while (left := self.survivors()) and time.monotonic() < deadline:
            pass
        assert status == 0, f"exit status {status}; the log:\n{self.log}"
        assert not left, f"survived the server: {left}; the log:\n{self.log}"

    def kill(self) -> None:
        """End whatever of it still runs, and the reading of its log."""
        deadline = time.monotonic() + STOP_SECONDS
        while (left := self.survivors()) and time.monotonic() < deadline:
            for process in left:
                self._kill(process)
        self.process.wait()
        self._reader.join(STOP_SECONDS)

    def _kill(self, process: str) -> None:
        try:
            if Path("/proc/self/environ").exists():
                os.kill(int(process.split(maxsplit=1)[0]), signal.SIGKILL)
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
