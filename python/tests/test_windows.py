"""What is different on Windows, under Wine: ``python3 python/check.py --windows`` runs this and much that is not different."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pip
import pytest
import requests
import urllib3
from performers import APPS
from scripts import PREAMBLE, Program, Script
from serving import EVENT_SECONDS, ROOT
from wine import PYTHON, RUN, RUN_PYTHON, named

if TYPE_CHECKING:
    from conftest import Start

#: Says who answers; dies when it is told to.
APPLICATION = """\
import os

TEXT = {text!r}

def app(environ, start_response):
    if environ["PATH_INFO"] == "/die":
        os._exit(3)
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return ["{{}} {{}}".format(os.getpid(), TEXT).encode("utf-8")]
"""

#: Serves an application that others import.
PROGRAM = """\
import logging, sys
logging.basicConfig(level=logging.INFO)
import app
from waitress import serve

if __name__ == "__main__":
    serve({application}, listen="127.0.0.1:0", workers=2)
    print("returned", file=sys.stderr)
"""

#: pip, without what it would ask Windows: Wine 8 aborts at that (VariantToString of propsys.dll).
PIP = "import sys; sys.modules['_wmi'] = None; from pip._internal.cli.main import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(autouse=True)
def _on_windows(pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("--windows"):
        pytest.skip("only with --windows")


def write(folder: Path, text: str = "one") -> Path:
    module = folder / "app.py"
    module.write_text(APPLICATION.format(text=text), encoding="utf-8")
    return module


def ask(url: str) -> tuple[str, str]:
    """Return which process answers, and what."""
    answer = requests.get(url, timeout=EVENT_SECONDS)
    assert answer.status_code == requests.codes.ok, answer.text
    process, _, text = answer.text.partition(" ")
    return process, text


@pytest.mark.parametrize("name", ["with space", "größer", "x" * 100])
def test_lies_in_a_folder_of_any_name(start: Start, tmp_path: Path, name: str) -> None:
    """The application and the server's own files; these are gone in the end."""
    folder = tmp_path / name
    folder.mkdir()
    write(folder)
    server = start("app:app", PYTHONPATH=str(folder), TMPDIR=str(folder))
    assert ask(server.url)[1] == "one"
    server.stop()
    assert not list(folder.glob("waitress-*"))


