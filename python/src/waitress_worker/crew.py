"""The threads of a worker: one runs requests until it stalls, then another goes on.

Handing each request to a thread of its own costs more than a small request does, and with a GIL nothing is won by it. So
one thread, the runner, reads batches of requests, runs them one after the other and answers in batches. But an
application may block: the front then sends *takeover*, and an idle thread becomes the runner. While requests take long
on average, all threads take requests at once.
"""

import logging
import sys
import threading
from collections import deque
from functools import partial
from time import perf_counter
from typing import Any, Callable, Deque, Dict, List, Optional, Set, Tuple

from waitress_worker import input as body_input
from waitress_worker import protocol
from waitress_worker.channel import Channel
from waitress_worker.response import Exchange, fixed_environ

_LOG = logging.getLogger("waitress")

#: Seconds that an answer may wait for others to share a message with.
_LONGEST_WAIT = 0.0005

#: Seconds of a request from which its thread counts as stalled.
_STALL = 0.001

Request = Tuple[int, Dict[str, Any], Any]
Message = Tuple[Any, ...]


class _Member:
    """One thread of the crew."""

    __slots__ = ("request_id", "started", "woken")

    def __init__(self) -> None:
        self.request_id = 0
        self.started = 0.0
        self.woken = threading.Semaphore(0)


