"""Starts the front's process, with a pipe for orders to it and one for its reports."""

import os
import socket
import subprocess
from typing import IO, Optional, Tuple

from waitress.java import java_command, java_environment
from waitress_worker.outset import PRINTS_TO_ERROR

_MAIN = "dev.waitress.cli.Attached"

STANDARD_ERROR = 2


def start(
    listening: Optional[socket.socket], output: Optional[int]
) -> "Tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]":
    """Start the process, which prints there; returns it, where orders go and where reports come from.

    The socket is its standard input: Java can inherit it nowhere else.
    """
    _take_standard_numbers()
    command = java_command(_MAIN)
    if listening is None and not names_descriptors():
        environment = {**java_environment(), PRINTS_TO_ERROR: "1"}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment)
        assert process.stdin is not None
        assert process.stdout is not None
        return process, process.stdin, process.stdout
    orders, reports = os.pipe(), os.pipe()
    theirs = (orders[0], reports[1])
    command += ["/dev/fd/{}".format(each) for each in theirs]
    if listening is not None:
        command.append("socket")
    stdin = subprocess.DEVNULL if listening is None else listening.fileno()
    try:
        process = subprocess.Popen(command, stdin=stdin, stdout=output, env=java_environment(), pass_fds=theirs)
    except BaseException:
        os.close(orders[1])
        os.close(reports[0])
        raise
    finally:
        for each in theirs:
            os.close(each)
    return process, os.fdopen(orders[1], "wb", 0), os.fdopen(reports[0], "rb", 0)


def names_descriptors() -> bool:
    """Whether a process can be given more than three files, and opens them by their numbers."""
    return os.name != "nt" and os.path.isdir("/dev/fd")


def _take_standard_numbers() -> None:
    """Let standard input, output and error lead nowhere where this process began without them, or has closed them.

    A pipe or a socket that got their numbers would be taken for them: here by all that prints, and in Java and whatever else
    is started, where they are replaced.
    """
    while True:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere > STANDARD_ERROR:
            os.close(nowhere)
            return
        os.set_inheritable(nowhere, True)  # noqa: FBT003 -- its only parameter
