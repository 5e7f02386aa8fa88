"""``serve("module:attribute", workers=2)``: a program starts the server, and the server the workers, again and again."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
import requests
from crowds import Clients
from procfs import on_linux
from scripts import ENVIRONMENT, PREAMBLE, Script
from serving import COMMAND, EVENT_SECONDS
from shops import APPLICATION, Shop, Watched

import waitress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The package lies beside the program, and so on the program's path alone.
SERVE = f'serve("{APPLICATION}", listen="127.0.0.1:0", workers=2{{}})\nprint("returned", file=sys.stderr)\n'


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with contextlib.closing(Shop(tmp_path)) as shop:
        yield shop


class Run(Protocol):
    """Runs programs beside the shop, which end with the test."""

    def __call__(self, text: str, *arguments: str) -> Script:
        """Write a program behind the preamble and run it."""


@pytest.fixture
def run(tmp_path: Path, jar: Path) -> Iterator[Run]:
    assert jar.exists()
    with contextlib.ExitStack() as scripts:

        def run_one(text: str, *arguments: str) -> Script:
            program = tmp_path / "program.py"
            program.write_text(PREAMBLE + text)
            script = Script(program, *arguments, TMPDIR=str(tmp_path))
            scripts.callback(script.kill)
            return script

        yield run_one


@pytest.fixture(name="serve")
def make_serve(run: Run, shop: Shop) -> Callable[..., Watched]:
    assert shop.folder.exists()

    def serve(settings: str = "") -> Watched:
        watched = Watched(run(SERVE.format(settings)))
        watched.server.wait_until_ready()
        return watched

    return serve


def order(watched: Watched, number: signal.Signals) -> None:
    os.kill(watched.server.process.pid, number)


def processes_of(folder: Path) -> list[Path]:
    """Find those whose command lines name a folder."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # gone since
            if str(folder).encode() in command.read_bytes():
                found.append(command)
    return found


class TestReload:
    """New code is served by the workers that import it."""

    def test_by_a_signal_loses_nothing(self, serve: Callable[..., Watched], shop: Shop) -> None:
        watched = serve()
        with Clients(watched.server.url + "brief") as clients:
            for number in range(2):
                shop.views(f"state-{number}")
                order(watched, signal.SIGHUP)
                watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "state-1"
        assert {"one", "state-0"} <= clients.texts
        watched.wait_for_processes(4)
        watched.server.stop(whole_group=True)
        assert watched.server.lines[-1] == "returned\n"

    def test_by_ctl(self, serve: Callable[..., Watched], shop: Shop, tmp_path: Path) -> None:
        watched = serve(f", control_socket={str(tmp_path / 'ctl')!r}")
        shop.views("two")
        environment = {**os.environ, "WAITRESS_CONTROL_SOCKET": str(tmp_path / "ctl")}
        subprocess.run([COMMAND, "ctl", "reload"], env=environment, check=True, timeout=EVENT_SECONDS)
        assert watched.fetch()[1] == "two"

    def test_by_a_file_that_is_touched(self, serve: Callable[..., Watched], shop: Shop, tmp_path: Path) -> None:
        watched = serve(f", touch_reload={str(tmp_path / 'now')!r}")
        shop.views("two")
        (tmp_path / "now").touch()
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"

    def test_in_development(self, serve: Callable[..., Watched], shop: Shop) -> None:
        watched = serve(", reload=True")
        shop.views("two")
        watched.wait_until_loaded_again()
        assert watched.fetch()[1] == "two"

    def test_of_broken_code_leaves_what_is_there(self, serve: Callable[..., Watched], shop: Shop) -> None:
        watched = serve()
        shop.write("views.py", "TEXT = (\n")
        order(watched, signal.SIGHUP)
        assert watched.wait_until_failed() == "what was loaded before goes on"
        assert "SyntaxError" in watched.server.log
        assert watched.fetch()[1] == "one"

    def test_may_be_asked_for_as_soon_as_it_says_that_it_serves(self, run: Run, shop: Shop) -> None:
        assert shop.folder.exists()
        script = run(
            "class Asking(logging.Handler):\n    def emit(self, record):\n"
            "        if 'Serving on' in record.getMessage():\n            os.kill(os.getpid(), signal.SIGHUP)\n\n"
            'logging.getLogger("waitress").addHandler(Asking())\n' + SERVE.format("")
        )
        Watched(script).wait_until_loaded_again()
        script.stop()

    def test_is_the_program_s_own_affair_where_it_has_a_handler(self, run: Run, shop: Shop) -> None:
        assert shop.folder.exists()
        script = run('signal.signal(signal.SIGHUP, lambda *_: print("mine", file=sys.stderr))\n' + SERVE.format(""))
        script.wait_until_ready()
        script.process.send_signal(signal.SIGHUP)
        script.wait_for("^mine$")
        script.stop()
        assert "Loading the application again" not in script.log


