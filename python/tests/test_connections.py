"""Keep-alive, HEAD, slow clients: what happens on the connection around the pages."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from typing import TYPE_CHECKING

import pytest
import requests
from performers import KINDS, Kind, Performer, performing, script
from probes import halt
from wire import Connection, Head

if TYPE_CHECKING:
    from pathlib import Path

    from boards import Visitor
    from conftest import Start
    from serving import Server

CHANGING = {"date", "set-cookie", "vary"}


def lasting(head: Head) -> list[tuple[str, str]]:
    """Fields that two answers to the same question share."""
    return sorted((name.lower(), value) for name, value in head.fields if name.lower() not in CHANGING)


class TestKeepAlive:
    """One connection for many requests."""

    def test_serves_a_whole_visit(self, visitor: Visitor) -> None:
        """Forms, redirects, errors of the framework, uploads, streams."""
        visitor.get("")
        visitor.log_in("ada", "wrong")
        visitor.log_in()
        visitor.add_note("kept alive")
        assert visitor.upload("kept.bin", b"kept" * 100_000).ok
        assert visitor.get("files/kept.bin").headers["Transfer-Encoding"] == "chunked"
        assert visitor.head("files/kept.bin").ok
        assert visitor.get("raw/kept.bin").content == b"kept" * 100_000
        assert visitor.get("no-such-page").status_code == requests.codes.not_found
        assert visitor.get("board").ok
        assert visitor.connections() == 1

    def test_answers_pipelined_requests_in_order(self, board: Server) -> None:
        """Also when an earlier one takes longer."""
        with Connection(board.port) as connection:
            connection.send(
                b"GET /slow?seconds=0.2 HTTP/1.1\r\nHost: a\r\n\r\n"
                b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n"
                b"GET /slow?seconds=0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            bodies = [connection.body(connection.head()) for _ in range(3)]
            assert bodies[0] == b"waited 0.2 s\n"
            assert bodies[1].startswith(b"body {")
            assert bodies[2] == b"waited 0.0 s\n"
            assert connection.rest() == b""


class TestHead:
    """The head of GET, and nothing after it."""

    @pytest.mark.parametrize("target", ["/login", "/style.css", "/files/head.bin", "/raw/head.bin"])
    def test_is_that_of_get_without_a_body(self, member: Visitor, board: Server, target: str) -> None:
        """The very next bytes are the next answer's."""
        member.upload("head.bin", b"body" * 50_000)
        with Connection(board.port) as connection:
            for method in ("GET", "HEAD", "GET"):
                connection.ask(method, target, member.cookie_field())
            first = connection.head()
            body = connection.body(first)
            assert body
            bodiless = connection.head()
            assert bodiless.status == first.status == requests.codes.ok
            last = connection.head()
            assert len(connection.body(last)) == len(body)
            assert lasting(bodiless) == lasting(first) == lasting(last)


class TestSlowClients:
    """Who sends slowly holds no thread."""

    def test_delay_nobody_while_they_send(self, start: Start, application: str) -> None:
        """Five half requests, one thread, and a sixth client that is served before them."""
        server = start(application, "--threads=1")
        body = b"name=" + b"a" * 1000
        with contextlib.ExitStack() as connections:
            slow = [connections.enter_context(Connection(server.port)) for _ in range(5)]
            for connection in slow:
                connection.ask(
                    "POST",
                    "/login",
                    f"Content-Length: {len(body)}",
                    "Content-Type: application/x-www-form-urlencoded",
                )
                connection.send(body[:500])
            with Connection(server.port) as quick:
                quick.ask("GET", "/login")
                assert quick.head().status == requests.codes.ok
            for connection in slow:
                connection.send(body[500:])
                assert connection.head().status == requests.codes.forbidden

    def test_may_send_byte_by_byte(self, board: Server) -> None:
        """However the request is cut into packets."""
        with Connection(board.port) as connection:
            for byte in b"GET /slow?seconds=0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n":
                connection.send(bytes([byte]))
            assert connection.body(connection.head()) == b"waited 0.0 s\n"


