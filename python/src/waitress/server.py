"""A server in the hands of its caller: made, run, closed."""

import contextlib
import logging
import os
import random
import signal
import sys
import threading
from typing import Any, Callable, Iterable, Iterator, List, MutableMapping, Optional, Tuple

from waitress.adjustments import Adjustments
from waitress.front import Front
from waitress.insides import Insides, require_dispatcher, require_map, settings_of
from waitress.nursery import Nursery
from waitress.sockets import listen_again, the_one
from waitress.task import ThreadedTaskDispatcher
from waitress_worker.control import Worker
from waitress_worker.daemons import end_daemons_with_this_process
from waitress_worker.forks import in_each_child
from waitress_worker.signals import when_asked_to_end

Application = Callable[..., Iterable[bytes]]

_LOG = logging.getLogger("waitress")

_NO_APPLICATION = (
    'The "app" passed to ``create_server`` was ``None``.  You forgot to return a WSGI app within your application.'
)

#: Seconds between looks whether the level of a logger has changed, and whether workers would be replaced.
_INTERVAL = 1.0

#: Seconds that the threads have to come to rest once the front has all answers.
_REST = 0.5


class Server(Insides):
    """Listens from the start; requests are answered while :meth:`run` runs, in this process."""

    def __init__(
        self,
        application: Application,
        map: Optional[MutableMapping[int, Any]] = None,  # noqa: A002 -- Waitress' own name
        _start: bool = True,  # noqa: FBT001, FBT002 -- the same
        _sock: None = None,
        dispatcher: Optional[ThreadedTaskDispatcher] = None,
        adj: Optional[Adjustments] = None,
        sockinfo: Optional[Tuple[Any, ...]] = None,
        **settings: Any,  # noqa: ANN401 -- each has its own type
    ) -> None:
        """Start the front with these settings; ValueError if one is wrong, OSError if an address cannot be had."""
        require_application(application)
        require_dispatcher(dispatcher)
        require_map(map)
        if _sock is not None:
            raise NotImplementedError("_sock: the front opens its own socket; give yours as sockets=[…]")
        self.application = application
        settings = settings_of(adj, sockinfo, settings)
        if dispatcher is not None and dispatcher.count:
            settings.setdefault("threads", dispatcher.count)
        self._given = dict(settings)
        listening = the_one(settings.pop("sockets", None) or [])
        given = [
            (name, require_utf_8(name, text(name, value))) for name, value in settings.items() if is_given(name, value)
        ]
        if listening is not None:
            listen_again(listening, settings)
        self._front = Front(given, listening)
        self._user = _user()
        self._ended = threading.Event()
        #: Held while run() runs; it may close its server too.
        self._running = threading.RLock()
        self._closing = threading.RLock()
        self._closed = False
        self._lost = False
        #: Whether nothing is left of its other processes.
        self._left = False
        #: Whether it ends because of Ctrl-C at a terminal.
        self._at_terminal = False
        self._control: Optional[threading.Thread] = None
        self._nursery: Optional[Nursery] = None
        self._show(map, dispatcher)

    # ---- Where it listens ----

    @property
    def effective_listen(self) -> List[Tuple[str, str]]:
        """Every host and port, with the real port where 0 was asked for; a Unix socket is ``("unix", path)``."""
        return self._front.listeners

    @property
    def effective_host(self) -> str:
        """The first host."""
        return self.effective_listen[0][0]

    @property
    def effective_port(self) -> str:
        """The first port, as text."""
        return self.effective_listen[0][1]

    def print_listen(self, format_str: str) -> None:
        """Log one line for each listener; the format has two places, for host and port."""
        for host, port in self.effective_listen:
            _LOG.info(format_str.format("[{}]".format(host) if ":" in host else host, port))

    # ---- Life ----

    def run(self) -> None:
        """Serve until :meth:`close`, Ctrl-C or SIGTERM; ChildProcessError if the front ends by itself."""
        with self._running:
            try:
                self._require_same_user()
                with terminable():
                    self._work_until_the_end()
            except KeyboardInterrupt:
                self._at_terminal = os.isatty(0)
            except SystemExit:
                pass
            finally:
                self._leave()

    def _require_same_user(self) -> None:
        if _user() != self._user:
            raise PermissionError(
                "the user was changed (setuid) after create_server, whose front keeps the rights that it began with:"
                " bind a socket, change the user, then create_server(app, sockets=[socket])"
            )

    def _leave(self) -> None:
        try:
            self._close()
        finally:
            if self._control is not None and self._control.is_alive():
                self._control.join()
            if self._nursery is not None and not self._left:
                self._left = True
                self._nursery.wait()

    def _work_until_the_end(self) -> None:
        if self._closed:
            return
        self._start_workers()
        # Programs end Waitress' loop by clearing its map.
        while self._map and not self._ended.wait(_INTERVAL):
            self._front.follow_log_level()
            if self._nursery is not None and self._nursery.has_died() and not self._ended.is_set():
                raise self._nursery.lost()

    def serve_until_closed(self) -> None:
        """Do what :meth:`run` does, also where a subclass has its own."""
        Server.run(self)

    def serve_for(self, seconds: float) -> None:
        """Serve for so long, and go on with that between calls; it ends by :meth:`close`."""
        if not self._closed:
            self._start_workers()
            self._ended.wait(seconds)
            self._front.follow_log_level()

    def _start_workers(self) -> None:
        if self._control is not None:
            return
        # Forked before there are threads of ours, whose locks would be copied.
        if self._front.workers > 1:
            self._nursery = Nursery(self._front.workers - 1, self._work, self._front.startup_timeout)
        threading.Thread(target=self._front.relay_log, name="waitress-log", daemon=True).start()
        self._control = threading.Thread(target=self._serve, name="waitress-control", daemon=True)
        self._control.start()

    def _work(self, number: int, begun: Callable[[], None]) -> bool:
        """Live as a forked worker, say when that has begun; true when the front has said that all is over."""
        if "random" in sys.modules:
            random.seed()  # each its own sequence, also where fork does not see to that
        end_daemons_with_this_process()
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
            worker.start(self.application, is_expendable=number > 1)
        except BaseException:
            worker.close()
            raise
        return worker

    def _serve(self) -> None:
        """Live as the first worker, on a thread of its own: Ctrl-C must not cut a message in two, or leave it half begun."""
        try:
            worker = self._start_worker(1)
        except (EOFError, OSError):
            # The front is gone before it has met its worker: by itself, unless another thread has closed it.
            self._lost = not self._closed
            self._ended.set()
            return
        if worker.obey():
            running = worker.crew.stop(_REST)
            if running:
                _LOG.warning("%d thread(s) still running", running)
        else:
            self._lost = True
        worker.close()
        self._ended.set()

    def close(self) -> None:
        """Answer what was received, for up to ``shutdown_timeout`` seconds, and end; more calls only wait.

        Nothing is left of it then: run() has let go of its connections and processes, on whatever thread it runs.
        """
        self._close()
        with self._running:
            self._leave()

    def _close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._hide()
            if self._lost:
                raise self._front.lost()
            try:
                self._front.stop(at_terminal=self._at_terminal)
                self._front.wait()
            except BaseException:
                # A second Ctrl-C: now.
                self._front.kill()
                raise


