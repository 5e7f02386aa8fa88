"""Large bodies in both directions, by blocks: between two of them other threads get their turn."""

import plain

_BLOCK = bytes(65536)


def app(environ, start_response):
    """Answer /blocks/N with N blocks of 64 KiB; read what is posted to /blocks; else be ``plain``."""
    path = environ["PATH_INFO"]
    if not path.startswith("/blocks"):
        return plain.app(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST":
        while environ["wsgi.input"].read(len(_BLOCK)):
            pass
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []
    count = int(path.rpartition("/")[2])
    length = str(count * len(_BLOCK))
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", length)])
    return (_BLOCK for _ in range(count))
