"""``wsgi.input``: the request body, complete before the application starts."""

import errno
import mmap
import os
from io import BytesIO, open  # noqa: A004 -- that of Python 2.7 reads lines and bytes, but not both
from typing import BinaryIO, Optional, Tuple, Union

from waitress_worker.compat import Text, path_of_front

#: As the front sends it: absent, in the frame, after it, in a slot of shared memory (its number, and how many bytes), or
#: in the file of this name.
Body = Union[None, bytes, BytesIO, Tuple[int, int], str]

_ANOTHER_USER = (
    "this process has given up its user after its start (setuid), and request bodies that lie in files are for that user:"
    " run the whole server as the other one, or raise inbuf_overflow"
)


class Bodies:
    """Opens request bodies, wherever they lie."""

    def __init__(self, path: str, slot_bytes: int) -> None:
        self._path = path
        self._slot_bytes = slot_bytes
        self._slots: Optional[mmap.mmap] = None
        self._user = _user()
        if path:
            try:
                self._map()  # now: the file may be removed later
            except EnvironmentError:
                pass  # the first body shows whether there is need for it

    def open(self, body: Body) -> BinaryIO:
        """Return the body as a stream at its start."""
        if isinstance(body, BytesIO):
            return body
        if isinstance(body, tuple):
            # A copy: the slot is used again when the front has the response, and the stream may be kept for longer.
            return BytesIO(self._copy(*body))
        if isinstance(body, Text):
            return self._open_file(body)
        return BytesIO(body or b"")

    def _open_file(self, path: str) -> BinaryIO:
        """Open a file, which the front removes when the response is complete; an open one stays readable on Unix."""
        try:
            return open(path_of_front(path), "rb")
        except EnvironmentError as failure:
            if failure.errno != errno.EACCES or _user() == self._user:
                raise
            told = EnvironmentError(errno.EACCES, _ANOTHER_USER)
            told.__cause__ = None  # which says it all
            raise told

    def _map(self) -> mmap.mmap:
        with open(path_of_front(self._path), "rb") as file:
            self._slots = slots = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return slots

    def _copy(self, slot: int, count: int) -> bytes:
        slots = self._slots or self._map()
        start = slot * self._slot_bytes
        return slots[start : start + count]


def _user() -> Optional[int]:
    return os.geteuid() if hasattr(os, "geteuid") else None
