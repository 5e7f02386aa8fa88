"""Clients beside the measured ones: they are there, and it is noticed when they are not served."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Iterator

import pytest

from comparison import crowds
from comparison.errors import RunError

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nHello, world!\n"


@contextlib.contextmanager
def server(answers: int) -> Iterator[int]:
    """Answer so many requests on every connection, then close it."""

    def serve(client: socket.socket) -> None:
        with client:
            for _ in range(answers):
                if not client.recv(4096):
                    return
                client.sendall(_ANSWER)

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                threading.Thread(target=serve, args=[listener.accept()[0]]).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=[listener])
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_idle_connections_are_served_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the others had nothing beside them."""
    monkeypatch.setattr(crowds, "IDLE", 3)
    with server(2) as port, crowds.idle(port):
        pass


def test_a_closed_idle_connection_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figure would be that of fewer."""
    monkeypatch.setattr(crowds, "IDLE", 3)
    with server(1) as port, pytest.raises(RunError, match="closed an idle connection"), crowds.idle(port):
        pass
