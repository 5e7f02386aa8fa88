"""The server behind real proxies, which run with the configuration that docs/proxies tells users to copy."""

from __future__ import annotations

import functools
import json
import random
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from proxies import KINDS, Upstream
from recorder import large, shown
from sites import CLIENT, MAX_BODY, WAYS, Site, answered, ask, proxied, recorders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Start

    Upstreams = Callable[[str], dict[str, Upstream]]

MEBIBYTE = 1024 * 1024

LIAR = "203.0.113.66"
LIES = (
    f"X-Forwarded-For: {LIAR}",
    f"X_Forwarded_For: {LIAR}",
    f"X-Forwarded-Host: {LIAR}",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 66",
    f"X-Forwarded-By: {LIAR}",
    f"Forwarded: for={LIAR};host={LIAR};proto=https",
)

needs_linux = pytest.mark.skipif(
    not Path("/proc/net/unix").exists(), reason="the connections of a server are read from /proc/net"
)


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    """Start servers for each set of headers that a proxy is trusted with, once."""
    with ExitStack() as running:

        @functools.cache
        def trusting(headers: str) -> dict[str, Upstream]:
            return running.enter_context(recorders(headers))

        yield trusting


@pytest.fixture(scope="module", params=[(kind, way) for kind in KINDS for way in WAYS], ids="-".join)
def site(request: pytest.FixtureRequest, upstreams: Upstreams) -> Iterator[Site]:
    """Run each proxy in turn, before each upstream."""
    kind, way = request.param
    with proxied(kind, upstreams(KINDS[kind].trusted_headers())[way]) as made:
        yield made


