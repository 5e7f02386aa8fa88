"""Takes a request body: what a byte costs on its way from the socket to the application."""


def app(environ, start_response):
    """Answer with the length of what came."""
    body = b"%d\n" % len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
