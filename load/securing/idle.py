"""TLS 14: connections that have had an answer and stay, with the heap that the server has by default."""

from __future__ import annotations

import contextlib
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from comparison import command, jcmd
from securing.clients import GET, connect, context, receive
from securing.place import Figure, at_most
from securing.servers import our_own, started

if TYPE_CHECKING:
    from securing.place import Place

_IDLE = 3000
_KIB = 1024
_HEAP_GOAL_KIB = 16
#: They load and initialise what any handshake needs, so that it does not count as the connections'.
_BEFORE = 200


def idle(place: Place) -> list[Figure]:
    """Count who is served at first, and afterwards; others may have had to make room for them."""
    agreed = context()
    with started(our_own("ours", "--connection-limit=4000", release=17), place) as ours:
        with contextlib.ExitStack() as stack:
            _opened(stack, ours.port, agreed, _BEFORE)
        without = jcmd.live_heap(ours.process)
        with contextlib.ExitStack() as stack:
            clients = _opened(stack, ours.port, agreed, _IDLE)
            command.say(f"TLS 14: {_IDLE} connections are open")
            beside = jcmd.live_heap(ours.process)
            left = [client for client in clients if _is_open(client)]
            for client in left:
                client.sendall(GET)
                receive(client)
        short = Path(place.folder / "ours.log").read_text().count("OutOfMemoryError")
    heap = (beside - without) / max(1, len(left)) / _KIB
    served = f"{len(clients):,}"
    return [
        Figure("TLS 14", "idle TLS connections served when they came", served, f"{_IDLE:,}", met=True),
        Figure("TLS 14", "served again afterwards", f"{len(left):,}", f"{_IDLE:,}", len(left) == _IDLE),
        at_most("TLS 14", "heap of each that is there", [heap], _HEAP_GOAL_KIB, " KiB"),
        at_most("TLS 14", "OutOfMemoryError in the log", [short], 0),
    ]


def _opened(
    stack: contextlib.ExitStack, port: int, agreed: ssl.SSLContext, count: int
) -> list[ssl.SSLSocket]:
    clients = []
    for _ in range(count):
        client = stack.enter_context(connect(port, agreed))
        client.sendall(GET)
        receive(client)
        clients.append(client)
    return clients


def _is_open(client: ssl.SSLSocket) -> bool:
    """Tell whether nothing has come: the end would have."""
    client.settimeout(0)
    try:
        return client.recv(1) != b""
    except ssl.SSLWantReadError:
        client.settimeout(30)
        return True
    except OSError:
        return False
