"""What an installation may suffer from: files of others, archives, odd folders, a Python that lacks modules."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
import serving
from serving import COMMAND, EVENT_SECONDS, ROOT, Server

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[..., None]

pytestmark = pytest.mark.usefixtures("jar")

SOURCES = ROOT / "python" / "src"
SERVE = "import waitress; waitress.serve(print, listen='127.0.0.1:0')"

#: Stands for Debian's python3-minimal, which lacks some modules of the standard library.
LACKS_MMAP = "import sys\nsys.modules['mmap'] = None\n"


@pytest.fixture(autouse=True)
def no_jar(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAITRESS_JAR", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "WAITRESS_SERVE"}
    return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, check=False)


def run_in(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-c", code, **environment)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Make a folder with the packages, as pip would, but with an empty jar."""
    folder = tmp_path / "site"
    for package in ("waitress", "waitress_worker"):
        shutil.copytree(SOURCES / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "waitress" / "VERSION").write_text("4.0.0.dev0\n")
    (folder / "waitress-4.0.0.dev0.dist-info").mkdir()
    return folder


@pytest.fixture
def checkout(tmp_path: Path, jar: Path) -> Path:
    """Make another checkout, which has all but the jar and its folder in common with ours."""
    folder = tmp_path / "checkout"
    target = folder / "cli" / "target"
    target.mkdir(parents=True)
    shutil.copy(jar, target)
    shutil.copy(ROOT / "waitress-serve", folder)
    for part in [*ROOT.iterdir(), *(ROOT / "cli").iterdir()]:
        place = folder / part.relative_to(ROOT)
        if not place.exists():
            place.symlink_to(part)
    return folder


class TestFilesOfAnotherDistribution:
    """pip --target, image layers and copies mix what pip itself would have replaced."""

    @staticmethod
    def said_at_import(place: Path) -> str:
        shown = python("import waitress", PYTHONPATH=str(place))
        assert shown.returncode == 0
        return shown.stderr

    def test_none_is_no_warning(self, place: Path) -> None:
        assert self.said_at_import(place) == ""
        assert self.said_at_import(SOURCES) == ""

    @pytest.mark.parametrize("left", ["waitress/parser.py", "waitress/buffers.py", "waitress-3.0.2.dist-info/RECORD"])
    def test_beside_ours_are_warned_of(self, place: Path, left: str) -> None:
        (place / left).parent.mkdir(exist_ok=True)
        (place / left).write_text("")
        said = self.said_at_import(place)
        name = left.split("/")[0 if "dist-info" in left else 1]
        assert f"RuntimeWarning: files of another distribution of waitress lie among ours ({name}): remove " in said

    def test_over_ours_are_told_of(self, place: Path) -> None:
        """Our front door, with an engine of theirs behind."""
        (place / "waitress" / "server.py").write_text("def create_server(): pass\n")
        shown = python("import waitress", PYTHONPATH=str(place))
        last = shown.stderr.splitlines()[-1]
        assert last.startswith(
            "ImportError: files of another distribution of waitress lie among ours (cannot import name"
        )


class TestPlaces:
    """Where Java cannot read the jar."""

    def test_in_an_archive_are_refused_in_one_line(self, place: Path, tmp_path: Path) -> None:
        archive = tmp_path / "all.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for path in place.rglob("*.py"):
                file.write(path, path.relative_to(place))
        expected = f"the package waitress lies inside {archive}, where Java cannot read its jar: install it as a folder"
        shown = python(SERVE, PYTHONPATH=str(archive))
        assert expected in shown.stderr.splitlines()[-1]
        shown = run(sys.executable, "-m", "waitress", "--version", PYTHONPATH=str(archive))
        assert (shown.returncode, shown.stdout) == (1, "")
        assert [line.startswith(f"Error: {expected}") for line in shown.stderr.splitlines()] == [True]

    @pytest.mark.skipif(os.pathsep != ":", reason="no character of a path separates paths here")
    def test_with_a_colon_are_refused_in_one_line(self, place: Path, tmp_path: Path) -> None:
        odd = place.rename(tmp_path / "a:b")
        jar = odd / "waitress" / "waitress-serve.jar"
        jar.write_text("")
        code = (
            f"import sys; sys.path.insert(0, {str(odd)!r}); from waitress.runner import run; sys.exit(run(['x', '-V']))"
        )
        shown = python(code)
        expected = f"Error: {jar}: Java cannot find it in a folder with ':' in its name; install elsewhere\n"
        assert (shown.returncode, shown.stderr) == (1, expected)

    def test_a_checkout_with_a_colon_is_refused_in_one_line(self, tmp_path: Path) -> None:
        checkout = tmp_path / "a:b"
        (checkout / "cli" / "target").mkdir(parents=True)
        (checkout / "cli" / "target" / "waitress-serve.jar").write_text("")
        shutil.copy(ROOT / "waitress-serve", checkout)
        shown = run(checkout / "waitress-serve", "--version")
        assert shown.returncode == 1
        assert "Java cannot find it in a folder with a colon in its name" in shown.stderr


