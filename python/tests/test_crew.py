"""When the threads of a worker send what is ready; with a channel that keeps the frames, and a clock that stands still."""

from __future__ import annotations

import logging
import marshal
import os
import queue
import struct
import threading
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from waitress_worker import crew as crew_module
from waitress_worker import heads, protocol
from waitress_worker.board import Board
from waitress_worker.crew import Crew
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_SECONDS = 10
SETTINGS = {
    "environ": {"wsgi.multithread": True},
    "threads": 2,
    "bodies": "",
    "body_slot_bytes": 0,
    "outbuf_high_watermark": 1000,
    "by_descriptor": False,
    "head_times": 3,
    "expose_tracebacks": True,
    "request_timeout": 0,
    "metrics_limit": 0,
    "stream_threads": 1,
}
#: Threads that there can be.
PLACES = 2 + 1


class Clock:
    """Tells the time that it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeChannel:
    """The test puts batches in; the crew's messages come out, each frame as a list of them."""

    def __init__(self) -> None:
        self.batches: queue.Queue[Any] = queue.Queue()
        self.frames: queue.Queue[list[Any]] = queue.Queue()
        self.while_sending: Callable[[], None] = lambda: None

    def receive(self) -> Any:
        batch = self.batches.get()
        if batch is None:
            self.batches.put(None)  # for the other threads
            raise EOFError
        return batch

    def has_frame(self) -> bool:
        return False

    def is_readable(self) -> bool:
        return not self.batches.empty()

    def send_frame(self, frame: bytes, _raw: bytes | None = None) -> None:
        self.while_sending()
        self.frames.put(marshal.loads(frame))  # noqa: S302 -- what the crew has made

    def next_frame(self) -> list[Any]:
        return self.frames.get(timeout=WAIT_SECONDS)


def request(number: int, path: str = "/", method: str = "GET") -> tuple[int, dict[str, Any], None, int]:
    return number, {"PATH_INFO": path, "REQUEST_METHOD": method}, None, 0


class Stage:
    """A crew whose application is the test's own, step by step."""

    def __init__(self, *, is_expendable: bool = False) -> None:
        self.clock = Clock()
        self.channel = FakeChannel()
        self.applications: dict[str, Callable[..., Any]] = {}
        self.memory = bytearray(4096)
        self.board = Board(self.memory, PLACES)
        self.crew = Crew(
            self.channel,  # type: ignore[arg-type]
            self._serve,
            SETTINGS,
            self.board,
            Threads(),
            is_expendable=is_expendable,
            now=self.clock,
        )
        self.crew.start()

    def _serve(self, environ: Any, start_response: Any) -> Any:
        return self.applications[environ["PATH_INFO"]](environ, start_response)

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    def end(self) -> None:
        self.channel.batches.put(None)
        self.crew.join()


