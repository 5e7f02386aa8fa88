"""``waitress.serve``: the calling process runs the application, and a front of its own speaks HTTP."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
import requests
from scripts import ENVIRONMENT, PREAMBLE, Script
from serving import EVENT_SECONDS, MARK
from wire import Connection

from waitress import serve
from waitress.java import find_java

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: "Either side's death ends the other": what a process has for that.
GONE_SECONDS = 1.0


class Run(Protocol):
    """Runs programs that the test stops, or else the fixture."""

    def __call__(self, text: str, *arguments: str, python: str = ..., **environment: str) -> Script:
        """Write a program behind the preamble and run it."""


@pytest.fixture
def run(tmp_path: Path, jar: Path) -> Iterator[Run]:
    assert jar.exists()
    scripts = []

    def run_one(text: str, *arguments: str, python: str = sys.executable, **environment: str) -> Script:
        path = tmp_path / f"script{len(scripts)}.py"
        path.write_text(PREAMBLE + text)
        script = Script(path, *arguments, python=python, **{"TMPDIR": str(tmp_path), **environment})
        scripts.append(script)
        return script

    yield run_one
    for script in scripts:
        script.kill()


def fetch(script: Script, path: str = "") -> str:
    answer = requests.get(script.url + path, timeout=10)
    assert answer.status_code == requests.codes.ok
    return answer.text


def fetch_at_once(script: Script, count: int) -> list[str]:
    """Ask so often at the same time."""
    with contextlib.ExitStack() as open_ones:
        connections = [open_ones.enter_context(Connection(script.port)) for _ in range(count)]
        for connection in connections:
            connection.ask("GET", "/", "Connection: close")
        return [connection.body(connection.head()).decode() for connection in connections]


def wait_until(true: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)


def front_of(script: Script) -> int:
    return next(int(line.split()[0]) for line in script.survivors() if "dev.waitress.cli.Attached" in line)


def private_directories(folder: Path) -> list[Path]:
    return list(folder.glob("waitress-*"))


SERVE = 'serve(app, listen="127.0.0.1:0")\nprint("returned", file=sys.stderr)\n'


def test_the_calling_process_answers(run: Run) -> None:
    script = run(SERVE)
    assert fetch(script) == str(script.process.pid)
    script.stop()


def test_the_client_is_whom_a_trusted_proxy_names(run: Run) -> None:
    script = run("""
def app(environ, start_response):
    start_response("200 OK", [])
    return [f'{environ["REMOTE_ADDR"]} {environ["REMOTE_PORT"]}'.encode()]

serve(app, listen="127.0.0.1:0", proxy_protocol=True, trusted_proxy="127.0.0.1")
""")
    with Connection(script.port) as connection:
        connection.send(b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n")
        connection.ask("GET", "/")
        assert connection.body(connection.head()) == b"192.0.2.1 56324"
    script.stop()


def test_a_proxy_protocol_without_a_trusted_proxy_ends_the_start(run: Run) -> None:
    script = run("""
try:
    serve(app, listen="127.0.0.1:0", proxy_protocol=True)
except ValueError as error:
    print(error, file=sys.stderr)
""")
    script.check_ended()
    assert script.lines == ["proxy_protocol has no meaning without setting trusted_proxy\n"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_returns_after_a_signal(run: Run, number: signal.Signals) -> None:
    """To the whole group, as from a terminal: Python decides, the front and forked workers look on."""
    script = run('serve(app, listen="127.0.0.1:0", workers=2)\nprint("returned", file=sys.stderr)\n')
    fetch(script)
    script.stop(number, whole_group=True)
    assert script.lines[1:] == ["returned\n"]


@pytest.mark.parametrize("call", ["serve(app, ", "serve_paste(app, {}, "], ids=["serve", "serve_paste"])
def test_is_ready_for_a_signal_when_it_says_that_it_listens(run: Run, call: str) -> None:
    script = run(f"""
from waitress import serve_paste

class Ending(logging.Handler):
    def emit(self, record):
        os.kill(os.getpid(), signal.SIGTERM)

