"""Programs that serve by the Python package, as processes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from serving import ROOT, Server

if TYPE_CHECKING:
    from pathlib import Path

#: With these a program finds the package and the jar of this checkout.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT / "python" / "src"),
    "WAITRESS_JAR": str(ROOT / "cli" / "target" / "waitress-serve.jar"),
}

#: An application that says which process answers, and logging that shows where the server listens.
PREAMBLE = """\
import logging, os, signal, sys, threading, time
logging.basicConfig(level=logging.INFO)

from waitress import create_server, serve

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

"""


class Script(Server):
    """One run of a Python program."""

    #: What becomes of warnings in it.
    warnings = "error"

    def __init__(self, path: Path, *arguments: str, python: str = sys.executable, **environment: str) -> None:
        """Start it; asking for its address waits until it is ready."""
        self.python = python
        path_first = os.pathsep.join(filter(None, [environment.pop("PYTHONPATH", ""), ENVIRONMENT["PYTHONPATH"]]))
        super().__init__(str(path), *arguments, environment={**ENVIRONMENT, **environment, "PYTHONPATH": path_first})

    def command(self, application: str, *options: str) -> list[str]:
        """Build the command line."""
        return [self.python, "-W", self.warnings, application, *options]


class Program(Server):
    """One run of any command, in a folder of its own."""

    def __init__(self, folder: Path, *command: str, **environment: str) -> None:
        """Start it; asking for its address waits until it is ready."""
        super().__init__(*command, environment={**ENVIRONMENT, **environment}, folder=folder)

    def command(self, application: str, *options: str) -> list[str]:
        """The command as it is."""
        return [application, *options]
