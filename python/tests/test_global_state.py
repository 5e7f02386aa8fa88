"""What an application changes for all of its process: the server's own part goes on."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from procfs import on_linux, processes
from scripts import Script
from serving import EVENT_SECONDS, ROOT, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    #: Starts a server of one kind for the text of a program, or for a program of this folder.
    Start = Callable[..., Server]

APPS = ROOT / "python" / "tests" / "apps"

BODY = bytes(range(251)) * 4000

#: Between two blocks of a stream.
DELAY_SECONDS = 2

#: What each of them calls itself.
PATCHES = {
    "gevent": "import gevent.monkey; gevent.monkey.patch_all()",
    "eventlet": "import eventlet; eventlet.monkey_patch()",
}

#: How a script that serves comes to its green threads.
ORDERS = {
    "patched first": "import green, waitress",
    "patched last": "import waitress, green",
    "sockets made in between": "from waitress import serve; import socket; s = socket.socket(); s.close(); import green",
}


@pytest.fixture
def library(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


def ask(server: Server, path: str, body: bytes | None = None) -> bytes:
    answer = requests.request("POST" if body else "GET", f"{server.url}{path}", data=body, timeout=EVENT_SECONDS)
    assert answer.status_code == requests.codes.ok
    return answer.content


def check_green(server: Server) -> None:
    """Let all that the application can do go on at once."""
    wanted = {
        "nap": b"awake",
        "locked": b"free",
        "queued": b"value",
        "child": b"child",
        "background": b"ticked",
        "stream": b"01234" + b"x" * 1_000_000,
        "digest": hashlib.sha256(BODY).hexdigest().encode(),
    }
    with ThreadPoolExecutor(24) as pool:
        answers = [
            (name, pool.submit(ask, server, name, BODY if name == "digest" else None)) for name in list(wanted) * 3
        ]
        for name, answer in answers:
            assert answer.result() == wanted[name]
    # One that asks its own server; not as many at once as there are threads.
    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(lambda _: ask(server, "fetch"), range(9))) == {b"free"}


@pytest.mark.parametrize("library", PATCHES, indirect=True)
class TestGreenThreads:
    """``monkey.patch_all()`` and the like: requests run on green threads, as all else of the application."""

    @pytest.fixture
    def script(self, library: str, jar: Path, tmp_path: Path) -> Iterator[Callable[..., Script]]:
        """Run a script with the application beside it."""
        assert jar.exists()
        scripts: list[Script] = []

        def run(text: str, **environment: str) -> Script:
            path = tmp_path / "script.py"
            path.write_text(text)
            script = Lenient(path, GREEN=library, PYTHONPATH=str(APPS), TMPDIR=str(tmp_path), **environment)
            scripts.append(script)
            return script

        yield run
        for one in scripts:
            one.kill()

    def test_serve_under_the_command(self, library: str, tmp_path: Path) -> None:
        """Whose worker listens before the application is loaded."""
        server = command("green:app", tmp_path, "--threads=8", "--worker-exit=green:leave", GREEN=library)
        try:
            server.wait_until_ready()
            check_green(server)
            server.stop()
            server.wait_for("green worker 1 leaves")  # else it was killed
        finally:
            server.kill()

    @on_linux
    def test_serve_again_after_a_crash(self, library: str, tmp_path: Path) -> None:
        server = command("green:app", tmp_path, GREEN=library)
        try:
            server.wait_until_ready()
            [worker] = [pid for pid in processes(server) if is_worker(pid)]
            os.kill(worker, signal.SIGKILL)
            server.wait_for(r"worker \d+ started")
            check_green(server)
            server.stop()
        finally:
            server.kill()

    @pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
    def test_serve_under_a_script(self, script: Callable[..., Script], order: str) -> None:
        text = "import logging; logging.basicConfig(level=logging.INFO)\n"
        server = script(f"{text}{order}\nimport waitress\nwaitress.serve(green.app, listen='127.0.0.1:0', threads=8)\n")
        check_green(server)
        server.stop()

    def test_serve_under_several_workers(self, library: str, script: Callable[..., Script]) -> None:
        text = "import logging; logging.basicConfig(level=logging.INFO)\nimport green, waitress\n"
        server = script(f"{text}waitress.serve(green.app, listen='127.0.0.1:0', threads=8, workers=2)\n")
        if library == "eventlet":
            server.wait_for(
                "ValueError: workers: more than one cannot be forked from a program that eventlet has patched"
            )
            return
        check_green(server)
        server.stop(signal.SIGINT)

    def test_warn_of_a_patch_that_comes_too_late(self, library: str, tmp_path: Path) -> None:
        """In one line, where a request takes its time."""
        module = tmp_path / "late.py"
        module.write_text(
            "import time\n"
            "def app(environ, start_response):\n"
            "    if environ['PATH_INFO'] == '/patch':\n"
            f"        {PATCHES[library]}\n"
            "    if environ['PATH_INFO'] == '/work':\n"
            "        end = time.perf_counter() + 0.1\n"
            "        while time.perf_counter() < end: pass\n"
            "    start_response('200 OK', [])\n"
            "    return [b'served']\n"
        )
        server = command("late:app", tmp_path, GREEN=library)
        try:
            server.wait_until_ready()
            assert ask(server, "patch") == b"served"
            assert ask(server, "work") == b"served"
            server.wait_for("WARNING:waitress:threads were replaced .* the first statement of the application's module")
        finally:
            server.kill()


class Lenient(Script):
    """eventlet warns of itself."""

    warnings = "ignore"


def is_worker(pid: int) -> bool:
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return b"waitress_worker" in file.read()


def command(application: str, folder: Path, *options: str, **environment: str) -> Server:
    """Run the command in a folder, with the applications of the tests beside it."""
    path = {"PYTHONPATH": str(APPS), "TMPDIR": str(folder)}
    return Server(application, *options, environment={**path, **environment}, folder=folder)


#: Statements at the top of an application's module.
STATEMENTS = {
    "time-out of sockets": "socket.setdefaulttimeout(0.05)",
    "own sockets": "socket.socket = None",
    "own threads": "threading.Thread = None",
    "own queues": "queue.Queue = queue.SimpleQueue = None",
    "own open": "builtins.open = io.open = None",
    "time stands still": "stop_time()",
    "no output": "sys.stdout = sys.stderr = None",
    "no environment": "os.environ.clear()",
    "no path": "sys.path.clear(); sys.meta_path.clear()",
    "other folder": "os.chdir('/')",
    "warnings are errors": "warnings.simplefilter('error')",
    "no collector": "gc.disable()",
    "no deep recursion": "sys.setrecursionlimit(120)",
    "long turns": "sys.setswitchinterval(5)",
    "small stacks": "threading.stack_size(64 * 1024)",
    "alarms that raise": "signal.signal(signal.SIGALRM, fail); arm = set_alarm",
    "alarms that interrupt": "signal.signal(signal.SIGALRM, print); arm = set_alarm",
    "no logging": "logging.disable(); logging.getLogger('waitress').handlers = None",
}

PROGRAM = '''\
import builtins, gc, hashlib, io, logging, os, queue, signal, socket, sys, threading, time, warnings
sleep = time.sleep

class Failure(Exception):
    """Raised by a signal handler."""

def fail(*_):
    raise Failure

def stop_time():
    """Do as tools for tests do, which look for the functions in all modules."""
    for clock in (time.time, time.monotonic, time.perf_counter):
        now = clock()
        for module in list(sys.modules.values()):
            for name, value in list(vars(module).items()):
                if value is clock:
                    setattr(module, name, lambda: now)

def set_alarm():
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)

def arm():
    """Do nothing, unless there is something to set off once requests run."""

STATEMENT

def app(environ, start_response):
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read()
    arm()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/stream":
        return stream()
    if path == "/sleep":
        sleep(0.1)
    return [hashlib.sha256(body).hexdigest().encode()]

def stream():
    yield b"at once"
    sleep(2)
    yield b"later"
'''


#: The same under a program of its own, which listens before and runs after.
SCRIPT = """\
import logging
logging.basicConfig(level=logging.INFO)
from waitress import create_server