logging.getLogger("waitress").addHandler(Ending())
{call}listen="127.0.0.1:0", workers=2)
print("returned", file=sys.stderr)
""")
    script.check_ended()
    assert script.lines == ["returned\n"]


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, folder: Path, text: str) -> None:
        path = folder / "script.py"
        path.write_text(PREAMBLE + text)
        self.output = b""
        self._mark = secrets.token_hex()
        environment = {**os.environ, **ENVIRONMENT, MARK: self._mark}
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, str(path)], environment)

    def wait_for(self, text: bytes) -> None:
        while text not in self.output:
            self.output += os.read(self._terminal, 1000)

    @property
    def port(self) -> int:
        self.wait_for(b"Serving on http://127.0.0.1:")
        self.wait_for(b"\r\n")
        return int(self.output.split(b"Serving on http://127.0.0.1:")[1].split()[0])

    def press_control_c(self) -> None:
        os.write(self._terminal, b"\x03")

    def check_ended(self) -> None:
        """Exit status 0, no traceback, and nobody left behind."""
        self.wait_for(b"returned")
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._terminal)
        assert status == 0, self.output
        assert b"Traceback" not in self.output
        everybody = [folder for folder in Path("/proc").iterdir() if folder.name.isdigit()]
        assert not [folder for folder in everybody if self._mark.encode() in read_or_nothing(folder / "environ")]


HANGING = """
def hanging(environ, start_response):
    print("it hangs", file=sys.stderr)
    threading.Event().wait()

serve(hanging, {})
print("returned", file=sys.stderr)
"""


@pytest.mark.usefixtures("jar")
class TestControlC:
    """At a terminal."""

    def test_ends_quietly(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path, SERVE)
        terminal.wait_for(b"Serving on")
        terminal.press_control_c()
        terminal.check_ended()

    @pytest.mark.parametrize("workers", [1, 2])
    def test_does_not_wait_for_ever(self, tmp_path: Path, workers: int) -> None:
        """A request that hangs is cut when the time is over: that of the setting, else 5 seconds."""
        address = tmp_path / "s"
        options = f"unix_socket={str(address)!r}, shutdown_timeout=1, workers={workers}, threads=1"
        terminal = Terminal(tmp_path, HANGING.format(options))
        terminal.wait_for(b"Serving on")
        with contextlib.ExitStack() as connections:
            for _ in range(workers):
                connection = connections.enter_context(Connection(address))
                connection.ask("GET", "/")
            terminal.wait_for(b"it hangs")
            terminal.press_control_c()
            assert connection.rest() == b""
        terminal.check_ended()
        assert not address.exists()

    def test_ends_at_once_for_the_second_time(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path, HANGING.format('listen="127.0.0.1:0", shutdown_timeout=600, workers=2'))
        with Connection(terminal.port) as connection:
            connection.ask("GET", "/")
            terminal.wait_for(b"it hangs")
            terminal.press_control_c()
            wait_until(lambda: refuses(terminal.port), 20)
            terminal.press_control_c()
            terminal.check_ended()


def refuses(port: int) -> bool:
    try:
        Connection(port).__exit__(None, None, None)
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        return False  # it had connected when the listener was closed
    return False


def read_or_nothing(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_finishes_what_it_has_begun(run: Run) -> None:
    script = run("""
def slow(environ, start_response):
    print("begun", file=sys.stderr)
    time.sleep(0.5)
    return app(environ, start_response)

serve(slow, listen="127.0.0.1:0")
""")
    with Connection(script.port) as connection:
        connection.ask("GET", "/")
        script.wait_for("begun")
        script.process.send_signal(signal.SIGINT)
        assert connection.body(connection.head()) == str(script.process.pid).encode()
    script.check_ended()


def test_prints_nothing_by_default(tmp_path: Path, run: Run) -> None:
    """Logging goes to the console from WARNING up, as Python has it."""
    script = run(
        """
logging.root.handlers.clear()
logging.root.setLevel(logging.WARNING)
def failing(environ, start_response):
    raise ValueError("it fell down")
