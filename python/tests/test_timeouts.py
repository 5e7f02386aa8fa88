"""The time limit for a request: whoever takes longer gets 504, and nobody else notices."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests
from performers import APPS
from serving import EVENT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Start
    from serving import Server
    from typing_extensions import Self

OTHERS = 31
LIMIT = 1
#: Seconds until a client has its answer.
PROMPT = LIMIT + 0.5
GATEWAY_TIMEOUT = 504
REPLACED = "serves in place of worker"
#: How a request hangs, and what the log shows of the code: the line, or the function where that is a matter of chance.
HANGS = {
    "loop": "in loop$",
    "sleep": r"time.sleep\(60\)  # for a minute",
    "lock": r"LOCK.acquire\(\)  # for nothing",
}


@pytest.fixture(name="serve")
def make_serve(start: Start) -> Callable[..., Server]:
    def serve_it(*options: str) -> Server:
        server = start("hanging:app", f"--request-timeout={LIMIT}", *options, PYTHONPATH=str(APPS))
        server.wait_until_ready()
        return server

    return serve_it


class Others:
    """Those who ask for what is quick, all the time."""

    def __init__(self, server: Server, count: int = OTHERS) -> None:
        self.failures: list[str] = []
        self.answered = 0
        self._url = server.url + "quick"
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._end.is_set():
                try:
                    answer = session.get(self._url, timeout=EVENT_SECONDS)
                except requests.RequestException as failure:
                    self.failures.append(repr(failure))
                    continue
                if not answer.text.startswith("quick"):
                    self.failures.append(answer.text)
                self.answered += 1

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()
        assert not self.failures


def hang(server: Server, path: str) -> requests.Response:
    """Ask for what does not end; the answer comes in time, on a busy machine at the third try."""
    for _ in range(3):
        began = time.monotonic()
        answer = requests.get(server.url + path, timeout=EVENT_SECONDS)
        took = time.monotonic() - began
        assert took >= LIMIT
        assert answer.status_code == GATEWAY_TIMEOUT
        assert "longer for this request than it may" in answer.text
        if took < PROMPT:
            return answer
    pytest.fail(f"the answer came after {took} s")


REPLACED_FOR = "is to be replaced: it "


@pytest.mark.parametrize("kind", HANGS)
def test_who_takes_longer_gets_504_and_nobody_else_notices(serve: Callable[..., Server], kind: str) -> None:
    server = serve("--workers=2", "--request-id")
    with Others(server):
        hang(server, kind)
        title = rf"GET /{kind} \(\S+\)"
        server.wait_for(rf"worker \d+: {title} has run for more than 1 s \(request_timeout\): answered with 504")
        server.wait_for(rf"worker \d+ runs {title} here:")
        server.wait_for(HANGS[kind])
        if kind == "loop":
            server.wait_for("RequestTimeout has stopped the application while serving /loop")
        else:
            server.wait_for(f"{REPLACED_FOR}runs {title}, which does not end")
            server.wait_for(REPLACED)
    assert (REPLACED in server.log) == (kind != "loop")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_in_which_nothing_runs_is_replaced_and_its_requests_move_on(
    serve: Callable[..., Server], workers: int
) -> None:
    server = serve(f"--workers={workers}")
    with Others(server):
        hang(server, "gil")
        server.wait_for(r"worker \d+: GET /gil has run for more than 1 s \(request_timeout\): answered with 504")
        server.wait_for(r"worker \d+ does not say where")
        server.wait_for(r'hanging\.py", line \d+ in gil$')
        server.wait_for(f"{REPLACED_FOR}does not answer")
        server.wait_for(REPLACED)


def test_an_answer_that_has_begun_is_cut(serve: Callable[..., Server]) -> None:
    server = serve()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(server.url + "stream", timeout=EVENT_SECONDS)
    server.wait_for(r"GET /stream has run for more than 1 s \(request_timeout\): its connection is cut")
    server.wait_for("RequestTimeout has stopped the application while serving /stream")


def test_what_waits_for_a_thread_moves_on_where_all_of_them_hang(serve: Callable[..., Server]) -> None:
    server = serve("--threads=2", "--shutdown-timeout=100")
    with Others(server):
        hanging = [threading.Thread(target=hang, args=(server, "sleep")) for _ in range(2)]
        for thread in hanging:
            thread.start()
        for thread in hanging:
            thread.join()
        server.wait_for(REPLACED)


@pytest.mark.parametrize("path", ["close_one", "close_one?length", "close_all?length", "past_the_end?length"])
def test_a_thread_that_does_not_come_back_behind_a_whole_answer_is_found(
    serve: Callable[..., Server], path: str
) -> None:
    server = serve("--threads=2", "--shutdown-timeout=100")
    with Others(server):
        for _ in range(2):  # so that no thread is left: what waits for one moves on
            assert requests.get(server.url + path, timeout=EVENT_SECONDS).text == "whole"
        server.wait_for("behind the answer")
        server.wait_for(f"{REPLACED_FOR}runs .*, which does not end")
        server.wait_for(REPLACED)
        assert requests.get(server.url + "quick", timeout=EVENT_SECONDS).text.startswith("quick")


def test_the_application_can_catch_it(serve: Callable[..., Server]) -> None:
    server = serve()
    hang(server, "caught")
    server.wait_for("^caught in time")
    assert requests.get(server.url, timeout=EVENT_SECONDS).text == "quick 1.0"


def test_shows_what_all_threads_do(serve: Callable[..., Server]) -> None:
    server = serve("--request-timeout-stacks=all", "--threads=2")
    threads = [threading.Thread(target=hang, args=(server, path)) for path in ("sleep", "lock")]
    for thread in threads:
        thread.start()
    server.wait_for(r"worker \d+ runs GET /\w+ here:", count=2)
    for thread in threads:
        thread.join()
    assert server.log.count("# for a minute") == server.log.count("# for nothing") >= len(threads)


def test_a_hung_request_does_not_keep_the_server_from_ending(serve: Callable[..., Server]) -> None:
    server = serve()
    hang(server, "sleep")
    server.stop()


def test_there_is_no_limit_by_default(start: Start) -> None:
    server = start("hanging:app", PYTHONPATH=str(APPS))
    assert requests.get(server.url, timeout=EVENT_SECONDS).text == "quick 0.0"
