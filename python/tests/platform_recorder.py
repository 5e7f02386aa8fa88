"""Writes down what came of each test that the tables of ``docs/platforms.md`` count; a plugin, with ``--record``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from interpreters import Interpreter, name_of
from performers import Kind
from platform_table import OF_WINDOWS, RECORDS
from serving import WORKERS
from wine import JAVA

if TYPE_CHECKING:
    from collections.abc import Generator

#: Of these the run inside them counts.
NOT_COUNTED = ("test_the_suites_of_workers_pass",)


class Recorder:
    """One run of the tests, on one system and one Java."""

    def __init__(self, system: str, *, on_windows: bool) -> None:
        self.system = system
        self.on_windows = on_windows
        self.java = java_version(JAVA.parents[1] if on_windows else home())
        #: Of the test that runs: what came of it so far, and why.
        self._outcome = "passed", ""
        RECORDS.parent.mkdir(exist_ok=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the worst that has happened to a test: what goes before it and what follows it count too."""
        report = yield
        if report.when == "setup":
            self._outcome = "passed", ""
        if report.failed:
            self._outcome = "failed", ""
        elif report.skipped and self._outcome[0] != "failed":
            self._outcome = "skipped", _reason(report)
        about = self._about(item)
        if about and report.when == "teardown":
            self._write(about, item)
        return report

    def _about(self, item: pytest.Item) -> tuple[str, str] | None:
        """Which Python a test is about, and which column."""
        function = item.name.partition("[")[0]
        if function in NOT_COUNTED:
            return None
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        column = "package" if "TestServe" in item.nodeid or function.startswith("test_the_package") else "command"
        if "interpreter" in parameters:
            return parameters["interpreter"], column
        ours = OF_WINDOWS if self.on_windows else name_of(WORKERS.python)
        if any(isinstance(value, Kind) and value.language == "python" for value in parameters.values()):
            return ours, "suites"
        return (ours, column) if self.on_windows else None

    def _write(self, about: tuple[str, str], item: pytest.Item) -> None:
        python, column = about
        outcome, reason = self._outcome
        record = {
            "system": self.system,
            "python": python,
            "java": self.java.partition(".")[0],
            "column": column,
            "test": item.nodeid,
            "outcome": outcome,
            "reason": reason,
        }
        interpreter = getattr(item, "funcargs", {}).get("interpreter")
        if isinstance(interpreter, Interpreter):
            record["version"] = interpreter.version
            record["abilities"] = interpreter[3:]
        with RECORDS.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(record) + "\n")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(getattr(report, "wasxfail", ""))
    return text.removeprefix("Skipped: ")


def home() -> Path:
    """Where the Java is that servers run on."""
    named = os.environ.get("JAVA_HOME")
    return Path(named) if named else Path(shutil.which("java") or "java").resolve().parents[1]


def java_version(folder: Path) -> str:
    """Of the Java there; it has it in a file, if not in what it says itself."""
    release = folder / "release"
    if release.exists():
        return release.read_text(encoding="utf-8").partition('JAVA_VERSION="')[2].partition('"')[0]
    command = [str(folder / "bin" / "java"), "-version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return said.partition('version "')[2].partition('"')[0]
