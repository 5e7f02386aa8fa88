"""Applications that count what they do, for those who compare: by the server's own metrics, and by prometheus_client."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

import prometheus_client

from waitress_worker import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = metrics.counter("shop_asked", "Requests, by what they ask for.", ["kind"])
TOOK = metrics.histogram("shop_took_seconds", "What requests have taken.", ["kind"], buckets=[0.1, 1])
OPEN = metrics.gauge("shop_open", "Requests that run.")
LOADED = metrics.counter("shop_loaded", "Times that it was loaded.")
LOADED.inc()

LIBRARY_ASKED = prometheus_client.Counter("library_asked", "Requests, by what they ask for.", ["kind"])
LIBRARY_TOOK = prometheus_client.Histogram("library_took_seconds", "What requests have taken.", buckets=[0.1, 1])
LIBRARY_SIZE = prometheus_client.Summary("library_size", "What was sent.")
GAUGES = {
    mode: prometheus_client.Gauge(f"library_{mode}", "A number.", multiprocess_mode=mode)
    for mode in ("all", "liveall", "min", "livemin", "max", "livemax", "sum", "livesum", "mostrecent", "livemostrecent")
}
BODIES = {"large": b"x" * 20_000, "huge": b"x" * 200_000}


def hook(_number: int) -> None:
    """For post_fork."""
    LOADED.inc(100)


def count(kind: str) -> None:
    """Count by all there is."""
    ASKED.labels(kind).inc()
    TOOK.labels(kind=kind).observe(0.3)
    LIBRARY_ASKED.labels(kind).inc()
    LIBRARY_TOOK.observe(0.3)


def pieces(kind: str) -> Iterator[bytes]:
    yield b"one"
    count(kind)
    yield b"two"


def app(environ: Any, start_response: Any) -> Any:  # noqa: C901, PLR0912 -- one branch for each kind
    kind, _, argument = environ["PATH_INFO"].lstrip("/").partition("/")
    environ["wsgi.input"].read()
    if kind == "label":
        environ.get("waitress.metrics", metrics).counter("shop_labels", "Made by clients.", ["text"]).labels(
            argument
        ).inc()
        LIBRARY_ASKED.labels(argument).inc()
    if kind == "gauge":
        for gauge in GAUGES.values():
            gauge.set(float(argument))
        OPEN.set(float(argument))
        time.sleep(1)
        start_response("200 OK", [])
        return [str(os.getpid()).encode()]
    if kind == "hang":
        count(kind)
        time.sleep(float(argument))
    if kind == "series":
        many = metrics.counter("shop_many", "Many.", ["number"])
        for number in range(int(argument)):
            many.labels(number).inc()
    if kind == "late":
        start_response("200 OK", [])
        return pieces(kind)
    if kind == "thread":
        thread = threading.Thread(target=count, args=[kind])
        thread.start()
        thread.join()
    else:
        count(kind)
    if kind == "fail":
        raise ValueError("as asked")
    start_response("200 OK", [("Content-Type", "text/plain")])
    if kind == "stream":
        return (b"piece" for _ in range(3))
    return [BODIES.get(kind, b"done")]


def wrong(environ: Any, start_response: Any) -> Any:
    """Ask for a metric that is none."""
    environ.get("waitress.metrics", metrics).counter("shop wrong")
    return app(environ, start_response)
