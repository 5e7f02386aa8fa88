"""What a file for ``logging.config.dictConfig`` says of logging."""

import json
import logging.config
from io import open  # noqa: A004 -- also in 2.7
from typing import List, Optional

from waitress_worker.application import LoadError
from waitress_worker.compat import path_of_front
from waitress_worker.tracebacks import shortened

_MOST_OF_REASON = 1000


def set_up(path: str) -> None:
    """Set up logging as a JSON file says; raise LoadError, of one line, where that cannot be."""
    try:
        with open(path_of_front(path), encoding="utf-8-sig") as file:
            logging.config.dictConfig(json.load(file))
    except Exception as failure:  # noqa: BLE001 -- whatever the handlers that it names raise
        raise LoadError("log_config {}: {}".format(path, _reason(failure)))


def _reason(failure: BaseException) -> str:
    """Say what is wrong: dictConfig tells which part it is, and the cause of that what is wrong with it."""
    if isinstance(failure, EnvironmentError) and failure.strerror:
        return failure.strerror
    reasons: List[str] = []
    each: Optional[BaseException] = failure
    while each is not None and len(reasons) < 3:  # noqa: PLR2004 -- part, object, cause
        reasons.append(str(each) or type(each).__name__)
        each = getattr(each, "__cause__", None)
    return shortened(": ".join(reasons).replace("\n", " "), _MOST_OF_REASON)
