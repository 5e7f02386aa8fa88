"""Tells systemd what the front has to say to it: Java has no Unix sockets of datagrams.

Started by the front as ``python .../waitress_worker notify ADDRESS``; ``NotifyProcess.java`` is the other side. Messages come
on standard input, each with an empty line behind it, and leave as they are, sd_notify(3).
"""

import signal
import socket
import sys
from io import open  # noqa: A004 -- Python 2.7 has another one
from typing import BinaryIO

from waitress_worker.signals import GROUP_SIGNALS
from waitress_worker.title import show

_STANDARD_INPUT = 0


def main(_purpose: str, address: str) -> int:
    """Send until the front closes its side; return the exit status."""
    # A service's signal reaches all of its processes. Our end is that of the front, whose last word is still sent.
    for number in GROUP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    show("sd")
    with open(_STANDARD_INPUT, "rb", closefd=False) as messages:
        send_all(messages, address)
    return 0


def send_all(messages: BinaryIO, address: str) -> None:
    """Send each message to the socket, whose address may be abstract: ``@...``."""
    target = ("\0" + address[1:]) if address.startswith("@") else address
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    message = b""
    for line in messages:
        if line != b"\n":
            message += line
            continue
        try:
            sender.sendto(message.rstrip(b"\n"), target)
        except EnvironmentError as failure:
            sys.stderr.write("WARNING:waitress:cannot tell systemd how the service gets on: {}\n".format(failure))
        message = b""
    sender.close()
