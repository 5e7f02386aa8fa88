"""``--preload``: the application is imported once, and the workers are forked from the process that has it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from boards import BOARDS
from crowds import Clients
from performers import classes
from probes import halt
from procfs import on_linux
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS, WORKERS, Server
from shops import APPLICATION, Shop, Watched
from test_ctl import Operator
from test_global_state import check_green

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Start

#: Put before the module of the shop: writes a line for each time that it is imported.
COUNTING = """\
import os
with open(os.path.join(os.path.dirname(__file__), "imports"), "a") as imports:
    imports.write("imported\\n")
"""

#: Functions that write into the log which worker calls them.
HOOKS = """\
import sys

def tell(what):
    sys.stderr.write(what + "\\n")

def begin(number):
    tell("hook: {} begins".format(number))

def leave(number):
    tell("hook: {} ends".format(number))

def fail(number):
    raise RuntimeError("worker {} is not wanted".format(number))

value = 42
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with contextlib.closing(Shop(tmp_path)) as shop:
        shop.write("hooks.py", HOOKS)
        yield shop


@pytest.fixture
def serve(start: Start, shop: Shop) -> Callable[..., Watched]:
    def serve_it(*options: str) -> Watched:
        watched = Watched(start(APPLICATION, *options, PYTHONPATH=str(shop.folder)))
        watched.server.wait_until_ready()
        return watched

    return serve_it


@pytest.fixture
def preload(serve: Callable[..., Watched]) -> Callable[..., Watched]:
    def serve_it(*options: str) -> Watched:
        return serve("--preload", *options)

    return serve_it


