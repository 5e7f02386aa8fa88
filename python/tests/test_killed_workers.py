"""Workers that are killed, or lose a socket, at each point of a request's life and of their own; what clients see of it."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest
from probes import LIVE, ask, halt, until, workers
from procfs import on_linux
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Start
    from serving import Server

pytestmark = on_linux

#: It waits for files, and says so before; at a second attempt it answers at once, as it does at any other path.
APPLICATION = """
import os, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))

def wait_for(name):
    sys.stderr.write("it waits for {}\\n".format(name))
    sys.stderr.flush()
    while not os.path.exists(os.path.join(HERE, name)):
        time.sleep(0.01)

def blocks():
    yield b"begun"
    wait_for("more")

def written(start_response):
    start_response("200 OK", [])(b"begun")
    wait_for("more")
    return []

def connection(number):
    from waitress_worker import channel
    return sorted((each.connection for each in channel._OPEN), key=lambda each: each.fileno())[int(number)]

def cut(number):
    connection(number).shutdown(2)

def garble(number):
    connection(number).sendall(b"\\x05\\0\\0\\0hello")

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/file":
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](open(os.path.join(HERE, "large"), "rb"))
    if path == "/blocks":
        start_response("200 OK", [])
        return blocks()
    if path == "/stated":
        start_response("200 OK", [("Content-Length", "10")])
        return blocks()
    if path == "/written":
        return written(start_response)
    if "waitress.attempt" not in environ:
        for action in cut, garble:
            if path.startswith("/" + action.__name__):
                action(environ["QUERY_STRING"])
                wait_for("more")
        if path == "/run":
            wait_for("more")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

if os.path.exists(os.path.join(HERE, "slow")):
    wait_for("loaded")
"""

#: More than the system takes for a client that does not read.
LARGE = 48_000_000

#: In the order in which a worker opens them.
SOCKETS = ("leash", "requests", "control")


@pytest.fixture
def serve(start: Start, tmp_path: Path) -> Callable[..., Server]:
    (tmp_path / "staged.py").write_text(APPLICATION)

    def serve_it(*options: str) -> Server:
        return start("staged:app", "--health", "--threads=2", *options, PYTHONPATH=str(tmp_path))

    return serve_it


def kill(server: Server, worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    until(lambda: worker not in workers(server), f"the end of worker {worker}")


@contextlib.contextmanager
def asking(server: Server, method: str, path: str) -> Iterator[Connection]:
    """Ask, and go on when the request waits in the application."""
    seen = len(server.lines)
    with Connection(server.port) as client:
        client.ask(method, path, "Content-Length: 0")
        server.wait_for("^it waits for more", since=seen)
        yield client


def fetch(server: Server) -> int:
    """The process that answers."""
    with Connection(server.port) as client:
        client.ask("GET", "/")
        return int(client.answer().body)


class TestARequest:
    """Its worker is killed."""

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_that_was_not_read_goes_to_the_next(self, serve: Callable[..., Server], method: str) -> None:
        server = serve()
        (worker,) = workers(server)
        halt(worker)
        with Connection(server.port) as client:
            client.ask(method, "/", "Content-Length: 0")
            # Whoever comes later is answered later: the front has given the request away.
            assert ask(server.port, "/-/live") == LIVE
            kill(server, worker)
            answer = client.answer()
        assert answer.head.status == 200
        assert int(answer.body) != worker
        assert "was lost while it ran" not in server.log

    @pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 502)])
    def test_that_runs_runs_again_if_that_harms_nobody(
        self, serve: Callable[..., Server], method: str, status: int
    ) -> None:
        server = serve()
        (worker,) = workers(server)
        with asking(server, method, "/run") as client:
            kill(server, worker)
            assert client.answer().head.status == status
        server.wait_for(f"worker {worker} was lost while it ran 1 request")

    @pytest.mark.parametrize("path", ["/blocks", "/written", "/stated"])
    def test_whose_answer_has_begun_is_cut(self, serve: Callable[..., Server], path: str) -> None:
        server = serve()
        (worker,) = workers(server)
        with asking(server, "GET", path) as client:
            head = client.head()
            assert client.exactly(5 if path == "/stated" else 10).endswith(
                b"begun" if path == "/stated" else b"begun\r\n"
            )
            kill(server, worker)
            assert client.rest() == b""
        assert head.status == 200
        assert fetch(server) != worker

    def test_whose_file_is_on_its_way_is_answered_whole(self, serve: Callable[..., Server], tmp_path: Path) -> None:
        server = serve()
        (worker,) = workers(server)
        content = os.urandom(LARGE // 1000) * 1000
        (tmp_path / "large").write_bytes(content)
        with Connection(server.port) as client:
            client.ask("GET", "/file")
            head = client.head()
            kill(server, worker)
            assert client.body(head) == content
        assert fetch(server) != worker


class TestAWorker:
    """It is killed, while another comes."""

    @pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 502)])
    def test_that_is_retired_has_no_other_successor(
        self, serve: Callable[..., Server], method: str, status: int
    ) -> None:
        server = serve()
        (worker,) = workers(server)
        with asking(server, method, "/run") as client:
            os.kill(server.process.pid, signal.SIGHUP)
            server.wait_for("The application was loaded again")
            (successor,) = set(workers(server)) - {worker}
            kill(server, worker)
            answer = client.answer()
        assert answer.head.status == status
        assert status != 200 or int(answer.body) == successor
        assert fetch(server) == successor
        assert workers(server) == [successor]

    def test_that_starts_leaves_its_predecessor(self, serve: Callable[..., Server], tmp_path: Path) -> None:
        server = serve()
        (worker,) = workers(server)
        kill(server, self._successor(server, tmp_path))
        server.wait_for("Cannot load the application, what was loaded before goes on")
        assert fetch(server) == worker
        assert workers(server) == [worker]

    def test_whose_successor_starts_is_waited_for(self, serve: Callable[..., Server], tmp_path: Path) -> None:
        server = serve()
        (worker,) = workers(server)
        with asking(server, "GET", "/run") as client:
            successor = self._successor(server, tmp_path)
            kill(server, worker)
            server.wait_for("was lost while it ran 1 request, of which nothing was sent: once more")
            (tmp_path / "loaded").touch()
            assert client.answer().head.status == 200
        server.wait_for("The application was loaded again")
        until(lambda: workers(server) == [successor], "the successor alone")
        assert fetch(server) == successor

    @staticmethod
    def _successor(server: Server, folder: Path) -> int:
        """One that takes long to load the application."""
        before = set(workers(server))
        (folder / "slow").touch()
        os.kill(server.process.pid, signal.SIGHUP)
        server.wait_for("^it waits for loaded")
        (successor,) = set(workers(server)) - before
        return successor


class TestASocket:
    """Of a worker: it ends, or something comes on it that is no message."""

    @pytest.mark.parametrize("name", ["requests", "control"])
    @pytest.mark.parametrize("way", ["cut", "garble"])
    @pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 502)])
    def test_that_is_lost_costs_the_worker_and_what_it_ran(
        self, serve: Callable[..., Server], way: str, name: str, method: str, status: int
    ) -> None:
        server = serve()
        (worker,) = workers(server)
        with Connection(server.port) as client:
            client.ask(method, f"/{way}?{SOCKETS.index(name)}", "Content-Length: 0")
            assert client.answer().head.status == status
        server.wait_for(f"worker {worker} was lost while it ran 1 request")
        assert (f"worker {worker} broke the protocol" in server.log) == (way == "garble")
        assert fetch(server) != worker
        until(lambda: worker not in workers(server), f"the end of worker {worker}")
