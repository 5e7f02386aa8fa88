"""The parts of an environ that do not come with the request."""

import os
import sys
from typing import Any, Dict

from waitress_worker.files import FileWrapper


def fixed_environ(constants: Dict[str, Any]) -> Dict[str, Any]:
    """The part of an environ that most requests share."""
    environ: Dict[str, Any] = {
        "wsgi.version": (1, 0),
        "wsgi.run_once": False,
        # It is none where standard error was closed at the start.
        "wsgi.errors": sys.stderr or open(os.devnull, "w"),  # noqa: SIM115 -- for as long as the process lives
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
    }
    environ.update(constants)
    return environ


class Environs:
    """What requests share: constants of the server, and templates, which the front makes of what clients say repeatedly."""

    def __init__(self, constants: Dict[str, Any]) -> None:
        """Know no template yet."""
        self.constants = fixed_environ(constants)
        #: By their numbers; the front gives a number away again when no request needs it any more.
        self.templates: Dict[int, Dict[str, Any]] = {}

    def learn(self, templates: Dict[int, Dict[str, Any]]) -> None:
        """Take in new templates."""
        for number, shared in templates.items():
            self.templates[number] = dict(self.constants, **shared)
