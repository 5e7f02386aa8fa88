"""What servers need that fork: their workers end with them, though nobody tells them to."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent() -> None:
    """Have each process forked from now on be killed when its parent dies."""
    library = ctypes.CDLL(None)
    os.register_at_fork(after_in_child=lambda: library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
