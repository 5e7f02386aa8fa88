"""``wsgi.file_wrapper``: files that leave without passing through Python, where that is possible."""

import io
import os
import stat
import tempfile
from collections import namedtuple
from typing import Any, Callable, Optional

from waitress_worker.compat import SYSTEM_FILES, path_text
from waitress_worker.log import log_failure
from waitress_worker.threads import Threads


class FileWrapper:
    """What PEP 3333 calls the file wrapper ("Optional Platform-Specific File Handling").

    Returned by the application as it is, a file that can seek goes out from its current position without passing
    through Python; anything else is read in blocks, as every other iterable.
    """

    def __init__(self, file: Any, block_size: int = 32768) -> None:  # noqa: ANN401 -- whatever has read()
        self.file = file
        self.block_size = block_size
        self.close = getattr(file, "close", _do_nothing)
        if is_seekable(file):
            self.seek = file.seek
            self.tell = file.tell
            if hasattr(file, "seekable"):
                self.seekable = file.seekable

    def __iter__(self) -> "FileWrapper":
        return self

    def __next__(self) -> bytes:
        block: bytes = self.file.read(self.block_size)
        if not block:
            raise StopIteration
        return block

    next = __next__  # for Python 2.7


def _do_nothing() -> None:
    pass


def is_seekable(file: Any) -> bool:  # noqa: ANN401 -- whatever has read()
    """Tell whether the end of a file can be found without reading it."""
    if hasattr(file, "seekable"):
        return bool(file.seekable())
    if not hasattr(file, "seek") or not hasattr(file, "tell"):
        return False
    try:
        file.tell()
    except EnvironmentError:
        return False  # a pipe of Python 2.7, where the methods say nothing
    return True


def size_left(file: Any) -> int:  # noqa: ANN401 -- whatever can seek
    """Return how many bytes there are between the current position and the end."""
    position: int = file.tell()
    file.seek(0, os.SEEK_END)
    end: int = file.tell()
    file.seek(position)
    return max(0, end - position)


#: Where another process finds the bytes of an open file.
Place = namedtuple("Place", ["path", "position"])  # noqa: PYI024 -- Python 2.7 has no other


def find_place(file: Any, *, by_descriptor: bool) -> Optional[Place]:  # noqa: ANN401 -- whatever has read()
    """Say where the front can open a file, if it is a regular one and its bytes are those of its descriptor.

    Only exact types: a subclass, or a file that decompresses, may read something else than what its descriptor holds.
    """
    if isinstance(file, tempfile._TemporaryFileWrapper):  # noqa: SLF001 -- it has no other name
        file = file.file
    raw = file.raw if type(file) in (io.BufferedReader, io.BufferedRandom) else file
    if type(raw) is not io.FileIO and type(raw) not in SYSTEM_FILES:
        return None
    status = os.fstat(raw.fileno())
    if not stat.S_ISREG(status.st_mode):
        return None
    if type(file) is not io.BufferedReader:
        file.flush()
    if by_descriptor:
        return Place("/proc/{}/fd/{}".format(os.getpid(), raw.fileno()), file.tell())
    path = _path_of(raw.name, status)
    return Place(path, file.tell()) if path else None


def _path_of(name: Any, status: os.stat_result) -> Optional[str]:  # noqa: ANN401 -- a path, or a descriptor's number
    """Return the path of an open file, if that is still the same file."""
    if not isinstance(name, (str, bytes)):
        return None
    path = os.path.abspath(path_text(name))
    try:
        return path if os.path.samestat(os.stat(path), status) else None
    except EnvironmentError:
        return None


class Closer:
    """Closes files when the front has sent them, on a thread of its own: closing is the application's code."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._queue = threads.queue()
        self._join: Optional[Callable[[], Any]] = None

    def close(self, wrapper: FileWrapper) -> None:
        """Close a file soon. Called by the control thread alone."""
        if self._join is None:
            self._join = self._threads.start(self._work, "waitress-closer")
        self._queue.put(wrapper)

    def _work(self) -> None:
        while True:
            wrapper = self._queue.get()
            if wrapper is None:
                return
            try:
                wrapper.close()
            except BaseException:  # noqa: BLE001 -- this thread is for the next files too
                log_failure("Unexpected error when closing a file that was sent")

    def stop(self) -> None:
        """Wait until all files are closed."""
        if self._join is not None:
            self._queue.put(None)
            self._join()
