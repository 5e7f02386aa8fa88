"""Processes around the server: children of the application, signals, and ends at a bad moment."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from probes import OWN, own_port
from procfs import descriptors, no_descriptors_left, on_linux
from scripts import PREAMBLE, Program, Script
from serving import COMMAND, EVENT_SECONDS, WORKERS, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = on_linux

#: What children of the application do, by path; answers tell how they ended.
APPLICATION = """
import _thread, ctypes, multiprocessing, os, signal, subprocess, sys, threading, time
from os import kill

FIRST = os.getpid()
ONCE = threading.Lock()
HERE = os.path.dirname(os.path.abspath(__file__))

def square(number):
    return number * number

def ended(child):
    if child == 0:
        return None
    status = os.waitpid(child, 0)[1]
    return "status {}".format(os.WEXITSTATUS(status)) if os.WIFEXITED(status) else "signal {}".format(os.WTERMSIG(status))

def leave(environ):
    return ended(os.fork()) or sys.exit(3)

def leave_with_text(environ):
    return ended(os.fork()) or sys.exit("the child leaves")

def fail(environ):
    return ended(os.fork()) or int("the child fails")

def come_back(environ):
    return ended(os.fork()) or "a second answer"

def come_back_large(environ):
    return ended(os.fork()) or 300000 * "a second answer"

def map_squares(environ):
    with multiprocessing.get_context(environ["QUERY_STRING"]).Pool(2) as pool:
        return str(pool.map(square, range(4)))

def terminate(environ):
    child = multiprocessing.Process(target=time.sleep, args=(600,))
    child.start()
    child.terminate()
    child.join(20)
    return str(child.exitcode)

def mask(environ):
    return subprocess.check_output(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]).decode()

WAYS = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "kill by a name of its own": lambda: kill(os.getpid(), signal.SIGTERM),
    "raise_signal": lambda: signal.raise_signal(signal.SIGTERM),
    "pthread_kill": lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM),
    "pidfd_send_signal": lambda: signal.pidfd_send_signal(os.pidfd_open(os.getpid()), signal.SIGTERM),
    "interrupt_main": _thread.interrupt_main,
}

def kill_oneself(environ):
    WAYS[environ["QUERY_STRING"].replace("%20", " ")]()
    time.sleep(0.3)
    return "asked"

def hang(environ):
    sys.stderr.write("it hangs\\n")
    with open(os.path.join(HERE, "pipe")) as pipe:
        return pipe.readline()

def hold(environ):
    sys.stderr.write("it holds\\n")
    ctypes.PyDLL(None).sleep(600)

def lose(environ):
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    return ended(child)

def keep_a_child(environ):
    ONCE.acquire()  # for good: a second request would fork a child that the test does not know
    child = multiprocessing.Process(target=time.sleep, args=(600,))
    child.start()
    sys.stderr.write("child {}\\n".format(child.pid))
    os.kill(os.getpid(), signal.SIGKILL)

def keep_a_child_unless_first(environ):
    if os.getpid() != FIRST:
        keep_a_child(environ)
    time.sleep(0.2)
    return "the caller stays"

def keep_a_daemon(environ):
    child = multiprocessing.get_context(environ["QUERY_STRING"] or "fork").Process(target=time.sleep, args=(600,), daemon=True)
    child.start()
    sys.stderr.write("daemon {}\\n".format(child.pid))
    return "it stays"

def keep_a_daemon_unless_first(environ):
    if os.getpid() != FIRST:
        return keep_a_daemon(environ)
    time.sleep(0.2)
    return "the caller stays"

def leave_well(environ):
    if os.getpid() != FIRST:
        os._exit(0)
    time.sleep(0.2)
    return "the caller stays"

def pid(environ):
    return str(os.getpid())

def app(environ, start_response):
    text = globals()[environ["PATH_INFO"][1:] or "pid"](environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]