class TestRequests:
    """What the application is given of them."""

    def test_keep_their_target(self, site: Site) -> None:
        with site.connect() as connection:
            request = ask(connection, "GET", "/a%20b/c?d=e%2Ff&g")
        assert request["target"] == "/a%20b/c?d=e%2Ff&g"
        assert (request["script_name"], request["path"]) == ("", "/a b/c")

    @pytest.mark.parametrize("fields", [(), LIES], ids=["honest", "lying"])
    def test_are_their_clients(self, site: Site, fields: tuple[str, ...]) -> None:
        """Address, host, scheme and port are those that the proxy has seen, whatever the client says."""
        host = f"www.example.com:{site.port}"
        with site.connect() as connection:
            connection.send("\r\n".join(["GET /mine HTTP/1.1", f"Host: {host}", *fields, "", ""]).encode())
            request = json.loads(connection.body(answered(connection, 200)))
        assert request["address"] == CLIENT
        assert request["scheme"] == "http"
        assert request["fields"]["HTTP_HOST"] == host
        assert (request["server_name"], request["server_port"]) == ("www.example.com", str(site.port))
        assert request["fields"]["HTTP_X_FORWARDED_FOR"] == CLIENT
        assert not [value for value in request["fields"].values() if LIAR in value]

    @pytest.mark.parametrize(
        ("target", "script_name", "path"),
        [
            ("/wiki/x/", "/wiki", "/x/"),
            ("/wiki/", "/wiki", "/"),
            ("/wiki", "/wiki", ""),
            ("/wikis", "", "/wikis"),
        ],
    )
    def test_reach_the_application_of_their_prefix(self, site: Site, target: str, script_name: str, path: str) -> None:
        with site.connect() as connection:
            request = ask(connection, "GET", target)
        assert (request["script_name"], request["path"]) == (script_name, path)

    @pytest.mark.parametrize("size", [1, 1000, MEBIBYTE])
    @pytest.mark.parametrize("framing", ["length", "chunked"])
    def test_arrive_with_their_body(self, site: Site, size: int, framing: str) -> None:
        body = random.Random(size).randbytes(size)
        sent, field = body, f"Content-Length: {size}"
        if framing == "chunked":
            sent, field = chunked(body), "Transfer-Encoding: chunked"
        with site.connect() as connection:
            request = ask(connection, "POST", "/upload", field, body=sent)
            assert request["body"] == shown(body)
            assert ask(connection, "GET", "/next")["path"] == "/next"

    def test_that_ask_for_an_upgrade_get_an_ordinary_answer(self, site: Site) -> None:
        """A WSGI application has no WebSocket; the client is told nothing of another protocol."""
        fields = [
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        with site.connect() as connection:
            for _ in range(2):
                connection.ask("GET", "/socket", *fields)
                head = answered(connection, 200)
                assert head.one("Upgrade") is None
                assert json.loads(connection.body(head))["path"] == "/socket"

    @needs_linux
    def test_share_a_connection_to_the_server(self, site: Site) -> None:
        if site.kind == "lighttpd":
            pytest.skip("its mod_proxy opens a connection for each request")
        with site.connect() as connection:
            ask(connection, "GET", "/first")
            opened = site.connections()
            for _ in range(5):
                ask(connection, "GET", "/next")
                now = site.connections()
                assert now
                assert now <= opened


class TestAnswers:
    """What the client is given of them."""

    def test_of_any_size_come_whole(self, site: Site) -> None:
        size = 5 * MEBIBYTE + 7
        with site.connect() as connection:
            connection.ask("GET", f"/large?size={size}")
            assert connection.body(answered(connection, 200)) == b"".join(large(size))
            assert ask(connection, "GET", "/next")["path"] == "/next"

    def test_to_head_have_no_body(self, site: Site) -> None:
        with site.connect() as connection:
            connection.ask("HEAD", "/page")
            assert answered(connection, 200).one("Content-Length")
            assert ask(connection, "GET", "/next")["path"] == "/next"

    def test_that_nothing_changed_have_no_body(self, site: Site) -> None:
        with site.connect() as connection:
            connection.ask("GET", "/unchanged", 'If-None-Match: "recorded"')
            assert answered(connection, 304).one("ETag") == '"recorded"'
            assert ask(connection, "GET", "/next")["path"] == "/next"

    def test_of_a_failed_application_are_the_servers_own(self, site: Site) -> None:
        with site.connect() as connection:
            connection.ask("GET", "/failure")
            body = connection.body(answered(connection, 500))
            assert body.startswith(b"Internal Server Error\r\n\r\n")

    def test_of_a_refusal_are_the_servers_own(self, site: Site) -> None:
        """Of a limit that is narrower than the proxy's."""
        with site.connect() as connection:
            connection.ask("POST", "/upload", f"Content-Length: {MAX_BODY}")
            connection.send(bytes(MAX_BODY))
            assert f"exceeds max_body of {MAX_BODY}".encode() in connection.body(answered(connection, 413))


def chunked(body: bytes) -> bytes:
    """Frame a body in uneven chunks."""
    sizes = random.Random(len(body))
    framed = []
    start = 0
    while start < len(body):
        data = body[start : start + sizes.choice([1, 100, 5000, 100_000])]
        framed.append(b"%x\r\n%b\r\n" % (len(data), data))
        start += len(data)
    return b"".join([*framed, b"0\r\n\r\n"])


@pytest.mark.parametrize(
    ("options", "scheme"),
    [
        ((), "https"),
        (("--trusted-proxy=127.0.0.1", "--trusted-proxy-headers=x-forwarded-proto"), "http"),
        (("--no-clear-untrusted-proxy-headers",), "http"),
    ],
    ids=["neither", "server", "middleware"],
)
def test_prefix_middleware_learns_the_scheme_in_either_way(start: Start, options: tuple[str, ...], scheme: str) -> None:
    """By default it finds nothing to read: the server has taken away what nobody vouches for."""
    pytest.importorskip("paste.deploy")
    server = start(
        "recorder:behind_middleware",
        "--call",
        "--url-scheme=https",
        *options,
        PYTHONPATH=str(Path(__file__).parent),
    )
    with proxied("nginx", Upstream(server.port, server.port)) as site, site.connect() as connection:
        assert ask(connection, "GET", "/")["scheme"] == scheme
