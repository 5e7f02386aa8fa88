"""Ini files: PasteDeploy's own library loads their Python applications, this server serves them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from scripts import ENVIRONMENT, PREAMBLE, Script
from serving import COMMAND, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., Server]

APPLICATION = """\
import json, logging, os, signal, sys, time

class Ending(logging.Handler):
    def emit(self, record):
        os.kill(os.getpid(), signal.SIGTERM)

def make(global_conf, **local):
    def app(environ, start_response):
        start_response("200 OK", [])
        shown = {name: value for name, value in environ.items() if isinstance(value, str)}
        return [json.dumps({"environ": shown, "global": global_conf, "local": local, "pid": os.getpid()}).encode()]
    return app

def logging_app(global_conf):
    def app(environ, start_response):
        logging.getLogger("waitress").info("in the application")
        start_response("200 OK", [])
        return [b"logged"]
    return app

def waiting(global_conf, until):
    def app(environ, start_response):
        sys.stderr.write("it waits\\n")
        while not os.path.exists(until):
            time.sleep(0.01)
        start_response("200 OK", [])
        return [b"waited"]
    return app

def failing(global_conf):
    raise RuntimeError("as asked for")

def number(global_conf):
    return 42

def filtered(app, global_conf, mark):
    def filter(environ, start_response):
        environ["marks"] = environ.get("marks", "") + mark
        return app(environ, start_response)
    return filter

def composite(loader, global_conf, **paths):
    apps = {path: loader.get_app(name, global_conf) for path, name in paths.items()}
    def choose(environ, start_response):
        return apps[environ["PATH_INFO"]](environ, start_response)
    return choose

def pyramid(global_conf, **settings):
    from pyramid.config import Configurator
    from pyramid.response import Response
    config = Configurator(settings=settings)
    config.add_route("hello", "/hello/{name}")
    config.add_view(lambda request: Response("hello " + request.matchdict["name"]), route_name="hello")
    return config.make_wsgi_app()
"""

SERVER = """
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = 0
"""

VISIBLE = """
[logger_waitress]
level = INFO
"""

MAIN = """
[app:main]
use = call:applications:make
"""

#: As projects of Pyramid begin with it.
LOGGING = """
[loggers]
keys = root, waitress, wsgi
[handlers]
keys = console, access
[formatters]
keys = generic, plain
[logger_root]
level = WARN
handlers = console
[logger_waitress]
level = INFO
handlers =
qualname = waitress
[logger_wsgi]
level = INFO
handlers = access
qualname = wsgi
propagate = 0
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[handler_access]
class = FileHandler
args = ('%(here)s/access.log', 'a')
formatter = plain
[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s:%(lineno)s][%(threadName)s] %(message)s
[formatter_plain]
format = %(message)s
"""

EXAMPLE = """
[app:myapp]
use = egg:mypackage#myapp
[filter:paste_prefix]
use = egg:PasteDeploy#prefix
[pipeline:main]
pipeline =
    paste_prefix
    myapp
"""


#: So that a test can wait for what is printed on standard output too.
ALL_ON_STDERR = ("sh", "-c", 'exec "$@" 1>&2', "sh")


@pytest.fixture
def folder(tmp_path: Path, jar: Path) -> Path:
    """Make a folder with the applications, and with a distribution that has one as its entry point."""
    assert jar.exists()
    (tmp_path / "applications.py").write_text(APPLICATION)
    metadata = tmp_path / "mypackage-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: mypackage\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[paste.app_factory]\nmyapp = applications:make\n")
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run an ini file's text: by the command of the checkout, unless another runner is named."""
    servers = []

    def run_one(text: str, *arguments: str, name: str = "", runner: tuple[str, ...] = ()) -> Server:
        path = folder / "production.ini"
        path.write_text(text)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *runner[1:]]))
        if runner[:1] == ("pserve",):
            command = [str(Path(sys.executable).with_name("pserve")), str(path), *arguments]
        elif runner:
            command = [*ALL_ON_STDERR, sys.executable, "-m", "waitress", f"--paste={path}{name}", *arguments]
        else:
            command = [*ALL_ON_STDERR, COMMAND, f"--python={sys.executable}", f"--paste={path}{name}", *arguments]
        server = Started(command)
        servers.append(server)
        return server

    yield run_one
    for server in servers:
        server.kill()


