"""What Windows lacks is not asked for: the modules of both packages are imported where it is not there."""

from __future__ import annotations

import subprocess
import sys

from scripts import ENVIRONMENT
from serving import ROOT

#: Takes away what Windows has not, as far as imports could ask for it, and imports all that a server there needs.
PROGRAM = """\
import os, signal, socket, sys
for name in dir(signal):
    if name.startswith(("SIG", "pthread_", "siginterrupt")) and name not in (
        "SIG_DFL", "SIG_IGN", "SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"
    ):
        delattr(signal, name)
for name in ("fork", "forkpty", "geteuid", "memfd_create", "register_at_fork", "O_NOCTTY"):
    if hasattr(os, name):
        delattr(os, name)
del socket.AF_UNIX
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
import waitress, waitress.runner, waitress.server, waitress.signals
import waitress_worker.control, waitress_worker.crew, waitress_worker.whereabouts
with waitress.signals.operable({"SIGHUP": print, "SIGUSR1": print}):
    print("imported")
"""


def test_modules_are_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=ENVIRONMENT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("imported\n", "")
