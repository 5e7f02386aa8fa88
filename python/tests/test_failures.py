"""Applications that fail or dawdle, and what their neighbours notice: nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from boards import Visitor
from performers import APPS
from serving import EVENT_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start


class TestException:
    """Raised by the application, through its framework, to the server."""

    def test_before_the_answer_is_500_and_logged(self, visitor: Visitor, board: Server) -> None:
        """The client learns nothing of the inside; the log has it all."""
        seen = len(board.lines)
        answer = visitor.get("error?x=1")
        assert answer.status_code == requests.codes.server_error
        assert "unexpected internal server error" in answer.text
        assert "Traceback" not in answer.text
        assert "fell down" not in answer.text
        board.wait_for(r"Exception while serving /error$", since=seen)
        board.wait_for(r"RuntimeError: the board fell down$", since=seen)
        logged = "".join(board.lines[seen:])
        assert logged.count("Traceback (most recent call last):") == 1
        assert re.search(r'File ".*_board\.py", line \d+, in error\n', logged)
        assert visitor.get("login").ok

    def test_within_the_answer_cuts_the_connection(self, visitor: Visitor, board: Server) -> None:
        """So that half an answer is never taken for a whole one."""
        seen = len(board.lines)
        with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
            visitor.get("error?after=3")
        board.wait_for(r"Exception while serving /error$", since=seen)
        board.wait_for(r"RuntimeError: the board fell down after 3 pieces$", since=seen)
        assert visitor.get("login").ok

    def test_is_shown_to_the_client_on_request(self, start: Start, application: str) -> None:
        """For development only."""
        server = start(application, "--expose-tracebacks")
        with Visitor(server.url) as visitor:
            answer = visitor.get("error")
        assert answer.status_code == requests.codes.server_error
        assert "RuntimeError: the board fell down" in answer.text

    def test_among_many_hurts_only_its_own_request(self, visitor: Visitor) -> None:
        """Failures and pages side by side on the same threads."""

        def fetch(number: int) -> bool:
            with Visitor(visitor.url) as other:
                if number % 2:
                    return "internal server error" in other.get("error").text
                return "Log in" in other.get("login").text

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(fetch, range(40)))


class TestSlowPage:
    """Order of completion: whoever is quick overtakes."""

    def test_keeps_nobody_waiting(self, visitor: Visitor, board: Server) -> None:
        """Three of four threads wait; the rest of the world goes on."""
        seen = len(board.lines)
        with ThreadPoolExecutor(3) as pool:
            slow = [pool.submit(self._fetch, visitor.url, 3) for _ in range(3)]
            board.wait_for("slow page: 3.0 s", since=seen, count=3)
            for _ in range(20):
                assert visitor.get("login").ok
            assert not any(answer.done() for answer in slow)
            assert [answer.result() for answer in slow] == ["waited 3.0 s\n"] * 3

    def test_is_overtaken_by_requests_that_came_with_it(self, board: Server) -> None:
        """All in the same moment, so that they may reach one worker in one batch."""
        requests_at_once = [f"/slow?seconds={seconds}" for seconds in (2, 0, 0, 0)]
        connections = [Connection(board.port) for _ in requests_at_once]
        try:
            for connection, target in zip(connections, requests_at_once, strict=True):
                connection.ask("GET", target)
            order = []
            with ThreadPoolExecutor(len(connections)) as pool:

                def read(number: int) -> None:
                    connection = connections[number]
                    connection.body(connection.head())
                    order.append(number)

                list(pool.map(read, range(len(connections))))
            assert order[-1] == 0
        finally:
            for connection in connections:
                connection.__exit__(None, None, None)

    @staticmethod
    def _fetch(url: str, seconds: float) -> str:
        with Visitor(url) as visitor:
            return visitor.get(f"slow?seconds={seconds}").text


def test_a_body_that_cannot_be_opened_is_500_and_the_thread_goes_on(start: Start) -> None:
    """With one thread, so that nobody else could answer the next request."""
    server = start("unreadable:app", "--threads=1", "--inbuf-overflow=2", PYTHONPATH=str(APPS))
    for _ in range(2):
        assert requests.post(server.url, data=b"ab", timeout=EVENT_SECONDS).status_code == requests.codes.server_error
    assert requests.post(server.url, data=b"a", timeout=EVENT_SECONDS).text == "1"
    server.wait_for(r"OSError: \[Errno 24\] Too many open files")


def test_logging_of_the_application_that_disables_other_loggers_loses_no_traceback(start: Start) -> None:
    """What it says of our logger itself counts."""
    server = start("silenced:app", PYTHONPATH=str(APPS))
    for path in ("first", "later", "again"):
        assert requests.get(server.url + path, timeout=EVENT_SECONDS).status_code == requests.codes.server_error
        server.wait_for(f"RuntimeError: failed /{path}$")
    requests.get(server.url + "silence", timeout=EVENT_SECONDS)
    assert requests.get(server.url, timeout=EVENT_SECONDS).text == "ok"
    assert "failed /silence" not in server.log


def test_a_standard_output_that_is_closed_makes_no_500(tmp_path: Path) -> None:
    """Java opens files under the free numbers, and hands them down."""
    command = [*Server.command("silenced:app")]
    shell = ["sh", "-c", 'exec "$@" <&- >&-', "sh", *command]

    class Closed(Server):
        @staticmethod
        def command(_application: str, *_options: str) -> list[str]:
            return shell

    server = Closed("silenced:app", environment={"PYTHONPATH": str(APPS), "TMPDIR": str(tmp_path)})
    try:
        for _ in range(3):
            assert requests.get(server.url, timeout=EVENT_SECONDS).text == "ok"
        server.stop()
    finally:
        server.kill()