"""


class Site:
    """The application in a folder of its own, and servers of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "site_app.py").write_text(APPLICATION)
        os.mkfifo(folder / "pipe")
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self._servers: list[Server] = []

    def command(self, *options: str, application: str = "site_app:app", **environment: str) -> Server:
        variables = {"TMPDIR": str(self.temporary), **environment}
        return self.add(Server(application, "--threads=2", *options, environment=variables, folder=self.folder))

    def serve(self, settings: str = "", before: str = "") -> Script:
        script = self.folder / "script.py"
        path = f"sys.path.insert(0, {str(self.folder)!r})\n{before}\nfrom site_app import app\n"
        script.write_text(f'{PREAMBLE}{path}serve(app, listen="127.0.0.1:0", threads=2, {settings})\n')
        started = Script(script, TMPDIR=str(self.temporary))
        self.add(started)
        return started

    def start(self, kind: str, settings: str = "") -> Server:
        """Run it by the command, or by ``serve()``."""
        if kind == "serve":
            return self.serve(settings)
        return self.command(*(f"--{each.replace('_', '-')}" for each in settings.split(", ") if each))

    def add(self, server: Server) -> Server:
        self._servers.append(server)
        return server

    def left(self) -> list[Path]:
        """Private folders."""
        return list(self.temporary.glob("waitress-*"))

    def close(self) -> None:
        for server in self._servers:
            server.kill()


@pytest.fixture
def site(tmp_path: Path, jar: Path) -> Iterator[Site]:
    assert jar.exists()
    site = Site(tmp_path)
    yield site
    site.close()


BOTH = pytest.mark.parametrize("kind", ["command", "serve"])


def fetch(server: Server, path: str = "") -> str:
    answer = requests.get(server.url + path, timeout=EVENT_SECONDS)
    assert answer.status_code == requests.codes.ok, server.log
    return answer.text


def wait_until(true: Callable[[], object], what: object = "") -> None:
    deadline = time.monotonic() + EVENT_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def ask_until_logged(server: Server, path: str, pattern: str) -> set[int]:
    """Ask on two connections at once, that is both of two workers, until the log says something; return all statuses."""
    server.wait_until_ready()
    statuses = set()
    deadline = time.monotonic() + EVENT_SECONDS
    while not re.search(pattern, server.log) and time.monotonic() < deadline:
        with Connection(server.port) as one, Connection(server.port) as other:
            one.ask("GET", f"/{path}")
            other.ask("GET", f"/{path}")
            statuses |= {one.head().status, other.head().status}
    server.wait_for(pattern)
    return statuses


def workers_of(server: Server) -> list[int]:
    """Python processes of the command."""
    return [int(line.split()[0]) for line in server.survivors() if "/waitress_worker " in line]


class TestForkedChild:
    """A process that a handler forks is no second worker."""

    @BOTH
    @pytest.mark.parametrize(
        ("path", "end"),
        [
            ("leave", "status 3"),
            ("leave_with_text", "status 1"),
            ("fail", "status 1"),
            ("come_back", "status 0"),
            ("come_back_large", "status 0"),
        ],
    )
    def test_ends_where_it_comes_back(self, site: Site, kind: str, path: str, end: str) -> None:
        server = site.start(kind)
        worker = fetch(server)
        for _ in range(3):
            assert fetch(server, path) == end
            assert fetch(server) == worker
        if path == "leave_with_text":
            server.wait_for("^the child leaves$")
        if path == "fail":
            server.wait_for("^ValueError: invalid literal")
        server.stop()

    def test_does_not_hide_the_death_of_a_worker(self, site: Site) -> None:
        server = site.start("command")
        first = fetch(server)
        answer = requests.get(server.url + "keep_a_child", timeout=EVENT_SECONDS)
        assert answer.status_code == requests.codes.bad_gateway
        child = int(server.wait_for(r"^child (\d+)$")[1])
        try:
            assert fetch(server) != first
        finally:
            os.kill(child, signal.SIGKILL)

    def test_does_not_hide_the_death_of_a_worker_of_serve(self, site: Site) -> None:
        server = site.serve("workers=2, retry_idempotent=False")
        statuses = ask_until_logged(server, "keep_a_child_unless_first", r"worker \d+ was killed by signal 9")
        assert 502 in statuses <= {200, 502}
        child = int(server.wait_for(r"^child (\d+)$")[1])
        try:
            for _ in range(20):
                fetch(server)
        finally:
            os.kill(child, signal.SIGKILL)
        server.stop()

    def test_does_not_keep_a_server_whose_caller_was_killed(self, site: Site) -> None:
        server = site.serve()
        with contextlib.suppress(requests.ConnectionError):
            requests.get(server.url + "keep_a_child", timeout=EVENT_SECONDS)
        child = server.wait_for(r"^child (\d+)$")[1]
        try:
            wait_until(lambda: [line.split()[0] for line in server.survivors()] == [child], server.survivors())
        finally:
            os.kill(int(child), signal.SIGKILL)


