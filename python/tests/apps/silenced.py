"""An application that sets up its logging in the usual way, which disables the loggers that are there."""

from __future__ import annotations

import logging
import logging.config
from typing import Any

CONFIG = {
    "version": 1,
    "disable_existing_loggers": True,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "INFO", "handlers": ["console"]},
}
logging.config.dictConfig(CONFIG)


def app(environ: Any, start_response: Any) -> list[bytes]:
    print("x" * 100_000, flush=True)
    if environ["PATH_INFO"] == "/later":
        logging.config.dictConfig(CONFIG)
    if environ["PATH_INFO"] == "/silence":
        logging.getLogger("waitress").setLevel(logging.CRITICAL)
    if environ["PATH_INFO"] != "/":
        raise RuntimeError("failed " + environ["PATH_INFO"])
    start_response("200 OK", [])
    return [b"ok"]