class TestWorkers:
    """They live as under waitress-serve."""

    def test_are_none_of_the_program(self, serve: Callable[..., Watched]) -> None:
        watched = serve()
        assert watched.fetch()[0] != watched.server.process.pid

    def test_become_more_and_fewer(self, serve: Callable[..., Watched]) -> None:
        watched = serve()
        order(watched, signal.SIGTTIN)
        watched.wait_for_processes(5)
        order(watched, signal.SIGTTOU)
        watched.wait_for_processes(4)

    def test_are_renewed(self, serve: Callable[..., Watched]) -> None:
        watched = serve(", max_requests=1")
        watched.fetch()
        watched.server.wait_for("serves in place of worker")

    def test_are_replaced_when_they_die(self, serve: Callable[..., Watched]) -> None:
        watched = serve()
        victim = watched.fetch()[0]
        os.kill(victim, signal.SIGKILL)
        watched.server.wait_for(f"ERROR:waitress:worker {victim} was killed by signal 9")
        watched.wait_for_processes(4)

    def test_print_where_the_program_prints(self, shop: Shop, jar: Path) -> None:
        shop.write("wsgi.py", "print('imported\\n', end='')\n\ndef app(environ, start_response):\n    return []\n")
        program = shop.folder / "program.py"
        program.write_text(PREAMBLE + f'create_server("{APPLICATION}", listen="127.0.0.1:0", workers=2).close()\n')
        assert jar.exists()
        printed = subprocess.run(
            [sys.executable, str(program)],
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=EVENT_SECONDS,
        )
        assert printed.stdout == "imported\n" * 2


#: A program as on Windows, where one process cannot become two, nor have more than three files of another.
AS_ON_WINDOWS = """\
import os, waitress.launch
del os.fork
waitress.launch.names_descriptors = lambda: False
"""


class TestWithoutFork:
    """Workers import what they could not share."""

    @pytest.mark.parametrize(
        "application",
        [
            f"'{APPLICATION}'",
            pytest.param("wsgi.app", id="by its module"),
            pytest.param("again.same", id="by another module that has it"),
        ],
    )
    def test_workers_answer_and_are_replaced(self, run: Run, shop: Shop, application: str) -> None:
        shop.write("wsgi.py", "print('imported')\n" + (shop.folder / "shop" / "wsgi.py").read_text())
        if "again" in application:
            shop.write("again.py", "from shop.wsgi import app as same\nsame.__module__ = None\n")
        imports = "from shop import again, wsgi\n" if "again" in application else "from shop import wsgi\n"
        script = run(
            AS_ON_WINDOWS
            + imports
            + f'serve({application}, listen="127.0.0.1:0", workers=2)\nprint("returned", file=sys.stderr)\n'
        )
        watched = Watched(script)
        watched.server.wait_until_ready()
        killed, _ = watched.fetch()
        assert killed != script.process.pid
        os.kill(killed, signal.SIGKILL)
        script.wait_for(r"worker \d+ was killed by signal 9")
        script.wait_for(r"worker \d+ started")
        assert watched.fetch()[0] != killed
        script.stop()
        script.wait_for("^returned$")

    def test_what_nobody_can_import_is_a_clear_error(self, run: Run) -> None:
        script = run(AS_ON_WINDOWS + 'serve(lambda *_: [], listen="127.0.0.1:0", workers=2)\n')
        assert script.process.wait(EVENT_SECONDS) == 1
        script.wait_for("ValueError: workers: .* find it in no module: give its name")


