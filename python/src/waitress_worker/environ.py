"""The part of an environ that does not come from the request."""

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
