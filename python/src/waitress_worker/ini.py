"""What an ini file of PasteDeploy describes: its logging, then its application, which the library PasteDeploy loads."""

import configparser
import logging
import logging.config
import os
import sys
from typing import Any, Callable, Dict, Iterator, List

from waitress_worker.application import LoadError, own_frames, own_traceback, requested_exit, require_callable

_LOGGER = "logger_"
_LOGGER_KEYS = ("level", "qualname", "handlers", "propagate")

#: What fileConfig() needs: each list, how the sections that it names begin, and the keys that these must have.
_LISTS = (
    ("formatters", "formatter_", ()),
    ("handlers", "handler_", ("class",)),
    ("loggers", "logger_", ("qualname", "handlers")),
)


class _LoggingError(Exception):
    """The logging sections make no sense."""


def load(path: str, name: str, variables: Dict[str, str]) -> Callable[..., Any]:
    """Set up logging, and load the application of this name."""
    try:
        set_up_logging(path, variables)
        try:
            from paste.deploy import loadapp  # type: ignore[import-untyped]  # noqa: PLC0415 -- need not be there
        except ImportError:
            raise LoadError(
                "ini files need PasteDeploy, which {} does not have: pip install PasteDeploy".format(sys.executable)
            )
        # In an address a percent sign begins the code of a character, and a hash the name.
        address = "config:" + path.replace("%", "%25").replace("#", "%23")
        return require_callable(loadapp(address, name, global_conf=variables), name)
    except LoadError:
        raise
    except SystemExit as request:
        raise requested_exit(request) from request
    except BaseException as failure:
        raise _explained(failure) from failure


def _explained(failure: BaseException) -> LoadError:
    """A traceback where the application's own code failed; a line is enough for what the file says wrong."""
    if own_frames() is not None:
        return LoadError("", own_traceback())
    return LoadError("KeyError: {}".format(failure) if type(failure) is KeyError else str(failure))


def set_up_logging(path: str, variables: Dict[str, str]) -> None:
    """Set up the logging that the file describes: wholly with ``[loggers]``, else from each ``[logger_NAME]`` alone."""
    given = {"here": os.path.dirname(path), "__file__": path}
    given.update(variables)
    parser = configparser.ConfigParser({name: value.replace("%", "%%") for name, value in given.items()})
    parser.read(path, encoding="utf-8-sig")
    if parser.has_section("loggers"):
        for keys, beginning, required in _LISTS:
            _check(parser, keys, beginning, required)
        if "root" not in _listed(parser, "loggers", "keys"):
            raise _LoggingError("[loggers] must list 'root'")
        logging.config.fileConfig(parser, disable_existing_loggers=False)
        return
    logging.basicConfig()
    for section in parser.sections():
        if section.startswith(_LOGGER):
            _set_up_logger(parser, section)


def _check(parser: configparser.ConfigParser, keys: str, beginning: str, required: "tuple[str, ...]") -> None:
    """Say what is missing by its name, where fileConfig() would raise a bare KeyError."""
    _require(parser, keys, "keys")
    for name in _listed(parser, keys, "keys"):
        section = beginning + name
        if not parser.has_section(section):
            raise _LoggingError("[{}] lists {!r}, and there is no [{}]".format(keys, name, section))
        for key in required if section != "logger_root" else ("handlers",):
            _require(parser, section, key)
        for handler in _listed(parser, section, "handlers"):
            _known(parser, section, "handlers", handler)
        formatter = parser.get(section, "formatter", raw=True, fallback="")
        if formatter:
            _known(parser, section, "formatters", formatter)


def _require(parser: configparser.ConfigParser, section: str, key: str) -> None:
    if not parser.has_option(section, key):
        raise _LoggingError("[{}] has no {!r}".format(section, key))


def _listed(parser: configparser.ConfigParser, section: str, key: str) -> "Iterator[str]":
    names: List[str] = parser.get(section, key, raw=True, fallback="").split(",")
    return filter(None, (name.strip() for name in names))


def _known(parser: configparser.ConfigParser, section: str, keys: str, name: str) -> None:
    if name not in _listed(parser, keys, "keys"):
        raise _LoggingError("[{}] uses {!r}, which [{}] does not list".format(section, name, keys))


def _set_up_logger(parser: configparser.ConfigParser, section: str) -> None:
    own = [key for key in parser[section] if key not in parser.defaults()]
    unknown = [key for key in own if key not in _LOGGER_KEYS]
    if unknown:
        raise _LoggingError("[{}] has unknown keys: {}".format(section, ", ".join(unknown)))
    name = parser.get(section, "qualname", fallback=section[len(_LOGGER) :])
    logger = logging.getLogger(None if name == "root" else name)
    level = parser.get(section, "level", fallback="")
    if level:
        logger.setLevel(int(level) if level.isdigit() else level.upper())
    if parser.has_option(section, "propagate"):
        logger.propagate = parser.getboolean(section, "propagate")
