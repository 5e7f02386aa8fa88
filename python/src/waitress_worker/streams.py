"""Responses that go out piece by piece: how far their clients are, what they take of shared memory, files on loan."""

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Set

from waitress_worker.arena import LargeBlocks
from waitress_worker.files import Closer, FileWrapper
from waitress_worker.outbox import Outbox
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from waitress_worker.response import Exchange

#: Words of clients that have closed their side, from which on those are forgotten whose requests are over.
_MOST_CLOSED = 1000

_UNLIMITED = float("inf")


class Streams:
    """What the front says of responses that are on their way. Told by one thread, asked by those that respond."""

    def __init__(self, outbox: Outbox, threads: Threads, settings: Dict[str, Any]) -> None:
        """Know nothing of any client."""
        self._outbox = outbox
        #: Bytes that a client may be behind before its application waits.
        self._high_watermark: int = settings["outbuf_high_watermark"]
        #: Whether the front can open what this process has open, by ``/proc``.
        self.by_descriptor: bool = settings["by_descriptor"]
        #: Requests whose clients are gone.
        self.gone: Set[int] = set()
        #: Requests whose clients have closed their side, and may be gone. The word may come before the request.
        self.closed: Set[int] = set()
        self.blocks = LargeBlocks(outbox, threads, is_wanted=self.by_descriptor)
        self._open: Dict[int, Exchange] = {}
        self._changed = threads.condition()
        #: Files that the front is sending.
        self._files: Dict[int, FileWrapper] = {}
        self._closer = Closer(threads)

    def open(self, request_id: int, exchange: "Exchange") -> None:
        """From now on credit may come for this response."""
        exchange.allowed = self._high_watermark
        self._open[request_id] = exchange

    def count(self) -> int:
        """Tell how many responses are on their way."""
        return len(self._open)

    def close(self, request_id: int) -> None:
        """No more blocks of this response will be sent; a thread of the application's own may still wait to do so."""
        with self._changed:
            exchange = self._open.pop(request_id, None)
            if exchange is not None:
                exchange.allowed = _UNLIMITED
                self._changed.notify_all()

    def wait(self, request_id: int, exchange: "Exchange") -> None:
        """Wait until the client of a response has caught up, or is gone."""
        self._outbox.flush()
        with self._changed:
            while exchange.written > exchange.allowed and request_id not in self.gone:
                self._changed.wait()

    def is_left(self, request_id: int) -> bool:
        """Tell whether the client is gone, or may be."""
        return request_id in self.gone or request_id in self.closed

    def forget(self, request_id: int) -> None:
        """The request is over."""
        if self.gone:
            self.gone.discard(request_id)
        if self.closed:
            self.closed.discard(request_id)

    def lend(self, request_id: int, wrapper: FileWrapper) -> None:
        """Keep a file open until the front says that it was sent."""
        self._files[request_id] = wrapper

    # ---- What the front says ----

    def credit(self, request_id: int, count: int) -> None:
        """The client took some of a response."""
        with self._changed:
            exchange = self._open.get(request_id)
            if exchange is not None:
                exchange.allowed += count
                self._changed.notify_all()

    def client_gone(self, request_id: int) -> None:
        """Nobody reads this response any more; its request is here."""
        self.gone.add(request_id)
        with self._changed:
            self._changed.notify_all()

    def client_closed(self, request_id: int, held: Callable[[], List[int]]) -> None:
        """The client sends nothing more, and still gets its answer; ``held`` tells the requests that are here."""
        if len(self.closed) > _MOST_CLOSED:
            self.closed.intersection_update(held())  # others were answered before the word came
        self.closed.add(request_id)

    def file_sent(self, request_id: int) -> None:
        """The front needs the file of this response no longer."""
        wrapper = self._files.pop(request_id, None)
        if wrapper is not None:
            self._closer.close(wrapper)

    def end(self) -> None:
        """Close what is open: the files that the front was sending, and shared memory."""
        for request_id in list(self._files):
            self.file_sent(request_id)
        self._closer.stop()
        self.blocks.close()
