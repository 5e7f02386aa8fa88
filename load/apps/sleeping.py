"""An application that waits, as for a database: shows whether a server overlaps its requests."""

import time

BODY = b"Hello, world!\n"
SLEEP_SECONDS = 0.010


def app(_environ, start_response):
    """Sleep 10 ms, then answer; N threads can serve at most N / 0.010 requests a second."""
    time.sleep(SLEEP_SECONDS)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]
