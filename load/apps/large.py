"""One large answer at once: what a byte costs on its way from the application to the socket."""

BODY = bytes(1024 * 1024)


def app(_environ, start_response):
    """Answer every request with the same mebibyte."""
    start_response(
        "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(BODY)))]
    )
    return [BODY]