class TestOptionsOfJava:
    """Those of ``java.options``, whose folder may have a space in its name."""

    SHOWN = {"WAITRESS_JAVA_OPTS": "-XX:+PrintCommandLineFlags -version"}

    @staticmethod
    def assert_ours(shown: subprocess.CompletedProcess[str]) -> None:
        assert shown.returncode == 0, shown.stderr
        assert f"-XX:MaxHeapSize={64 << 20} " in shown.stdout
        assert "-XX:+UseSerialGC" in shown.stdout
        assert "-XX:-UsePerfData" in shown.stdout

    def test_are_those_of_the_package(self, place: Path, jar: Path) -> None:
        odd = place.rename(place.parent / "a place")
        environment = {"PYTHONPATH": str(odd), "WAITRESS_JAR": str(jar)}
        self.assert_ours(run(sys.executable, "-m", "waitress", **environment, **self.SHOWN))

    def test_are_those_of_the_package_in_an_archive(self, place: Path, tmp_path: Path, jar: Path) -> None:
        archive = shutil.make_archive(str(tmp_path / "all"), "zip", place)
        environment = {"PYTHONPATH": archive, "WAITRESS_JAR": str(jar)}
        self.assert_ours(run(sys.executable, "-m", "waitress", **environment, **self.SHOWN))

    def test_are_those_of_a_checkout(self, checkout: Path) -> None:
        odd = checkout.rename(checkout.parent / "a checkout")
        self.assert_ours(run(odd / "waitress-serve", **self.SHOWN))


