"""A small application that tests change while it is served, and what they ask of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import requests
from serving import EVENT_SECONDS, WORKERS, Server

APPLICATION = "shop.wsgi:app"

#: ``/`` tells the process and what each part of the application was when it was loaded; ``/brief`` takes a moment for that,
#: ``/slow`` until a line is written into a named pipe; ``/stream`` never ends; ``/die`` kills its process, ``/die-once`` unless it
#: has done so before; ``/grow`` takes 64 MiB.
WSGI = """\
import os, sys, time
from shop import views

HERE = os.path.dirname(__file__)
with open(os.path.join(HERE, "page.html")) as file:
    PAGE = file.read()

HELD = []

def app(environ, start_response):
    path = environ["PATH_INFO"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/stream":
        return stream()
    text = views.TEXT
    if path == "/lazy":
        from shop import lazy
        text = lazy.TEXT
    elif path == "/page":
        text = PAGE
    elif path == "/slow":
        sys.stderr.write("slow request begins\\n")
        with open(os.path.join(HERE, "pipe")) as pipe:
            pipe.readline()
    elif path == "/brief":
        time.sleep(0.01)
    elif path == "/die":
        sys.stderr.write("attempt {}\\n".format(environ.get("waitress.attempt", 1)))
        os.kill(os.getpid(), 9)
    elif path == "/die-once":
        if environ.get("waitress.attempt", 1) == 1:
            os.kill(os.getpid(), 9)
        text = "attempt-{}".format(environ.get("waitress.attempt", 1))
    elif path == "/grow":
        HELD.append(bytearray(b"x" * 64 * 1024 * 1024))
    return ["{} {}".format(os.getpid(), text).encode()]

def stream():
    while True:
        yield b"piece"
"""


class Shop:
    """The package ``shop`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Write it; its state is *one*."""
        self.folder = folder
        self.package = folder / "shop"
        self.package.mkdir()
        self.write("__init__.py", "")
        self.write("wsgi.py", WSGI)
        self.write("views.py", "TEXT = 'one'\n")
        self.write("lazy.py", "TEXT = 'one'\n")
        self.write("page.html", "one")
        os.mkfifo(self.package / "pipe")
        # Open for both, so that neither side waits for the other to open it.
        self._pipe = os.open(self.package / "pipe", os.O_RDWR)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._pipe)

    def write(self, name: str, text: str) -> None:
        """Save a file, as an editor does: whoever reads meanwhile sees one state or the other."""
        path = self.package / name
        path.parent.mkdir(exist_ok=True)
        saved = path.with_name(f".{path.name}.new")
        saved.write_text(text)
        saved.replace(path)

    def views(self, text: str) -> None:
        """Change the module that gives the text."""
        self.write("views.py", f"TEXT = {text!r}\n")

    def let_go_on(self) -> None:
        """Let one go on that waits at the pipe."""
        os.write(self._pipe, b"\n")


class Watched:
    """A server that loads the shop again, and how far its log was read."""

    AGAIN = "^INFO:waitress:The application was loaded again, (?P<workers>.*)$"
    FAILED = "^ERROR:waitress:Cannot load the application, (?P<consequence>.*):$"

    def __init__(self, server: Server) -> None:
        """Follow a server's log."""
        self.server = server
        self._seen = 0

    def fetch(self, path: str = "") -> tuple[int, str]:
        """Ask; return the process that answered and the text."""
        answer = requests.get(self.server.url + path, timeout=EVENT_SECONDS)
        assert answer.status_code == requests.codes.ok, answer.text
        pid, text = answer.text.split(" ")
        return int(pid), text

    def status(self) -> int:
        """Ask; return the status alone."""
        return requests.get(self.server.url, timeout=EVENT_SECONDS).status_code

    def wait_until_loaded_again(self) -> str:
        """Wait for the next reload that works; return which workers serve from now on."""
        return self._wait(self.AGAIN)["workers"]

    def wait_until_failed(self) -> str:
        """Wait for the next one that does not; return what comes of it."""
        return self._wait(self.FAILED)["consequence"]

    def _wait(self, pattern: str) -> dict[str, str]:
        found = self.server.wait_for(pattern, since=self._seen)
        self._seen = self.server.lines.index(found.string, self._seen) + 1
        return found.groupdict()

    def wait_for_processes(self, count: int) -> list[str]:
        """Wait until so many are left of the server: the front and its workers."""
        deadline = time.monotonic() + EVENT_SECONDS
        while len(left := self.server.survivors()) != count + WORKERS.more:
            assert time.monotonic() < deadline, left
        return left
