"""Workers on every Python that is found on this machine.

The usual run tries the oldest and the newest; ``-m ''`` all of them, with the suites of workers on each.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
import requests
from interpreters import SUPPORTED, USUAL, Interpreter, find
from performers import Kind, Performer, performing, script
from procfs import on_linux
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS, OVER_TCP, ROOT, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACE = r'^  File ".*performer\.py", line \d+, in do_raise$'

ON_PYTHONS = [name if name in USUAL else pytest.param(name, marks=pytest.mark.matrix) for name in SUPPORTED]


@pytest.fixture(scope="module", params=ON_PYTHONS)
def interpreter(request: pytest.FixtureRequest, jar: Path) -> Interpreter:
    """Take each in turn."""
    found = find(request.param)
    if found is None:
        pytest.skip(f"there is no {request.param} on this machine")
    return found


@pytest.fixture(scope="module")
def performer(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Performer]:
    """Run the application in workers of this Python."""
    with performing(Kind("python", "tcp"), tmp_path_factory.mktemp("on"), python=interpreter.path) as running:
        yield running


class TestWorkers:
    """What an application may do, on each Python."""

    def test_have_an_environ_of_native_text(self, performer: Performer) -> None:
        """Whose characters are the bytes of the request."""
        request = b"GET /%C3%A4/%FF?q=%20 HTTP/1.1\r\nHost: a\r\nX-Bytes: \xe4\xff\r\n\r\n"
        environ = parse_qs(performer.exchange(request).body.decode(), keep_blank_values=True, encoding="latin-1")
        assert environ["PATH_INFO"] == ["/\xc3\xa4/\xff"]
        assert environ["QUERY_STRING"] == ["q=%20"]
        assert environ["HTTP_X_BYTES"] == ["\xe4\xff"]
        assert environ["wsgi.version"] == ["1.0"]
        assert environ["wsgi.url_scheme"] == ["http"]
        assert environ["SERVER_SOFTWARE"] == ["waitress"]
        assert environ["wsgi.multithread"] == ["true"]

    @pytest.mark.parametrize("size", [0, 1, 4096, 4097, 16_384, 524_288, 524_289, 3_000_000])
    def test_take_uploads(self, performer: Performer, size: int) -> None:
        """In the frame, behind it, in shared memory, and in a file."""
        body = bytes(range(251)) * (size // 251 + 1)
        answer = requests.post(f"http://127.0.0.1:{performer.address}/digest", data=body[:size], timeout=EVENT_SECONDS)
        assert answer.text == f"{size} {hashlib.sha256(body[:size]).hexdigest()}"

    @pytest.mark.parametrize("size", [1, 4097, 65_535, 65_536, 1_000_000])
    def test_answer_with_any_size(self, performer: Performer, size: int) -> None:
        """Through the socket, and through shared memory where there is some."""
        body = bytes(range(251)) * (size // 251 + 1)
        url = f"http://127.0.0.1:{performer.address}/echo"
        assert requests.post(url, data=body[:size], timeout=EVENT_SECONDS).content == body[:size]

    def test_stream_write_and_close(self, performer: Performer) -> None:
        name = secrets.token_hex()
        steps = f"start=200 OK; write=a; iterate; item=b\xe4; item=c; close={name}"
        assert str(performer.perform(steps)) == "200 chunked [a b\xe4 c] open"
        performer.server.wait_for(f"closed {name}$")

    @pytest.mark.parametrize("source", ["disk", "memory", "stream"])
    def test_send_files(self, performer: Performer, tmp_path: Path, source: str) -> None:
        path = tmp_path / "file"
        path.write_bytes(bytes(range(256)) * 4000)
        answer = performer.perform(f"start=200 OK; file={source},{path},7,3000")
        assert answer.body == path.read_bytes()[7:]
        assert answer.framing == ("chunked" if source == "stream" else f"length {256 * 4000 - 7}")

    @pytest.mark.parametrize(
        ("steps", "status", "body"),
        [
            ("start=200 OK; raise=no", 500, None),
            ("start=200 OK; iterate; item=a; raise=no", 200, b"a"),
            ("start=200 OK; restart=503 Sorry; list; item=a", 503, b"a"),
            ("start=200 OK; write=a; restart=503 Sorry; list", 200, b"a"),
        ],
    )
    def test_fail_before_and_after_the_head(
        self, performer: Performer, steps: str, status: int, body: bytes | None
    ) -> None:
        """With a traceback in the log that shows the application; ``exc_info`` is raised again when it is too late."""
        seen = len(performer.server.lines)
        answer = performer.perform(steps)
        assert answer.head.status == status
        assert body is None or answer.body == body
        if "raise=no" in steps:
            performer.server.wait_for("^ERROR:waitress:Exception while serving /perform$", since=seen)
            performer.server.wait_for(TRACE, since=seen)
            performer.server.wait_for("^RuntimeError: no$", since=seen)
        elif "write" in steps:
            assert answer.framing == "cut chunks"
            performer.server.wait_for("^ValueError: the reason for another answer$", since=seen)

    def test_run_requests_at_the_same_time(self, performer: Performer) -> None:
        """Three threads wait, the fourth goes on; then all of them work."""
        name = secrets.token_hex()
        with contextlib.ExitStack() as stack:
            waiting = [stack.enter_context(performer.connect()) for _ in range(3)]
            for connection in waiting:
                connection.ask("GET", script(f"await={name}; start=200 OK; list; item=at last"))
            performer.server.wait_for(f"awaits {name}$", count=len(waiting))
            assert performer.perform(f"release={name}; start=200 OK; list; item=x").body == b"x"
            assert {connection.answer().body for connection in waiting} == {b"at last"}
        with ThreadPoolExecutor(8) as pool:
            steps = [f"start=200 OK; list; item={number}" for number in range(100)]
            assert [answer.body for answer in pool.map(performer.perform, steps)] == [
                str(number).encode() for number in range(100)
            ]

    @on_linux
    def test_keep_their_sockets_from_programs_that_they_start(self, performer: Performer) -> None:
        """Which would hold them open when the worker is gone."""
        (worker,) = [line.split()[0] for line in performer.server.survivors() if "/waitress_worker " in line]
        descriptors = Path(f"/proc/{worker}/fd").iterdir()
        sockets = [descriptor.name for descriptor in descriptors if os.readlink(descriptor).startswith("socket:")]
        states = [Path(f"/proc/{worker}/fdinfo/{number}").read_text() for number in sockets]
        flags = [int(state.split("flags:")[1].split()[0], 8) for state in states]
        assert len(flags) == 3, "for requests, for control, and the leash"
        assert all(flag & os.O_CLOEXEC for flag in flags)

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            (
                "nope:app",
                "^Error: Cannot import WSGI application 'nope:app': No module named '?nope'?\nPython is .*; --python names another.\n\\Z",
            ),
            (
                "broken",
                "named '?nope'?\nPython is .*\nTraceback .*\n  File \".*broken.py\", line 2, in .*\n.*\n\\w*Error: .*\n\\Z",
            ),
        ],
        ids=["missing", "broken"],
    )
    def test_tell_why_there_is_no_application(
        self, interpreter: Interpreter, tmp_path: Path, name: str, told: str
    ) -> None:
        """A module that is missing in one line, one that fails with its own traceback."""
        (tmp_path / "broken.py").write_text("# it is not\nimport nope\n")
        server = Server(name, f"--python={interpreter.path}", environment={"PYTHONPATH": str(tmp_path)})
        assert server.process.wait() == 1
        server.kill()
        assert re.search(told, server.log), server.log

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_end_when_they_have_answered(self, interpreter: Interpreter, tmp_path: Path, number: int) -> None:
        """Without a word, and none is left; Ctrl-C reaches the whole group."""
        kind, options = Kind("python", "tcp"), ["--threads=2", "--workers=2"]
        with performing(kind, tmp_path, *options, python=interpreter.path) as performer, performer.connect() as client:
            client.ask("POST", "/echo", "Content-Length: 4", "Expect: 100-continue")
            assert client.head().status == requests.codes["continue"]
            with ThreadPoolExecutor(1) as pool:
                ended = pool.submit(performer.server.stop, number, whole_group=number == signal.SIGINT)
                client.send(b"done")
                assert client.answer().body == b"done"
                ended.result()
            assert "Traceback" not in performer.server.log


FORKED = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["{} {}".format(LOADER, os.getpid()).encode()]
"""

