"""Whose turn it is: which thread of a crew takes the next request, and which ones wait."""

import sys
from typing import TYPE_CHECKING, Any, Callable, List, Optional

from waitress_worker.arrivals import Arrivals
from waitress_worker.forks import end
from waitress_worker.members import Member, Members
from waitress_worker.outbox import LONGEST_WAIT, Outbox
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from waitress_worker.arrivals import Request

#: Seconds of a request from which its thread counts as stalled.
_STALL = 0.001


class Surplus(Exception):  # noqa: N818 -- it is no error
    """A thread has nothing to do that was one more while responses were streamed."""


class Turns:
    """One thread, the runner, takes all requests while they are quick; others look on until it stalls."""

    def __init__(
        self,
        arrivals: Arrivals,
        members: Members,
        outbox: Outbox,
        threads: Threads,
        now: Callable[[], float],
    ) -> None:
        """Begin with the first member's."""
        self._arrivals = arrivals
        self._queue = arrivals.queue
        self._members = members
        self._outbox = outbox
        #: No name of the module: tools that stop the time for tests find those.
        self._now = now

        self._runner = members.first
        #: Seconds that a request takes, averaged over the last ones.
        self._pace = 0.0
        #: While it takes less, one thread runs one after the other; never where threads need not take turns (PEP 703).
        self._quick = _STALL if getattr(sys, "_is_gil_enabled", lambda: True)() else 0.0

        self._lock = threads.lock()
        self._idle: List[Member] = []
        self._reading = False
        #: Threads that have ended.
        self._left = 0
        self._resting = threads.condition(self._lock)

    def next(self, me: Member) -> "Request":
        """End the request that this thread ran, and wait for one that it is to run."""
        now = self._now()
        if me.request_id:
            self._pace += (now - me.started - self._pace) / 16
        me.started = now
        if self._runner is me and now - self._outbox.last_flush < LONGEST_WAIT and self._pace < self._quick:
            # Nearly always, and without a lock: a deque gives each request to one thread only.
            try:
                return self._queue.popleft()
            except IndexError:
                pass
        me.request_id = 0
        with self._lock:
            return self._take(me)

    def _take(self, me: Member) -> "Request":
        """Wait for a request that this thread is to run; called and left with the lock held."""
        outbox = self._outbox
        while True:
            if outbox.ready and (not self._queue or me.started - outbox.last_flush > LONGEST_WAIT):
                self._without_lock(outbox.flush)
            elif self._queue:
                if self._may_run(me):
                    break
                self._rest(me)
            elif self._reading:
                self._rest(me)
            else:
                self._reading = True
                try:
                    self._without_lock(self._arrivals.receive)
                finally:
                    self._reading = False
                self._runner = me
            me.started = self._now()
        self._runner = me
        request = self._queue.popleft()
        if self._idle and self._queue and self._all_run():
            self._idle.pop().woken.release()
        return request

    def _may_run(self, me: Member) -> bool:
        """One runner is enough, until it stalls."""
        runner = self._runner
        return runner is me or me.started - runner.started > _STALL or self._all_run()

    def _all_run(self) -> bool:
        return self._pace >= self._quick

    def _rest(self, me: Member) -> None:
        if self._members.are_too_many():
            self._members.remove(me)
            self._resting.notify_all()
            raise Surplus
        self._idle.append(me)
        self._resting.notify_all()
        self._without_lock(me.woken.acquire)

    def _without_lock(self, action: Callable[[], Any]) -> Any:  # noqa: ANN401 -- the action's
        self._lock.release()
        try:
            return action()
        finally:
            self._lock.acquire()

    def pass_on(self) -> Optional[Member]:
        """Let another thread go on, unless nothing waits for one; return it if it has to be started first."""
        with self._lock:
            if self._reading and not self._queue:
                return None
            if self._idle:
                self._runner = member = self._idle.pop()
                member.woken.release()
            elif self._members.may_grow() and not self._left:
                self._runner = member = self._members.add()
                return member
        return None

    def recall(self) -> List[int]:
        """Give up the requests that have not begun; return their ids.

        Where all threads are at work, nobody reads: what lies in the socket would wait until one of them is free.
        """
        with self._lock:
            if not self._reading:
                self._arrivals.receive_rest()
            return self._arrivals.give_up()

    def leave(self) -> None:
        """Count a thread that ends, and wake another: it finds out why for itself."""
        with self._lock:
            self._left += 1
            self._resting.notify_all()
            if self._idle:
                self._idle.pop().woken.release()

    def wait_for_rest(self, timeout: Optional[float]) -> int:
        """Wait, for so many seconds at most, until no request runs or waits; return how many threads still run."""
        with self._lock:
            deadline = None if timeout is None else self._now() + timeout
            left = timeout
            while (self._queue or self._running()) and (left is None or left > 0):
                self._resting.wait(left)
                left = None if deadline is None else deadline - self._now()
            return self._running()

    def _running(self) -> int:
        return len(self._members) - len(self._idle) - self._reading - self._left

    def become_forked(self) -> None:
        """Give no more turns: this process is a child of the worker."""
        self.__class__ = _Over


class _Over(Turns):
    """What is left of them in a process that the application has forked: whoever comes back to it ends there."""

    def next(self, *_: Any) -> "Request":  # noqa: ANN401 -- as that of a worker
        """The application has returned."""
        end()
