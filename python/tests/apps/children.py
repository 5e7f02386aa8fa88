"""Starts a process for every request, and answers with both numbers: its own and that of its child."""

import os
import subprocess
from typing import Any, Iterable


def app(environ: Any, start_response: Any) -> Iterable[bytes]:
    # Everything that may be inherited is.
    child = subprocess.Popen(["sleep", "600"], close_fds=False)
    start_response("200 OK", [])
    return ["{} {}".format(os.getpid(), child.pid).encode()]