server = create_server(lambda *request: shop.app(*request), listen="127.0.0.1:0")
server.print_listen("Serving on http://{}:{}")
import shop
server.run()
"""

#: What a program of its own decides for itself.
OWN_AFFAIRS = ("own threads", "alarms that raise", "alarms that interrupt")


@pytest.mark.parametrize("name", list(STATEMENTS))
@pytest.mark.parametrize("way", ["command", "serve"])
def test_is_no_matter_to_the_server(way: str, name: str, tmp_path: Path, jar: Path) -> None:
    """It answers small and large requests, streams without delay, and waits for the next one as long as it takes."""
    assert jar.exists()
    (tmp_path / "shop.py").write_text(PROGRAM.replace("STATEMENT", STATEMENTS[name]))
    (tmp_path / "script.py").write_text(SCRIPT)
    server: Server
    if way == "command":
        server = command("shop:app", tmp_path)
    elif name in OWN_AFFAIRS:
        pytest.skip("the main thread and the module are the caller's own")
    else:
        server = Lenient(tmp_path / "script.py", PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
    try:
        check(server)
        # Nothing happens for longer than any time-out above.
        with pytest.raises(subprocess.TimeoutExpired):
            server.process.wait(0.3)
        check(server)
        server.stop()
    finally:
        server.kill()
    assert "broke the protocol" not in server.log
    assert "was lost" not in server.log


def check(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        for answer in [pool.submit(ask, server, "sleep", BODY) for _ in range(8)]:
            assert answer.result() == hashlib.sha256(BODY).hexdigest().encode()
    with Connection(server.port) as connection:
        connection.ask("GET", "/stream")
        connection.head()
        began = time.monotonic()
        assert connection.exactly(len(b"7\r\nat once")) == b"7\r\nat once"
        assert time.monotonic() - began < DELAY_SECONDS
