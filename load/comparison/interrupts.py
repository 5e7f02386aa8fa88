"""Ctrl-C (and TERM, HUP) at any moment, without leaving a server behind."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Turns the first signal into a KeyboardInterrupt, but not while a process is starting or ending.

    A plain KeyboardInterrupt between fork and the assignment of its result would lose the child.
    """

    def __init__(self) -> None:
        """Do nothing yet; see ``install``."""
        self._held = 0
        self._pending = False

    def install(self) -> None:
        """Take the signals over for the rest of this process."""
        for number in _SIGNALS:
            signal.signal(number, self._arrived)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep a signal back until the end of the block."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending and not self._held:
            self._raise()

    def _arrived(self, _number: int, _frame: FrameType | None) -> None:
        self._pending = True
        if not self._held:
            self._raise()

    def _raise(self) -> None:
        # An impatient second Ctrl-C must not stop the cleaning up.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self._pending = False
        raise KeyboardInterrupt
