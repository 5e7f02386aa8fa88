"""Sends what the application has counted: with the answers of its requests, and a few times a second what else there is."""

import time
from typing import TYPE_CHECKING, Any, Optional

from waitress_worker.protocol import COUNTED, COUNTS, SERIES
from waitress_worker.series import SERIES as ALL

if TYPE_CHECKING:
    from waitress_worker.outbox import Message, Outbox, Raw
    from waitress_worker.threads import Threads

#: Seconds between looks for what was counted outside of requests.
_INTERVAL = 0.1

#: Definitions in one message, which is far from too large then.
_MOST_TOGETHER = 100


class CountedOutbox(object):
    """An outbox for requests, whose messages say what was counted before them."""

    def __init__(self, outbox: "Outbox", threads: "Threads") -> None:
        """Begin: the front knows of no metric yet."""
        self._outbox = outbox
        #: Asked for by every request, and so not by way of __getattr__.
        self.heads = outbox.heads
        self._threads = threads
        self._lock = threads.lock()
        self._telling = threads.lock()
        self._told = 0
        self._is_over = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- what else an outbox has
        return getattr(self._outbox, name)

    def enlist(self) -> None:
        """Let the thread that calls count for its requests."""
        ALL.enlist(self._threads.ident)

    def dismiss(self) -> None:
        """The thread that calls ends."""
        ALL.dismiss()

    def send(self, message: "Message", raw: "Optional[Raw]" = None) -> None:
        """Put a message of a request on its way."""
        self._outbox.send(self.counted(message), raw)

    def post(self, message: "Message") -> None:
        """Put a message of a request in the row."""
        self._outbox.post(self.counted(message))

    def counted(self, message: "Message") -> "Message":
        """Add to a message what was counted before it."""
        changes = self._take()
        return (COUNTED, message[1], changes, message) if changes else message

    def answered(self, answer: "Optional[Message]") -> "Optional[Message]":
        """Add to the answer of a request what was counted before it; say it at once where all of it has been sent."""
        if answer is None:
            self.tell_rest()
            return None
        return self.counted(answer)

    def _take(self) -> bytes:
        changes = ALL.take()
        if changes:
            self._tell_of_new()
        return changes

    def _tell_of_new(self) -> None:
        """Say what new numbers mean, before anybody uses them, and before anything else can be the last word of this process."""
        if self._told == len(ALL.definitions):
            return
        with self._lock:
            while self._told < len(ALL.definitions):
                some = ALL.definitions[self._told : self._told + _MOST_TOGETHER]
                self._outbox.tell((SERIES, self._told + 1, some))
                self._told += len(some)

    def tell_rest(self) -> None:
        """Say at once what was counted behind the last message."""
        changes = self._take()
        if changes:
            self._outbox.tell((COUNTS, 0, changes))

    def start(self) -> None:
        """Look every so often for gauges, and for what belongs to no request."""
        ALL.repeat_gauges()
        self._threads.start(self._run, "waitress-metrics")

    def _run(self) -> None:
        sleep = time.sleep  # found now: green threads have one of their own
        while not self._is_over:
            try:
                self._tell_all()
            except (EOFError, EnvironmentError):
                return  # the front is gone
            sleep(_INTERVAL)

    def _tell_all(self) -> None:
        with self._telling:  # or a gauge might be told after a later value of it
            changes = ALL.take_gauges() + ALL.take()
            self._tell_of_new()  # also of those that are 0 still
            if changes:
                self._outbox.tell((COUNTS, 0, changes))

    def stop(self) -> None:
        """Say the last; nothing is counted any more."""
        self._is_over = True
        self._tell_all()