class TestClassesInMemory:
    """The archive of classes that a checkout makes for its JVM, and does without where it does not fit."""

    @staticmethod
    def source(checkout: Path) -> str:
        """Where the JVM has the first of our classes from."""
        shown = run(checkout / "waitress-serve", "--version", WAITRESS_JAVA_OPTS="-Xlog:class+load")
        assert shown.returncode == 0, shown.stderr
        found = re.search(r" dev\.waitress\.cli\.Main source: (.*)", shown.stdout)
        assert found
        return found[1]

    def test_are_made_at_the_first_start_and_used(self, checkout: Path) -> None:
        assert self.source(checkout) == "shared objects file (top)"
        (archive,) = (checkout / "cli" / "target").glob("*.jsa")
        made = archive.stat().st_mtime_ns
        assert self.source(checkout) == "shared objects file (top)"
        assert archive.stat().st_mtime_ns == made

    def test_are_those_of_requests_too(self, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not only those of a start."""
        self.source(checkout)
        monkeypatch.setattr(serving, "COMMAND", str(checkout / "waitress-serve"))
        server = Server("examples.hello:app", environment={"WAITRESS_JAVA_OPTS": "-Xlog:class+load:stderr"})
        try:
            assert requests.get(server.url, timeout=EVENT_SECONDS).status_code == requests.codes.ok
            server.wait_for(r" dev\.waitress\.http1\.Http1Parser source: shared objects file \(top\)$")
        finally:
            server.stop()

    def test_come_with_the_modules_of_workers(self, checkout: Path, tmp_path: Path) -> None:
        """Unpacked and compiled; a server whose package was removed meanwhile has its own."""
        (tmp_path / "site_app.py").write_text(
            "import sys\napp = print\nprint('from', sys.modules['waitress_worker'].__file__)\n"
        )
        command = [str(checkout / "waitress-serve"), "--check", f"--python={sys.executable}", "site_app:app"]
        where = run(*command, PYTHONPATH=str(tmp_path))
        (kept,) = (checkout / "cli" / "target" / "packages").iterdir()
        assert f"from {kept / 'waitress_worker' / '__init__.py'}\n" in where.stdout, where.stderr
        assert list((kept / "waitress_worker" / "__pycache__").glob("crew.*.pyc"))
        (kept / "waitress_worker" / "__main__.py").unlink()
        where = run(*command, PYTHONPATH=str(tmp_path))
        assert where.returncode == 0, where.stderr
        assert str(kept) not in where.stdout

    def test_are_made_again_for_another_jar(self, checkout: Path) -> None:
        self.source(checkout)
        (archive,) = (checkout / "cli" / "target").glob("*.jsa")
        later = archive.stat().st_mtime + 1
        os.utime(checkout / "cli" / "target" / "waitress-serve.jar", (later, later))
        os.utime(archive, (later - 1, later - 1))
        self.source(checkout)
        assert archive.stat().st_mtime > later - 1

    @pytest.mark.parametrize("content", [b"", b"no archive"])
    def test_that_do_not_fit_are_done_without_in_silence(self, checkout: Path, content: bytes) -> None:
        self.source(checkout)
        (archive,) = (checkout / "cli" / "target").glob("*.jsa")
        archive.unlink()
        archive.write_bytes(content)
        shown = run(checkout / "waitress-serve", "--version")
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout.startswith("waitress ")
        assert archive.read_bytes() == content


class TestAPythonThatLacksModules:
    def test_is_one_line_of_the_command(self, tmp_path: Path) -> None:
        (tmp_path / "usercustomize.py").write_text("")
        (tmp_path / "sitecustomize.py").write_text(LACKS_MMAP)
        shown = run(COMMAND, f"--python={sys.executable}", "--check", "examples.hello:app", PYTHONPATH=str(tmp_path))
        assert shown.returncode == 1
        assert shown.stderr == (
            f"Error: workers need Python's whole standard library: {sys.executable} has no module mmap"
            " (Debian: python3-minimal is not enough, install python3)\n"
        )

    def test_is_one_line_of_serve(self) -> None:
        shown = python(LACKS_MMAP + SERVE, PYTHONPATH=str(SOURCES))
        assert shown.stderr.splitlines()[-1] == (
            f"ImportError: waitress needs Python's whole standard library: {sys.executable} has no module mmap"
            " (Debian: python3-minimal is not enough, install python3)"
        )


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Call hooks of the build as pip does, with what it would install for that."""
    tools = str(tmp_path_factory.mktemp("tools"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", tools, "setuptools>=77"]
    subprocess.run(pip, check=True)

    def build_there(project: Path, folder: Path, *hooks: str) -> None:
        for hook in hooks:
            code = f"import build_backend, sys; build_backend.{hook}(sys.argv[1])"
            shown = run_in(project, sys.executable, "-c", code, str(folder), PYTHONPATH=tools)
            assert shown.returncode == 0, shown.stderr

    return build_there


@pytest.fixture(scope="module")
def built(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both, and a wheel of the unpacked source distribution where no checkout is in sight."""
    folder = tmp_path_factory.mktemp("built")
    build(ROOT / "python", folder, "build_sdist", "build_wheel")
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    build(unpacked, folder / "again", "build_wheel")
    return folder


class TestDistributions:
    """What a wheel and a source distribution bring along."""

    @staticmethod
    def files(wheel: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def test_have_licence_authors_and_more(self, built: Path) -> None:
        (wheel,) = built.glob("waitress-*-py3-none-any.whl")
        files = self.files(wheel)
        (record,) = (name for name in files if name.endswith("/METADATA"))
        metadata = files[record].decode()
        for expected in (
            "Version: 4.0.0.dev0",
            "Author: the Waitress for the JVM authors",
            "License-Expression: MIT",
            "License-File: LICENSE",
            "Classifier: Topic :: Internet :: WWW/HTTP :: WSGI :: Server",
            "Project-URL: WSGI, https://peps.python.org/pep-3333/",
        ):
            assert f"\n{expected}\n" in metadata
        assert any(name.endswith("/LICENSE") for name in files)
        assert files["waitress/VERSION"] == b"4.0.0.dev0\n"
        assert b"-XX:+UseSerialGC\n" in files["waitress/java.options"]
        assert files["waitress/waitress-serve.jar"] == (ROOT / "cli" / "target" / "waitress-serve.jar").read_bytes()

    def test_the_source_makes_the_same_wheel_without_the_checkout(self, built: Path) -> None:
        (wheel,) = built.glob("waitress-*-py3-none-any.whl")
        (again,) = (built / "again").glob("*.whl")
        assert self.files(again) == self.files(wheel)

    def test_leave_nothing_that_makes_the_command_build_again(self, built: Path) -> None:
        assert built.exists()
        shown = run(ROOT / "waitress-serve", "--version")
        assert (shown.stdout, shown.stderr) == ("waitress 4.0.0.dev0\n", "")
        left = [path.name for path in (SOURCES / "waitress").iterdir() if path.suffix not in {".py", ".typed", ""}]
        assert "waitress-serve.jar" not in left

    def test_have_a_jar_of_these_sources(self, build: Build, tmp_path: Path) -> None:
        """Not one of some day: the command of the checkout is asked, which knows when to build."""
        checkout = tmp_path / "checkout"
        python_folder = shutil.copytree(ROOT / "python", checkout / "python", ignore=shutil.ignore_patterns("tests"))
        for name in ("pom.xml", "LICENSE"):
            shutil.copy(ROOT / name, checkout)
        (checkout / "cli" / "target").mkdir(parents=True)
        (checkout / "cli" / "pom.xml").write_text("")
        (checkout / "cli" / "target" / "waitress-serve.jar").write_text("old")
        command = checkout / "waitress-serve"
        command.write_text('#!/bin/sh\nprintf new >"$(dirname "$0")/cli/target/waitress-serve.jar"\n')
        command.chmod(0o755)
        build(python_folder, tmp_path, "build_wheel")
        (wheel,) = tmp_path.glob("*.whl")
        assert self.files(wheel)["waitress/waitress-serve.jar"] == b"new"
