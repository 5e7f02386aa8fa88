"""Streams that wait for something to happen, and a page that does not."""

import threading

happened = threading.Event()


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/happens":
        happened.set()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/events":
        return stream()
    if path == "/large":
        return (b"x" * 65536 for _ in range(1000))
    return [str(threading.active_count()).encode()]


def stream():
    yield b"begun"
    happened.wait()
    yield b"happened"
