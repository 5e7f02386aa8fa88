"""Runs a program in its own console, on Windows, and has the console tell it of Ctrl-C and Ctrl-Break.

``wine_console.py PORT PROGRAM ARGUMENTS``: who listens on that port of this machine sends a byte for each of them.
"""

import os
import signal
import socket
import subprocess
import sys
import threading

EVENTS = {b"c": "CTRL_C_EVENT", b"b": "CTRL_BREAK_EVENT"}


def obey(orders: socket.socket) -> None:
    """Pass on what is ordered, to all programs of this console."""
    while order := orders.recv(1):
        os.kill(0, getattr(signal, EVENTS[order]))


def main(port: str, *command: str) -> int:
    """Run the program, and end as it does."""
    for name in ("SIGINT", "SIGBREAK"):
        signal.signal(getattr(signal, name), lambda *_: None)
    orders = socket.create_connection(("127.0.0.1", int(port)))
    process = subprocess.Popen(command)
    threading.Thread(target=obey, args=(orders,), daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