def failure_of(shop: Shop, *options: str, application: str = APPLICATION) -> str:
    """What a start says that fails."""
    done = subprocess.run(
        Server.command(application, *options),
        env={**os.environ, "PYTHONPATH": str(shop.folder)},
        capture_output=True,
        text=True,
        timeout=EVENT_SECONDS,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return done.stderr


def zygotes(watched: Watched) -> list[int]:
    """Processes that have loaded the application, in the order in which they did."""
    return [int(pid) for pid in re.findall(r"zygote (\d+) has loaded the application", watched.server.log)]


def hang_up(watched: Watched) -> None:
    os.kill(watched.server.process.pid, signal.SIGHUP)


class TestWorkers:
    """Processes that are forked, and workers like all others."""

    def test_have_the_application_from_one_import(self, preload: Callable[..., Watched], shop: Shop) -> None:
        shop.write("wsgi.py", COUNTING + (shop.package / "wsgi.py").read_text())
        watched = preload("--workers=3")
        with Clients(watched.server.url):
            watched.wait_for_processes(5)
        assert (shop.package / "imports").read_text() == "imported\n"

    @on_linux
    def test_are_children_of_the_one_that_has_it(self, preload: Callable[..., Watched]) -> None:
        watched = preload()
        (zygote,) = zygotes(watched)
        worker, _ = watched.fetch()
        assert f"PPid:\t{zygote}\n" in Path(f"/proc/{worker}/status").read_text()
        names = [Path(f"/proc/{pid}/comm").read_text().strip() for pid in (zygote, worker)]
        assert names == ["waitress: z1", "waitress: w1"]

    def test_that_are_killed_are_replaced(self, preload: Callable[..., Watched], shop: Shop) -> None:
        shop.write("wsgi.py", COUNTING + (shop.package / "wsgi.py").read_text())
        watched = preload()
        before, _ = watched.fetch()
        os.kill(before, signal.SIGKILL)
        watched.server.wait_for(f"^ERROR:waitress:worker {before} was killed by signal 9$")
        started = watched.server.wait_for(r"^INFO:waitress:worker (?P<pid>\d+) started$")
        assert watched.fetch() == (int(started["pid"]), "one")
        assert (shop.package / "imports").read_text() == "imported\n"

    def test_are_renewed(self, preload: Callable[..., Watched]) -> None:
        watched = preload("--workers=2", "--max-requests=40")
        with Clients(watched.server.url):
            watched.server.wait_for("serves in place of worker", count=4)
        watched.wait_for_processes(4)

    def test_come_and_go_by_signals(self, preload: Callable[..., Watched]) -> None:
        watched = preload()
        with Clients(watched.server.url + "brief"):
            os.kill(watched.server.process.pid, signal.SIGTTIN)
            watched.wait_for_processes(4)
            os.kill(watched.server.process.pid, signal.SIGTTOU)
            watched.wait_for_processes(3)

    def test_warm_up_each_for_itself(self, preload: Callable[..., Watched], shop: Shop) -> None:
        shop.write(
            "wsgi.py",
            "import os\n"
            "def app(environ, start_response):\n"
            "    if environ['PATH_INFO'] == '/warm':\n"
            "        os.write(2, b'warm %d\\n' % os.getpid())\n"
            "    start_response('200 OK', [])\n"
            "    return [b'ok']\n",
        )
        watched = preload("--workers=2", "--warmup-path=/warm")
        assert len(set(re.findall(r"^warm (\d+)$", watched.server.log, re.MULTILINE)) - set(zygotes(watched))) == 2

    def test_have_random_numbers_of_their_own(self, preload: Callable[..., Watched], shop: Shop) -> None:
        shop.write(
            "hooks.py",
            "import random, sys\ndef begin(_):\n    sys.stderr.write('drew {}\\n'.format(random.random()))\n",
        )
        watched = preload("--workers=3", "--post-fork=shop.hooks:begin")
        assert len(set(re.findall("^drew .*$", watched.server.log, re.MULTILINE))) == 3

    def test_may_end_the_server(self, preload: Callable[..., Watched], shop: Shop) -> None:
        """As where they have imported the application themselves, and by a name that was bound then."""
        shop.write(
            "wsgi.py",
            "import signal\nfrom os import getpid, kill\n"
            "def app(environ, start_response):\n"
            "    kill(getpid(), signal.SIGTERM)\n"
            "    start_response('200 OK', [])\n"
            "    return [b'ok']\n",
        )
        watched = preload()
        assert watched.status() == requests.codes.ok
        watched.server.check_ended()

    def test_have_what_the_module_wants_at_exit(self, preload: Callable[..., Watched], shop: Shop) -> None:
        shop.write(
            "views.py",
            "import atexit, os, sys\nTEXT = 'one'\n"
            "atexit.register(lambda: sys.stderr.write('exit {}\\n'.format(os.getpid())))\n",
        )
        watched = preload()
        worker, _ = watched.fetch()
        watched.server.stop()
        assert re.findall(r"^exit (\d+)$", watched.server.log, re.MULTILINE) == [str(worker), str(zygotes(watched)[0])]

    @on_linux
    def test_leave_processes_alone_that_the_import_has_started(
        self, preload: Callable[..., Watched], shop: Shop
    ) -> None:
        """A daemon process of multiprocessing ends with the one that has started it."""
        shop.write(
            "views.py",
            "import multiprocessing, time\n"
            "daemon = multiprocessing.get_context('fork').Process(target=time.sleep, args=(600,), daemon=True)\n"
            "daemon.start()\n"
            "TEXT = str(daemon.pid)\n",
        )
        watched = preload("--workers=2")
        daemon = int(watched.fetch()[1])
        os.kill(watched.server.process.pid, signal.SIGTTOU)
        watched.server.wait_for("one worker less")
        watched.wait_for_processes(4)
        assert Path(f"/proc/{daemon}").exists()

    @pytest.mark.parametrize("library", ["gevent"])
    def test_may_have_green_threads(self, start: Start, library: str) -> None:
        pytest.importorskip(library)
        folder = Path(__file__).parent / "apps"
        server = start("green:app", "--preload", "--threads=8", PYTHONPATH=str(folder), GREEN=library)
        check_green(server)

    def test_are_shown_to_operators(self, preload: Callable[..., Watched], tmp_path: Path) -> None:
        operator = Operator(tmp_path / "control")
        watched = preload(f"--control-socket={operator.socket_path}")
        worker, _ = watched.fetch()
        assert [each["pid"] for each in operator.ask("/status")["workers"]] == [worker]
        assert f" {worker}  serving" in operator.tells("status")

    def test_come_from_ini_files_too(self, start: Start, shop: Shop) -> None:
        pytest.importorskip("paste.deploy")
        (shop.folder / "shop.ini").write_text(
            "[app:main]\nuse = call:shop.paste:make\n"
            "[server:main]\nuse = egg:waitress#main\nlisten = 127.0.0.1:0\npreload = true\nworkers = 2\n"
            "[logger_waitress]\nlevel = INFO\n"
        )
        shop.write("paste.py", "from shop.wsgi import app\ndef make(global_conf):\n    return app\n")
        server = start(str(shop.folder / "shop.ini"), "--paste", PYTHONPATH=str(shop.folder))
        watched = Watched(server)
        assert watched.fetch()[1] == "one"
        watched.wait_for_processes(4)

    def test_come_from_programs_that_name_the_application(self, shop: Shop, jar: Path) -> None:
        assert jar.exists()
        program = shop.folder / "program.py"
        program.write_text(PREAMBLE + f"serve({APPLICATION!r}, listen='127.0.0.1:0', workers=2, preload=True)\n")
        script = Script(program)
        try:
            watched = Watched(script)
            assert watched.fetch()[1] == "one"
            assert len(zygotes(watched)) == 1
            script.stop(signal.SIGINT, whole_group=True)
        finally:
            script.kill()

    def test_pass_a_check(self, shop: Shop) -> None:
        done = subprocess.run(
            Server.command(APPLICATION, "--preload", "--check"),
            env={**os.environ, "PYTHONPATH": str(shop.folder)},
            capture_output=True,
            text=True,
            timeout=EVENT_SECONDS,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, f"OK: {APPLICATION} can be served\n"), done.stderr


class TestMemory:
    """What it is for."""

    @staticmethod
    def proportional(pid: int) -> int:
        """Kilobytes of memory, of which what is shared counts for each in part."""
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB$", rollup, re.MULTILINE)
        assert found
        return int(found[1])

    def measure(self, start: Start, *options: str) -> int:
        """Of all of Python's processes, when each worker has answered."""
        server = start(BOARDS["django"], "--workers=4", "--threads=1", *options)
        for _ in range(40):
            assert requests.get(server.url, timeout=EVENT_SECONDS).ok
        python = [int(each.split()[0]) for each in server.survivors() if "waitress_worker" in each]
        assert len(python) == 4 + len(options)
        return sum(map(self.proportional, python))

    def test_is_shared(self, start: Start) -> None:
        if not Path("/proc/self/smaps_rollup").exists():
            pytest.skip("the system does not tell how much memory is shared")
        apart, together = self.measure(start), self.measure(start, "--preload")
        assert together <= 0.6 * apart, (together, apart)


class TestReload:
    """New code comes from a new process that has loaded it."""

    def test_loses_nothing(self, preload: Callable[..., Watched], shop: Shop) -> None:
        watched = preload("--workers=2")
        with Clients(watched.server.url + "brief") as clients:
            for number in range(3):
                shop.views(f"state-{number}")
                hang_up(watched)
                watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "state-2"
        assert {"state-0", "state-1"} <= clients.texts
        watched.wait_for_processes(4)
        assert len(zygotes(watched)) == 4

    def test_is_done_when_a_file_is_touched(self, preload: Callable[..., Watched], shop: Shop, tmp_path: Path) -> None:
        watched = preload(f"--touch-reload={tmp_path / 'trigger'}")
        shop.views("two")
        (tmp_path / "trigger").touch()
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"

    def test_leaves_the_process_of_the_old_code_until_its_last_request_ends(
        self, preload: Callable[..., Watched], shop: Shop
    ) -> None:
        watched = preload()
        with contextlib.ExitStack() as stack:
            slow = stack.enter_context(requests.get(watched.server.url + "stream", stream=True, timeout=EVENT_SECONDS))
            shop.views("two")
            hang_up(watched)
            watched.wait_until_loaded_again()
            assert watched.fetch()[1] == "two"
            assert next(slow.iter_content(5)) == b"piece"
            watched.wait_for_processes(5)
        watched.wait_for_processes(3)

    def test_of_broken_code_leaves_what_is_there(self, preload: Callable[..., Watched], shop: Shop) -> None:
        """And workers that are replaced then have the code that worked."""
        watched = preload()
        shop.write("views.py", "TEXT = (\n")
        hang_up(watched)
        assert watched.wait_until_failed() == "what was loaded before goes on"
        watched.server.wait_for("SyntaxError")
        before, text = watched.fetch()
        assert text == "one"
        os.kill(before, signal.SIGKILL)
        watched.server.wait_for(r"^INFO:waitress:worker \d+ started$")
        assert watched.fetch()[1] == "one"
        watched.wait_for_processes(3)
        shop.views("mended")
        hang_up(watched)
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "mended"
        watched.wait_for_processes(3)


class TestTheProcessThatForks:
    """The zygote."""

    def test_is_missed_by_nobody_but_the_next_worker(self, preload: Callable[..., Watched]) -> None:
        watched = preload("--workers=2")
        (zygote,) = zygotes(watched)
        with Clients(watched.server.url) as clients:
            os.kill(zygote, signal.SIGKILL)
            watched.server.wait_for(f"^ERROR:waitress:zygote {zygote} was killed by signal 9; its workers go on")
            answered = clients.answered
            assert watched.fetch()[1] == "one"
            watched.wait_for_processes(3)
        assert clients.answered > answered
        lost, _ = watched.fetch()
        os.kill(lost, signal.SIGKILL)
        watched.server.wait_for(f"^ERROR:waitress:worker {lost} ended$")
        watched.server.wait_for(r"^INFO:waitress:worker \d+ started$")
        watched.wait_for_processes(4)
        assert len(zygotes(watched)) == 2
        assert watched.fetch()[1] == "one"

    @pytest.mark.parametrize(
        ("text", "said", "count"),
        [
            ("TEXT = 'one'\n", "^INFO:waitress:Serving on", 4),
            ("import sys, time\nprint('it hangs', file=sys.stderr, flush=True)\ntime.sleep(600)\n", "^it hangs$", 2),
        ],
        ids=["serving", "loading"],
    )
    def test_ends_with_the_front(self, shop: Shop, text: str, said: str, count: int) -> None:
        """However that ends; and its workers do."""
        shop.write("views.py", text)
        server = Server(APPLICATION, "--preload", "--workers=2", environment={"PYTHONPATH": str(shop.folder)})
        try:
            server.wait_for(said)
            watched = Watched(server)
            watched.wait_for_processes(count)
            os.kill(server.process.pid, signal.SIGKILL)
            watched.wait_for_processes(0)
        finally:
            server.kill()

    def test_that_hangs_is_late_as_a_worker(self, shop: Shop) -> None:
        shop.write("views.py", "import time\ntime.sleep(600)  # here it hangs\n")
        said = failure_of(shop, "--preload", "--workers=2", "--startup-timeout=2")
        assert "has not loaded the application in 2 seconds (startup_timeout)" in said
        assert re.search(r'views\.py", line 2 in <module>', said)

    def test_that_is_stopped_is_given_up_for_another_one(self, preload: Callable[..., Watched]) -> None:
        watched = preload("--startup-timeout=2")
        (zygote,) = zygotes(watched)
        halt(zygote)
        os.kill(watched.fetch()[0], signal.SIGKILL)
        watched.server.wait_for("has not loaded the application in 2 seconds")
        watched.server.wait_for(rf"^ERROR:waitress:zygote {zygote} was killed by signal 9")
        watched.server.wait_for("The application can be loaded again")
        assert watched.fetch()[1] == "one"

    def test_that_is_stopped_does_not_stay_after_a_reload(self, preload: Callable[..., Watched]) -> None:
        """It does not tell that its workers have ended, and would hold what the old code has in memory."""
        watched = preload("--workers=2")
        (zygote,) = zygotes(watched)
        halt(zygote)
        hang_up(watched)
        watched.wait_until_loaded_again()
        watched.wait_for_processes(4)
        assert watched.fetch()[1] == "one"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("TEXT = 1 / 0\n", "ZeroDivisionError: division by zero"),
            (
                "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
                "was killed by signal 9 before it had loaded",
            ),
        ],
    )
    def test_tells_why_the_application_cannot_be_loaded(self, shop: Shop, text: str, told: str) -> None:
        shop.write("views.py", text)
        said = failure_of(shop, "--preload", "--workers=2")
        assert said.count(told) == 1, said

    def test_warns_of_threads_that_no_worker_has(self, preload: Callable[..., Watched], shop: Shop) -> None:
        shop.write(
            "views.py",
            "import threading\nTEXT = 'one'\n"
            "threading.Thread(target=threading.Event().wait, name='collector', daemon=True).start()\n",
        )
        watched = preload("--workers=2")
        watched.server.wait_for(
            "^WARNING:waitress:preload: no worker has the threads that were started while the application was imported: collector"
        )
        assert watched.server.log.count("no worker has the threads") == 1

    def test_warns_of_none_where_there_is_none(self, preload: Callable[..., Watched]) -> None:
        assert "no worker has the threads" not in preload().server.log


