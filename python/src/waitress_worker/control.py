"""The life of a worker: connect to the front, load the application, do as the front says."""

import gc
import logging
import mmap
import os
import signal
import sys
from typing import Any, Callable, Dict, List

from waitress_worker import protocol
from waitress_worker.application import LoadError, load, python_version
from waitress_worker.channel import Channel, connect
from waitress_worker.crew import Crew

_SECRET = "WAITRESS_WORKER_SECRET"  # noqa: S105 -- the variable's name


def main(address: str, number: str, application_name: str) -> int:
    """Run a worker until the front ends it; return the exit status."""
    _leave_signals_to_the_front()
    secret = os.environ.pop(_SECRET, "")
    requests = _introduce(address, secret, int(number), "requests")
    control = _introduce(address, secret, int(number), "control")
    sys.argv[:] = ["waitress-serve", application_name]
    sys.path.append(os.getcwd())
    settings = control.receive()
    try:
        application = load(settings["application"], is_factory=settings["factory"])
    except LoadError as failure:
        control.send((protocol.FAILED, failure.message, failure.traceback, failure.exit_status))
        return failure.exit_status
    _set_up_logging()
    if hasattr(gc, "freeze"):
        gc.freeze()  # what the application has loaded stays: the collector need not look at it again and again
    crew = Crew(requests, application, settings, _open_board(settings["board"], settings["threads"]))
    crew.start()
    control.send((protocol.READY,))
    return _obey(control, crew)


def _leave_signals_to_the_front() -> None:
    """Let the front decide what Ctrl-C and TERM, which reach the whole process group, mean.

    A handler that does nothing, not SIG_IGN: what is ignored stays ignored in the programs that the application starts.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)


def _introduce(address: str, secret: str, number: int, purpose: str) -> Channel:
    channel = Channel(connect(address))
    channel.send((protocol.VERSION, secret, number, purpose, python_version()))
    return channel


def _set_up_logging() -> None:
    """Log to the console, unless the application has set up something else."""
    logging.basicConfig()
    logger = logging.getLogger("waitress")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)


def _open_board(path: str, threads: int) -> memoryview:
    """Map the file in which the front looks up the requests that were begun last: a number for each thread."""
    with open(path, "r+b") as file:
        return memoryview(mmap.mmap(file.fileno(), 4 * threads)).cast("i")


def _obey(control: Channel, crew: Crew) -> int:
    while True:
        try:
            message = control.receive()
        except (EOFError, OSError):
            # The front is gone, and with it everybody who waits for an answer.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(1)
        kind = message[0]
        if kind == protocol.QUIT:
            crew.stop()
            return 0
        _act(control, crew, kind, message)


def _act(control: Channel, crew: Crew, kind: int, message: List[Any]) -> None:
    actions: Dict[int, Callable[..., Any]] = {
        protocol.TAKEOVER: crew.takeover,
        protocol.CREDIT: crew.credit,
        protocol.GONE: crew.client_gone,
        protocol.SENT: crew.file_sent,
        protocol.RECALL: lambda: control.send((protocol.RECALLED, crew.recall())),
    }
    actions[kind](*message[1:])
