"""Modules and insides of Waitress that programs import: each test does what the program named there does."""

from __future__ import annotations

import contextlib
import errno
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from serving import ROOT

import waitress
import waitress.server
import waitress.wasyncore
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import MultiSocketServer, TcpWSGIServer, UnixWSGIServer, create_server
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.trigger import trigger
from waitress.utilities import logger

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("jar")

SECONDS = 10


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def ask(server: Any) -> str:
    return requests.get(f"http://127.0.0.1:{server.effective_port}/x", timeout=SECONDS).text


@contextlib.contextmanager
def on_a_thread(server: Any) -> Iterator[threading.Thread]:
    """Run it as those programs do, and see that their way to end it does end it."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ask(server) == "/x"
        yield thread
        thread.join(SECONDS)
        assert not thread.is_alive()
    finally:
        server.close()
    with pytest.raises(requests.ConnectionError):
        ask(server)


@pytest.fixture
def server() -> Iterator[Any]:
    with contextlib.closing(create_server(app, host="127.0.0.1", port=0)) as made:
        yield made


class TestEnds:
    """How programs end a server that runs on another thread."""

    def test_close_all_pulled_by_the_trigger(self, server: Any) -> None:
        with on_a_thread(server):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(map=server._map))

    def test_close_all_of_the_module_that_the_server_names(self, server: Any) -> None:
        with on_a_thread(server):
            server.trigger.pull_trigger(lambda: server.asyncore.close_all(map=server._map))

    def test_every_entry_of_the_map(self, server: Any) -> None:
        with on_a_thread(server):
            for channel in list(server._map.values()):
                channel.close()
            assert not server._map

    def test_an_emptied_map(self, server: Any) -> None:
        with on_a_thread(server):
            server._map.clear()

    def test_a_map_and_a_trigger_of_its_own(self) -> None:
        """An API server of an orchestrator."""
        entries: dict[int, Any] = {}
        server = create_server(app, map=entries, host="127.0.0.1", port=0, threads=2, ident="own")
        pulled = next(entry for entry in entries.values() if isinstance(entry, trigger))
        assert int(server.getsockname()[1]) == int(server.effective_listen[0][1])
        with on_a_thread(server):
            assert server.task_dispatcher.shutdown(cancel_pending=True, timeout=3)
            pulled.pull_trigger(lambda: wasyncore.close_all(entries))
        assert entries == {}

    def test_before_it_has_run(self, server: Any) -> None:
        wasyncore.close_all(server._map)
        server.run()
        with pytest.raises(requests.ConnectionError):
            ask(server)


def test_a_host_in_place_of_the_map_is_refused() -> None:
    with pytest.raises(TypeError, match="^map: must be a dictionary, got '127.0.0.1'; settings are given by name"):
        create_server(app, "127.0.0.1", 0)  # type: ignore[arg-type]


class TestKapowarr:
    """A dispatcher of its own, whose end is the program's (MIND and Noted do the same)."""

    class Dispatcher(ThreadedTaskDispatcher):
        """Counts its ends."""

        def __init__(self) -> None:
            super().__init__()
            self.threads = set()
            self.ended = 0

        def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:  # noqa: FBT001, FBT002
            self.ended += 1
            return super().shutdown(cancel_pending, timeout)

    def test_serves_and_ends(self) -> None:
        dispatcher = self.Dispatcher()
        dispatcher.set_thread_count(3)
        server = create_server(app, _dispatcher=dispatcher, host="127.0.0.1", port=0, threads=3)
        with on_a_thread(server):
            server.task_dispatcher.shutdown()
            server.close()
            server._map.clear()
        assert dispatcher.ended == 1

    def test_gives_the_number_of_threads(self) -> None:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(7)
        with contextlib.closing(create_server(app, _dispatcher=dispatcher, listen="127.0.0.1:0")) as server:
            assert server.adj.threads == 7

    def test_learns_that_its_tasks_would_never_come(self) -> None:
        class Counting(ThreadedTaskDispatcher):
            def add_task(self, task: object) -> None:
                raise AssertionError(task)

        with pytest.raises(NotImplementedError, match="add_task is never called"):
            create_server(app, _dispatcher=Counting(), listen="127.0.0.1:0")
        with pytest.raises(TypeError, match="must be a ThreadedTaskDispatcher"):
            create_server(app, _dispatcher=object(), listen="127.0.0.1:0")  # type: ignore[arg-type]


