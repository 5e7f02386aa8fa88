"""The file that tells the number of the server's process."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

import pytest
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS, STOP_SECONDS, Server

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start

HELLO = "examples.hello:app"


class TestThePidFile:
    def test_is_there_while_the_server_listens(self, start: Start, tmp_path: Path) -> None:
        path = tmp_path / "shop.pid"
        path.write_text("1\n")  # of a server that was killed
        server = start(HELLO, f"--pid-file={path}")
        assert path.read_text() == f"{server.process.pid}\n"
        server.stop()
        assert not path.exists()

    def test_goes_also_at_a_second_signal(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.pid"
        server = Server("examples.flask_board:app", "--shutdown-timeout=60", f"--pid-file={path}")
        try:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(b"GET /slow?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n")
                server.wait_for("slow page")
                server.process.send_signal(signal.SIGTERM)
                server.wait_for("waiting for 1 request")
                assert path.exists()
                server.process.send_signal(signal.SIGTERM)
                assert server.process.wait(STOP_SECONDS) == 128 + signal.SIGTERM
            assert not path.exists()
        finally:
            server.kill()

    def test_is_not_written_before_the_application_is_loaded(self, tmp_path: Path) -> None:
        """A server that cannot start leaves what is there."""
        path = tmp_path / "shop.pid"
        path.write_text("1\n")
        server = Server("nowhere:app", f"--pid-file={path}")
        assert server.process.wait(EVENT_SECONDS) == 1
        server.kill()
        assert path.read_text() == "1\n"

    @pytest.mark.parametrize("kind", ["link", "folder", "text"])
    def test_replaces_nothing_else(self, kind: str, tmp_path: Path) -> None:
        path, other = tmp_path / "shop.pid", tmp_path / "other"
        other.write_text("1\n")
        if kind == "link":
            path.symlink_to(other)
        elif kind == "folder":
            path.mkdir()
        else:
            path.write_text("not the number of a process\n")
        server = Server(HELLO, f"--pid-file={path}")
        try:
            server.wait_for(f"^Error: pid_file: {path} (is no regular file|holds something else than the number)")
            assert server.process.wait(STOP_SECONDS) == 1
        finally:
            server.kill()
        assert other.read_text() == "1\n"

    def test_of_serve_is_the_programs_affair(self, tmp_path: Path, jar: Path) -> None:
        assert jar.exists()
        path = tmp_path / "script.py"
        path.write_text(f"{PREAMBLE}serve(app, listen='127.0.0.1:0', pid_file='shop.pid')\n")
        script = Script(path)
        try:
            script.wait_for(r"^ValueError: pid_file: under serve\(\) the process is the program's own: os.getpid\(\)$")
        finally:
            script.kill()
