"""``--reload``: a change is served as soon as it is loaded, and no client notices how that was done."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from procfs import on_linux, processes
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS, WORKERS, Server
from shops import APPLICATION, Shop, Watched
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Start


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with contextlib.closing(Shop(tmp_path)) as shop:
        yield shop


@pytest.fixture
def watch(start: Start, shop: Shop) -> Callable[..., Watched]:
    """Serve the shop with ``--reload``."""

    def watch_it(*options: str, **environment: str) -> Watched:
        return Watched(start(APPLICATION, "--reload", *options, PYTHONPATH=str(shop.folder), **environment))

    return watch_it


class TestChange:
    """What is noticed."""

    @pytest.mark.parametrize(
        ("name", "text", "path"),
        [
            ("views.py", "TEXT = 'two'\n", ""),
            ("wsgi.py", "def app(_, start):\n    start('200 OK', [])\n    return [b'1 two']\n", ""),
            ("lazy.py", "TEXT = 'two'\n", "lazy"),
        ],
    )
    def test_of_a_module_is_served(
        self, watch: Callable[..., Watched], shop: Shop, name: str, text: str, path: str
    ) -> None:
        """Also of one that was imported while a request ran; once, and the log says why."""
        watched = watch()
        assert watched.fetch(path)[1] == "one"
        shop.write(name, text)
        watched.wait_until_loaded_again()
        assert watched.fetch(path)[1] == "two"
        watched.server.stop()
        reasons = re.findall("Loading the application again: (.*)\n", watched.server.log)
        assert reasons == [f"{WORKERS.named(shop.package / name)} changed"]

    @pytest.mark.parametrize("extra", ["page.html", "", "*.html", "../shop/**/*.html"])
    def test_of_another_file_counts_on_request(self, watch: Callable[..., Watched], shop: Shop, extra: str) -> None:
        """Named itself, as one in a directory, or by a glob."""
        watched = watch(f"--reload-extra={shop.package}/{extra}", "--reload-extra=nowhere")
        assert watched.fetch("page")[1] == "one"
        shop.write("page.html", "two")
        watched.wait_until_loaded_again()
        assert watched.fetch("page")[1] == "two"

    def test_of_two_files_is_one(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """An editor saves them one after the other."""
        watched = watch()
        assert watched.fetch("lazy")[1] == "one"
        shop.write("lazy.py", "TEXT = 'two'\n")
        shop.views("two")
        watched.wait_until_loaded_again()
        assert (watched.fetch("lazy")[1], watched.fetch()[1]) == ("two", "two")

    def test_during_a_reload_is_served_too(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """The first one is out of date when it is loaded."""
        watched = watch()
        shop.write(
            "views.py",
            "import sys\nsys.stderr.write('loading\\n')\nopen(__file__[:-8] + 'pipe').readline()\nTEXT = 2\n",
        )
        watched.server.wait_for("^loading$")
        shop.views("three")
        watched.server.wait_for("Loading the application again", count=2)
        shop.let_go_on()
        watched.wait_until_loaded_again()
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "three"

    def test_within_the_same_second_is_no_matter_for_bytecode(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """Python takes a file for unchanged that has the same size and the same second."""
        watched = watch(PYTHONDONTWRITEBYTECODE="")
        shop.views("known")
        watched.wait_until_loaded_again()
        a_second = (int(time.time()) + 3600) * 10**9
        for number in range(3):
            shop.write("views.new", f"TEXT = 'v{number}'\n")
            microsecond = a_second + 1000 * number  # Windows counts by 100 ns
            os.utime(shop.package / "views.new", ns=(microsecond, microsecond))
            (shop.package / "views.new").replace(shop.package / "views.py")
            watched.wait_until_loaded_again()
            assert watched.fetch()[1] == f"v{number}"

    @on_linux
    @pytest.mark.parametrize("options", [[], ["--reload"]], ids=str)
    def test_is_looked_for_on_request_only(self, start: Start, shop: Shop, options: list[str]) -> None:
        """There is a thread for that, or not."""
        server = start(APPLICATION, f"--reload-extra={shop.package}", *options, PYTHONPATH=str(shop.folder))
        names = [name.read_text() for pid in processes(server) for name in Path(f"/proc/{pid}/task").glob("*/comm")]
        assert ("waitress-watch\n" in names) == bool(options)


BROKEN = {
    "syntax": ("TEXT = 'two\n", r"^SyntaxError: "),
    "exception": ("TEXT = 1 / 0\n", r"^ZeroDivisionError: "),
    "missing module": ("from shop import later\nTEXT = later.TEXT\nimport shop.later\n", r"later"),
    "exit": ("raise SystemExit(3)\n", r"^it asked for the end of the process, with status 3$"),
    "death": ("import os\nos._exit(3)\n", r"ended with status 3 before it had loaded the application$"),
}


class TestFault:
    """A state that cannot be loaded."""

    @pytest.mark.parametrize("workers", [1, 2])
    @pytest.mark.parametrize("fault", BROKEN)
    def test_leaves_the_last_good_one(
        self, watch: Callable[..., Watched], shop: Shop, fault: str, workers: int
    ) -> None:
        """Its traceback is shown, and mending it is noticed."""
        watched = watch(f"--workers={workers}")
        text, told = BROKEN[fault]
        shop.write("views.py", text)
        assert watched.wait_until_failed() == "what was loaded before goes on"
        watched.server.wait_for(told)
        assert watched.fetch()[1] == "one"
        shop.views("three")
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "three"
        watched.wait_for_processes(1 + workers)

    # A process that dies before it has imported anything ends the server: nothing is known that could change.
    @pytest.mark.parametrize("fault", [fault for fault in BROKEN if fault != "death"])
    def test_at_the_start_is_waited_out(self, watch: Callable[..., Watched], shop: Shop, fault: str) -> None:
        """Requests are answered meanwhile, with what there is to say."""
        shop.write("views.py", BROKEN[fault][0])
        watched = watch()
        assert watched.wait_until_failed() == "waiting for a change"
        assert watched.status() == requests.codes.service_unavailable
        shop.views("two")
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"
        watched.wait_for_processes(2)

    def test_is_mended_by_the_file_that_was_missing(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """Nothing that was there has changed."""
        watched = watch()
        shop.write("views.py", "from shop.parts.later import TEXT\n")
        watched.wait_until_failed()
        shop.write("parts/later.py", "TEXT = 'late'\n")
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "late"

    def test_that_never_ends_is_given_up_after_the_next_change(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """As when a module runs a server of its own."""
        watched = watch()
        shop.write("views.py", "import sys, threading\nsys.stderr.write('loading\\n')\nthreading.Event().wait()\n")
        watched.server.wait_for("^loading$")
        assert watched.fetch()[1] == "one"
        shop.views("two")
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"
        watched.wait_for_processes(2)

    def test_ends_a_check(self, shop: Shop) -> None:
        """Which waits for nobody."""
        shop.write("views.py", BROKEN["syntax"][0])
        command = Server.command(APPLICATION, "--reload", "--check")
        environment = {**os.environ, "PYTHONPATH": str(shop.folder)}
        run = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=EVENT_SECONDS, check=False
        )
        assert run.returncode == 1
        assert "SyntaxError" in run.stderr


class TestTraffic:
    """Clients that do not know of it."""

    @pytest.mark.parametrize("workers", [1, 2])
    def test_goes_on(self, watch: Callable[..., Watched], shop: Shop, workers: int) -> None:
        """Every request is answered, on connections that stay; and none by a state older than the one before it."""
        states = ["one", "two", "three", "four"]
        watched = watch(f"--workers={workers}")
        failed = threading.Event()
        begun = threading.Barrier(5)

        def visit(_: int) -> list[str]:
            texts = []
            with Connection(watched.server.port) as connection:
                while states[-1] not in texts and not failed.is_set():
                    connection.ask("GET", "/brief")
                    head = connection.head()
                    assert (head.status, head.one("Connection")) == (200, None)
                    texts.append(connection.body(head).decode().split(" ")[1])
                    if len(texts) == 1:
                        begun.wait(EVENT_SECONDS)
            return texts

        with ThreadPoolExecutor(4) as pool:
            visits = [pool.submit(visit, number) for number in range(4)]
            try:
                begun.wait(EVENT_SECONDS)
                for state in states[1:]:
                    shop.views(state)
                    watched.wait_until_loaded_again()
                    assert watched.fetch()[1] == state
            except BaseException:
                failed.set()
                raise
            for texts in (visit.result() for visit in visits):
                assert texts[0] == states[0]
                assert texts == sorted(texts, key=states.index)
        watched.wait_for_processes(1 + workers)

    @pytest.mark.parametrize("threads", [1, 4])
    def test_that_is_slow_is_answered_where_it_began(
        self, watch: Callable[..., Watched], shop: Shop, threads: int
    ) -> None:
        """And what waits behind it moves on."""
        watched = watch(f"--threads={threads}")
        before, _ = watched.fetch()
        with Connection(watched.server.port) as slow, Connection(watched.server.port) as behind:
            slow.ask("GET", "/slow")
            watched.server.wait_for("^slow request begins$")
            if threads == 1:
                behind.ask("GET", "/")
            shop.views("two")
            after = re.findall(r"\d+", watched.wait_until_loaded_again())
            if threads > 1:
                behind.ask("GET", "/")
            assert behind.body(behind.head()).decode() == f"{after[0]} two"
            shop.let_go_on()
            assert slow.body(slow.head()).decode() == f"{before} one"
            slow.ask("GET", "/")
            assert slow.body(slow.head()).decode() == f"{after[0]} two"
        left = watched.wait_for_processes(2)
        assert not [process for process in left if process.startswith(f"{before} ")]

    def test_that_never_ends_is_cut_after_the_time_for_that(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """Or a worker would stay with every reload."""
        watched = watch("--shutdown-timeout=1")
        with Connection(watched.server.port) as endless:
            endless.ask("GET", "/stream")
            assert endless.head().status == 200
            shop.views("two")
            watched.wait_until_loaded_again()
            assert watched.fetch()[1] == "two"
            with pytest.raises(AssertionError):
                for _ in endless.chunks():
                    pass
        watched.server.wait_for("was replaced, but its requests do not end$")
        watched.wait_for_processes(2)


class TestProcess:
    """What is left of a worker that was replaced."""

    LINGERING = "import threading\nthreading.Thread(target=threading.Event().wait).start()\nTEXT = {!r}\n"

    def test_is_nothing_when_the_server_stops(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """Although its application does not let it end; that is checked by whoever stops the server."""
        shop.write("views.py", self.LINGERING.format("one"))
        watched = watch()
        shop.write("views.py", self.LINGERING.format("two"))
        watched.wait_until_loaded_again()
        watched.wait_for_processes(3)
        watched.server.stop()

    def test_is_nothing_after_a_while(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """It is killed in the end."""
        shop.write("views.py", self.LINGERING.format("one"))
        watched = watch()
        shop.views("two")
        watched.wait_until_loaded_again()
        watched.wait_for_processes(2)
        assert "ERROR" not in watched.server.log

    def test_that_dies_is_replaced_as_ever(self, watch: Callable[..., Watched], shop: Shop) -> None:
        """Also after a reload."""
        watched = watch()
        shop.views("two")
        watched.wait_until_loaded_again()
        pid, _ = watched.fetch()
        os.kill(pid, 9)
        watched.server.wait_for("^INFO:waitress:worker [0-9]+ started$")
        successor, text = watched.fetch()
        assert (successor != pid, text) == (True, "two")


class TestRefusal:
    """Where an application cannot be loaded again."""

    def test_of_serve(self, tmp_path: Path, jar: Path) -> None:
        """The application is an object of a program that only runs once."""
        assert jar.exists()
        program = tmp_path / "program.py"
        program.write_text(PREAMBLE + "serve(app, port=0, reload=True)\n")
        script = Script(program)
        try:
            script.wait_for("^ValueError: reload: serve\\(\\) cannot load the application again; use waitress-serve")
            assert script.process.wait(EVENT_SECONDS) == 1
        finally:
            script.kill()