@pytest.mark.parametrize("performer", [kind for kind in KINDS if kind.transport == "tcp"], indirect=True, ids=str)
class TestClientDisconnected:
    """What ``waitress.client_disconnected`` tells an application at work."""

    def test_knows_of_a_reset(self, performer: Performer) -> None:
        seen = len(performer.server.lines)
        with performer.connect() as connection:
            connection.ask("GET", script("outlast; start=200 OK; list"))
            performer.server.wait_for("^outlasts$", since=seen)
            connection.reset_on_close()
        performer.server.wait_for("^gone$", since=seen)

    def test_is_not_said_of_a_client_that_closes_its_side(self, performer: Performer) -> None:
        """It still reads."""
        name = secrets.token_hex()
        with performer.connect() as connection:
            connection.ask("GET", script(f"await={name}; start=200 OK; iterate; item=a; item=b"))
            connection.end_output()
            performer.server.wait_for(f"awaits {name}$")
            performer.perform(f"release={name}; start=200 OK; list")
            assert connection.body(connection.head()) == b"ab"


@pytest.mark.parametrize("kind", KINDS, ids=str)
class TestClientDisconnectedWithALookahead:
    """With ``channel_request_lookahead`` the end of what a client sends counts, as in Waitress."""

    OUTLAST = script("outlast; start=200 OK; list; item=a")

    def test_knows_of_a_client_that_has_left(self, kind: Kind, tmp_path: Path) -> None:
        """An ordinary close; no write has failed yet."""
        with performing(kind, tmp_path, "--channel-request-lookahead=1") as performer:
            with performer.connect() as connection:
                connection.ask("GET", self.OUTLAST)
                performer.server.wait_for("^outlasts$")
            performer.server.wait_for("^gone$")

    def test_is_said_of_a_client_that_closes_its_side_and_gets_its_answers(self, kind: Kind, tmp_path: Path) -> None:
        """Also by a request that begins after that."""
        with performing(kind, tmp_path, "--channel-request-lookahead=2") as performer:
            with performer.connect() as connection:
                for _ in range(3):
                    connection.ask("GET", self.OUTLAST)
                connection.end_output()
                for _ in range(3):
                    assert connection.body(connection.head()) == b"a"
            performer.server.wait_for("^gone$", count=3)

    def test_is_said_of_one_request_only(self, kind: Kind, tmp_path: Path) -> None:
        with performing(kind, tmp_path, "--channel-request-lookahead=1", "--threads=1") as performer:
            for _ in range(3):
                with performer.connect() as connection:
                    connection.ask("GET", script("start=200 OK; list; item=a"))
                    connection.end_output()
                    assert connection.body(connection.head()) == b"a"
            name = secrets.token_hex()
            with performer.connect() as connection:
                connection.ask("GET", script(f"disconnected={name}; start=200 OK; list"))
                connection.head()
            performer.server.wait_for(f"{name} False$")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.transport == "tcp"], ids=str)
def test_a_server_that_has_rested_itself_reads_before_it_closes(kind: Kind, tmp_path: Path) -> None:
    """Once 16 requests were lost after a pause: their connections were swept as idle."""
    options = ("--channel-timeout=1", "--cleanup-interval=1", "--connection-limit=400")
    with performing(kind, tmp_path, *options) as performer, contextlib.ExitStack() as clients:
        connections = [clients.enter_context(performer.connect()) for _ in range(200)]
        for connection in connections:
            connection.ask("GET", script("start=200 OK; list; item=a"))
            assert connection.body(connection.head()) == b"a"
        front = performer.server.process.pid
        halt(front)
        try:
            for connection in connections:
                connection.ask("GET", script("start=200 OK; list; item=b"))
            time.sleep(2.2)  # longer than channel_timeout and cleanup_interval together
        finally:
            os.kill(front, signal.SIGCONT)
        for connection in connections:
            assert connection.body(connection.head()) == b"b"