class TestHooks:
    """Functions that are told how workers get on."""

    def test_are_called_in_each_worker(self, preload: Callable[..., Watched]) -> None:
        watched = preload("--workers=2", "--post-fork=shop.hooks:begin", "--worker-exit=shop.hooks:leave")
        said = [f"hook: {number} begins" for number in (1, 2)]
        assert sorted(re.findall("^hook: .*$", watched.server.log, re.MULTILINE)) == said
        watched.server.stop()
        said += [f"hook: {number} ends" for number in (1, 2)]
        assert sorted(re.findall("^hook: .*$", watched.server.log, re.MULTILINE)) == sorted(said)

    def test_of_the_end_needs_no_preload(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--worker-exit=shop.hooks:leave")
        hang_up(watched)
        watched.server.wait_for("^hook: 1 ends$")
        watched.server.stop()
        watched.server.wait_for("^hook: 2 ends$")

    def test_of_the_end_changes_nothing_by_its_failure(self, serve: Callable[..., Watched]) -> None:
        watched = serve("--worker-exit=shop.hooks:fail")
        watched.server.stop()
        watched.server.wait_for(r"^ERROR:waitress:worker_exit \(shop.hooks:fail\) failed$")
        watched.server.wait_for("^RuntimeError: worker 1 is not wanted$")

    def test_of_the_beginning_keeps_a_worker_from_serving(self, shop: Shop) -> None:
        said = failure_of(shop, "--preload", "--post-fork=shop.hooks:fail")
        assert re.search(r"^Error: post_fork \(shop.hooks:fail\) failed$", said, re.MULTILINE)
        assert "RuntimeError: worker 1 is not wanted" in said

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--worker-exit=shop.hooks:nobody"], r"worker_exit \(shop.hooks:nobody\) cannot be imported: .*'nobody'"),
            (["--worker-exit=shop.none:leave"], r"worker_exit \(shop.none:leave\) cannot be imported: No module"),
            (["--worker-exit=shop.hooks:value"], r"worker_exit \(shop.hooks:value\) is no function: 42$"),
            (["--worker-exit=shop.hooks"], "--worker-exit: must be the name of a function, as MODULE:FUNCTION, got"),
            (["--preload", "--post-fork=shop.hooks:nobody"], r"post_fork \(shop.hooks:nobody\) cannot be imported"),
        ],
    )
    def test_that_are_not_there_are_told_at_the_start(self, shop: Shop, options: list[str], told: str) -> None:
        said = failure_of(shop, *options)
        assert re.search(f"^Error: {told}", said, re.MULTILINE), said
        assert "Traceback" not in said


