"""The command ``waitress-serve``, as it is when Python starts it: the workers run on this Python."""

import os
import sys
from typing import List, Optional

from waitress.first import become
from waitress.java import JavaError, java_command, java_environment
from waitress.rights import with_fewer_rights
from waitress.sockets import take_over
from waitress.systemd import notify_options

_MAIN = "dev.waitress.cli.Main"

#: First arguments with which no server starts, but one that runs is asked.
_ASKING = ("ctl", "top")


def run(argv: Optional[List[str]] = None) -> int:
    """Run the command; returns only where a process cannot become another one, and when something is wrong."""
    arguments = (sys.argv if argv is None else argv)[1:]
    try:
        if arguments[:1] and arguments[0] in _ASKING:
            command = [*java_command(_MAIN), *arguments]
        else:
            command = _serving(arguments)
    except (JavaError, OSError, ValueError) as failure:
        print("Error: {}".format(failure), file=sys.stderr)
        return 1
    return become(command, java_environment())


def _serving(arguments: List[str]) -> List[str]:
    """Build the command of a server."""
    # An option of the user's comes later, and so counts.
    own_options = ["--python={}".format(sys.executable), *_listening()]
    command = [*java_command(_MAIN, notify_options()), *own_options, *arguments]
    return with_fewer_rights(command, java_environment())


def _listening() -> List[str]:
    """Build the option for a socket of systemd."""
    return ["--listen=stdin"] if os.name != "nt" and take_over() else []