@pytest.fixture
def package(installed: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """``python -m waitress`` of the installed package."""
    monkeypatch.delenv("WAITRESS_JAR", raising=False)
    return "waitress", str(installed)


@pytest.fixture
def pserve(installed: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Pyramid's command, which finds the installed package by its entry point."""
    monkeypatch.delenv("WAITRESS_JAR", raising=False)
    return "pserve", str(installed)


class Started(Server):
    """One run of a command."""

    def __init__(self, command: list[str]) -> None:
        """Start it."""
        super().__init__(*command)

    def command(self, application: str, *options: str) -> list[str]:
        """Any command."""
        return [application, *options]

    def failure(self) -> list[str]:
        """All that it says before it ends by itself with status 1."""
        assert self.process.wait(30) == 1
        self._reader.join()
        return [line for line in self.lines if not line.startswith("Building ")]


def fetch(server: Server, path: str = "", **headers: str) -> dict[str, dict[str, str]]:
    return requests.get(server.url + path, headers=headers, timeout=10).json()  # type: ignore[no-any-return]


def check_example(server: Server) -> None:
    environ = fetch(server, "x")["environ"]
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/x")
    server.stop()
    assert server.lines == [
        f"Starting server in PID {server.process.pid}.\n",
        f"INFO:waitress:Serving on http://127.0.0.1:{server.port}\n",
    ]


def test_the_example_of_the_documentation(run: Run) -> None:
    """A pipeline of PrefixMiddleware and an application; a lone logger section shows where it listens."""
    check_example(run(EXAMPLE + SERVER + VISIBLE))


def test_the_python_package_does_the_same(run: Run, package: tuple[str, str]) -> None:
    check_example(run(EXAMPLE + SERVER + VISIBLE, runner=package))


def test_the_example_without_its_indentation_is_refused(run: Run) -> None:
    lines = run((EXAMPLE + SERVER + VISIBLE).replace("    ", "")).failure()
    assert lines[0].startswith("Error: Source contains parsing errors: ")


def test_without_logging_sections_nothing_is_printed(run: Run, tmp_path: Path) -> None:
    server = run(MAIN + f"[server:main]\nuse = egg:waitress\nunix_socket = {tmp_path / 's'}\nunix_socket_perms = 660\n")
    server.wait_for("Starting server in PID")
    with Connection(tmp_path / "s") as connection:
        connection.ask("GET", "/", "Connection: close")
        assert connection.head().status == 200
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o660
    server.stop()
    assert server.lines == [f"Starting server in PID {server.process.pid}.\n"]


def test_settings_are_text(run: Run) -> None:
    """Of the server's section; the global configuration has no part in it."""
    server = run(
        "[DEFAULT]\nthreads = none of our business\n"
        + MAIN
        + """
[server:main]
use = egg:waitress#main
listen =
    127.0.0.1:0
    [::1]:0
url_scheme = https
url_prefix = foo/
clear_untrusted_proxy_headers = no
ident =
ipv6 = yes
"""
        + VISIBLE
    )
    environ = fetch(server, "foo/x")["environ"]
    assert (environ["wsgi.url_scheme"], environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("https", "/foo", "/x")
    server.wait_for(r"Serving on http://\[::1\]:")


def test_variables_reach_the_factories(run: Run) -> None:
    server = run(MAIN + "speed = %(mode)s\n" + SERVER + VISIBLE, "mode=fast")
    shown = fetch(server)
    assert shown["local"] == {"speed": "fast"}
    assert shown["global"]["mode"] == "fast"


def test_another_application_may_be_named(run: Run) -> None:
    server = run(
        "[composite:both]\nuse = call:applications:composite\n/a = one\n/b = other\n"
        "[app:one]\nuse = call:applications:make\nname = 1\n"
        "[app:other]\nuse = one\nname = 2\nfilter-with = marked\n"
        "[filter:marked]\npaste.filter_app_factory = applications:filtered\nmark = m\n" + SERVER + VISIBLE,
        name="#both",
    )
    assert fetch(server, "a")["local"] == {"name": "1"}
    other = fetch(server, "b")
    assert (other["local"], other["environ"]["marks"]) == ({"name": "2"}, "m")


def test_a_wrong_setting_is_named(run: Run) -> None:
    assert run(MAIN + SERVER + "nope = 1\n").failure() == ["Error: Unknown adjustment 'nope'\n"]


def test_a_wrong_value_is_shown_with_its_section(run: Run) -> None:
    assert run(MAIN + SERVER + "threads = many\n").failure()[0].startswith("Error: [server:main] threads: must be ")


def test_unknown_keys_of_a_lone_logger_are_named(run: Run) -> None:
    lines = run(MAIN + SERVER + VISIBLE + "levle = INFO\n").failure()
    assert lines == ["Error: [logger_waitress] has unknown keys: levle\n"]


def test_logging_sections_rule(run: Run, folder: Path) -> None:
    """Over the records of the front too; the access log is a middleware with a logger of its own."""
    server = run(
        """
[pipeline:main]
pipeline = translogger logs
[app:logs]
use = call:applications:logging_app
[filter:translogger]
use = egg:Paste#translogger
setup_console_handler = False
"""
        + SERVER
        + LOGGING
    )
    line = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO  \[waitress:\d+\]"
    serving = server.wait_for(line + r"\[waitress-log\] Serving on http://127.0.0.1:\d+$")
    assert serving
    requests.get(server.url + "x?q=1", headers={"Referer": "there", "User-Agent": "me"}, timeout=10)
    server.wait_for(line + r"\[waitress-\d+\] in the application$")
    server.stop()
    assert "wsgi" not in server.log
    assert re.fullmatch(
        r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /x\?q=1 HTTP/1\.1" 200 - "there" "me"\n',
        (folder / "access.log").read_text(),
    )


def test_another_worker_logs_what_became_of_one(run: Run) -> None:
    server = run(MAIN + SERVER + "workers = 2\n" + LOGGING)
    pid = int(fetch(server)["pid"])  # type: ignore[call-overload]
    os.kill(pid, signal.SIGKILL)
    server.wait_for(rf"^\d{{4}}.* ERROR \[waitress:0\]\[waitress-log\] worker {pid} was killed by signal 9")
    server.wait_for(r"^\d{4}.* INFO  \[waitress:0\]\[waitress-log\] worker \d+ started")
    server.stop()


@pytest.mark.parametrize("is_shown", [False, True])
def test_the_queue_has_the_level_of_waitress_unless_it_has_its_own(run: Run, folder: Path, is_shown: bool) -> None:  # noqa: FBT001 -- the case
    own = "[logger_queue]\nqualname = waitress.queue\nlevel = WARNING\n" if is_shown else ""
    until = folder / "go"
    server = run(
        f"[app:main]\nuse = call:applications:waiting\nuntil = {until}\n[server:main]\nuse = egg:waitress\n"
        f"unix_socket = {folder / 's'}\nthreads = 1\n[logger_waitress]\nlevel = ERROR\n" + own
    )
    server.wait_for("Starting server in PID")
    connections = [Connection(folder / "s") for _ in range(20)]  # a worker with one thread holds no more than 17
    for connection in connections:
        connection.ask("GET", "/", "Connection: close")
    server.wait_for("it waits")
    if is_shown:
        server.wait_for(r"WARNING:waitress.queue:Task queue depth is \d+")
    until.touch()
    for connection in connections:
        with connection:
            assert connection.head().status == 200
    server.stop()
    assert ("Task queue depth" in server.log) == is_shown


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("level = INFO", "level = info", "Unknown level: 'info'"),
        ("[logger_wsgi]", "[ignored]", "[loggers] lists 'wsgi', and there is no [logger_wsgi]"),
        ("qualname = wsgi", "", "[logger_wsgi] has no 'qualname'"),
        ("handlers = access", "", "[logger_wsgi] has no 'handlers'"),
        ("handlers = access", "handlers = nope", "[logger_wsgi] uses 'nope', which [handlers] does not list"),
        ("class = FileHandler", "", "[handler_access] has no 'class'"),
        ("formatter = plain", "formatter = nope", "[handler_access] uses 'nope', which [formatters] does not list"),
        ("[formatters]\nkeys = generic, plain", "", "[formatters] has no 'keys'"),
        ("keys = root, waitress", "keys = waitress", "[loggers] must list 'root'"),
    ],
)
def test_wrong_logging_sections_are_named(run: Run, before: str, after: str, message: str) -> None:
    assert before in LOGGING
    assert run(MAIN + SERVER + LOGGING.replace(before, after)).failure() == [f"Error: {message}\n"]


def test_what_is_not_listed_does_not_count(run: Run) -> None:
    server = run(MAIN + SERVER + LOGGING + "[handler_unused]\nclass = Nothing\n[logger_unused]\nlevel = none\n")
    fetch(server)
    server.stop()


def test_options_and_variables_of_the_environment_come_before_the_file(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PORT is but a default of the platform's."""
    monkeypatch.setenv("WAITRESS_SERVER_NAME", "from.the.environment")
    monkeypatch.setenv("PORT", "1")
    text = MAIN + SERVER + "server_name = from.the.file\nurl_scheme = https\nident = file\n" + VISIBLE
    server = run(text, "--ident=option")
    answer = requests.get(server.url, headers={"Host": "x"}, timeout=10)
    environ = answer.json()["environ"]
    assert (environ["SERVER_NAME"], environ["wsgi.url_scheme"]) == ("from.the.environment", "https")
    assert answer.headers["Server"] == "option"


def test_a_key_that_is_dropped_is_told_of(folder: Path) -> None:
    """PasteDeploy's rule surprises: a default takes the key away from the section."""
    path = folder / "production.ini"
    path.write_text("[DEFAULT]\nthreads = 2\n" + MAIN + SERVER + "threads = 3\n")
    assert check(path).stderr == (
        f"WARNING:waitress:[server:main] in {path}: threads has no effect, because it is in [DEFAULT]"
        " or among the variables given too\n"
    )


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """Let the command load everything and listen nowhere."""
    command = [COMMAND, f"--python={sys.executable}", f"--paste={path}", "--check"]
    environment = {**os.environ, "PYTHONPATH": str(path.parent)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=True)


def test_another_server_may_be_named(run: Run) -> None:
    text = MAIN + "[server:main]\nuse = egg:gunicorn\n" + SERVER.replace("main]", "other]") + "threads = 2\n" + VISIBLE
    server = run(text, "--server-name=other")
    fetch(server)
    server.stop()
    assert run(text).failure() == [f"Error: [server:main] in {production_ini(server)} is not egg:waitress#main\n"]


def production_ini(server: Server) -> str:
    """Name the file that a server was started with."""
    args = server.process.args
    assert isinstance(args, list)
    return next(str(each).partition("=")[2] for each in args if str(each).startswith("--paste="))


def test_a_python_without_paste_deploy_is_told_so_in_one_line(run: Run, folder: Path) -> None:
    python = folder / "bare-python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    assert run(MAIN + SERVER, f"--python={python}").failure() == [
        f"Error: ini files need PasteDeploy, which {sys.executable} does not have: pip install PasteDeploy\n"
    ]


@pytest.mark.parametrize(
    ("application", "message"),
    [
        ("call:nomod:app", "No module named 'nomod'"),
        ("call:applications:nope", "module 'applications' has no attribute 'nope'"),
        ("call:applications:number", "WSGI application 'main' is not callable: 42"),
        ("egg:nopackage", "No package metadata was found for nopackage"),
    ],
)
def test_what_cannot_be_loaded_is_one_line(run: Run, application: str, message: str) -> None:
    assert run(f"[app:main]\nuse = {application}\n" + SERVER).failure() == [f"Error: {message}\n"]


def test_a_factory_that_fails_shows_its_traceback_and_no_other(run: Run, folder: Path) -> None:
    lines = run("[app:main]\nuse = call:applications:failing\n" + SERVER).failure()
    assert lines[:2] == [
        "Traceback (most recent call last):\n",
        f'  File "{folder / "applications.py"}", line {line_of("as asked for")}, in failing\n',
    ]
    assert lines[-1] == "RuntimeError: as asked for\n"


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(APPLICATION.splitlines(), 1) if text in line)


