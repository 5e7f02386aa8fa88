"""The Python side of a worker process: it runs a WSGI application for the front, which speaks HTTP.

A package of its own name, so that an application that imports ``waitress`` finds the one of its environment.
"""


class RequestTimeout(BaseException):
    """The request has run for longer than ``request_timeout``, and its client has had its answer.

    Raised in the code of the application, wherever that is. No Exception: what catches all of those, in order to go on or
    to try again, would go on with a request that nobody waits for.
    """
