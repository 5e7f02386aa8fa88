"""An application that gives up the rights of root while it runs, as it is asked to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAGE = open(os.environ["PAGE"], "rb")  # noqa: PTH123, SIM115 -- while that can be read, for as long as the process lives


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Say who runs this, and how long the body is."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/demote" and os.geteuid() == 0:
        os.setuid(int(os.environ["USER_ID"]))
    if environ["PATH_INFO"] == "/page":
        page = open(os.dup(_PAGE.fileno()), "rb")  # noqa: PTH123, SIM115 -- the server closes it
        page.seek(0)
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](page)
        return wrapped
    return [b"%d %d" % (os.geteuid(), len(environ["wsgi.input"].read()))]
