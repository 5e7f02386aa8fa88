"""A server in the hands of its caller: made, run, closed."""

import logging
import os
import threading
from typing import Any, Callable, Dict, List, MutableMapping, Optional, Tuple, Union

from waitress.adjustments import Adjustments
from waitress.front import Front
from waitress.insides import Insides, require_dispatcher, require_map, settings_of
from waitress.signals import operable, terminable
from waitress.sockets import listen_again, the_one
from waitress.task import ThreadedTaskDispatcher
from waitress.texts import is_given, require_utf_8, text
from waitress.workers import Application, given_to_workers, require_application, workers_for

_LOG = logging.getLogger("waitress")

#: Seconds between looks whether the level of a logger has changed, and whether workers would be replaced.
_INTERVAL = 1.0


class Server(Insides):
    """Listens from the start; requests are answered while :meth:`run` runs, in this process.

    Where the application is a name, ``module:attribute``, other processes import it, and answer from the start.
    """

    def __init__(
        self,
        application: Union[Application, str],
        map: Optional[MutableMapping[int, Any]] = None,  # noqa: A002 -- Waitress' own name
        _start: bool = True,  # noqa: FBT001, FBT002 -- the same
        _sock: None = None,
        dispatcher: Optional[ThreadedTaskDispatcher] = None,
        adj: Optional[Adjustments] = None,
        sockinfo: Optional[Tuple[Any, ...]] = None,
        **settings: Any,  # noqa: ANN401 -- each has its own type
    ) -> None:
        """Start the front with these settings; ValueError if one is wrong, OSError if an address cannot be had.

        ImportError if the application is a name, and workers cannot load it.
        """
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
        application = given_to_workers(application, settings.get("workers"))
        listening = the_one(settings.pop("sockets", None) or [])
        given = [
            (name, require_utf_8(name, text(name, value))) for name, value in settings.items() if is_given(name, value)
        ]
        if listening is not None:
            listen_again(listening, settings)
        self._front = Front(given, listening, application if isinstance(application, str) else "")
        self._user = _user()
        self._ended = threading.Event()
        #: Held while run() runs; it may close its server too.
        self._running = threading.RLock()
        self._closing = threading.RLock()
        self._closed = False
        self._lost = False
        #: Whether it ends because of Ctrl-C at a terminal.
        self._at_terminal = False
        self._workers = workers_for(application, self._front, self._over)
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
        for (host, port), scheme in zip(self.effective_listen, self._front.schemes):
            form = format_str.replace("http://", scheme + "://")
            _LOG.info(form.format("[{}]".format(host) if ":" in host else host, port))

    # ---- Life ----

    def orders_by_signals(self) -> Dict[str, Callable[[], None]]:
        """What to do at signals of operators; nothing where this process runs the application itself."""
        return self._front.orders_by_signals()

    def run(self) -> None:
        """Serve until :meth:`close`, Ctrl-C or SIGTERM; ChildProcessError if the front ends by itself."""
        with self._running:
            try:
                self._require_same_user()
                with terminable(), operable(self.orders_by_signals()):
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
            self._workers.wait()

    def _work_until_the_end(self) -> None:
        if self._closed:
            return
        self._workers.start()
        # Programs end Waitress' loop by clearing its map.
        while self._map and not self._ended.wait(_INTERVAL):
            self._front.follow_log_level()
            failure = self._workers.failure()
            if failure is not None and not self._ended.is_set():
                raise failure

    def serve_until_closed(self) -> None:
        """Do what :meth:`run` does, also where a subclass has its own."""
        Server.run(self)

    def serve_for(self, seconds: float) -> None:
        """Serve for so long, and go on with that between calls; it ends by :meth:`close`."""
        if not self._closed:
            self._workers.start()
            self._ended.wait(seconds)
            self._front.follow_log_level()

    def _over(self, is_lost: bool) -> None:  # noqa: FBT001 -- its only parameter
        self._lost = is_lost and not self._closed
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
    application: Union[Application, str],
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


#: Its names in Waitress, where it is one of several classes; programs make, extend and ask for them.
WSGIServer = BaseWSGIServer = TcpWSGIServer = UnixWSGIServer = MultiSocketServer = Server


def _user() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0
