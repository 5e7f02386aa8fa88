"""Signals in a worker: what they mean is up to the front, which has a say for all workers."""

import functools
import os
import signal
from io import open  # noqa: A004 -- bound before the application can put another one in its place
from typing import Any, Callable, Dict, List, Tuple

from waitress_worker.compat import unblock_signals
from waitress_worker.forks import in_each_child

try:
    import _thread
except ImportError:
    import thread as _thread  # type: ignore[import-not-found, no-redef] # the name in 2.7

_NAMES = ("SIGINT", "SIGBREAK", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTTIN", "SIGTTOU")

#: What may reach the whole process group, from a terminal, a shell or a supervisor, as far as the system has it.
GROUP_SIGNALS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]

#: What they meant before.
_BEFORE: Dict[int, Any] = {}


def _nothing(*_: object) -> None:
    """A handler, not SIG_IGN: what is ignored stays ignored in the programs that the application starts."""


def leave_to_the_front() -> None:
    """Let the front decide what a signal means, unless it is ignored already."""
    for number in GROUP_SIGNALS:
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


def _is_own(descriptor: int) -> bool:
    """Whether a descriptor of a process is one of this process."""
    try:
        with open("/proc/self/fdinfo/{}".format(descriptor)) as info:
            return "Pid:\t{}\n".format(os.getpid()) in info
    except EnvironmentError:
        return False


#: By what a process signals itself, and the signal that comes here then, if one does.
_WAYS = (
    (os, "kill", lambda pid, number: number if pid == os.getpid() else None),
    (signal, "raise_signal", lambda number: number),
    (signal, "pthread_kill", lambda _, number: number),
    (signal, "pidfd_send_signal", lambda descriptor, number, *_: number if _is_own(descriptor) else None),
    (_thread, "interrupt_main", lambda number=signal.SIGINT: number),
)


#: Processes of ours that want to know of it, and what each does then.
_ASKED: List[Tuple[int, Callable[[], None]]] = []


def when_asked_to_end(action: Callable[[], None]) -> None:
    """Run this when the application asks its own process to end by Ctrl-C or TERM, as it does where that is the server.

    A signal does not tell who sent it, and one from outside is the front's affair: so look where it is sent. That must
    begin before the application is imported, which may keep the functions under names of its own.
    """
    if not _ASKED:
        for module, name, arriving in _WAYS:
            if hasattr(module, name):
                setattr(module, name, _watched(getattr(module, name), arriving))
    _ASKED.append((os.getpid(), action))


def _watched(send: Callable[..., None], arriving: Callable[..., Any]) -> Callable[..., None]:
    @functools.wraps(send)
    def send_and_look(*arguments: Any) -> None:  # noqa: ANN401 -- whatever it takes
        send(*arguments)
        actions = [action for process, action in _ASKED if process == os.getpid()]
        if not actions:
            return
        number = arriving(*arguments)
        if number in (signal.SIGINT, signal.SIGTERM) and signal.getsignal(number) is _nothing:
            for action in actions:
                action()

    return send_and_look
