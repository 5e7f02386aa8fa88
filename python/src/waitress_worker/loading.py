"""What a worker loads, or one process for all of them: the application, its logging, and the hooks."""

import logging
import os
import sys
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Set

from waitress_worker import protocol
from waitress_worker.application import LoadError, load
from waitress_worker.forks import end
from waitress_worker.hooks import Hook
from waitress_worker.imports import Imports
from waitress_worker.tracebacks import bounded, shortened

#: Characters of what the front says when the application cannot be loaded; a traceback stands below.
_MOST_OF_REASON = 4096

_WITH_TIME = "%(asctime)s " + logging.BASIC_FORMAT


#: What is being imported in this process, where that is a worker or forks workers.
LOADING: Set["Loaded"] = set()


class Loaded:
    """The application, and what is to be called beside it."""

    def __init__(self, settings: "Dict[str, Any]", tell: Callable[..., None]) -> None:
        """Import all of it, as the settings name it; raise LoadError where something is not to be had.

        ``tell`` sends the front a message.
        """
        if sys.version_info < (3,) and (settings["reload"] or settings["ini"]):
            raise LoadError("ini files and --reload need Python 3.6 or newer")
        sys.path[:] = settings["path"] or sys.path + [os.getcwd()]
        LOADING.add(self)
        if settings["metrics_limit"]:
            from waitress_worker import prometheus  # noqa: PLC0415 -- seldom needed, and the start of a worker counts

            prometheus.take_over()
        try:
            self.application = _load_and_watch(settings, tell) if settings["reload"] else _load(settings)
            self.post_fork = Hook("post_fork", settings["post_fork"])
            self.worker_exit = Hook("worker_exit", settings["worker_exit"])
        finally:
            LOADING.clear()


def _load(settings: "Dict[str, Any]") -> Callable[..., Any]:
    name, path = settings["application"], settings["ini"]
    if not path:
        if settings["log_config"]:
            from waitress_worker import logging_file  # noqa: PLC0415 -- as below

            logging_file.set_up(settings["log_config"])
            return load(name, is_factory=settings["factory"])
        application = load(name, is_factory=settings["factory"])
        _set_up_logging(settings["log_level"], settings["log_format"])
        return application
    from waitress_worker import ini  # noqa: PLC0415 -- seldom needed, and the start of a worker counts

    return ini.load(path, name, settings["variables"])


def _load_and_watch(settings: "Dict[str, Any]", tell: Callable[..., None]) -> Callable[..., Any]:
    imports = Imports(lambda since, files: tell(protocol.IMPORTED, since, files))
    imports.begin()
    try:
        application = _load(settings)
    except LoadError as failure:
        imports.report(failure)
        raise
    imports.report()
    return application


def _set_up_logging(level: str, form: str) -> None:
    """Log to the console, as the front does, unless the application has set up something else."""
    if form == "json":
        _log_json()
    logging.basicConfig(format=_WITH_TIME if form == "time" else logging.BASIC_FORMAT)
    logger = logging.getLogger("waitress")
    if logger.level == logging.NOTSET:
        logger.setLevel(level.upper())


def _log_json() -> None:
    from waitress_worker.records import JsonFormatter  # noqa: PLC0415 -- as above

    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)


@contextmanager
def failures_told(tell: Callable[..., None]) -> "Iterator[None]":
    """Tell the front of a LoadError, which is raised all the same; ``tell`` sends a message.

    A process that the application has forked, and that comes back from there with one, ends.
    """
    process = os.getpid()
    try:
        yield
    except LoadError as failure:
        if os.getpid() != process:
            sys.stderr.write(failure.traceback)
            end(failure.exit_status)
        message, trace = shortened(failure.message, _MOST_OF_REASON), bounded([failure.traceback])
        tell(protocol.FAILED, message, trace, failure.exit_status)
        raise
