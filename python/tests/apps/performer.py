"""Does what the query of a request says, step by step; the same in Java is ``Performer.java``.

``/perform?header=X:y&start=200 OK&iterate&item=a&item=b`` calls ``start_response("200 OK", [("X", "y")])`` and returns
a generator of two blocks. ``/echo`` gives the body back, ``/digest`` its size and digest, ``/input?readline&read=3``
what these methods of the input return, ``/flooded?NAME`` how far a flood has come; any other path gives the environ,
form-encoded. Python 2.7 can read it, so there are no types.
"""

import hashlib
import io
import sys
import threading
import time

if sys.version_info < (3,):
    from urllib import quote, urlencode

    from urlparse import parse_qsl

    IN_LATIN_1 = {}
else:
    from urllib.parse import parse_qsl, quote, urlencode

    IN_LATIN_1 = {"encoding": "latin-1"}

TEXT = ("Content-Type", "text/plain")
PIECE = 65536

_events = {}
_flooded = {}


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def event(name):
    return _events.setdefault(name, threading.Event())


class Performance(object):
    """One request."""

    def __init__(self, environ, start_response):
        self.environ = environ
        self.start_response = start_response
        self.headers = []
        self.write = None

    def perform(self, steps):
        """Take the steps up to the one that says what is returned."""
        for index, (name, value) in enumerate(steps):
            if name == "list":
                return [as_bytes(given) for step, given in steps[index + 1 :] if step == "item"]
            if name == "iterate":
                return Body(self, steps[index + 1 :])
            if name == "file":
                return self.wrapped(*value.split(","))
            self.step(name, value)
        return None

    def step(self, name, value):
        getattr(self, "do_" + name)(value)

    def wrapped(self, source, path, position, block_size):
        """Wrap an open file, at a position, as one that can seek or not."""
        file = open(path, "rb")  # noqa: SIM115 -- the server closes it
        file.seek(int(position))
        if source == "memory":
            with file:
                content = io.BytesIO(file.read())
            content.seek(0)
            return self.environ["wsgi.file_wrapper"](content, int(block_size))
        return self.environ["wsgi.file_wrapper"](file if source == "disk" else Stream(self, file), int(block_size))

    def do_header(self, value):
        name, text = value.split(":", 1)
        self.headers.append((name, text))

    def do_start(self, status):
        self.write = self.start_response(status, self.headers)

    def do_restart(self, status):
        """Replace the head as an error handler does; a header given after the first start is part of it."""
        try:
            raise ValueError("the reason for another answer")
        except ValueError:
            self.write = self.start_response(status, self.headers, sys.exc_info())

    def do_hint(self, _):
        """Send what was given as headers before the answer, which has others."""
        self.environ["wsgi.early_hints"](self.headers)
        self.headers = []

    def do_forget(self, _):
        self.headers = []

    def do_write(self, value):
        self.write(as_bytes(value))

    def do_raise(self, message):
        raise RuntimeError(message.decode("latin-1").encode("utf-8") if str is bytes else message)

    def do_oserror(self, message):
        raise OSError(message)

    def do_exit(self, _):
        sys.exit("as asked for")

    def do_say(self, text):
        errors = self.environ["wsgi.errors"]
        errors.write(text + "\n")
        errors.flush()

    def do_await(self, name):
        self.do_say("awaits " + name)
        event(name).wait()

    def do_outlast(self, _):
        """Go on until the server says that the client is gone."""
        self.do_say("outlasts")
        for _ in range(3000):
            if self.environ["waitress.client_disconnected"]():
                self.do_say("gone")
                return
            time.sleep(0.01)

    def do_disconnected(self, name):
        """Say what the server says of the client."""
        self.do_say("{} {}".format(name, self.environ["waitress.client_disconnected"]()))

    def do_release(self, name):
        event(name).set()


class Body(object):
    """What the application returns: blocks, and a way to see that it is closed."""

    def __init__(self, performance, steps):
        self.performance = performance
        self.steps = steps
        self.blocks = self._blocks()

    def __iter__(self):
        return self.blocks

    def _blocks(self):
        for name, value in self.steps:
            if name == "item":
                yield as_bytes(value)
            elif name == "flood":
                flood, count, size = value.split(",")
                block = b"x" * int(size)
                for number in range(int(count)):
                    _flooded[flood] = number
                    yield block
            elif not name.startswith("close"):
                self.performance.step(name, value)

    def close(self):
        for name, value in self.steps:
            if name == "close":
                self.performance.do_say("closed " + value)
            elif name == "close-raise":
                raise RuntimeError(value)


class Stream(object):
    """Has no end that could be found without reading it."""

    def __init__(self, performance, file):
        self.performance = performance
        self.file = file

    def seekable(self):
        return False

    def read(self, size):
        return bytes(self.file.read(size))

    def close(self):
        self.performance.do_say("closed " + self.file.name)
        self.file.close()


def answer(start_response, body):
    start_response("200 OK", [TEXT, ("Content-Length", str(len(body)))])
    return [body]


def digest(environ):
    found = hashlib.sha256()
    size = 0
    while True:
        piece = environ["wsgi.input"].read(PIECE)
        if not piece:
            return "{} {}".format(size, found.hexdigest()).encode()
        found.update(piece)
        size += len(piece)


def read(stream, steps):
    """What each of these methods returns."""
    results = []
    for name, value in steps:
        arguments = [int(value)] if value else []
        found = list(stream) if name == "iterate" else getattr(stream, name)(*arguments)
        if isinstance(found, list):
            found = b"/".join(found)
        results.append(found.decode("latin-1") if isinstance(found, bytes) and bytes is not str else str(found))
    return "&".join(quote(result, safe="/") for result in results)


def shown(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ".".join(str(part) for part in value)
    return "callable" if callable(value) else "object"


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/perform":
        steps = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True, **IN_LATIN_1)
        return Performance(environ, start_response).perform(steps)
    if path == "/echo":
        length = int(environ.get("CONTENT_LENGTH", 0))
        return answer(start_response, environ["wsgi.input"].read(length))
    if path == "/digest":
        return answer(start_response, digest(environ))
    if path == "/flooded":
        return answer(start_response, str(_flooded.get(environ["QUERY_STRING"], 0)).encode())
    if path == "/input":
        steps = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
        return answer(start_response, read(environ["wsgi.input"], steps).encode())
    variables = {key: shown(value) for key, value in environ.items() if type(key) is str}
    return answer(start_response, urlencode(variables, **IN_LATIN_1).encode())