class TestSnooze:
    """A thread that is a server of a Unix socket."""

    class Socket(threading.Thread, UnixWSGIServer):
        """Sets up one part after the other."""

        def __init__(self, path: Path) -> None:
            UnixWSGIServer.__init__(self, app, adj=Adjustments(unix_socket=str(path)))
            threading.Thread.__init__(self)

        def run(self) -> None:
            UnixWSGIServer.run(self)

    def test_serves_and_ends(self, tmp_path: Path) -> None:
        server = self.Socket(tmp_path / "s")
        server.start()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(str(tmp_path / "s"))
            client.sendall(b"GET /x HTTP/1.0\r\n\r\n")
            assert client.recv(65536).endswith(b"/x")
        assert server.getsockname() == ("unix", str(tmp_path / "s"))
        server.close()
        server.join(SECONDS)
        assert not server.is_alive()


class TestLoop:
    """Programs that turn the loop themselves, to look at a signal of their own between the turns."""

    def test_serves_turn_by_turn(self) -> None:
        entries: dict[int, Any] = {}
        server = create_server(app, map=entries, host="127.0.0.1", port=0)
        stopping = threading.Event()

        def serve() -> None:
            while not stopping.is_set():
                wasyncore.loop(timeout=0.05, count=1, map=entries, use_poll=server.adj.asyncore_use_poll)
            server.task_dispatcher.shutdown(timeout=2)
            wasyncore.close_all(entries)

        thread = threading.Thread(target=serve)
        thread.start()
        assert ask(server) == ask(server) == "/x"
        stopping.set()
        thread.join(SECONDS)
        assert not thread.is_alive()
        assert entries == {}

    def test_serves_two_of_one_map_until_both_are_closed(self) -> None:
        entries: dict[int, Any] = {}
        servers = [create_server(app, map=entries, host="127.0.0.1", port=0) for _ in range(2)]
        thread = threading.Thread(target=wasyncore.loop, kwargs={"timeout": 0.05, "map": entries})
        thread.start()
        assert [ask(server) for server in servers] == ["/x", "/x"]
        servers[0].close()
        assert ask(servers[1]) == "/x"
        servers[1].close()
        thread.join(SECONDS)
        assert not thread.is_alive()

    def test_has_nothing_for_poll(self) -> None:
        with pytest.raises(NotImplementedError, match="the event loop runs in Java"):
            wasyncore.poll2(0.0, {})


class TestAdjustments:
    def test_have_the_defaults_that_the_front_has(self) -> None:
        shown = subprocess.run(
            [str(ROOT / "waitress-serve"), "--print-settings"], capture_output=True, text=True, check=True, env=None
        ).stdout
        settings = dict(re.findall(r"^(\w+) += ?(.*?)(?:  # .*)?$", shown, re.MULTILINE))
        known = {**vars(Adjustments)}
        names = set(waitress.adjustments._TABLE) - {"sockets"} | set(waitress.adjustments._MORE)
        assert names == set(settings)
        for name in sorted(set(waitress.adjustments._TABLE) - {"sockets"}):
            value = known[name]
            text = "" if value in (None, set()) else str(value)
            text = text.lower() if isinstance(value, bool) else text
            text = f"{value:o}" if name == "unix_socket_perms" else text
            assert (name, settings[name]) == (name, "1" if name == "trusted_proxy_count" else text)

    def test_cast_and_resolve(self) -> None:
        adj = Adjustments(host="127.0.0.1", port="8041", threads="8", ipv6="no", unix_socket_perms="660")
        assert (adj.port, adj.threads, adj.ipv6, adj.unix_socket_perms) == (8041, 8, False, 0o660)  # type: ignore[attr-defined]
        assert [entry[3][:2] for entry in adj.listen] == [("127.0.0.1", 8041)]
        assert [entry[3][:2] for entry in Adjustments(listen="127.0.0.1 [::1]:81").listen] == [
            ("127.0.0.1", 8080),
            ("::1", 81),
        ]
        assert Adjustments.port == 8080  # type: ignore[attr-defined]

    def test_refuse_what_is_unknown(self) -> None:
        with pytest.raises(ValueError, match="^Unknown adjustment 'prot'"):
            Adjustments(prot=80)

    def test_of_a_server_have_the_real_port(self, server: Any) -> None:
        """Zope's runner, which gives its server an address where it has none."""
        assert not hasattr(server, "addr")
        assert server.adj.listen[0][3] == ("127.0.0.1", int(server.effective_port))
        assert (server.adj.host, server.adj.port) == ("127.0.0.1", int(server.effective_port))

    def test_make_a_server(self) -> None:
        adj = Adjustments(host="127.0.0.1", port=0, threads=2)
        server = TcpWSGIServer(app, {}, dispatcher=ThreadedTaskDispatcher(), adj=adj, sockinfo=adj.listen[0])
        with on_a_thread(server):
            assert server.adj.threads == 2
            server.close()


