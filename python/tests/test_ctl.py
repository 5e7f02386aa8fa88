"""``waitress-serve ctl`` and ``top``: what operators ask of a server that runs, and what SIGQUIT tells."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from interpreters import USUAL, find
from probes import halt
from serving import COMMAND, EVENT_SECONDS, ROOT, WORKERS, Server
from wire import Connection

import waitress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Start

#: Requests wait until a file is there, or hold the GIL in C for ever.
APPLICATION = """\
import os, re, time

def linger():
    while not os.path.exists(os.path.join(os.environ["BOARD_FOLDER"], "released")):
        time.sleep(0.01)  # the line that is shown

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/wait":
        linger()
    if path == "/hold":
        re.match(r"(a+)+$", "a" * 64 + "b")  # does not end, nor let go of the GIL
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""
LINE = "time.sleep(0.01)  # the line that is shown"


class Operator:
    """Somebody who asks one server."""

    def __init__(self, socket_path: Path) -> None:
        self.socket_path = socket_path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command; how it ends is up to the test."""
        return subprocess.run(
            [COMMAND, *arguments],
            env={**os.environ, "WAITRESS_CONTROL_SOCKET": str(self.socket_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def tells(self, *arguments: str) -> str:
        """Run a command that succeeds; return what it says."""
        run = self.run("ctl", *arguments)
        assert (run.returncode, run.stderr) == (0, ""), run
        return run.stdout

    def ask(self, path: str, method: str = "GET") -> Any:
        """Ask as curl does."""
        with Connection(self.socket_path) as connection:
            connection.ask(method, path, "Connection: close")
            head = connection.head()
            assert head.status == 200, head
            return json.loads(connection.body(head))

    def status(self) -> Any:
        return self.ask("/status")

    def await_status(self, wanted: Callable[[Any], object]) -> Any:
        """Ask again and again until it is as wanted."""
        deadline = time.monotonic() + EVENT_SECONDS
        while not wanted(status := self.status()):
            assert time.monotonic() < deadline, status
        return status

    def await_running(self, *lines: str) -> Any:
        return self.await_status(lambda status: sorted(running(status)) == sorted(lines))


def running(status: Any) -> list[str]:
    """What all workers run."""
    return [each["request"] for worker in status["workers"] for each in worker["running"]]


class Stage:
    """A server with its operator, and the files that its application looks at."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.operator = Operator(folder / "ctl")

    def release(self) -> None:
        (self.folder / "released").touch()