#: The script is imported by processes that are not forked, which must not serve.
GUARD = """
if __name__ != "__main__":
    def serve(*_, **__):
        pass
"""


class TestMultiprocessing:
    """In a handler it works as in any program."""

    @BOTH
    @pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
    def test_has_pools(self, site: Site, kind: str, method: str) -> None:
        if kind == "serve" and method != "fork":
            pytest.skip("the script has no guard around serve(), as multiprocessing asks of it")
        server = site.start(kind)
        assert fetch(server, f"map_squares?{method}") == "[0, 1, 4, 9]"
        server.stop()

    @BOTH
    def test_can_terminate(self, site: Site, kind: str) -> None:
        server = site.start(kind)
        assert fetch(server, "terminate") == "-15"
        server.stop()

    def test_children_have_all_signals(self, site: Site) -> None:
        server = site.start("command")
        rows = dict(line.split(":\t") for line in fetch(server, "mask").splitlines())
        ours = (1 << 31) - 1  # what is beyond belongs to the C library
        assert int(rows["SigBlk"], 16) == 0
        assert int(rows["SigIgn"], 16) & ours == 0
        server.stop()

    def test_daemons_of_the_import_end_with_the_worker(self, site: Site) -> None:
        (site.folder / "daemons.py").write_text(
            "import multiprocessing, time\nfrom site_app import app\n"
            "multiprocessing.Process(target=time.sleep, args=(600,), daemon=True).start()\n"
        )
        server = site.command(application="daemons:app")
        fetch(server)
        server.stop()

    def test_daemons_end_with_a_worker_that_is_killed(self, site: Site) -> None:
        server = site.command()
        worker = fetch(server)
        for _ in range(2):
            fetch(server, "keep_a_daemon")
        server.wait_for(r"^daemon \d+$", count=2)
        daemons = re.findall(r"^daemon (\d+)$", server.log, re.MULTILINE)
        os.kill(int(worker), signal.SIGKILL)
        wait_until(lambda: not any(line.split()[0] in daemons for line in server.survivors()), daemons)
        assert fetch(server) != worker
        server.stop()

    def test_daemons_end_with_the_front(self, site: Site) -> None:
        server = site.command()
        fetch(server, "keep_a_daemon")
        server.wait_for(r"^daemon \d+$")
        os.kill(server.process.pid, signal.SIGKILL)
        wait_until(lambda: not server.survivors(), server.survivors())

    @pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
    def test_daemons_end_with_a_forked_worker(self, site: Site, way: str) -> None:
        server = site.serve("workers=2", before=GUARD)
        ask_until_logged(server, f"keep_a_daemon_unless_first?{way}", r"(?m)^daemon \d+$")
        os.kill(server.process.pid, signal.SIGTERM)
        server.process.wait(EVENT_SECONDS)
        wait_until(lambda: not server.survivors(), server.survivors())


#: The first worker that the nursery forks hangs over what the application does after each fork.
HANGING_FORK = """
FIRST, HERE = os.getpid(), os.path.dirname(os.path.abspath(__file__))

def after_fork():
    if os.getppid() == FIRST:
        return
    try:
        os.remove(os.path.join(HERE, "mark"))
    except OSError:
        sys.stderr.write("it begins\\n")
    else:
        time.sleep(600)

os.register_at_fork(after_in_child=after_fork)
"""


