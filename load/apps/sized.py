"""Answers of any size: /1024 has 1,024 bytes. What a page or an API call of that size costs."""


def app(environ, start_response):
    """Answer with so many bytes as the path says."""
    body = b"x" * int(environ["PATH_INFO"][1:])
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