APPLICATION = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REQUEST_METHOD"].encode(), environ["wsgi.input"].read()]

"""


def test_workers_are_forked_from_one_that_has_the_application(interpreter: Interpreter, tmp_path: Path) -> None:
    """And serve, and end quietly; on CPython 2.7 a line says that there are none."""
    (tmp_path / "forked.py").write_text("import os\nLOADER = os.getpid()\n" + FORKED)
    options = ("--preload", "--workers=2", f"--python={interpreter.path}")
    server = Server("forked:app", *options, environment={"PYTHONPATH": str(tmp_path)})
    if interpreter.name.endswith(" 2.7"):
        assert server.process.wait(EVENT_SECONDS) == 1
        server.kill()
        assert server.log == "Error: preload needs Python 3.6 or newer\n"
        return
    loader, worker = requests.get(server.url, timeout=EVENT_SECONDS).text.split()
    assert loader != worker
    server.stop(signal.SIGINT, whole_group=True)
    assert "Traceback" not in server.log


@pytest.mark.parametrize("more", ["", ", workers=2"], ids=["serve", "serve with workers"])
def test_the_package_serves(interpreter: Interpreter, tmp_path: Path, more: str) -> None:
    """A page, a large upload and its echo, a quiet end."""
    if not interpreter.has_package:
        pytest.skip("workers alone run on Python 2.7")
    path = tmp_path / "serving.py"
    path.write_text(PREAMBLE + APPLICATION + f"serve(app, listen='127.0.0.1:0'{more})\n")
    check(Script(path, python=interpreter.path))


def check(script: Script) -> None:
    body = bytes(range(256)) * 4096
    assert requests.get(script.url, timeout=EVENT_SECONDS).content == b"GET"
    assert requests.post(script.url, data=body, timeout=EVENT_SECONDS).content == b"POST" + body
    script.stop(signal.SIGINT, whole_group=True)
    assert "Traceback" not in script.log


@pytest.mark.parametrize("more", ["", ", workers=2"], ids=["serve", "serve with workers"])
def test_the_package_serves_over_tcp(jar: Path, tmp_path: Path, more: str) -> None:
    path = tmp_path / "serving.py"
    text = f"""