class TestWorkersOfServe:
    """``serve(workers=N)``."""

    def test_are_replaced_where_sigchld_is_ignored(self, site: Site) -> None:
        server = site.serve("workers=2", before="signal.signal(signal.SIGCHLD, signal.SIG_IGN)")
        server.wait_until_ready()
        forked = self._forked(server)
        os.kill(forked, signal.SIGKILL)
        wait_until(lambda: forked not in self._all(server))
        server.wait_for(f"worker {forked} was killed by signal 9")
        wait_until(lambda: len(self._all(server)) == 3)
        server.stop()

    def test_that_leave_by_themselves_are_replaced(self, site: Site) -> None:
        server = site.serve("workers=2")
        server.wait_until_ready()
        forked = self._forked(server)
        assert ask_until_logged(server, "leave_well", f"worker {forked} ended with status 0") <= {200, 502}
        wait_until(lambda: self._forked(server) != forked)
        server.stop()

    def test_that_are_stuck_do_not_keep_it(self, site: Site) -> None:
        server = site.serve("workers=2, shutdown_timeout=1")
        server.wait_until_ready()
        os.kill(self._forked(server), signal.SIGSTOP)
        server.stop()

    def test_that_hang_before_they_come_are_replaced(self, site: Site) -> None:
        (site.folder / "mark").touch()
        server = site.serve("workers=2, startup_timeout=2", before=HANGING_FORK)
        hung = server.wait_for(r"worker (\d+) has not begun in 2 seconds \(startup_timeout\)")[1]
        server.wait_for(f"worker {hung} was killed by signal 9")
        assert self._forked(server) != int(hung)
        server.wait_for("it begins")
        server.stop()
        assert server.log.count("has not begun") == 1

    def test_are_missed_when_their_parent_is_gone(self, site: Site) -> None:
        server = site.serve("workers=2")
        server.wait_until_ready()
        nursery = self._parent(self._forked(server))
        os.kill(nursery, signal.SIGKILL)
        server.wait_for(rf"ChildProcessError: the process that forks workers \({nursery}\) was killed by signal 9")
        assert server.process.wait(EVENT_SECONDS) == 1
        wait_until(lambda: not server.survivors())

    def _all(self, server: Server) -> list[int]:
        return [int(line.split()[0]) for line in server.survivors() if "script.py" in line]

    def _forked(self, server: Server) -> int:
        wait_until(lambda: len(self._all(server)) == 3)
        return next(
            pid for pid in self._all(server) if self._parent(pid) in self._all(server) and self._is_leaf(pid, server)
        )

    def _is_leaf(self, pid: int, server: Server) -> bool:
        return all(self._parent(other) != pid for other in self._all(server) if other != pid)

    @staticmethod
    def _parent(pid: int) -> int:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


IMPORTING = """
import sys, time
sys.stderr.write("it imports\\n")
time.sleep(600)
"""

IMPORTING_WITH_GIL = """
import ctypes, sys
sys.stderr.write("it imports\\n")
ctypes.PyDLL(None).sleep(600)
"""


IMPORTING_WITH_A_DAEMON = """
import multiprocessing, sys, time
multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,), daemon=True).start()
sys.stderr.write("it imports\\n")
time.sleep(600)
"""


STAYING = """
import atexit, sys, time
from site_app import app

@atexit.register
def stay():
    sys.stderr.write("it does not end\\n")
    time.sleep(600)
"""


