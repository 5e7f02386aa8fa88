"""Workers that answer nothing at all, because they are stopped, or because something in C never lets go of Python's lock."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
import requests
from interpreters import find
from probes import LIVE, READY, SILENCE, ask, ask_until, halt, own_port, workers
from procfs import on_linux
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Start

pytestmark = on_linux

#: ``/hold`` takes Python's lock and keeps it, at the first attempt; ``/wait`` waits for a file, and says so before.
APPLICATION = """
import ctypes, os, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hold" and "waitress.attempt" not in environ:
        hold()
    elif path == "/wait":
        sys.stderr.write("it waits\\n")
        sys.stderr.flush()
        while not os.path.exists(os.path.join(HERE, "released")):
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

def hold():
    ctypes.PyDLL(None).sleep(600)
"""

HUNG = r"^ERROR:waitress:worker {} has not answered for \d+ seconds \(worker_timeout\)$"
NO_STACK = "does not say where its threads are: it is stopped, or its Python cannot tell$"


@pytest.fixture
def serve(start: Start, tmp_path: Path) -> Callable[..., Server]:
    (tmp_path / "silent.py").write_text(APPLICATION)

    def serve_it(*options: str) -> Server:
        return start("silent:app", "--health", *options, PYTHONPATH=str(tmp_path))

    return serve_it


@contextlib.contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """Stop processes for a while; one may end meanwhile."""
    for pid in pids:
        halt(pid)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def fetch(server: Server, path: str = "") -> int:
    """Ask; return the process that has answered."""
    answer = requests.get(server.url + path, timeout=EVENT_SECONDS)
    assert answer.status_code == requests.codes.ok, answer.text
    return int(answer.text)


class TestWorkersThatAreStopped:
    """All of them, by SIGSTOP."""

    def test_count_as_none_until_they_go_on(self, serve: Callable[..., Server]) -> None:
        limit = 8
        server = serve("--workers=2", f"--worker-timeout={limit}")
        pids = workers(server)
        with stopped(*pids):
            begun = time.monotonic()
            ask_until(server.port, "/-/ready", SILENCE)
            assert time.monotonic() - begun < limit
            times = []
            for _ in range(20):
                before = time.monotonic()
                assert ask(server.port, "/-/live") == LIVE
                times.append(time.monotonic() - before)
            assert min(times) < 0.01  # the machine may be busy
            client = Connection(server.port)
            client.ask("GET", "/")
        with client:
            assert int(client.answer().body) in pids
        ask_until(server.port, "/-/ready", READY)
        server.wait_for("answers again$", count=2)
        assert sorted(workers(server)) == sorted(pids)
        assert "worker_timeout" not in server.log

    def test_are_replaced_after_their_time(self, serve: Callable[..., Server]) -> None:
        server = serve("--worker-timeout=1")
        (pid,) = workers(server)
        with Connection(server.port) as client:
            client.ask("POST", "/wait", "Content-Length: 0")
            server.wait_for("^it waits$")
            with stopped(pid):
                server.wait_for(HUNG.format(pid))
                server.wait_for(f"^ERROR:waitress:worker {pid} {NO_STACK}")
                server.wait_for(rf"serves in place of worker {pid}$")
                assert client.answer().head.status == requests.codes.bad_gateway
        server.wait_for(rf"worker {pid} was lost while it ran 1 request, answered with 502: .* \(POST /wait\)$")
        ask_until(server.port, "/-/ready", READY)
        assert fetch(server) != pid
        assert pid not in workers(server)

    def test_are_replaced_all_of_them(self, serve: Callable[..., Server]) -> None:
        """One after the other, and nobody's request is lost that no worker has read."""
        server = serve("--workers=2", "--worker-timeout=1")
        pids = workers(server)
        with stopped(*pids), Connection(server.port) as client:
            client.ask("POST", "/", "Content-Length: 0")
            assert int(client.answer().body) not in pids
            for pid in pids:
                server.wait_for(rf"serves in place of worker {pid}$")
        ask_until(server.port, "/-/ready", READY)
        assert len(workers(server)) == len(pids)
        assert not set(pids) & set(workers(server))

    def test_are_left_alone_if_the_front_was_stopped_too(self, serve: Callable[..., Server]) -> None:
        limit = 1
        server = serve(f"--worker-timeout={limit}")
        pids = workers(server)
        fetch(server)
        with stopped(server.process.pid, *pids):
            time.sleep(3 * limit)
        # The front looks at once, and would find them silent.
        assert fetch(server) in pids
        time.sleep(limit)
        assert ask(server.port, "/-/ready") == READY
        assert "worker_timeout" not in server.log

    def test_may_be_so_for_ever(self, serve: Callable[..., Server]) -> None:
        server = serve("--worker-timeout=0")
        (pid,) = workers(server)
        with stopped(pid):
            time.sleep(1.5)
            assert ask(server.port, "/-/ready") == READY
        assert fetch(server) == pid


class TestWorkersThatHoldTheLock:
    """A thread is at work in C, and no other thread of Python's gets on, nor does its signal handler."""

    def test_are_replaced_and_the_log_says_where_they_were(self, serve: Callable[..., Server]) -> None:
        server = serve("--workers=2", "--worker-timeout=2")
        before = set(workers(server))
        with Connection(server.port) as client:
            client.ask("GET", "/hold")
            hung = int(server.wait_for(HUNG.format(r"(\d+)"))[1])
            # The other one answers all the time.
            (other,) = before - {hung}
            assert fetch(server) == other
            server.wait_for(rf"^ERROR:waitress:worker {hung} is here:$")
            server.wait_for(r"^Current thread 0x[0-9a-f]+ .*most recent call first\):$|^Thread 0x[0-9a-f]+ ")
            server.wait_for(r'^  File ".*silent\.py", line \d+ in hold$')
            server.wait_for(rf"serves in place of worker {hung}$")
            # That killed it, and the request ran once more.
            assert client.answer().head.status == requests.codes.ok
        server.wait_for(rf"worker {hung} was lost while it ran 1 request, of which nothing was sent: once more")
        assert hung not in workers(server)

    def test_say_nothing_where_their_python_cannot(self, serve: Callable[..., Server]) -> None:
        python = find("CPython 2.7")
        if python is None:
            pytest.skip("there is no CPython 2.7")
        server = serve("--worker-timeout=1", f"--python={python.path}")
        (pid,) = workers(server)
        with Connection(server.port) as client:
            client.ask("GET", "/hold")
            server.wait_for(f"^ERROR:waitress:worker {pid} {NO_STACK}")
            assert client.answer().head.status == requests.codes.ok


class TestUnderServe:
    """The program is not the server's to end."""

    PROGRAM = (
        PREAMBLE
        + """
import ctypes

def held(environ, start_response):
    if environ["PATH_INFO"] == "/hold":
        ctypes.PyDLL(None).sleep(4)
    return app(environ, start_response)

server = create_server(held, listen="127.0.0.1:0", health_listen="127.0.0.1:0", worker_timeout=1)
server.print_listen("Serving on http://{}:{}")
server.run()
"""
    )

    def test_is_told_and_goes_on(self, tmp_path: Path) -> None:
        script = tmp_path / "program.py"
        script.write_text(self.PROGRAM)
        server = Script(script)
        try:
            health = own_port(server)
            with Connection(server.port) as client:
                client.ask("GET", "/hold")
                ask_until(health, "/-/ready", SILENCE)
                assert int(client.answer().body) == server.process.pid
            ask_until(health, "/-/ready", READY)
            server.wait_for(HUNG.format(server.process.pid).replace("$", "; under serve"))
            server.stop()
        finally:
            server.kill()
