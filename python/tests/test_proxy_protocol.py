"""The server behind real proxies that hand connections on, with the configuration of docs/proxies."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import serving
from proxies import STREAMS, Upstream, folder_for_all
from recorder import shown
from sites import CLIENT, WAYS, Site, ask, proxied
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving import Server

LIAR = "203.0.113.66"
LIES = (
    f"X-Forwarded-For: {LIAR}",
    f"X-Forwarded-Host: {LIAR}",
    "X-Forwarded-Proto: https",
    f"Forwarded: for={LIAR};host={LIAR};proto=https",
)


@contextlib.contextmanager
def recorder(folder: Path, *options: str) -> Iterator[Server]:
    """Run the recording application for those who name their client."""
    python_path = str(Path(__file__).parent)
    with serving(folder, "recorder:app", "--proxy-protocol", *options, PYTHONPATH=python_path) as server:
        yield server


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, tuple[Upstream, Server]]]:
    """Serve on a port and on a Unix socket."""
    with folder_for_all() as folder:
        socket = folder / "app.sock"
        # The proxies run as users of their own.
        options = ("--trusted-proxy=localhost", f"--unix-socket={socket}", "--unix-socket-perms=666")
        with recorder(folder, "--trusted-proxy=127.0.0.1") as tcp, recorder(folder, *options) as unix:
            yield {"tcp": (Upstream(tcp.port), tcp), "unix": (Upstream(socket), unix)}
            assert not [line for line in tcp.lines + unix.lines if "refused a connection" in line]


@pytest.fixture(scope="module", params=[(kind, way) for kind in STREAMS for way in WAYS], ids="-".join)
def site(request: pytest.FixtureRequest, servers: dict[str, tuple[Upstream, Server]]) -> Iterator[Site]:
    """Run each proxy in turn, before each server."""
    kind, way = request.param
    with proxied(kind, servers[way][0]) as made:
        yield made


@pytest.mark.parametrize("fields", [(), LIES], ids=["honest", "lying"])
def test_requests_are_their_clients(site: Site, fields: tuple[str, ...]) -> None:
    """What the client says of itself is neither believed nor passed on."""
    with site.connect() as connection:
        for _ in range(3):
            request = ask(connection, "GET", "/mine", *fields)
            assert (request["address"], request["port"]) == (CLIENT, str(connection.port))
            assert request["scheme"] == "http"
            assert request["fields"] == {"HTTP_HOST": "localhost"}


def test_clients_have_connections_of_their_own(site: Site) -> None:
    with site.connect() as one, Connection(site.port) as another:
        for _ in range(2):
            assert ask(one, "GET", "/")["address"] == CLIENT
            assert ask(another, "GET", "/")["address"] == "127.0.0.1"


def test_what_follows_arrives_whole(site: Site) -> None:
    body = random.Random(1).randbytes(1024 * 1024)
    with site.connect() as connection:
        request = ask(connection, "POST", "/upload", f"Content-Length: {len(body)}", body=body)
    assert request["body"] == shown(body)


def test_the_servers_port_stays_its_own(site: Site) -> None:
    address = site.upstream.address
    with site.connect() as connection:
        request = ask(connection, "GET", "/")
    assert request["server_port"] == (str(address) if isinstance(address, int) else "80")
