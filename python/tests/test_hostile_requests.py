"""A proxy and this server take every request alike: no request hides in another, none is answered for another."""

from __future__ import annotations

import http.client
import io
from typing import TYPE_CHECKING, cast

import pytest
from corpus import smuggling
from hostile import CASES, Message
from proxies import KINDS, Upstream
from sites import Site, proxied, recorders

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

DIRECT = "direct"
ALL = {**CASES, **smuggling()}
# lighttpd waits for the end of a chunk size that holds a NUL.
UNDECIDED = {("lighttpd", "CVE-2022-24761-chunk-extension-bytes")}
# Twice: what a case leaves open may swallow the first.
MARKER = Message("GET", "/marker")
MARKERS = (
    b"GET /marker HTTP/1.1\r\nHost: localhost\r\n\r\n"
    b"GET /marker HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
)
AFTER = Message("GET", "/after")


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with recorders("x-forwarded-for") as running:
        yield running["tcp"]


@pytest.fixture(scope="module", params=[DIRECT, *KINDS])
def site(request: pytest.FixtureRequest, upstream: Upstream) -> Iterator[Site]:
    """Run no proxy, then each in turn."""
    if request.param == DIRECT:
        assert isinstance(upstream.address, int)
        yield Site(DIRECT, upstream.address, upstream)
        return
    with proxied(request.param, upstream) as made:
        yield made


@pytest.mark.parametrize("name", ALL)
def test_is_taken_alike(site: Site, name: str) -> None:
    """What the application saw is in the bytes, and each answer that the client got is its own."""
    if (site.kind, name) in UNDECIDED:
        pytest.skip("it waits for more")
    case = ALL[name]
    with site.connect() as connection:
        connection.send(case.sent + MARKERS)
        received = connection.everything()
    requests = site.recorded()
    if case.reading is not None:
        readable = iter([*case.reading, *case.leniently, MARKER, MARKER])
        assert all(message(request) in readable for request in requests), requests
    methods = [method for method, _, _ in case.reading or ()]
    assert numbers(received, methods) == [request["number"] for request in requests]
    nothing_is_left(site)


def nothing_is_left(site: Site) -> None:
    """Nor does anybody else get an answer that was meant for the case, over a connection that the proxy keeps."""
    with site.connect() as connection:
        connection.ask(*AFTER[:2], "Connection: close")
        received = connection.everything()
    requests = site.recorded()
    assert [message(request) for request in requests] == [AFTER]
    assert numbers(received, []) == [requests[0]["number"]]


def message(request: dict[str, str]) -> Message:
    """What the application was given, in the terms of the cases."""
    return Message(request["method"], request["path"], request["body"].encode("latin-1"))


class Replay(io.BytesIO):
    """Bytes that were received, as the socket that a parser of responses wants."""

    def makefile(self, _mode: str) -> Replay:
        """Return itself."""
        return self

    def close(self) -> None:
        """Stay open: the parser closes after each response."""


def numbers(received: bytes, methods: list[str]) -> list[int]:
    """Numbers that the application gave to the requests, from its answers; others have none."""
    replay = Replay(received)
    found = []
    awaited = iter(methods)
    while replay.tell() < len(received):
        response = http.client.HTTPResponse(cast("socket.socket", replay), method=next(awaited, "GET"))
        response.begin()
        number = response.getheader("X-Number")
        response.read()
        if number is not None:
            found.append(int(number))
        if response.status == http.client.SWITCHING_PROTOCOLS:
            break  # the proxy's own affair
    return found
