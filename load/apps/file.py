"""A file as PEP 3333 has it sent: by wsgi.file_wrapper, or by blocks where a server has none."""

import atexit
import os
import tempfile

SIZE = 10 * 1024 * 1024

_descriptor, PATH = tempfile.mkstemp(prefix="load-file-")
os.write(_descriptor, bytes(SIZE))
os.close(_descriptor)
atexit.register(os.unlink, PATH)


def app(environ, start_response):
    """Answer every request with the same ten mebibytes."""
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(SIZE))])
    file = open(PATH, "rb")  # noqa: SIM115, PTH123 -- the server closes it
    wrapper = environ.get("wsgi.file_wrapper")
    return wrapper(file, 32768) if wrapper else _blocks(file)


def _blocks(file):
    """Read the file and close it; a generator, because fastwsgi fails on iterators that have no ``close``."""
    with file:
        while block := file.read(32768):
            yield block
