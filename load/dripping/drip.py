"""The clients: ``python -m dripping.drip PORT CONNECTIONS INTERVAL``, until TERM.

A process of its own, so that its work is not that of the load generator. It says ``connected``, drips, and at
its end prints how many bytes it has sent and how many connections the server has closed.
"""

from __future__ import annotations

import signal
import socket
import sys
import time

_HEAD = b"GET / HTTP/1.1\r\nHost: slow\r\nX-Padding: "
_PADDING = b"x"
# Sends are bundled over this time: waking up for each would cost more than sending.
_NAP_SECONDS = 0.002


def main(port: int, count: int, interval: float) -> None:
    """Give each connection a byte in each interval, one connection after the other."""
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; whoever started it stops it
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    sent, lost = 0, set()
    started = time.monotonic()
    while not stopped:
        due = int((time.monotonic() - started) / interval * count)
        for number in range(sent, due):
            position, which = divmod(number, count)
            try:
                connections[which].send(_HEAD[position : position + 1] or _PADDING)
            except OSError:
                lost.add(which)
        sent = max(sent, due)
        time.sleep(_NAP_SECONDS)
    sys.stdout.write(f"{sent} {len(lost)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
