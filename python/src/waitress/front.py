"""The front: the Java process that speaks HTTP for this one. ``Caller.java`` is the other side.

Orders go there by a pipe that also is its leash: when nobody holds the other end any more, it ends. Reports come by
another one, and not by its standard output, to which options of Java can make it write. Both carry the frames of workers.
"""

import errno
import functools
import io
import marshal
import os
import shutil
import socket
import struct
import sys
import threading
import weakref
from typing import Any, Callable, Dict, List, Optional, Tuple

from waitress.launch import STANDARD_ERROR, start
from waitress.sockets import remove_deserted
from waitress.texts import module_path
from waitress_worker.forks import in_each_child
from waitress_worker.log import handle, wanted_level
from waitress_worker.threads import Threads

_LENGTH = struct.Struct("<I")
_MARSHAL_VERSION = 2

#: Bytes; what Java itself prints reads as a length far beyond.
_LONGEST_REPORT = 1 << 24

#: Where options of Java come from, besides ours.
_OPTION_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "WAITRESS_JAVA_OPTS")

# Orders.
_STOP = 0
_LEVEL = 1
_RELOAD = 2
_ADD = 3
_REMOVE = 4
_REOPEN = 5

#: By which signals operators give them.
_BY_SIGNALS = {"SIGHUP": _RELOAD, "SIGTTIN": _ADD, "SIGTTOU": _REMOVE, "SIGUSR1": _REOPEN}

# Reports.
_STARTED = 0
_REFUSED = 1
_FAILED = 2
_RECORD = 3
_UNLOADABLE = 4

#: What an address may be refused for, as the front words it; callers look at the number.
_ERRNOS = (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL)


