"""Metrics of the application, which the front tells with its own at ``metrics_listen``.

``environ["waitress.metrics"]`` has the same functions. Where the server has no such address they cost next to nothing.

    from waitress_worker import metrics

    ORDERS = metrics.counter("shop_orders", "Orders that were placed.", ["kind"])
    ORDERS.labels("book").inc()
"""

from bisect import bisect_left
from math import isnan
from threading import Lock
from typing import Any, Dict, List, Tuple

from waitress_worker.series import BUCKET, COUNTER, DROPPED, GAUGE, HISTOGRAM, SERIES, SUM, VALUE, Series, family, plain

__all__ = ["Metrics", "counter", "gauge", "histogram"]

#: Bounds of histograms that are usual for seconds.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_MOST_BOUNDS = 100

_INFINITY = float("inf")
_TOTAL = "_total"


class _Metric(object):
    """A metric, and at once its series where it has no labels."""

    _parts: "List[Tuple[int, str]]" = [(VALUE, "")]

    def __init__(self, series: Series, of: Any) -> None:  # noqa: ANN401 -- a Family
        self._series = series
        self._family = of
        self._children: Dict[Tuple[str, ...], Any] = {}
        self._number = -1 if of[4] else series.numbers(of, (), self._parts)

    def labels(self, *values: Any, **named: Any) -> Any:  # noqa: ANN401 -- any value; one of the same kind
        """The series with these values of the labels, in their order or by their names."""
        names = self._family[4]
        if named and not values and set(named) == set(names):
            values = tuple(named[name] for name in names)
        elif named or len(values) != len(names) or not names:
            raise ValueError("metric {} has the labels {}".format(self._family[1], list(names)))
        key = tuple([plain(value) for value in values])
        child = self._children.get(key)
        if child is None:
            child = self._child(key)
            if child._number != DROPPED:  # noqa: SLF001 -- else there may be any number of them
                child = self._children.setdefault(key, child)
        return child

    def _child(self, values: Tuple[str, ...]) -> Any:  # noqa: ANN401 -- one of the same kind
        child = type(self).__new__(type(self))
        child.__dict__.update(
            self.__dict__, _children={}, _number=self._series.numbers(self._family, values, self._parts)
        )
        child._begin()  # noqa: SLF001 -- its own
        return child

    def _begin(self) -> None:
        """Set what each series has for itself."""

    def _require_series(self) -> None:
        if self._number < 0:
            raise ValueError("metric {}: give values to its labels first".format(self._family[1]))


class Counter(_Metric):
    """Counts what happens."""

    def inc(self, amount: float = 1) -> None:
        """So many more."""
        if not 0 <= amount < _INFINITY:
            raise ValueError("metric {} cannot grow by {!r}".format(self._family[1], amount))
        self._require_series()
        self._series.add(self._number, float(amount))


class Gauge(_Metric):
    """Tells how much there is of something now, in this process."""

    def __init__(self, series: Series, of: Any) -> None:  # noqa: ANN401 -- a Family
        super(Gauge, self).__init__(series, of)
        self._begin()

    def _begin(self) -> None:
        self._value = 0.0
        self._lock = Lock()

    def set(self, value: float) -> None:
        """It is so much now."""
        self._require_series()
        with self._lock:
            self._value = float(value)
            self._series.set(self._number, self._value)

    def inc(self, amount: float = 1) -> None:
        """It is so much more."""
        self._require_series()
        with self._lock:
            self._value += float(amount)
            self._series.set(self._number, self._value)

    def dec(self, amount: float = 1) -> None:
        """It is so much less."""
        self.inc(-amount)


class Histogram(_Metric):
    """Counts values up to each of some bounds."""

    def __init__(self, series: Series, of: Any, bounds: Tuple[float, ...]) -> None:  # noqa: ANN401 -- a Family
        self._bounds = bounds
        self._parts = [(BUCKET, repr(bound)) for bound in bounds] + [(BUCKET, "+Inf"), (SUM, "")]
        super(Histogram, self).__init__(series, of)

    def observe(self, value: float) -> None:
        """One more value; it belongs to the first bound that is not less than it."""
        value = float(value)
        if isnan(value):
            raise ValueError("metric {} takes numbers".format(self._family[1]))
        self._require_series()
        number = self._number
        if number == DROPPED:
            self._series.add(DROPPED, 1.0)
            return
        self._series.add(number + bisect_left(self._bounds, value), 1.0)
        self._series.add(number + len(self._bounds) + 1, value)


class Metrics(object):
    """Makes metrics: each once, whoever asks for it again gets it again."""

    def __init__(self, series: Series) -> None:
        """Count with these."""
        self._series = series
        self._made: Dict[Any, Any] = {}

    def counter(self, name: str, help: str = "", labels: Any = ()) -> Counter:  # noqa: A002, ANN401 -- Prometheus' word; names
        """A metric that only grows; ``_total`` is added to its name. ValueError if it can be none."""
        if isinstance(name, str) and name.endswith(_TOTAL):
            name = name[: -len(_TOTAL)]
        return self._get(Counter, family(COUNTER, name, help, labels, "livesum"))  # type: ignore[no-any-return]

    def gauge(self, name: str, help: str = "", labels: Any = (), mode: str = "livesum") -> Gauge:  # noqa: A002, ANN401 -- as above
        """A metric that rises and falls; ``mode`` says what it is that several workers have (docs/metrics.md)."""
        return self._get(Gauge, family(GAUGE, name, help, labels, mode))  # type: ignore[no-any-return]

    def histogram(self, name: str, help: str = "", labels: Any = (), buckets: Any = SECONDS) -> Histogram:  # noqa: A002, ANN401 -- as above
        """A metric that tells how values are distributed: how many were up to each bound."""
        of = family(HISTOGRAM, name, help, labels, "livesum")
        bounds = tuple([float(bound) for bound in buckets])
        if bounds[-1:] == (_INFINITY,):
            bounds = bounds[:-1]
        rising = all(low < high for low, high in zip((-_INFINITY,) + bounds, bounds + (_INFINITY,)))
        if not rising or not 0 < len(bounds) <= _MOST_BOUNDS:
            message = "metric {}: buckets are 1 to {} numbers, each greater than the one before"
            raise ValueError(message.format(name, _MOST_BOUNDS))
        return self._get(Histogram, of, bounds)  # type: ignore[no-any-return]

    def _get(self, kind: Any, of: Any, *more: Any) -> Any:  # noqa: ANN401 -- a class, a Family, what the class takes
        key = of[:2] + of[3:] + more
        found = self._made.get(key)
        if found is None:
            if more and any(each[:2] == of[:2] for each in list(self._made)):
                raise ValueError("metric {}: it is there already, with other labels or buckets".format(of[1]))
            self._series.register(of)
            found = self._made.setdefault(key, kind(self._series, of, *more))
        return found


METRICS = Metrics(SERIES)

counter = METRICS.counter
gauge = METRICS.gauge
histogram = METRICS.histogram
