"""The Pythons of this machine, and what workers can do on each of them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from serving import ROOT

#: From the oldest to the newest that is supported, as ``docs/platforms.md`` has them.
#: A "t" is a Python whose threads run at the same time, without the lock that others share.
SUPPORTED = [
    "CPython 2.7",
    *(f"CPython 3.{minor}" for minor in range(6, 14)),
    "CPython 3.13t",
    "CPython 3.14",
    "CPython 3.15",
    "PyPy 3.9",
    "PyPy 3.11",
]

#: Enough for the usual run: all that is special about the others lies between these.
USUAL = ["CPython 2.7", "CPython 3.6", "CPython 3.13", "PyPy 3.9"]

#: What :class:`Interpreter` knows of each, as the page calls it.
ABILITIES = ["Unix sockets", "shared memory", "files by descriptor"]

#: Asks the worker's own code; the last line of its output counts.
_PROBE = """
import socket, sys, tempfile
sys.path.insert(0, {sources!r})
if sys.version_info < (3,):
    from waitress_worker.python2 import install
    install()
from waitress_worker.arena import Arena
from waitress_worker.files import find_place
with tempfile.TemporaryFile() as file:
    place = find_place(file, by_descriptor=True)
abilities = [hasattr(socket, "AF_UNIX"), Arena.create(None) is not None, place is not None]
print(";".join([".".join(map(str, sys.version_info[:3]))] + ["yes" if able else "no" for able in abilities]))
"""


class Interpreter(NamedTuple):
    """One that has been found, with what its workers have."""

    name: str
    path: str
    version: str
    unix_sockets: str
    shared_memory: str
    descriptors: str

    @property
    def has_package(self) -> bool:
        """Whether the package ``waitress`` runs on it, or workers alone."""
        return not self.name.endswith(" 2.7")


@functools.cache
def find(name: str) -> Interpreter | None:
    """Find an interpreter on the PATH, or among those of pyenv, whose links on the PATH may lead nowhere."""
    implementation, version = name.split()
    program = f"pypy{version}" if implementation == "PyPy" else f"python{version}"
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [str(path) for path in sorted(folder.glob(f"*/bin/{program}"))] + [shutil.which(program)]
    probe = _PROBE.format(sources=str(ROOT / "python" / "src"))
    for candidate in filter(None, candidates):
        command = [candidate, "-B", "-c", probe]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return Interpreter(name, candidate, *answer.stdout.strip().split(";"))
    return None


@functools.cache
def name_of(path: str) -> str:
    """The name of the interpreter at this path."""
    probe = (
        "import platform, sys; flags = getattr(sys, 'abiflags', '').replace('m', ''); "
        "print('{} {}.{}{}'.format(platform.python_implementation(), sys.version_info[0], sys.version_info[1], flags))"
    )
    return subprocess.run([path, "-B", "-c", probe], capture_output=True, text=True, check=True).stdout.strip()