def test_only_variables_may_stand_beside_it(run: Run) -> None:
    assert run(MAIN + SERVER, "applications:make").failure()[0] == (
        "Error: applications:make: with --paste only name=value may be given\n"
    )


def test_check_loads_the_application(folder: Path) -> None:
    path = folder / "production.ini"
    path.write_text(MAIN + SERVER)
    result = check(path)
    assert (result.stdout, result.stderr) == (f"OK: {path}#main can be served\n", "")


def test_is_ready_for_a_signal_when_it_says_that_it_listens(run: Run, pserve: tuple[str, str]) -> None:
    """SIGTERM comes in the moment of the first line that tells it."""
    server = run(
        MAIN
        + SERVER
        + """
[loggers]
keys = root, waitress
[handlers]
keys = ending
[formatters]
keys =
[logger_root]
handlers =
[logger_waitress]
level = INFO
qualname = waitress
handlers = ending
[handler_ending]
class = applications.Ending
args = ()
""",
        runner=pserve,
    )
    server.check_ended()
    assert not [line for line in server.lines if not line.startswith("Starting server in PID")]


def test_prefix_middleware_takes_the_scheme_of_a_proxy(run: Run) -> None:
    """Which by default does not get through: nobody has said that the proxy is to be trusted."""
    text = (
        "[app:inner]\nuse = call:applications:make\n[filter:prefix]\nuse = egg:PasteDeploy#prefix\nprefix = /p\n"
        "[pipeline:main]\npipeline = prefix inner\n" + SERVER
    )
    server = run(text + VISIBLE)
    environ = fetch(server, "p/x", **{"X-Forwarded-Proto": "https"})["environ"]
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/p", "/x")
    open_one = run(text + "clear_untrusted_proxy_headers = no\n" + VISIBLE)
    assert fetch(open_one, "p/x", **{"X-Forwarded-Proto": "https"})["environ"]["wsgi.url_scheme"] == "https"


