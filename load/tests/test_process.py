"""Servers are started, watched and ended completely."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from comparison import process, procfs
from comparison.errors import RunError
from comparison.interrupts import Interrupts
from comparison.process import Launch, ServerProcess, free_port

if TYPE_CHECKING:
    from pathlib import Path

SERVE = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hi")
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("Serving on", flush=True)
server.serve_forever()
"""
# A child in a session of its own, and nobody who listens to TERM.
STUBBORN = "import signal, subprocess; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
WITH_CHILD = (
    f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {CHILD!r}], start_new_session=True)\n"
)


def server(script: str, log: Path, body: bytes = b"hi", announcement: str | None = None) -> ServerProcess:
    """Prepare a server that answers ``hi``, or something that is none."""
    port = free_port()
    command = [sys.executable, "-c", script, str(port)]
    return ServerProcess(Launch(command, port, log, "/", body, announcement), Interrupts())


def alive(pids: set[int]) -> set[int]:
    """Return those which still run."""
    return {stat.pid for stat in procfs.snapshot() if stat.pid in pids and not stat.is_zombie}


def test_ready_is_the_first_answer(tmp_path: Path) -> None:
    """And the announcement, if one is expected."""
    with server(SERVE, tmp_path / "log", announcement="Serving on") as running:
        running.start()
        assert running.wait_until_ready() > 0
        pids = {stat.pid for stat in running.members()}
        assert len(pids) == 1
    assert not alive(pids)
    assert not running.needed_kill


def test_wrong_body_fails_the_run(tmp_path: Path) -> None:
    """A fast wrong answer is worth nothing."""
    with server(SERVE, tmp_path / "log", body=b"ho") as running:
        running.start()
        with pytest.raises(RunError, match="wrong body: b'hi'"):
            running.wait_until_ready()


def test_a_server_that_ends_is_noticed_with_its_last_words(tmp_path: Path) -> None:
    """Without waiting for the time-out."""
    with server("raise SystemExit('no such option')", tmp_path / "log") as running:
        running.start()
        with pytest.raises(RunError, match="ended by itself; log: no such option"):
            running.wait_until_ready()


def test_a_command_that_does_not_exist_fails_the_run(tmp_path: Path) -> None:
    """The other servers go on."""
    launch = Launch([str(tmp_path / "nothing")], 1, tmp_path / "log", "/", b"")
    with ServerProcess(launch, Interrupts()) as running, pytest.raises(RunError, match="cannot start"):
        running.start()


def test_whoever_ignores_term_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a child that opened its own session."""
    monkeypatch.setattr(process, "STOP_SECONDS", 0.2)
    with server(STUBBORN + WITH_CHILD + SERVE, tmp_path / "log") as running:
        running.start()
        running.wait_until_ready()
        pids = {stat.pid for stat in running.members()}
        assert len(pids) == 2
    assert not alive(pids)
    assert running.needed_kill


def test_a_signal_waits_while_it_is_held() -> None:
    """Between fork and the assignment of its result a KeyboardInterrupt would lose the child."""
    interrupts = Interrupts()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    interrupts.install()
    reached = []

    def starting() -> None:
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGTERM)
            reached.append("the end of the block")

    try:
        with pytest.raises(KeyboardInterrupt):
            starting()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert reached
