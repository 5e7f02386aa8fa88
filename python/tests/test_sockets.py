"""The server's sockets as the system has them: options, queues, who inherits them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import struct
import termios
from typing import TYPE_CHECKING

import pytest
from performers import APPS, KINDS, Kind, Performer, performing, script
from procfs import on_linux, socket_descriptors, sockets
from serving import Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Start

pytestmark = on_linux
HELLO = "examples.hello:app"
OVER_TCP = [kind for kind in KINDS if kind.transport == "tcp"]


def is_listening(one: socket.socket) -> bool:
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1


@contextlib.contextmanager
def listener(server: Server) -> Iterator[socket.socket]:
    """Share the only listening socket of a server."""
    server.wait_until_ready()
    with sockets(server.process.pid) as shared:
        on_tcp = [one for one in shared if one.family in (socket.AF_INET, socket.AF_INET6)]
        (found,) = [one for one in on_tcp if is_listening(one)]
        yield found


@contextlib.contextmanager
def other_end(server: Server, connection: Connection) -> Iterator[socket.socket]:
    """Share the server's socket of a connection that it has accepted."""
    with sockets(server.process.pid) as shared:
        name = connection._socket.getsockname()
        (found,) = [
            one
            for one in shared
            if one.family == socket.AF_INET and not is_listening(one) and one.getpeername() == name
        ]
        yield found


class TestListeners:
    """What is set on them."""

    def test_let_a_restart_bind_at_once(self, start: Start) -> None:
        with listener(start(HELLO)) as found:
            assert found.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 1
            assert found.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 0

    def test_have_the_backlog_of_the_settings(self, start: Start) -> None:
        with listener(start(HELLO, "--backlog=7")) as found:
            info = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
            assert struct.unpack_from("I", info, 8 + 5 * 4)[0] == 7  # of a listener, tcpi_sacked is that


class TestConnections:
    """What is set on those of clients, and what passes through them."""

    def test_send_without_delay_and_wait_for_nobody(self, start: Start) -> None:
        server = start(HELLO)
        with Connection(server.port) as connection:
            connection.ask("GET", "/")
            connection.head()
            with other_end(server, connection) as found:
                assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
                assert fcntl.fcntl(found, fcntl.F_GETFL) & os.O_NONBLOCK

    def test_have_the_options_of_the_settings(self, start: Start) -> None:
        chosen = "SO_KEEPALIVE=1 TCP_KEEPIDLE=61 TCP_KEEPINTVL=62 TCP_KEEPCNT=3 SO_RCVBUF=20000 IP_TOS=16"
        server = start(HELLO, f"--socket-options={chosen}")
        with Connection(server.port) as connection:
            connection.ask("GET", "/")
            connection.head()
            with other_end(server, connection) as found:
                assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 61
                assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 62
                assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
                assert found.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == 40000  # Linux doubles it
                assert found.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 16
                assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1

    @pytest.mark.parametrize("recv_bytes", [100, 1000])
    def test_are_read_by_so_many_bytes(self, start: Start, recv_bytes: int) -> None:
        """Behind the head of a request that is running nothing is read: what is left tells how large the read was."""
        server = start("examples.flask_board:app", f"--recv-bytes={recv_bytes}", "--shutdown-timeout=0")
        with Connection(server.port) as connection:
            request = b"GET /slow?seconds=60 HTTP/1.1\r\nHost: a\r\n\r\n"
            connection.send(request + bytes(10_000 - len(request)))
            server.wait_for("slow page")
            with other_end(server, connection) as found:
                assert unread(found) == 10_000 - recv_bytes

    @pytest.mark.parametrize("size", [0, 1, 100, 20_000])
    @pytest.mark.parametrize("kind", OVER_TCP, ids=str)
    def test_get_head_and_body_in_one_piece(self, kind: Kind, size: int, tmp_path: Path) -> None:
        """Without delay each write is a segment of its own, and the client's system counts them.

        A larger body may reach the server itself in pieces, which go on as they come: what counts is the best try.
        """
        with performing(kind, tmp_path) as performer:
            tries = [self.segments_of_two_answers(performer, size) for _ in range(10)]
        assert min(tries) == (1, 2)

    @staticmethod
    def segments_of_two_answers(performer: Performer, size: int) -> tuple[int, ...]:
        with performer.connect() as connection:
            counts = []
            for _ in range(2):
                connection.ask("GET", script(f"header=Content-Length:{size}; start=200 OK; list; item={'x' * size}"))
                assert len(connection.body(connection.head())) == size
                counts.append(segments_received(connection))
            return tuple(counts)


def unread(one: socket.socket) -> int:
    count = fcntl.ioctl(one, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", count)[0])


def segments_received(connection: Connection) -> int:
    """How many segments with data have come."""
    info = connection._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    if len(info) < 160:
        pytest.skip("this system does not count segments")
    return int(struct.unpack_from("I", info, 152)[0])  # tcpi_data_segs_in


class TestChildren:
    """Processes that an application starts."""

    @pytest.mark.parametrize("options", [[], ["--listen=stdin"]], ids=["bound", "inherited"])
    def test_inherit_no_socket(self, options: list[str]) -> None:
        """Nor do workers inherit what the server listens on: a port must be free when the server has ended."""
        with socket.create_server(("127.0.0.1", 0)) as inherited:
            server = Server("children:app", *options, environment={"PYTHONPATH": str(APPS)}, stdin=inherited.fileno())
            try:
                worker, child = numbers(server, inherited if options else None)
                assert not socket_descriptors(child)
                with sockets(worker) as shared:
                    assert not [one for one in shared if is_listening(one)]
                os.kill(child, signal.SIGKILL)
                server.stop()
            finally:
                server.kill()


def numbers(server: Server, listening: socket.socket | None) -> tuple[int, int]:
    """Ask for those of the worker and of its child."""
    server.wait_until_ready()
    with Connection(listening.getsockname()[1] if listening else server.port) as connection:
        connection.ask("GET", "/", "Connection: close")
        worker, child = connection.body(connection.head()).split()
        return int(worker), int(child)
