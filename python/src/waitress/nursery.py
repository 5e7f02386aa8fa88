"""A process that forks workers: it has the application but runs none of it, so that it may fork at any time.

Forking from the process that serves would copy locks that its threads hold, and nobody would ever open them in the copy.

Two pipes tell of the end, however it comes: the nursery ends when nobody holds the caller's end of the *leash*, and the
caller knows that the nursery has ended when nobody holds the nursery's end of its *sign of life*.
"""

import contextlib
import os
import select
import signal
import sys
import weakref

from waitress.keeper import Keeper, Work, describe, exit_after, flush, signals_held_back
from waitress_worker.forks import in_each_child
from waitress_worker.signals import leave_to_the_front

#: Seconds that it may take over its end and that of the workers; then it is killed.
_LONGEST_END = 5.0


def _is_patched_by_eventlet() -> bool:
    """Under it requests hang once workers have been forked."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


class Nursery:
    """Keeps so many workers running until the front tells them to quit."""

    def __init__(self, workers: int, work: "Work", startup_timeout: float) -> None:
        """Fork; each worker has so many seconds to begin."""
        if _is_patched_by_eventlet():
            raise ValueError(
                "workers: more than one cannot be forked from a program that eventlet has patched;"
                " waitress-serve MODULE:OBJECT starts them without"
            )
        leash, self._leash = os.pipe()
        self._life, life = os.pipe()
        flush()
        with signals_held_back():
            #: Number of its process.
            self.pid = os.fork()
            if self.pid == 0:
                leave_to_the_front()
        if self.pid == 0:
            _close(self._leash, self._life)
            self._leash, self._life = leash, life
            _LIVE.add(self)
            exit_after(Keeper(workers, work, leash, startup_timeout).keep)
        _close(leash, life)
        _LIVE.add(self)

    def let_go(self) -> None:
        """Close this process' ends of the pipes, in a child: they are the parent's alone."""
        _close(self._leash, self._life)

    def has_died(self) -> bool:
        """Tell whether it has ended, though nobody asked it to."""
        return bool(select.select([self._life], [], [], 0)[0])

    def lost(self) -> Exception:
        """Return what to raise then."""
        return ChildProcessError("the process that forks workers ({}) {}".format(self.pid, self._how_it_ended()))

    def _how_it_ended(self) -> str:
        try:
            return describe(os.waitpid(self.pid, 0)[1])
        except ChildProcessError:
            return "ended"  # where SIGCHLD is ignored the system keeps no status

    def wait(self) -> None:
        """Let it end what is left of the workers, and wait for that."""
        _LIVE.discard(self)
        os.close(self._leash)
        if not select.select([self._life], [], [], _LONGEST_END)[0]:
            os.kill(self.pid, signal.SIGKILL)  # it is stopped, or worse
        os.close(self._life)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


#: The nurseries of this process, or itself, with ends of pipes that its children must not hold.
_LIVE: "weakref.WeakSet[Nursery]" = weakref.WeakSet()


def _let_go_of_all() -> None:
    for nursery in list(_LIVE):
        nursery.let_go()
    _LIVE.clear()


in_each_child(_let_go_of_all)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
