"""What systemd is told of the server over ``NOTIFY_SOCKET``, sd_notify(3)."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from performers import classes
from probes import halt
from procfs import on_linux
from serving import COMMAND, EVENT_SECONDS, ROOT, START_SECONDS, Server
from shops import APPLICATION, Shop, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conftest import Start

pytestmark = on_linux

HELLO = "examples.hello:app"
WATCHDOG_MICROS = 400_000

PROGRAMS = {"script": [COMMAND], "module": [sys.executable, "-m", "waitress"]}


class Systemd:
    """The socket on which systemd listens for its services."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        #: The process that has sent the last message.
        self.sender = 0

    def close(self) -> None:
        self._socket.close()

    def receive(self, timeout: float = EVENT_SECONDS) -> dict[str, str]:
        """Wait for a message."""
        self._socket.settimeout(timeout)
        message, extra, _, _ = self._socket.recvmsg(4096, socket.CMSG_SPACE(12))
        self.sender = struct.unpack("3i", extra[0][2])[0]
        return dict(line.split("=", 1) for line in message.decode().splitlines())

    def wait_for(self, name: str, timeout: float = EVENT_SECONDS) -> dict[str, str]:
        """Wait for a message that says this of the service; pass over beats and texts."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.receive(max(0.001, deadline - time.monotonic()))
            if name in message:
                return message
            assert set(message) <= {"WATCHDOG", "STATUS"}, message

    def hears_nothing(self, seconds: float) -> bool:
        try:
            return not self.receive(seconds)
        except TimeoutError:
            return True

    def wait_for_silence(self) -> None:
        """Wait until what was under way has come."""
        deadline = time.monotonic() + EVENT_SECONDS
        while not self.hears_nothing(5 * WATCHDOG_MICROS / 1e6):
            assert time.monotonic() < deadline


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    address = str(tmp_path / "notify") if request.param == "path" else "@waitress-test-" + secrets.token_hex(8)
    with contextlib.closing(Systemd(address)) as listening:
        yield listening


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Systemd]:
    with contextlib.closing(Systemd(str(tmp_path / "notify"))) as listening:
        yield listening


class Unit(Server):
    """The command as systemd starts a service with a watchdog: it becomes the server."""

    LAUNCH = """
