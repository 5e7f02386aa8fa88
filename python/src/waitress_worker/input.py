"""``wsgi.input``: the request body, complete before the application starts."""

import io
import os
from typing import BinaryIO, Union


def open_body(body: Union[None, bytes, io.BytesIO, str]) -> BinaryIO:
    """Open a body that is absent, in memory, or in the file of this name."""
    if isinstance(body, io.BytesIO):
        return body
    if isinstance(body, str):
        # The front removes the file when the response is complete; an open one stays readable where the system has
        # unlinked files.
        return open(os.fsdecode(body), "rb")  # noqa: SIM115 -- closed with the request
    return io.BytesIO(body or b"")