@pytest.fixture(autouse=True)
def _no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No head is made known: what is in a frame does not depend on what was before."""
    monkeypatch.setattr(heads, "MOST_HEADS", 0)


@pytest.fixture(name="stage")
def make_stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.end()


class Stream:
    """An application whose blocks the test gives."""

    def __init__(self) -> None:
        self.asked: queue.Queue[None] = queue.Queue()
        self.blocks: queue.Queue[bytes] = queue.Queue()

    def __call__(self, _environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        while True:
            self.asked.put(None)
            block = self.blocks.get(timeout=WAIT_SECONDS)
            if not block:
                return
            yield block

    def wait_until_asked(self) -> None:
        self.asked.get(timeout=WAIT_SECONDS)


def hello(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"hi"]


def kinds(frame: list[Any]) -> list[int]:
    return [message[0] for message in frame]


class TestABlockOfAStream:
    def test_leaves_at_once_though_a_takeover_came_just_before(self, stage: Stage) -> None:
        """The takeover had nothing to send: who comes after it must not think that something was."""
        stage.applications["/s"] = stream = Stream()
        stage.channel.batches.put([request(1, "/s")])
        stream.wait_until_asked()
        stage.pass_time(0.001)
        stage.crew.takeover()
        stage.pass_time(0.0001)
        stream.blocks.put(b"first")
        stream.wait_until_asked()  # the application acts no more, and no order comes
        assert stage.channel.next_frame() == [
            (protocol.START, 1, "200 OK", []),
            (protocol.CHUNK, 1, b"first"),
        ]
        stream.blocks.put(b"")

    def test_that_waits_for_others_leaves_with_the_takeover_for_their_frame(self, stage: Stage) -> None:
        """The front sends one a millisecond after each frame that it has received."""
        stage.applications["/s"] = stream = Stream()
        stage.channel.batches.put([request(1, "/s")])
        stream.wait_until_asked()
        stream.blocks.put(b"first")
        stream.wait_until_asked()
        assert kinds(stage.channel.next_frame()) == [protocol.START, protocol.CHUNK]
        stage.pass_time(0.0001)
        stream.blocks.put(b"second")
        stream.wait_until_asked()
        assert stage.channel.frames.empty()
        stage.crew.takeover()
        assert kinds(stage.channel.next_frame()) == [protocol.CHUNK]
        stream.blocks.put(b"")

    def test_does_not_wait_for_a_frame_whose_sender_was_held_up(self, stage: Stage) -> None:
        """The front has heard of that frame long ago, has sent its takeover, and will send no other."""
        stage.applications["/s"] = stream = Stream()
        stage.channel.while_sending = lambda: stage.pass_time(0.006)
        stage.channel.batches.put([request(1, "/s")])
        stream.wait_until_asked()
        stream.blocks.put(b"first")
        stream.wait_until_asked()
        assert kinds(stage.channel.next_frame()) == [protocol.START, protocol.CHUNK]
        stage.pass_time(0.0002)
        stream.blocks.put(b"second")
        stream.wait_until_asked()
        assert kinds(stage.channel.next_frame()) == [protocol.CHUNK]
        stream.blocks.put(b"")


class TestAResponseThatIsStreamed:
    """It has a thread, and gives its place to another one: two threads, and one more."""

    @staticmethod
    def begin(stage: Stage, *numbers: int) -> list[Stream]:
        """Begin streams, of which each has sent a block."""
        streams = []
        for number in numbers:
            streams.append(Stream())
            stage.applications[f"/{number}"] = streams[-1]
            stage.channel.batches.put([request(number, f"/{number}")])
            stage.pass_time(0.01)
            stage.crew.takeover()
            streams[-1].wait_until_asked()
            stage.pass_time(0.01)
            streams[-1].blocks.put(b"first")
            streams[-1].wait_until_asked()
            assert kinds(stage.channel.next_frame()) == [protocol.START, protocol.CHUNK]
        return streams

    @staticmethod
    def count(stage: Stage) -> int:
        return len(stage.crew.requests())

    def ask(self, stage: Stage, number: int) -> None:
        stage.applications["/hello"] = hello
        stage.channel.batches.put([request(number, "/hello")])
        stage.pass_time(0.01)
        stage.crew.takeover()

    def test_leaves_the_threads_to_others(self, stage: Stage) -> None:
        streams = self.begin(stage, 1, 2)
        self.ask(stage, 3)
        assert stage.channel.next_frame() == [(protocol.RESPONSE, 3, "200 OK", [], b"hi")]
        assert self.count(stage) == 3
        for stream in streams:
            stream.blocks.put(b"")

    def test_has_one_more_thread_only_where_there_may_be_one(self, stage: Stage) -> None:
        streams = self.begin(stage, 1, 2, 3)
        self.ask(stage, 4)
        assert self.count(stage) == 3
        assert stage.channel.frames.empty()
        for stream in streams:
            stream.blocks.put(b"")
        while (protocol.RESPONSE, 4, "200 OK", [], b"hi") not in stage.channel.next_frame():
            pass

    def test_takes_its_thread_along_when_it_ends(self, stage: Stage) -> None:
        streams = self.begin(stage, 1, 2, 3)
        for stream in streams:
            stream.blocks.put(b"")
        ended = 0
        while ended < len(streams):
            ended += kinds(stage.channel.next_frame()).count(protocol.END)
        deadline = time.monotonic() + WAIT_SECONDS
        while self.count(stage) > 2:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        self.ask(stage, 4)
        assert stage.channel.next_frame() == [(protocol.RESPONSE, 4, "200 OK", [], b"hi")]
        assert self.count(stage) == 2

    def test_is_not_one_that_only_takes_long(self, stage: Stage) -> None:
        """Whose head is not sent: that is what the threads are for."""
        waiting = [Stream(), Stream()]
        for number, stream in enumerate(waiting, 1):
            stage.applications[f"/{number}"] = stream
            stage.channel.batches.put([request(number, f"/{number}")])
            stage.pass_time(0.01)
            stage.crew.takeover()
            stream.wait_until_asked()
        self.ask(stage, 3)
        assert self.count(stage) == 2
        assert stage.channel.frames.empty()
        for stream in waiting:
            stream.blocks.put(b"")


def kept_in(memory: bytearray) -> list[Any]:
    """Read the board as the front does when the process has died."""
    first = 4 * (PLACES + 1)
    (count,) = struct.unpack_from("=i", memory, first - 4)
    kept = BytesIO(bytes(memory[first : first + count]))
    messages = []
    while kept.tell() < count:
        messages.append(marshal.load(kept))  # noqa: S302 -- what the crew has made
    return messages


class TestAnswers:
    @pytest.mark.parametrize(("method", "kept"), [("POST", True), ("PUT", True), ("X", True), ("GET", False)])
    def test_to_unsafe_requests_are_safe_before_the_next_request_begins(
        self, stage: Stage, method: str, *, kept: bool
    ) -> None:
        begun, let_go = threading.Event(), threading.Event()

        def deadly(environ: Any, start_response: Any) -> list[bytes]:
            begun.set()
            let_go.wait(WAIT_SECONDS)
            return hello(environ, start_response)

        stage.applications.update({"/": hello, "/deadly": deadly})
        stage.channel.batches.put([request(9)])
        assert kinds(stage.channel.next_frame()) == [protocol.RESPONSE]
        stage.channel.batches.put([request(1, method=method), request(2, method=method), request(3, "/deadly")])
        assert begun.wait(WAIT_SECONDS)
        assert stage.channel.frames.empty()
        assert [message[1] for message in kept_in(stage.memory)] == ([1, 2] if kept else [])
        let_go.set()


class TestAClient:
    def test_that_is_gone_is_noted_only_while_its_request_is_here(self, stage: Stage) -> None:
        stage.applications["/s"] = stream = Stream()
        stage.channel.batches.put([request(1, "/s")])
        stream.wait_until_asked()
        for number in (1, 2):
            stage.crew.client_gone(number)
        assert stage.crew.streams.gone == {1}
        stream.blocks.put(b"")


class TestAThreadThatFails:
    """By a fault of ours, or an exception that something throws into it."""

    @staticmethod
    def break_next(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the next request fail outside of what the application does."""
        real = crew_module.Exchange.run

        def run(exchange: Any, *arguments: Any) -> Any:
            monkeypatch.setattr(crew_module.Exchange, "run", real)
            raise ZeroDivisionError(exchange)

        stage.applications["/"] = hello
        monkeypatch.setattr(crew_module.Exchange, "run", run)

    def test_fails_its_request_and_goes_on_where_the_process_is_somebodys(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.ERROR)
        self.break_next(stage, monkeypatch)
        stage.channel.batches.put([request(1)])
        assert stage.channel.next_frame()[0][:2] == (protocol.FAIL, 1)
        for number in (2, 3, 4):
            stage.channel.batches.put([request(number)])
            assert stage.channel.next_frame()[0][:2] == (protocol.RESPONSE, number)
        assert [record.getMessage() for record in caplog.records] == ["a thread of the worker failed"]

    def test_ends_the_process_where_another_takes_its_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        statuses: queue.Queue[int] = queue.Queue()

        class Ended(EOFError):
            """Stands for the end."""

        def end(status: int) -> None:
            statuses.put(status)
            raise Ended

        stage = Stage(is_expendable=True)
        monkeypatch.setattr(os, "_exit", end)
        monkeypatch.setattr(threading, "excepthook", lambda _: None)
        self.break_next(stage, monkeypatch)
        stage.channel.batches.put([request(1)])
        assert statuses.get(timeout=WAIT_SECONDS) == 70  # noqa: PLR2004 -- EX_SOFTWARE


