"""The process that becomes the front; or waits for its end, which it must as the first one of a container, and on Windows.

The first process is the parent of those that have lost theirs, and Java, which waits for its own children alone, cannot be that.
"""

import contextlib
import os
import signal
import subprocess
from typing import List, Mapping

#: Those that mean something to the front; others, sent to this process, mean nothing.
_PASSED_ON = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGTTIN", "SIGTTOU", "SIGUSR1")
_UNEXPECTED = "SIGUSR2"

#: Of a container.
_FIRST_PROCESS = 1


def become(command: List[str], environment: "Mapping[str, str]") -> int:
    """Become a command; returns only where a process cannot, and runs it instead, with its status."""
    if os.name == "nt":
        return _run_in_this_console(command, environment)
    if os.getpid() == _FIRST_PROCESS:
        return _run_as_first_process(command, environment)
    return os.execve(command[0], command, environment)


def _run_in_this_console(command: List[str], environment: "Mapping[str, str]") -> int:
    """Run a command as a child; Windows tells both of Ctrl-C and Ctrl-Break, and the child knows what they mean."""
    for name in ("SIGINT", "SIGBREAK"):
        signal.signal(getattr(signal, name), lambda *_: None)
    return subprocess.Popen(command, env=environment).wait()


def _run_as_first_process(command: List[str], environment: "Mapping[str, str]") -> int:
    """Run a command as a child, pass signals on to it, and wait for all processes until it ends; return its status."""
    passed_on = [getattr(signal, name) for name in _PASSED_ON]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, passed_on)
    server = os.fork()
    if server == 0:
        # A group of its own: what a terminal sends to ours comes by way of us.
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.execve(command[0], command, environment)
    for number in passed_on:
        signal.signal(number, lambda received, _: _send(server, received))
    signal.signal(getattr(signal, _UNEXPECTED), lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    while True:
        ended, status = os.wait()
        if ended == server:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _send(server: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(server, number)
