"""An application whose threads are green: those of gevent or eventlet, which the variable GREEN names."""

import os

if os.environ["GREEN"] == "gevent":
    from gevent import monkey

    monkey.patch_all()
    from gevent import sleep
else:
    import eventlet

    eventlet.monkey_patch()
    from eventlet import sleep

import hashlib
import logging
import queue
import subprocess
import threading
import time
from typing import Any, Callable, Dict, Iterable, Iterator
from urllib.request import urlopen

LOCK = threading.Lock()
LOG = logging.getLogger("shop")

ticked = threading.Event()


def tick() -> None:
    """Work in the background, as schedulers do."""
    time.sleep(0.05)
    ticked.set()


threading.Thread(target=tick, daemon=True).start()


def leave(number: int) -> None:
    """Be the function that runs when a worker has ended."""
    LOG.warning("green worker %d leaves", number)


def nap(environ: Any) -> Iterable[bytes]:
    sleep(0.2)
    time.sleep(0.1)
    return [b"awake"]


def locked(environ: Any) -> Iterable[bytes]:
    with LOCK:
        LOG.warning("locked")
        sleep(0.02)
    return [b"free"]


def fetch(environ: Any) -> Iterable[bytes]:
    with urlopen("http://{}/locked".format(environ["HTTP_HOST"])) as answer:
        return [answer.read()]


def queued(environ: Any) -> Iterable[bytes]:
    values: "queue.Queue[bytes]" = queue.Queue()
    thread = threading.Thread(target=lambda: (time.sleep(0.02), values.put(b"value")))
    thread.start()
    value = values.get(timeout=10)
    thread.join()
    return [value]


def child(environ: Any) -> Iterable[bytes]:
    return [subprocess.check_output(["printf", "child"])]


def digest(environ: Any) -> Iterable[bytes]:
    return [hashlib.sha256(environ["wsgi.input"].read()).hexdigest().encode()]


def background(environ: Any) -> Iterable[bytes]:
    return [b"ticked" if ticked.wait(10) else b"stands still"]


def stream(environ: Any) -> Iterator[bytes]:
    for number in range(5):
        sleep(0.02)
        yield b"%d" % number
    yield b"x" * 1_000_000


ACTIONS: Dict[str, Callable[[Any], Iterable[bytes]]] = {
    "/" + action.__name__: action for action in (nap, locked, fetch, queued, child, digest, background, stream)
}


def app(environ: Any, start_response: Any) -> Iterable[bytes]:
    answer = ACTIONS[environ["PATH_INFO"]](environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return answer


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    from waitress import serve

    serve(app, listen="127.0.0.1:0", threads=8)
