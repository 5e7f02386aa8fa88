"""Finds the application that the command line names."""

import importlib
import re
import sys
import traceback
from types import TracebackType
from typing import Any, Callable, Optional

_NAMES = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_FORM = re.compile("^(?P<module>{0})(?P<colon>:(?P<attributes>{0})?)?$".format(_NAMES))

_MACHINERY = ("waitress_worker.", "importlib.", "runpy.", "paste.deploy.", "configparser.", "logging.")

_NOT_RETURNED = (
    'The "app" passed to ``create_server`` was ``None``.  You forgot to return a WSGI app within your application.'
)


class LoadError(Exception):
    """The application cannot be had; ``traceback`` is its own code's part in that, or nothing."""

    def __init__(self, message: str, trace: str = "", exit_status: int = 1) -> None:
        super().__init__(message)
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
        raise LoadError("", own_traceback(failure)) from failure
    return require_callable(application, name)


def require_callable(application: Any, name: str) -> Callable[..., Any]:  # noqa: ANN401 -- whatever was found
    """Refuse what no request could be given to."""
    if application is None:
        raise LoadError(_NOT_RETURNED)
    if not callable(application):
        message = "WSGI application {!r} is not callable: {!r}".format(name, application)
        raise LoadError(message)
    return application  # type: ignore[no-any-return]


def requested_exit(request: SystemExit) -> LoadError:
    """End quietly, with the exit status that the interpreter would have."""
    code = request.code
    return LoadError("", exit_status=0 if code is None else code if isinstance(code, int) else 1)


def _resolve(name: str) -> Any:  # noqa: ANN401 -- whatever the module holds
    form = _FORM.match(name)
    if form is None:
        raise _cannot_import(name, "invalid format: {!r}".format(name))
    try:
        if form.group("colon"):
            found: Any = importlib.import_module(form.group("module"))
            attributes = form.group("attributes")
            rest = attributes.split(".") if attributes else []
        else:
            found, rest = _import_as_far_as_possible(form.group("module").split("."))
    except ImportError as failure:
        trace = "" if _is_itself_missing(failure, form.group("module")) else own_traceback(failure)
        raise _cannot_import(name, str(failure), trace) from failure
    try:
        for attribute in rest:
            found = getattr(found, attribute)
    except AttributeError as failure:
        raise _cannot_import(name, str(failure)) from failure
    return found


def _cannot_import(name: str, reason: str, trace: str = "") -> LoadError:
    return LoadError("Cannot import WSGI application {!r}: {}".format(name, reason), trace)


def _is_itself_missing(failure: ImportError, module: str) -> bool:
    """Tell whether the named module is missing, or a parent of it; not one that it imports."""
    return isinstance(failure, ModuleNotFoundError) and (module + ".").startswith("{}.".format(failure.name))


def _import_as_far_as_possible(pieces: "list[str]") -> "tuple[Any, list[str]]":
    found = importlib.import_module(pieces[0])
    for index in range(1, len(pieces)):
        module = ".".join(pieces[: index + 1])
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError as failure:
            if not _is_itself_missing(failure, module):
                raise
            return found, pieces[index:]
    return found, []


def own_traceback(failure: BaseException) -> str:
    """Format a traceback without our frames and those of the import system in front of it."""
    trace: Optional[TracebackType] = failure.__traceback__
    while trace is not None and is_machinery(trace):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(failure), failure, trace))


def is_machinery(trace: TracebackType) -> bool:
    """Tell whether a frame says nothing about the application: ours, the import system's, a loader's."""
    name = str(trace.tb_frame.f_globals.get("__name__", ""))
    return (name + ".").startswith(_MACHINERY) or name == "__main__"


def python_version() -> str:
    """Name the implementation and its version, for the log."""
    return "{} {}.{}.{}".format(sys.implementation.name, *sys.version_info[:3])
