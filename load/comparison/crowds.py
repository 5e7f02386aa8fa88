"""Clients that are there while others are measured: idle ones, and ones that drip."""

from __future__ import annotations

import contextlib
import resource
import socket
from typing import Iterator

from comparison.errors import RunError, UsageError
from dripping.drippers import Drippers

IDLE = 5000
_DRIPPERS = 200
_DRIP_SECONDS = 0.05
_REQUEST = b"GET / HTTP/1.1\r\nHost: idle\r\n\r\n"
_ANSWER_LIMIT_SECONDS = 30
# Asking one after the other would take longer than some servers wait for the next request.
_AT_ONCE = 100


def allow(descriptors: int) -> None:
    """Raise the limit of open files to what is allowed; servers inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < descriptors:
        msg = f"{descriptors} connections and files are more than the {most} that ulimit -Hn allows"
        raise UsageError(msg)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextlib.contextmanager
def idle(port: int) -> Iterator[None]:
    """Hold idle connections, which must still be served afterwards."""
    with idle_connections(port, IDLE) as connections:
        yield
        require_served(connections)


@contextlib.contextmanager
def drip(port: int) -> Iterator[None]:
    """Have clients send a head byte by byte, none of which may be turned away."""
    with Drippers(port, _DRIPPERS, _DRIP_SECONDS) as drippers:
        yield
    if drippers.dripped.lost:
        msg = f"the server closed {drippers.dripped.lost} slow connections"
        raise RunError(msg)


@contextlib.contextmanager
def idle_connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Open connections that have had one answer each."""
    with contextlib.ExitStack() as stack:
        connections: list[socket.socket] = []
        while len(connections) < count:
            some = [
                stack.enter_context(_connected(port)) for _ in range(min(_AT_ONCE, count - len(connections)))
            ]
            _ask(some)
            connections += some
        yield connections


def require_served(connections: list[socket.socket]) -> None:
    """Ask on the first and the last of them once more."""
    _ask([connections[0], connections[-1]])


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_LIMIT_SECONDS)


def _ask(connections: list[socket.socket]) -> None:
    """Send a request on each, then wait for all answers."""
    try:
        for connection in connections:
            connection.sendall(_REQUEST)
        for connection in connections:
            _receive(connection)
    except OSError as error:
        msg = f"an idle connection is not served: {error}"
        raise RunError(msg) from error


def _receive(connection: socket.socket) -> None:
    answer = b""
    while not answer.endswith(b"Hello, world!\n"):
        received = connection.recv(4096)
        if not received:
            msg = f"the server closed an idle connection: {answer!r}"
            raise RunError(msg)
        answer += received
