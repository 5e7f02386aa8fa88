"""How a process of ours begins: what it sees to before it imports the application, and how it comes to the front."""

import os
import sys

from waitress_worker import protocol
from waitress_worker.application import python_version
from waitress_worker.channel import Channel, connect
from waitress_worker.signals import leave_to_the_front
from waitress_worker.title import show
from waitress_worker.whereabouts import tell_at_a_signal

#: How much memory the C library may keep is for this process, not for those that the application starts.
_ARENAS = "MALLOC_ARENA_MAX"
_OUR_ARENAS = "WAITRESS_WORKER_ARENAS"

#: Tells workers that reports of the front go where it would print: they print to standard error.
PRINTS_TO_ERROR = "WAITRESS_WORKER_PRINTS_TO_ERROR"

_SECRET = "WAITRESS_WORKER_SECRET"  # noqa: S105 -- the variable's name
_STACKS = "WAITRESS_WORKER_STACKS"


def begin(role: str, application_name: str) -> str:
    """Become a process in which an application can be imported; return the secret that the front asks for."""
    leave_to_the_front()
    if os.environ.pop(PRINTS_TO_ERROR, ""):
        os.dup2(2, 1)
    tell_at_a_signal(os.environ.pop(_STACKS, ""))
    show(role)
    _open_closed_output()
    if os.environ.pop(_OUR_ARENAS, ""):
        del os.environ[_ARENAS]
    sys.argv[:] = ["waitress-serve", application_name]
    return os.environ.pop(_SECRET, "")


def introduce(address: str, secret: str, number: int, purpose: str) -> Channel:
    """Connect to the front, and say who this is and what the connection is for."""
    channel = Channel(connect(address))
    channel.send((protocol.VERSION, secret, number, purpose, python_version(), os.getpid()))
    return channel


def _open_closed_output() -> None:
    """Let what is printed go nowhere where the server was started without a place for it.

    What Java opens then gets the numbers of standard output and standard error, and is handed down: files that it reads.
    """
    try:
        import fcntl  # noqa: PLC0415 -- Windows has none
    except ImportError:
        return
    for number in (1, 2):
        try:
            is_open = fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR) != 0
        except EnvironmentError:
            is_open = False
        if not is_open:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
