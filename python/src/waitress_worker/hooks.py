"""Functions that the settings name, called beside the application with the number of the worker."""

import importlib
from typing import Any, Callable

from waitress_worker.application import LoadError, own_frames, own_traceback
from waitress_worker.log import log_failure


def _nothing(_: int) -> None:
    """Nobody is to be called."""


class Hook:
    """A function of one setting."""

    def __init__(self, setting: str, name: str) -> None:
        """Import ``module:function``, or stand for nothing; raise LoadError if it is not there."""
        self._title = "{} ({})".format(setting, name)
        self._function: Callable[[int], Any] = self._find(name) if name else _nothing

    def _find(self, name: str) -> Callable[[int], Any]:
        module, _, attributes = name.partition(":")
        try:
            found: Any = importlib.import_module(module)
            for attribute in attributes.split("."):
                found = getattr(found, attribute)
        except Exception as failure:
            trace = own_traceback() if own_frames() is not None else ""
            raise LoadError("{} cannot be imported: {}".format(self._title, failure), trace) from failure
        if not callable(found):
            raise LoadError("{} is no function: {!r}".format(self._title, found))
        return found  # type: ignore[no-any-return]

    def require(self, number: int) -> None:
        """Call it; raise LoadError where it fails."""
        try:
            self._function(number)
        except BaseException as failure:
            raise LoadError("{} failed".format(self._title), own_traceback()) from failure

    def attempt(self, number: int) -> None:
        """Call it; log that it has failed."""
        try:
            self._function(number)
        except BaseException:  # noqa: BLE001 -- whatever it is, it changes nothing
            log_failure("%s failed", self._title)
