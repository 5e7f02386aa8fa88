"""What the small applications of each framework have in common: ``/stream``, ``/file``, ``/move``, ``/cookies``, ``/form``."""

import os
import tempfile

PIECES = [b"first ", b"second ", b"third"]
COOKIES = {"one": "1", "two": "2"}
FIRST_BYTES = b"0123456789"


def make_file() -> str:
    """A file that the responses may share, in the folder for temporary files of this process."""
    descriptor, path = tempfile.mkstemp(suffix=".txt")
    with os.fdopen(descriptor, "wb") as file:
        file.write(FIRST_BYTES + b"x" * 200_000)
    return path
