"""A server in the hands of its caller: made, run, closed."""

import contextlib
import logging
import os
import random
import signal
import sys
import threading
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from waitress.front import Front
from waitress.nursery import Nursery
from waitress.sockets import listen_again, the_one
from waitress_worker.control import Worker

Application = Callable[..., Iterable[bytes]]

_LOG = logging.getLogger("waitress")

_NO_APPLICATION = (
    'The "app" passed to ``create_server`` was ``None``.  You forgot to return a WSGI app within your application.'
)

#: Seconds between looks whether the level of a logger has changed.
_LEVEL_INTERVAL = 1.0

#: Seconds that the threads have to come to rest once the front has all answers.
_REST = 0.5


class Server:
    """Listens from the start; requests are answered while :meth:`run` runs, in this process."""

    def __init__(self, application: Application, map: None = None, **settings: Any) -> None:  # noqa: A002, ANN401
        """Start the front with these settings; ValueError if one is wrong, OSError if an address cannot be had."""
        if application is None:
            raise ValueError(_NO_APPLICATION)
        if map is not None:
            raise TypeError("map: the front has its own loop, which no other server can share")
        self.application = application
        self._host: Optional[str] = settings.get("host")
        listening = the_one(settings.pop("sockets", None) or [])
        given = [(name, text(name, value)) for name, value in settings.items() if is_given(name, value)]
        if listening is not None:
            listen_again(listening, settings)
        self._front = Front(given, listening)
        self._ended = threading.Event()
        #: Held while run() runs; it may close its server too.
        self._running = threading.RLock()
        self._closing = threading.RLock()
        self._closed = False
        self._lost = False
        #: Whether it ends because of Ctrl-C at a terminal.
        self._at_terminal = False
        self._control: Optional[threading.Thread] = None
        self._nursery: Optional[Nursery] = None

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
                with terminable():
                    self._work_until_the_end()
            except KeyboardInterrupt:
                self._at_terminal = os.isatty(0)
            except SystemExit:
                pass
            finally:
                self._leave()

    def _leave(self) -> None:
        try:
            self._close()
        finally:
            if self._control is not None and self._control.is_alive():
                self._control.join()
            if self._nursery is not None:
                self._nursery.wait()

    def _work_until_the_end(self) -> None:
        if self._closed:
            return
        self._start_workers()
        while not self._ended.wait(_LEVEL_INTERVAL):
            self._front.follow_log_level()

    def _start_workers(self) -> None:
        # Forked before there are threads of ours, whose locks would be copied.
        if self._front.workers > 1:
            self._nursery = Nursery(self._front.workers - 1, self._work)
        threading.Thread(target=self._front.relay_log, name="waitress-log", daemon=True).start()
        self._control = threading.Thread(target=self._serve, name="waitress-control", daemon=True)
        self._control.start()

    def _work(self, number: int) -> int:
        """Live as a forked worker."""
        self._front.let_go()
        if "random" in sys.modules:
            random.seed()  # each its own sequence, also where fork does not see to that
        try:
            worker = self._start_worker(number)
        except (EOFError, OSError):
            return 0  # the front is gone
        if worker.obey():
            worker.crew.stop(_REST)
        worker.close()
        return 0

    def _start_worker(self, number: int) -> Worker:
        worker = Worker(self._front.address, self._front.secret, number)
        try:
            worker.start(self.application)
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
            pass

    def _close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            if self._lost:
                raise self._front.lost()
            try:
                self._front.stop(at_terminal=self._at_terminal)
                self._front.wait()
            except BaseException:
                # A second Ctrl-C: now.
                self._front.kill()
                raise

    # ---- Insides of Waitress' servers, by which programs in the wild run one on a thread and end it ----
    #
    # They are WebTest's StopableWSGIServer, a subclass, and what was written after its example: ycmd's subclass, and
    # programs with a server of create_server(), like Anki.

    #: WebTest and ycmd silence it before the end; their silence must not outlast this server, so it is not "waitress".
    logger = logging.getLogger("waitress.server")

    @property
    def adj(self) -> SimpleNamespace:
        """Host as given, and real port: WebTest makes its URL of them."""
        return SimpleNamespace(host=self._host or self.effective_host, port=int(self.effective_port))

    @property
    def asyncore(self) -> SimpleNamespace:
        """The loop that WebTest's run() calls, in place of this one's."""
        return SimpleNamespace(loop=lambda *_, **__: Server.run(self))

    @property
    def _map(self) -> Dict[int, SimpleNamespace]:
        """What is open; all of them close each, WebTest and ycmd until nothing is left."""
        return {} if self._closed else {0: SimpleNamespace(handle_close=self.close)}

    @property
    def task_dispatcher(self) -> SimpleNamespace:
        """All of them shut it down, before or after the rest; here it goes with the server."""
        return SimpleNamespace(shutdown=self._shut_down)

    def _shut_down(self, *_: object, **__: object) -> bool:
        self.close()
        return True

    def maintenance(self, now: float) -> None:
        """WebTest has idle connections closed by it at the end; here they are by then."""


def create_server(application: Application, map: None = None, **settings: Any) -> Server:  # noqa: A002, ANN401
    """Make a server that listens already; its ``run()`` serves."""
    return Server(application, map, **settings)


#: Its names in Waitress, where it is one of several classes; programs make, extend and ask for them.
WSGIServer = BaseWSGIServer = TcpWSGIServer = MultiSocketServer = Server


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


def _exit(*_: object) -> None:
    raise SystemExit


def is_given(name: str, value: object) -> bool:
    """None is the same as leaving a setting out, but for the identity: none is sent then."""
    return value is not None or name == "ident"


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