serve(failing, unix_socket=sys.argv[1])
""",
        str(tmp_path / "s"),
    )
    wait_until((tmp_path / "s").exists, 20)
    with Connection(tmp_path / "s") as connection:
        connection.ask("GET", "/x", "Connection: close")
        assert connection.head().status == 500
    script.stop()
    assert script.lines[0] == "ERROR:waitress:Exception while serving /x\n"
    assert script.lines[-1] == "ValueError: it fell down\n"


class TestDeath:
    """Killed without a chance to tidy up."""

    @pytest.mark.parametrize("forks", [False, True], ids=["alone", "beside a fork of the application"])
    def test_of_the_caller_ends_the_front_and_its_workers(self, run: Run, tmp_path: Path, *, forks: bool) -> None:
        """A process that the application has forked must not hold the front's leash."""
        fork = "    if os.fork() == 0: time.sleep(60)\n" if forks else ""
        script = run(f"""
def forking(environ, start_response):
{fork}    return app(environ, start_response)

serve(forking, unix_socket={str(tmp_path / "s")!r}, workers=1 if {forks} else 2)
""")
        script.wait_until_ready()
        assert private_directories(tmp_path)
        with Connection(tmp_path / "s") as connection:
            connection.ask("GET", "/", "Connection: close")
            connection.body(connection.head())
        front = front_of(script)
        script.process.kill()
        wait_until(lambda: not any(line.startswith(f"{front} ") for line in script.survivors()), GONE_SECONDS)
        if not forks:
            wait_until(lambda: not script.survivors(), GONE_SECONDS)
        assert not (tmp_path / "s").exists()
        assert not private_directories(tmp_path)

    def test_of_the_caller_ends_the_front_that_listens_on_its_socket(self, run: Run) -> None:
        """Its orders come by another pipe then, which is the leash."""
        script = run("""
import socket
with socket.create_server(("127.0.0.1", 0)) as bound:
    serve(app, sockets=[bound], workers=2)
""")
        fetch(script)
        script.process.kill()
        wait_until(lambda: not script.survivors(), GONE_SECONDS)

    def test_of_the_front_ends_serve(self, run: Run, tmp_path: Path) -> None:
        script = run(f"serve(app, unix_socket={str(tmp_path / 's')!r}, workers=2)")
        script.wait_until_ready()
        assert private_directories(tmp_path)
        front = front_of(script)
        os.kill(front, signal.SIGKILL)
        wait_until(lambda: not script.survivors(), GONE_SECONDS + 0.5)
        assert script.process.wait() == 1
        script.wait_for(rf"ChildProcessError: the front \(java, process {front}\) was killed by signal 9")
        assert not (tmp_path / "s").exists()
        assert not private_directories(tmp_path)


class TestWorkers:
    """``workers=N``: the caller is the first, the others are forked from it."""

    def test_share_the_application_but_not_their_random_numbers(self, run: Run) -> None:
        script = run("""
import random
random.seed(1)

def app(environ, start_response):
    time.sleep(0.05)
    start_response("200 OK", [])
    return [f"{os.getpid()} {random.random()} {environ['wsgi.multiprocess']}".encode()]

serve(app, listen="127.0.0.1:0", workers=3, threads=1)
""")
        answers = [answer.split() for answer in fetch_at_once(script, 9)]
        assert len({pid for pid, _, _ in answers}) == 3
        assert len({number for _, number, _ in answers}) == 9
        assert {several for _, _, several in answers} == {"True"}

    def test_are_replaced_when_they_die(self, run: Run) -> None:
        script = run("""
def app(environ, start_response):
    time.sleep(0.05)
    start_response("200 OK", [])
    return [str(os.getpid()).encode()]

serve(app, listen="127.0.0.1:0", workers=2, threads=1)
""")
        victim = self._forked(script)
        os.kill(victim, signal.SIGKILL)
        script.wait_for(f"ERROR:waitress:worker {victim} was killed by signal 9")
        wait_until(lambda: self._forked(script) != victim, 10)
        script.stop()

    @staticmethod
    def _forked(script: Script) -> int:
        """Ask until somebody else than the caller answers."""
        while True:
            others = {int(pid) for pid in fetch_at_once(script, 2)} - {script.process.pid}
            if others:
                return others.pop()


class TestLogging:
    """Records of the front come out where Python's logging wants them."""

    def test_follows_a_level_that_is_changed_while_it_serves(self, run: Run) -> None:
        script = run("""
def switch(environ, start_response):
    logging.getLogger("waitress").setLevel(environ["PATH_INFO"].strip("/"))
    return app(environ, start_response)

serve(switch, listen="127.0.0.1:0")
""")
        fetch(script, "DEBUG")
        for _ in range(50):
            self._provoke(script)
            if "DEBUG:waitress:refused a request" in script.log:
                break
            time.sleep(0.1)
        else:
            pytest.fail("no record of level DEBUG came")
        fetch(script, "INFO")
        time.sleep(1.2)  # the level is looked at once a second
        seen = len(script.lines)
        self._provoke(script)
        assert not script.lines[seen:]

    @staticmethod
    def _provoke(script: Script) -> None:
        with Connection(script.port) as connection:
            connection.send(b"nonsense\r\n\r\n")
            assert connection.head().status == 400
            connection.rest()

    def test_goes_through_the_handlers_that_are_set_up(self, run: Run) -> None:
        script = run("""
logging.root.handlers[0].setFormatter(logging.Formatter("%(levelname)s|%(name)s|%(message)s"))
logging.getLogger("waitress").setLevel(logging.DEBUG)
serve(app, listen="127.0.0.1:0")
""")
        script.wait_until_ready()
        self._provoke(script)
        script.wait_for(r"^DEBUG\|waitress\|refused a request from 127\.0\.0\.1")


