"""Servers and visitors for the end-to-end tests."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from boards import BOARDS, Visitor
from over import FILES, begin
from performers import KINDS, Kind, Performer, performing
from platform_recorder import Recorder
from serving import COMMAND, OVER_TCP, ROOT, SHORTCUTS, WORKERS, Server
from wine import COMPANIONS, ELSEWHERE, LEAVING_SECONDS, PYTHON, named

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

SHOWN_LINES = 80


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("workers")
    group.addoption("--worker-python", metavar="PYTHON", help="only the performer in Python, in this one")
    parser.getgroup("clients").addoption("--over", choices=list(FILES), help="tests of HTTP, by encrypted connections")
    group.addoption("--worker-transport", choices=["tcp"], help="only the performer in Python, reached over this")
    group.addoption("--windows", action="store_true", help="by Windows' Java and Python; python/windows.py starts that")
    group.addoption("--worker-platform", choices=["macos"], help="the same, without what this system lacks")
    group.addoption("--shortcuts", choices=list(SHORTCUTS), help="servers that take no short ways, or each at once")
    group.addoption("--loops", metavar="COUNT", help="servers with so many event loops, unless a test says how many")
    group.addoption("--record", metavar="SYSTEM", help="count for docs/platforms.md what came of it on this system")
    soak = parser.getgroup("soak")
    soak.addoption("--soak-seconds", type=float, default=600, metavar="SECONDS", help="how long the soak lasts")
    soak.addoption(
        "--soak-seed",
        type=int,
        default=random.randrange(10**6),
        metavar="NUMBER",
        help="which faults come, and what is asked; printed",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--windows"):
        WORKERS.python = named(PYTHON)
        WORKERS.named = named
        WORKERS.more = COMPANIONS
        WORKERS.leaving = LEAVING_SECONDS
    WORKERS.python = config.getoption("--worker-python") or WORKERS.python
    if config.getoption("--worker-transport"):
        WORKERS.environment = OVER_TCP
    if platform := config.getoption("--worker-platform"):
        WORKERS.environment = {"WAITRESS_JAVA_OPTS": f"-Dwaitress.platform={platform}"}
    if system := config.getoption("--record"):
        config.pluginmanager.register(Recorder(system, on_windows=config.getoption("--windows")))
    if config.getoption("--over"):
        if shutil.which("openssl") is None:
            pytest.exit("there is no command openssl, which makes the certificates", returncode=0)
        folder = tempfile.TemporaryDirectory(prefix="over-")
        config.add_cleanup(folder.cleanup)
        WORKERS.environment = begin(config.getoption("--over"), Path(folder.name))
    if shortcuts := config.getoption("--shortcuts"):
        WORKERS.environment = {**WORKERS.environment, **SHORTCUTS[shortcuts]}
    if config.getoption("--loops"):
        WORKERS.environment = {**WORKERS.environment, "WAITRESS_LOOPS": config.getoption("--loops")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give long tests the time that they take; with one of the options, leave out what has nothing to do with workers."""
    for item in items:
        if item.get_closest_marker("soak") or item.get_closest_marker("matrix"):
            item.add_marker(pytest.mark.timeout(0))
    if any(config.getoption(f"--worker-{name}") for name in ("python", "transport", "platform")):
        items[:] = [item for item in items if performs_in_python(item)]
    if config.getoption("--windows"):
        # Wine 8 has no Unix sockets; for Java applications no Python of Windows runs.
        items[:] = [
            item for item in items if kind_of(item) in (None, Kind("python", "tcp")) and "java" not in item.name
        ]
        for item in items:
            if reason := ELSEWHERE.get(item.name.partition("[")[0]):
                item.add_marker(pytest.mark.skip(reason=reason))
    if over := config.getoption("--over"):
        items[:] = [item for item in items if item.path.stem in FILES[over] and not is_on_unix_socket(item)]


def performs_in_python(item: pytest.Item) -> bool:
    """Whether a test is about the application that does what it is told, and about the one in Python."""
    kind = kind_of(item)
    return kind is not None and kind.language == "python"


def is_on_unix_socket(item: pytest.Item) -> bool:
    """Whether a test is about the application that does what it is told, and reaches it without TCP."""
    kind = kind_of(item)
    return kind is not None and kind.transport == "unix"


def kind_of(item: pytest.Item) -> Kind | None:
    """Which of the applications that do what they are told a test is about, if it is about one."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else []
    return next((parameter for parameter in parameters if isinstance(parameter, Kind)), None)


class Start(Protocol):
    """Starts servers that the test stops, or else the fixture."""

    def __call__(self, application: str, *options: str, **environment: str) -> Server:
        """Start one and wait until it serves; variables replace those of the fixture."""


@contextlib.contextmanager
def serving(folder: Path, application: str, *options: str, **variables: str) -> Iterator[Server]:
    """Run a server whose workers share this folder; what it does at its end is checked."""
    environment = {"BOARD_FOLDER": str(folder), "BOARD_SECRET": secrets.token_hex(), **variables}
    server = Server(application, *options, environment=environment)
    try:
        server.wait_until_ready()
        yield server
    except BaseException:
        server.kill()
        raise
    if not server.checked:
        server.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers for this test alone."""
    with contextlib.ExitStack() as servers:

        def start_one(application: str, *options: str, **environment: str) -> Server:
            return servers.enter_context(serving(tmp_path, application, *options, **environment))

        yield start_one


@pytest.fixture(params=list(BOARDS.values()), ids=list(BOARDS))
def application(request: pytest.FixtureRequest) -> str:
    """Name each board in turn, for a test that starts the server itself."""
    return str(request.param)


@pytest.fixture(scope="module", params=list(BOARDS.values()), ids=list(BOARDS))
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run each board in turn, for all tests of a module."""
    with serving(tmp_path_factory.mktemp("board"), request.param) as server:
        yield server


@pytest.fixture
def visitor(board: Server) -> Iterator[Visitor]:
    """Come as somebody whom the board does not know."""
    with Visitor(board.url) as somebody:
        yield somebody


@pytest.fixture
def member(visitor: Visitor) -> Visitor:
    """Come as somebody who has logged in."""
    assert visitor.log_in().ok
    return visitor


@pytest.fixture(scope="session", params=KINDS, ids=str)
def performer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Performer]:
    """Run each performer in turn, for all tests of a run."""
    kind: Kind = request.param
    with performing(kind, tmp_path_factory.mktemp("performer")) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the server's log with a failure."""
    report = yield
    fixtures = getattr(item, "funcargs", {}).values()
    servers = [getattr(value, "server", value) for value in fixtures if isinstance(value, Server | Performer)]
    if report.failed and call.when == "call":
        for server in servers:
            report.sections.append(("server log", "".join(server.lines[-SHOWN_LINES:])))
    return report


@pytest.fixture(scope="session")
def jar() -> Path:
    """Build the server, if its sources have changed, and let programs of this process find it."""
    subprocess.run([COMMAND, "--version"], stdout=subprocess.DEVNULL, check=True)
    built = ROOT / "cli" / "target" / "waitress-serve.jar"
    os.environ["WAITRESS_JAR"] = str(built)
    return built


@pytest.fixture(scope="session")
def installed(jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the distribution and install it into a folder of its own, with its metadata and its command."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    subprocess.run([*command, str(ROOT / "python")], check=True)
    assert jar.exists()
    return folder
