"""Does what the query of a request says, step by step; the same in Java is ``Performer.java``.

``/perform?header=X:y&start=200 OK&iterate&item=a&item=b`` calls ``start_response("200 OK", [("X", "y")])`` and returns
a generator of two blocks. ``/echo`` gives the body back, ``/digest`` its size and digest, ``/input?readline&read=3``
what these methods of the input return, ``/flooded?NAME`` how far a flood has come; any other path gives the environ,
form-encoded.
"""

import hashlib
import io
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterable, Iterator, List, Tuple
from urllib.parse import parse_qsl, quote, urlencode

Environ = Dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], None]]
Steps = List[Tuple[str, str]]

TEXT = ("Content-Type", "text/plain")
PIECE = 65_536

_events: Dict[str, threading.Event] = {}
_flooded: Dict[str, int] = {}


def event(name: str) -> threading.Event:
    return _events.setdefault(name, threading.Event())


class Performance:
    """One request."""

    def __init__(self, environ: Environ, start_response: StartResponse) -> None:
        self.environ = environ
        self.start_response = start_response
        self.headers: List[Tuple[str, str]] = []
        self.write: Any = None

    def perform(self, steps: Steps) -> Any:
        """Take the steps up to the one that says what is returned."""
        for index, (name, value) in enumerate(steps):
            if name == "list":
                return [given.encode("latin-1") for step, given in steps[index + 1 :] if step == "item"]
            if name == "iterate":
                return Body(self, steps[index + 1 :])
            if name == "file":
                return self.wrapped(*value.split(","))
            self.step(name, value)
        return None

    def step(self, name: str, value: str) -> None:
        getattr(self, "do_" + name)(value)

    def wrapped(self, source: str, path: str, position: str, block_size: str) -> Any:
        """Wrap an open file, at a position, as one that can seek or not."""
        file: Any = open(path, "rb")  # noqa: SIM115 -- the server closes it
        file.seek(int(position))
        if source == "memory":
            with file:
                content = io.BytesIO(file.read())
            content.seek(0)
            return self.environ["wsgi.file_wrapper"](content, int(block_size))
        return self.environ["wsgi.file_wrapper"](file if source == "disk" else Stream(self, file), int(block_size))

    def do_header(self, value: str) -> None:
        name, text = value.split(":", 1)
        self.headers.append((name, text))

    def do_start(self, status: str) -> None:
        self.write = self.start_response(status, self.headers)

    def do_restart(self, status: str) -> None:
        """Replace the head as an error handler does; a header given after the first start is part of it."""
        try:
            raise ValueError("the reason for another answer")
        except ValueError:
            self.write = self.start_response(status, self.headers, sys.exc_info())

    def do_forget(self, _: str) -> None:
        self.headers = []

    def do_write(self, value: str) -> None:
        self.write(value.encode("latin-1"))

    def do_raise(self, message: str) -> None:
        raise RuntimeError(message)

    def do_oserror(self, message: str) -> None:
        raise OSError(message)

    def do_exit(self, _: str) -> None:
        sys.exit("as asked for")

    def do_say(self, text: str) -> None:
        errors = self.environ["wsgi.errors"]
        errors.write(text + "\n")
        errors.flush()

    def do_await(self, name: str) -> None:
        self.do_say("awaits " + name)
        event(name).wait()

    def do_outlast(self, _: str) -> None:
        """Go on until the server says that the client is gone."""
        self.do_say("outlasts")
        for _ in range(3000):
            if self.environ["waitress.client_disconnected"]():
                self.do_say("gone")
                return
            time.sleep(0.01)

    def do_release(self, name: str) -> None:
        event(name).set()


class Body:
    """What the application returns: blocks, and a way to see that it is closed."""

    def __init__(self, performance: Performance, steps: Steps) -> None:
        self.performance = performance
        self.steps = steps
        self.blocks = self._blocks()

    def __iter__(self) -> Iterator[bytes]:
        return self.blocks

    def _blocks(self) -> Iterator[bytes]:
        for name, value in self.steps:
            if name == "item":
                yield value.encode("latin-1")
            elif name == "flood":
                flood, count, size = value.split(",")
                block = b"x" * int(size)
                for number in range(int(count)):
                    _flooded[flood] = number
                    yield block
            elif not name.startswith("close"):
                self.performance.step(name, value)

    def close(self) -> None:
        for name, value in self.steps:
            if name == "close":
                self.performance.do_say("closed " + value)
            elif name == "close-raise":
                raise RuntimeError(value)


class Stream:
    """Has no end that could be found without reading it."""

    def __init__(self, performance: Performance, file: Any) -> None:
        self.performance = performance
        self.file = file

    def seekable(self) -> bool:
        return False

    def read(self, size: int) -> bytes:
        return bytes(self.file.read(size))

    def close(self) -> None:
        self.performance.do_say("closed " + self.file.name)
        self.file.close()


def answer(start_response: StartResponse, body: bytes) -> Iterable[bytes]:
    start_response("200 OK", [TEXT, ("Content-Length", str(len(body)))])
    return [body]


def digest(environ: Environ) -> bytes:
    found = hashlib.sha256()
    size = 0
    while True:
        piece = environ["wsgi.input"].read(PIECE)
        if not piece:
            return "{} {}".format(size, found.hexdigest()).encode()
        found.update(piece)
        size += len(piece)


def read(stream: Any, steps: Steps) -> str:
    """What each of these methods returns."""
    results = []
    for name, value in steps:
        arguments = [int(value)] if value else []
        found = list(stream) if name == "iterate" else getattr(stream, name)(*arguments)
        if isinstance(found, list):
            found = b"/".join(found)
        results.append(found.decode("latin-1") if isinstance(found, bytes) else str(found))
    return "&".join(quote(result, safe="/") for result in results)


def shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ".".join(str(part) for part in value)
    return "callable" if callable(value) else "object"


def app(environ: Environ, start_response: StartResponse) -> Any:
    path = environ["PATH_INFO"]
    if path == "/perform":
        steps = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True, encoding="latin-1")
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
    variables = {key: shown(value) for key, value in environ.items()}
    return answer(start_response, urlencode(variables, encoding="latin-1").encode())
