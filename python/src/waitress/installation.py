"""What an installation of this package may suffer from: files of another distribution, a Python that lacks modules."""

import os
import sys
import warnings
from typing import List

_HERE = os.path.dirname(os.path.abspath(__file__))

#: Modules that the other distribution of this name has and this one never had.
_OF_OTHERS = ("buffers.py", "parser.py", "receiver.py", "rfc7230.py")

_REMEDY = "remove {} and all waitress-*.dist-info beside it, and install one of the two again".format(_HERE)


def explain(failure: ImportError) -> ImportError:
    """Say in one line why this package cannot be imported."""
    missing = failure.name or ""
    if missing.split(".")[0] in ("waitress", "waitress_worker"):
        return ImportError("files of another distribution of waitress lie among ours ({}): {}".format(failure, _REMEDY))
    return ImportError(
        "waitress needs Python's whole standard library: {} has no module {} (Debian: python3-minimal is not"
        " enough, install python3)".format(sys.executable, missing or failure),
        name=missing,
    )


def warn_of_others() -> None:
    """Warn if another distribution has been installed into the same folder: its parts may run in place of ours."""
    others = _others()
    if others:
        warnings.warn(
            "files of another distribution of waitress lie among ours ({}): {}".format(", ".join(others), _REMEDY),
            RuntimeWarning,
            stacklevel=3,
        )


def _others() -> List[str]:
    try:
        found = [name for name in _OF_OTHERS if os.path.exists(os.path.join(_HERE, name))]
        beside = os.listdir(os.path.dirname(_HERE))
        version = _version()
    except OSError:
        return []  # inside an archive
    records = [name for name in beside if name.startswith("waitress-") and name.endswith((".dist-info", ".egg-info"))]
    return found + [name for name in records if version and not name.startswith("waitress-{}.".format(version))]


def _version() -> str:
    """The version of ours; nothing in a checkout, where there is no record either."""
    path = os.path.join(_HERE, "VERSION")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read().strip()
