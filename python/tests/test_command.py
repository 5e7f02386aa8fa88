"""``waitress-serve`` as a process: how it starts, and how it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scripts import ENVIRONMENT, Program
from serving import COMMAND, ROOT, STOP_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Start

HELLO = "examples.hello:app"
BODY = b"Hello, world!\n"


def test_serves_the_smallest_application(start: Start) -> None:
    """Byte for byte what the application gave."""
    server = start(HELLO)
    with Connection(server.port) as connection:
        connection.ask("GET", "/")
        head = connection.head()
        assert (head.version, head.status) == ("HTTP/1.1", 200)
        assert head.one("Content-Type") == "text/plain; charset=utf-8"
        assert head.one("Content-Length") == str(len(BODY))
        assert head.one("Date")
        assert connection.exactly(len(BODY)) == BODY


@pytest.mark.parametrize("options", [[], ["--workers=3"], ["--threads=1"]], ids=str)
def test_says_where_it_serves_and_nothing_else(start: Start, options: list[str]) -> None:
    """One line for one listener, however many workers there are."""
    server = start(HELLO, *options)
    with Connection(server.port) as connection:
        connection.ask("GET", "/", "Connection: close")
        assert connection.body(connection.head()) == BODY
    server.stop()
    # The command of a checkout says so when it builds itself first.
    lines = [line for line in server.lines if not line.startswith("Building ")]
    assert lines == [f"INFO:waitress:Serving on http://127.0.0.1:{server.port}\n"]


def test_many_servers_run_side_by_side(start: Start) -> None:
    """Port 0 gives each its own."""
    ports = {start(HELLO).port for _ in range(3)}
    assert len(ports) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_ends_at_once_while_clients_are_connected(start: Start, number: signal.Signals) -> None:
    """An idle connection is closed, and the port is free."""
    server = start(HELLO)
    with Connection(server.port) as connection:
        connection.ask("GET", "/")
        assert connection.body(connection.head()) == BODY
        server.stop(number)
        assert connection.rest() == b""
    with pytest.raises(ConnectionRefusedError):
        Connection(server.port)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX], ids=lambda family: family.name)
def test_serves_the_socket_that_it_inherits(family: socket.AddressFamily, tmp_path: Path) -> None:
    """As under inetd or systemd: what listens already is its standard input, and stays when it ends."""
    address = ("127.0.0.1", 0) if family == socket.AF_INET else str(tmp_path / "inherited.sock")
    with socket.socket(family) as listening:
        listening.bind(address)
        listening.listen()
        server = Server(HELLO, "--listen=stdin", stdin=listening.fileno())
        try:
            server.wait_for("Serving on http://127")
            with socket.socket(family) as client:
                client.connect(listening.getsockname())
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                assert client.makefile("rb").read().endswith(BODY)
            server.stop()
        finally:
            server.kill()
        assert family == socket.AF_INET or (tmp_path / "inherited.sock").is_socket()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the front inherits no socket here")
@pytest.mark.parametrize("kind", ["datagrams", "connection", "unbound", "bound", "file", "pipe"])
def test_refuses_any_other_standard_input(kind: str, tmp_path: Path) -> None:
    """One line, before anybody could be kept waiting."""
    with contextlib.ExitStack() as opened:
        one, _ = (opened.enter_context(each) for each in socket.socketpair())
        streams, datagrams = (
            opened.enter_context(socket.socket()),
            opened.enter_context(socket.socket(type=socket.SOCK_DGRAM)),
        )
        if kind == "bound":
            streams.bind(("127.0.0.1", 0))
        file = opened.enter_context((tmp_path / "file").open("w+"))
        reading, writing = os.pipe()
        opened.callback(os.close, reading)
        opened.callback(os.close, writing)
        kinds = {"datagrams": datagrams, "connection": one, "unbound": streams, "bound": streams, "file": file}
        server = Server(HELLO, "--listen=stdin", stdin=kinds[kind].fileno() if kind in kinds else reading)
        try:
            server.wait_for("^Error: listen: standard input is not a listening socket$")
            assert server.process.wait(STOP_SECONDS) == 1
        finally:
            server.kill()


class Activated(Server):
    """The command as systemd starts it: sockets from descriptor 3 on, meant for this very process."""

    LAUNCH = """
