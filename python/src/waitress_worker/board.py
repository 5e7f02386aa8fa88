"""What the front finds of a worker that has died: which requests it had begun, and answers that it could not send."""

from typing import Any

from waitress_worker.compat import as_numbers

_NUMBER_BYTES = 4


class Board:
    """A mapped file: for each thread the request that it began last; then how many bytes of answers follow, and those."""

    def __init__(self, memory: Any, threads: int) -> None:  # noqa: ANN401 -- mapped, or anything like it
        """Use this memory, which is all zero."""
        self._memory = memory
        #: A number for each thread, and behind them one for the bytes that are kept.
        self.begun = as_numbers(memory)
        self._threads = threads
        self._first = (threads + 1) * _NUMBER_BYTES
        self._last = len(memory)
        self._end = self._first

    def keep(self, answer: bytes) -> bool:
        """Let the front find an answer if this process dies before it is sent; false if there is no room for it."""
        start = self._end
        end = start + len(answer)
        if end > self._last:
            return False
        self._memory[start:end] = answer
        # Last: whoever reads must not find more than there is.
        self.begun[self._threads] = end - self._first
        self._end = end
        return True

    def clear(self) -> None:
        """All that was kept is sent."""
        if self._end != self._first:
            self.begun[self._threads] = 0
            self._end = self._first
