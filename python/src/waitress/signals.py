"""What a server means by signals, where the program that has made it has no plans of its own for them."""

import contextlib
import os
import signal
from types import FrameType
from typing import Any, Callable, ContextManager, Dict, Iterator, Mapping, Optional

from waitress_worker.forks import in_each_child

Handler = Callable[[int, Optional[FrameType]], Any]

#: Those of ours that are in place.
_HANDLERS: Dict[int, Handler] = {}

_TERMINAL = "/dev/tty"


@contextlib.contextmanager
def handled(number: int, handler: Handler) -> "Iterator[None]":
    """Handle a signal, unless the program has its own plans for it or this is not the main thread."""
    if signal.getsignal(number) != signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(number, handler)
    except ValueError:
        yield  # which is the main thread only the system knows for sure: eventlet's say that they are not
        return
    _HANDLERS[number] = handler
    try:
        yield
    finally:
        del _HANDLERS[number]
        signal.signal(number, signal.SIG_DFL)


def terminable() -> "ContextManager[None]":
    """Let SIGTERM be a SystemExit."""
    return handled(signal.SIGTERM, _exit)


@contextlib.contextmanager
def operable(orders: Mapping[str, Callable[[], None]]) -> "Iterator[None]":
    """Let signals be orders, each by its name; one of a terminal that has closed is a SystemExit."""
    had_terminal = _has_terminal()

    def obey(order: Callable[[], None]) -> Handler:
        def handle(number: int, frame: Optional[FrameType]) -> None:
            if had_terminal and number == signal.SIGHUP and not _has_terminal():
                _exit(number, frame)
            order()

        return handle

    with contextlib.ExitStack() as stack:
        for name, order in orders.items():
            if not hasattr(signal, name):
                continue  # Windows has few
            stack.enter_context(handled(getattr(signal, name), obey(order)))
        yield


def _has_terminal() -> bool:
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY))
    except (OSError, AttributeError):  # Windows has no such number
        return False
    return True


def _exit(*_: object) -> None:
    raise SystemExit


def _restore() -> None:
    """Signals mean to a process that the application forks what they mean to any other."""
    for number, handler in _HANDLERS.items():
        if signal.getsignal(number) is handler:
            signal.signal(number, signal.SIG_DFL)


in_each_child(_restore)
