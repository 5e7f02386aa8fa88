"""Lets the metrics of ``prometheus_client`` count with those of the server.

Its numbers are ours then, as they lie in files where it counts for several processes by itself.
"""

import gc
import sys
from typing import Any, List, Set, Tuple

from waitress_worker.log import LOG, harmless, log_failure
from waitress_worker.series import (
    BUCKET,
    COUNT,
    COUNTER,
    GAUGE,
    HISTOGRAM,
    SERIES,
    SUM,
    SUMMARY,
    UNTOLD,
    VALUE,
    family,
    plain,
)

_VALUES = "prometheus_client.values"

_KINDS = {"counter": COUNTER, "gauge": GAUGE, "histogram": HISTOGRAM, "summary": SUMMARY}
_PARTS = {"_bucket": BUCKET, "_sum": SUM, "_count": COUNT}

#: Metrics that have been refused, each of which is told of once.
_REFUSED: Set[str] = set()


def values_of(mutex_value: Any) -> Any:  # noqa: ANN401 -- a class of the library, and one of ours
    """Make of the library's class for numbers in memory one whose numbers the front gets too."""

    class WaitressValue(mutex_value):  # type: ignore[misc, valid-type]
        """A number of a metric."""

        _value: Any
        _lock: Any

        def __init__(
            self, typ: str, metric_name: str, name: str, labelnames: Any, labelvalues: Any, *more: Any, **named: Any
        ) -> None:
            mutex_value.__init__(self, typ, metric_name, name, labelnames, labelvalues, *more, **named)
            help_text = more[0] if more else named.get("help_text", "")
            mode = named.get("multiprocess_mode") or "all"
            self._is_gauge = typ == "gauge"
            self._number = _number(typ, metric_name, name, labelnames, labelvalues, help_text=help_text, mode=mode)

        def inc(self, amount: float) -> None:
            if self._is_gauge:
                with self._lock:
                    self._value += amount
                    SERIES.set(self._number, float(self._value))
            else:
                mutex_value.inc(self, amount)
                SERIES.add(self._number, float(amount))

        def set(self, value: float, timestamp: Any = None) -> None:  # noqa: ARG002 -- the library gives it
            with self._lock:
                before, self._value = self._value, value
                if self._is_gauge:
                    SERIES.set(self._number, float(value))
                elif value > before:  # what the server tells of a counter never falls
                    SERIES.add(self._number, float(value - before))

    return WaitressValue


def _number(
    typ: str, metric_name: str, name: str, labelnames: Any, labelvalues: Any, *, help_text: str, mode: str
) -> int:
    """Find the number of a value."""
    kind = _KINDS.get(typ)
    if kind is None:
        return UNTOLD
    part = VALUE if kind in (COUNTER, GAUGE) else _PARTS[name[len(metric_name) :]]
    bound = ""
    labels: "List[Any]" = list(labelnames)
    shown: "List[Any]" = list(labelvalues)
    if part == BUCKET:
        labels.pop()
        bound = shown.pop()
    values: Tuple[str, ...] = tuple([plain(value) for value in shown])
    try:
        of = family(kind, metric_name, help_text, labels, mode)
        SERIES.register(of)
    except ValueError as refusal:
        if metric_name not in _REFUSED:
            _REFUSED.add(metric_name)
            with harmless:
                LOG.warning("a metric of prometheus_client is not told by the server: %s", refusal)
        return UNTOLD
    return SERIES.numbers(of, values, [(part, bound)])


def take_over() -> None:
    """Have the library count with us from now on; where it is imported later, as soon as it is.

    Where it counts in files, or with us already, it goes on with that.
    """
    values = sys.modules.get(_VALUES)
    if values is None:
        if sys.version_info >= (3,) and not any(isinstance(each, _Finder) for each in sys.meta_path):
            sys.meta_path.insert(0, _Finder())  # type: ignore[arg-type]
    elif values.ValueClass is values.MutexValue:
        _replace(values)
        _take_over_metrics(values)


def _replace(values: Any) -> None:  # noqa: ANN401 -- the library's module
    if values.ValueClass is values.MutexValue:
        values.ValueClass = values_of(values.MutexValue)


def _take_over_metrics(values: Any) -> None:  # noqa: ANN401 -- the library's module
    """Give new numbers to the metrics that are there already, wherever they are registered, as if they were made now."""
    base = sys.modules["prometheus_client.metrics"].MetricWrapperBase
    for metric in [each for each in gc.get_objects() if issubclass(type(each), base)]:
        try:
            if metric._is_observable():
                _take_over(metric, values)
        except Exception:  # noqa: BLE001 -- another version of the library, which goes on as before
            log_failure("a metric of prometheus_client cannot be told by the server")


def _take_over(metric: Any, values: Any) -> None:  # noqa: ANN401 -- a metric, and the library's module
    before = dict(vars(metric))
    if not any(type(old) is values.MutexValue or type(old) is list for old in before.values()):
        return
    metric._metric_init()
    for name, old in before.items():
        new = getattr(metric, name)
        for old_value, new_value in zip(old, new) if type(old) is list else [(old, new)]:
            if type(old_value) is values.MutexValue and old_value.get():
                new_value.inc(old_value.get())
        if name == "_created":
            metric._created = old


class _Finder(object):
    """Waits for the import of the library's module for values, and acts when that has run."""

    def find_spec(self, name: str, *_: Any) -> Any:  # noqa: ANN401 -- of the import system
        """Leave every other module, and the finding of this one, to the others."""
        if name != _VALUES:
            return None
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        from importlib.util import find_spec  # noqa: PLC0415 -- 2.7 has none

        spec = find_spec(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


class _Loader(object):
    """The loader of that module."""

    def __init__(self, loader: Any) -> None:  # noqa: ANN401 -- of the import system
        self._loader = loader

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- what else a loader has
        return getattr(self._loader, name)

    def create_module(self, spec: Any) -> Any:  # noqa: ANN401 -- of the import system
        """Make it as always."""
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:  # noqa: ANN401 -- of the import system
        """Run it, before anybody has used it."""
        self._loader.exec_module(module)
        _replace(module)
