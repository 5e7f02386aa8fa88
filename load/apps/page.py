"""A page of the usual size: between hello, where only requests cost, and large, where only bytes do."""

BODY = b"<p>Ten kibibytes of a page.</p>\n" * 320


def app(_environ, start_response):
    """Answer every request with the same ten kibibytes."""
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(BODY)))])
    return [BODY]
