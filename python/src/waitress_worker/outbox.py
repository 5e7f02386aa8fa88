"""Answers on their way to the front: several share a message where that costs none of them more than half a millisecond."""

import sys
from collections import deque
from typing import Any, Callable, Deque, List, Optional, Tuple, Union

from waitress_worker import protocol
from waitress_worker.board import Board
from waitress_worker.channel import Channel, as_frame, encode
from waitress_worker.forks import end, end_with
from waitress_worker.heads import Heads
from waitress_worker.log import log_failure
from waitress_worker.ring import WholeBodies

#: Seconds that an answer may wait for others to share a message with.
LONGEST_WAIT = 0.0005

#: Messages in one frame at most: a larger frame of small blocks would not fit the front's usual buffer.
_MOST_TOGETHER = 200

#: Bytes of a frame from which its messages go out one by one; what the front takes is a multiple of it.
_LARGE_FRAME = 1024 * 1024

Message = Tuple[Any, ...]
Raw = Union[bytes, memoryview]


class _WithBody:
    """A message whose body does not fit into it."""

    __slots__ = ("body", "message")

    def __init__(self, message: Message, body: Raw) -> None:
        self.message = message
        self.body = body


#: What one frame holds.
_PLAIN = frozenset((tuple, bytes))


class Outbox:
    """Sends messages in the order of their coming. Any thread may put one in."""

    def __init__(
        self,
        channel: Channel,
        board: Board,
        new_lock: Callable[[], Any],
        now: Callable[[], float],
        *,
        expose_tracebacks: bool,
        shares_memory: bool,
        head_times: int,
    ) -> None:
        """Send on this channel; ``now`` tells the time in seconds."""
        self._send_frame = channel.send_frame
        self._board = board
        #: Whether the front has any use for the traceback of a failure.
        self.expose_tracebacks = expose_tracebacks
        #: A deque: each of its operations is whole without a lock. Some messages are encoded already.
        self.ready: Deque[Union[Message, bytes, _WithBody]] = deque()
        self._bodies = WholeBodies(is_wanted=shares_memory)
        self.heads = Heads(new_lock(), head_times)
        self._lock = new_lock()
        #: When the front was last sent something.
        self.last_flush = 0.0
        self._now = now

    def send(self, message: Message, raw: Optional[Raw] = None) -> None:
        """Put an answer on its way: at once, or with those that follow within half a millisecond."""
        self.ready.append(message if raw is None else _WithBody(message, raw))
        if self._now() - self.last_flush > LONGEST_WAIT:
            self.flush()

    def post(self, message: Message) -> None:
        """Put an answer in the row; another one follows at once."""
        self.ready.append(message)

    def tell(self, message: Message) -> None:
        """Send a message before anything else happens."""
        self.post(message)
        self.flush()

    def secure(self, message: Optional[Message]) -> None:
        """Put an answer in the row so that the front has it whatever happens next; nothing stands for one that is there."""
        if message is None:
            self.flush()
            return
        try:
            item = encode(message)
        except Exception:  # noqa: BLE001 -- what that means is seen when it is sent
            self.send(message)
            self.flush()
            return
        self.ready.append(item)
        with self._lock:
            is_kept = self._board.keep(item)
        if not is_kept:
            self.flush()

    def flush_soon(self) -> None:
        """Send what is in the row, unless that was done less than half a millisecond ago: then its runner does it."""
        if self._now() - self.last_flush > LONGEST_WAIT:
            self.flush()

    def flush(self) -> None:
        """Send the answers that are ready."""
        ready = self.ready
        if not ready:
            return
        with self._lock:
            items = [ready.popleft() for _ in range(len(ready))]
            if len(items) <= _MOST_TOGETHER and _PLAIN.issuperset(map(type, items)):
                self._transmit(items)
            else:
                self._transmit_in_parts(items)
            self._board.clear()

    def _transmit_in_parts(self, items: List[Any]) -> None:
        messages: List[Any] = []
        for item in items:
            body = None
            if type(item) is not _WithBody:
                messages.append(item)
            elif _answer(item.message)[0] == protocol.RESPONSE:
                body = self._lay(messages, item.message, item.body)
            else:
                messages.append(item.message)
                body = item.body
            if body is not None or len(messages) >= _MOST_TOGETHER:
                self._transmit(messages, body)
                messages = []
        if messages:
            self._transmit(messages)

    def _lay(self, messages: List[Any], message: Any, body: Raw) -> Optional[Raw]:  # noqa: ANN401 -- a response
        """Add a response with the body beside it; return the body if it must follow the frame."""
        told = self._bodies.lay(_answer(message), body)
        is_laid = told[-1][0] == protocol.LAID
        if message[0] == protocol.COUNTED:
            told[-1] = message[:-1] + (told[-1],)
        messages += told
        return None if is_laid else body

    def _transmit(self, messages: List[Any], raw: Optional[Raw] = None) -> None:
        try:
            frame = encode(messages) if bytes not in map(type, messages) else _as_mixed_frame(messages)
        except Exception:  # noqa: BLE001 -- marshal has several, and there may be no memory
            frame = b""
        if frame and (len(frame) < _LARGE_FRAME or len(messages) == 1):
            # Before it is sent: the front hears of it later than this, and looks after what has come since, also if this
            # thread has to wait for the processor now. And not if there is nothing to send: it would hear of nothing.
            self.last_flush = self._now()
            self._send_frame(frame, raw)
            return
        for message in messages[:-1]:
            self._transmit_one(message)
        self._transmit_one(messages[-1], raw)

    def _transmit_one(self, message: Union[Message, bytes], raw: Optional[Raw] = None) -> None:
        try:
            frame = _as_mixed_frame([message])
        except Exception:  # noqa: BLE001 -- as above; that must not cost others their answers
            trace = log_failure("an answer cannot be encoded")
            frame, raw = encode([(protocol.FAIL, message[1], trace if self.expose_tracebacks else "")]), None
        self.last_flush = self._now()
        self._send_frame(frame, raw)

    def close(self) -> None:
        """Let go of the memory for bodies; those that still come go through the socket."""
        with self._lock:
            self._bodies.close()

    def require_worker(self) -> None:
        """End the process by the exception that is being handled, if the application has forked it."""

    def become_forked(self) -> None:
        """Send nothing any more: this process is a child of the worker, whose answers those are."""
        self.heads.become_forked()
        self.__class__ = _Forked


def _answer(message: Any) -> Any:  # noqa: ANN401 -- two of them
    """Return a message without what was counted before it."""
    return message[-1] if message[0] == protocol.COUNTED else message


def _as_mixed_frame(messages: List[Union[Message, bytes]]) -> bytes:
    return as_frame([each if type(each) is bytes else encode(each) for each in messages])


class _Forked(Outbox):
    """Whoever has something to say to the front ends there. No lock is waited for, which a vanished thread may hold."""

    def require_worker(self) -> None:
        failure = sys.exc_info()[1]
        assert failure is not None
        end_with(failure)

    def send(self, *_: Any) -> None:  # noqa: ANN401 -- as that of a worker
        end()

    def post(self, *_: Any) -> None:  # noqa: ANN401 -- the same
        end()

    def secure(self, *_: Any) -> None:  # noqa: ANN401 -- the same
        end()

    def flush(self) -> None:
        end()
