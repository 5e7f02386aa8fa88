"""How workers are replaced while a server runs in production; no client notices."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests
from crowds import Clients
from performers import classes
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS, Server
from shops import APPLICATION, Shop, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Start

#: Tells what its process was asked first.
WARM = """\
import os

asked = []

class Body:
    def __iter__(self):
        yield b"warm"

    def close(self):
        asked.append("closed")

def app(environ, start_response):
    if not asked:
        start_response("{status}", [])
        asked.append(environ["REQUEST_URI"])
        asked.append(environ["REQUEST_METHOD"])
        return Body()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["{{}} {{}}".format(os.getpid(), ",".join(asked)).encode()]
"""

REPLACED = "serves in place of worker"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with contextlib.closing(Shop(tmp_path)) as shop:
        yield shop


@pytest.fixture
def serve(start: Start, shop: Shop) -> Callable[..., Watched]:
    def serve_it(*options: str) -> Watched:
        watched = Watched(start(APPLICATION, *options, PYTHONPATH=str(shop.folder)))
        watched.server.wait_until_ready()
        return watched

    return serve_it


class TestReload:
    """The same code path as that of development, without watching what the application is made of."""

    def hang_up(self, watched: Watched) -> None:
        os.kill(watched.server.process.pid, signal.SIGHUP)

    def test_on_request_loses_nothing(self, serve: Callable[..., Watched], shop: Shop) -> None:
        watched = serve("--workers=2")
        with Clients(watched.server.url + "brief") as clients:
            for number in range(3):
                shop.views(f"state-{number}")
                self.hang_up(watched)
                watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "state-2"
        assert {"state-0", "state-1"} <= clients.texts
        watched.wait_for_processes(3)

    def test_finishes_what_runs(self, serve: Callable[..., Watched], shop: Shop) -> None:
        watched = serve()
        answers: list[tuple[int, str]] = []
        thread = threading.Thread(target=lambda: answers.append(watched.fetch("slow")))
        thread.start()
        watched.server.wait_for("^slow request begins")
        shop.views("two")
        self.hang_up(watched)
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"
        shop.let_go_on()
        thread.join()
        assert answers[0][1] == "one"

    def test_of_broken_code_leaves_what_is_there(self, serve: Callable[..., Watched], shop: Shop) -> None:
        watched = serve()
        before = watched.fetch()
        shop.write("views.py", "TEXT = (\n")
        self.hang_up(watched)
        assert watched.wait_until_failed() == "what was loaded before goes on"
        assert "SyntaxError" in watched.server.log
        assert watched.fetch() == before
        shop.views("mended")
        self.hang_up(watched)
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "mended"

    def test_is_done_when_a_file_is_touched(self, serve: Callable[..., Watched], shop: Shop, tmp_path: Path) -> None:
        trigger = tmp_path / "reload now"
        watched = serve(f"--touch-reload={trigger}")
        shop.views("two")
        assert watched.fetch()[1] == "one"
        trigger.touch()
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"
        shop.views("three")
        os.utime(trigger, (1, 1))
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "three"

    def test_changes_nothing_by_itself(self, serve: Callable[..., Watched], shop: Shop) -> None:
        """It is not that of development."""
        watched = serve(f"--touch-reload={shop.package / 'page.html'}")
        before = watched.fetch()
        shop.views("two")
        shop.write("page.html", "touched")
        watched.wait_until_loaded_again()
        assert watched.server.log.count("Loading the application again") == 1
        assert watched.fetch() != before

    def test_of_a_java_application_is_refused(self, start: Start, tmp_path: Path) -> None:
        server = start("--app-class=Performer", CLASSPATH=str(classes(tmp_path)))
        server.wait_until_ready()
        os.kill(server.process.pid, signal.SIGHUP)
        server.wait_for("SIGHUP: a Java application cannot be loaded again")
        os.kill(server.process.pid, signal.SIGTTIN)
        server.wait_for("a Java application has no worker processes")

    def test_of_workers_is_of_no_use_to_a_java_application(self, start: Start, tmp_path: Path) -> None:
        """A platform that sets WEB_CONCURRENCY for all does not keep it from starting."""
        server = start("--app-class=Performer", CLASSPATH=str(classes(tmp_path)), WEB_CONCURRENCY="2")
        server.wait_for("WARNING:waitress:workers is of no use: a Java application has no worker processes")
        server.wait_until_ready()

    @pytest.mark.parametrize(
        "setting", ["touch_reload='x'", "warmup_path='/'", "max_requests=5", "max_worker_age=5", "max_worker_memory=5"]
    )
    def test_is_refused_under_serve(self, tmp_path: Path, jar: Path, setting: str) -> None:
        assert jar.exists()
        program = tmp_path / "program.py"
        program.write_text(PREAMBLE + f"serve(app, port=0, {setting})\n")
        script = Script(program)
        try:
            name = setting.partition("=")[0]
            script.wait_for(f"^ValueError: {name}: serve\\(\\) cannot load the application again; use waitress-serve")
            assert script.process.wait(EVENT_SECONDS) == 1
        finally:
            script.kill()


class TestWarmUp:
    """A worker answers one request before it serves."""

    def test_is_done_before_the_worker_is_ready(self, serve: Callable[..., Watched], shop: Shop) -> None:
        shop.write("wsgi.py", WARM.format(status="200 OK"))
        watched = serve("--warmup-path=/a?b=c")
        assert watched.fetch()[1] == "/a?b=c,GET,closed"

    def test_keeps_what_fails_from_serving(self, serve: Callable[..., Watched], shop: Shop) -> None:
        shop.write("wsgi.py", WARM.format(status="200 OK"))
        watched = serve("--warmup-path=/a")
        before = watched.fetch()
        for broken, told in (
            (WARM.format(status="500 Oops"), "The warm-up request GET /a was answered with 500 Oops"),
            (WARM.format(status="200 OK").replace("yield b", "no_such_name; yield b"), "NameError"),
        ):
            shop.write("wsgi.py", broken)
            os.kill(watched.server.process.pid, signal.SIGHUP)
            assert watched.wait_until_failed() == "what was loaded before goes on"
            watched.server.wait_for(told)
            assert watched.fetch() == before
        assert "The warm-up request GET /a failed" in watched.server.log

    def test_may_meet_a_page_that_is_not_there(self, serve: Callable[..., Watched], shop: Shop) -> None:
        shop.write("wsgi.py", WARM.format(status="404 Not Found"))
        watched = serve("--warmup-path=/a")
        watched.server.wait_for("^WARNING:waitress:The warm-up request GET /a was answered with 404 Not Found")
        assert watched.status() == requests.codes.ok

    def test_that_fails_at_the_start_ends_the_server(self, shop: Shop) -> None:
        shop.write("wsgi.py", WARM.format(status="503 Later"))
        command = Server.command(APPLICATION, "--listen=127.0.0.1:0", "--warmup-path=/")
        environment = {**os.environ, "PYTHONPATH": str(shop.folder)}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=EVENT_SECONDS, check=False
        )
        assert done.returncode == 1
        assert "The warm-up request GET / was answered with 503 Later" in done.stderr


class TestRenewal:
    """A worker goes when it has served long enough, and its successor is there before."""

    def test_after_so_many_requests(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--workers=2", "--max-requests=40", "--max-requests-jitter=20")
        with Clients(watched.server.url):
            watched.server.wait_for(REPLACED, count=6)
        watched.server.wait_for("it has answered [456][0-9] requests")

    def test_after_some_time(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--max-worker-age=1")
        with Clients(watched.server.url + "brief"):
            watched.server.wait_for(REPLACED, count=2)
        watched.server.wait_for("it has served for 1 s")

    def test_when_it_takes_much_memory(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--threads=1", f"--max-worker-memory={48 * 1024 * 1024}")
        before = watched.fetch()[0]
        assert watched.fetch("grow")[0] == before
        watched.server.wait_for(f"worker {before} is to be replaced: it takes more than 50331648 bytes of memory")
        watched.server.wait_for(REPLACED)
        assert watched.fetch()[0] != before


class TestNumber:
    """More and fewer workers, while the server runs."""

    def test_follows_signals(self, serve: Callable[..., Watched]) -> None:
        watched = serve()
        pid = watched.server.process.pid
        with Clients(watched.server.url + "brief"):
            os.kill(pid, signal.SIGTTIN)
            watched.wait_for_processes(3)
            os.kill(pid, signal.SIGTTIN)
            watched.wait_for_processes(4)
            for left in (3, 2):
                os.kill(pid, signal.SIGTTOU)
                watched.wait_for_processes(left)
            os.kill(pid, signal.SIGTTOU)
            watched.server.wait_for("the last worker stays")
        watched.wait_for_processes(2)


class TestSecondAttempt:
    """What a dead worker ran runs again where that harms nobody."""

    def test_of_a_get_is_answered(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--workers=2")
        assert watched.fetch("die-once")[1] == "attempt-2"
        watched.server.wait_for(
            r"was lost while it ran 1 request, of which nothing was sent: once more \(GET /die-once\)"
        )

    def test_is_the_last(self, serve: Callable[..., Watched]) -> None:
        watched = serve()
        answer = requests.get(watched.server.url + "die", timeout=EVENT_SECONDS)
        assert answer.status_code == requests.codes.bad_gateway
        watched.server.wait_for("^attempt 2$")
        assert watched.server.log.count("attempt") == len(("first", "second"))
        watched.server.wait_for(r"was lost while it ran 1 request, answered with 502: .* \(GET /die\)$")

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_is_not_for_what_changes_something(self, serve: Callable[..., Watched], method: str) -> None:
        watched = serve()
        answer = requests.request(method, watched.server.url + "die", timeout=EVENT_SECONDS)
        assert answer.status_code == requests.codes.bad_gateway
        watched.server.wait_for(r"was lost while it ran 1 request, answered with 502: .* \(" + method)
        assert watched.server.log.count("attempt") == 1

    def test_can_be_turned_off(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--no-retry-idempotent")
        answer = requests.get(watched.server.url + "die-once", timeout=EVENT_SECONDS)
        assert answer.status_code == requests.codes.bad_gateway

    def test_loses_no_get_while_workers_are_killed(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--workers=2")
        with Clients(watched.server.url + "brief"):
            known = {watched.fetch()[0] for _ in range(20)}
            for _ in range(5):
                killed = watched.fetch()[0]
                os.kill(killed, signal.SIGKILL)
                # Not before the next one serves: nothing runs three times.
                deadline = time.monotonic() + EVENT_SECONDS
                while (pid := watched.fetch()[0]) in known:
                    assert time.monotonic() < deadline, watched.server.log
                known.add(pid)


class TestCrashes:
    """One after the other."""

    def test_are_answered_with_503_until_the_next_worker_is_there(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--no-retry-idempotent")
        deadline = time.monotonic() + EVENT_SECONDS
        statuses = set()
        while requests.codes.service_unavailable not in statuses:
            assert time.monotonic() < deadline, watched.server.log
            statuses.add(requests.get(watched.server.url + "die", timeout=EVENT_SECONDS).status_code)
        assert statuses == {requests.codes.bad_gateway, requests.codes.service_unavailable}
        watched.server.wait_for("The application can be loaded again")
        assert watched.fetch()[1] == "one"