@pytest.fixture(name="serve")
def make_serve(start: Start, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    (tmp_path / "slow.py").write_text(APPLICATION)

    def serve(*options: str) -> Stage:
        socket_option = f"--control-socket={tmp_path / 'ctl'}"
        return Stage(start("slow:app", socket_option, *options, PYTHONPATH=str(tmp_path)), tmp_path)

    yield serve
    (tmp_path / "released").touch()


def test_status_shows_what_runs_for_how_long(serve: Callable[..., Stage]) -> None:
    stage = serve("--workers=2", "--threads=1")
    with Connection(stage.server.port) as client:
        client.ask("GET", "/wait?for=it")
        status = stage.operator.await_running("GET /wait?for=it")
        assert status["pid"] == stage.server.process.pid
        assert status["addresses"] == [stage.server.url.rstrip("/")]
        assert (status["ready"], status["reasons"]) == (True, [])
        assert status["connections"] == 1
        assert [worker["state"] for worker in status["workers"]] == ["serving", "serving"]
        assert all(worker["memory"] > 5_000_000 for worker in status["workers"])
        assert {worker["answered"] for worker in status["workers"]} == {0}
        (told,) = [worker["running"] for worker in status["workers"] if worker["running"]]
        assert told[0]["thread"] == "waitress-0"
        assert 0 <= told[0]["age"] < EVENT_SECONDS
        table = stage.operator.tells("status")
        assert "waitress-0: GET /wait?for=it, " in table
        assert all(f"{worker['pid']}  serving " in table for worker in status["workers"])
        stage.release()
        assert client.answer().body == b"ok"
    status = stage.operator.await_running()
    # The second one is that by which the test finds out that the connection lives.
    assert sorted(worker["answered"] for worker in status["workers"]) == [0, 2]


def test_top_shows_one_table_where_it_is_piped(serve: Callable[..., Stage]) -> None:
    stage = serve()
    run = stage.operator.run("top")
    assert run.returncode == 0
    assert "\033" not in run.stdout
    assert len(re.findall(r"WORKER +PID +STATE", run.stdout)) == 1


@pytest.mark.parametrize("name", USUAL)
def test_stacks_show_the_line_of_code(name: str, serve: Callable[..., Stage]) -> None:
    interpreter = find(name)
    if interpreter is None:
        pytest.skip(f"there is no {name}")
    stage = serve("--threads=2", f"--python={interpreter.path}")
    with Connection(stage.server.port) as client:
        client.ask("GET", "/wait")
        stage.operator.await_running("GET /wait")
        (worker,) = stage.operator.ask("/stacks")["workers"]
        assert worker["silent"] is False
        (thread,) = [each for each in worker["threads"] if each["request"]]
        assert (thread["thread"], thread["request"]) == ("waitress-0", "GET /wait")
        assert thread["stack"].rstrip().endswith(LINE)
        assert ", in app\n" in thread["stack"]
        assert "waitress-1" not in {each["thread"] for each in worker["threads"]}
        text = stage.operator.tells("stacks")
        assert re.search(r"waitress-0: GET /wait, [0-9.]+ s\n", text)
        assert LINE in text
        stage.release()
        assert client.answer().body == b"ok"


def test_stacks_show_green_threads_too(start: Start, tmp_path: Path) -> None:
    (tmp_path / "green_slow.py").write_text(f"import gevent.monkey; gevent.monkey.patch_all()\n{APPLICATION}")
    operator = Operator(tmp_path / "ctl")
    server = start("green_slow:app", f"--control-socket={operator.socket_path}", PYTHONPATH=str(tmp_path))
    with Connection(server.port) as client, Connection(server.port) as other:
        client.ask("GET", "/wait?1")
        other.ask("GET", "/wait?2")
        operator.await_running("GET /wait?1", "GET /wait?2")
        (worker,) = operator.ask("/stacks")["workers"]
        shown = {each["request"]: each["stack"] for each in worker["threads"] if each["request"]}
        assert set(shown) == {"GET /wait?1", "GET /wait?2"}
        assert all(LINE in stack for stack in shown.values())
        (tmp_path / "released").touch()
        assert client.answer().body == b"ok"
        assert other.answer().body == b"ok"


def test_stacks_say_which_worker_does_not_answer(serve: Callable[..., Stage]) -> None:
    """Within a bounded time; what the front itself knows is told all the same."""
    stage = serve("--workers=2", "--threads=1")
    hanging, other = (worker["pid"] for worker in stage.operator.status()["workers"])
    halt(hanging)
    try:
        begun = time.monotonic()
        workers = stage.operator.ask("/stacks")["workers"]
        assert time.monotonic() - begun < 10
        assert {worker["pid"]: worker["silent"] for worker in workers} == {hanging: True, other: False}
        assert "does not answer" in stage.operator.tells("stacks")
        assert stage.operator.status()["workers"]
    finally:
        os.kill(hanging, signal.SIGCONT)


def test_stacks_of_a_worker_that_holds_the_gil(serve: Callable[..., Stage]) -> None:
    """It cannot answer; the front knows what it runs, and its Python writes where."""
    stage = serve("--threads=1", "--shutdown-timeout=0")
    with Connection(stage.server.port) as client:
        client.ask("GET", "/hold")
        stage.operator.await_running("GET /hold")
        (worker,) = stage.operator.ask("/stacks")["workers"]
        assert worker["silent"] is True
        known, written = worker["threads"]
        assert known["request"] == "GET /hold"
        assert "slow.py" in written["stack"]
        assert "Thread 0x" in written["stack"]


def test_orders_are_answered_when_they_are_carried_out(serve: Callable[..., Stage]) -> None:
    stage = serve()
    (before,) = stage.operator.status()["workers"]
    assert re.fullmatch(r"The application was loaded again, worker \d+ serves\n", stage.operator.tells("reload"))
    stage.operator.await_status(
        lambda status: [worker["pid"] != before["pid"] for worker in status["workers"]] == [True]
    )
    assert stage.operator.tells("add") == "one more worker, 2 from now on\n"
    stage.operator.await_status(
        lambda status: [worker["state"] for worker in status["workers"]] == ["serving", "serving"]
    )
    assert json.loads(stage.operator.tells("--json", "remove")) == {
        "done": True,
        "message": "one worker less, 1 from now on",
    }
    refused = stage.operator.run("ctl", "remove")
    assert (refused.returncode, refused.stdout) == (1, "the last worker stays\n")


def test_reload_fails_where_the_application_cannot_be_loaded(serve: Callable[..., Stage]) -> None:
    """What was loaded before goes on; the answer says why."""
    stage = serve()
    (stage.folder / "slow.py").write_text("import no_such_module\n")
    failed = stage.operator.run("ctl", "reload")
    assert failed.returncode == 1
    assert failed.stdout.startswith("Cannot load the application, what was loaded before goes on:\n")
    assert "no_such_module" in failed.stdout
    with Connection(stage.server.port) as client:
        client.ask("GET", "/")
        assert client.answer().body == b"ok"


def test_stop_ends_the_server(serve: Callable[..., Stage]) -> None:
    """As SIGTERM does: what runs is answered, and its operator sees it."""
    stage = serve()
    with Connection(stage.server.port) as client:
        client.ask("GET", "/wait")
        stage.operator.await_running("GET /wait")
        assert stage.operator.tells("stop") == "the server ends\n"
        stage.server.wait_for("waiting for 1 request")
        status = stage.operator.status()
        assert status["reasons"] == ["draining"]
        assert running(status) == ["GET /wait"]
        stage.release()
        assert client.answer().body == b"ok"
    stage.server.check_ended()
    assert not stage.operator.socket_path.exists()
    gone = stage.operator.run("ctl", "status")
    assert gone.returncode == 1
    assert gone.stderr == f"Error: no server has its control socket at {stage.operator.socket_path}\n"


def test_nobody_else_may_use_the_socket(serve: Callable[..., Stage]) -> None:
    stage = serve()
    mode = os.stat(stage.operator.socket_path).st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_the_socket_of_a_server_that_was_killed_is_replaced(serve: Callable[..., Stage], tmp_path: Path) -> None:
    stage = serve()
    stage.server.process.kill()
    stage.server.process.wait()
    stage.server.checked = True
    assert stage.operator.socket_path.exists()
    gone = stage.operator.run("ctl", "status")
    assert (gone.returncode, gone.stderr) == (1, f"Error: {tmp_path / 'ctl'}: the server that had it is gone\n")
    assert serve().operator.status()["ready"]


def test_a_client_that_hangs_costs_nothing(serve: Callable[..., Stage]) -> None:
    stage = serve()
    hanging = []
    try:
        for _ in range(60):  # more than there is room for
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(stage.operator.socket_path))
            client.send(b"GET /st")
            hanging.append(client)
        assert stage.operator.status()["ready"]
        with Connection(stage.server.port) as visitor:
            visitor.ask("GET", "/")
            assert visitor.answer().body == b"ok"
    finally:
        for client in hanging:
            client.close()