import os, socket, sys
pid, *command = sys.argv[1:]
bound = socket.create_server(("127.0.0.1", 0))
for number in (3, 4):
    os.dup2(bound.fileno(), number)
    os.set_inheritable(number, True)
os.environ["LISTEN_PID"] = str(os.getpid() + int(pid))
os.execvp(command[0], command)
"""

    def __init__(self, program: list[str], *options: str, sockets: int = 1, meant_for: int = 0) -> None:
        self._launch = [sys.executable, "-c", self.LAUNCH, str(meant_for), *program]
        super().__init__(
            HELLO, *options, environment={**ENVIRONMENT, "LISTEN_FDS": str(sockets), "LISTEN_FDNAMES": "x"}
        )

    def command(self, application: str, *options: str) -> list[str]:  # type: ignore[override]
        """Build the command line of the launcher, which becomes the server."""
        return [*self._launch, *options, application]


@contextlib.contextmanager
def activated(server: Activated) -> Iterator[Activated]:
    try:
        yield server
    finally:
        server.kill()


EITHER_PROGRAM = pytest.mark.parametrize(
    "program", [[COMMAND], [sys.executable, "-m", "waitress"]], ids=["script", "module"]
)


@EITHER_PROGRAM
class TestSocketActivation:
    """``LISTEN_FDS`` of sd_listen_fds(3)."""

    def test_serves_the_socket_that_is_given(self, program: list[str]) -> None:
        with activated(Activated(program)) as server:
            with Connection(server.port) as connection:
                connection.ask("GET", "/")
                assert connection.body(connection.head()) == BODY
            for process in server.survivors():
                variables = Path(f"/proc/{process.split()[0]}/environ")
                assert not variables.exists() or b"LISTEN_PID" not in variables.read_bytes()
            assert server.log.count("Serving on") == 1
            server.stop()

    def test_refuses_more_than_one(self, program: list[str]) -> None:
        with activated(Activated(program, sockets=2)) as server:
            server.wait_for("^Error: LISTEN_FDS is 2: the server can take over one socket; run a service for each$")
            assert server.process.wait(STOP_SECONDS) == 1

    def test_is_not_for_the_children_of_whom_it_was_meant_for(self, program: list[str]) -> None:
        with activated(Activated(program, "--listen=127.0.0.1:0", meant_for=-1)) as server:
            with Connection(server.port) as connection:
                connection.ask("GET", "/")
                assert connection.body(connection.head()) == BODY
            assert server.log.count("Serving on") == 1
            server.stop()


@EITHER_PROGRAM
class TestTemporaryFiles:
    """They lie where ``TMPDIR`` says, as those of every program of Unix but Java."""

    @pytest.mark.parametrize("name", ["short", "with blank", "long" * 30])
    def test_lie_in_the_folder_that_is_named(self, program: list[str], name: str, tmp_path: Path) -> None:
        """Even if its path is longer than that of a socket may be."""
        folder = tmp_path / name
        folder.mkdir()
        server = Program(ROOT, *program, "--listen=127.0.0.1:0", HELLO, TMPDIR=str(folder))
        try:
            with Connection(server.port) as connection:
                connection.ask("GET", "/")
                assert connection.body(connection.head()) == BODY
            assert len(list(folder.glob("waitress-*"))) == 1
            server.stop()
            assert not list(folder.iterdir())
        finally:
            server.kill()

    def test_lie_elsewhere_where_that_is_none(self, program: list[str], tmp_path: Path) -> None:
        server = Program(ROOT, *program, "--listen=127.0.0.1:0", HELLO, TMPDIR=str(tmp_path / "gone"))
        try:
            server.wait_until_ready()
            server.stop()
        finally:
            server.kill()


def test_logs_to_the_end_on_a_socket_that_it_inherits() -> None:
    """Standard error must not be closed with the socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        options = ["--listen=stdin", "--shutdown-timeout=0"]
        server = Server("examples.flask_board:app", *options, stdin=listening.fileno())
        try:
            server.wait_until_ready()
            with Connection(listening.getsockname()[1]) as connection:
                connection.ask("GET", "/slow?seconds=60")
                server.wait_for("slow page")
                server.process.send_signal(signal.SIGTERM)
                server.wait_for("WARNING:waitress:cutting 1 connection whose requests have not ended")
                server.check_ended()
        finally:
            server.kill()


