"""The smallest useful WSGI application: what is left is the cost of the server."""

BODY = b"Hello, world!\n"


def app(_environ, start_response):
    """Answer every request with the same 14 bytes."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]