class Crew:
    """Runs requests on up to ``threads`` threads."""

    def __init__(
        self,
        channel: Channel,
        application: Callable[..., Any],
        settings: Dict[str, Any],
        board: memoryview,
    ) -> None:
        self._channel = channel
        self._application = application
        self._environ = fixed_environ(settings["environ"])
        self._threads = settings["threads"]
        self._board = board
        self.high_watermark = settings["outbuf_high_watermark"]

        #: Guards what follows.
        self._lock = threading.Lock()
        self._queue = deque()  # type: Deque[Request]
        self._idle = []  # type: List[_Member]
        self._members = []  # type: List[_Member]
        self._runner = None  # type: Optional[_Member]
        self._reading = False
        self._busy = 0
        self._pace = 0.0
        self._free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
        self._ready = []  # type: List[Tuple[Message, Optional[bytes]]]
        self._quiet = threading.Condition(self._lock)
        self._stopping = False

        self._send_lock = threading.Lock()
        self._last_flush = 0.0

        #: Requests whose clients are gone.
        self.gone = set()  # type: Set[int]
        self._streams = {}  # type: Dict[int, Exchange]
        self._credit = threading.Condition(threading.Lock())

    def start(self) -> None:
        """Start the threads; they end with the process."""
        for number in range(self._threads):
            member = _Member()
            self._members.append(member)
            threading.Thread(
                target=self._work, args=(member,), name="waitress-{}".format(number), daemon=True
            ).start()

    # ---- Running ----

    def _work(self, me: _Member) -> None:
        application = self._application
        constants = self._environ
        try:
            while True:
                request_id, variables, body = self._take(me)
                environ = constants.copy()
                environ.update(variables)
                environ["waitress.client_disconnected"] = partial(self.gone.__contains__, request_id)
                environ["wsgi.input"] = stream = body_input.open_body(body)
                Exchange(self, request_id).run(application, environ)
                stream.close()
        except EOFError:
            return  # the front is gone; the control thread ends the process
        except BaseException:
            _LOG.exception("a worker thread failed")
            raise

    def _take(self, me: _Member) -> Request:
        """End the request that this thread ran, and wait for one that it is to run."""
        lock = self._lock
        now = perf_counter()
        lock.acquire()
        try:
            if me.request_id:
                self._finish(me, now)
            while True:
                if self._queue:
                    if self._may_run(me, now):
                        return self._begin(me, now)
                elif not self._reading:
                    self._read()
                    now = perf_counter()
                    self._runner = me
                    continue
                if self._ready:
                    lock.release()
                    self.flush()
                    lock.acquire()
                    continue
                self._idle.append(me)
                lock.release()
                me.woken.acquire()
                now = perf_counter()
                lock.acquire()
        finally:
            lock.release()

    def _may_run(self, me: _Member, now: float) -> bool:
        """One runner is enough, until it stalls."""
        runner = self._runner
        return (
            runner is me
            or runner is None
            or self._free_threaded
            or self._pace > _STALL
            or now - runner.started > _STALL
        )

    def _begin(self, me: _Member, now: float) -> Request:
        request = self._queue.popleft()
        self._board[0] = me.request_id = request[0]
        self._runner = me
        me.started = now
        self._busy += 1
        if self._queue and self._idle and (self._free_threaded or self._pace > _STALL):
            self._idle.pop().woken.release()
        return request

    def _finish(self, me: _Member, now: float) -> None:
        self._busy -= 1
        self._pace += (now - me.started - self._pace) / 16
        if self.gone:
            self.gone.discard(me.request_id)
        if self._streams:
            self._streams.pop(me.request_id, None)
        me.request_id = 0
        if self._stopping and not self._busy:
            self._quiet.notify_all()

    def _read(self) -> None:
        """Wait for the next requests, as the only thread that does; called and left with the lock held."""
        self._reading = True
        self._lock.release()
        try:
            if self._ready:
                self.flush()
            batch = self._channel.receive()
            if type(batch[-1][2]) is int:
                request_id, variables, size = batch[-1]
                batch[-1] = (request_id, variables, self._channel.receive_raw(size))
        finally:
            self._lock.acquire()
            self._reading = False
        self._queue.extend(batch)

    # ---- Answering ----

    def send(self, message: Message, raw: Optional[bytes] = None) -> None:
        """Put an answer on its way: at once, or with those that follow within half a millisecond."""
        with self._lock:
            self._ready.append((message, raw))
        if perf_counter() - self._last_flush > _LONGEST_WAIT:
            self.flush()

    def flush(self) -> None:
        """Send the answers that are ready."""
        with self._send_lock:
            with self._lock:
                ready, self._ready = self._ready, []
            if not ready:
                return
            messages = []
            for message, raw in ready:
                messages.append(message)
                if raw is not None:
                    self._channel.send(messages, raw)
                    messages = []
            if messages:
                self._channel.send(messages)
            self._last_flush = perf_counter()

    def open_stream(self, request_id: int, exchange: Exchange) -> None:
        """From now on credit may come for this response."""
        with self._lock:
            self._streams[request_id] = exchange

    def spend(self, exchange: Exchange, request_id: int, count: int) -> bool:
        """Wait until the client of a streamed response has caught up; false when it is gone."""
        if exchange.budget < 0:
            self.flush()
        with self._credit:
            while exchange.budget < 0 and request_id not in self.gone:
                self._credit.wait()
            exchange.budget -= count
        return request_id not in self.gone

    # ---- What the front says ----

    def takeover(self) -> None:
        """Let another thread go on: the runner has been at its request for too long."""
        self.flush()
        with self._lock:
            if self._idle and (self._queue or not self._reading):
                member = self._idle.pop()
                self._runner = member
                member.woken.release()

    def credit(self, request_id: int, count: int) -> None:
        """The client took some of a response."""
        with self._credit:
            exchange = self._streams.get(request_id)
            if exchange is not None:
                exchange.budget += count
                self._credit.notify_all()

    def client_gone(self, request_id: int) -> None:
        """Nobody reads this response any more."""
        with self._lock:
            known = any(member.request_id == request_id for member in self._members) or any(
                request[0] == request_id for request in self._queue
            )
            if known:
                self.gone.add(request_id)
        with self._credit:
            self._credit.notify_all()

    def recall(self) -> List[int]:
        """Give up the requests that have not begun; return their ids."""
        with self._lock:
            ids = [request[0] for request in self._queue]
            self._queue.clear()
        return ids

    def stop(self) -> None:
        """Begin no more requests, and wait for those that run."""
        with self._lock:
            self._stopping = True
            while self._busy or self._queue:
                self._quiet.wait()
        self.flush()
