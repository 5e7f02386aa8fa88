"""How a request is stopped that takes too long: in the code of the application, and in no other."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import waitress
from waitress_worker import RequestTimeout, protocol
from waitress_worker.heads import Heads
from waitress_worker.limit import TimeLimit
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
WAIT_SECONDS = 10
ROUNDS = 1000


class Outbox:
    """Keeps what is sent; a part of the server that must not be interrupted."""

    expose_tracebacks = True

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.while_sending: Any = lambda: None
        self.heads = Heads(threading.Lock(), 3)

    def send(self, message: Any, _raw: Any = None) -> None:
        self.while_sending()
        self.sent.append(message)

    post = tell = send

    def flush_soon(self) -> None:
        pass

    def require_worker(self) -> None:
        pass


class Streams:
    """No client has left."""

    gone: frozenset[int] = frozenset()

    def open(self, _request_id: int, exchange: Any) -> None:
        exchange.allowed = 1000

    def close(self, request_id: int) -> None:
        pass


class Stage:
    """One request after the other, each on the thread of the test."""

    def __init__(self) -> None:
        self.limit = TimeLimit(SECONDS, Threads())
        self.outbox = Outbox()

    def run(self, application: Any, request_id: int = 1) -> Any:
        exchange = self.limit.exchange()(self.outbox, Streams(), request_id, "GET")
        return exchange.run(application, {"PATH_INFO": "/"})

    def cut_short_soon(self, begun: threading.Event) -> threading.Thread:
        """Stop the request as soon as it has begun."""

        def cut_short() -> None:
            assert begun.wait(WAIT_SECONDS)
            self.limit.cut_short(1)

        thread = threading.Thread(target=cut_short)
        thread.start()
        return thread


@pytest.fixture(name="stage")
def make_stage() -> Stage:
    return Stage()


def run_for_ever(begun: threading.Event) -> None:
    begun.set()
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        pass


FAILED = (protocol.FAIL, 1, "")


def test_has_a_name_that_applications_can_import() -> None:
    assert waitress.RequestTimeout is RequestTimeout
    assert not issubclass(RequestTimeout, Exception)


def test_tells_the_application(stage: Stage) -> None:
    told: list[float] = []

    def application(environ: Any, start_response: Any) -> Any:
        told.append(environ["waitress.deadline"])
        start_response("200 OK", [])
        return [b"in time"]

    before = time.time()
    assert stage.run(application) == (protocol.RESPONSE, 1, "200 OK", [], b"in time")
    assert before + SECONDS <= told[0] <= time.time() + SECONDS


def test_stops_the_application(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    begun = threading.Event()

    def application(_environ: Any, _start_response: Any) -> Any:
        try:
            run_for_ever(begun)
        except Exception:  # noqa: BLE001 -- that is the question
            pytest.fail("it is no Exception")

    thread = stage.cut_short_soon(begun)
    assert stage.run(application) == FAILED
    thread.join()
    assert caplog.messages == ["RequestTimeout has stopped the application while serving /"]


def test_stops_the_blocks_of_a_body_and_closes_it(stage: Stage) -> None:
    begun = threading.Event()
    closed: list[bool] = []

    def blocks() -> Iterator[bytes]:
        try:
            yield b"first"
            run_for_ever(begun)
        finally:
            closed.append(True)

    def application(_environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return blocks()

    thread = stage.cut_short_soon(begun)
    assert stage.run(application) == FAILED
    thread.join()
    assert closed == [True]
    assert stage.outbox.sent[-1] == (protocol.CHUNK, 1, b"first")


def test_leaves_the_server_alone(stage: Stage) -> None:
    """Until what the application has written is on its way: then the application is stopped."""
    written: list[bool] = []

    def cut_short_and_go_on() -> None:
        stage.limit.cut_short(1)
        for _ in range(1000):
            time.sleep(0)
        written.append(True)

    def application(_environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [])
        stage.outbox.while_sending = cut_short_and_go_on
        write(b"whole")
        pytest.fail("it goes on")

    assert stage.run(application) == FAILED
    assert written
    assert stage.outbox.sent[-1] == (protocol.CHUNK, 1, b"whole")


def test_waits_for_a_head_to_be_made_known(stage: Stage) -> None:
    """The same for a head that the front is to know by number; the next request with it uses the number."""

    def application(_environ: Any, start_response: Any) -> Any:
        stage.outbox.while_sending = cut_short_and_go_on
        start_response("200 OK", [])
        pytest.fail("it goes on")

    def cut_short_and_go_on() -> None:
        stage.limit.cut_short(1)
        for _ in range(1000):
            time.sleep(0)

    for _ in range(2):
        stage.outbox.heads.take("200 OK", [], stage.outbox)  # type: ignore[arg-type]
    assert stage.run(application) == FAILED
    assert stage.outbox.sent == [(protocol.HEAD, 0, "200 OK", [])]
    assert stage.outbox.heads.take("200 OK", [], stage.outbox)[0] == 0  # type: ignore[arg-type]


def test_waits_for_hints_to_be_sent(stage: Stage) -> None:
    """The same for what goes out before the answer."""

    def application(environ: Any, _start_response: Any) -> Any:
        stage.outbox.while_sending = lambda: stage.limit.cut_short(1)
        environ["wsgi.early_hints"]([("Link", "</a.css>")])
        pytest.fail("it goes on")

    exchange = stage.limit.exchange()(stage.outbox, Streams(), 1, "GET")
    environ = {"PATH_INFO": "/", "wsgi.early_hints": exchange}
    assert exchange.run(application, environ) == FAILED
    assert stage.outbox.sent == [(protocol.HINTS, 1, [("Link", "</a.css>")])]


def test_an_application_may_answer_all_the_same(stage: Stage) -> None:
    begun = threading.Event()

    def application(_environ: Any, start_response: Any) -> Any:
        try:
            run_for_ever(begun)
        except RequestTimeout:
            start_response("200 OK", [])
        return [b"late"]

    thread = stage.cut_short_soon(begun)
    assert stage.run(application) == (protocol.RESPONSE, 1, "200 OK", [], b"late")
    thread.join()


@pytest.fixture
def _quick_turns() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_quick_turns")
def test_comes_never_to_another_request(stage: Stage) -> None:
    """However close to its end a request is stopped."""
    running = [0]
    asked: set[int] = set()
    stopped: list[int] = []
    wrong: list[int] = []
    ended = threading.Event()

    def stop_some() -> None:
        while not ended.is_set():
            number = running[0]
            if number % 3 == 0:
                asked.add(number)
                stage.limit.cut_short(number)

    def application(number: int) -> Any:
        def run(_environ: Any, start_response: Any) -> Any:
            running[0] = number
            try:
                for _ in range(20):
                    time.sleep(0)
            except RequestTimeout:
                stopped.append(number)
                if number not in asked:
                    wrong.append(number)
            start_response("200 OK", [])
            return [b"answer"]

        return run

    thread = threading.Thread(target=stop_some)
    thread.start()
    try:
        for number in range(1, ROUNDS):
            answer = stage.run(application(number), number)
            assert answer[0] in {protocol.RESPONSE, protocol.FAIL}
            assert answer[0] == protocol.RESPONSE or number in asked
    finally:
        ended.set()
        thread.join()
    assert not wrong
    assert stopped
