"""Clients of TLS by Python's own means, for what h2load does not do."""

from __future__ import annotations

import socket
import ssl

from comparison.errors import RunError
from comparison.workloads import HELLO_BODY

TIMEOUT_SECONDS = 30
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def context() -> ssl.SSLContext:
    """Believe any certificate: whose it is makes no difference to what a handshake costs the server."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def connect(port: int, agreed: ssl.SSLContext, session: ssl.SSLSession | None = None) -> ssl.SSLSocket:
    """Connect and shake hands, as one who was here before if there is a session."""
    plain = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return agreed.wrap_socket(plain, session=session)


def receive(client: socket.socket) -> None:
    """Wait for an answer to hello."""
    answer = b""
    while not answer.endswith(HELLO_BODY):
        received = client.recv(4096)
        if not received:
            msg = f"the server closed a connection: {answer!r}"
            raise RunError(msg)
        answer += received