class TestEnd:
    """Whoever begins it, nothing is left."""

    def test_is_asked_for_by_the_application(self, run: Run, shop: Shop) -> None:
        shop.write(
            "wsgi.py",
            "import os, signal\n\ndef app(environ, start_response):\n    os.kill(os.getpid(), signal.SIGTERM)\n"
            "    start_response('200 OK', [])\n    return [b'bye']\n",
        )
        script = run(SERVE.format(""))
        assert requests.get(script.url, timeout=10).text == "bye"
        script.check_ended()
        assert script.lines[-1] == "returned\n"

    @pytest.mark.usefixtures("jar")
    def test_by_close(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(str(shop.folder))
        server = waitress.create_server(APPLICATION, listen="127.0.0.1:0", workers=2)
        thread = threading.Thread(target=server.run)
        thread.start()
        url = f"http://127.0.0.1:{server.effective_port}/"
        assert requests.get(url, timeout=10).text.endswith(" one")
        server.close()
        thread.join(EVENT_SECONDS)
        assert not thread.is_alive()
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=10)

    def test_of_the_program_is_that_of_all(self, serve: Callable[..., Watched], tmp_path: Path) -> None:
        watched = serve()
        watched.server.process.kill()
        watched.wait_for_processes(0)
        assert not list(tmp_path.glob("waitress-*"))

    def test_of_the_program_while_workers_import(self, run: Run, shop: Shop, tmp_path: Path) -> None:
        shop.write("views.py", "import sys\nsys.stderr.write('loading\\n')\nopen(__file__[:-8] + 'pipe').readline()\n")
        script = run(SERVE.format(""))
        script.wait_for("^loading$", count=2)
        script.process.kill()
        Watched(script).wait_for_processes(0)
        assert not list(tmp_path.glob("waitress-*"))

    @on_linux
    def test_of_the_terminal_is_that_of_the_program(self, shop: Shop, jar: Path) -> None:
        """The system's own SIGHUP is no order."""
        assert jar.exists()
        program = shop.folder / "program.py"
        program.write_text(PREAMBLE + f'serve("{APPLICATION}", listen="127.0.0.1:0", workers=2)\n')
        pid, terminal = pty.fork()
        if pid == 0:
            environment = {**os.environ, **ENVIRONMENT, "TMPDIR": str(shop.folder)}
            os.execve(sys.executable, [sys.executable, str(program)], environment)
        output = b""
        while b"Serving on" not in output:
            output += os.read(terminal, 1000)
        os.close(terminal)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert not processes_of(shop.folder)

    def test_of_the_front_is_an_error(self, serve: Callable[..., Watched]) -> None:
        watched = serve()
        (front,) = [int(line.split()[0]) for line in watched.wait_for_processes(4) if "cli.Attached" in line]
        os.kill(front, signal.SIGKILL)
        watched.server.wait_for(rf"ChildProcessError: the front \(java, process {front}\) was killed by signal 9")
        watched.wait_for_processes(0)


class TestStart:
    """What cannot be served is an exception, and nothing is left."""

    @staticmethod
    def refused(run: Run, settings: str, name: str = APPLICATION) -> Script:
        script = run(f'serve("{name}", listen="127.0.0.1:0"{settings})\n')
        assert script.process.wait(EVENT_SECONDS) == 1
        Watched(script).wait_for_processes(0)
        return script

    def test_with_one_worker(self, run: Run) -> None:
        script = self.refused(run, "")
        script.wait_for(
            f"^ValueError: app: must be an application, not its name '{APPLICATION}', which only several workers import:"
            f" give workers=2 or more, import it, or run: waitress-serve {APPLICATION}$"
        )

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("nowhere:app", "^ImportError: Cannot import WSGI application 'nowhere:app': No module named 'nowhere'"),
            ("shop.wsgi:application", "^ImportError: .* has no attribute 'application'"),
            ("__main__:app", "^ValueError: app: '__main__:app' names no module that other processes can import$"),
            ("", "^ValueError: app: '' names no module that other processes can import$"),
        ],
    )
    def test_of_nothing(self, run: Run, shop: Shop, name: str, message: str) -> None:
        assert shop.folder.exists()
        self.refused(run, ", workers=2", name).wait_for(message)

    def test_of_what_is_broken(self, run: Run, shop: Shop) -> None:
        shop.views("broken")
        shop.write("views.py", "raise KeyError('broken')\n")
        script = self.refused(run, ", workers=2")
        script.wait_for("^ImportError: Traceback")
        script.wait_for("^KeyError: 'broken'$")

    def test_of_a_program_that_serves_when_it_is_imported(self, run: Run) -> None:
        """Its workers would start workers, and so on."""
        script = self.refused(run, ", workers=2", "program:app")
        script.wait_for("RuntimeError: a worker that imports 'program:app' was to serve it")
