"""Applications that go on using what they have given away; nobody but themselves may suffer from it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from conftest import serving
from performers import APPS
from serving import EVENT_SECONDS
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from serving import Server

WORKER_DIED = r"worker \d+ (broke|was lost|ended|was killed)"


@pytest.fixture(name="server", scope="module")
def run_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("careless")
    with serving(folder, "careless:app", "--threads=4", PYTHONPATH=str(APPS)) as server:
        yield server


def fetch(server: Server, path: str, **more: bytes) -> requests.Response:
    return requests.request("POST" if more else "GET", server.url + path, timeout=EVENT_SECONDS, **more)


class TestHeaders:
    def test_of_a_list_that_is_filled_again_are_those_of_their_own_request(self, server: Server) -> None:
        """All in one batch, beside a request that keeps their answers from leaving at once."""
        with ThreadPoolExecutor(2) as pool:
            slow = pool.submit(fetch, server, "hold")
            with Connection(server.port) as connection:
                for number in range(200):
                    connection.ask("GET", f"/{number}")
                for number in range(200):
                    head = connection.head()
                    assert head.one("Set-Cookie") == f"n={number}"
                    assert connection.body(head) == str(number).encode()
            assert fetch(server, "let_go").text == "let go"
            assert slow.result().text == "held"

    def test_between_clients_are_not_mixed_up(self, server: Server) -> None:
        def ask(number: int) -> bool:
            answer = fetch(server, str(number))
            return answer.text == str(number) and answer.headers["Set-Cookie"] == f"n={number}"

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, range(1000, 1200)))

    @pytest.mark.parametrize("name", ["appended", "streamed", "restarted", "written", "subclasses", "halfway"])
    def test_are_what_they_were_when_the_response_started(self, server: Server, name: str) -> None:
        answer = fetch(server, name)
        assert (answer.status_code, answer.text) == (requests.codes.ok, name)
        assert {key: value for key, value in answer.headers.items() if key.startswith("X-")} == {"X-A": "1"}

    @pytest.mark.parametrize("name", ["unencodable", "wrong_type", "exits"])
    def test_that_cannot_be_sent_fail_their_own_request(self, server: Server, name: str) -> None:
        seen = len(server.lines)
        with Connection(server.port) as good, Connection(server.port) as bad:
            for number in range(20):
                good.ask("GET", f"/{number}")
            bad.ask("GET", "/" + name)
            assert bad.head().status == requests.codes.server_error
            for number in range(20):
                assert good.body(good.head()) == str(number).encode()
        server.wait_for(f"Exception while serving /{name}$", since=seen)


def test_a_buffer_that_is_filled_again_is_sent_as_it_was(server: Server) -> None:
    for _ in range(20):
        assert fetch(server, "reused").text == "".join(2 * (4 * letter) for letter in "abcdefgh")


def test_a_view_of_the_input_that_is_kept_harms_nobody(server: Server) -> None:
    """More often than there are threads."""
    for _ in range(10):
        assert fetch(server, "exported", data=b"x" * 100).text == "exported"


class TestWrite:
    def test_after_the_end_raises(self, server: Server) -> None:
        fetch(server, "late_write")
        assert fetch(server, "late_write").text == "write() was called after the end of the response"

    def test_while_the_response_ends_is_in_it_or_nowhere(self, server: Server) -> None:
        for _ in range(30):
            with Connection(server.port) as connection:
                connection.ask("GET", "/racing_write")
                body = connection.body(connection.head())
                assert body.replace(b".", b"") == b"racing"
                connection.ask("GET", "/7")
                assert connection.body(connection.head()) == b"7"

    def test_in_close_raises_where_the_response_is_whole(self, server: Server) -> None:
        seen = len(server.lines)
        assert fetch(server, "write_in_close").text == "whole"
        server.wait_for("RuntimeError: write\\(\\) was called after the end", since=seen)


def test_no_worker_was_lost_over_it(server: Server) -> None:
    """After all of the above."""
    assert not re.search(WORKER_DIED, server.log)
