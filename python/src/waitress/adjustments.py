"""Settings as an object: programs make an ``Adjustments``, read from it, and hand it to a server."""

import socket
from typing import Any, Callable, Dict, List, Mapping, Tuple

_YES = ("t", "true", "y", "yes", "on", "1")


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in _YES


def _octal(value: object) -> int:
    return value if isinstance(value, int) else int(str(value), 8)


def _words(value: Any) -> List[str]:  # noqa: ANN401 -- text or a list of texts
    return value.split() if isinstance(value, str) else [word for item in value for word in str(item).split()]


def _prefix(value: object) -> str:
    inner = str(value).strip().strip("/")
    return "/" + inner if inner else ""


#: Those of Waitress, with their defaults; the front knows them too, and checks what is given.
_TABLE: Dict[str, Tuple[Callable[[Any], Any], Any]] = {
    "host": (str, "0.0.0.0"),
    "port": (int, 8080),
    "ipv4": (_flag, True),
    "ipv6": (_flag, True),
    "unix_socket": (str, None),
    "unix_socket_perms": (_octal, 0o600),
    "sockets": (list, []),
    "backlog": (int, 1024),
    "server_name": (str, "waitress.invalid"),
    "url_scheme": (str, "http"),
    "url_prefix": (_prefix, ""),
    "ident": (str, "waitress"),
    "expose_tracebacks": (_flag, False),
    "trusted_proxy": (str, None),
    "trusted_proxy_count": (int, None),
    "trusted_proxy_headers": (lambda value: set(_words(value)), set()),
    "clear_untrusted_proxy_headers": (_flag, True),
    "log_untrusted_proxy_headers": (_flag, False),
    "threads": (int, 4),
    "log_socket_errors": (_flag, True),
    "recv_bytes": (int, 8192),
    "send_bytes": (int, 1),
    "channel_request_lookahead": (int, 0),
    "inbuf_overflow": (int, 524288),
    "outbuf_overflow": (int, 1048576),
    "outbuf_high_watermark": (int, 16777216),
    "max_request_header_size": (int, 262144),
    "max_request_body_size": (int, 1073741824),
    "connection_limit": (int, 10000),
    "cleanup_interval": (int, 30),
    "channel_timeout": (int, 120),
    "asyncore_loop_timeout": (int, 1),
    "asyncore_use_poll": (_flag, False),
}

#: Those that Waitress does not have: text, as they were given.
_MORE = frozenset(
    (
        "listen",
        "certfile",
        "keyfile",
        "keyfile_password",
        "self_signed",
        "tls_min_version",
        "ciphers",
        "http_protocols",
        "ca_certs",
        "cert_reqs",
        "crlfile",
        "tls_handshake_timeout",
        "http_listen",
        "https_redirect",
        "acme_challenge_dir",
        "hsts",
        "reuse_port",
        "http2_cleartext",
        "http1_early_hints",
        "socket_options",
        "workers",
        "loops",
        "python",
        "reload",
        "reload_extra",
        "touch_reload",
        "busy_poll",
        "warmup_path",
        "preload",
        "post_fork",
        "worker_exit",
        "max_requests",
        "max_requests_jitter",
        "max_worker_age",
        "max_worker_memory",
        "retry_idempotent",
        "proxy_protocol",
        "health",
        "health_path",
        "health_listen",
        "control_socket",
        "metrics_listen",
        "metrics_limit",
        "admin_actions",
        "admin_token",
        "trace",
        "trace_sample",
        "otlp_endpoint",
        "service_name",
        "pid_file",
        "user",
        "group",
        "log_level",
        "log_format",
        "log_config",
        "access_log",
        "access_log_format",
        "access_log_filter",
        "slow_request_threshold",
        "request_id",
        "request_id_header",
        "max_request_line_size",
        "max_request_headers",
        "max_chunk_line_size",
        "max_request_trailer_size",
        "connections_per_address",
        "http2_max_concurrent_streams",
        "queue_limit",
        "queue_start_header",
        "queue_timeout",
        "request_timeout",
        "request_timeout_stacks",
        "request_head_timeout",
        "request_body_min_rate",
        "shutdown_timeout",
        "drain_delay",
        "startup_timeout",
        "stream_threads",
        "task_threads",
        "worker_timeout",
    )
)


class Adjustments:
    """The settings given, as attributes, and the defaults of the others; Snooze makes one for its server.

    ``listen`` holds an entry ``(family, type, protocol, (host, port))`` for each address, as Waitress has it.
    """

    listen: List[Tuple[Any, ...]] = []

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 -- each setting has its own type
        #: As they were given, for a server that is made with these.
        self.given = dict(settings)
        for name, value in settings.items():
            if name in _TABLE:
                setattr(self, name, None if value is None else _TABLE[name][0](value))
            elif name not in _MORE:
                raise ValueError("Unknown adjustment {!r}".format(name))
            elif name != "listen":
                setattr(self, name, value)
        if not (settings.get("unix_socket") or settings.get("sockets")):
            self.listen = [entry for host, port in self._addresses() for entry in _resolve(host, port, self)]

    def _addresses(self) -> "List[Tuple[str, Any]]":
        if "listen" not in self.given:
            return [(self.host, self.port)]  # type: ignore[attr-defined]
        return [_split(entry) for entry in _words(self.given["listen"])]


def _split(entry: str) -> Tuple[str, Any]:
    host, colon, port = entry.rpartition(":")
    return (entry, Adjustments.port) if not colon or "]" in port else (host, port)  # type: ignore[attr-defined]


def _resolve(host: str, port: Any, settings: Any) -> "List[Tuple[Any, ...]]":  # noqa: ANN401 -- number or name
    name = None if host == "*" else host.strip("[]")
    family = {(True, False): socket.AF_INET, (False, True): socket.AF_INET6}.get((settings.ipv4, settings.ipv6), 0)
    try:
        found = socket.getaddrinfo(name, port, family, socket.SOCK_STREAM, socket.IPPROTO_TCP, socket.AI_PASSIVE)
    except (socket.gaierror, OverflowError) as failure:
        raise ValueError("Invalid host/port specified: '{}:{}'".format(host, port)) from failure
    return [(family, kind, protocol, address) for family, kind, protocol, _, address in found]


for _name, (_, _default) in _TABLE.items():
    setattr(Adjustments, _name, _default)


def in_effect(settings: Mapping[str, Any], listeners: "List[Tuple[str, str]]") -> Adjustments:
    """Make those of a server that listens: with the real port, and every address."""
    known = {name: value for name, value in settings.items() if name not in ("sockets", "listen")}
    result = Adjustments(**dict(known, unix_socket=known.get("unix_socket") or "-"))  # nothing to be resolved again
    result.unix_socket = known.get("unix_socket")  # type: ignore[attr-defined]
    host, port = listeners[0]
    if host != "unix":
        result.host = settings.get("host") or host  # type: ignore[attr-defined]
        result.port = int(port)  # type: ignore[attr-defined]
        result.listen = [
            (
                socket.AF_INET6 if ":" in host else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                (host, int(port)),
            )
            for host, port in listeners
        ]
    return result
