"""Disks and shared memory that are full, small, or not there: it costs a request at most, never the server."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from threading import Barrier

import pytest
from performers import APPS, script
from scripts import Program
from serving import COMMAND, EVENT_SECONDS, ROOT, STOP_SECONDS, WORKERS
from wire import Connection

#: A shell for a mount namespace of its own, which only root can make.
NAMESPACE = ["unshare", "-m", "sh", "-c"]
UPLOADS = 24
#: Between the sizes that go through the socket and those that go to a file.
UPLOAD = 500_000


def can_mount() -> bool:
    try:
        command = [*NAMESPACE, "mount -t tmpfs -o size=1m tmpfs /dev/shm"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


needs_mounts = pytest.mark.skipif(not can_mount(), reason="only root can have small disks of its own")


class Scarce(Program):
    """A server with a disk for temporary files and shared memory of its own, of which others have used some."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        disk: str = "8m",
        memory: str = "8m",
        used: str = "0",
        java_options: str = "",
    ) -> None:
        """Mount both, and start it."""
        self.disk = folder / "disk"
        self.disk.mkdir()
        shell = (
            f"mount -t tmpfs -o size={memory} tmpfs /dev/shm && mount -t tmpfs -o size={disk} tmpfs '{self.disk}'"
            f' && head -c {used} /dev/zero >/dev/shm/others && exec "$@"'
        )
        command = [COMMAND, "--listen=127.0.0.1:0", f"--python={WORKERS.python}", *options, "performer:app"]
        super().__init__(
            ROOT,
            *NAMESPACE,
            shell,
            "sh",
            *command,
            TMPDIR=str(self.disk),
            PYTHONPATH=str(APPS),
            BOARD_FOLDER="",
            WAITRESS_JAVA_OPTS=java_options,
        )

    def inside(self, path: Path | str) -> Path:
        """What the server finds at a path."""
        return Path(f"/proc/{self.process.pid}/root{path}")

    def fill(self, path: Path | str) -> None:
        """Leave no room in a place."""
        with contextlib.suppress(OSError), (self.inside(path) / "full").open("ab", 0) as file:
            while file.write(bytes(1024)):
                pass

    def upload(self, content: bytes, together: Barrier | None = None) -> tuple[int, str]:
        """Send a body, the first half of it before the others go on."""
        with Connection(self.port) as connection:
            connection.ask("POST", "/digest", f"Content-Length: {len(content)}")
            connection.send(content[: len(content) // 2])
            if together:
                together.wait(EVENT_SECONDS)
            connection.send(content[len(content) // 2 :])
            head = connection.head()
            return head.status, connection.body(head).decode()

    def is_answered(self) -> bool:
        """Whether somebody gets an answer."""
        with Connection(self.port) as connection:
            connection.ask("GET", script("start=200 OK; list; item=a"))
            return connection.body(connection.head()) == b"a"

    def kill_worker(self) -> None:
        """As the system does that is short of memory."""
        seen = len(self.lines)
        worker = next(line for line in self.survivors() if "waitress_worker" in line)
        os.kill(int(worker.split()[0]), signal.SIGKILL)
        self.wait_for("was killed by signal 9", since=seen)


def digested(content: bytes) -> tuple[int, str]:
    return 200, f"{len(content)} {hashlib.sha256(content).hexdigest()}"


@pytest.fixture(name="content")
def make_content() -> bytes:
    return os.urandom(1000) * (UPLOAD // 1000)


@needs_mounts
class TestSharedMemory:
    """For the bodies of requests, and of responses."""

    @pytest.mark.parametrize("used", ["0", "6000k", "7m", "8000k"])
    def test_that_is_too_small_for_all_uploads(self, tmp_path: Path, content: bytes, used: str) -> None:
        """What finds no room goes another way: no page is touched that was not there before."""
        server = Scarce(tmp_path, used=used)
        try:
            for _ in range(2):
                together = Barrier(UPLOADS)
                with ThreadPoolExecutor(UPLOADS) as pool:
                    answers = list(pool.map(server.upload, [content] * UPLOADS, [together] * UPLOADS))
                assert answers == [digested(content)] * UPLOADS
            assert server.is_answered()
            server.stop()
            assert "InternalError" not in server.log
        finally:
            server.kill()

    def test_that_is_taken_away_costs_one_client(self, tmp_path: Path, content: bytes) -> None:
        """By somebody who may do so: the connection that touches it is closed."""
        server = Scarce(tmp_path)
        try:
            assert server.upload(content) == digested(content)
            (bodies,) = server.inside("/dev/shm").glob("waitress-*/bodies")
            os.truncate(bodies, 0)
            with pytest.raises((OSError, EOFError, AssertionError, ValueError)):
                assert server.upload(content) == digested(content)
            assert server.is_answered()
            server.stop()
        finally:
            server.kill()


@needs_mounts
class TestFullDisk:
    """That of the temporary files."""

    def test_does_not_keep_a_worker_from_being_replaced(self, tmp_path: Path, content: bytes) -> None:
        server = Scarce(tmp_path)
        try:
            assert server.is_answered()
            server.fill(server.disk)
            server.kill_worker()
            server.wait_for("worker [0-9]+ started")
            assert server.upload(content) == digested(content)
            server.stop()
        finally:
            server.kill()

    def test_and_full_memory_do_not_either(self, tmp_path: Path) -> None:
        """The place of the one that died is enough."""
        server = Scarce(tmp_path)
        try:
            assert server.is_answered()
            server.fill(server.disk)
            server.fill("/dev/shm")
            server.kill_worker()
            server.wait_for("worker [0-9]+ started")
            assert server.is_answered()
            server.stop()
        finally:
            server.kill()

    def test_lets_the_server_try_again(self, tmp_path: Path) -> None:
        """A file that cannot be made, here because it is there already."""
        server = Scarce(tmp_path)
        try:
            assert server.is_answered()
            for place in ("/dev/shm", server.disk):
                (folder,) = server.inside(place).glob("waitress-*")
                (folder / "begun-2").touch()
            server.kill_worker()
            server.wait_for("cannot start a worker")
            server.wait_for("worker [0-9]+ started")
            assert server.is_answered()
            server.stop()
        finally:
            server.kill()

    def test_refuses_a_body_that_would_go_there(self, tmp_path: Path, content: bytes) -> None:
        server = Scarce(tmp_path, "--inbuf-overflow=100000")
        try:
            assert server.upload(content) == digested(content)
            server.fill(server.disk)
            assert server.upload(content)[0] == 507
            assert server.is_answered()
            (server.inside(server.disk) / "full").unlink()
            assert server.upload(content) == digested(content)
            server.stop()
        finally:
            server.kill()

    def test_cuts_an_answer_that_would_go_there(self, tmp_path: Path) -> None:
        server = Scarce(tmp_path, "--outbuf-overflow=1000", disk="1m")
        try:
            with Connection(server.port) as reader:
                # More than the system takes for a client that does not read.
                steps = "header=Content-Length:30000000; start=200 OK; iterate; flood=a,600,50000"
                reader.ask("GET", script(steps))
                server.wait_for("cannot store output for a slow client")
            assert server.is_answered()
            server.stop()
        finally:
            server.kill()

    @pytest.mark.parametrize(
        ("room", "java_options"),
        [
            ("0", ""),
            ("8k", ""),
            # The package that workers run has to lie there too.
            ("0", "-Dwaitress.packages="),
            ("8k", "-Dwaitress.packages="),
            ("60k", "-Dwaitress.packages="),
        ],
    )
    def test_at_the_start_is_one_line(self, tmp_path: Path, room: str, java_options: str) -> None:
        """However much of what the server needs there is room for."""
        server = Scarce(tmp_path, disk="4k" if room == "0" else room, memory="4k", java_options=java_options)
        try:
            server.wait_for("^Error: cannot .* No space left on device.*TMPDIR")
            assert server.process.wait(STOP_SECONDS) == 1
            assert "Exception" not in server.log
            assert "at dev.waitress" not in server.log
        finally:
            server.kill()


class TestSmallSharedMemory:
    @pytest.mark.parametrize("memory", ["4k", "1020k", "1m"])
    def test_is_done_without(self, tmp_path: Path, memory: str) -> None:
        """Half of it is for request bodies: below 1 MiB there is room for none."""
        server = Scarce(tmp_path, memory=memory)
        try:
            assert server.is_answered()
            content = bytes(100_000)
            assert server.upload(content)[0] == HTTPStatus.OK
            server.stop()
        finally:
            server.kill()


#: Nobody can write there, not even root.
NOWHERE = "/proc"


class TestNoPlace:
    """No temporary files can be made."""

    @pytest.mark.skipif(not Path("/dev/shm").exists(), reason="the system has no memory files")
    def test_is_no_matter_where_there_is_shared_memory(self, content: bytes) -> None:
        """As in a container whose root can only be read."""
        options = ["--listen=127.0.0.1:0", f"--python={WORKERS.python}", "--inbuf-overflow=100000", "performer:app"]
        server = Program(
            ROOT,
            COMMAND,
            *options,
            TMPDIR="",
            WAITRESS_JAVA_OPTS=f"-Djava.io.tmpdir={NOWHERE}",
            PYTHONPATH=str(APPS),
        )
        try:
            server.wait_for(f"cannot make temporary files in {NOWHERE}: .*: they lie in /dev/shm; set TMPDIR")
            with Connection(server.port) as connection:
                connection.ask("POST", "/digest", f"Content-Length: {len(content)}")
                connection.send(content)
                head = connection.head()
                assert (head.status, connection.body(head).decode()) == digested(content)
            server.stop()
        finally:
            server.kill()

    def test_that_was_named_is_said(self) -> None:
        options = ["--listen=127.0.0.1:0", f"--python={WORKERS.python}", "performer:app"]
        server = Program(ROOT, COMMAND, *options, TMPDIR=NOWHERE, PYTHONPATH=str(APPS))
        try:
            server.wait_for(f"^Error: cannot make temporary files in {NOWHERE}: .*; set TMPDIR to")
            assert server.process.wait(STOP_SECONDS) == 1
            assert len(server.lines) == 1
        finally:
            server.kill()

    def test_that_is_not_there_is_passed_over_and_said(self, tmp_path: Path) -> None:
        options = ["--listen=127.0.0.1:0", f"--python={WORKERS.python}", "performer:app"]
        gone = tmp_path / "gone"
        server = Program(ROOT, COMMAND, *options, TMPDIR=str(gone), PYTHONPATH=str(APPS))
        try:
            server.wait_for(f"TMPDIR is {gone}, which is no directory: temporary files lie in /")
            server.wait_until_ready()
            server.stop()
        finally:
            server.kill()
        assert sum("temporary files" in line for line in server.lines) == 1

    def test_whose_name_is_no_text_is_passed_over_and_said(self, tmp_path: Path) -> None:
        """Once, and not that it were not there."""
        options = ["--listen=127.0.0.1:0", f"--python={WORKERS.python}", "performer:app"]
        folder = tmp_path / os.fsdecode(b"l\xe9\xe8")
        folder.mkdir()
        server = Program(ROOT, COMMAND, *options, TMPDIR=str(folder), PYTHONPATH=str(APPS))
        try:
            server.wait_until_ready()
            server.stop()
        finally:
            server.kill()
        said = [line for line in server.lines if "temporary files" in line]
        assert [": this name is no text, and means nothing to Java: they lie in" in line for line in said] == [True]

    def test_is_said_by_serve(self, jar: Path, tmp_path: Path) -> None:
        assert jar.exists()
        program = tmp_path / "program.py"
        program.write_text("import waitress\nwaitress.serve(lambda *_: [], listen='127.0.0.1:0')\n")
        server = Program(ROOT, WORKERS.python, str(program), TMPDIR=NOWHERE)
        try:
            server.wait_for(f"^OSError: cannot make temporary files in {NOWHERE}: .*; set TMPDIR to")
            assert server.process.wait(STOP_SECONDS) == 1
        finally:
            server.kill()
