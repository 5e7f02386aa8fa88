"""Threads, and what they wait for, as Python's modules had them when the application was loaded.

An application may have had gevent or eventlet put *green* threads in their place, which take turns on one thread of the
system: then requests run on those, as everything else of the application. What waits as the system does would keep all of
them waiting; a lock of one kind is of no use to threads of the other. So the kind is settled once, for all of a worker.
"""

import sys
import types
from collections import deque
from functools import partial
from importlib import import_module
from threading import Thread
from typing import Any, Callable, Deque, Optional

from waitress_worker.compat import acquire_within
from waitress_worker.log import LOG, harmless

_LOW = "thread" if sys.version_info < (3,) else "_thread"


class Threads:
    """Starts threads of one kind and makes what they wait for."""

    def __init__(self) -> None:
        """Settle for the kind that Python's modules have now."""
        self._low = low = __import__(_LOW)
        self._start_new_thread = low.start_new_thread
        self.lock: Callable[[], Any] = low.allocate_lock
        #: Id of the thread that calls.
        self.ident: Callable[[], int] = low.get_ident
        self.are_green = not isinstance(low.start_new_thread, types.BuiltinFunctionType)
        self._warned = False
        #: Waits until a descriptor can be read; nothing where threads of the system do that by reading.
        self.wait_to_read: Optional[Callable[[int], Any]] = _find_wait() if self.are_green else None

    def start(self, action: "Callable[[], Any]", name: str) -> "Callable[[], Any]":
        """Run an action on a thread that ends with the process; returns a function that waits for the end of the action."""
        ended = self.lock()
        ended.acquire()
        if self._are_replaced():
            self._start_new_thread(_run, (action, ended))
            return ended.acquire  # type: ignore[no-any-return]
        thread = Thread(target=_run, args=(action, ended), name=name)
        thread.daemon = True
        thread.start()
        # A thread of gevent that has ended says so to nobody who waits in join().
        return ended.acquire if self.are_green else thread.join

    def _are_replaced(self) -> bool:
        return self._low.start_new_thread is not self._start_new_thread

    def warn_if_replaced(self) -> None:
        """Tell, once, of what cannot go well: a patch that comes when requests run already."""
        if self._are_replaced() and not self._warned:
            self._warned = True
            with harmless:
                LOG.warning(
                    "threads were replaced (by gevent or eventlet?) while requests run on threads of the other kind, which"
                    " may wait for ever: let that be the first statement of the application's module"
                )

    def condition(self, lock: Any = None) -> "Condition":  # noqa: ANN401 -- a lock has no type in 2.7
        """Make a condition on a lock, or on one of its own."""
        return Condition(self.lock, lock or self.lock())

    def queue(self) -> "Queue":
        """Make an empty queue."""
        return Queue(self.condition())


def _find_wait() -> "Optional[Callable[[int], Any]]":
    if "gevent" in sys.modules:
        return import_module("gevent.socket").wait_read  # type: ignore[no-any-return]
    if "eventlet" in sys.modules:
        return partial(import_module("eventlet.hubs").trampoline, read=True)
    return None


def _run(action: "Callable[[], Any]", ended: Any) -> None:  # noqa: ANN401 -- see above
    try:
        action()
    finally:
        ended.release()


class Condition:
    """Lets threads wait for what others do, as :class:`threading.Condition`."""

    def __init__(self, make_lock: "Callable[[], Any]", lock: Any) -> None:  # noqa: ANN401 -- see above
        self._make_lock = make_lock
        self._lock = lock
        self._waiting: "Deque[Any]" = deque()

    def __enter__(self) -> None:
        """Take the lock."""
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self._lock.release()

    def wait(self, timeout: Optional[float] = None) -> None:
        """Without the lock, wait until somebody notifies, or for so many seconds at most."""
        woken = self._make_lock()
        woken.acquire()
        self._waiting.append(woken)
        self._lock.release()
        try:
            if timeout is None:
                woken.acquire()
            else:
                acquire_within(woken, timeout)
        finally:
            self._lock.acquire()

    def notify_all(self) -> None:
        """Wake all that wait. Called with the lock held."""
        while self._waiting:
            self._waiting.popleft().release()


class Queue:
    """Hands values from threads to a thread, in order."""

    def __init__(self, changed: Condition) -> None:
        self._values: "Deque[Any]" = deque()
        self._changed = changed

    def put(self, value: Any) -> None:  # noqa: ANN401 -- any value
        """Add a value at the end."""
        with self._changed:
            self._values.append(value)
            self._changed.notify_all()

    def get(self) -> Any:  # noqa: ANN401 -- the same
        """Wait for a value and take it."""
        with self._changed:
            while not self._values:
                self._changed.wait()
            return self._values.popleft()
