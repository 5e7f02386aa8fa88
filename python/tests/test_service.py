"""The server as a service of a system: the names of its processes, and the user that it becomes."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from procfs import on_linux
from scripts import ENVIRONMENT, PREAMBLE, Script
from serving import COMMAND, EVENT_SECONDS, ROOT, STOP_SECONDS, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Start

HELLO = "examples.hello:app"

USER = "nobody"
GROUP = "daemon"

PROGRAMS = {"script": [COMMAND], "module": [sys.executable, "-m", "waitress"]}


def is_open_to_all(path: Path) -> bool:
    """Whether every user reaches a file."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def find_python() -> str:
    """A Python that every user can run."""
    for found in (sys.executable, shutil.which("python3", path="/usr/bin:/bin")):
        if found and is_open_to_all(Path(found)):
            return found
    pytest.skip("no Python here that other users than root may run")


@on_linux
def test_processes_are_named_by_their_role(start: Start) -> None:
    server = start(HELLO, "--workers=2")
    lines = [line.split(maxsplit=1) for line in server.survivors()]
    names = {Path(f"/proc/{pid}/comm").read_text().strip(): command for pid, command in lines}
    assert set(names) == {"waitress: front", "waitress: w1", "waitress: w2"}
    assert Path(f"/proc/{server.process.pid}/comm").read_text() == "waitress: front\n"
    assert names["waitress: w2"].rstrip().endswith(f" 2 {HELLO}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in which that user may write."""
    folder = Path(tempfile.mkdtemp(prefix="of-nobody-"))
    shutil.chown(folder, USER)
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def running(
    program: list[str],
    *options: str,
    application: str = HELLO,
    stdin: int = subprocess.DEVNULL,
    **environment: str,
) -> Iterator[Server]:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if not is_open_to_all(ROOT / "waitress-serve"):
        pytest.skip("other users than root do not reach this checkout")

    class Demoted(Server):
        @staticmethod
        def command(application: str, *options: str) -> list[str]:
            return [*program, f"--python={find_python()}", *options, application]

    server = Demoted(application, f"--user={USER}", *options, environment={**ENVIRONMENT, **environment}, stdin=stdin)
    try:
        yield server
    finally:
        server.kill()


def free_low_port() -> int:
    """A port that only root may bind."""
    for port in range(1023, 600, -1):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    pytest.skip("no port below 1024 is free")


def identities(server: Server, without: int = 0) -> set[tuple[str, ...]]:
    """Users, groups and rights of all processes of a server."""
    found = set()
    for line in server.survivors():
        if int(line.split()[0]) == without:
            continue
        with contextlib.suppress(OSError):  # it has ended since
            text = Path(f"/proc/{line.split()[0]}/status").read_text()
            rows = dict(row.split(":", 1) for row in text.splitlines())
            found.add(tuple(" ".join(rows[name].split()) for name in ("Uid", "Gid", "Groups", "CapEff", "CapPrm")))
    return found


def identity(group: int) -> tuple[str, ...]:
    user = pwd.getpwnam(USER)
    groups = " ".join(map(str, sorted(os.getgrouplist(USER, group))))
    return (" ".join([str(user.pw_uid)] * 4), " ".join([str(group)] * 4), groups, "0" * 16, "0" * 16)


@on_linux
class TestAnotherUser:
    @pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
    def test_serves_a_port_that_only_root_can_bind(self, program: list[str], folder: Path, jar: Path) -> None:
        assert jar.exists()
        port = free_low_port()
        log = folder / "access.log"
        options = [f"--listen=127.0.0.1:{port}", "--workers=2", f"--access-log={log}", f"--pid-file={folder}/shop.pid"]
        with running(program, *options) as server:
            server.wait_until_ready()
            assert requests.get(f"http://127.0.0.1:{port}/", timeout=EVENT_SECONDS).ok
            assert identities(server) == {identity(pwd.getpwnam(USER).pw_gid)}
            assert (folder / "shop.pid").read_text() == f"{server.process.pid}\n"
            server.process.send_signal(signal.SIGHUP)
            server.wait_for("The application was loaded again")
            assert identities(server) == {identity(pwd.getpwnam(USER).pw_gid)}
            server.stop()
        assert log.owner() == USER
        assert log.read_text().count("GET / HTTP/1.1") == 1

    def test_has_the_group_and_the_home_that_it_is_given(self, folder: Path) -> None:
        shop = folder / "told.py"
        shop.write_text(
            "import os\n"
            "def app(environ, start_response):\n"
            "    start_response('200 OK', [])\n"
            "    return [' '.join([os.environ['HOME'], os.environ['USER']]).encode()]\n"
        )
        options = [f"--group={GROUP}", "--listen=127.0.0.1:0"]
        with running([COMMAND], *options, application="told:app", PYTHONPATH=str(folder)) as server:
            server.wait_until_ready()
            entry = pwd.getpwnam(USER)
            assert requests.get(server.url, timeout=EVENT_SECONDS).text == f"{entry.pw_dir} {entry.pw_name}"
            assert identities(server) == {identity(pwd.getpwnam(GROUP).pw_gid)}
            server.stop()

    def test_has_its_unix_socket(self, folder: Path) -> None:
        path = folder / "shop.sock"
        for _ in range(2):  # the second replaces what the first has left
            with running([COMMAND], f"--unix-socket={path}", "--unix-socket-perms=660", f"--group={GROUP}") as server:
                server.wait_until_ready()
                assert (path.owner(), path.group(), stat.S_IMODE(path.stat().st_mode)) == (USER, GROUP, 0o660)
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(str(path))
                    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    with client.makefile("rb") as answer:
                        assert answer.readline() == b"HTTP/1.0 200 OK\r\n"
                server.stop()

    def test_has_a_socket_that_root_has_opened_before(self) -> None:
        """As one of systemd."""
        with contextlib.ExitStack() as opened:
            listening = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
            server = opened.enter_context(running([COMMAND], "--listen=stdin", stdin=listening.fileno()))
            server.wait_until_ready()
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            assert requests.get(url, timeout=EVENT_SECONDS).ok
            assert identities(server) == {identity(pwd.getpwnam(USER).pw_gid)}
            server.stop()

    @pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
    def test_is_that_of_the_first_process_of_a_container_too(self, program: list[str], jar: Path) -> None:
        assert jar.exists()
        container = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        try:
            subprocess.run([*container, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            pytest.skip(f"there are no containers here: {failure}")
        with running([*container, *program], "--listen=127.0.0.1:0") as server:
            assert requests.get(server.url, timeout=EVENT_SECONDS).ok
            assert identities(server, without=server.process.pid) == {identity(pwd.getpwnam(USER).pw_gid)}
            first = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
            os.kill(int(first), signal.SIGTERM)
            server.check_ended()

    def test_is_no_matter_for_what_only_shows_something(self) -> None:
        with running([COMMAND], "--print-settings") as server:
            assert server.process.wait(EVENT_SECONDS) == 0

    def test_is_that_of_a_check(self, folder: Path) -> None:
        (folder / "mine.py").write_text("import os\nassert os.getuid()\nfrom examples.hello import app\n")
        path = os.pathsep.join([str(folder), str(ROOT)])
        with running([COMMAND], "--check", application="mine:app", PYTHONPATH=path) as server:
            assert server.process.wait(EVENT_SECONDS) == 0, server.log

    def test_is_named_by_variables_too(self) -> None:
        with running([COMMAND], "--listen=127.0.0.1:0", WAITRESS_GROUP=GROUP) as server:
            server.wait_until_ready()
            assert identities(server) == {identity(pwd.getpwnam(GROUP).pw_gid)}
            server.stop()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (
                ["--listen=127.0.0.1:0 127.0.0.1:0"],
                "user: Java can take over one socket that root has opened, and .* 2: ",
            ),
            (["--user=no-such-user"], "user: there is no user 'no-such-user'"),
            (["--group=no-such-group"], "group: there is no group 'no-such-group'"),
            (["--user=0"], "user: 0 keeps all rights"),
            (["--user=", f"--group={GROUP}"], "group: the rights of root go with a user only: give --user too"),
            (["--user=123456"], "group: must be given, as the system does not know that of user 123456"),
        ],
        ids=lambda value: str(value[0]) if isinstance(value, list) else "",
    )
    def test_is_refused_in_one_line(self, options: list[str], message: str) -> None:
        listen = [] if options[0].startswith("--listen") else ["--listen=127.0.0.1:0"]
        with running([COMMAND], *listen, *options) as server:
            server.wait_for(f"^Error: {message}")
            assert server.process.wait(STOP_SECONDS) == 1
            assert len([line for line in server.lines if line.strip()]) == 1

    def test_is_for_root_to_become(self, folder: Path) -> None:
        """Who has no rights to give up is told so."""
        program = ["setpriv", f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups", COMMAND]
        if shutil.which("setpriv") is None:
            pytest.skip("no setpriv here")
        with running(program, "--listen=127.0.0.1:0", TMPDIR=str(folder)) as server:
            server.wait_for("^Error: user: Java cannot become another user; let root start the command waitress-serve$")
            assert server.process.wait(STOP_SECONDS) == 1

    def test_says_what_it_may_not_run(self, folder: Path) -> None:
        """A JDK in the folder of root, for example."""
        java = folder / "jdk" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(f'#!/bin/sh\nexec "{shutil.which("java")}" "$@"\n')
        java.chmod(0o700)
        with running([COMMAND], "--listen=127.0.0.1:0", JAVA_HOME=str(java.parents[1])) as server:
            server.wait_for(f"^Error: user: {USER} may not run {java}$")
            assert server.process.wait(STOP_SECONDS) == 1

    def test_of_serve_is_the_programs_affair(self, tmp_path: Path, jar: Path) -> None:
        assert jar.exists()
        path = tmp_path / "script.py"
        path.write_text(f"{PREAMBLE}serve(app, listen='127.0.0.1:0', user='{USER}')\n")
        script = Script(path)
        try:
            script.wait_for("^ValueError: user: bind a socket as root, give up its rights, then serve")
        finally:
            script.kill()