class TestBadMoments:
    """Nothing is left, whatever the moment."""

    @pytest.mark.parametrize(
        "text",
        [IMPORTING, IMPORTING_WITH_GIL, IMPORTING_WITH_A_DAEMON],
        ids=["importing", "importing in C", "importing with a daemon"],
    )
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
    def test_while_the_application_is_imported(self, site: Site, text: str, number: signal.Signals) -> None:
        (site.folder / "importing.py").write_text(text)
        server = site.command(application="importing:app")
        server.wait_for("^it imports")
        os.kill(server.process.pid, number)
        server.process.wait(EVENT_SECONDS)
        wait_until(lambda: not server.survivors(), server.survivors())
        if number != signal.SIGKILL:
            assert not site.left()

    @pytest.mark.parametrize("path", ["hang", "hold"])
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_at_the_second_signal(self, site: Site, path: str, number: signal.Signals) -> None:
        server = site.command("--shutdown-timeout=600")
        with Connection(server.port) as connection:
            connection.ask("GET", f"/{path}")
            server.wait_for("^it h")
            os.kill(server.process.pid, number)
            server.wait_for("waiting for 1 request, at most 600 s")
            os.kill(server.process.pid, number)
            assert server.process.wait(EVENT_SECONDS) == 128 + number
        wait_until(lambda: not server.survivors(), server.survivors())
        assert not site.left()
        assert "502" not in server.log

    @pytest.mark.parametrize("path", ["hang", "hold"])
    def test_when_the_front_is_killed(self, site: Site, path: str) -> None:
        server = site.command()
        with Connection(server.port) as connection:
            connection.ask("GET", f"/{path}")
            server.wait_for("^it h")
            server.process.kill()
            wait_until(lambda: not server.survivors(), server.survivors())

    @pytest.mark.parametrize("path", ["hang", "hold"])
    def test_the_time_of_a_stop_is_what_is_set(self, site: Site, path: str) -> None:
        server = site.command("--shutdown-timeout=1")
        with Connection(server.port) as connection:
            connection.ask("GET", f"/{path}")
            server.wait_for("^it h")
            begun = time.monotonic()
            os.kill(server.process.pid, signal.SIGINT)
            server.wait_for(r"INFO:waitress:waiting for 1 request, at most 1 s; Ctrl-C again to stop now$")
            server.check_ended()
            assert time.monotonic() - begun < 4
        assert "502" not in server.log

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_when_the_application_never_ends(self, site: Site, number: signal.Signals) -> None:
        """What it has registered hangs: that keeps neither a server nor a successor."""
        (site.folder / "staying.py").write_text(STAYING)
        server = site.command("--shutdown-timeout=1", application="staying:app")
        first = int(fetch(server))
        os.kill(server.process.pid, number)
        server.wait_for("^it does not end")
        if number == signal.SIGHUP:
            assert int(fetch(server)) != first
            wait_until(lambda: first not in workers_of(server), server.survivors())
            os.kill(server.process.pid, signal.SIGTERM)
        server.check_ended()
        assert not site.left()

    def test_a_signal_meets_the_server_as_soon_as_it_answers(self, site: Site) -> None:
        """A request that is answered shows that it is ready for a signal too."""
        for _ in range(3):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            server = site.command(f"--listen=127.0.0.1:{port}")
            deadline = time.monotonic() + EVENT_SECONDS
            while time.monotonic() < deadline:
                try:
                    requests.get(f"http://127.0.0.1:{port}/", timeout=EVENT_SECONDS)
                    break
                except requests.ConnectionError:
                    time.sleep(0.005)
            server.stop()


