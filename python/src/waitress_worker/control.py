"""The life of a worker: connect to the front, load the application, do as the front says."""

import gc
import logging
import mmap
import os
import sys
from io import open  # noqa: A004 -- bound before the application can put another one in its place
from threading import Lock
from typing import Any, Callable, Dict, List, Set, Union

from waitress_worker import protocol, stacks
from waitress_worker.application import LoadError, load, python_version
from waitress_worker.board import Board
from waitress_worker.channel import Channel, connect
from waitress_worker.compat import acquire_within, native, path_of_front
from waitress_worker.crew import Crew
from waitress_worker.daemons import end_daemons_with_this_process
from waitress_worker.forks import end
from waitress_worker.imports import Imports
from waitress_worker.leash import end_with_the_other_side
from waitress_worker.log import LOG, FrontRecords, harmless, log_failure, wanted_level
from waitress_worker.signals import leave_to_the_front, when_asked_to_end
from waitress_worker.threads import Threads
from waitress_worker.title import show
from waitress_worker.tracebacks import bounded, shortened
from waitress_worker.whereabouts import tell_at_a_signal

#: Seconds. A wait without end could not be interrupted, or would end where all threads are green and all of them wait.
_DAY = 86400.0

#: Characters of what the front says when the application cannot be loaded; a traceback stands below.
_MOST_OF_REASON = 4096

#: How much memory the C library may keep is for this process, not for those that the application starts.
_ARENAS = "MALLOC_ARENA_MAX"
_OUR_ARENAS = "WAITRESS_WORKER_ARENAS"

_SECRET = "WAITRESS_WORKER_SECRET"  # noqa: S105 -- the variable's name


def main(address: str, number: str, application_name: str) -> int:
    """Run a worker until the front ends it; return the exit status."""
    leave_to_the_front()
    tell_at_a_signal()
    show("w{}".format(number))
    _open_closed_output()
    if os.environ.pop(_OUR_ARENAS, ""):
        del os.environ[_ARENAS]
    worker = Worker(address, os.environ.pop(_SECRET, ""), int(number), leash=True)
    when_asked_to_end(worker.ask_for_the_end)
    end_daemons_with_this_process()
    sys.argv[:] = ["waitress-serve", application_name]
    sys.path[:] = worker.settings["path"] or sys.path + [os.getcwd()]
    try:
        application = worker.load()
    except LoadError as failure:
        return failure.exit_status
    worker.require_parent()
    if hasattr(gc, "freeze"):
        gc.freeze()  # what the application has loaded stays: the collector need not look at it again and again
    worker.start(application)
    if obey(worker):
        worker.crew.stop()
        worker.close()
        worker.crew.join()
        return 0
    # The front is gone, and with it everybody who waits for an answer.
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


def _open_closed_output() -> None:
    """Let what is printed go nowhere where the server was started without a place for it.

    What Java opens then gets the numbers of standard output and standard error, and is handed down: files that it reads.
    """
    try:
        import fcntl  # noqa: PLC0415 -- Windows has none
    except ImportError:
        return
    for number in (1, 2):
        try:
            is_open = fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR) != 0
        except EnvironmentError:
            is_open = False
        if not is_open:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)


_WITH_TIME = "%(asctime)s " + logging.BASIC_FORMAT


def _set_up_logging(level: str, form: str) -> None:
    """Log to the console, as the front does, unless the application has set up something else."""
    logging.basicConfig(format=_WITH_TIME if form == "time" else logging.BASIC_FORMAT)
    logger = logging.getLogger("waitress")
    if logger.level == logging.NOTSET:
        logger.setLevel(level.upper())


def _open_board(path: str, threads: int) -> Board:
    """Map the file in which the front looks when this process has died."""
    with open(path_of_front(path), "r+b") as file:
        return Board(mmap.mmap(file.fileno(), 0), threads)


#: The worker that this process is, while it loads its application.
LOADING: Set["Worker"] = set()


class Worker:
    """A worker as the front knows it: two connections, and the crew that runs the application."""

    crew: Crew
    threads: Threads
    _records: FrontRecords

    def __init__(self, address: str, secret: str, number: int, *, leash: bool = False) -> None:
        self._secret = secret
        self._number = number
        self._pid = os.getpid()
        self._telling = Lock()
        self._has_begun = False
        self._open: List[Union[Channel, Crew, FrontRecords]] = []
        try:
            if leash:
                end_with_the_other_side(self._introduce(address, "leash").connection)
            self._requests = self._introduce(address, "requests")
            self._control = self._introduce(address, "control")
            #: What the front wants of its workers.
            self.settings: Dict[str, Any] = native(self._control.receive())
        except BaseException:
            self.close()
            raise

    def _introduce(self, address: str, purpose: str) -> Channel:
        channel = Channel(connect(address))
        self._open.append(channel)
        channel.send((protocol.VERSION, self._secret, self._number, purpose, python_version(), self._pid))
        return channel

    def require_parent(self) -> None:
        """End a process that the application has forked and that comes back from there: it is no worker."""
        if os.getpid() != self._pid:
            end()

    def _tell(self, *message: Any) -> None:  # noqa: ANN401 -- whatever marshal takes
        with self._telling:
            self._control.send(message)

    def load(self) -> Callable[..., Any]:
        """Import the application; where there is none to run, say so and raise LoadError."""
        LOADING.add(self)
        try:
            self._require_python_3()
            application = self._load_and_watch() if self.settings["reload"] else self._load()
            self._warm_up(application)
            return application
        except LoadError as failure:
            if os.getpid() == self._pid:
                message, trace = shortened(failure.message, _MOST_OF_REASON), bounded([failure.traceback])
                self._tell(protocol.FAILED, message, trace, failure.exit_status)
            else:
                sys.stderr.write(failure.traceback)
                end(failure.exit_status)
            raise
        finally:
            LOADING.clear()

    def _require_python_3(self) -> None:
        if sys.version_info < (3,) and (self.settings["reload"] or self.settings["ini"]):
            raise LoadError("ini files and --reload need Python 3.6 or newer")

    def _load(self) -> Callable[..., Any]:
        name, path = self.settings["application"], self.settings["ini"]
        if not path:
            application = load(name, is_factory=self.settings["factory"])
            _set_up_logging(self.settings["log_level"], self.settings["log_format"])
            return application
        from waitress_worker import ini  # noqa: PLC0415 -- seldom needed, and the start of a worker counts

        application = ini.load(path, name, self.settings["variables"])
        self._own_logging()
        return application

    def _load_and_watch(self) -> Callable[..., Any]:
        imports = Imports(lambda since, files: self._tell(protocol.IMPORTED, since, files))
        imports.begin()
        try:
            application = self._load()
        except LoadError as failure:
            imports.report(failure)
            raise
        imports.report()
        return application

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
