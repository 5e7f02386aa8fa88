"""``wsgi.early_hints``: what clients and proxies learn before the answer (RFC 8297)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import pytest
from performers import APPS, script
from proxies import KINDS, Upstream, running
from streams2 import Client
from wire import Connection, Head

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start
    from performers import Performer
    from serving import Server

HINT = "header=Link:</a.css>; hint"
ANSWER = "header=X-Own:1; start=200 OK; list; item=answer"
#: Interim answers to one request, and bytes of one of them with what divides its fields.
MOST = 16
MOST_BYTES = 8192


def is_hint(head: Head) -> bool:
    return head.version == "HTTP/1.1" and head.status == HTTPStatus.EARLY_HINTS


def check_answer(connection: Connection) -> None:
    """It has nothing of what was said before."""
    head = connection.head()
    assert head.status == HTTPStatus.OK
    assert head.one("Link") is None
    assert head.one("X-Own") == "1"
    assert connection.body(head) == b"answer"


class TestOverHttp1:
    def test_come_while_the_application_works(self, performer: Performer) -> None:
        with performer.connect() as connection, performer.connect() as other:
            connection.ask("GET", script(f"{HINT}; await=hinted; {ANSWER}"))
            head = connection.head()
            assert is_hint(head)
            assert head.fields == [("Link", "</a.css>")]
            other.ask("GET", script(f"release=hinted; {ANSWER}"))
            check_answer(other)
            check_answer(connection)

    @pytest.mark.parametrize("count", [MOST - 1, MOST, MOST + 1])
    def test_are_so_many(self, performer: Performer, count: int) -> None:
        with performer.connect() as connection:
            connection.ask("GET", script("; ".join([*[HINT] * count, ANSWER])))
            for _ in range(min(count, MOST)):
                assert is_hint(connection.head())
            check_answer(connection)

    @pytest.mark.parametrize("beyond", [-1, 0, 1])
    def test_are_so_large(self, performer: Performer, beyond: int) -> None:
        value = "x" * (MOST_BYTES - len("A: \r\n") + beyond)
        with performer.connect() as connection:
            connection.ask("GET", script(f"header=A:{value}; hint; {ANSWER}"))
            head = connection.head()
            assert is_hint(head) == (beyond <= 0)
            if beyond > 0:
                assert head.status == HTTPStatus.INTERNAL_SERVER_ERROR
                performer.server.wait_for(f"header fields of {MOST_BYTES + 1} bytes, limit {MOST_BYTES}")

    def test_come_in_the_order_of_the_requests(self, performer: Performer) -> None:
        """What a later request is told waits for its turn, as the request does."""
        with performer.connect() as connection:
            for name in "ab":
                connection.ask("GET", script(f"header=Link:</{name}>; hint; {ANSWER}"))
            for name in "ab":
                assert connection.head().fields == [("Link", f"</{name}>")]
                check_answer(connection)

    def test_come_behind_the_leave_to_send_a_body(self, performer: Performer) -> None:
        """Requests are complete before their application runs."""
        with performer.connect() as connection:
            connection.ask("GET", script(f"{HINT}; {ANSWER}"), "Expect: 100-continue", "Content-Length: 2")
            assert connection.head().status == HTTPStatus.CONTINUE
            connection.send(b"hi")
            assert is_hint(connection.head())
            check_answer(connection)

    def test_do_no_harm_behind_a_client(self, performer: Performer) -> None:
        """That has left meanwhile."""
        if performer.kind.transport == "unix":
            pytest.skip("a Unix socket has no reset")
        with performer.connect() as connection:
            connection.ask("GET", script(f"outlast; {HINT}; {ANSWER}"))
            performer.server.wait_for("outlasts")
            connection.reset_on_close()
        assert performer.perform(ANSWER).body == b"answer"

    @pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
    @pytest.mark.parametrize("protocol", ["http1.1", "http2", "http1.0"])
    def test_are_understood_by_curl(self, start: Start, protocol: str) -> None:
        server = start("performer:app", "--self-signed", PYTHONPATH=str(APPS))
        url = server.url[:-1] + script(f"{HINT}; {ANSWER}")
        shown = subprocess.run(
            ["curl", "-sik", f"--{protocol}", url], capture_output=True, text=True, check=True
        ).stdout.lower()
        assert (" 103 " in shown) == (protocol != "http1.0")
        assert shown.count("link: </a.css>") == (protocol != "http1.0")
        assert " 200 " in shown
        assert shown.endswith("\n\nanswer")


def test_the_lookahead_changes_no_order(start: Start) -> None:
    server = start("performer:app", "--channel-request-lookahead=5", PYTHONPATH=str(APPS))
    with Connection(server.address) as connection:
        for name in "abc":
            connection.ask("GET", script(f"header=Link:</{name}>; hint; {ANSWER}"))
        for name in "abc":
            assert connection.head().fields == [("Link", f"</{name}>")]
            check_answer(connection)


class TestOverHttp2:
    @pytest.fixture(params=["python", "java"])
    def server(self, request: pytest.FixtureRequest, start: Start, tmp_path: Path) -> Server:
        if request.param == "java":
            from performers import classes  # noqa: PLC0415 -- it may skip

            return start("--app-class=Performer", "--http2-cleartext", CLASSPATH=str(classes(tmp_path)))
        return start("performer:app", "--http2-cleartext", PYTHONPATH=str(APPS))

    def test_come_while_the_application_works(self, server: Server) -> None:
        with Client(server.port) as client:
            client.send(client.request(1, script(f"{HINT}; {HINT}; await=hinted; {ANSWER}")))
            client.read_until(lambda: len(client.hints[1]) == 2)
            assert client.hints[1] == [[(":status", "103"), ("link", "</a.css>")]] * 2
            assert client.get(3, script(f"release=hinted; {ANSWER}")).body == b"answer"
            answer = client.answer(1)
            assert answer.status == HTTPStatus.OK
            assert ("x-own", "1") in answer.fields
            assert "link" not in dict(answer.fields)
            assert answer.body == b"answer"

    def test_are_passed_over_by_httpx(self, server: Server) -> None:
        with httpx.Client(http1=False, http2=True) as client:
            for _ in range(3):
                assert client.get(server.url[:-1] + script(f"{HINT}; {ANSWER}")).text == "answer"


#: Ends its worker at the first attempt.
MORTAL = """
import os, signal

