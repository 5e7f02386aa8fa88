"""Daemon processes of multiprocessing end with their worker, also where that is killed.

Python sends them SIGTERM at its own exit, which a worker does not come to that the system ends, for the front is gone or
does not wait for an import. Linux sends them the same then.
"""

import os
import signal
import sys
from select import select  # bound before gevent or eventlet can put another one in its place
from typing import Any, List

from waitress_worker.compat import keep_from_children
from waitress_worker.forks import in_each_child

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment] # Windows has none

#: Those that an earlier process had started, of which a fork knows too.
_OF_OTHERS: List[Any] = []

#: Both ends of a pipe on which nothing is ever sent. As its children close the second, it is closed when this process ends.
_LIFE: List[int] = []


def end_daemons_with_this_process() -> None:
    """Do so from now on, where the system can: with those that multiprocessing forks."""
    _OF_OTHERS[:] = _children()
    if fcntl is not None and hasattr(fcntl, "F_SETSIG"):
        _LIFE[:] = os.pipe()
        for descriptor in _LIFE:
            keep_from_children(descriptor)


def _children() -> List[Any]:
    """Those that multiprocessing knows, however it has started them."""
    process = sys.modules.get("multiprocessing.process")
    return [] if process is None else process.active_children()  # type: ignore[no-any-return]


def end_daemons() -> None:
    """End them now, also those that were not forked: Python does so at an exit to which a forked worker does not come."""
    for child in _children():
        if child.daemon and child not in _OF_OTHERS:
            child.terminate()


def leave_to_the_parent() -> None:
    """In a forked worker, let those be its parent's that were there before: multiprocessing would end them at this exit."""
    while _LIFE:
        os.close(_LIFE.pop())
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        getattr(processes, "_children", set()).clear()


def _in_child() -> None:
    """Find out later, when multiprocessing has said so, whether this is a daemon."""
    if not _LIFE:
        return
    reading, writing = _LIFE
    del _LIFE[:]
    child = os.getpid()

    def in_process(_: object) -> None:
        # What a child forks in its turn is no child of the worker.
        if os.getpid() == child and sys.modules["multiprocessing.process"].current_process().daemon:
            _end_with(reading)

    try:
        os.close(writing)
        util = sys.modules.get("multiprocessing.util")
        if util is None:
            os.close(reading)
        else:
            util.register_after_fork(in_process, in_process)
    except EnvironmentError:
        pass  # the application has closed what it does not know


in_each_child(_in_child)


def _end_with(reading: int) -> None:
    """End this process when nobody holds the other end of a pipe."""
    try:
        # Whom to tell is a matter of each opening of a pipe, and this one's other processes have theirs.
        own = os.open("/proc/self/fd/{}".format(reading), os.O_RDONLY | os.O_NONBLOCK)
    except EnvironmentError:
        return
    keep_from_children(own)
    os.close(reading)
    fcntl.fcntl(own, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(own, fcntl.F_SETSIG, signal.SIGTERM)
    fcntl.fcntl(own, fcntl.F_SETFL, fcntl.fcntl(own, fcntl.F_GETFL) | os.O_ASYNC)
    if select([own], [], [], 0)[0]:
        os.kill(os.getpid(), signal.SIGTERM)  # it was closed before
