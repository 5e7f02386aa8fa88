"""Applications without measure, in Python and in Java: each costs its own request, and no thread, worker or server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests
from conftest import serving
from performers import APPS, classes
from serving import EVENT_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Of a traceback, with the lines that a log puts around it.
MOST_LOGGED = 80_000

LANGUAGES = ["python", "java"]
THREADS = 4


def excessive(language: str, folder: Path, *options: str) -> Iterator[Server]:
    options = (f"--threads={THREADS}", "--expose-tracebacks", *options)
    if language == "python":
        with serving(folder, "excessive:app", *options, PYTHONPATH=str(APPS)) as server:
            yield server
    else:
        with serving(folder, "--app-class=Excessive", *options, CLASSPATH=str(classes(folder))) as server:
            yield server


@pytest.fixture(name="server", scope="module", params=LANGUAGES)
def run_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from excessive(request.param, tmp_path_factory.mktemp("excess"))


def is_python(server: Server) -> bool:
    return server.application.startswith("excessive")


def fetch(server: Server, path: str, **more: bytes) -> requests.Response:
    return requests.request("POST" if more else "GET", server.url + path, timeout=EVENT_SECONDS, **more)


def check_all_threads(server: Server) -> None:
    for _ in range(2 * THREADS):
        assert fetch(server, "ok").text == "ok"


@pytest.mark.parametrize(
    "path",
    [
        "text?3000000",
        "text?20000000",
        "chain?5000",
        "nested?900",
        "group?5000",
        "silent",
        "recursion",
        "syntax?9000000",
    ],
)
def test_a_failure_with_a_long_story_is_cut_in_log_and_answer(server: Server, path: str) -> None:
    if not is_python(server) and path.split("?", maxsplit=1)[0] in {"nested", "group", "syntax"}:
        pytest.skip("nothing of Java's")
    seen = len(server.lines)
    answer = fetch(server, path)
    assert answer.status_code == requests.codes.server_error
    assert len(answer.content) < MOST_LOGGED
    server.wait_for(f"Exception while serving /{path.split('?', maxsplit=1)[0]}$", since=seen)
    if path.startswith("text"):
        assert "begin xxx" in answer.text
        assert "xxx end" in answer.text
    if path.startswith("chain"):
        assert "number 4999" in answer.text
    check_all_threads(server)
    assert sum(map(len, server.lines[seen:])) < MOST_LOGGED


def test_a_failure_over_a_large_upload_takes_nothing_down(tmp_path: Path) -> None:
    """With one worker and the default heap of the front; the text of the exception is all that was sent."""
    with serving(tmp_path, "excessive:app", PYTHONPATH=str(APPS)) as server:
        for _ in range(3):
            assert fetch(server, "upload", data=b"y" * 30_000_000).status_code == requests.codes.server_error
        check_all_threads(server)
        assert len(server.log) < 3 * MOST_LOGGED
        assert not re.search(r"worker \d+ (is|was|broke|ended)", server.log)


@pytest.mark.parametrize("path", ["value?16000000", "value?1100000", "values?11000", "values?300000", "reason?70000"])
def test_a_head_beyond_the_bound_is_500(server: Server, path: str) -> None:
    seen = len(server.lines)
    answer = fetch(server, path)
    assert answer.status_code == requests.codes.server_error
    assert re.search("limit (1048576|65536)", answer.text)
    check_all_threads(server)
    assert sum(map(len, server.lines[seen:])) < MOST_LOGGED


@pytest.mark.parametrize(("path", "count"), [("value?1000000", 1), ("values?9000", 9000)])
def test_a_head_within_the_bound_is_sent(server: Server, path: str, count: int) -> None:
    with Connection(server.port) as connection:
        connection.ask("GET", "/" + path)
        head = connection.head()
        assert len(head.all("X")) == count
        assert connection.body(head) == b"ok"


class TestABodyThatNobodySees:
    """As often as there are threads, and twice: then the server must still answer."""

    @pytest.mark.parametrize("name", ["stream", "full", "late"])
    def test_of_head_is_closed_at_once(self, server: Server, name: str) -> None:
        if name == "late" and not is_python(server):
            pytest.skip("Java has no generators")
        seen = len(server.lines)
        for _ in range(2 * THREADS):
            answer = requests.head(server.url + name, timeout=EVENT_SECONDS)
            assert answer.status_code == requests.codes.ok
        server.wait_for(f"closed {name}", since=seen, count=2 * THREADS)
        check_all_threads(server)

    @pytest.mark.parametrize("status", [204, 205, 304])
    def test_of_a_status_without_one_is_closed_with_a_warning(self, server: Server, status: int) -> None:
        seen = len(server.lines)
        for _ in range(2 * THREADS):
            answer = fetch(server, f"bodiless?{status}")
            assert (answer.status_code, answer.content) == (status, b"")
        server.wait_for("closed bodiless", since=seen, count=2 * THREADS)
        server.wait_for(rf"may not contain a message-body: \({status} Hm\)", since=seen, count=2 * THREADS)
        check_all_threads(server)

    def test_behind_the_stated_length_is_closed_with_a_warning(self, server: Server) -> None:
        seen = len(server.lines)
        for _ in range(2 * THREADS):
            assert fetch(server, "full").text == "tick\n"
        server.wait_for("closed full", since=seen, count=2 * THREADS)
        server.wait_for(
            r"exceeded the number of bytes specified by Content-Length header \(5\)", since=seen, count=2 * THREADS
        )
        check_all_threads(server)

    @pytest.mark.parametrize("name", ["stream", "empty"])
    def test_whose_client_is_gone_is_closed(self, server: Server, name: str) -> None:
        seen = len(server.lines)
        for number in range(2 * THREADS):
            with Connection(server.port) as connection:
                connection.ask("GET", "/" + name)
                server.wait_for(f"began {name}", since=seen, count=number + 1)  # else it may never be asked for
                if name == "stream":
                    connection.head()
                else:
                    connection.reset_on_close()  # one that just closes may still wait for its answer
        server.wait_for(f"closed {name}", since=seen, count=2 * THREADS)
        check_all_threads(server)


class TestStatus:
    @pytest.mark.parametrize("status", [600, 799, 999])
    def test_beyond_those_of_http_is_sent_with_one_warning(self, server: Server, status: int) -> None:
        seen = len(server.lines)
        for _ in range(3):
            answer = fetch(server, f"status?{status}")
            assert (answer.status_code, answer.text) == (status, "ok")
        server.wait_for(f"status {status}, which is none of HTTP", since=seen)
        assert "".join(server.lines[seen:]).count(f"status {status}") == 1

    @pytest.mark.parametrize("status", [0, 99, 100, 101, 199, 1000])
    def test_that_is_none_of_an_answer_is_500(self, server: Server, status: int) -> None:
        assert fetch(server, f"status?{status}").status_code == requests.codes.server_error

    def test_205_has_no_body_and_says_so(self, server: Server) -> None:
        """RFC 9110 §15.3.6; the connection goes on."""
        with Connection(server.port) as connection:
            for _ in range(2):
                connection.ask("GET", "/status?205")
                head = connection.head()
                assert (head.status, head.one("Content-Length")) == (205, "0")
                assert head.one("Transfer-Encoding") is None


def test_an_array_that_is_filled_again_is_sent_as_it_was(server: Server) -> None:
    if is_python(server):
        pytest.skip("see test_careless.py")
    for _ in range(20):
        assert fetch(server, "reused").text == "".join(4 * letter for letter in "abcdefgh")
