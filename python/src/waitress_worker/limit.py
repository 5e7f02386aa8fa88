"""The time limit for requests: an exception for the one that takes too long, and its deadline.

The exception comes to a thread from outside, wherever that thread is. So it is let in only while the application runs, and
never while this package does: half a message would be sent, or a lock kept, at the cost of other requests. And whoever
raises it has to find the request in its place, so that no later one of the same thread gets it.
"""

import sys
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Optional, Set, Tuple, Type

from waitress_worker import RequestTimeout, protocol, stacks
from waitress_worker.compat import implementation
from waitress_worker.files import FileWrapper
from waitress_worker.log import LOG, harmless, printable
from waitress_worker.response import Exchange
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from waitress_worker.headers import Pair

#: What the application returns is in one piece, or no iterable of blocks.
_WHOLE = (list, tuple, bytes, str, FileWrapper, type(None))


class TimeLimit:
    """Lets requests be cut short."""

    def __init__(self, seconds: int, threads: Threads) -> None:
        """Let each run for so many seconds."""
        self.seconds = seconds
        self._raise = _find_raise() if not threads.are_green else None
        #: Whether there is a way to raise an exception in another thread.
        self.can_raise = self._raise is not None
        self.ident = threads.ident
        #: Requests whose code runs now, and the numbers of their threads. Whoever takes one out of it may go on: its
        #: thread, to other code than the application's, or who wants to stop it, to do so. Without a lock: each operation
        #: of a dictionary is whole.
        self._exposed: Dict[int, Any] = {}
        #: Requests that are to be cut short.
        self.overdue: Set[int] = set()
        self._raising = threads.lock()

    def expose(self, request_id: int, thread: Any) -> None:  # noqa: ANN401 -- a number, of whatever kind
        """From now on the application runs."""
        self._exposed[request_id] = thread
        if self.overdue and request_id in self.overdue:
            self.hide(request_id)
            raise RequestTimeout

    def hide(self, request_id: int) -> None:
        """From now on it does not; an exception on its way comes before the end of this, or never."""
        try:
            if self._exposed.pop(request_id, None) is None and self._raise is not None:
                with self._raising:
                    self._raise(self.ident(), None)
        except RequestTimeout:
            pass  # it comes too late to stop anything

    def cut_short(self, request_id: int) -> None:
        """Raise RequestTimeout in the code of this request: now, or as soon as it runs again."""
        self.overdue.add(request_id)
        with self._raising:
            thread = self._exposed.pop(request_id, None)
            if thread is not None and self._raise is not None:
                self._raise(thread, RequestTimeout)

    def stop(self, request_id: int, requests: Callable[[], Dict[int, int]], *, shows_all: bool) -> str:
        """Cut a request short, and tell where it was; nothing if it has ended meanwhile.

        ``requests`` tells which one each thread runs.
        """
        if request_id not in requests().values():
            return ""
        found = stacks.take(requests())
        if request_id not in requests().values():
            return ""
        self.cut_short(request_id)
        own = [stack for _, each, stack in found if each == request_id] or ["  (nobody can tell)\n"]
        others = ["Thread {}:\n{}".format(name, stack) for name, each, stack in found if each != request_id]
        return "".join(own + others if shows_all else own)

    def exchange(self) -> "Type[LimitedExchange]":
        """Make the kind of exchange that has this limit: a class, so that each request need not be told of it."""

        class Limited(LimitedExchange):
            _limit = self

        return Limited


class LimitedExchange(Exchange):
    """One whose application can be stopped from outside."""

    # Defaults of the class, as in every exchange; run() sets what it needs.
    _limit: TimeLimit
    _application: Callable[..., Any]
    _thread: Any = None
    _is_exposed = False

    def run(self, application: Callable[..., Any], environ: Dict[str, Any]) -> Optional[Tuple[Any, ...]]:
        """Answer the request, as any; the application knows how long it has."""
        limit = self._limit
        environ["waitress.deadline"] = time.time() + limit.seconds
        if not limit.can_raise:
            return Exchange.run(self, application, environ)
        self._application = application
        self._thread = limit.ident()
        try:
            return Exchange.run(self, self._call, environ)
        finally:
            if limit.overdue:
                limit.overdue.discard(self._id)

    def failure(self, path: str) -> Tuple[Any, ...]:
        """Log the exception that is being handled; where it has stopped what takes too long, the log says so in short."""
        if not isinstance(sys.exc_info()[1], RequestTimeout):
            return Exchange.failure(self, path)
        self._outbox.require_worker()
        with harmless:
            LOG.warning("RequestTimeout has stopped the application while serving %s", printable(path))
        return (protocol.FAIL, self._id, "")

    def _call(self, environ: Dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401 -- the application's
        result = self.exposed(self._application, environ, start_response)
        return result if type(result) is list or isinstance(result, _WHOLE) else _Blocks(self, result)

    def exposed(self, action: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 -- the action's
        """Run code of the application."""
        self._is_exposed = True
        self._limit.expose(self._id, self._thread)
        try:
            return action(*arguments)
        finally:
            self._is_exposed = False
            self._limit.hide(self._id)

    def start_response(
        self,
        status: str,
        headers: "Iterable[Pair]",
        exc_info: Any = None,  # noqa: ANN401 -- as sys.exc_info() gives it
    ) -> Callable[[bytes], None]:
        """Take status and headers, and send the front those that it is to know; half of that would break the worker's word."""
        if self._id in self._limit.overdue:  # it was stopped, and answers all the same
            return Exchange.start_response(self, status, headers, exc_info)
        write: Callable[[bytes], None] = self._hidden(Exchange.start_response, status, headers, exc_info)
        return write

    def write(self, block: bytes) -> None:
        """Send a block from inside the application."""
        self._hidden(Exchange.write, block)

    def __call__(self, headers: "Iterable[Pair]") -> None:
        """Send headers from inside the application."""
        self._hidden(Exchange.__call__, headers)

    def _hidden(self, action: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 -- the action's
        """Do what the application asks for, which waits meanwhile."""
        if not self._is_exposed or self._limit.ident() != self._thread:  # a thread of its own
            return action(self, *arguments)
        self._limit.hide(self._id)
        try:
            return action(self, *arguments)
        finally:
            self._limit.expose(self._id, self._thread)


class _Blocks:
    """What the application has returned, whose code runs when it is asked for blocks."""

    def __init__(self, exchange: LimitedExchange, blocks: Any) -> None:  # noqa: ANN401 -- any iterable
        self._exchange = exchange
        self._blocks = blocks

    def __len__(self) -> int:
        return len(self._blocks)

    def __iter__(self) -> "_Blocks":
        self._iterator = self._exchange.exposed(iter, self._blocks)
        return self

    def __next__(self) -> bytes:
        return self._exchange.exposed(next, self._iterator)  # type: ignore[no-any-return]

    next = __next__  # for 2.7

    def close(self) -> None:
        """Let the application tidy up, however late it is."""
        close = getattr(self._blocks, "close", None)
        if close is not None:
            close()


def _find_raise() -> Optional[Callable[[Any, Any], Any]]:
    """Find the function that raises an exception in another thread, or takes it back; CPython alone has it."""
    if implementation != "cpython":
        return None
    try:
        import ctypes  # noqa: PLC0415 -- seldom needed, and the start of a worker counts

        set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
    except (ImportError, AttributeError):
        return None

    def set_it(thread: int, exception: Any) -> None:  # noqa: ANN401 -- a class, or nothing
        set_exception(ctypes.c_ulong(thread), exception and ctypes.py_object(exception))

    return set_it
