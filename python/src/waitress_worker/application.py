"""Finds the application that the command line names."""

import importlib
import re
import sys
from types import TracebackType
from typing import Any, Callable, Optional

from waitress_worker import hints, tracebacks
from waitress_worker.compat import MissingModule, implementation

_NAMES = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_FORM = re.compile("^(?P<module>{0})(?P<colon>:(?P<attributes>{0})?)?$".format(_NAMES))

_MACHINERY = ("waitress_worker.", "importlib.", "runpy.", "paste.deploy.", "configparser.", "logging.")

_NOT_RETURNED = (
    'The "app" passed to ``create_server`` was ``None``.  You forgot to return a WSGI app within your application.'
)


class LoadError(Exception):
    """The application cannot be had; ``traceback`` is its own code's part in that, or nothing."""

    def __init__(self, message: str, trace: str = "", exit_status: int = 1) -> None:
        super(LoadError, self).__init__(message)
        self.message = message
        self.traceback = trace
        self.exit_status = exit_status


def load(name: str, *, is_factory: bool) -> Callable[..., Any]:
    """Import the application, and call it first if it is a factory."""
    try:
        application = _resolve(name)
        if is_factory:
            application = application()
    except LoadError:
        raise
    except SystemExit as request:
        raise requested_exit(request) from request
    except BaseException as failure:
        raise LoadError("", own_traceback()) from failure
    return require_callable(application, name)


def require_callable(application: Any, name: str) -> Callable[..., Any]:  # noqa: ANN401 -- whatever was found
    """Refuse what no request could be given to."""
    if application is None:
        raise LoadError(_NOT_RETURNED)
    if not callable(application):
        message = "WSGI application {!r} is not callable: {!r}".format(name, application)
        raise LoadError(message + hints.of_attributes(application, "app"))
    return application  # type: ignore[no-any-return]


def requested_exit(request: SystemExit) -> LoadError:
    """End as the interpreter would: with a status and nothing else, or with a text that it writes as it is."""
    code = request.code
    if code is None or isinstance(code, int):
        return LoadError("", exit_status=_status(code or 0))
    return LoadError("", "{}\n".format(code))


def _status(code: int) -> int:
    """What the system makes of a number; of one that it cannot take, what Python makes of it."""
    return code & 0xFF if -(2**31) <= code < 2**31 else 0xFF


def _resolve(name: str) -> Any:  # noqa: ANN401 -- whatever the module holds
    form = _FORM.match(name)
    if form is None:
        raise _cannot_import(name, "invalid format: {!r}".format(name), hint=hints.of_path(name))
    try:
        if form.group("colon"):
            found: Any = importlib.import_module(form.group("module"))
            attributes = form.group("attributes")
            rest = attributes.split(".") if attributes else []
        else:
            found, rest = _import_as_far_as_possible(form.group("module").split("."))
    except ImportError as failure:
        trace = "" if _is_itself_missing(failure) else own_traceback()
        raise _cannot_import(name, str(failure), trace, hints.of_missing(failure, name)) from failure
    try:
        for attribute in rest:
            found = getattr(found, attribute)
    except AttributeError as failure:
        raise _cannot_import(name, str(failure), hint=hints.of_attributes(found, attribute)) from failure
    return found


def _cannot_import(name: str, reason: str, trace: str = "", hint: str = "") -> LoadError:
    return LoadError("Cannot import WSGI application {!r}: {}{}".format(name, reason, hint), trace)


def _is_itself_missing(failure: ImportError) -> bool:
    """Tell whether the module that was asked for is missing, or a parent of it; not one that it imports."""
    return isinstance(failure, MissingModule) and own_frames() is None


def _import_as_far_as_possible(pieces: "list[str]") -> "tuple[Any, list[str]]":
    found = importlib.import_module(pieces[0])
    for index in range(1, len(pieces)):
        module = ".".join(pieces[: index + 1])
        try:
            found = importlib.import_module(module)
        except ImportError as failure:
            if not _is_itself_missing(failure):
                raise
            return found, pieces[index:]
    return found, []


def own_traceback() -> str:
    """Format the exception that is being handled, without our frames and those of the import system in front of it."""
    return tracebacks.of(sys.exc_info()[1], own_frames())


def own_frames() -> Optional[TracebackType]:
    """The traceback of the exception that is being handled, from the first frame of the application's code on."""
    trace = sys.exc_info()[2]
    while trace is not None and _is_machinery(trace):
        trace = trace.tb_next
    return trace


def _is_machinery(trace: TracebackType) -> bool:
    """Tell whether a frame says nothing about the application: ours, the import system's, a loader's."""
    name = str(trace.tb_frame.f_globals.get("__name__", ""))
    return (name + ".").startswith(_MACHINERY) or name == "__main__"


def python_version() -> str:
    """Name the implementation and its version, for the log."""
    return "{} {}.{}.{}".format(implementation, *sys.version_info[:3])
