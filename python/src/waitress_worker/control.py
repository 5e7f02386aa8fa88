"""The life of a worker: connect to the front, load the application, do as the front says."""

import gc
import mmap
import os
import sys
from io import open  # noqa: A004 -- bound before the application can put another one in its place
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Union

from waitress_worker import protocol, stacks
from waitress_worker.application import LoadError
from waitress_worker.board import Board
from waitress_worker.channel import Channel
from waitress_worker.compat import acquire_within, native, path_of_front
from waitress_worker.crew import Crew
from waitress_worker.daemons import end_daemons_with_this_process
from waitress_worker.forks import end
from waitress_worker.leash import end_with_the_other_side
from waitress_worker.loading import Loaded, failures_told
from waitress_worker.log import LOG, FrontRecords, harmless, log_failure, wanted_level
from waitress_worker.outset import begin, introduce
from waitress_worker.series import SERIES
from waitress_worker.signals import when_asked_to_end
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from typing import NoReturn

#: Seconds. A wait without end could not be interrupted, or would end where all threads are green and all of them wait.
_DAY = 86400.0


def main(address: str, number: str, application_name: str) -> int:
    """Run a worker until the front ends it; return the exit status."""
    secret = begin("w" + number, application_name)
    worker = Worker(address, secret, int(number), leash=True)
    when_asked_to_end(worker.ask_for_the_end)
    end_daemons_with_this_process()
    try:
        loaded = worker.load()
    except LoadError as failure:
        return failure.exit_status
    return live(worker, loaded)


def live(worker: "Worker", loaded: Loaded) -> int:
    """Run requests until the front ends the worker; return the exit status."""
    worker.require_parent()
    if hasattr(gc, "freeze"):
        gc.freeze()  # what the application has loaded stays: the collector need not look at it again and again
    worker.start(loaded.application)
    if not obey(worker):
        leave_at_once()  # with the front everybody is gone who waits for an answer
    worker.crew.stop()
    worker.close()
    worker.crew.join()
    loaded.worker_exit.attempt(worker.number)
    return 0


def leave_at_once() -> "NoReturn":
    """End this process without what the application has planned for its end: the front is gone."""
    for stream in (sys.stdout, sys.stderr):
        with harmless:
            stream.flush()  # which an application may have replaced, by None too
    os._exit(1)


def obey(worker: "Worker") -> bool:
    """Obey on another thread, while this one, the main thread, waits.

    It runs the application's signal handlers, which may raise, and the green threads that were started on it.
    """
    answers: List[bool] = []
    ended = worker.threads.lock()
    ended.acquire()

    def run() -> None:
        try:
            answers.append(worker.obey())
        finally:
            ended.release()

    worker.threads.start(run, "waitress-control")
    while not _is_ended(ended):
        pass
    return bool(answers) and answers[0]


def _is_ended(ended: Any) -> bool:  # noqa: ANN401 -- a lock has no type in 2.7
    """Wait for a lock until the next day."""
    try:
        return acquire_within(ended, _DAY)
    except Exception:
        with harmless:
            LOG.exception("Unexpected error in the main thread, which goes on")
        return False


def _open_board(path: str, threads: int) -> Board:
    """Map the file in which the front looks when this process has died."""
    with open(path_of_front(path), "r+b") as file:
        return Board(mmap.mmap(file.fileno(), 0), threads)


