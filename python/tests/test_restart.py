"""A server makes way for another one, and no client notices."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from crowds import Clients
from probes import DRAINING, READY, ask, ask_until, own_port
from proxies import KINDS, Upstream, free_port, running
from serving import EVENT_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Each process of it has a name; ``/wait`` waits for a file, and says so before.
APPLICATION = """
import os, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))

def app(environ, start_response):
    if environ["PATH_INFO"] == "/wait":
        sys.stderr.write("it waits\\n")
        while not os.path.exists(os.path.join(HERE, "released")):
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["SERVER_INSTANCE"].encode()]
"""

ROLLING = KINDS["haproxy"]._replace(file="haproxy-rolling.cfg")


class Fleet:
    """Servers of one application, each with a name."""

    def __init__(self, folder: Path) -> None:
        """None yet."""
        self._folder = folder
        self._servers: list[Server] = []
        (folder / "fleet.py").write_text(APPLICATION)

    def start(self, name: str, *options: str) -> Server:
        """Start one and wait until it serves."""
        server = Server("fleet:app", *options, environment={"PYTHONPATH": str(self._folder), "SERVER_INSTANCE": name})
        self._servers.append(server)
        server.wait_until_ready()
        return server

    def kill(self) -> None:
        """End all."""
        for server in self._servers:
            server.kill()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    servers = Fleet(tmp_path)
    try:
        yield servers
    finally:
        servers.kill()


def terminate(server: Server) -> None:
    """Tell it to end."""
    os.kill(server.process.pid, signal.SIGTERM)


class TestDelayOfTheEnd:
    """``drain_delay``: not ready at once, and serving as before."""

    def test_serves_new_clients_for_its_time(self, fleet: Fleet) -> None:
        server = fleet.start("one", "--health", "--drain-delay=2")
        begun = time.monotonic()
        terminate(server)
        ask_until(server.port, "/-/ready", DRAINING)
        with Connection(server.port) as client:
            client.ask("GET", "/")
            assert client.answer().body == b"one"
        server.wait_for(r"INFO:waitress:not ready any more, and serving for another 2 s \(drain_delay\)$")
        server.check_ended()
        assert time.monotonic() - begun >= 2

    def test_ends_at_the_second_signal_and_lets_requests_end(self, fleet: Fleet, tmp_path: Path) -> None:
        server = fleet.start("one", "--health", "--drain-delay=600")
        with Connection(server.port) as client:
            client.ask("GET", "/wait")
            server.wait_for("^it waits$")
            terminate(server)
            ask_until(server.port, "/-/ready", DRAINING)
            terminate(server)
            server.wait_for("waiting for 1 request")
            (tmp_path / "released").touch()
            assert client.answer().body == b"one"
        server.check_ended()

    def test_is_followed_by_the_end_at_the_third(self, fleet: Fleet) -> None:
        server = fleet.start("one", "--health", "--drain-delay=600")
        with Connection(server.port) as client:
            client.ask("GET", "/wait")
            server.wait_for("^it waits$")
            terminate(server)
            ask_until(server.port, "/-/ready", DRAINING)
            terminate(server)
            server.wait_for("waiting for 1 request")
            terminate(server)
            assert server.process.wait(EVENT_SECONDS) == 128 + signal.SIGTERM

    def test_is_told_where_health_has_an_address_of_its_own(self, fleet: Fleet) -> None:
        server = fleet.start("one", "--health-listen=127.0.0.1:0", "--drain-delay=600")
        health = own_port(server)
        assert ask(health, "/-/ready") == READY
        terminate(server)
        ask_until(health, "/-/ready", DRAINING)
        with Connection(server.port) as client:
            client.ask("GET", "/")
            assert client.answer().body == b"one"
        terminate(server)
        server.check_ended()


@pytest.mark.skipif(bool(ROLLING.missing()), reason=str(ROLLING.missing()))
class TestBehindHaproxy:
    """It asks each server whether it is ready, once a second."""

    def test_two_servers_are_restarted_one_after_the_other(self, fleet: Fleet) -> None:
        ports = [free_port(), free_port()]
        options = [(f"--listen=127.0.0.1:{port}", "--health", "--drain-delay=3") for port in ports]
        old = [fleet.start(f"old-{index}", *options[index]) for index in range(2)]
        with running(ROLLING, Upstream(*ports)) as port, Clients(f"http://127.0.0.1:{port}/", count=8) as clients:
            for index in range(2):
                clients.wait_for(f"old-{index}")
            for index in range(2):
                terminate(old[index])
                old[index].check_ended()
                fleet.start(f"new-{index}", *options[index])
                clients.wait_for(f"new-{index}")


class TestOnTheSamePort:
    """``reuse_port``: the new server is there before the old one goes."""

    def test_no_connection_is_refused(self, fleet: Fleet) -> None:
        self.replace_again_and_again(fleet, keep=False)

    def test_no_connection_that_is_kept_ends_under_a_request(self, fleet: Fleet) -> None:
        """A client may send at the moment in which an idle connection is closed: with a delay none is idle that is used."""
        self.replace_again_and_again(fleet, "--drain-delay=1", keep=True)

    def replace_again_and_again(self, fleet: Fleet, *more: str, keep: bool) -> None:
        port = free_port()
        options = (f"--listen=127.0.0.1:{port}", "--reuse-port", *more)
        server = fleet.start("server-0", *options)
        with Clients(f"http://127.0.0.1:{port}/", keep=keep) as clients:
            for number in range(1, 4):
                successor = fleet.start(f"server-{number}", *options)
                terminate(server)
                server.check_ended()
                clients.wait_for(f"server-{number}")
                server = successor