def create_server(
    application: Application,
    map: Optional[MutableMapping[int, Any]] = None,  # noqa: A002 -- Waitress' own name
    _start: bool = True,  # noqa: FBT001, FBT002 -- the same
    _sock: None = None,
    _dispatcher: Optional[ThreadedTaskDispatcher] = None,
    **settings: Any,  # noqa: ANN401 -- each has its own type
) -> Server:
    """Make a server that listens already; its ``run()`` serves.

    ``map`` is a dictionary in which it stands until it is closed: ``waitress.wasyncore`` serves and closes by that.
    """
    return Server(application, map, _start, _sock, _dispatcher, **settings)


def require_application(application: object) -> None:
    """Refuse what no request could be given to."""
    if application is None:
        raise ValueError(_NO_APPLICATION)
    if isinstance(application, str):
        raise ValueError(
            "app: must be an application, not its name {0!r}; import it, or run: waitress-serve {0}".format(application)
        )
    if not callable(application):
        raise ValueError("app: must be a WSGI application, which is callable, got {!r}".format(application))


#: Its names in Waitress, where it is one of several classes; programs make, extend and ask for them.
WSGIServer = BaseWSGIServer = TcpWSGIServer = UnixWSGIServer = MultiSocketServer = Server


@contextlib.contextmanager
def terminable() -> "Iterator[None]":
    """Let SIGTERM be a SystemExit, unless the program has its own plans for it or this is not the main thread."""
    if signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(signal.SIGTERM, _exit)
    except ValueError:
        yield  # which is the main thread only the system knows for sure: eventlet's say that they are not
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _user() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0


def _exit(*_: object) -> None:
    raise SystemExit


def _restore() -> None:
    """SIGTERM ends a process that the application forks as it ends any other."""
    if signal.getsignal(signal.SIGTERM) is _exit:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


in_each_child(_restore)


def is_given(name: str, value: object) -> bool:
    """None is the same as leaving a setting out, but for the identity: none is sent then."""
    return value is not None or name == "ident"


def require_utf_8(name: str, value: str) -> str:
    """Refuse a name of bytes that are no text, which the front would take for another one."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("{}: must be text that UTF-8 can express, got {!a}".format(name, value)) from None
    return value


def text(name: str, value: object) -> str:
    """The text form of a setting."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and name == "unix_socket_perms":
        return format(value, "o")
    if isinstance(value, (list, tuple, set, frozenset)):
        return " ".join(str(item) for item in value)
    return str(value)
