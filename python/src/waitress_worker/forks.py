"""What happens in a process that the application forks: it is no worker, and must not pass for one."""

import os
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any, Callable, List

if TYPE_CHECKING:
    from typing import NoReturn

_ACTIONS: List[Callable[[], None]] = []

#: What each thread let through before.
_HELD = threading.local()

#: Signals that any system has a name for are below.
_SIGNALS = 32

#: Not empty while a worker is forked.
_MAKES_A_WORKER: List[bool] = []


def in_each_child(action: Callable[[], None]) -> None:
    """Run this in every process that is forked from this one, before anything else there."""
    _ACTIONS.append(action)


def _hold_signals_back() -> None:
    """A signal to the child must not come before the actions have run: they restore what it means there."""
    if hasattr(signal, "pthread_sigmask"):
        _HELD.mask = signal.pthread_sigmask(signal.SIG_BLOCK, range(1, _SIGNALS))


def _let_signals_through() -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, _HELD.mask)


def _run() -> None:
    if not _MAKES_A_WORKER:
        for action in _ACTIONS:
            action()
    _let_signals_through()


def _watched(fork: Callable[[], Any]) -> Callable[[], Any]:
    """Make ``os.fork`` and ``os.forkpty`` run the actions; Python does that itself since 3.7."""

    def forked() -> Any:  # noqa: ANN401 -- a number, or a pair that begins with one
        _hold_signals_back()
        result = None
        try:
            result = fork()
        finally:
            if result == 0 or type(result) is tuple and result[0] == 0:
                _run()
            else:
                _let_signals_through()
        return result

    return forked


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold_signals_back, after_in_parent=_let_signals_through, after_in_child=_run)
else:
    for _name in ("fork", "forkpty"):
        if hasattr(os, _name):
            setattr(os, _name, _watched(getattr(os, _name)))


#: Bound before gevent can put its own in its place, which would wait for children too.
_FORK: Callable[[], int] = getattr(os, "fork", int)


def fork_worker() -> int:
    """Fork a process that is a worker in its turn, so that nothing is done there of what is done in other children."""
    _MAKES_A_WORKER.append(True)
    try:
        return _FORK()
    finally:
        _MAKES_A_WORKER.pop()


def end(status: int = 0) -> "NoReturn":
    """End a forked process without what its parent has planned for its own end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: S110 -- closed, or there is none
            pass
    os._exit(status)


def end_with(failure: BaseException) -> "NoReturn":
    """End a forked process as the interpreter ends one by an exception that nobody has caught."""
    if not isinstance(failure, SystemExit):
        traceback.print_exc()
        end(1)
    code = failure.code
    if code is None or isinstance(code, int):
        end((code or 0) & 0xFF)
    sys.stderr.write("{}\n".format(code))
    end(1)
