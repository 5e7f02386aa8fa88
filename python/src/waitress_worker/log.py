"""The server's own records, in the logger ``waitress``: no handler can harm a request by failing."""

import logging
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Optional, Type

from waitress_worker import tracebacks
from waitress_worker.compat import is_printable

if TYPE_CHECKING:
    from waitress_worker.threads import Threads

LOG = logging.getLogger("waitress")


class Harmless:
    """``with harmless: LOG.…``; a failure of the handler is shown on standard error, and that is all.

    A class, because it costs less than contextlib's, and because the failure that is being logged stays the current one.
    """

    def __enter__(self) -> None:
        """See to it that the logger speaks."""
        enable(LOG)

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        failure: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> bool:
        """Swallow it, whatever it is: to end a thread of ours is no way to end the process."""
        if kind is not None:
            try:
                sys.stderr.write(tracebacks.of(failure, trace))
            except Exception:  # noqa: S110 -- standard error is closed too: there is nobody left to tell
                pass
        return True


harmless = Harmless()


#: Characters of a client's text in one line, as in the front.
_MOST_SHOWN = 300


def printable(path: str) -> str:
    """A path for a log line, which no client can break in two, nor make as long as it likes."""
    shown = "".join(char if is_printable(char) else "\\x{:02x}".format(ord(char)) for char in path[:_MOST_SHOWN])
    return shown if len(path) <= _MOST_SHOWN and len(shown) <= _MOST_SHOWN else shown[:_MOST_SHOWN] + "..."


def enable(logger: logging.Logger) -> None:
    """Undo ``disable_existing_loggers``, which is on by default where an application sets up its logging.

    It means the loggers of modules that the application no longer wants to hear. A level, handlers or filters that it has
    given to ours still rule.
    """
    logger.disabled = False


def log_failure(message: str, *args: object) -> str:
    """Log the exception that is being handled; return its traceback, of a bounded length as in the log."""
    trace = tracebacks.current()  # now: in Python 2.7 a handler that fails is the current exception afterwards
    with harmless:
        if LOG.isEnabledFor(logging.ERROR):
            record = LOG.makeRecord(LOG.name, logging.ERROR, "(worker)", 0, message, args, sys.exc_info())
            # Formatters take this for what they have made of the exception before.
            record.exc_text = trace.rstrip("\n")
            LOG.handle(record)
    return trace


# ---- Records of the front ----

_FRONT_LOGGERS = ("waitress", "waitress.queue")


def wanted_level() -> int:
    """The lowest level of the front's loggers: it need not send what is below."""
    return min(logging.getLogger(name).getEffectiveLevel() for name in _FRONT_LOGGERS)


def handle(level: int, name: str, message: str, trace: str) -> None:
    """Give a record of the front's to the handlers of its logger."""
    logger = logging.getLogger(name)
    enable(logger)
    if logger.isEnabledFor(level):
        record = logger.makeRecord(name, level, "(front)", 0, message, (), None)
        record.exc_text = trace or None
        logger.handle(record)


class FrontRecords:
    """A thread that handles the front's records: no handler may keep the thread waiting that obeys the front."""

    def __init__(self, threads: "Threads") -> None:
        """Start it."""
        self._waiting = threads.queue()
        self._join = threads.start(self._handle_all, "waitress-log")

    def add(self, level: int, name: str, message: str, trace: str) -> None:
        """Take one in."""
        self._waiting.put((level, name, message, trace))

    def close(self) -> None:
        """Handle those that are here, and end."""
        self._waiting.put(None)
        self._join()

    def _handle_all(self) -> None:
        for record in iter(self._waiting.get, None):
            with harmless:
                handle(*record)