class TestProfile:
    """As docs/python.md tells."""

    def test_is_not_a_setting(self) -> None:
        with pytest.raises(ValueError, match="^_profile: "):
            serve(print, _profile=True)

    def test_of_the_application(self, run: Run) -> None:
        script = run("""
import cProfile, pstats
profile = cProfile.Profile()
serve(lambda environ, start_response: profile.runcall(app, environ, start_response), listen="127.0.0.1:0", threads=1)
pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(0.3)
""")
        fetch(script)
        script.stop()
        assert "Ordered by: cumulative time" in script.log
        assert "(app)" in script.log

    def test_of_the_front(self, run: Run, tmp_path: Path) -> None:
        if "jdk.jfr" not in subprocess.check_output([find_java(), "--list-modules"], text=True):
            pytest.skip("this Java has no flight recorder")
        recording = tmp_path / "front.jfr"
        options = f"-XX:StartFlightRecording=filename={recording}"
        script = run(SERVE, WAITRESS_JAVA_OPTS=options)
        fetch(script)
        script.stop()
        assert recording.stat().st_size > 0


class TestOptionsOfJava:
    """Which others may have set, for every Java of the machine."""

    @pytest.mark.parametrize(
        "options",
        [{"WAITRESS_JAVA_OPTS": "--show-version"}, {"JAVA_TOOL_OPTIONS": "-Xlog:gc*=debug -XX:+PrintFlagsFinal"}],
        ids="-".join,
    )
    def test_may_make_it_write_what_they_like(self, run: Run, options: dict[str, str]) -> None:
        """It does not come among the reports."""
        script = run(SERVE, **options)
        fetch(script)
        script.stop()
        assert "Traceback" not in script.log

    def test_that_it_cannot_start_with_are_named(self, run: Run) -> None:
        script = run(SERVE, JAVA_TOOL_OPTIONS="-XX:+Nonsense", WAITRESS_JAVA_OPTS="")
        assert script.process.wait(20) == 1
        expected = r"ended with status 1 at its start; its options: JAVA_TOOL_OPTIONS=-XX:\+Nonsense$"
        script.wait_for(r"^ChildProcessError: the front \(java\) " + expected)


def test_a_worker_that_cannot_be_forked_is_a_clear_error(run: Run) -> None:
    script = run("""
del os.fork
serve(app, listen="127.0.0.1:0", workers=2)
""")
    assert script.process.wait(20) == 1
    script.wait_for(r"ValueError: workers: more than one share the application by fork, which linux does not have")


def test_the_command_runs_on_this_python(jar: Path) -> None:
    """``python -m waitress`` is ``waitress-serve``, with the same exit statuses."""
    assert jar.exists()
    command = [sys.executable, "-m", "waitress"]
    environment = {**os.environ, **ENVIRONMENT}
    shown = subprocess.run([*command, "--help"], env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("Usage: waitress-serve ")
    refused = subprocess.run([*command, "--nope"], env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: option --nope not recognized\n")
    served = subprocess.run(
        [*command, "--check", "--listen=127.0.0.1:0", "--call", "which_python:tell"],
        env={**environment, "PYTHONPATH": f"{ENVIRONMENT['PYTHONPATH']}{os.pathsep}{Path(__file__).parent / 'apps'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(f"^Python is {re.escape(sys.executable)}$", served.stderr, re.MULTILINE), served.stderr


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_serves_without_standard_input_or_output(closed: str, workers: int, jar: Path, tmp_path: Path) -> None:
    """The pipes to the other processes must not get their numbers, where they would be replaced."""
    assert jar.exists()
    script = tmp_path / "script.py"
    script.write_text(PREAMBLE + ASKS_ITSELF)
    answer = tmp_path / "answer"
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, str(script), str(answer), str(workers)]
    run = subprocess.run(shell, env={**os.environ, **ENVIRONMENT}, timeout=EVENT_SECONDS, check=False)
    assert (answer.exists() and answer.read_text(), run.returncode) == ("served", 0)


ASKS_ITSELF = """
from urllib.request import urlopen

def app(environ, start_response):
    print("printed")
    os.write(2, b"written\\n")
    start_response("200 OK", [])
    return [b"served"]

server = create_server(app, listen="127.0.0.1:0", workers=int(sys.argv[2]))

def ask():
    try:
        with urlopen("http://127.0.0.1:" + server.effective_port, timeout=10) as answer:
            body = answer.read()
        with open(sys.argv[1], "wb") as file:
            file.write(body)
    finally:
        server.close()

threading.Thread(target=ask).start()
server.run()
"""
