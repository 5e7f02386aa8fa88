"""A process that forks workers: it has the application but runs none of it, so that it may fork at any time.

Forking from the process that serves would copy locks that its threads hold, and nobody would ever open them in the copy.
"""

import contextlib
import logging
import os
import signal
import sys
import time
import traceback
from itertools import count
from typing import Callable, Dict, Iterator

from waitress_worker.control import leave_signals_to_the_front

_LOG = logging.getLogger("waitress")

#: The calling process is the first.
_FIRST_NUMBER = 2

_FIRST_DELAY = 0.1
_LONGEST_DELAY = 10.0

#: A worker that has lived so long did not die at its start.
_SETTLED = 5.0


class Nursery:
    """Keeps so many workers running until the front tells them to quit."""

    def __init__(self, workers: int, work: Callable[[int], int]) -> None:
        """Fork; ``work`` runs in each worker, with its number, and returns its exit status."""
        if not hasattr(os, "fork"):
            raise ValueError(
                "workers: more than one share the application by fork, which {} does not have;"
                " waitress-serve MODULE:OBJECT starts them without".format(sys.platform)
            )
        _flush()
        with _signals_held_back():
            #: Number of its process.
            self.pid = os.fork()
            if self.pid == 0:
                leave_signals_to_the_front()
        if self.pid == 0:
            _exit_after(lambda: _keep(workers, work))

    def wait(self) -> None:
        """Wait until all workers have ended."""
        os.waitpid(self.pid, 0)


@contextlib.contextmanager
def _signals_held_back() -> "Iterator[None]":
    """Nobody may be told to end between a fork and the moment when it has its own answer to that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _keep(workers: int, work: Callable[[int], int]) -> int:
    numbers = count(_FIRST_NUMBER)
    delay = 0.0
    started: Dict[int, float] = {}

    def start() -> None:
        number = next(numbers)
        _flush()
        pid = os.fork()
        if pid == 0:
            _exit_after(lambda: work(number))
        started[pid] = time.time()

    for _ in range(workers):
        start()
    while started:
        pid, status = os.wait()
        age = time.time() - started.pop(pid)
        if status == 0:
            continue  # told to quit, or the front is gone
        _LOG.error("worker %d %s", pid, _describe(status))
        delay = 0.0 if age > _SETTLED else min(_LONGEST_DELAY, max(_FIRST_DELAY, 2 * delay))
        time.sleep(delay)
        start()
    return 0


def _describe(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "was killed by signal {}".format(os.WTERMSIG(status))
    return "ended with status {}".format(os.WEXITSTATUS(status))


def _exit_after(action: Callable[[], int]) -> None:
    """Do all that a forked process is for, and end it without what its parent has planned for its own end."""
    status = 1
    try:
        status = action()
    except BaseException:
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _flush() -> None:
    """Empty the buffers, which a forked process would empty a second time."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
