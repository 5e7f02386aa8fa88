"""The threads of a worker: one runs requests until it stalls, then another goes on.

Handing each request to a thread of its own costs more than a small request does, and with a GIL nothing is won by it. So
one thread, the runner, reads batches of requests, runs them one after the other and answers in batches. But an
application may block: the front then sends *takeover*, and an idle thread becomes the runner. While requests take long
on average, all threads take requests at once.
"""

import os
import sys
import time
import weakref
from collections import deque
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, Callable, Deque, Dict, List, Optional, Set, Tuple, Union

from waitress_worker import protocol
from waitress_worker.arena import Arena
from waitress_worker.channel import Channel, encode
from waitress_worker.compat import perf_counter
from waitress_worker.files import Closer, FileWrapper
from waitress_worker.forks import end, end_with, in_each_child
from waitress_worker.input import Bodies
from waitress_worker.log import log_failure
from waitress_worker.response import Exchange, fixed_environ
from waitress_worker.threads import Threads

#: Seconds that an answer may wait for others to share a message with.
_LONGEST_WAIT = 0.0005

#: Seconds of a request from which its thread counts as stalled.
_STALL = 0.001

#: Words of clients that have closed their side, from which on those are forgotten whose requests are over.
_MOST_CLOSED = 1000

#: RFC 9110 §9.2.1: whoever gets no answer to one of these may ask again.
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))

#: Bytes of a frame from which its messages go out one by one; what the front takes is a multiple of it.
_LARGE_FRAME = 1024 * 1024

#: Exit status of a process in which a thread of ours has failed.
_THREAD_FAILED = 70

#: Seconds before a thread that has failed goes on, where the process must.
_RECOVERY = 0.1

Request = Tuple[int, Dict[str, Any], Any]
Message = Tuple[Any, ...]
Raw = Union[bytes, memoryview]


class _Member:
    """One thread of the crew."""

    __slots__ = ("number", "request_id", "started", "woken")

    def __init__(self, number: int, woken: Any) -> None:  # noqa: ANN401 -- a lock has no type in 2.7
        self.number = number
        #: The request that it runs, or 0.
        self.request_id = 0
        self.started = 0.0
        #: Held while it is not to go on.
        self.woken = woken
        woken.acquire()


