"""The request that a worker answers before it serves: what an application does at its first one, no client waits for."""

from io import BytesIO
from typing import Any, Callable, Dict, List

from waitress_worker.application import LoadError, own_traceback
from waitress_worker.environ import fixed_environ
from waitress_worker.log import LOG

_FIRST_ERROR_OF_CLIENTS = "400"
_FIRST_ERROR_OF_SERVERS = "500"


def warm_up(application: Callable[..., Any], target: str, constants: Dict[str, Any]) -> None:
    """Have the application answer ``GET target``; raise LoadError where it cannot."""
    statuses: List[str] = []

    def start_response(status: str, _headers: Any, _exc_info: Any = None) -> Callable[[bytes], None]:  # noqa: ANN401
        statuses.append(status)
        return lambda _block: None

    try:
        blocks = application(_environ(target, constants), start_response)
        try:
            for _ in blocks:
                pass
        finally:
            close = getattr(blocks, "close", None)
            if close is not None:
                close()
    except BaseException as failure:
        raise LoadError("The warm-up request GET {} failed".format(target), own_traceback()) from failure
    _judge(target, statuses[-1] if statuses else "no status")


def _judge(target: str, status: str) -> None:
    """Take whatever is no failure of the application; one that knows no such page warms up all the same."""
    if status >= _FIRST_ERROR_OF_SERVERS:
        raise LoadError("The warm-up request GET {} was answered with {}".format(target, status))
    if status >= _FIRST_ERROR_OF_CLIENTS:
        LOG.warning("The warm-up request GET %s was answered with %s", target, status)


def _environ(target: str, constants: Dict[str, Any]) -> Dict[str, Any]:
    path, _, query = target.partition("?")
    environ = fixed_environ(constants)
    environ.update(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_URI": target,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_HOST": "127.0.0.1",
            "REMOTE_PORT": "0",
            "HTTP_HOST": "localhost",
            "HTTP_USER_AGENT": "waitress-warmup",
            "wsgi.input": BytesIO(),
            "wsgi.early_hints": lambda _headers: None,
            "waitress.client_disconnected": lambda: False,
        }
    )
    return environ