class TestWhatElseIsImported:
    def test_anki_adds_a_number(self) -> None:
        before = waitress.wasyncore._DISCONNECTED
        assert errno.EPROTOTYPE in before.union({errno.EPROTOTYPE})
        assert isinstance(before, frozenset)

    def test_the_recipe_of_plone_listens_early(self) -> None:
        early = wasyncore.dispatcher()
        early.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        early.set_reuse_addr()
        early.bind(("127.0.0.1", 0))
        early.listen(5)
        assert early.readable()
        number = early.fileno()
        del early
        handed = socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM)
        server = create_server(app, sockets=[handed])
        thread = threading.Thread(target=server.run)
        thread.start()
        assert ask(server) == "/x"
        server.close()
        handed.close()
        thread.join(SECONDS)
        wasyncore.close_all()
        assert wasyncore.socket_map == {}

    def test_a_start_that_is_put_off(self) -> None:
        server = create_server(app, _start=False, listen="127.0.0.1:0")
        server.accept_connections()
        with on_a_thread(server):
            server.pull_trigger()
            server.close()

    def test_names_alone(self, server: Any) -> None:
        assert isinstance(server, MultiSocketServer)
        assert isinstance(server, waitress.server.BaseWSGIServer)
        assert not any(isinstance(entry, HTTPChannel) for entry in server._map.values())
        assert logger.name == "waitress"

    @pytest.mark.parametrize("kind", [HTTPChannel, WSGITask, ErrorTask, trigger], ids=lambda kind: kind.__name__)
    def test_what_has_no_meaning_says_so(self, kind: type[Any]) -> None:
        with pytest.raises(NotImplementedError):
            kind({})

    @pytest.mark.parametrize("kind", [HTTPChannel, WSGITask], ids=lambda kind: kind.__name__)
    def test_what_cannot_be_extended_says_so(self, kind: Any) -> None:
        with pytest.raises(NotImplementedError):
            type("Mine", (kind,), {"__module__": "mine"})

    def test_attributes_without_meaning_say_so(self, server: Any) -> None:
        with pytest.raises(AttributeError, match=r"^active_channels: client connections are Java's"):
            server.active_channels  # noqa: B018 -- asking is the test
        with pytest.raises(AttributeError, match="no attribute 'nope'"):
            server.nope  # noqa: B018 -- the same

    def test_all_with_the_package_alone(self) -> None:
        script = "import waitress; waitress.wasyncore.close_all; waitress.server.create_server; waitress.task; waitress.trigger"
        subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT / "python" / "src")


@pytest.mark.parametrize("wrong", ["shop.wsgi:app", 5, b"x", object(), [app], sys], ids=repr)
def test_no_application_is_refused(wrong: Any) -> None:
    for start in (waitress.serve, create_server):
        with pytest.raises(ValueError, match=r"^app: must be "):
            start(wrong, listen="127.0.0.1:0")  # type: ignore[operator]
    with pytest.raises(ValueError, match="import it, or run: waitress-serve shop.wsgi:app"):
        create_server("shop.wsgi:app")  # type: ignore[arg-type]
