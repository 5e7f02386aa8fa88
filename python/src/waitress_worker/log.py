"""The server's own records, in the logger ``waitress``: no handler can harm a request by failing."""

import logging
import traceback
from types import TracebackType
from typing import Optional, Type

from waitress_worker.compat import is_printable

LOG = logging.getLogger("waitress")


class Harmless:
    """``with harmless: LOG.…``; a failure of the handler is shown on standard error, and that is all.

    A class, because it costs less than contextlib's, and because the failure that is being logged stays the current one.
    """

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        failure: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> bool:
        """Swallow what is no demand to end the process."""
        if not isinstance(failure, Exception):
            return False
        try:
            traceback.print_exception(kind, failure, trace)
        except Exception:  # noqa: S110 -- standard error is closed too: there is nobody left to tell
            pass
        return True


harmless = Harmless()


def printable(path: str) -> str:
    """A path for a log line, which no client can break in two."""
    return "".join(char if is_printable(char) else "\\x{:02x}".format(ord(char)) for char in path)
