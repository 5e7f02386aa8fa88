"""``waitress-serve --paste=FILE[#NAME] [name=value …]``: what an ini file of PasteDeploy describes.

The file's logging is set up first, then the application is loaded, then the server: ``[server:main]``, which is this one
where it says ``use = egg:waitress#main``.
"""

import configparser
import logging
import logging.config
import os
import sys
from typing import Dict, List

_PASTE = "--paste"
_LOGGER = "logger_"
_LOGGER_KEYS = ("level", "qualname", "handlers", "propagate")


class UsageError(Exception):
    """The command line makes no sense."""


def is_wanted(arguments: List[str]) -> bool:
    """Tell whether the command line names an ini file."""
    return any(argument.split("=")[0] == _PASTE for argument in arguments)


def run(arguments: List[str]) -> int:
    """Serve until told to end; return the exit status."""
    try:
        path, name, variables = _parse(arguments)
    except UsageError as failure:
        print("Error: {}".format(failure), file=sys.stderr)
        return 1
    sys.path.append(os.getcwd())
    set_up_logging(path, variables)
    try:
        from paste.deploy import loadapp, loadserver  # type: ignore[import-untyped]  # noqa: PLC0415 -- need not be there
    except ImportError:
        print("Error: ini files need PasteDeploy: pip install PasteDeploy", file=sys.stderr)
        return 1
    uri = "config:" + path
    application = loadapp(uri, name, global_conf=variables)
    server = loadserver(uri, global_conf=variables)
    print("Starting server in PID {}.".format(os.getpid()), flush=True)
    return server(application) or 0


def _parse(arguments: List[str]) -> "tuple[str, str, Dict[str, str]]":
    path = ""
    variables = {}
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        option, equals, value = argument.partition("=")
        if option == _PASTE:
            if not equals and not rest:
                raise UsageError("option --paste requires argument")
            path = value if equals else rest.pop(0)
        elif option.startswith("-") or not equals:
            raise UsageError(
                "{}: with --paste only name=value may be given; settings stand in [server:main]".format(argument)
            )
        else:
            variables[option] = value
    path, _, name = path.partition("#")
    if not os.path.isfile(path):
        raise UsageError("there is no file {!r}".format(path))
    return os.path.abspath(path), name or "main", variables


def set_up_logging(path: str, variables: Dict[str, str]) -> None:
    """Set up the logging that the file describes: wholly with ``[loggers]``, else from each ``[logger_NAME]`` alone."""
    given = {"here": os.path.dirname(path), "__file__": path}
    given.update(variables)
    parser = configparser.ConfigParser({name: value.replace("%", "%%") for name, value in given.items()})
    parser.read(path, encoding="utf-8-sig")
    if parser.has_section("loggers"):
        logging.config.fileConfig(parser, disable_existing_loggers=False)
        return
    logging.basicConfig()
    for section in parser.sections():
        if section.startswith(_LOGGER):
            _set_up_logger(parser, section)


def _set_up_logger(parser: configparser.ConfigParser, section: str) -> None:
    own = [key for key in parser[section] if key not in parser.defaults()]
    unknown = [key for key in own if key not in _LOGGER_KEYS]
    if unknown:
        raise ValueError("[{}] has unknown keys: {}".format(section, ", ".join(unknown)))
    name = parser.get(section, "qualname", fallback=section[len(_LOGGER) :])
    logger = logging.getLogger(None if name == "root" else name)
    level = parser.get(section, "level", fallback="")
    if level:
        logger.setLevel(int(level) if level.isdigit() else level.upper())
    if parser.has_option(section, "propagate"):
        logger.propagate = parser.getboolean(section, "propagate")
