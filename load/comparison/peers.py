"""The virtual environment that holds the peers, each at its pinned version."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from comparison.errors import UsageError
from comparison.paths import ROOT, VENV
from comparison.server import PYTHON, Server
from comparison.servers import APPLICATION_PINS, CHART_PINS

_INSTALL_LIMIT_SECONDS = 600
_VERSION = "import platform; print(platform.python_version())"
_INSTALLED = """
import importlib.metadata as metadata, json
print(json.dumps({d.metadata["Name"]: d.version for d in metadata.distributions()}))
"""


class Environment:
    """The packages in ``target/load-venv``; made on the first use, then only completed."""

    def __init__(self, interpreter: str) -> None:
        """Make the environment with ``interpreter`` unless one of the same version is there."""
        wanted = _output([interpreter, "-c", _VERSION])
        if not PYTHON.exists() or _output([str(PYTHON), "-c", _VERSION]) != wanted:
            _say(f"creating {VENV.relative_to(ROOT)} with Python {wanted}")
            subprocess.run([interpreter, "-m", "venv", "--clear", str(VENV)], check=True)
        self._versions = self._installed()

    @property
    def python_version(self) -> str:
        """Return the version of the Python that runs the applications."""
        return _output([str(PYTHON), "-c", _VERSION])

    def version(self, distribution: str) -> str | None:
        """Return the installed version of a package, or None."""
        return self._versions.get(normalised(distribution))

    def install_applications(self) -> None:
        """Install what the workloads import; without it there is nothing to measure."""
        problem = self._install(APPLICATION_PINS)
        if problem:
            msg = f"cannot install {' '.join(APPLICATION_PINS)}: {problem}"
            raise UsageError(msg)

    def install_charts(self) -> None:
        """Install what draws them."""
        problem = self._install(CHART_PINS)
        if problem:
            msg = f"cannot install {' '.join(CHART_PINS)}: {problem}"
            raise UsageError(msg)

    def obstacle(self, server: Server) -> str | None:
        """Install ``server`` if need be; return why it cannot take part, or None.

        One peer at a time: a package that does not build here must not take the others with it.
        """
        missing = server.obtain()
        if missing:
            return missing
        problem = self._install(server.pins)
        return problem and f"{problem} ({server.hint})" if server.hint else problem

    def _install(self, pins: tuple[str, ...]) -> str | None:
        missing = [pin for pin in pins if self.version(pin.split("==")[0]) != pin.split("==")[1]]
        if not missing:
            return None
        _say(f"installing {' '.join(missing)}")
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *missing]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_INSTALL_LIMIT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"pip took longer than {_INSTALL_LIMIT_SECONDS} s"
        self._versions = self._installed()
        return None if done.returncode == 0 else reason(done.stderr)

    def _installed(self) -> dict[str, str]:
        found = json.loads(_output([str(PYTHON), "-c", _INSTALLED]))
        return {normalised(name): version for name, version in found.items()}


def normalised(distribution: str) -> str:
    """Return the one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def reason(pip_errors: str) -> str:
    """Pick the line of pip's (or a compiler's) output that says what was missing."""
    lines = [line.strip() for line in pip_errors.splitlines() if line.strip()]
    for mark in ("fatal error:", "No matching distribution", "error:", "ERROR:"):
        for line in lines:
            if mark in line:
                return line
    return lines[-1] if lines else "pip failed without a word"


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
