"""What the server tells of itself, when its workers cannot."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from probes import DRAINING, LIVE, NOBODY, OWN, READY, STARTING, ask, ask_until, halt, own_port, workers
from serving import Server
from wire import Connection

import waitress

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start

#: It cannot be loaded before a file is there; one request waits for another file.
APPLICATION = """\
import os, time

def wait_for(name):
    while not os.path.exists(os.path.join(os.environ["BOARD_FOLDER"], name)):
        time.sleep(0.01)

wait_for("loaded")

def app(environ, start_response):
    if environ["PATH_INFO"] == "/wait":
        wait_for("released")
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


def application(folder: Path) -> dict[str, str]:
    """Write the application; the variables with which it is found."""
    (folder / "slow.py").write_text(APPLICATION)
    return {"PYTHONPATH": str(folder), "BOARD_FOLDER": str(folder)}


def test_is_told_from_the_start_to_the_end(tmp_path: Path) -> None:
    """On a listener of its own: while the application is loaded, while it serves, and while the server drains."""
    server = Server("slow:app", OWN, environment=application(tmp_path))
    try:
        port = own_port(server)
        assert ask(port, "/-/live") == LIVE
        assert ask(port, "/-/ready") == STARTING
        (tmp_path / "loaded").touch()
        server.wait_until_ready()
        assert ask(port, "/-/ready") == READY
        with Connection(server.port) as client:
            client.ask("GET", "/wait")
            os.kill(server.process.pid, signal.SIGTERM)
            server.wait_for("waiting for 1 request")
            assert ask(port, "/-/ready") == DRAINING
            assert ask(port, "/-/live") == LIVE
            (tmp_path / "released").touch()
            assert client.answer().body == b"ok"
        server.check_ended()
    finally:
        server.kill()


def test_is_told_while_all_workers_are_stopped(start: Start, tmp_path: Path) -> None:
    """Among the requests of clients, one of which waits: it has its answer when its worker goes on."""
    (tmp_path / "loaded").touch()
    server = start("slow:app", "--health", "--workers=2", **application(tmp_path))
    stopped = workers(server)
    for worker in stopped:
        halt(worker)
    try:
        with Connection(server.port) as client:
            client.ask("GET", "/")
            assert ask(server.port, "/-/live") == LIVE
            assert ask(server.port, "/-/ready")[0] in {200, 503}
            for worker in stopped:
                os.kill(worker, signal.SIGCONT)
            assert client.answer().body == b"ok"
    finally:
        for worker in stopped:
            os.kill(worker, signal.SIGCONT)


def test_is_told_while_every_thread_waits(start: Start, tmp_path: Path) -> None:
    """No place in the queue of requests is needed."""
    (tmp_path / "loaded").touch()
    server = start("slow:app", "--health", "--threads=1", **application(tmp_path))
    with Connection(server.port) as client, Connection(server.port) as other:
        client.ask("GET", "/wait")
        other.ask("GET", "/wait")
        assert ask(server.port, "/-/live") == LIVE
        assert ask(server.port, "/-/ready") == READY
        (tmp_path / "released").touch()
        assert client.answer().body == b"ok"
        assert other.answer().body == b"ok"


def test_is_not_ready_as_long_as_no_worker_serves(start: Start, tmp_path: Path) -> None:
    """The worker that follows a dead one takes its time."""
    (tmp_path / "loaded").touch()
    server = start("slow:app", OWN, **application(tmp_path))
    port = own_port(server)
    (tmp_path / "loaded").unlink()
    (worker,) = workers(server)
    os.kill(worker, signal.SIGKILL)
    ask_until(port, "/-/ready", NOBODY)
    assert ask(port, "/-/live") == LIVE
    (tmp_path / "loaded").touch()
    ask_until(port, "/-/ready", READY)


@pytest.mark.usefixtures("jar")
def test_is_ready_in_a_program_once_its_threads_run() -> None:
    """The front listens as soon as the program has made the server."""

    def app(_environ: Any, _start_response: Any) -> list[bytes]:
        return []

    server = waitress.create_server(app, host="127.0.0.1", port=0, health=True, health_path="/health")
    port = int(server.effective_port)
    thread = threading.Thread(target=server.run)
    try:
        assert ask(port, "/health/live") == LIVE
        assert ask(port, "/health/ready") == NOBODY
        thread.start()
        ask_until(port, "/health/ready", READY)
    finally:
        server.close()
    thread.join(10)
