"""A response in pieces of unknown number: each is to leave before the next is asked for."""

BLOCK = bytes(1024)


def app(_environ, start_response):
    """Answer every request with a hundred blocks of a kibibyte."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return (BLOCK for _ in range(100))
