"""The system ends a worker whose front is gone: also one that is still importing, or that keeps every thread waiting."""

import os
import select
import signal
import threading
from _socket import socket as Socket  # noqa: N812 -- a class, whatever stands for it in the module socket by now

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment] # Windows has none


def end_with_the_other_side(connected: Socket) -> None:
    """End this process when the other side of a connection on which nothing is ever sent is closed."""
    if fcntl is not None and hasattr(fcntl, "F_SETSIG"):
        _kill_at_the_end(connected.fileno())
    else:
        thread = threading.Thread(target=_wait_for_the_end, args=(connected,), name="waitress-leash")
        thread.daemon = True
        thread.start()


def _kill_at_the_end(descriptor: int) -> None:
    """Let Linux do it: a thread would have to wait for one that is at work in C and holds the GIL."""
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([descriptor], [], [], 0)[0]:
        os._exit(1)  # it was closed before


def _wait_for_the_end(connected: Socket) -> None:
    try:
        connected.recv(1)
    except EnvironmentError:
        pass  # reset: that is an end too
    os._exit(1)
