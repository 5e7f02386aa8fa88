"""All that ``plain`` answers, and a count of the requests of one path: how many of them an attack starts."""

import itertools

import hello
import plain

_COUNT = itertools.count(1)
_BEGUN = [0]


def app(environ, start_response):
    """Count /count, which answers hello; /begun says how far that has come."""
    path = environ["PATH_INFO"]
    if path == "/count":
        _BEGUN[0] = next(_COUNT)
        return hello.app(environ, start_response)
    if path == "/begun":
        body = b"%d" % _BEGUN[0]
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]
    return plain.app(environ, start_response)
