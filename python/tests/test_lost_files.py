"""Files of the server that somebody removes while it runs, as a cleaner of ``/tmp`` does: it goes on."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest
from performers import APPS, script
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS
from wire import Connection

from waitress.sockets import remove_deserted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Start
    from serving import Server

LARGE = b"y" * 300_000
SPOOLING = "--inbuf-overflow=100000"


def private_folder(parent: Path) -> Path:
    (folder,) = parent.glob("waitress-*")
    return folder


def remove_private_folder(parent: Path) -> None:
    """At one moment: the server may be about to write there."""
    removed = parent / "removed"
    private_folder(parent).rename(removed)
    shutil.rmtree(removed)


def kill_worker(server: Server) -> None:
    seen = len(server.lines)
    worker = next(line for line in server.survivors() if "waitress_worker" in line)
    os.kill(int(worker.split()[0]), signal.SIGKILL)
    server.wait_for("worker [0-9]+ started", since=seen)


def is_answered(server: Server) -> bool:
    with Connection(server.port) as connection:
        connection.ask("GET", script("start=200 OK; list; item=a"))
        return connection.body(connection.head()) == b"a"


def upload(server: Server, between: Callable[[], object] = lambda: None) -> str:
    with Connection(server.port) as connection:
        connection.ask("POST", "/digest", f"Content-Length: {len(LARGE)}")
        connection.send(LARGE[:200_000])
        between()
        connection.send(LARGE[200_000:])
        return connection.body(connection.head()).decode()


DIGEST = f"{len(LARGE)} {hashlib.sha256(LARGE).hexdigest()}"


@pytest.fixture(name="server")
def make_server(start: Start, tmp_path: Path) -> Server:
    server = start("performer:app", SPOOLING, PYTHONPATH=str(APPS), TMPDIR=str(tmp_path))
    assert upload(server) == DIGEST
    return server


def test_each_file_may_go(server: Server, tmp_path: Path) -> None:
    """One after the other, or what was in a folder of it: after each a new worker serves, and a large body arrives."""
    names = sorted(str(path.relative_to(tmp_path)) for path in private_folder(tmp_path).rglob("*"))
    for name in [name for name in names if not name.endswith((".pyc", ".py")) or name.endswith("crew.py")]:
        lost = tmp_path / name
        if lost.is_dir():
            shutil.rmtree(lost)
        else:
            lost.unlink(missing_ok=True)  # a worker's own go with it
        kill_worker(server)
        assert is_answered(server), name
        assert upload(server) == DIGEST, name


def test_the_whole_folder_may_go(server: Server, tmp_path: Path) -> None:
    remove_private_folder(tmp_path)
    assert upload(server) == DIGEST
    remove_private_folder(tmp_path)
    kill_worker(server)
    assert is_answered(server)
    assert upload(server) == DIGEST
    server.stop()
    assert not list(tmp_path.glob("waitress-*"))


def test_the_folder_may_go_while_a_body_arrives(server: Server, tmp_path: Path) -> None:
    assert upload(server, lambda: remove_private_folder(tmp_path)) == DIGEST


#: One request at a time, which takes a while.
SLOW = """
def slow(environ, start_response):
    time.sleep(0.2)
    return app(environ, start_response)

serve(slow, listen='127.0.0.1:0', workers=2, threads=1)
"""


def test_the_folder_may_go_under_serve(jar: Path, tmp_path: Path) -> None:
    """A worker that is forked later finds the front."""
    assert jar.exists()
    program = tmp_path / "program.py"
    program.write_text(PREAMBLE + SLOW)
    server = Script(program, TMPDIR=str(tmp_path))
    try:
        pids = answering(server)
        remove_private_folder(tmp_path)
        child = next(pid for pid in pids if pid != server.process.pid)
        os.kill(child, signal.SIGKILL)
        server.wait_for(f"worker {child} was killed by signal 9")
        assert len(answering(server) - {child}) == 2
        server.stop()
        assert not list(tmp_path.glob("waitress-*"))
    finally:
        server.kill()


def answering(server: Server) -> set[int]:
    """Ask until two processes have answered at the same time."""
    found: set[int] = set()
    deadline = time.monotonic() + EVENT_SECONDS
    while len(found) < 2 and time.monotonic() < deadline:
        with Connection(server.port) as one, Connection(server.port) as other:
            one.ask("GET", "/")
            other.ask("GET", "/")
            answers = [each.body(each.head()) for each in (one, other)]
        found = {int(answer) for answer in answers if answer.isdigit()}
    return found


class TestSocketOfADeadFront:
    """Its file is removed by the process that has started it."""

    def test_goes(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(tmp_path / "s"))
        remove_deserted(str(tmp_path / "s"))
        assert not (tmp_path / "s").exists()
        remove_deserted(str(tmp_path / "s"))

    def test_stays_if_another_server_has_come(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as alive:
            alive.bind(str(tmp_path / "s"))
            alive.listen()
            remove_deserted(str(tmp_path / "s"))
            assert (tmp_path / "s").exists()

    def test_is_not_what_else_lies_there(self, tmp_path: Path) -> None:
        (tmp_path / "precious").write_text("x")
        (tmp_path / "link").symlink_to(tmp_path / "precious")
        remove_deserted(str(tmp_path / "precious"))
        remove_deserted(str(tmp_path / "link"))
        assert len(list(tmp_path.iterdir())) == 2
