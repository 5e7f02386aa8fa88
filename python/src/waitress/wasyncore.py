"""What programs use of the event loop of Waitress: here that is Java's, and the servers of a *map* run and end by it.

Each name says which program needs it. A map is the dictionary that was given to ``create_server(map=…)``, or a server's
``_map``. docs/python.md has the whole list.
"""

import errno
import socket
import time
from typing import Any, Dict, List, MutableMapping, Optional, Tuple

from waitress.trigger import trigger

Map = MutableMapping[int, Any]

#: Sockets of :class:`dispatcher`, which live as long as they are here. Servers are in maps of their own.
socket_map: Dict[int, Any] = {}

#: Anki adds a number to it; who leaves is no error here, whatever the number.
_DISCONNECTED = frozenset(
    {errno.ECONNRESET, errno.ENOTCONN, errno.ESHUTDOWN, errno.ECONNABORTED, errno.EPIPE, errno.EBADF}
)

_NO_LOOP = "the event loop runs in Java: {} has nothing to look at; call run() of the server, or loop(map=…)"


class ExitNow(Exception):
    """Ends the loop of Waitress; programs derive from it."""


def close_all(map: Optional[Map] = None, ignore_all: bool = False) -> None:  # noqa: A002, FBT001, FBT002 -- Waitress' own
    """Close all that is in the map, and empty it: the usual end of a server whose program gave it a map."""
    entries = socket_map if map is None else map
    for entry in list(entries.values()):
        try:
            entry.close()
        except Exception:
            if not ignore_all:
                raise
    entries.clear()


def loop(
    timeout: float = 30.0,
    use_poll: bool = False,  # noqa: FBT001, FBT002 -- Waitress' own
    map: Optional[Map] = None,  # noqa: A002 -- the same
    count: Optional[int] = None,
) -> None:
    """Serve, until nothing is left in the map; with ``count`` for so many rounds of ``timeout`` seconds at most.

    WebTest's server runs by it; programs with a signal of their own to end by call it again and again with a count of 1.
    """
    entries = socket_map if map is None else map
    while entries and (count is None or count > 0):
        servers = _servers(entries)
        if not servers:
            time.sleep(timeout)
        elif count is None and len(servers) == 1:
            servers[0].serve_until_closed()
            return
        for server in servers:
            server.serve_for(timeout / len(servers))
        if count is not None:
            count -= 1


def _servers(entries: Map) -> List[Any]:
    return [entry.server for entry in list(entries.values()) if isinstance(entry, trigger)]


def poll(*_: object, **__: object) -> None:
    """Refuse: one round is ``loop(count=1)``."""
    raise NotImplementedError(_NO_LOOP.format("poll()"))


poll2 = poll3 = readwrite = poll


class dispatcher:  # noqa: N801 -- its name in Waitress
    """A socket that listens: Plone's recipe opens one early, and hands its number to ``serve(sockets=…)``."""

    def __init__(self, sock: Optional[socket.socket] = None, map: Optional[Map] = None) -> None:  # noqa: A002
        self._map: Map = socket_map if map is None else map
        self.socket = sock
        if sock is not None:
            self._map[sock.fileno()] = self

    def create_socket(self, family: int = socket.AF_INET, type: int = socket.SOCK_STREAM) -> None:  # noqa: A002
        """Open it."""
        self.socket = socket.socket(family, type)
        self._map[self.socket.fileno()] = self

    def _open(self) -> socket.socket:
        if self.socket is None:
            raise OSError(errno.EBADF, "the dispatcher has no socket: call create_socket() first")
        return self.socket

    def set_reuse_addr(self) -> None:
        """Let a restart need not wait for connections of the server before."""
        self._open().setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def bind(self, addr: "Tuple[Any, ...]") -> None:
        """Bind it."""
        self._open().bind(addr)

    def listen(self, num: int) -> None:
        """Listen."""
        self._open().listen(num)

    def readable(self) -> bool:
        """Tell whether it is ready to be served, which it always is."""
        return True

    def fileno(self) -> int:
        """Number of its descriptor."""
        return self._open().fileno()

    def close(self) -> None:
        """Close it."""
        if self.socket is not None:
            self._map.pop(self.socket.fileno(), None)
            self.socket.close()
            self.socket = None

    handle_close = close
