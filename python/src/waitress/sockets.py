"""Sockets that are open before the server starts."""

import _socket as _real
import os
import socket
import stat
from typing import Any, Iterable, Mapping, Optional

_UNIX = getattr(socket, "AF_UNIX", None)
_FAMILIES = (socket.AF_INET, socket.AF_INET6, _UNIX)

#: Modules of sockets that are nothing but descriptors.
_PLAIN = ("socket", "_socket", "builtins", "object")
_GREEN = ("gevent", "eventlet")

#: What a socket that encrypts, counts or records has to have of its own.
_IN_AND_OUT = ("accept", "recv", "recv_into", "send", "sendall")

#: The default and the limit of the setting, for a socket that the caller has opened.
_BACKLOG = 1024
_LONGEST_BACKLOG = 65535

#: Where systemd passes its sockets.
_FIRST = 3


def the_one(sockets: "Iterable[socket.socket]") -> Optional[socket.socket]:
    """Find what ``sockets`` gives: none or one, because Java inherits no more; ValueError for anything else."""
    if not isinstance(sockets, (list, tuple, set, frozenset)):
        raise ValueError("sockets: must be a list of bound sockets, got {!r}".format(sockets))
    given = list(sockets)
    for one in given:
        _require_plain(one)
        _require_stream(one)
    if len({_family(one) == _UNIX for one in given}) > 1:
        raise ValueError("Internet and UNIX sockets may not be mixed.")
    if len(given) > 1:
        raise ValueError("sockets: the front can take over one, not {}; run a server for each".format(len(given)))
    if given and os.name == "nt":
        raise ValueError("sockets: on Windows the front cannot take over any; use host, port or listen")
    for one in given:
        _require_fit_to_listen(one)
    return given[0] if given else None


def _require_plain(one: object) -> None:
    """Refuse what reads and writes in a way of its own: the front knows the descriptor alone, and not what is done there."""
    kind = type(one)
    if hasattr(one, "do_handshake"):
        raise ValueError(
            "sockets: {!r} speaks TLS, and the front cannot take that over: give the socket below it, and the certificate as"
            " certfile=, keyfile= (docs/tls.md)".format(one)
        )
    # gevent's and eventlet's are no subclasses, and stand for a plain descriptor all the same.
    if not isinstance(one, _real.socket) and kind.__module__.split(".")[0] not in _GREEN:
        raise ValueError("sockets: must be a list of bound sockets, got {!r}".format(one))
    own = [name for each in kind.__mro__ if each.__module__ not in _PLAIN for name in _IN_AND_OUT if name in vars(each)]
    if own and kind.__module__.split(".")[0] not in _GREEN:
        raise ValueError("sockets: {!r} has its own {}(), which would not be called".format(one, own[0]))


def _require_stream(one: socket.socket) -> None:
    if one.fileno() < 0:
        raise ValueError("sockets: {!r} is closed".format(one))
    try:
        kind = one.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
    except OSError:
        kind = None  # its descriptor is no socket any more
    if kind != socket.SOCK_STREAM or _family(one) not in _FAMILIES:
        raise ValueError("Only Internet or UNIX stream sockets may be used.")


def _require_fit_to_listen(one: socket.socket) -> None:
    if _is_connected(one):
        raise ValueError("sockets: {!r} is a connection, and no socket that can listen".format(one))
    if not _is_bound(one):
        raise ValueError("sockets: {!r} is not bound to an address".format(one))


def _family(one: socket.socket) -> int:
    """That of the system; the object may have been told another."""
    domain = getattr(socket, "SO_DOMAIN", None)
    return one.family if domain is None else one.getsockopt(socket.SOL_SOCKET, domain)


def _is_connected(one: socket.socket) -> bool:
    try:
        one.getpeername()
    except OSError:
        return False
    return True


def _is_bound(one: socket.socket) -> bool:
    address = one.getsockname()
    return bool(address[1] if isinstance(address, tuple) else address)


def listen_again(one: socket.socket, settings: "Mapping[str, Any]") -> None:
    """Listen, perhaps again, with the queue of the settings; whether that is valid is up to the front."""
    try:
        backlog = int(settings.get("backlog") or _BACKLOG)
    except ValueError:
        backlog = _BACKLOG
    one.listen(min(max(1, backlog), _LONGEST_BACKLOG))


def remove_deserted(path: str) -> None:
    """Remove the file of a socket on which nobody listens any more; anything else that may lie there stays."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.setblocking(False)
            visitor.connect(path)
    except ConnectionRefusedError:
        os.remove(path)
    except OSError:
        pass  # it is not there, or somebody's


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