def app(environ, start_response):
    environ["wsgi.early_hints"]([("Link", "</{}>".format(environ.get("waitress.attempt", 1)))])
    if "waitress.attempt" not in environ and environ["PATH_INFO"] == "/mortal":
        os.kill(os.getpid(), signal.SIGKILL)
    start_response("200 OK", [("X-Own", "1")])
    return [b"answer"]
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
def test_come_twice_where_a_request_runs_twice(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mortal.py").write_text(MORTAL)
    server = start("mortal:app", PYTHONPATH=str(tmp_path))
    with Connection(server.address) as connection:
        connection.ask("GET", "/mortal")
        assert connection.head().fields == [("Link", "</1>")]
        assert connection.head().fields == [("Link", "</2>")]
        check_answer(connection)


def test_are_no_lines_of_the_access_log(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    server = start("performer:app", f"--access-log={log}", PYTHONPATH=str(APPS))
    with Connection(server.address) as connection:
        connection.ask("GET", script(f"{HINT}; {HINT}; {ANSWER}"))
        for _ in range(2):
            assert is_hint(connection.head())
        check_answer(connection)
    server.stop(signal.SIGTERM)
    (line,) = log.read_text().splitlines()
    assert ' HTTP/1.1" 200 6 ' in line


def test_may_be_for_http2_alone(start: Start) -> None:
    """Where a proxy in front does not understand them."""
    server = start("performer:app", "--no-http1-early-hints", "--http2-cleartext", PYTHONPATH=str(APPS))
    with Connection(server.address) as connection:
        connection.ask("GET", script(f"{HINT}; {ANSWER}"))
        check_answer(connection)
    with Client(server.port) as client:
        assert client.get(1, script(f"{HINT}; {ANSWER}")).body == b"answer"
        assert len(client.hints[1]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_come_through_proxies(start: Start, kind: str) -> None:
    """But for nginx: that of before 1.29 needs the setting with which its file begins."""
    missing = KINDS[kind].missing()
    if missing is not None:
        pytest.skip(missing)
    options = ["--no-http1-early-hints"] if kind == "nginx" else []
    server = start("performer:app", "--url-scheme=https", *options, PYTHONPATH=str(APPS))
    with running(KINDS[kind], Upstream(server.port)) as port, Connection(port) as connection:
        for _ in range(3):
            connection.ask("GET", script(f"{HINT}; {ANSWER}"))
            if kind != "nginx":
                assert connection.head().one("Link") == "</a.css>"
            check_answer(connection)