class TestStart:
    """A worker that does not come."""

    def test_is_given_up_after_its_time(self, site: Site) -> None:
        (site.folder / "importing.py").write_text(IMPORTING)
        server = site.command("--startup-timeout=3", application="importing:app")
        assert server.process.wait(EVENT_SECONDS) == 1
        server.wait_for(r"^Error: worker \d+ has not loaded the application in 3 seconds \(startup_timeout\)$")
        assert "importing.py" in server.log
        assert not site.left()

    def test_is_replaced_after_its_time(self, site: Site) -> None:
        (site.folder / "second.py").write_text(
            f"import os, time\nmark = {str(site.folder / 'mark')!r}\nif os.path.exists(mark):\n"
            "    os.remove(mark)\n    time.sleep(600)\nfrom site_app import app\n"
        )
        server = site.command("--startup-timeout=2", application="second:app")
        first = int(fetch(server))
        (site.folder / "mark").touch()
        os.kill(first, signal.SIGKILL)
        server.wait_for(r"^ERROR:waitress:worker \d+ has not loaded the application in 2 seconds")
        server.wait_for("The application can be loaded again")
        assert int(fetch(server)) != first
        server.stop()

    @pytest.mark.parametrize(("end", "status"), [("'DATABASE_URL is not set'", 1), ("3", 3), ("0", 0), ("", 0)])
    def test_ends_as_the_application_asks(self, site: Site, end: str, status: int) -> None:
        (site.folder / "leaving.py").write_text(f"import sys\nsys.exit({end})\n")
        server = site.command(application="leaving:app")
        assert server.process.wait(EVENT_SECONDS) == status
        server.kill()
        assert server.log == ("DATABASE_URL is not set\n" if status == 1 else "")


#: What waitress_worker is replaced by: it connects one of its sockets, and no more.
HALF = """
import os, sys, time
sys.path.insert(0, os.path.dirname(sys.argv[1]))
from waitress_worker.application import python_version
from waitress_worker.channel import Channel, connect
from waitress_worker.protocol import VERSION

channel = Channel(connect(sys.argv[2]))
secret = os.environ["WAITRESS_WORKER_SECRET"]
channel.send((VERSION, secret, int(sys.argv[3]), os.environ["PURPOSE"], python_version(), os.getpid()))
time.sleep(600)
"""

#: The same beside the worker of ``serve()``.
HALF_OF_SERVE = f"""{PREAMBLE}
from waitress_worker.application import python_version
from waitress_worker.channel import Channel, connect
from waitress_worker.protocol import VERSION

server = create_server(app, listen="127.0.0.1:0", startup_timeout=2)
server.print_listen("Serving on http://{{}}:{{}}")
channel = Channel(connect(server._front.address))
channel.send((VERSION, server._front.secret, 9, sys.argv[1], python_version(), os.getpid()))

def wait():
    try:
        channel.receive()
    except (EOFError, OSError):
        sys.stderr.write("it was let go\\n")

threading.Thread(target=wait, daemon=True).start()
server.run()
"""


def connect_as_a_worker(server: Server) -> socket.socket:
    """Connect where a worker does, as its command line says."""
    line = next(each for each in server.survivors() if "/waitress_worker " in each)
    found = re.search(r"/waitress_worker (?:unix:(?P<path>\S+)|tcp:(?P<port>\d+))", line)
    assert found, line
    connected = socket.socket(socket.AF_UNIX if found["path"] else socket.AF_INET)
    connected.settimeout(EVENT_SECONDS)
    connected.connect(found["path"] or ("127.0.0.1", int(found["port"])))
    return connected


class TestConnectionsOfWorkers:
    """Who comes to where workers connect, and does not go on."""

    @pytest.mark.parametrize("purpose", ["requests", "control"])
    def test_a_worker_with_one_of_its_sockets_is_given_up(self, site: Site, purpose: str) -> None:
        (site.folder / "half.py").write_text(HALF)
        python = site.folder / "half-python"
        python.write_text(
            f'#!/bin/sh\ncase $1 in */waitress_worker) set -- {site.folder}/half.py "$@";; esac\n'
            f'exec {WORKERS.python} "$@"\n'
        )
        python.chmod(0o700)
        server = site.command(f"--python={python}", "--startup-timeout=2", PURPOSE=purpose)
        assert server.process.wait(EVENT_SECONDS) == 1
        server.wait_for(r"^Error: worker \d+ has not loaded the application in 2 seconds \(startup_timeout\)$")
        wait_until(lambda: not server.survivors(), server.survivors())
        assert not site.left()

    @pytest.mark.parametrize("purpose", ["requests", "control"])
    def test_a_worker_of_serve_with_one_of_its_sockets_is_let_go(self, site: Site, purpose: str) -> None:
        script = site.folder / "half.py"
        script.write_text(HALF_OF_SERVE)
        server = site.add(Script(script, purpose, TMPDIR=str(site.temporary)))
        server.wait_for("^it was let go")
        assert fetch(server) == str(server.process.pid)
        server.stop()

    def test_somebody_who_says_nothing_is_sent_away(self, site: Site) -> None:
        """After ten seconds; who says something else than a worker, at once."""
        server = site.command()
        worker = fetch(server)
        with connect_as_a_worker(server) as silent, connect_as_a_worker(server) as other:
            other.sendall(b"\x05\0\0\0hello")
            assert other.recv(1) == b""
            server.wait_for("refused a connection to the workers' socket")
            assert silent.recv(1) == b""
        assert fetch(server) == worker
        server.stop()


