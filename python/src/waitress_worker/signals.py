"""Signals in a worker: what they mean is up to the front, which has a say for all workers."""

import os
import signal
from typing import Any, Callable, Dict

from waitress_worker.compat import unblock_signals
from waitress_worker.forks import in_each_child

#: What may reach the whole process group, from a terminal, a shell or a supervisor; the system may not have all of them.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTTIN", "SIGTTOU")

#: What they meant before.
_BEFORE: Dict[int, Any] = {}


def _nothing(*_: object) -> None:
    """A handler, not SIG_IGN: what is ignored stays ignored in the programs that the application starts."""


def leave_to_the_front() -> None:
    """Let the front decide what a signal means, unless it is ignored already."""
    for number in [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]:
        if signal.getsignal(number) != signal.SIG_IGN:
            _BEFORE.setdefault(number, signal.getsignal(number))
            signal.signal(number, _nothing)
            if hasattr(signal, "siginterrupt"):
                signal.siginterrupt(number, False)  # Python 2.7 would break off whatever waits
    unblock_signals()  # Java keeps SIGQUIT from most of its threads, and so from what they start


def _restore() -> None:
    """Let signals mean what they did, unless the application has its own plans for them."""
    for number, before in _BEFORE.items():
        if signal.getsignal(number) is _nothing:
            signal.signal(number, before)


in_each_child(_restore)


def when_asked_to_end(action: Callable[[], None]) -> None:
    """Run this when the application asks its own process to end by Ctrl-C or TERM, as it does where that is the server.

    A signal does not tell who sent it, and one from outside is the front's affair: so look where it is sent.
    """
    worker = os.getpid()

    def watched(send: Callable[..., None], *, aimed: bool) -> Callable[..., None]:
        def send_and_look(*arguments: int) -> None:
            send(*arguments)
            number = arguments[-1]
            here = os.getpid() == worker and (arguments[0] == worker or not aimed)
            if here and number in (signal.SIGINT, signal.SIGTERM) and signal.getsignal(number) is _nothing:
                action()

        return send_and_look

    for module, name, aimed in ((os, "kill", True), (signal, "raise_signal", False)):
        if hasattr(module, name):
            setattr(module, name, watched(getattr(module, name), aimed=aimed))
