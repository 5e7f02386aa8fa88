"""Serve a WSGI application: ``from waitress import serve; serve(app, port=8041)``.

The process that calls runs the application; HTTP is spoken by a Java process that it starts, the *front*. Where the
application is given by its name (``serve("shop:app", workers=2)``), other processes import and run it. Every setting that ``waitress-serve --help`` lists may be given, as a value of its own type or as text.
"""

import logging
from typing import Any, Callable, Union

from waitress.installation import explain, warn_of_others

try:
    from waitress.java import JavaError
    from waitress.server import Server, create_server
    from waitress.signals import operable, terminable
    from waitress.workers import Application
    from waitress_worker import RequestTimeout
except ImportError as failure:
    raise explain(failure) from failure

__all__ = ["JavaError", "RequestTimeout", "Server", "create_server", "serve", "serve_paste"]


def serve(app: Union[Application, str], **settings: Any) -> None:  # noqa: ANN401 -- each setting has its own type
    """Serve until Ctrl-C or SIGTERM; then answer what was received, and return.

    Logging goes to the console unless it has been set up already; the lines that tell where the server listens have the
    level INFO. Wrong settings are a ValueError, an address that cannot be had is an OSError, an application that workers
    cannot load by its name is an ImportError.
    """
    if settings.pop("_profile", False):
        raise ValueError("_profile: requests run on several threads; docs/python.md tells how to see what they do")
    quiet = settings.pop("_quiet", False)
    factory: Callable[..., Server] = settings.pop("_server", create_server)
    if not quiet:
        logging.basicConfig()
    try:
        with terminable():
            server = factory(app, **settings)
            try:
                with operable(server.orders_by_signals()):
                    if not quiet:
                        server.print_listen("Serving on http://{}:{}")
                    server.run()
            finally:
                server.close()
    except (KeyboardInterrupt, SystemExit):
        pass  # before it ran, or for the second time: no request is waited for


def serve_paste(app: Application, global_conf: object, **settings: Any) -> int:  # noqa: ANN401 -- as above
    """Serve as the server of an ini file, ``use = egg:waitress#main``; the global configuration has no part in it."""
    serve(app, **settings)
    return 0


warn_of_others()