def test_finds_modules_in_the_current_directory_last(tmp_path: Path) -> None:
    """What is installed wins over a file of the same name."""
    (tmp_path / "shop.py").write_text(
        "import both, json, sys\nprint(both.place, json.__name__, sys.path[-1])\napp = print\n"
    )
    (tmp_path / "json.py").write_text("raise ImportError('the wrong one')\n")
    (tmp_path / "both.py").write_text("place = 'here'\n")
    installed = tmp_path / "installed"
    installed.mkdir()
    (installed / "both.py").write_text("place = 'installed'\n")
    shown = subprocess.run(
        [COMMAND, "--check", f"--python={sys.executable}", "shop:app"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"installed json {tmp_path}\n" in shown.stdout, shown.stderr
    assert shown.returncode == 0


def test_ends_quietly_by_control_c(start: Start) -> None:
    """The signal reaches the whole group; no worker answers it with a traceback."""
    server = start(HELLO, "--workers=2")
    server.stop(signal.SIGINT, whole_group=True)
    assert "Traceback" not in server.log
    assert "KeyboardInterrupt" not in server.log


def test_does_not_keep_somebody_at_a_terminal_waiting() -> None:
    """Ctrl-C ends it after 5 seconds, and not after the 30 of a signal, although a request hangs."""
    terminal, inside = pty.openpty()
    command = Server.command("examples.flask_board:app")
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        preexec_fn=_own,  # noqa: PLW1509 - two system calls; Popen has no argument for a controlling terminal
    ) as process:
        os.close(inside)
        log = b""
        while not (serving := re.search(rb"Serving on http://127.0.0.1:(\d+)", log)):
            log += os.read(terminal, 4096)
        with Connection(int(serving[1])) as connection:
            connection.ask("GET", "/slow?seconds=60")
            while b"slow page" not in log:
                log += os.read(terminal, 4096)
            begun = time.monotonic()
            os.write(terminal, b"\x03")
            assert connection.rest() == b""
            assert 4 < time.monotonic() - begun < 20
            assert process.wait(STOP_SECONDS) == 0
    os.close(terminal)


def _own() -> None:
    """Make the terminal on standard input the one of this process."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_finishes_what_it_has_begun(start: Start, application: str) -> None:
    """A request that runs when the signal comes gets its answer."""
    server = start(application)
    with Connection(server.port) as connection:
        connection.ask("GET", "/slow?seconds=1")
        server.wait_for("slow page: 1.0 s")
        server.process.send_signal(signal.SIGTERM)
        assert connection.body(connection.head()) == b"waited 1.0 s\n"
    server.check_ended()


def test_lets_the_application_tidy_up(start: Start, application: str, tmp_path: Path) -> None:
    """What it registered with ``atexit`` runs to its end: the board removes its own folder."""
    server = start(application, BOARD_FOLDER="", TMPDIR=str(tmp_path))
    with Connection(server.port) as connection:
        connection.ask("GET", "/login", "Connection: close")
        assert connection.head().status == 200
    assert len(list(tmp_path.glob("board-*"))) == 1
    server.stop()
    assert not list(tmp_path.glob("board-*"))


class TestSaysWhatIsWrong:
    """In the words of whoever has to mend it."""

    @staticmethod
    def said(folder: Path, *arguments: str, **environment: str) -> str:
        kept = {name: value for name, value in os.environ.items() if name != "WAITRESS_SERVE"}
        shown = subprocess.run(
            [COMMAND, "--check", f"--python={sys.executable}", *arguments],
            cwd=folder,
            env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.returncode == 1, shown
        return shown.stderr

    def test_a_module_that_is_missing_names_the_python(self, tmp_path: Path) -> None:
        first, second = self.said(tmp_path, "nomod:app").splitlines()
        assert first == "Error: Cannot import WSGI application 'nomod:app': No module named 'nomod'"
        assert second == f"Python is {sys.executable}; --python names another."

    def test_a_module_found_elsewhere_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        shadow = tmp_path / "elsewhere" / "shop.py"
        shadow.write_text("application = print\n")
        said = self.said(tmp_path, "shop:app", PYTHONPATH=str(shadow.parent))
        assert f"\nFound 'shop' in {shadow}.\nDid you mean 'application'?\n" in said
        said = self.said(tmp_path, "shop.wsgi:app", PYTHONPATH=str(shadow.parent))
        assert f"\nFound 'shop' in {shadow}.\n" in said

    def test_a_folder_in_place_of_a_module_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "shop").mkdir()
        said = self.said(tmp_path, "shop:app")
        assert f"\nFound 'shop' as a folder without __init__.py: {tmp_path / 'shop'}.\n" in said

    @pytest.mark.parametrize(("typed", "meant"), [("shop.py:app", "shop:app"), ("pkg/shop.py:app", "pkg.shop:app")])
    def test_a_file_in_place_of_a_module_is_asked_about(self, tmp_path: Path, typed: str, meant: str) -> None:
        (tmp_path / "shop.py").write_text("app = print\n")
        assert f"\nDid you mean '{meant}'?\n" in self.said(tmp_path, typed)

    def test_a_variable_that_is_no_setting(self, tmp_path: Path) -> None:
        said = self.said(tmp_path, "nomod:app", WAITRESS_THRAEDS="3", WAITRESS_PORT="tcp://10.43.0.7:80")
        first = said.splitlines()[0]
        expected = "WARNING:waitress:the variable WAITRESS_THRAEDS is no setting; did you mean WAITRESS_THREADS?"
        assert first == expected
        assert "WAITRESS_PORT" not in said


def test_puts_the_time_before_each_record(start: Start, tmp_path: Path) -> None:
    """Before those of the workers too."""
    (tmp_path / "noisy.py").write_text(
        "import logging\n"
        "def app(environ, start_response):\n"
        "    logging.getLogger('shop').warning('sold')\n"
        "    start_response('204 No Content', [])\n"
        "    return []\n"
    )
    server = start("noisy:app", "--log-format=time", PYTHONPATH=str(tmp_path))
    with Connection(server.port) as connection:
        connection.ask("GET", "/")
        assert connection.head().status == 204
    server.wait_for(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO:waitress:Serving on ")
    server.wait_for(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING:shop:sold$")


@pytest.mark.parametrize(
    "length", [103, pytest.param(107, marks=pytest.mark.skipif(sys.platform != "linux", reason="less"))]
)
def test_serves_a_unix_socket_whose_path_fills_its_address(start: Start, length: int, tmp_path: Path) -> None:
    path = tmp_path / ("s" * (length - len(str(tmp_path)) - 1))
    server = start(HELLO, f"--unix-socket={path}")
    with Connection(server.address) as connection:
        connection.ask("GET", "/", "Connection: close")
        assert connection.body(connection.head()) == BODY


def test_takes_the_folder_of_a_virtual_environment(start: Start) -> None:
    server = start(HELLO, f"--python={sys.prefix}")
    with Connection(server.port) as connection:
        connection.ask("GET", "/", "Connection: close")
        assert connection.body(connection.head()) == BODY
