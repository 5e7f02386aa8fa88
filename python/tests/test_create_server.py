"""``waitress.create_server``: servers in the hands of a program, here of this one."""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import os
import signal
import socket
import ssl
import struct
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from wire import Connection

import waitress
import waitress.server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

pytestmark = pytest.mark.usefixtures("jar")


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    names = ("SCRIPT_NAME", "PATH_INFO", "wsgi.url_scheme", "SERVER_NAME")
    return ["|".join(environ[name] for name in names).encode()]


@contextlib.contextmanager
def running(application: Any = app, **settings: Any) -> Iterator[waitress.Server]:
    """Run a server on a thread, as test tools do."""
    server = waitress.create_server(application, **settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)
    assert not thread.is_alive()


def open_descriptors() -> Counter[str]:
    """What this process has open."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that reads the folder
            found.append(os.readlink(descriptor))
    return Counter(found)


def assert_no_child_is_left(server: waitress.Server) -> None:
    """By number: other tests have children of their own."""
    for child in (server._front, server._workers.nursery):
        if child is not None:
            with pytest.raises(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)


def url(server: waitress.Server) -> str:
    return f"http://{server.effective_host}:{server.effective_port}"


class TestLife:
    """Made, run, closed."""

    def test_runs_on_a_thread_until_it_is_closed(self) -> None:
        before = set(threading.enumerate())
        with running(host="127.0.0.1", port=0) as server:
            assert requests.get(url(server) + "/x", timeout=10).text == "|/x|http|waitress.invalid"
            again = requests.get(url(server) + "/y", timeout=10)
            assert again.text == "|/y|http|waitress.invalid"
        with pytest.raises(requests.ConnectionError):
            requests.get(url(server), timeout=10)
        left = set(threading.enumerate()) - before
        for thread in left:
            thread.join(10)
        assert not [thread for thread in left if thread.is_alive()]

    def test_listens_before_it_runs(self, caplog: pytest.LogCaptureFixture) -> None:
        """Who connects early waits, but not in a queue: a thread that takes the request is on its way."""
        server = waitress.create_server(app, listen="127.0.0.1:0", threads=1)
        with Connection(int(server.effective_port)) as connection:
            connection.ask("GET", "/early")
            thread = threading.Thread(target=server.run)
            thread.start()
            assert connection.body(connection.head()) == b"|/early|http|waitress.invalid"
        server.close()
        thread.join(10)
        assert not caplog.records

    def test_runs_requests_on_numbered_daemons(self) -> None:
        def naming(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            thread = threading.current_thread()
            start_response("200 OK", [])
            return [f"{thread.name} {thread.daemon}".encode()]

        with running(naming, listen="127.0.0.1:0", threads=2) as server:
            assert requests.get(url(server), timeout=10).text in ("waitress-0 True", "waitress-1 True")

    @pytest.mark.parametrize("at_terminal", [False, True])
    def test_tells_the_front_whether_somebody_waits(
        self, monkeypatch: pytest.MonkeyPatch, *, at_terminal: bool
    ) -> None:
        """Ctrl-C at a terminal is in a hurry; SIGINT in another way is not."""

        def interrupting(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            signal.raise_signal(signal.SIGINT)
            return app(environ, start_response)

        server = waitress.create_server(interrupting, listen="127.0.0.1:0")
        told = []
        stop = server._front.stop

        def listen_in(*, at_terminal: bool) -> None:
            told.append(at_terminal)
            stop(at_terminal=at_terminal)

        monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == 0 and at_terminal)
        monkeypatch.setattr(server._front, "stop", listen_in)
        with Connection(int(server.effective_port)) as connection:
            connection.ask("GET", "/x")
            server.run()
            assert connection.body(connection.head()) == b"|/x|http|waitress.invalid"
        assert told == [at_terminal]

    def test_may_be_closed_without_having_run(self) -> None:
        server = waitress.create_server(app, listen="127.0.0.1:0")
        server.close()
        server.close()
        with pytest.raises(ConnectionRefusedError):
            Connection(int(server.effective_port))

    def test_may_be_closed_while_it_begins_to_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It comes too late: the front is gone, and nothing may be left of the attempt to reach it."""
        server = waitress.create_server(app, listen="127.0.0.1:0")
        closing = threading.Thread(target=server.close)

        def end_before(start_worker: Callable[[int], Any], number: int) -> Any:
            closing.start()
            server._front._process.wait()
            return start_worker(number)

        monkeypatch.setattr(
            server._workers, "_start_worker", functools.partial(end_before, server._workers._start_worker)
        )
        server.run()
        closing.join(10)
        assert not closing.is_alive()
        assert_no_child_is_left(server)

    @pytest.mark.parametrize("workers", [1, 2])
    def test_leaves_nothing_open(self, workers: int) -> None:
        """Neither sockets, pipes, files nor processes; run() has let go of them when close() returns."""

        def large(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            start_response("200 OK", [])
            if environ["PATH_INFO"] == "/file":
                return environ["wsgi.file_wrapper"](Path(__file__).open("rb"))  # type: ignore[no-any-return]
            return [bytes(1_000_000)]

        before = open_descriptors()
        for _ in range(2):
            server = waitress.create_server(large, listen="127.0.0.1:0", workers=workers)
            thread = threading.Thread(target=server.run)
            thread.start()
            for path in ("/file", "/memory", "/memory", "/memory"):
                with Connection(int(server.effective_port)) as connection:
                    connection.ask("POST", path, "Connection: close", "Content-Length: 1000000")
                    connection.send(bytes(1_000_000))
                    connection.body(connection.head())
            server.close()
            assert_no_child_is_left(server)
            thread.join(10)
        del server
        for left in threading.enumerate():
            if left.name.startswith("waitress-"):
                left.join(10)
        assert not open_descriptors() - before

    def test_two_run_side_by_side(self) -> None:
        with running(listen="127.0.0.1:0") as one, running(listen="127.0.0.1:0", url_scheme="https") as other:
            assert "|http|" in requests.get(url(one), timeout=10).text
            assert "|https|" in requests.get(url(other), timeout=10).text

    @pytest.mark.parametrize("name", ["WSGIServer", "BaseWSGIServer", "TcpWSGIServer", "MultiSocketServer"])
    def test_has_the_names_that_programs_know(self, name: str) -> None:
        """To extend it, and to ask with isinstance() what create_server() has returned."""
        assert getattr(waitress.server, name) is waitress.Server


class TestAddresses:
    """Where it says that it listens."""

    def test_one(self) -> None:
        with running(host="127.0.0.1", port="0") as server:
            assert server.effective_host == "127.0.0.1"
            assert isinstance(server.effective_port, str)
            assert int(server.effective_port) > 0
            assert server.effective_listen == [(server.effective_host, server.effective_port)]

    def test_several(self) -> None:
        with running(listen=["127.0.0.1:0", "127.0.0.1:0"]) as server:
            assert len(set(server.effective_listen)) == 2
            for host, port in server.effective_listen:
                assert requests.get(f"http://{host}:{port}/", timeout=10).ok

    def test_unix_socket(self, tmp_path: Path) -> None:
        path = tmp_path / "app.sock"
        with running(unix_socket=str(path), unix_socket_perms=0o640) as server:
            assert (server.effective_host, server.effective_port) == ("unix", str(path))
            assert path.stat().st_mode & 0o777 == 0o640
        assert not path.exists()

    def test_are_logged_in_the_format_given(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "waitress")
        path = tmp_path / "app.sock"
        with running(unix_socket=str(path)) as server:
            server.print_listen("at {} and {}")
        with running(listen="127.0.0.1:0 [::1]:0") as server:
            server.print_listen("http://{}:{}")
            ports = [port for _, port in server.effective_listen]
        lines = [record.getMessage() for record in caplog.records if record.name == "waitress"]
        assert lines == [f"at unix and {path}", f"http://127.0.0.1:{ports[0]}", f"http://[::1]:{ports[1]}"]

    def test_in_use_is_an_os_error_with_its_number(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(OSError, match=f"127.0.0.1:{port}") as failure:
                waitress.create_server(app, host="127.0.0.1", port=port)
        assert failure.value.errno == errno.EADDRINUSE

    def test_in_use_leaves_the_others_free(self) -> None:
        before = open_descriptors()
        with socket.create_server(("127.0.0.1", 0)) as taken, socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            free.close()
            addresses = [f"127.0.0.1:{port}", f"127.0.0.1:{taken.getsockname()[1]}"]
            with pytest.raises(OSError, match=addresses[1]):
                waitress.create_server(app, listen=addresses)
            socket.create_server(("127.0.0.1", port)).close()
        assert not open_descriptors() - before


class TestSettings:
    """Every kind of value, and what is wrong with it."""

    def test_typed_and_text_forms_are_the_same(self) -> None:
        typed = {"port": 0, "ipv6": False, "url_prefix": "/foo", "ident": None, "max_request_body_size": 10**10}
        text = {"port": "0", "ipv6": "no", "url_prefix": "foo", "ident": "", "max_request_body_size": "10000000000"}
        for settings in (typed, text):
            with running(host="127.0.0.1", **settings) as server:
                answer = requests.get(url(server) + "/foo/x", timeout=10)
                assert answer.text == "/foo|/x|http|waitress.invalid"
                assert "Server" not in answer.headers

    def test_none_is_not_given(self) -> None:
        with running(listen="127.0.0.1:0", host=None, url_scheme=None) as server:
            assert "|http|" in requests.get(url(server), timeout=10).text

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"nope": 1}, "Unknown adjustment 'nope'"),
            ({"listen": "a:1", "port": 1}, "host or port may not be set if listen is set."),
            ({"unix_socket": "s", "port": 1}, "unix_socket may not be set if host or port is set"),
            ({"unix_socket": "s", "listen": "a:1"}, "unix_socket may not be set if listen is set"),
        ],
        ids=str,
    )
    def test_that_are_wrong_raise_value_error(self, settings: dict[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=".") as failure:
            waitress.create_server(app, **settings)
        assert str(failure.value) == message

    @pytest.mark.parametrize(
        "settings", [{"threads": 0}, {"port": "x"}, {"port": 65536}, {"ipv6": "maybe"}, {"listen": "8080"}], ids=str
    )
    def test_out_of_range_raise_value_error_that_names_them(self, settings: dict[str, Any]) -> None:
        (name,) = settings
        with pytest.raises(ValueError, match=name if name != "listen" else "8080"):
            waitress.create_server(app, **settings)

    def test_no_application_is_said_first(self) -> None:
        with pytest.raises(ValueError, match="You forgot") as failure:
            waitress.create_server(None, nope=1)
        assert str(failure.value) == (
            'The "app" passed to ``create_server`` was ``None``.  You forgot to return a WSGI app within your application.'
        )


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the front inherits no socket here")
class TestSockets:
    """``sockets=``: what the caller has bound."""

    @pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX], ids=lambda family: family.name)
    def test_are_served_and_stay_with_the_caller(self, family: socket.AddressFamily, tmp_path: Path) -> None:
        path = tmp_path / "caller.sock"
        with socket.socket(family) as bound:
            bound.bind(("127.0.0.1", 0) if family == socket.AF_INET else str(path))
            port = None if family == socket.AF_UNIX else bound.getsockname()[1]
            expected = ("unix", str(path)) if port is None else ("127.0.0.1", str(port))
            for _ in range(2):
                with running(sockets=[bound]) as server:
                    assert server.effective_listen == [expected]
                    with Connection(port or path) as connection:
                        connection.ask("GET", "/x", "Connection: close")
                        assert connection.body(connection.head()) == b"|/x|http|waitress.invalid"
            assert bound.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
        assert family == socket.AF_INET or path.is_socket()

    def test_log_to_the_end(self, caplog: pytest.LogCaptureFixture) -> None:
        """The way of log records must not be closed with the socket."""
        began, ended = threading.Event(), threading.Event()

        def hanging(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            began.set()
            ended.wait()
            return app(environ, start_response)

        with contextlib.ExitStack() as stack:
            bound = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            server = stack.enter_context(running(hanging, sockets=[bound], shutdown_timeout=0))
            connection = stack.enter_context(Connection(int(server.effective_port)))
            connection.ask("GET", "/")
            began.wait()
            server.close()
        ended.set()
        assert set(caplog.messages) == {
            "cutting 1 connection whose requests have not ended",
            "1 thread(s) still running",
        }

    @pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="no way to read it")
    def test_have_the_backlog_of_the_settings(self) -> None:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            with running(sockets=[bound], backlog="7"):
                info = bound.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
                assert struct.unpack_from("I", info, 8 + 5 * 4)[0] == 7  # of a listener, tcpi_sacked is that

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"listen": "127.0.0.1:0"}, "socket may not be set if listen is set."),
            ({"host": "127.0.0.1"}, "host or port may not be set if sockets is set."),
            ({"port": 0}, "host or port may not be set if sockets is set."),
            ({"unix_socket": "s"}, "unix_socket may not be set if sockets is set"),
        ],
        ids=str,
    )
    def test_are_not_for_other_addresses(self, settings: dict[str, Any], message: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as bound, pytest.raises(ValueError, match=".") as failure:
            waitress.create_server(app, sockets=[bound], **settings)
        assert str(failure.value) == message

    def test_of_other_kinds_are_refused(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
            with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
                self._refused([datagrams], "Only Internet or UNIX stream sockets may be used.")
            self._refused([tcp, unix], "Internet and UNIX sockets may not be mixed.")
            self._refused([tcp, tcp], "sockets: the front can take over one, not 2; run a server for each")
            self._refused([3], "sockets: must be a list of bound sockets, got 3")
            self._refused(["ab"], "sockets: must be a list of bound sockets, got 'ab'")
            self._refused("ab", "sockets: must be a list of bound sockets, got 'ab'")
            self._refused(tcp, f"sockets: must be a list of bound sockets, got {tcp!r}")

    @pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_SEQPACKET], ids=lambda kind: kind.name)
    def test_of_another_type_are_refused_whatever_the_object_was_told(
        self, kind: socket.SocketKind, tmp_path: Path
    ) -> None:
        with socket.socket(socket.AF_UNIX, kind) as other:
            other.bind(str(tmp_path / "s"))
            told = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=os.dup(other.fileno()))
            with told:
                self._refused([told], "Only Internet or UNIX stream sockets may be used.")

    def test_that_cannot_listen_are_refused(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as tcp:
            with socket.create_connection(tcp.getsockname()) as client:
                self._refused([client], f"sockets: {client!r} is a connection, and no socket that can listen")
            accepted, _ = tcp.accept()
            accepted.close()
            self._refused([accepted], f"sockets: {accepted!r} is closed")
        for family in (socket.AF_INET, socket.AF_UNIX):
            with socket.socket(family) as unbound:
                self._refused([unbound], f"sockets: {unbound!r} is not bound to an address")
        one, other = socket.socketpair()
        with one, other:
            self._refused([one], f"sockets: {one!r} is a connection, and no socket that can listen")

    def test_that_speak_tls_are_refused(self) -> None:
        """Java cannot take over their keys, and would serve plain text."""
        plain = socket.create_server(("127.0.0.1", 0))
        with ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_socket(plain, server_side=True) as wrapped:
            why = (
                "speaks TLS, and the front cannot take that over: give the socket below it, and the certificate as"
                " certfile=, keyfile= (docs/tls.md)"
            )
            self._refused([wrapped], f"sockets: {wrapped!r} {why}", url_scheme="https")
            with pytest.raises(ValueError, match="speaks TLS"):
                waitress.serve(app, sockets=[wrapped])

    def test_that_read_in_a_way_of_their_own_are_refused(self) -> None:
        class Counting(socket.socket):
            def accept(self) -> Any:
                raise AssertionError

        class Wrapper:
            """Like a connection of pyOpenSSL."""

            def __init__(self, wrapped: socket.socket) -> None:
                self.wrapped = wrapped

            def fileno(self) -> int:
                return self.wrapped.fileno()

            def do_handshake(self) -> None:
                raise AssertionError

        with Counting() as counting:
            counting.bind(("127.0.0.1", 0))
            self._refused([counting], f"sockets: {counting!r} has its own accept(), which would not be called")
            with pytest.raises(ValueError, match="speaks TLS"):
                waitress.create_server(app, sockets=[Wrapper(counting)])

    def test_of_a_subclass_that_adds_a_name_are_served(self) -> None:
        class Named(socket.socket):
            name = "mine"

        with Named() as named:
            named.bind(("127.0.0.1", 0))
            with running(sockets=[named]) as server:
                assert requests.get(url(server), timeout=10).ok

    @staticmethod
    def _refused(sockets: Any, message: str, **settings: Any) -> None:
        with pytest.raises(ValueError, match=".") as failure:
            waitress.create_server(app, sockets=sockets, **settings)
        assert str(failure.value) == message

    def test_may_be_none(self) -> None:
        with running(sockets=[], listen="127.0.0.1:0") as server:
            assert requests.get(url(server), timeout=10).ok
