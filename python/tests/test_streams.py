"""What the front says of responses on their way, and who waits for that."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from waitress_worker.streams import Streams
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_SECONDS = 10
WATERMARK = 1000


class FakeOutbox:
    """Tells when it is flushed: whoever waits does that first."""

    def __init__(self) -> None:
        self.flushed = threading.Event()

    def flush(self) -> None:
        self.flushed.set()


class FakeExchange:
    """A response of which so many bytes were sent."""

    def __init__(self, written: int) -> None:
        self.written = written
        self.allowed: float = 0


class Stage:
    """Streams of which one, number 7, is open."""

    def __init__(self) -> None:
        self.outbox = FakeOutbox()
        self.held = [7]
        settings = {"outbuf_high_watermark": WATERMARK, "by_descriptor": False}
        self.streams = Streams(self.outbox, Threads(), settings)  # type: ignore[arg-type]
        self.exchange: Any = FakeExchange(WATERMARK + 1)
        self.streams.open(7, self.exchange)

    def wait(self) -> threading.Thread:
        """Wait for the client of number 7, on a thread."""
        waiting = threading.Thread(target=self.streams.wait, args=(7, self.exchange))
        waiting.start()
        assert self.outbox.flushed.wait(WAIT_SECONDS)
        return waiting


@pytest.fixture(name="stage")
def make_stage() -> Stage:
    return Stage()


class TestAResponseThatIsTooFarAhead:
    @pytest.mark.parametrize(
        "told",
        [
            lambda streams: streams.credit(7, 1),
            lambda streams: streams.client_gone(7),
            lambda streams: streams.close(7),
        ],
        ids=["its client took some", "its client is gone", "it has ended"],
    )
    def test_goes_on_when(self, stage: Stage, told: Callable[[Streams], None]) -> None:
        waiting = stage.wait()
        told(stage.streams)
        waiting.join(WAIT_SECONDS)
        assert not waiting.is_alive()

    def test_waits_while_others_are_told_of(self, stage: Stage) -> None:
        waiting = stage.wait()
        stage.streams.credit(8, 1000)
        stage.streams.client_gone(8)
        assert waiting.is_alive()
        stage.streams.credit(7, 1)
        waiting.join(WAIT_SECONDS)
        assert not waiting.is_alive()

    def test_may_be_so_far_ahead(self, stage: Stage) -> None:
        assert stage.exchange.allowed == WATERMARK
        stage.streams.credit(7, 10)
        assert stage.exchange.allowed == WATERMARK + 10


class TestAClient:
    def test_that_is_gone_is_remembered_while_its_request_is_here(self, stage: Stage) -> None:
        stage.streams.client_gone(7)
        assert (stage.streams.is_left(7), stage.streams.is_left(8)) == (True, False)
        stage.streams.forget(7)
        assert not stage.streams.is_left(7)

    def test_that_has_closed_its_side_may_be_told_of_before_its_request(self, stage: Stage) -> None:
        stage.streams.client_closed(8, stage.held.copy)
        assert stage.streams.is_left(8)
        stage.streams.forget(8)
        assert not stage.streams.is_left(8)

    def test_whose_request_was_over_before_is_forgotten_at_last(self, stage: Stage) -> None:
        for number in range(100, 1101):
            stage.streams.client_closed(number, stage.held.copy)
        stage.streams.client_closed(7, stage.held.copy)
        assert len(stage.streams.closed) == 1
        assert stage.streams.is_left(7)
