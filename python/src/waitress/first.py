"""The first process of a container: the parent of those that have lost theirs. It must wait for their end.

Java, which waits for its own children alone, cannot be that.
"""

import contextlib
import os
import signal
from typing import List, Mapping

#: Those that mean something to the front; others, sent to this process, mean nothing.
_PASSED_ON = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGTTIN,
    signal.SIGTTOU,
    signal.SIGUSR1,
)
_UNEXPECTED = (signal.SIGUSR2,)

#: Of a container.
_FIRST_PROCESS = 1


def become(command: List[str], environment: "Mapping[str, str]") -> int:
    """Become a command; returns only as the first process of a container, which runs it instead, with its status."""
    if os.getpid() == _FIRST_PROCESS:
        return _run_as_first_process(command, environment)
    return os.execve(command[0], command, environment)


def _run_as_first_process(command: List[str], environment: "Mapping[str, str]") -> int:
    """Run a command as a child, pass signals on to it, and wait for all processes until it ends; return its status."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    server = os.fork()
    if server == 0:
        # A group of its own: what a terminal sends to ours comes by way of us.
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.execve(command[0], command, environment)
    for number in _PASSED_ON:
        signal.signal(number, lambda received, _: _send(server, received))
    for number in _UNEXPECTED:
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    while True:
        ended, status = os.wait()
        if ended == server:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _send(server: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(server, number)
