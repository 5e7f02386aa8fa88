"""The server behind real proxies, which run with the configuration that docs/proxies tells users to copy."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from conftest import serving
from proxies import KINDS, Proxy, Upstream, folder_for_all, running
from recorder import MEMORY, large, shown
from wire import Connection, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving import Server

MEBIBYTE = 1024 * 1024
MAX_BODY = 3 * MEBIBYTE
RECORDER = "recorder:app"
LIMIT = f"--max-request-body-size={MAX_BODY}"
# Where a client comes from, so that its address is not the proxy's.
CLIENT = "127.0.0.9"

needs_linux = pytest.mark.skipif(
    not Path("/proc/net/unix").exists(), reason="the connections of a server are read from /proc/net"
)


class Site(NamedTuple):
    """A proxy and the server behind it."""

    proxy: Proxy
    upstream: Upstream

    def connect(self) -> Connection:
        """Come as a client."""
        return Connection(self.proxy.port, source=CLIENT)

    def recorded(self) -> list[dict[str, Any]]:
        """Take what the application was given since the last time, past the proxy."""
        with Connection(self.upstream.address) as direct:
            return ask(direct, "GET", MEMORY)

    def connections(self) -> set[str]:
        """Name the connections to the server that are open."""
        return open_connections(self.upstream.address)


def open_connections(address: int | Path) -> set[str]:
    """Sockets that a listening one has accepted and that are established, by their inodes."""
    table = Path("/proc/net/unix" if isinstance(address, Path) else "/proc/net/tcp")
    rows = [row.split() for row in table.read_text().splitlines()[1:]]
    if isinstance(address, Path):
        return {row[6] for row in rows if row[5] == "03" and row[-1] == str(address)}
    tcp6 = Path("/proc/net/tcp6")
    rows += [row.split() for row in tcp6.read_text().splitlines()[1:]] if tcp6.exists() else []
    return {row[9] for row in rows if row[3] == "01" and row[1].endswith(f":{address:04X}")}


def ask(connection: Connection, method: str, target: str, *fields: str, body: bytes = b"") -> Any:
    """Send a request, and read the JSON of its answer."""
    connection.ask(method, target, *fields)
    connection.send(body)
    return json.loads(connection.body(answered(connection, 200)))


def answered(connection: Connection, status: int) -> Head:
    """Read a head that has this status."""
    head = connection.head()
    assert head.status == status, head
    return head


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with folder_for_all() as made:
        yield made


@pytest.fixture(scope="module")
def upstreams(folder: Path) -> Iterator[dict[str, Upstream]]:
    """Run the recorder on a port, on a Unix socket, and under a prefix."""
    socket = folder / "app.sock"
    python_path = str(Path(__file__).parent)
    with ExitStack() as servers:

        def start(*options: str) -> Server:
            return servers.enter_context(serving(folder, RECORDER, LIMIT, *options, PYTHONPATH=python_path))

        port = start().port
        prefixed_port = start("--url-prefix=/wiki").port
        # The proxies run as users of their own.
        start(f"--unix-socket={socket}", "--unix-socket-perms=666")
        yield {"tcp": Upstream(port, prefixed_port), "unix": Upstream(socket, prefixed_port)}


@pytest.fixture(scope="module", params=[(kind, way) for kind in KINDS for way in ("tcp", "unix")], ids="-".join)
def site(request: pytest.FixtureRequest, upstreams: dict[str, Upstream]) -> Iterator[Site]:
    """Run each proxy in turn, before each upstream."""
    kind, way = request.param
    missing = KINDS[kind].missing()
    if missing is not None:
        pytest.skip(missing)
    with running(kind, upstreams[way]) as proxy:
        yield Site(proxy, upstreams[way])


class TestRequests:
    """What the application is given of them."""

    def test_keep_their_target_and_host(self, site: Site) -> None:
        with site.connect() as connection:
            request = ask(connection, "GET", "/a%20b/c?d=e%2Ff&g")
        assert request["target"] == "/a%20b/c?d=e%2Ff&g"
        assert (request["script_name"], request["path"]) == ("", "/a b/c")
        assert request["fields"]["HTTP_HOST"] == "localhost"

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
        if site.proxy.kind == "lighttpd":
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