class Worker:
    """A worker as the front knows it: two connections, and the crew that runs the application."""

    crew: Crew
    threads: Threads
    _records: FrontRecords

    def __init__(self, address: str, secret: str, number: int, *, leash: bool = False) -> None:
        #: Which of the workers it is.
        self.number = number
        self._pid = os.getpid()
        self._telling = Lock()
        self._has_begun = False
        self._open: List[Union[Channel, Crew, FrontRecords]] = []
        try:
            if leash:
                # Never closed: a thread that waits for its end would take that for the front's, on Windows for one.
                self._leash = introduce(address, secret, self.number, "leash")
                end_with_the_other_side(self._leash.connection)
            self._requests = self._introduce(address, secret, "requests")
            self._control = self._introduce(address, secret, "control")
            #: What the front wants of its workers.
            self.settings: Dict[str, Any] = native(self._control.receive())
            SERIES.limit(self.settings["metrics_limit"])
        except BaseException:
            self.close()
            raise

    def _introduce(self, address: str, secret: str, purpose: str) -> Channel:
        channel = introduce(address, secret, self.number, purpose)
        self._open.append(channel)
        return channel

    def require_parent(self) -> None:
        """End a process that the application has forked and that comes back from there: it is no worker."""
        if os.getpid() != self._pid:
            end()

    def _tell(self, *message: Any) -> None:  # noqa: ANN401 -- whatever marshal takes
        with self._telling:
            self._control.send(message)

    def load(self) -> Loaded:
        """Import the application; where there is none to run, say so and raise LoadError."""
        with failures_told(self._tell):
            loaded = Loaded(self.settings, self._tell)
            self._make_ready(loaded)
        return loaded

    def adopt(self, loaded: Loaded) -> None:
        """Take over what was imported before this process was forked; where it cannot run here, as :meth:`load`."""
        with failures_told(self._tell):
            loaded.post_fork.require(self.number)
            self._make_ready(loaded)

    def _make_ready(self, loaded: Loaded) -> None:
        if self.settings["ini"] or self.settings["log_config"]:
            self._own_logging()
        self._warm_up(loaded.application)

    def _warm_up(self, application: Callable[..., Any]) -> None:
        target = self.settings["warmup_path"]
        if target:
            from waitress_worker.warmup import warm_up  # noqa: PLC0415 -- seldom wanted

            warm_up(application, target, self.settings["environ"])

    def _own_logging(self) -> None:
        """Take in the records of the front too, from a level on: the logging that was set up here is meant for all."""
        self._records = FrontRecords(Threads())
        self._open.append(self._records)
        self._tell(protocol.LOGGING, wanted_level())

    def _handle(self, *record: Any) -> None:  # noqa: ANN401 -- level, logger, message, trace
        self._records.add(*record)

    def start(self, application: Callable[..., Any], *, is_expendable: bool = True) -> None:
        """Run requests from now on; an expendable process ends if something is wrong with a thread of ours."""
        settings = self.settings
        if settings["metrics_limit"]:
            from waitress_worker import prometheus  # noqa: PLC0415 -- as above

            prometheus.take_over()  # an application that was given to us has perhaps imported it before
        self.threads = threads = Threads()
        self._requests.wait_to_read = self._control.wait_to_read = threads.wait_to_read
        board = _open_board(settings["board"], settings["threads"] + settings["stream_threads"])
        self.crew = Crew(self._requests, application, settings, board, threads, is_expendable=is_expendable)
        self._open.append(self.crew)
        self.crew.start()
        self._tell(protocol.READY)
        self._has_begun = True

    def ask_for_the_end(self) -> None:
        """Have the front end the server: the application has asked this process to end, and not while it was loaded."""
        if self._has_begun:
            self._tell(protocol.STOP)

    def obey(self) -> bool:
        """Do as the front says until it says *quit*; false when it has gone instead."""
        while True:
            try:
                message = self._control.receive()
                kind = message[0]
                if kind == protocol.QUIT:
                    return True
                self._act(kind, message)
            except (EOFError, EnvironmentError):
                return False
            except Exception:  # noqa: BLE001 -- whatever it is, who obeys must go on
                log_failure("an order of the front failed")

    def _act(self, kind: int, message: List[Any]) -> None:
        actions: Dict[int, Callable[..., Any]] = {
            protocol.TAKEOVER: self.crew.takeover,
            protocol.CREDIT: self.crew.streams.credit,
            protocol.GONE: self.crew.client_gone,
            protocol.SENT: self.crew.streams.file_sent,
            protocol.CLOSED: self.crew.client_closed,
            protocol.RECORD: self._handle,
            protocol.PING: lambda: self._tell(protocol.PONG),
            protocol.OVERDUE: self._locate,
            protocol.WHERE: lambda request_id: self._tell(protocol.LOCATED, request_id, self.crew.where(request_id)),
            protocol.RECALL: lambda: self._tell(protocol.RECALLED, self.crew.recall()),
            protocol.STACKS: lambda: self._tell(protocol.STACKS_TAKEN, stacks.take(self.crew.requests())),
        }
        actions[kind](*message[1:])

    def _locate(self, request_id: int, shows_all: int) -> None:
        self._tell(protocol.LOCATED, request_id, self.crew.overdue(request_id, shows_all=bool(shows_all)))

    def close(self) -> None:
        """Leave the front; the threads of the crew end when they have nothing to run."""
        for each in self._open:
            each.close()