class TestARequestThatNoThreadHasBegun:
    def test_is_given_up_also_where_no_thread_is_left_to_read_it(self, stage: Stage) -> None:
        stage.applications["/s"] = stage.applications["/t"] = stream = Stream()
        stage.channel.batches.put([request(1, "/s")])
        stream.wait_until_asked()
        stage.crew.takeover()
        stage.channel.batches.put([request(2, "/t")])
        stream.wait_until_asked()
        stage.channel.batches.put([request(3), request(4)])
        stage.channel.batches.put([request(5)])
        assert stage.crew.recall() == [3, 4, 5]
        for _ in range(2):
            stream.blocks.put(b"")

    def test_is_left_to_the_thread_that_reads(self, stage: Stage) -> None:
        stage.applications["/"] = lambda _environ, start_response: start_response("200 OK", []) and []
        assert stage.crew.recall() == []
        stage.channel.batches.put([request(1)])
        assert stage.channel.next_frame()[0][:2] == (protocol.RESPONSE, 1)


def test_which_thread_runs_which_request_is_told(stage: Stage) -> None:
    begun, release = threading.Event(), threading.Event()
    idents = []

    def wait(_environ: Any, start_response: Any) -> list[bytes]:
        idents.append(threading.get_ident())
        begun.set()
        assert release.wait(WAIT_SECONDS)
        start_response("200 OK", [])
        return []

    stage.applications["/"] = wait
    stage.channel.batches.put([request(7)])
    assert begun.wait(WAIT_SECONDS)
    assert stage.crew.requests()[idents[0]] == 7
    release.set()
    stage.channel.next_frame()
    assert len(stage.crew.requests()) == SETTINGS["threads"]