server = create_server(app, listen="127.0.0.1:0"{more})
assert server._front.address.startswith("tcp:"), server._front.address
server.print_listen("Serving on http://{{}}:{{}}")
server.run()
"""
    path.write_text(PREAMBLE + APPLICATION + text)
    check(Script(path, **OVER_TCP))


@on_linux
@pytest.mark.parametrize(("environment", "scheme"), [({}, "unix:"), (OVER_TCP, "tcp:")], ids=["unix", "tcp"])
def test_workers_connect_as_they_are_told_and_are_missed(
    tmp_path: Path, environment: dict[str, str], scheme: str
) -> None:
    """A worker that dies loses what it ran, and another takes its place."""
    name = secrets.token_hex()
    options = ("--no-retry-idempotent",)
    with performing(
        Kind("python", "tcp"), tmp_path, *options, **environment
    ) as performer, performer.connect() as client:
        (worker,) = [line.split() for line in performer.server.survivors() if "/waitress_worker " in line]
        assert any(word.startswith(scheme) for word in worker)
        client.ask("GET", script(f"await={name}; start=200 OK; list"))
        performer.server.wait_for(f"awaits {name}$")
        os.kill(int(worker[0]), signal.SIGKILL)
        assert client.answer().head.status == requests.codes.bad_gateway
        assert performer.perform("start=200 OK; list; item=fine").body == b"fine"


@on_linux
def test_workers_that_get_no_cpu_for_a_while_stay_reachable(tmp_path: Path) -> None:
    """The front asks them meanwhile to let another thread go on; that is forgotten when the first request blocks."""
    with performing(Kind("python", "tcp"), tmp_path, "--threads=2") as performer:
        (worker,) = [int(line.split()[0]) for line in performer.server.survivors() if "/waitress_worker " in line]
        # Which of its threads goes on first is a matter of luck.
        for _ in range(12):
            name = secrets.token_hex()
            with performer.connect() as blocked, performer.connect() as other:
                os.kill(worker, signal.SIGSTOP)
                blocked.ask("GET", script(f"await={name}; start=200 OK; list; item=x"))
                time.sleep(0.02)  # what the front says to the worker shows nowhere
                other.ask("GET", script(f"release={name}; start=200 OK; list; item=y"))
                os.kill(worker, signal.SIGCONT)
                assert other.answer().body == b"y"
                assert blocked.answer().body == b"x"


@pytest.mark.matrix
def test_the_suites_of_workers_pass(pytestconfig: pytest.Config, interpreter: Interpreter) -> None:
    """All that is tested of workers on the Python of the tests, on this one."""
    command = [sys.executable, "-m", "pytest", f"--worker-python={interpreter.path}"]
    if system := pytestconfig.getoption("--record"):
        command.append(f"--record={system}")
    run = subprocess.run(command, cwd=ROOT / "python", capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
