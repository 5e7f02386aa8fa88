"""What of the answers leaves when, in which frames; with a channel that keeps them, and a clock that stands still."""

from __future__ import annotations

import marshal
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from waitress_worker import protocol
from waitress_worker.outbox import LONGEST_WAIT, Outbox

if TYPE_CHECKING:
    from collections.abc import Iterator


class FakeChannel:
    """Keeps each frame as the list of its messages, and what follows it."""

    def __init__(self) -> None:
        self.frames: list[list[Any]] = []
        self.raw: list[bytes | None] = []

    def send_frame(self, frame: bytes, raw: bytes | None = None) -> None:
        self.frames.append(marshal.loads(frame))  # noqa: S302 -- what the outbox has made
        self.raw.append(raw)


class FakeBoard:
    """Has room for so many frames."""

    room = 2

    def __init__(self) -> None:
        self.kept: list[int] = []

    def keep(self, answer: bytes) -> bool:
        if len(self.kept) == self.room:
            return False
        self.kept.append(marshal.loads(answer)[1])  # noqa: S302 -- what the outbox has made
        return True

    def clear(self) -> None:
        self.kept.clear()


class Clock:
    """Tells the time that it is told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """An outbox with all that it needs."""

    def __init__(self, *, expose_tracebacks: bool = False, shares_memory: bool = False) -> None:
        self.channel = FakeChannel()
        self.board = FakeBoard()
        self.clock = Clock()
        self.outbox = Outbox(
            self.channel,  # type: ignore[arg-type]
            self.board,  # type: ignore[arg-type]
            threading.Lock,
            self.clock,
            expose_tracebacks=expose_tracebacks,
            shares_memory=shares_memory,
            head_times=3,
        )

    def frames(self) -> list[list[Any]]:
        """Tell the numbers in each frame."""
        return [[message[1] for message in frame] for frame in self.channel.frames]


@pytest.fixture(name="stage")
def make_stage() -> Stage:
    return Stage()


def response(number: int, body: object = b"x", headers: object = ()) -> tuple[Any, ...]:
    return protocol.RESPONSE, number, "200 OK", headers, body


class TestAnAnswer:
    def test_leaves_at_once_when_nothing_did_for_a_while(self, stage: Stage) -> None:
        stage.outbox.send(response(1))
        assert stage.frames() == [[1]]

    @pytest.mark.parametrize(("later", "frames"), [(0, [[1]]), (0.9, [[1]]), (1.1, [[1], [2]])])
    def test_waits_for_others_as_long_as_the_last_frame_is_fresh(
        self, stage: Stage, later: float, frames: list[list[int]]
    ) -> None:
        stage.outbox.send(response(1))
        stage.clock.now += later * LONGEST_WAIT
        stage.outbox.send(response(2))
        assert stage.frames() == frames

    def test_takes_along_those_that_wait(self, stage: Stage) -> None:
        stage.outbox.post(response(1))
        stage.outbox.post(response(2))
        stage.outbox.flush()
        assert stage.frames() == [[1, 2]]

    def test_is_the_last_of_its_frame_where_bytes_follow(self, stage: Stage) -> None:
        stage.outbox.post(response(1))
        stage.outbox.send((protocol.CHUNK, 2, 5000), bytes(5000))
        stage.outbox.post(response(3))
        stage.outbox.flush()
        assert stage.frames() == [[1, 2], [3]]
        assert stage.channel.raw == [bytes(5000), None]


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no memory files")
class TestTheBodyOfAWholeAnswer:
    """One that is worth it: it is not in its message already."""

    @pytest.fixture
    def sharing(self) -> Iterator[Stage]:
        stage = Stage(shares_memory=True)
        yield stage
        stage.outbox.close()

    @staticmethod
    def send(stage: Stage, number: int, body: bytes) -> None:
        stage.outbox.send(response(number, len(body)), body)
        stage.outbox.flush()

    def test_follows_its_frame_until_the_front_knows_the_ring(self, sharing: Stage) -> None:
        self.send(sharing, 1, bytes(5000))
        self.send(sharing, 2, bytes(5000))
        kinds = [[message[0] for message in frame] for frame in sharing.channel.frames]
        assert kinds == [[protocol.RING, protocol.RESPONSE], [protocol.RESPONSE]]
        assert sharing.channel.raw == [bytes(5000)] * 2

    def test_lies_in_the_ring_then_and_others_share_its_frame(self, sharing: Stage) -> None:
        self.send(sharing, 1, bytes(5000))
        path, first = sharing.channel.frames[0][0][2:4]
        with open(path, "r+b", buffering=0) as ring:
            ring.seek(4)
            ring.write(b"\1")
            body = os.urandom(5000)
            sharing.outbox.post(response(2))
            sharing.outbox.send(response(3, len(body)), body)
            sharing.outbox.send(response(4, len(body)), body)
            sharing.outbox.post(response(5))
            sharing.outbox.flush()
            assert sharing.frames()[1:] == [[2, 3, 4, 5]]
            assert [message[-2:] for message in sharing.channel.frames[1][1:3]] == [(0, 5000), (5000, 5000)]
            ring.seek(first)
            assert ring.read(10_000) == body + body

    def test_follows_its_frame_where_no_memory_is_shared(self, stage: Stage) -> None:
        self.send(stage, 1, bytes(5000))
        self.send(stage, 2, bytes(5000))
        assert stage.channel.raw == [bytes(5000)] * 2
        assert {message[0] for frame in stage.channel.frames for message in frame} == {protocol.RESPONSE}


class TestAnAnswerThatMustNotBeLost:
    def test_waits_for_others_where_the_front_can_find_it(self, stage: Stage) -> None:
        stage.outbox.secure(response(1))
        stage.outbox.secure(response(2))
        assert (stage.frames(), stage.board.kept) == ([], [1, 2])
        stage.outbox.flush()
        assert (stage.frames(), stage.board.kept) == ([[1, 2]], [])

    def test_leaves_at_once_where_there_is_no_room(self, stage: Stage) -> None:
        for number in (1, 2, 3):
            stage.outbox.secure(response(number))
        assert (stage.frames(), stage.board.kept) == ([[1, 2, 3]], [])

    def test_leaves_at_once_if_its_parts_are_on_their_way(self, stage: Stage) -> None:
        stage.outbox.post(response(1))
        stage.outbox.secure(None)
        assert stage.frames() == [[1]]

    def test_leaves_at_once_if_it_cannot_be_encoded(self, stage: Stage) -> None:
        stage.outbox.secure(response(1, object()))
        assert stage.channel.frames[0][0][:2] == (protocol.FAIL, 1)


class TestAFrame:
    def test_is_not_sent_when_there_is_nothing_to_say(self, stage: Stage) -> None:
        stage.outbox.flush()
        assert stage.frames() == []
        stage.outbox.send(response(1))
        assert stage.frames() == [[1]]

    @pytest.mark.parametrize(("count", "sizes"), [(199, [199]), (200, [200]), (201, [200, 1])])
    def test_holds_so_many_messages_and_no_more(self, stage: Stage, count: int, sizes: list[int]) -> None:
        for number in range(count):
            stage.outbox.post(response(number))
        stage.outbox.flush()
        assert [len(frame) for frame in stage.frames()] == sizes

    def test_that_would_be_very_large_is_sent_one_message_at_a_time(self, stage: Stage) -> None:
        for number in range(20):
            stage.outbox.post(response(number, headers=[("X", "x" * 100_000)]))
        stage.outbox.flush()
        assert stage.frames() == [[number] for number in range(20)]

    @pytest.mark.parametrize("exposed", [False, True])
    def test_without_the_message_that_cannot_be_encoded(
        self, caplog: pytest.LogCaptureFixture, *, exposed: bool
    ) -> None:
        """There is none, as far as we know."""
        stage = Stage(expose_tracebacks=exposed)
        for number in (1, 2, 3):
            stage.outbox.post(response(number, object() if number == 2 else b"x"))  # noqa: PLR2004
        stage.outbox.flush()
        assert [frame[0][:2] for frame in stage.channel.frames] == [
            (protocol.RESPONSE, 1),
            (protocol.FAIL, 2),
            (protocol.RESPONSE, 3),
        ]
        assert ("Traceback" in stage.channel.frames[1][0][2]) is exposed
        assert caplog.records[0].getMessage() == "an answer cannot be encoded"
