"""Sockets that are open before the server starts."""

import os
import socket
from typing import Any, Iterable, Mapping, Optional

_UNIX = getattr(socket, "AF_UNIX", None)
_FAMILIES = (socket.AF_INET, socket.AF_INET6, _UNIX)

#: The default and the limit of the setting, for a socket that the caller has opened.
_BACKLOG = 1024
_LONGEST_BACKLOG = 65535

#: Where systemd passes its sockets.
_FIRST = 3


def the_one(sockets: "Iterable[socket.socket]") -> Optional[socket.socket]:
    """Find what ``sockets`` gives: none or one, because Java inherits no more; ValueError for anything else."""
    given = list(sockets)
    for one in given:
        if not isinstance(one, socket.socket):
            raise ValueError("sockets: must be a list of bound sockets, got {!r}".format(one))
        kind = one.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
        if kind != socket.SOCK_STREAM or one.family not in _FAMILIES:
            raise ValueError("Only Internet or UNIX stream sockets may be used.")
    if len({one.family == _UNIX for one in given}) > 1:
        raise ValueError("Internet and UNIX sockets may not be mixed.")
    if len(given) > 1:
        raise ValueError("sockets: the front can take over one, not {}; run a server for each".format(len(given)))
    if given and os.name == "nt":
        raise ValueError("sockets: on Windows the front cannot take over any; use host, port or listen")
    return given[0] if given else None


def listen_again(one: socket.socket, settings: "Mapping[str, Any]") -> None:
    """Listen, perhaps again, with the queue of the settings; whether that is valid is up to the front."""
    try:
        backlog = int(settings.get("backlog") or _BACKLOG)
    except ValueError:
        backlog = _BACKLOG
    one.listen(min(max(1, backlog), _LONGEST_BACKLOG))


def take_over() -> bool:
    """Make the socket that systemd has opened for this process its standard input; true if there is one.

    ValueError if there are more: sd_listen_fds(3) numbers them from 3, and Java inherits none but standard input.
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return False
    count = os.environ.get("LISTEN_FDS", "0")
    if count == "0":
        return False
    if count != "1":
        raise ValueError("LISTEN_FDS is {}: the server can take over one socket; run a service for each".format(count))
    os.dup2(_FIRST, 0)
    os.close(_FIRST)
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    return True