def test_two_workers_outlive_the_death_of_one(start: Start, tmp_path: Path) -> None:
    write(tmp_path)
    server = start("app:app", "--workers=2", PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
    assert requests.post(server.url + "die", timeout=EVENT_SECONDS).status_code == requests.codes.bad_gateway
    server.wait_for("worker [0-9]+ ended with status 3")
    server.wait_for("worker [0-9]+ started")
    assert ask(server.url)[1] == "one"


def test_loads_the_application_again_when_a_file_is_touched(start: Start, tmp_path: Path) -> None:
    write(tmp_path)
    trigger = tmp_path / "reload now"
    trigger.touch()
    server = start("app:app", f"--touch-reload={trigger}", PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
    before = ask(server.url)
    write(tmp_path, "two")
    os.utime(trigger, (1, 1))
    server.wait_for("The application was loaded again", timeout=2 * EVENT_SECONDS)
    after = ask(server.url)
    assert (before[1], after[1]) == ("one", "two")


def test_a_worker_has_the_time_to_end(start: Start, tmp_path: Path) -> None:
    """Which the application's own functions have too."""
    module = write(tmp_path)
    goodbye = "import atexit, sys\natexit.register(lambda: print('goodbye', file=sys.stderr, flush=True))\n"
    module.write_text(goodbye + module.read_text(encoding="utf-8"), encoding="utf-8")
    server = start("app:app", PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
    assert ask(server.url)[1] == "one"
    server.stop()
    assert "goodbye\n" in server.lines


@pytest.mark.skip(reason="Wine 8 refuses to make the event of Ctrl-Break: invalid handle")
def test_ctrl_break_ends_nobody(start: Start, tmp_path: Path) -> None:
    """Java shows its threads at it, and would not let it mean anything else."""
    write(tmp_path)
    server = start("app:app", PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
    before = ask(server.url)
    os.kill(server.process.pid, signal.SIGQUIT)
    assert [ask(server.url) for _ in range(20)] == [before] * 20
    server.stop(signal.SIGINT)
    assert "ended with status" not in server.log


def test_encrypts(start: Start, tmp_path: Path) -> None:
    write(tmp_path)
    server = start("app:app", "--self-signed", PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
    with requests.Session() as client, pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        assert client.get(server.url, verify=False, timeout=EVENT_SECONDS).text.endswith(" one")


def test_a_start_that_fails_says_why_and_leaves_nothing(start: Start, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="log ended"):
        start("nowhere:app", PYTHONPATH=str(APPS), TMPDIR=str(tmp_path))
    assert not list(tmp_path.glob("waitress-*"))


class TestServe:
    """``from waitress import serve``, in that Python."""

    def test_answers_and_ends_by_ctrl_c(self, tmp_path: Path) -> None:
        path = tmp_path / "program.py"
        path.write_text(PREAMBLE + 'serve(app, listen="127.0.0.1:0")\nprint("returned", file=sys.stderr)\n')
        script = Script(path, python=str(RUN_PYTHON), TMPDIR=str(tmp_path))
        try:
            assert ask(script.url)[0].isdigit()
            script.stop(signal.SIGINT)
            assert script.lines[-1] == "returned\n"
        finally:
            script.kill()

    @pytest.mark.parametrize("application", ["'app:app'", "app.app"])
    def test_has_two_workers_import_the_application(self, tmp_path: Path, application: str) -> None:
        """As there is no fork, also where it is no name; one that dies is replaced."""
        write(tmp_path)
        path = tmp_path / "program.py"
        path.write_text(PROGRAM.format(application=application))
        script = Script(path, python=str(RUN_PYTHON), PYTHONPATH=str(tmp_path), TMPDIR=str(tmp_path))
        try:
            assert requests.post(script.url + "die", timeout=EVENT_SECONDS).status_code == requests.codes.bad_gateway
            script.wait_for("worker [0-9]+ ended with status 3")
            script.wait_for("worker [0-9]+ started")
            assert ask(script.url)[1] == "one"
            script.stop(signal.SIGINT)
            assert script.lines[-1] == "returned\n"
        finally:
            script.kill()


class TestWheel:
    """Installed by pip of Windows' Python, which makes a program of the command."""

    @pytest.fixture
    def site(self, tmp_path: Path) -> Path:
        """Install it into a folder of its own."""
        wheels, site = tmp_path / "wheels", tmp_path / "site"
        build = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "-w", str(wheels), str(ROOT / "python")]
        subprocess.run(build, check=True)
        (wheel,) = wheels.glob("waitress-*-py3-none-any.whl")
        options = ["--no-index", "--no-deps", "--no-compile", "--no-warn-script-location", "--prefix", named(site)]
        done = subprocess.run(
            [RUN, named(PYTHON), "-c", PIP, "install", *options, named(wheel)],
            env={**os.environ, "PYTHONPATH": str(Path(pip.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return site

    def test_has_the_command(self, site: Path, tmp_path: Path) -> None:
        write(tmp_path)
        program = named(site / "Scripts" / "waitress-serve.exe")
        packages = {"PYTHONPATH": str(site / "Lib" / "site-packages"), "WAITRESS_JAR": ""}
        arguments = ["--listen=127.0.0.1:0", "--workers=2", "app:app"]
        server = Program(tmp_path, str(RUN), program, *arguments, TMPDIR=str(tmp_path), **packages)
        try:
            assert ask(server.url)[1] == "one"
            server.stop(signal.SIGINT)
        finally:
            server.kill()
