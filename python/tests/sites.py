"""Sites made of a real proxy and a server that records, and what a test asks of them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from conftest import serving
from proxies import KINDS, STREAMS, Upstream, folder_for_all, running
from recorder import MEMORY
from wire import Connection, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving import Server

MAX_BODY = 3 * 1024 * 1024
# Where a client comes from, so that its address is not the proxy's.
CLIENT = "127.0.0.9"
# How a proxy reaches the server.
WAYS = ("tcp", "unix")


class Site(NamedTuple):
    """A proxy and the server behind it."""

    kind: str
    port: int
    upstream: Upstream

    def connect(self) -> Connection:
        """Come as a client."""
        return Connection(self.port, source=CLIENT)

    def recorded(self) -> list[dict[str, Any]]:
        """Take what the application was given since the last time, past the proxy."""
        with Connection(self.upstream.address) as direct:
            taken: list[dict[str, Any]] = ask(direct, "GET", MEMORY)
            return taken

    def connections(self) -> set[str]:
        """Name the connections to the server that are open."""
        return open_connections(self.upstream.address)


@contextlib.contextmanager
def recorders(trusted_headers: str) -> Iterator[dict[str, Upstream]]:
    """Run the recording application on a port and on a Unix socket, each beside one under a prefix."""
    python_path = str(Path(__file__).parent)
    with folder_for_all() as folder, contextlib.ExitStack() as servers:

        def start(peer: str, *options: str) -> Server:
            common = [
                f"--max-request-body-size={MAX_BODY}",
                # Wrong, so that what the application sees is what the proxy says.
                "--url-scheme=https",
                f"--trusted-proxy={peer}",
                f"--trusted-proxy-headers={trusted_headers}",
            ]
            return servers.enter_context(serving(folder, "recorder:app", *common, *options, PYTHONPATH=python_path))

        port = start("127.0.0.1").port
        prefixed_port = start("127.0.0.1", "--url-prefix=/wiki").port
        socket = folder / "app.sock"
        # The proxies run as users of their own.
        start("localhost", f"--unix-socket={socket}", "--unix-socket-perms=666")
        yield {"tcp": Upstream(port, prefixed_port), "unix": Upstream(socket, prefixed_port)}


@contextlib.contextmanager
def proxied(kind: str, upstream: Upstream) -> Iterator[Site]:
    """Run a proxy before the server, or skip the test where there is none."""
    proxy = {**KINDS, **STREAMS}[kind]
    missing = proxy.missing()
    if missing is not None:
        pytest.skip(missing)
    with running(proxy, upstream) as port:
        yield Site(kind, port, upstream)


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


def open_connections(address: int | Path) -> set[str]:
    """Sockets that a listening one has accepted and that are established, by their inodes."""
    if isinstance(address, Path):
        rows = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()]
        # The server binds its socket in a hidden place of this folder and moves it then; the kernel knows the former.
        return {row[6] for row in rows if row[5] == "03" and row[-1].startswith(f"{address.parent}/")}
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    rows = [row.split() for table in tables if table.exists() for row in table.read_text().splitlines()]
    return {row[9] for row in rows if row[3] == "01" and row[1].endswith(f":{address:04X}")}