def test_pserve_runs_a_pyramid_application(run: Run, pserve: tuple[str, str]) -> None:
    server = run(
        "[app:main]\nuse = call:applications:pyramid\n"
        + SERVER
        + """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = INFO
handlers = console
[handler_console]
class = StreamHandler
""",
        runner=pserve,
    )
    assert requests.get(server.url + "hello/ada", timeout=10).text == "hello ada"
    server.stop()


@pytest.mark.parametrize(("section", "level"), [("", "ERROR"), ("[logger_waitress]\nlevel = INFO\n", "INFO")])
def test_a_level_set_in_code_stays_unless_the_file_names_its_logger(tmp_path: Path, section: str, level: str) -> None:
    path = tmp_path / "production.ini"
    path.write_text(section)
    program = (
        "import logging, sys; from waitress_worker.ini import set_up_logging;"
        "logger = logging.getLogger('waitress'); logger.setLevel('ERROR'); set_up_logging(sys.argv[1], {});"
        "print(logging.getLevelName(logger.level))"
    )
    environment = {**os.environ, **ENVIRONMENT}
    command = [sys.executable, "-c", program, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert result.stdout.strip() == level


@contextlib.contextmanager
def running(folder: Path, text: str) -> Iterator[Script]:
    """Run a program of the package's, until the test is over."""
    path = folder / "script.py"
    path.write_text(PREAMBLE + text)
    script = Script(path)
    try:
        yield script
    finally:
        script.kill()


@pytest.mark.usefixtures("jar")
def test_the_server_runner_returns_0(tmp_path: Path) -> None:
    """The global configuration has no part in it; settings are text."""
    text = (
        "from waitress import serve_paste\n"
        "status = serve_paste(app, {'threads': 'none of its business'}, host='127.0.0.1', port='0')\n"
        "print('returned', status, file=sys.stderr)\n"
    )
    with running(tmp_path, text) as script:
        assert requests.get(script.url, timeout=10).ok
        script.stop()
        script.wait_for("returned 0$")


@pytest.mark.usefixtures("jar")
def test_prefix_middleware_serves_in_code(tmp_path: Path) -> None:
    text = (
        "from paste.deploy.config import PrefixMiddleware\n"
        "def show(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [' '.join((environ['SCRIPT_NAME'], environ['PATH_INFO'])).encode()]\n"
        "serve(PrefixMiddleware(show, prefix='/p/'), host='127.0.0.1', port=0)\n"
    )
    with running(tmp_path, text) as script:
        assert requests.get(script.url + "p/x", timeout=10).text == "/p /x"
        script.stop()
