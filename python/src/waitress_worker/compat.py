"""What CPython 2.7 has under another name, or not at all.

There it comes from ``compat2.py``; elsewhere it is the real thing, or next to nothing.
"""

import sys

if sys.version_info < (3,):
    from waitress_worker.compat2 import *  # noqa: F403
else:
    import marshal
    import os
    import signal
    import traceback
    from _socket import socket as Socket  # noqa: N812 -- a class
    from time import perf_counter as perf_counter  # noqa: PLC0414 -- for those who import it from here
    from typing import Any, Iterator, Tuple

    #: Marshal's newest format without references to earlier values, which the front does not read.
    MARSHAL_VERSION = 2
    load_frame = marshal.loads

    Text = str
    MissingModule = ModuleNotFoundError
    #: Types of files with no buffer of Python's, besides ``io.FileIO``.
    SYSTEM_FILES: Tuple[type, ...] = ()
    path_text = os.fsdecode

    def path_of_front(text: str) -> Any:
        """A path as the front has it, in UTF-8, also where Python knows only ASCII (3.6 without a locale)."""
        return text.encode("utf-8") if sys.getfilesystemencoding() == "ascii" else text

    is_printable = str.isprintable
    implementation = sys.implementation.name

    def native(value: Any) -> Any:  # noqa: ANN401 -- any value of a message
        """Text of the front as ``str``, and so the keys and values of a dictionary."""
        return value

    def require_latin1(text: str) -> None:
        """Raise UnicodeEncodeError if a text has characters that are no bytes."""
        text.encode("latin-1")

    def bare(text: str) -> str:
        """Return the characters of a text; one of a class of its own is not asked, because it could say something else."""
        return text if type(text) is str else str.__str__(text)

    def whole_characters(text: str) -> str:
        """Return a text with something else for halves of characters, which cannot be encoded."""
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode("utf-8")
        return text

    def acquire_within(lock: Any, seconds: float) -> bool:  # noqa: ANN401 -- a lock, of which kind ever
        """Take a lock if it can be had in time; signal handlers run meanwhile."""
        return bool(lock.acquire(True, seconds))

    def as_numbers(memory: Any) -> Any:  # noqa: ANN401 -- mapped memory
        """See memory as a row of numbers, which can be set."""
        return memoryview(memory).cast("i")

    def format_exception(failure: Any, trace: Any) -> "Iterator[str]":  # noqa: ANN401 -- an exception and its traceback
        """Format an exception as Python does, one line after the other."""
        return traceback.TracebackException(type(failure), failure, trace).format()

    def raise_again(exc_info: Any) -> None:  # noqa: ANN401 -- as sys.exc_info() gives it
        """Raise a caught exception with the traceback that it had."""
        raise exc_info[1].with_traceback(exc_info[2])

    def keep_from_children(descriptor: int) -> None:
        """Let no program that the application starts inherit a descriptor: none does, since PEP 446."""

    def unblock_signals() -> None:
        """Let every signal through, where the system has a mask for them."""
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_SETMASK, ())

    def let_go(connected: Socket) -> None:
        """Close this process' side of a connection that another one goes on with."""
        os.close(connected.detach())