class TestDescriptors:
    """None are left for a while: what could not be done is done when there are some."""

    @pytest.mark.parametrize("where", ["a port", "a Unix socket", "health", "control"])
    def test_for_a_client(self, site: Site, where: str) -> None:
        path = site.folder / "socket"
        option, target = {
            "a port": ("--listen=127.0.0.1:0", "/pid"),
            "a Unix socket": (f"--unix-socket={path}", "/pid"),
            "health": (OWN, "/-/live"),
            "control": (f"--control-socket={path}", "/status"),
        }[where]
        server = site.command(option)
        server.wait_until_ready()
        address = path if "socket" in option else own_port(server) if option == OWN else server.port
        with Connection(address) as first:
            first.ask("GET", target)
            assert first.head().status == 200
        with no_descriptors_left(server.process.pid):
            client = Connection(address)
            server.wait_for("server accept.. threw an exception")
        with client:
            client.ask("GET", target)
            assert client.head().status == 200
        server.stop()

    def test_for_another_worker(self, site: Site) -> None:
        server = site.command()
        first = fetch(server)
        with no_descriptors_left(server.process.pid):
            os.kill(int(first), signal.SIGKILL)
            server.wait_for(f"worker {first} was killed")
            server.wait_for("cannot start a worker for now|a worker cannot connect for now")
        server.wait_for(r"INFO:waitress:worker \d+ started")
        assert fetch(server) != first
        server.stop()

    def test_for_all_that_java_takes_to_start_a_worker(self, site: Site) -> None:
        """It would close others than its own, and leave some open."""
        server = site.command()
        fetch(server)
        before = descriptors(server.process.pid)
        for left in range(0, 10, 2):
            found, lines = fetch(server), len(server.lines)
            with no_descriptors_left(server.process.pid, but=left):
                os.kill(int(found), signal.SIGKILL)
                server.wait_for("too few descriptors are left to start a process", since=lines)
            assert fetch(server) != found
        gained = descriptors(server.process.pid) - before
        assert {name for name in gained if name.startswith("pipe")} == set()
        assert "broke the protocol" not in server.log
        server.stop()

    def test_for_the_connections_of_a_worker(self, site: Site) -> None:
        go_on = site.folder / "go-on"
        python = site.folder / "slow-python"
        python.write_text(f'#!/bin/sh\nwhile [ ! -e {go_on} ]; do sleep 0.05; done\nexec {WORKERS.python} "$@"\n')
        python.chmod(0o700)
        go_on.touch()
        server = site.command(f"--python={python}")
        first = fetch(server)
        go_on.unlink()
        os.kill(int(first), signal.SIGKILL)
        server.wait_for(r"INFO:waitress:worker \d+ started")
        with no_descriptors_left(server.process.pid):
            go_on.touch()
            server.wait_for("a worker cannot connect for now")
        assert fetch(server) != first
        server.stop()


#: Ways in which a handler signals its own process.
OWN_SIGNALS = [
    "kill",
    "kill by a name of its own",
    pytest.param("raise_signal", marks=pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="new in 3.8")),
    "pthread_kill",
    pytest.param(
        "pidfd_send_signal", marks=pytest.mark.skipif(not hasattr(signal, "pidfd_send_signal"), reason="new in 3.9")
    ),
    "interrupt_main",
]


