"""Those who run the requests of a server: the program itself where it has made the application, others where it names one."""

import logging
import os
import random
import sys
import threading
from typing import Callable, Iterable, Optional, Union

from waitress.front import Front
from waitress.names import name_of
from waitress.nursery import Nursery
from waitress_worker.control import Worker
from waitress_worker.daemons import end_daemons, end_daemons_with_this_process
from waitress_worker.loading import LOADING
from waitress_worker.signals import when_asked_to_end

Application = Callable[..., Iterable[bytes]]

#: Told when all is over, and whether the front has ended though nobody had asked it to.
Over = Callable[[bool], None]

_LOG = logging.getLogger("waitress")

_NO_APPLICATION = (
    'The "app" passed to ``create_server`` was ``None``.  You forgot to return a WSGI app within your application.'
)

#: Seconds that the threads have to come to rest once the front has all answers.
_REST = 0.5


class OwnWorkers:
    """The calling process, and those that a nursery forks from it: they share the application that it has made."""

    def __init__(self, application: Application, front: Front, over: Over) -> None:
        self._application = application
        self._front = front
        self._over = over
        self._control: Optional[threading.Thread] = None
        #: Where the others come from, if there are any.
        self.nursery: Optional[Nursery] = None
        #: Whether nothing is left of them.
        self._left = False

    def start(self) -> None:
        """Answer requests from now on; more calls do nothing."""
        if self._control is not None:
            return
        # Forked before there are threads of ours, whose locks would be copied.
        if self._front.workers > 1:
            self.nursery = Nursery(self._front.workers - 1, self._work, self._front.startup_timeout)
        threading.Thread(target=self._front.relay_log, name="waitress-log", daemon=True).start()
        self._control = threading.Thread(target=self._serve, name="waitress-control", daemon=True)
        self._control.start()

    def _work(self, number: int, begun: Callable[[], None]) -> bool:
        """Live as a forked worker, say when that has begun; true when the front has said that all is over."""
        if "random" in sys.modules:
            random.seed()  # each its own sequence, also where fork does not see to that
        end_daemons_with_this_process()
        try:
            return self._obey(number, begun)
        finally:
            end_daemons()

    def _obey(self, number: int, begun: Callable[[], None]) -> bool:
        try:
            worker = self._start_worker(number)
        except (EOFError, OSError):
            return False  # the front is gone
        begun()
        when_asked_to_end(worker.ask_for_the_end)
        is_over = worker.obey()
        if is_over:
            worker.crew.stop(_REST)
        worker.close()
        return is_over

    def _start_worker(self, number: int) -> Worker:
        worker = Worker(self._front.address, self._front.secret, number)
        try:
            # The first worker is the caller's own process, which must not end because of a fault of ours.
            worker.start(self._application, is_expendable=number > 1)
        except BaseException:
            worker.close()
            raise
        return worker

    def _serve(self) -> None:
        """Live as the first worker, on a thread of its own: Ctrl-C must not cut a message in two, or leave it half begun."""
        try:
            worker = self._start_worker(1)
        except (EOFError, OSError):
            # The front is gone before it has met its worker.
            self._over(True)  # noqa: FBT003 -- its only parameter
            return
        is_over = worker.obey()
        if is_over:
            running = worker.crew.stop(_REST)
            if running:
                _LOG.warning("%d thread(s) still running", running)
        worker.close()
        self._over(not is_over)

    def failure(self) -> Optional[Exception]:
        """Return what to raise if no other would come for one that dies."""
        return self.nursery.lost() if self.nursery is not None and self.nursery.has_died() else None

    def wait(self) -> None:
        """Wait, once the front has ended, until nothing of them is left."""
        if self._control is not None and self._control.is_alive():
            self._control.join()
        if self.nursery is not None and not self._left:
            self._left = True
            self.nursery.wait()


class NamedWorkers:
    """Processes that the front starts and replaces, as under waitress-serve: they import the application by its name."""

    def __init__(self, front: Front, over: Over) -> None:
        self._front = front
        self._over = over
        self._log: Optional[threading.Thread] = None

    def start(self) -> None:
        """Follow the front, whose workers answer already; more calls do nothing."""
        if self._log is None:
            self._log = threading.Thread(target=self._follow, name="waitress-log", daemon=True)
            self._log.start()

    def _follow(self) -> None:
        self._front.relay_log()
        self._over(self._front.has_failed())

    def failure(self) -> None:
        """Return nothing: the front sees to it that others come."""

    def wait(self) -> None:
        """Wait for nobody: the front has ended them before itself."""


Workers = Union[OwnWorkers, NamedWorkers]


def workers_for(application: Union[Application, str], front: Front, over: Over) -> Workers:
    """Make those of a front that was started for this application."""
    if isinstance(application, str):
        return NamedWorkers(front, over)
    return OwnWorkers(application, front, over)


def require_application(application: object) -> None:
    """Refuse what no request could be given to."""
    if application is None:
        raise ValueError(_NO_APPLICATION)
    if isinstance(application, str):
        _require_importable(application)
    elif not callable(application):
        raise ValueError("app: must be a WSGI application, which is callable, got {!r}".format(application))


def given_to_workers(application: Union[Application, str], workers: object) -> Union[Application, str]:
    """Return what so many workers are given: the application itself, or its name where they cannot be forked from it."""
    if isinstance(application, str) or hasattr(os, "fork") or not _are_several(workers):
        return application
    name = name_of(application)
    _LOG.info("workers import %s anew: there is no fork, by which they would share what this program has made", name)
    return name


def _are_several(workers: object) -> bool:
    try:
        return int(str(workers)) > 1
    except ValueError:
        return False  # the front says what is wrong with it


def _require_importable(name: str) -> None:
    """Refuse what other processes cannot import, or would import without end."""
    if LOADING:
        raise RuntimeError(
            "a worker that imports {!r} was to serve it: call serve() only where __name__ is '__main__'".format(name)
        )
    if name.partition(":")[0] in ("", "__main__"):
        raise ValueError("app: {!r} names no module that other processes can import".format(name))