import os, sys
os.environ["WATCHDOG_PID"] = str(os.getpid() + int(sys.argv[1]))
os.execvp(sys.argv[2], sys.argv[2:])
"""

    def __init__(self, program: list[str], listening: Systemd, *options: str, meant_for: int = 0) -> None:
        self._launch = [sys.executable, "-c", self.LAUNCH, str(meant_for), *program]
        environment = {
            "NOTIFY_SOCKET": listening.address,
            "WATCHDOG_USEC": str(WATCHDOG_MICROS),
            "PYTHONPATH": str(ROOT / "python" / "src"),
            "WAITRESS_JAR": str(ROOT / "cli" / "target" / "waitress-serve.jar"),
        }
        super().__init__(HELLO, "--listen=127.0.0.1:0", *options, environment=environment)

    def command(self, application: str, *options: str) -> list[str]:  # type: ignore[override]
        return [*self._launch, f"--python={sys.executable}", *options, application]


@contextlib.contextmanager
def running(unit: Unit) -> Iterator[Unit]:
    try:
        unit.wait_until_ready()
        yield unit
    finally:
        unit.kill()


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
class TestAService:
    """By either command, and on a socket of either kind."""

    def test_says_that_it_is_ready_and_that_it_stops(self, program: list[str], systemd: Systemd, jar: Path) -> None:
        assert jar.exists()
        with running(Unit(program, systemd)) as unit:
            assert systemd.wait_for("READY", START_SECONDS) == {
                "READY": "1",
                "STATUS": f"Serving on http://127.0.0.1:{unit.port}",
            }
            of_service = [int(line.split()[0]) for line in unit.survivors()]
            assert systemd.sender in of_service
            unit.process.send_signal(signal.SIGTERM)
            assert systemd.wait_for("STOPPING")["STOPPING"] == "1"
            unit.check_ended()

    def test_beats_while_the_event_loop_turns(self, program: list[str], listening: Systemd, jar: Path) -> None:
        """Whatever its workers do."""
        assert jar.exists()
        with running(Unit(program, listening)) as unit:
            listening.wait_for("READY", START_SECONDS)
            workers = [int(line.split()[0]) for line in unit.survivors() if "waitress_worker unix:" in line]
            halt(workers[0])
            for _ in range(3):
                listening.wait_for("WATCHDOG", WATCHDOG_MICROS / 1e6 * 5)
            os.kill(workers[0], signal.SIGCONT)
            unit.process.send_signal(signal.SIGSTOP)
            listening.wait_for_silence()
            unit.process.send_signal(signal.SIGCONT)
            listening.wait_for("WATCHDOG")
            unit.stop()

    def test_does_not_beat_for_another(self, program: list[str], listening: Systemd, jar: Path) -> None:
        assert jar.exists()
        with running(Unit(program, listening, meant_for=-1)) as unit:
            listening.wait_for("READY", START_SECONDS)
            assert listening.hears_nothing(5 * WATCHDOG_MICROS / 1e6)
            unit.stop()

    def test_keeps_the_variables_from_its_processes(self, program: list[str], listening: Systemd, jar: Path) -> None:
        assert jar.exists()
        with running(Unit(program, listening)) as unit:
            listening.wait_for("READY", START_SECONDS)
            for process in unit.survivors():
                variables = Path(f"/proc/{process.split()[0]}/environ").read_bytes()
                assert b"NOTIFY_SOCKET" not in variables, process
                assert b"WATCHDOG_" not in variables, process
            unit.stop()


def test_a_sender_that_was_killed_is_replaced(listening: Systemd) -> None:
    """Else systemd would take the server for dead."""
    with running(Unit([COMMAND], listening)) as unit:
        listening.wait_for("READY", START_SECONDS)
        before = listening.sender
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + EVENT_SECONDS
        while listening.sender == before:
            assert time.monotonic() < deadline
            listening.receive()
        unit.stop()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with contextlib.closing(Shop(tmp_path)) as shop:
        yield shop


def test_is_ready_when_all_workers_are(start: Start, tmp_path: Path, listening: Systemd) -> None:
    """Each waits at a pipe while it is imported."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "waiting.py").write_text(
        "import sys\nfrom examples.hello import app\n"
        f"with open({str(tmp_path / 'pipe')!r}, buffering=1) as pipe:\n"
        "    print('it imports', file=sys.stderr, flush=True)\n"
        "    assert pipe.read(1)\n"
    )
    pipe = os.open(tmp_path / "pipe", os.O_RDWR)
    server = Server(
        "waiting:app",
        "--workers=2",
        environment={"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "NOTIFY_SOCKET": listening.address},
    )
    try:
        server.wait_for("^it imports", count=2, timeout=START_SECONDS)
        os.write(pipe, b"\n")
        assert listening.hears_nothing(1)
        os.write(pipe, b"\n")
        listening.wait_for("READY")
        server.stop()
    finally:
        os.close(pipe)
        server.kill()


def hang_up(server: Server, _folder: Path) -> None:
    server.process.send_signal(signal.SIGHUP)


def order(_server: Server, folder: Path) -> None:
    environment = {**os.environ, "WAITRESS_CONTROL_SOCKET": str(folder / "ctl")}
    subprocess.run([COMMAND, "ctl", "reload"], env=environment, check=True, timeout=EVENT_SECONDS)


def touch(_server: Server, folder: Path) -> None:
    (folder / "touched").touch()


class TestAReload:
    """However it is asked for: by SIGHUP, as ``Type=notify-reload`` has it, and by others than systemd."""

    def reload(
        self, server: Server, listening: Systemd, ask: Callable[[Server, Path], None] = hang_up, folder: Path = ROOT
    ) -> None:
        listening.wait_for("READY", START_SECONDS)
        before = time.monotonic()
        ask(server, folder)
        told = listening.wait_for("RELOADING")
        assert before <= int(told["MONOTONIC_USEC"]) / 1e6 <= time.monotonic()
        listening.wait_for("READY")

    @pytest.fixture
    def serve(self, start: Start, shop: Shop, listening: Systemd) -> Callable[[], Watched]:
        variables: Mapping[str, str] = {"PYTHONPATH": str(shop.folder), "NOTIFY_SOCKET": listening.address}
        options = [
            "--workers=2",
            f"--control-socket={shop.folder / 'ctl'}",
            f"--touch-reload={shop.folder / 'touched'}",
        ]
        return lambda: Watched(start(APPLICATION, *options, **variables))

    @pytest.mark.parametrize("ask", [hang_up, order, touch])
    def test_is_told_from_its_begin_to_its_end(
        self, serve: Callable[[], Watched], shop: Shop, listening: Systemd, ask: Callable[[Server, Path], None]
    ) -> None:
        watched = serve()
        shop.views("two")
        self.reload(watched.server, listening, ask, shop.folder)
        assert watched.fetch()[1] == "two"
        watched.server.stop()

    def test_ends_also_where_the_code_is_broken(
        self, serve: Callable[[], Watched], shop: Shop, listening: Systemd
    ) -> None:
        watched = serve()
        shop.write("views.py", "TEXT = (\n")
        self.reload(watched.server, listening)
        assert watched.fetch()[1] == "one"
        watched.server.stop()

    def test_ends_also_where_there_is_none(self, start: Start, tmp_path: Path, listening: Systemd) -> None:
        server = start("--app-class=Performer", CLASSPATH=str(classes(tmp_path)), NOTIFY_SOCKET=listening.address)
        self.reload(server, listening)
        server.stop()


def test_a_python_that_is_missing_is_told_of_once(tmp_path: Path) -> None:
    """A Java application is served all the same."""
    server = Server(
        "--app-class=Performer",
        "--python=/nowhere/python",
        environment={"CLASSPATH": str(classes(tmp_path)), "NOTIFY_SOCKET": "@nobody-listens-there"},
    )
    try:
        server.wait_until_ready()
        server.wait_for("^WARNING:waitress:cannot tell systemd how the service gets on: ")
        server.stop()
        assert server.log.count("cannot tell systemd") == 1
    finally:
        server.kill()