class TestRefusal:
    """Where it cannot be."""

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--preload", "--reload"], "preload is for production, and reload for development: leave out one of them"),
            (["--post-fork=shop.hooks:begin"], "post_fork has no meaning without setting preload"),
        ],
    )
    def test_of_what_does_not_go_together(self, shop: Shop, options: list[str], told: str) -> None:
        assert failure_of(shop, *options) == f"Error: {told}\n"

    @pytest.mark.parametrize("option", ["--preload", "--worker-exit=shop.hooks:leave"])
    def test_of_java_applications(self, tmp_path: Path, option: str) -> None:
        done = subprocess.run(
            [*Server.command("--app-class=Performer", option)],
            env={**os.environ, "CLASSPATH": str(classes(tmp_path))},
            capture_output=True,
            text=True,
            timeout=EVENT_SECONDS,
            check=False,
        )
        name = option[2:].partition("=")[0].replace("-", "_")
        assert (done.returncode, done.stderr) == (1, f"Error: {name}: a Java application has no worker processes\n")

    @pytest.mark.parametrize("setting", ["preload=True", "worker_exit='shop.hooks:leave'"])
    def test_of_serve(self, tmp_path: Path, jar: Path, setting: str) -> None:
        assert jar.exists()
        program = tmp_path / "program.py"
        program.write_text(PREAMBLE + f"serve(app, port=0, {setting})\n")
        script = Script(program)
        try:
            name = setting.partition("=")[0]
            script.wait_for(f"^ValueError: {name}: serve\\(\\) runs an object of its program; give its name")
            assert script.process.wait(EVENT_SECONDS) == 1
        finally:
            script.kill()

    def test_of_eventlet(self, shop: Shop) -> None:
        shop.write("views.py", "import eventlet\neventlet.monkey_patch()\nTEXT = 'one'\n")
        said = failure_of(shop, "--preload")
        assert said.endswith("Error: preload: workers cannot be forked from a process that eventlet has patched\n")

    def test_of_a_python_without_fork(self, shop: Shop) -> None:
        (shop.folder / "sitecustomize.py").write_text("import os\ndel os.fork\n")
        assert failure_of(shop, "--preload") == f"Error: preload: {WORKERS.python} has no os.fork\n"