class Crew:
    """Runs requests on up to ``threads`` threads."""

    #: No name of the module: tools that stop the time for tests find those.
    _now = staticmethod(perf_counter)

    def __init__(
        self,
        channel: Channel,
        application: Callable[..., Any],
        settings: Dict[str, Any],
        begun: Any,  # noqa: ANN401 -- see as_numbers()
        threads: Threads,
        *,
        is_expendable: bool,
    ) -> None:
        """Make threads; ``is_expendable`` says that another process takes the place of this one when it ends."""
        self._threads = threads
        self._channel = channel
        self._application = application
        self._environ = fixed_environ(settings["environ"])
        self._members = [_Member(number, threads.lock()) for number in range(settings["threads"])]
        self._joins: List[Callable[[], Any]] = []
        self._bodies = Bodies(settings["bodies"], settings["body_slot_bytes"])
        #: For each thread the request that it began last; the front looks here when the process has died.
        self._begun = begun
        self._is_expendable = is_expendable
        self.high_watermark = settings["outbuf_high_watermark"]
        #: Whether the front has any use for the traceback of a failure.
        self.expose_tracebacks = settings["expose_tracebacks"]

        # Deques: each of their operations is whole without a lock.
        self._queue: Deque[Request] = deque()
        self._ready: Deque[Tuple[Message, Optional[Raw]]] = deque()

        #: The thread that runs requests; others look on until it stalls.
        self._runner = self._members[0]
        #: Seconds that a request takes, averaged over the last ones.
        self._pace = 0.0
        self._free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()

        self._lock = threads.lock()
        self._idle: List[_Member] = []
        self._reading = False
        #: Threads that have ended.
        self._left = 0
        self._resting = threads.condition(self._lock)

        self._send_lock = threads.lock()
        self._last_flush = 0.0

        #: Whether the front can open what this process has open, by ``/proc``.
        self.by_descriptor: bool = settings["by_descriptor"]
        #: Files that the front is sending.
        self._files: Dict[int, FileWrapper] = {}
        self._closer = Closer(threads)
        #: Made for the first large block.
        self._arena: Optional[Arena] = None
        self._arena_offered = False

        #: Requests whose clients are gone.
        self.gone: Set[int] = set()
        #: Requests whose clients have closed their side, and may be gone. The word may come before the request.
        self.closed: Set[int] = set()
        self._streams: Dict[int, Exchange] = {}
        self._credit = threads.condition()

        _CREWS.add(self)

    def start(self) -> None:
        """Start the threads; they end with the process."""
        for member in self._members:
            name = "waitress-{}".format(member.number)
            self._joins.append(self._threads.start(partial(self._work, member), name))

    # ---- Running ----

    def _work(self, me: _Member) -> None:
        while True:
            try:
                self._run_requests(me)
            except (EOFError, EnvironmentError):
                # The front is gone, or we have left it. The next thread that waits for a request finds that out too.
                with self._lock:
                    self._left += 1
                    self._resting.notify_all()
                    if self._idle:
                        self._idle.pop().woken.release()
                return
            except BaseException:  # noqa: BLE001 -- whatever it is, no thread goes in silence
                self._thread_failed(me)

    def _run_requests(self, me: _Member) -> None:
        while True:
            request_id, environ, body = self._next(me)
            self._begun[me.number] = me.request_id = request_id
            method = environ["REQUEST_METHOD"]
            exchange = Exchange(self, request_id, method)
            environ.update(self._environ)
            environ["waitress.client_disconnected"] = exchange.client_disconnected
            try:
                stream = BytesIO() if body is None else self._bodies.open(body)
            except EnvironmentError:
                self._ready.append((exchange.failure(environ["PATH_INFO"]), None))
                continue
            environ["wsgi.input"] = stream
            answer = exchange.run(self._application, environ)
            if answer is not None:
                self._ready.append((answer, None))
            if method != "GET" and method not in _SAFE_METHODS:
                # It has changed something: its answer must not be lost if the next request ends the process.
                self.flush()
            if body is not None:
                _close(stream)
            if self.gone:
                self.gone.discard(request_id)
            if self.closed:
                self.closed.discard(request_id)

    def _thread_failed(self, me: _Member) -> None:
        """Have a new process take the place of this one, where that can be; else only this thread's request fails."""
        log_failure("a thread of the worker failed")
        request_id, me.request_id = me.request_id, 0
        try:
            self.flush()
        except (EOFError, EnvironmentError):
            pass  # the thread finds that out again
        finally:
            if self._is_expendable:
                os._exit(_THREAD_FAILED)
        if request_id:
            self._ready.append(((protocol.FAIL, request_id, ""), None))
        time.sleep(_RECOVERY)

    def _next(self, me: _Member) -> Request:
        """End the request that this thread ran, and wait for one that it is to run."""
        now = self._now()
        if me.request_id:
            self._pace += (now - me.started - self._pace) / 16
        me.started = now
        if (
            self._runner is me
            and now - self._last_flush < _LONGEST_WAIT
            and self._pace < _STALL
            and not self._free_threaded
        ):
            # Nearly always, and without a lock: a deque gives each request to one thread only.
            try:
                return self._queue.popleft()
            except IndexError:
                pass
        me.request_id = 0
        with self._lock:
            return self._take(me)

    def _take(self, me: _Member) -> Request:
        """Wait for a request that this thread is to run; called and left with the lock held."""
        while True:
            if self._ready and (not self._queue or me.started - self._last_flush > _LONGEST_WAIT):
                self._without_lock(self.flush)
            elif self._queue:
                if self._may_run(me):
                    break
                self._rest(me)
            elif self._reading:
                self._rest(me)
            else:
                self._reading = True
                try:
                    self._queue.extend(self._without_lock(self._receive))
                finally:
                    self._reading = False
                self._runner = me
            me.started = self._now()
        self._runner = me
        request = self._queue.popleft()
        if self._idle and self._queue and self._all_run():
            self._idle.pop().woken.release()
        return request

    def _may_run(self, me: _Member) -> bool:
        """One runner is enough, until it stalls."""
        runner = self._runner
        return runner is me or me.started - runner.started > _STALL or self._all_run()

    def _all_run(self) -> bool:
        return self._pace > _STALL or self._free_threaded

    def _rest(self, me: _Member) -> None:
        self._idle.append(me)
        self._resting.notify_all()
        self._without_lock(me.woken.acquire)

    def _without_lock(self, action: Callable[[], Any]) -> Any:  # noqa: ANN401 -- the action's
        self._lock.release()
        try:
            return action()
        finally:
            self._lock.acquire()

    def _receive(self) -> List[Request]:
        """Wait for requests, as the only thread that does."""
        requests = self._receive_batch()
        # All that is there at once: what one thread can run in a row can be answered in one message.
        while self._channel.has_frame():
            requests += self._receive_batch()
        return requests

    def _receive_batch(self) -> List[Request]:
        batch: List[Request] = self._channel.receive()
        request_id, environ, body = batch[-1]
        if type(body) is int:
            batch[-1] = (request_id, environ, self._channel.receive_raw(body))
        return batch

    # ---- Answering ----

    def send(self, message: Message, raw: Optional[Raw] = None) -> None:
        """Put an answer on its way: at once, or with those that follow within half a millisecond."""
        self.post(message, raw)
        self.flush_soon()

    def post(self, message: Message, raw: Optional[Raw] = None) -> None:
        """Put an answer in the row; another one follows at once."""
        self._ready.append((message, raw))

    def flush_soon(self) -> None:
        """Send what is in the row, unless that was done less than half a millisecond ago: then its runner does it."""
        if self._now() - self._last_flush > _LONGEST_WAIT:
            self.flush()

    def flush(self) -> None:
        """Send the answers that are ready."""
        ready = self._ready
        if not ready:
            return
        with self._send_lock:
            if ready:
                # Before they are sent: the front hears of them later than this, and looks after what has come since, also if
                # this thread has to wait for the processor now. And not if there is nothing: it would hear of nothing.
                self._last_flush = self._now()
            messages = []
            for _ in range(len(ready)):
                message, raw = ready.popleft()
                messages.append(message)
                if raw is not None:
                    self._transmit(messages, raw)
                    messages = []
            if messages:
                self._transmit(messages)

    def _transmit(self, messages: List[Message], raw: Optional[Raw] = None) -> None:
        try:
            frame = encode(messages)
        except Exception:  # noqa: BLE001 -- marshal has several, and there may be no memory
            frame = b""
        if frame and (len(frame) < _LARGE_FRAME or len(messages) == 1):
            self._channel.send_frame(frame, raw)
            return
        for message in messages[:-1]:
            self._transmit_one(message)
        self._transmit_one(messages[-1], raw)

    def _transmit_one(self, message: Message, raw: Optional[Raw] = None) -> None:
        try:
            frame = encode([message])
        except Exception:  # noqa: BLE001 -- as above; that must not cost others their answers
            trace = log_failure("an answer cannot be encoded")
            frame, raw = encode([(protocol.FAIL, message[1], trace if self.expose_tracebacks else "")]), None
        self._channel.send_frame(frame, raw)

    def open_stream(self, request_id: int, exchange: Exchange) -> None:
        """From now on credit may come for this response."""
        self._streams[request_id] = exchange

    def close_stream(self, request_id: int) -> None:
        """No more blocks of this response will be sent; a thread of the application's own may still wait to do so."""
        with self._credit:
            exchange = self._streams.pop(request_id, None)
            if exchange is not None:
                exchange.budget = 0
                self._credit.notify_all()

    def share(self, request_id: int, block: memoryview) -> "Optional[Tuple[int, int]]":
        """Put the beginning of a block where the front finds it; nothing if there is no room, or no such memory."""
        if not self._arena_offered:
            with self._lock:
                if not self._arena_offered:
                    self._offer_arena(request_id)
        arena = self._arena
        return arena.put(block) if arena else None

    def _offer_arena(self, request_id: int) -> None:
        self._arena = Arena.create(self._threads.lock()) if self.by_descriptor else None
        if self._arena:
            self.post((protocol.ARENA, request_id) + self._arena.describe())
        self._arena_offered = True

    def hand_over(self, request_id: int, wrapper: FileWrapper) -> None:
        """Keep a file open until the front says that it was sent."""
        self._files[request_id] = wrapper

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
                self._runner = member = self._idle.pop()
                member.woken.release()
        self._threads.warn_if_replaced()

    def credit(self, request_id: int, count: int) -> None:
        """The client took some of a response."""
        with self._credit:
            exchange = self._streams.get(request_id)
            if exchange is not None:
                exchange.budget += count
                self._credit.notify_all()

    def client_gone(self, request_id: int) -> None:
        """Nobody reads this response any more."""
        if request_id in self._held():
            self.gone.add(request_id)
            with self._credit:
                self._credit.notify_all()

    def client_closed(self, request_id: int) -> None:
        """The client sends nothing more, and still gets its answer."""
        if len(self.closed) > _MOST_CLOSED:
            self.closed.intersection_update(self._held())  # others were answered before the word came
        self.closed.add(request_id)

    def _held(self) -> List[int]:
        return [member.request_id for member in self._members] + [request[0] for request in list(self._queue)]

    def file_sent(self, request_id: int) -> None:
        """The front needs the file of this response no longer."""
        wrapper = self._files.pop(request_id, None)
        if wrapper is not None:
            self._closer.close(wrapper)

    def recall(self) -> List[int]:
        """Give up the requests that have not begun; return their ids."""
        ids = []
        while self._queue:
            try:
                ids.append(self._queue.popleft()[0])
            except IndexError:
                break  # a thread was quicker
        return ids

    def stop(self, timeout: Optional[float] = None) -> int:
        """Wait until every thread has run what there is to run; return how many have not, if there is a time limit."""
        with self._lock:
            deadline = None if timeout is None else self._now() + timeout
            left = timeout
            while (self._queue or self._running()) and (left is None or left > 0):
                self._resting.wait(left)
                left = None if deadline is None else deadline - self._now()
            running = self._running()
        self.flush()
        return running

    def join(self) -> None:
        """Wait for the end of the threads, which find the channel closed; Python 2.7 ends under them else."""
        for join in self._joins:
            join()

    def close(self) -> None:
        """Close what is open: the files that the front was sending, and the arena."""
        for request_id in list(self._files):
            self.file_sent(request_id)
        self._closer.stop()
        with self._lock:
            self._arena_offered = True  # a thread that still runs must not open another one
            if self._arena:
                self._arena.close()
                self._arena = None

    def _running(self) -> int:
        return len(self._members) - len(self._idle) - self._reading - self._left

    def require_worker(self) -> None:
        """End the process by the exception that is being handled, if the application has forked it."""


#: A process that serves two applications has two.
_CREWS: "weakref.WeakSet[Crew]" = weakref.WeakSet()


class Forked(Crew):
    """What is left of the crew in a process that the application has forked: whoever comes back to it ends there.

    Its parent answers. Nothing here waits for a lock, which a thread may have held that is no more.
    """

    def require_worker(self) -> None:
        """The application has failed, or asked for the end."""
        failure = sys.exc_info()[1]
        assert failure is not None
        end_with(failure)

    def post(self, *_: Any) -> None:  # noqa: ANN401 -- as that of a crew
        """Answer: that is the parent's business."""
        end()

    def flush(self) -> None:
        """Answer too."""
        end()

    def spend(self, *_: Any) -> bool:  # noqa: ANN401 -- the same
        """Answer too."""
        end()

    def _next(self, *_: Any) -> Request:  # noqa: ANN401 -- the same
        """The application has returned."""
        end()


def _become_forked() -> None:
    for crew in list(_CREWS):
        crew.__class__ = Forked


in_each_child(_become_forked)


def _close(stream: BinaryIO) -> None:
    try:
        stream.close()
    except Exception:  # noqa: S110, BLE001 -- the application still uses its memory, or has closed its descriptor
        pass
