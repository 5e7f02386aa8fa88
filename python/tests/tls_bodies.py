"""An application with large bodies, for those who look at how they pass."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

BODY = bytes(range(256)) * 4096 * 5


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the body of the request, with a file, or with what the environment knows of a password."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    if environ["PATH_INFO"] == "/password":
        return [os.environ.get("WAITRESS_KEYFILE_PASSWORD", "none").encode()]
    if environ["PATH_INFO"] == "/file":
        file = tempfile.TemporaryFile()  # noqa: SIM115 -- the server closes it
        file.write(BODY)
        file.seek(0)
        wrapper: Iterable[bytes] = environ["wsgi.file_wrapper"](file)
        return wrapper
    return [environ["wsgi.input"].read()]