class Front:
    """A front that listens; requests wait in it until a worker connects to :attr:`address`."""

    def __init__(
        self, settings: "List[Tuple[str, str]]", listening: Optional[socket.socket] = None, application: str = ""
    ) -> None:
        """Start it; on this socket if there is one, and with workers of its own if the application is a name."""
        self._application = application
        self._listening = listening
        # What its workers print belongs where this program prints.
        self._process, self._orders, self._reports = start(listening, None if application else STANDARD_ERROR)
        #: Taken by handlers of signals too, wherever these come.
        self._writing = threading.RLock()
        self._level = wanted_level()
        #: Held by the thread that reads reports, whose handlers may close the server: the pipe must not be closed under it.
        self._reading = threading.RLock()
        self._wait_to_read: Optional[Callable[[int], Any]] = None
        _LIVE.add(self)
        try:
            self._send((self._level, settings, application, sys.executable or "", module_path()))
            report = self._outcome()
        except BaseException:
            self.kill()
            raise
        if report is None or report[0] != _STARTED:
            raise self._failure(report)
        self.address: str = report[1]
        self.secret: str = report[2]
        self._directory: str = report[3]
        self.workers: int = report[4]
        #: Seconds that a worker may take until it can be given requests.
        self.startup_timeout: int = report[5]
        #: Where it listens: host and port, or "unix" and the path.
        self.listeners: List[Tuple[str, str]] = [(_shortest(host), port) for host, port in report[6]]
        #: What is spoken at each: "http" or "https".
        self.schemes: List[str] = [url.partition(":")[0] for url in report[7]]

    def _outcome(self) -> Optional[Tuple[Any, ...]]:
        """Wait for what has become of its start; what it logs before comes first."""
        while True:
            report = self._receive()
            if report is None or report[0] != _RECORD:
                return report
            handle(*report[1:])

    def _failure(self, report: Optional[Tuple[Any, ...]]) -> Exception:
        self.kill()
        if report is None:
            return ChildProcessError("the front (java) {} at its start{}".format(self._how_it_ended(), _options()))
        message = report[1]
        if report[0] == _REFUSED:
            return ValueError(message)
        if report[0] == _UNLOADABLE:
            return ImportError(message)
        for number in _ERRNOS:
            if message.endswith(os.strerror(number)):
                return OSError(number, message)
        return OSError(message)

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._process.pid

    # ---- Orders ----

    def stop(self, *, at_terminal: bool) -> None:
        """Let it answer what it has received, and end: soon, if somebody at a terminal waits for that."""
        self._order((_STOP, int(at_terminal)))

    def follow_log_level(self) -> None:
        """Let it send the log records that Python wants now, and no others."""
        level = wanted_level()
        if level != self._level:
            self._level = level
            self._order((_LEVEL, level))

    def orders_by_signals(self) -> "Dict[str, Callable[[], None]]":
        """What to do at signals; nothing where this process has the application, for a signal changes nothing about that."""
        orders = _BY_SIGNALS.items() if self._application else ()
        return {name: functools.partial(self._order, (kind, 0)) for name, kind in orders}

    def _order(self, order: Tuple[int, ...]) -> None:
        try:
            self._send(order)
        except (OSError, ValueError):
            pass  # it is gone, which its workers notice, or closed by another thread

    def _send(self, value: Any) -> None:  # noqa: ANN401 -- whatever marshal takes
        frame = marshal.dumps(value, _MARSHAL_VERSION)
        with self._writing:
            self._orders.write(_LENGTH.pack(len(frame)) + frame)

    # ---- Reports ----

    def relay_log(self) -> None:
        """Hand its log records to Python's logging, until it ends."""
        with self._reading:
            # Reading as the system does would keep all green threads waiting. eventlet's files see to that themselves.
            self._wait_to_read = Threads().wait_to_read if type(self._reports) is io.FileIO else None
            while not self._reports.closed:
                report = self._receive()
                if report is None:
                    return
                if report[0] == _RECORD:
                    handle(*report[1:])

    def _receive(self) -> Optional[Tuple[Any, ...]]:
        """Wait for a report; nothing when the front has ended."""
        length = self._read(_LENGTH.size)
        if length and _LENGTH.unpack(length)[0] > _LONGEST_REPORT:
            raise ChildProcessError("options of Java must not make it write to its standard output here" + _options())
        frame = self._read(_LENGTH.unpack(length)[0]) if length else b""
        return marshal.loads(frame) if frame else None  # type: ignore[no-any-return]

    def _read(self, count: int) -> bytes:
        """Read so many bytes, or none if the front ends before they have come."""
        pieces = []
        while count:
            if self._wait_to_read is not None:
                self._wait_to_read(self._reports.fileno())
            piece = self._reports.read(count)
            if not piece:
                return b""
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)

    # ---- End ----

    def wait(self) -> None:
        """Wait until it has ended in good order."""
        self.relay_log()  # perhaps nobody else does, and it must not wait for a reader
        self._clear()

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._clear()

    def _clear(self) -> None:
        self._process.wait()
        with self._reading:
            self._close_pipes()

    def has_failed(self) -> bool:
        """Wait for its end; tell whether that was another than a good one."""
        return self._process.wait() != 0

    def lost(self) -> Exception:
        """Take note that it ended by itself, and remove what it has left behind; returns what to raise."""
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)
        for host, path in self.listeners:
            if host == "unix" and self._listening is None:
                remove_deserted(path)
        return ChildProcessError("the front (java, process {}) {}".format(self.pid, self._how_it_ended()))

    def _how_it_ended(self) -> str:
        status = self._process.returncode
        return "was killed by signal {}".format(-status) if status < 0 else "ended with status {}".format(status)

    def _close_pipes(self) -> None:
        self._orders.close()
        self._reports.close()
        _LIVE.discard(self)

    def let_go(self) -> None:
        """Close this process' copies of the pipes, in a child: the leash is the parent's alone."""
        self._close_pipes()


def _options() -> str:
    """Name the variables from which Java takes options: one of them may be what it cannot start with."""
    given = ["{}={}".format(name, os.environ[name]) for name in _OPTION_VARIABLES if os.environ.get(name)]
    return "; its options: {}".format(", ".join(given)) if given else ""


def _shortest(host: str) -> str:
    """An IPv6 address in its usual form: Java writes all its zeros."""
    try:
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host))
    except OSError:
        return host


#: The fronts of this process, whose pipes its children must not hold open.
_LIVE: "weakref.WeakSet[Front]" = weakref.WeakSet()


def _let_go_of_all() -> None:
    for front in list(_LIVE):
        front.let_go()


in_each_child(_let_go_of_all)
