"""Keeps so many forked workers running, one process among them that runs nothing of the application."""

import contextlib
import logging
import mmap
import os
import select
import signal
import sys
import time
import traceback
from itertools import count
from typing import Any, Callable, Dict, Iterator, List, NoReturn

from waitress_worker.forks import end
from waitress_worker.log import harmless
from waitress_worker.signals import leave_to_the_front

_LOG = logging.getLogger("waitress")

#: The calling process is the first.
_FIRST_NUMBER = 2

_FIRST_DELAY = 0.1
_LONGEST_DELAY = 10.0

#: A worker that has lived so long did not die at its start.
_SETTLED = 5.0

#: Seconds that workers may take over their end once the server has ended; then they are killed.
_GRACE = 1.0

#: What runs in each worker, with its number and what to call when it has begun; true when the front has said that all is over.
Work = Callable[[int, Callable[[], None]], bool]


class _Child:
    """One worker."""

    def __init__(self, place: int) -> None:
        #: One that it shares with no other.
        self.place = place
        self.since = time.monotonic()
        self.is_given_up = False


class Keeper:
    """What the nursery does: replace workers that end, as long as somebody holds its leash."""

    def __init__(self, workers: int, work: "Work", leash: int, startup_timeout: float) -> None:
        self._workers = workers
        self._work = work
        self._leash = leash
        self._numbers = count(_FIRST_NUMBER)
        self._startup_timeout = startup_timeout
        #: By process.
        self._started: Dict[int, _Child] = {}
        #: A byte for the place of each worker, which it sets when it has begun.
        self._begun = mmap.mmap(-1, workers)
        self._delay = 0.0
        #: When the next one may be started.
        self._due = 0.0
        #: Its byte is set by the worker that is the first to be told that all is over.
        self._over = mmap.mmap(-1, 1)
        self._woken: int = -1
        self._before: Any = signal.SIG_DFL

    def keep(self) -> int:
        """Do so until all is over; return the exit status."""
        self._watch_children()
        while not self._is_over():
            self._start_those_due()
            self._wait()
            self._reap()
            self._end_those_stuck()
        self._end_all()
        return 0

    def _watch_children(self) -> None:
        """Be woken when one ends, also where the caller ignores that, or has its own way to deal with it."""
        self._woken, waking = os.pipe()
        os.set_blocking(self._woken, False)  # noqa: FBT003 -- its only parameter
        os.set_blocking(waking, False)  # noqa: FBT003 -- the same
        self._before = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking)

    def _is_over(self) -> bool:
        return bool(self._over[0]) or self._is_ready(self._leash, 0.0)

    @staticmethod
    def _is_ready(descriptor: int, seconds: float) -> bool:
        return bool(select.select([descriptor], [], [], seconds)[0])

    def _start_those_due(self) -> None:
        while len(self._started) < self._workers and time.monotonic() >= self._due:
            try:
                self._start()
            except OSError as failure:
                if not self._delay:
                    _LOG.error("cannot fork a worker: %s", failure)  # noqa: TRY400 -- no fault of a program
                self._put_off()

    def _start(self) -> None:
        number = next(self._numbers)
        place = min(set(range(self._workers)) - {child.place for child in self._started.values()})
        self._begun[place] = 0
        flush()
        with signals_held_back():
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, self._before)
                leave_to_the_front()
        if pid == 0:
            exit_after(lambda: self._live(number, place))
        self._started[pid] = _Child(place)

    def _live(self, number: int, place: int) -> int:
        def begun() -> None:
            self._begun[place] = 1

        if self._work(number, begun):
            self._over[0] = 1
        return 0

    def _put_off(self) -> None:
        self._delay = min(_LONGEST_DELAY, max(_FIRST_DELAY, 2 * self._delay))
        self._due = time.monotonic() + self._delay

    def _wait(self) -> None:
        wait: List[float] = []
        if len(self._started) < self._workers:
            wait.append(self._due - time.monotonic())
        wait += [self._left(child) for child in self._beginning().values()]
        select.select([self._leash, self._woken], [], [], *([max(0.0, min(wait))] if wait else []))

    def _beginning(self) -> "Dict[int, _Child]":
        """Those that have not begun yet."""
        children = self._started.items()
        return {pid: child for pid, child in children if not (self._begun[child.place] or child.is_given_up)}

    def _left(self, child: "_Child") -> float:
        """Seconds until it should have begun."""
        return child.since + self._startup_timeout - time.monotonic()

    def _end_those_stuck(self) -> None:
        """The front knows nothing of a worker that has not come to it."""
        for pid, child in self._beginning().items():
            if self._left(child) <= 0:
                _LOG.error("worker %d has not begun in %d seconds (startup_timeout)", pid, self._startup_timeout)
                child.is_given_up = True
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        for pid, status in self._ended():
            age = time.monotonic() - self._started.pop(pid).since
            if self._over[0]:
                continue
            if status:
                _LOG.error("worker %d %s", pid, describe(status))
            elif not self._is_ready(self._leash, _FIRST_DELAY):
                # A front that is gone ends its workers like that too, and the caller with them.
                _LOG.error("worker %d %s", pid, describe(status))
            if age > _SETTLED:
                self._delay = 0.0
            else:
                self._put_off()

    def _ended(self) -> "Iterator[tuple[int, int]]":
        while self._started:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid in self._started:
                yield pid, status

    def _end_all(self) -> None:
        """See to the end of all, one way or the other."""
        deadline = time.monotonic() + _GRACE
        while self._started:
            for pid, _ in self._ended():
                del self._started[pid]
            left = deadline - time.monotonic()
            if self._started and left <= 0:
                for pid in self._started:
                    os.kill(pid, signal.SIGKILL)
                left = _GRACE
            if self._started:
                self._is_ready(self._woken, left)
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)


def describe(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "was killed by signal {}".format(os.WTERMSIG(status))
    return "ended with status {}".format(os.WEXITSTATUS(status))


@contextlib.contextmanager
def signals_held_back() -> "Iterator[None]":
    """Nobody may be told to end between a fork and the moment when it has its own answer to that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def exit_after(action: Callable[[], int]) -> "NoReturn":
    """Do all that a forked process is for, and end it without what its parent has planned for its own end."""
    status = 1
    try:
        status = action()
    except BaseException:
        traceback.print_exc()
    end(status)


def flush() -> None:
    """Empty the buffers, which a forked process would empty a second time."""
    for stream in (sys.stdout, sys.stderr):
        with harmless:  # it may be closed, or lead nowhere
            if stream is not None:
                stream.flush()
