"""Applications that the integration tests steer: requests wait for one another, not for the clock."""

import os
import sys
import threading
import time

_events = {}
_lock = threading.Lock()


def _event(name):
    with _lock:
        return _events.setdefault(name, threading.Event())


def app(environ, start_response):
    """Answer by path; see the functions of the same names."""
    name, _, argument = environ["PATH_INFO"].lstrip("/").partition("/")
    return globals()["_" + name](argument, environ, start_response)


def _answer(start_response, text):
    body = text.encode("utf-8")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _pid(argument, environ, start_response):
    return _answer(start_response, str(os.getpid()))


def _wait(argument, environ, start_response):
    """Block until /set/NAME is asked for; /set/NAME-waits tells that this has begun."""
    _event(argument + "-waits").set()
    _event(argument).wait()
    return _answer(start_response, "waited")


def _set(argument, environ, start_response):
    _event(argument).set()
    return _answer(start_response, "set")


def _await(argument, environ, start_response):
    """Block until somebody waits for NAME."""
    _event(argument + "-waits").wait()
    return _answer(start_response, "it waits")


def _hang(argument, environ, start_response):
    """Say so in the log, then never return."""
    sys.stderr.write("process {} hangs\n".format(os.getpid()))
    sys.stderr.flush()
    while True:
        time.sleep(60)


def _echo(argument, environ, start_response):
    return _answer(start_response, environ["wsgi.input"].read().decode("latin-1"))


def _stream(argument, environ, start_response):
    """Blocks, each of which waits for /set/NAME-N."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    for number in range(3):
        _event("{}-{}".format(argument, number)).wait()
        yield "block {}\n".format(number).encode("ascii")


def _crash(argument, environ, start_response):
    os.kill(os.getpid(), 9)


def _exit(argument, environ, start_response):
    sys.exit(3)


def _raise_late(argument, environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"first"
    raise ValueError("too late")


def make_app():
    """A factory, for --call."""
    return app


class Holder:
    """Has the application as an attribute of an attribute."""

    inner = app


def anything(environ, start_response):
    """Answer every request alike."""
    return _answer(start_response, str(len(environ["wsgi.input"].read())))


not_callable = 7