class TestSignals:
    """They do what a supervisor, a shell or a terminal means by them."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_that_end_it_let_requests_end_also_those_of_the_whole_group(
        self, site: Site, number: signal.Signals
    ) -> None:
        server = site.command("--workers=2")
        with Connection(server.port) as connection:
            connection.ask("GET", "/hang")
            server.wait_for("^it hangs")
            os.killpg(server.process.pid, number)
            server.wait_for("waiting for 1 request")
            (site.folder / "pipe").write_text("done")
            assert connection.body(connection.head()) == b"done"
        server.check_ended()

    def test_of_a_terminal_that_closes_ends_it(self, site: Site) -> None:
        """The same signal is an order to load the application again where somebody sends it."""
        terminal, end = pty.openpty()
        socket = site.folder / "app.sock"
        command = [COMMAND, f"--unix-socket={socket}", f"--python={WORKERS.python}", "site_app:app"]
        # The shell makes the terminal its own, and becomes the server.
        own = (
            "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
        )
        server = subprocess.Popen(
            [sys.executable, "-c", own, *command],
            cwd=site.folder,
            stdin=end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        os.close(end)
        assert server.stderr is not None
        with server.stderr as log:
            assert any("Serving on" in line for line in log)
            os.close(terminal)
            rest = log.read()
        assert server.wait(EVENT_SECONDS) == 0, rest
        assert not socket.exists()

    @pytest.mark.parametrize("name", ["USR1", "USR2", "TTOU", "WINCH", "PIPE", "CONT"])
    def test_that_mean_nothing_do_nothing(self, site: Site, name: str) -> None:
        server = site.command()
        worker = fetch(server)
        os.killpg(server.process.pid, signal.Signals[f"SIG{name}"])
        assert fetch(server) == worker
        server.stop()

    @BOTH
    @pytest.mark.parametrize("way", OWN_SIGNALS)
    def test_that_a_handler_sends_end_the_server_in_good_order(self, site: Site, kind: str, way: str) -> None:
        server = site.start(kind)
        assert fetch(server, f"kill_oneself?{way}") == "asked"
        server.check_ended()

    def test_that_the_import_sends_mean_nothing(self, site: Site) -> None:
        (site.folder / "ending.py").write_text("from site_app import *\nkill(os.getpid(), signal.SIGTERM)\n")
        server = site.command(application="ending:app")
        worker = fetch(server)
        assert fetch(server) == worker
        server.stop()

    def test_to_one_worker_leave_it(self, site: Site) -> None:
        server = site.command()
        worker = fetch(server)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            os.kill(int(worker), number)
        assert fetch(server) == worker
        server.stop()


@pytest.mark.parametrize("program", [[COMMAND], [sys.executable, "-m", "waitress"]], ids=["script", "module"])
class TestFirstProcess:
    """Process 1 of a container."""

    def test_waits_for_the_orphans_of_the_application_and_passes_signals_on(
        self, site: Site, program: list[str]
    ) -> None:
        unshare = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]
        try:
            subprocess.run([*unshare, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            pytest.skip(f"there are no containers here: {failure}")
        options = ["--listen=127.0.0.1:0", f"--python={WORKERS.python}", "--threads=2", "site_app:app"]
        server = site.add(Program(site.folder, *unshare, *program, *options, TMPDIR=str(site.temporary)))
        for _ in range(3):
            assert fetch(server, "lose") == "status 0"
        first = int(Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text())
        wait_until(lambda: len(children(first)) == 1, children(first))
        with Connection(server.port) as connection:
            connection.ask("GET", "/hang")
            server.wait_for("^it hangs")
            for number in (signal.SIGUSR2, signal.SIGTTIN, signal.SIGTERM):
                os.kill(first, number)
            server.wait_for("waiting for 1 request")
            (site.folder / "pipe").write_text("done")
            assert connection.body(connection.head()) == b"done"
        server.check_ended()


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