def test_quit_tells_what_everybody_does(serve: Callable[..., Stage]) -> None:
    """In the log, and once."""
    stage = serve("--workers=2", "--threads=1")
    with Connection(stage.server.port) as client:
        client.ask("GET", "/wait")
        stage.operator.await_running("GET /wait")
        os.kill(stage.server.process.pid, signal.SIGQUIT)
        stage.server.wait_for("INFO:waitress:SIGQUIT: what workers and tasks do now")
        stage.server.wait_for(re.escape(LINE))
        stage.server.wait_for(r"waitress-0: GET /wait, [0-9.]+ s")
        stage.server.wait_for(r"worker \d+ serving, runs no request")
        stage.release()
        assert client.answer().body == b"ok"
    assert stage.server.log.count("SIGQUIT: ") == 1


def test_other_signals_are_not_taken_for_quit(serve: Callable[..., Stage]) -> None:
    """One that comes together with them may be missed, so it is sent until it is not."""
    stage = serve()
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTTIN, signal.SIGHUP):
        os.kill(stage.server.process.pid, number)
    stage.server.wait_for("The application was loaded again")
    sent = 0
    while "SIGQUIT" not in stage.server.log:
        os.kill(stage.server.process.pid, signal.SIGQUIT)
        sent += 1
        with contextlib.suppress(AssertionError):
            stage.server.wait_for("SIGQUIT", timeout=3)
        assert sent < 10
    assert stage.server.log.count("SIGQUIT: ") <= sent


@pytest.mark.usefixtures("jar")
def test_a_program_that_serves_is_told_of_and_not_ended(tmp_path: Path) -> None:
    """Its own is what it does with the server."""

    def app(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    operator = Operator(tmp_path / "ctl")
    server = waitress.create_server(app, host="127.0.0.1", port=0, control_socket=str(operator.socket_path))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        status = operator.await_status(lambda status: status["ready"])
        assert [worker["pid"] for worker in status["workers"]] == [os.getpid()]
        (worker,) = operator.ask("/stacks")["workers"]
        assert worker["silent"] is False
        for order in ("reload", "add", "remove", "stop"):
            refused = operator.run("ctl", order)
            assert refused.returncode == 1, refused
            assert "program" in refused.stdout
    finally:
        server.close()
    thread.join(10)


def test_a_python_starts_the_command_too(installed: Path, serve: Callable[..., Stage]) -> None:
    """It has no options of its own for it."""
    stage = serve()
    run = subprocess.run(
        [WORKERS.python, "-m", "waitress", "ctl", f"--control-socket={stage.operator.socket_path}", "status"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "WORKER" in run.stdout
