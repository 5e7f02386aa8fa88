"""Tests of HTTP a second time: ``pytest --over=tls``, and ``--over=h2`` with a client of HTTP/2.

Servers are given a certificate by their environment, and clients the one of its authority; the tests are the same.
"""

from __future__ import annotations

import io
import os
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import requests
from certificates import Authority
from urllib3 import HTTPResponse
from wire import Connection, Encrypted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Header fields that HTTP/2 has not (RFC 9113, section 8.2.2).
OF_CONNECTIONS = {"connection", "transfer-encoding", "host"}

#: Where it makes sense: by sockets and by clients, and by clients alone.
FILES = {
    "tls": (
        "test_backpressure",
        "test_boards",
        "test_careless",
        "test_conformance",
        "test_dying_workers",
        "test_environ",
        "test_excess",
        "test_failures",
        "test_file_wrapper",
        "test_files",
        "test_framework_answers",
        "test_framing",
        "test_input",
        "test_killed_workers",
        "test_limits",
        "test_repeated",
        "test_responses",
        "test_scenarios",
        "test_streams",
        "test_timeouts",
        "test_transfers",
        "test_webtest",
    ),
    "h2": ("test_boards", "test_framework_answers"),
}


def begin(protocol: str, folder: Path) -> Mapping[str, str]:
    """Have every client of the tests speak this; return what servers need for it in their environment."""
    authority = Authority(folder)
    certificate = authority.issue("server", names="IP:127.0.0.1,DNS:localhost", usage="serverAuth")
    requests.adapters.DEFAULT_CA_BUNDLE_PATH = str(authority.path)
    # For those that look there, httpx among them.
    os.environ.update(REQUESTS_CA_BUNDLE=str(authority.path), SSL_CERT_FILE=str(authority.path))
    Connection.encryption = authority.context()
    Connection.encryption.sslsocket_class = Encrypted
    if protocol == "h2":
        Connection.speaks_http1 = False
        requests.sessions.HTTPAdapter = OverHttp2  # type: ignore[misc]
    return {"WAITRESS_CERTFILE": str(certificate), "WAITRESS_KEYFILE": str(certificate.with_suffix(".key"))}


class Body(io.RawIOBase):
    """An answer that is read as it comes."""

    def __init__(self, answer: httpx.Response) -> None:
        """Read nothing yet."""
        self._answer = answer
        self._blocks = answer.iter_raw()
        self._rest = b""

    def readable(self) -> bool:
        """Of course."""
        return True

    def readinto(self, target: Any) -> int:
        """Read what is there."""
        try:
            while not self._rest:
                self._rest = next(self._blocks)
        except StopIteration:
            return 0
        except httpx.HTTPError as failure:
            raise ConnectionError(failure) from failure
        count = min(len(target), len(self._rest))
        target[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def close(self) -> None:
        """Read no more."""
        self._answer.close()
        super().close()


class OverHttp2(requests.adapters.HTTPAdapter):
    """Sends by HTTP/2 what tests ask for by ``requests``."""

    def __init__(self) -> None:
        """Connect to nothing yet."""
        super().__init__()
        assert Connection.encryption is not None
        self._client = httpx.Client(http1=False, http2=True, verify=Connection.encryption, trust_env=False)

    def send(
        self, request: requests.PreparedRequest, *_: Any, timeout: Any = None, **_others: Any
    ) -> requests.Response:
        """Send a request; its answer is read later."""
        fields = [(name, value) for name, value in request.headers.items() if name.lower() not in OF_CONNECTIONS]
        asked = self._client.build_request(
            str(request.method), str(request.url), headers=fields, content=request.body or b"", timeout=timeout
        )
        try:
            answer = self._client.send(asked, stream=True)
        except httpx.HTTPError as failure:
            raise requests.ConnectionError(failure, request=request) from failure
        assert answer.http_version == "HTTP/2"
        return self.build_response(request, as_of_urllib3(answer))

    def connections(self) -> int:
        """How many connections there are."""
        transport = self._client._transport
        assert isinstance(transport, httpx.HTTPTransport)
        return len(transport._pool.connections)

    def close(self) -> None:
        """Leave."""
        self._client.close()


def as_of_urllib3(answer: httpx.Response) -> HTTPResponse:
    """What ``requests`` makes its responses of; the cookies are in a message of their own."""
    message = HTTPMessage()
    for name, value in answer.headers.multi_items():
        message[name] = value
    return HTTPResponse(
        io.BufferedReader(Body(answer)),
        answer.headers.multi_items(),
        answer.status_code,
        reason=answer.reason_phrase,
        preload_content=False,
        request_method=answer.request.method,
        original_response=SimpleNamespace(msg=message, close=lambda: None, isclosed=lambda: True),  # type: ignore[arg-type]
    )
