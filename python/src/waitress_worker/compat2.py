"""The side of ``compat.py`` for CPython 2.7, whose words it explains."""

import ctypes
import marshal
import os
import struct
import time
import traceback
from typing import Any

_sleep = time.sleep

#: In this format text that is interned is no different from other text.
MARSHAL_VERSION = 0

#: Of Linux; a mask is at most as long.
_SIG_SETMASK = 2
_MASK_BYTES = 1024

Text = unicode  # type: ignore[name-defined]  # noqa: F821 -- a word of 2.7
MissingModule = ImportError
SYSTEM_FILES = (file,)  # type: ignore[name-defined]  # noqa: F821 -- the same
implementation = "cpython"


def load_frame(view: memoryview) -> Any:  # noqa: D103
    return marshal.loads(view.tobytes())


def native(value: Any) -> Any:  # noqa: D103
    if isinstance(value, Text):
        return value.encode("utf-8")
    if isinstance(value, dict):
        return {native(key): native(item) for key, item in value.items()}
    return value


path_text = path_of_front = native


def require_latin1(text: str) -> None:
    """Do nothing: all text is bytes."""


def is_printable(char: str) -> bool:  # noqa: D103
    return " " <= char <= "~"


def bare(text: Any) -> Any:  # noqa: D103
    return Text.__add__(Text(), text) if isinstance(text, Text) else str.__str__(text)


def whole_characters(text: Any) -> Any:
    return text  # the front reads it as well as it can


def acquire_within(lock: Any, seconds: float) -> bool:  # noqa: D103
    end = perf_counter() + seconds
    while not lock.acquire(False):  # which nothing interrupts if it waits
        if perf_counter() >= end:
            return False
        _sleep(0.05)
    return True


class as_numbers:  # noqa: D101, N801 -- elsewhere it is a function
    _NUMBER = struct.Struct("=i")

    def __init__(self, memory: Any) -> None:
        self._memory = memory

    def __setitem__(self, index: int, number: int) -> None:
        self._NUMBER.pack_into(self._memory, index * self._NUMBER.size, number)


def format_exception(failure: Any, trace: Any) -> Any:  # noqa: D103
    return traceback.format_exception(type(failure), failure, trace)


def raise_again(exc_info: Any) -> None:  # noqa: D103
    exec("raise exc_info[0], exc_info[1], exc_info[2]")  # elsewhere that is no syntax


def keep_from_children(descriptor: int) -> None:  # noqa: D103
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:
        return  # on Windows children inherit what they are told to
    fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.fcntl(descriptor, fcntl.F_GETFD) | fcntl.FD_CLOEXEC)


def unblock_signals() -> None:  # noqa: D103
    if os.name != "nt":
        ctypes.CDLL(None).sigprocmask(_SIG_SETMASK, ctypes.create_string_buffer(_MASK_BYTES), None)


def let_go(connected: Any) -> None:  # noqa: D103
    # Threads that are no more in this process have a hold on the socket still: only its descriptor can be replaced.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, connected.fileno())
    os.close(nothing)
    keep_from_children(connected.fileno())


class _Clock:
    """Seconds that never go back, which no clock of 2.7 promises."""

    def __init__(self) -> None:
        self._last = 0.0
        self._added = 0.0

    def __call__(self) -> float:
        now = time.time() + self._added
        if now < self._last:
            self._added += self._last - now
            now = self._last
        self._last = now
        return now


perf_counter = _Clock()
