"""What may help somebody whose application was not found: more lines of the message, each with its line end in front."""

import os
import sys
from typing import Any

from waitress_worker.compat import MissingModule


def of_missing(failure: ImportError, name: str) -> str:
    """Name the Python in which a module is missing, and what was found in its place."""
    missing = getattr(failure, "name", None) or ""
    parent = missing.rpartition(".")[0]
    found = sys.modules.get(parent) if parent else None
    lines = "" if found is None else _place(found)
    if isinstance(failure, MissingModule):
        lines += of_path(name) + "\nPython is {}; --python names another.".format(sys.executable)
    return lines


def of_path(name: str) -> str:
    """Ask for the module of a file, where a file was named."""
    path, colon, attribute = name.partition(":")
    stem = path[:-3] if path.endswith(".py") else path
    module = os.path.normpath(stem).replace(os.sep, ".").strip(".") if stem else ""
    if not attribute or module == path or not module:
        return ""
    return "\nDid you mean {!r}?".format(module + colon + attribute)


def of_attributes(found: Any, wanted: str) -> str:  # noqa: ANN401 -- a module, or what it holds
    """Name the file that was found, and what in it has nearly that name."""
    if not hasattr(found, "__name__") or not isinstance(found, type(os)):
        return ""
    import difflib  # noqa: PLC0415 -- for once, and the start of a worker counts

    names = [name for name in dir(found) if not name.startswith("_")]
    near = [name for name in names if name.startswith(wanted)] or difflib.get_close_matches(wanted, names, 1)
    return _place(found) + ("\nDid you mean {!r}?".format(near[0]) if near else "")


def _place(module: Any) -> str:  # noqa: ANN401 -- of sys.modules
    file = getattr(module, "__file__", None)
    if file:
        return "\nFound {!r} in {}.".format(module.__name__, file)
    folders = [str(each) for each in getattr(module, "__path__", [])]
    if folders:
        return "\nFound {!r} as a folder without __init__.py: {}.".format(module.__name__, ", ".join(folders))
    return "\nFound {!r} inside of Python itself.".format(module.__name__)
