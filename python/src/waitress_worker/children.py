"""The workers that this process has forked: which of them live, and how each has ended.

What tells of an end is a pipe that closes, not SIGCHLD, for which the application may have its own plans.
"""

import os
from select import POLLIN, poll  # bound before gevent or eventlet can put others in their place
from typing import Dict, Iterator, List, Optional, Tuple

from waitress_worker.compat import keep_from_children
from waitress_worker.forks import fork_worker, in_each_child

#: Milliseconds until it is looked again for one whose pipe is closed and which has not ended yet.
_MOMENT = 50

#: What is told of one whose status the system has not kept, as where the application has SIGCHLD ignored.
UNKNOWN_STATUS = -1

#: What a shell adds to the number of a signal that has ended a process.
_SIGNALLED = 128


class Children:
    """All of them. One thread alone calls."""

    def __init__(self) -> None:
        """Begin without any."""
        #: Number and process of each, by our end of its pipe.
        self._living: Dict[int, Tuple[int, int]] = {}
        #: Ends of pipes that are closed, though their processes go on.
        self._doubtful: List[int] = []

    def fork(self, number: int) -> int:
        """Fork the worker of this number, and return its process; 0 there."""
        reading, writing = os.pipe()
        try:
            process = fork_worker()
        except BaseException:
            os.close(reading)
            os.close(writing)
            raise
        if process == 0:
            for descriptor in [reading] + list(self._living):
                os.close(descriptor)
            _hold(writing)
        else:
            os.close(writing)
            self._living[reading] = (number, process)
        return process

    def wait(self, descriptor: int) -> bool:
        """Wait until one may have ended, or something can be read here; tell whether it can."""
        waiting = poll()
        for each in [descriptor] + list(self._living):
            if each not in self._doubtful:
                waiting.register(each, POLLIN)
        found = [each for each, _ in waiting.poll(_MOMENT if self._doubtful else None)]
        self._doubtful += [each for each in found if each != descriptor]
        return descriptor in found

    def ended(self) -> "Iterator[Tuple[int, int]]":
        """Number and status of each that has ended, once; a status above 128 is a signal's number plus 128."""
        for each in list(self._doubtful):
            number, process = self._living[each]
            status = _status_of(process)
            if status is not None:
                self._doubtful.remove(each)
                del self._living[each]
                os.close(each)
                yield number, status


def _status_of(process: int) -> "Optional[int]":
    """How a child has ended; None as long as it has not."""
    try:
        ended, status = os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        return UNKNOWN_STATUS
    if not ended:
        return None
    return _SIGNALLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _hold(writing: int) -> None:
    """Keep this end of a pipe open as long as this process lives, and in no other."""

    def let_go() -> None:
        try:
            os.close(writing)
        except OSError:
            pass  # the application has closed what it does not know

    keep_from_children(writing)
    in_each_child(let_go)
