"""A process that imports the application once, and forks the workers: what it has imported lies in memory that they share.

It runs nothing of the application afterwards, and has no thread beside this one: a lock that another one holds when a worker
is forked would stay closed there for ever.
"""

import gc
import os
import random
import sys
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from waitress_worker import protocol, stacks
from waitress_worker.application import LoadError
from waitress_worker.channel import let_go_of_all
from waitress_worker.children import Children
from waitress_worker.compat import native
from waitress_worker.control import Worker, leave_at_once, live
from waitress_worker.daemons import end_daemons_with_this_process, leave_to_the_parent
from waitress_worker.forks import end
from waitress_worker.leash import end_with_the_other_side
from waitress_worker.loading import Loaded, failures_told
from waitress_worker.log import LOG, harmless
from waitress_worker.outset import begin, introduce
from waitress_worker.series import SERIES
from waitress_worker.signals import when_asked_to_end
from waitress_worker.title import show
from waitress_worker.whereabouts import tell_at_a_signal

if TYPE_CHECKING:
    from waitress_worker.channel import Channel


def main(_purpose: str, address: str, number: str, application_name: str) -> int:
    """Fork workers until the front ends this process, or live as one of them; return the exit status."""
    secret = begin("z" + number, application_name)
    when_asked_to_end(_stay)
    end_daemons_with_this_process()
    end_with_the_other_side(introduce(address, secret, int(number), "zygote-leash").connection)
    zygote = Zygote(introduce(address, secret, int(number), "zygote"))
    try:
        loaded = zygote.load()
    except LoadError as failure:
        return failure.exit_status
    order = zygote.obey()
    if order is None:
        return 0
    return _live_as_worker(address, secret, loaded, *order)


def _stay() -> None:
    """It is no server yet that the application asks to end while it is imported."""


def _live_as_worker(address: str, secret: str, loaded: Loaded, number: int, stacks_file: str) -> int:
    let_go_of_all()
    show("w{}".format(number))
    tell_at_a_signal(stacks_file)
    leave_to_the_parent()
    end_daemons_with_this_process()
    random.seed()  # each its own sequence, also where fork does not see to that
    _begin_green_threads()
    worker = Worker(address, secret, number, leash=True)
    when_asked_to_end(worker.ask_for_the_end)
    try:
        worker.adopt(loaded)
    except LoadError as failure:
        return failure.exit_status
    return live(worker, loaded)


def _begin_green_threads() -> None:
    """Give gevent's loop descriptors of its own, not those of the parent."""
    gevent = sys.modules.get("gevent")
    if gevent is not None:
        gevent.reinit()


def _require_fork() -> None:
    if sys.version_info < (3,):
        raise LoadError("preload needs Python 3.6 or newer")
    if not hasattr(os, "fork"):
        raise LoadError("preload: {} has no os.fork".format(sys.executable))


def _require_no_eventlet() -> None:
    """Under it requests hang once workers have been forked."""
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is not None and patcher.is_monkey_patched("thread"):
        raise LoadError("preload: workers cannot be forked from a process that eventlet has patched")


def _warn_of_threads() -> None:
    names = stacks.names_of_others()
    if names:
        with harmless:
            LOG.warning(
                "preload: no worker has the threads that were started while the application was imported: %s (post_fork is"
                " the place to start them)",
                ", ".join(names),
            )


class Zygote:
    """The process as the front knows it."""

    def __init__(self, control: "Channel") -> None:
        """Wait for the settings."""
        self._control = control
        self._settings: Dict[str, Any] = native(control.receive())
        SERIES.limit(self._settings["metrics_limit"])
        self._children = Children()

    def _tell(self, *message: Any) -> None:  # noqa: ANN401 -- whatever marshal takes
        self._control.send(message)

    def load(self) -> Loaded:
        """Import the application, and tell the front; where there is none to run, say so and raise LoadError."""
        process = os.getpid()
        with failures_told(self._tell):
            _require_fork()
            loaded = Loaded(self._settings, self._tell)
            _require_no_eventlet()
        if os.getpid() != process:
            end()  # the application has forked it
        _warn_of_threads()
        if hasattr(gc, "freeze"):
            gc.freeze()  # a collector that marks what it looks at would copy it into each worker
        self._tell(protocol.READY)
        return loaded

    def obey(self) -> Optional[Tuple[int, str]]:
        """Fork as the front orders, until it says *quit*.

        In a worker that is forked return at once, with its number and the file for its stacks.
        """
        try:
            while True:
                if self._control.has_frame() or self._children.wait(self._control.connection.fileno()):
                    message = self._control.receive()
                    if message[0] == protocol.QUIT:
                        return None
                    _, number, stacks_file = message
                    if self._fork(number):
                        return number, stacks_file
                for number, status in self._children.ended():
                    self._tell(protocol.EXITED, number, status)
        except (EOFError, EnvironmentError):
            leave_at_once()

    def _fork(self, number: int) -> bool:
        """Fork a worker; tell whether this is the one."""
        for stream in (sys.stdout, sys.stderr):
            with harmless:
                stream.flush()  # or the worker would do it once more
        try:
            process = self._children.fork(number)
        except EnvironmentError as failure:
            with harmless:
                LOG.error("cannot fork a worker: %s", failure)
            self._tell(protocol.EXITED, number, 1)
            return False
        if process:
            self._tell(protocol.FORKED, number, process)
        return process == 0
