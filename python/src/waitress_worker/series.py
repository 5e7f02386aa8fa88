"""What the application's metrics have come to since the front was told last, whoever has counted: requests, other threads.

Each number of a metric, a bucket of a histogram for instance, has a number of its own in this process. The threads that run
requests count for themselves, without a lock: what a request has counted goes to the front with its answer, or is lost with it.
"""

import re
from struct import Struct
from threading import Lock
from typing import Any, Callable, Dict, List, Set, Tuple

from waitress_worker.compat import Text, bare, whole_characters
from waitress_worker.forks import in_each_child

#: In the order of the front's ``Kind`` and ``Part``.
COUNTER, GAUGE, HISTOGRAM, SUMMARY = range(4)
VALUE, BUCKET, SUM, COUNT = range(4)

#: What a gauge is that several workers have; in the order of the front's ``Spread``.
MODES = ("all", "liveall", "min", "livemin", "max", "livemax", "sum", "livesum", "mostrecent", "livemostrecent")

_SUFFIXES = {
    COUNTER: ("", "_total", "_created"),
    GAUGE: ("",),
    HISTOGRAM: ("", "_bucket", "_sum", "_count", "_created"),
    SUMMARY: ("", "_sum", "_count", "_created"),
}
_WORDS = {COUNTER: "counter", GAUGE: "gauge", HISTOGRAM: "histogram", SUMMARY: "summary"}
_TAKEN = {COUNTER: (), GAUGE: (), HISTOGRAM: ("le",), SUMMARY: ("quantile",)}

# Prometheus, "Data model": metric names and labels.
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*\Z")
#: The server's own.
_RESERVED = re.compile(
    r"(?:waitress_|http_server_)|process_(?:start_time_seconds|cpu_seconds(?:_total)?|resident_memory_bytes|open_fds|max_fds)\Z"
)
_MOST_NAME = 200
_MOST_HELP = 1000
_MOST_LABELS = 32

#: Characters of a label's value; the front cuts those of Java applications in the same place.
MOST_VALUE = 200

#: Stands for all series that are too many.
DROPPED = 0

#: Stands for what the front is not to hear of.
UNTOLD = -1

#: Until a server says how many there may be.
_MOST_SERIES = 5000

_CHANGE = Struct("<Id")

#: What a metric is: kind, name, help, place of its mode, names of its labels.
Family = Tuple[int, str, str, int, Tuple[str, ...]]


def family(kind: int, name: str, help_text: str, labels: Any, mode: str) -> Family:  # noqa: ANN401 -- names
    """Describe a metric; ValueError if Prometheus would not read it."""
    if not isinstance(name, str) or len(name) > _MOST_NAME or not _NAME.match(name):
        raise ValueError(
            "a metric's name is letters, digits, _ and :, not a digit first, up to {} characters; it cannot be {}".format(
                _MOST_NAME, _shown(name)
            )
        )
    if _RESERVED.match(name):
        raise ValueError("metric {}: names like this one are the server's own".format(name))
    if isinstance(labels, str):
        raise ValueError("metric {}: labels is a list of names, not {}".format(name, _shown(labels)))
    if mode not in MODES:
        raise ValueError("metric {}: mode is one of {}, not {}".format(name, ", ".join(MODES), _shown(mode)))
    names = tuple(labels)
    taken = ("pid",) if kind == GAUGE and mode in ("all", "liveall") else _TAKEN[kind]
    for label in names:
        if not isinstance(label, str) or len(label) > _MOST_NAME or not _LABEL.match(label) or label in taken:
            message = "metric {}: a label's name is letters, digits and _, not a digit or __ first; it cannot be {}"
            raise ValueError(message.format(name, _shown(label)))
    if len(set(names)) < len(names) or len(names) > _MOST_LABELS:
        raise ValueError("metric {}: up to {} labels, each once, not {}".format(name, _MOST_LABELS, _shown(names)))
    return kind, bare(name), plain(help_text, _MOST_HELP), MODES.index(mode), tuple([bare(label) for label in names])


def _shown(value: Any) -> str:  # noqa: ANN401 -- that is what is wrong
    text = repr(value)
    return text if len(text) <= _MOST_NAME else text[:_MOST_NAME] + "..."


def plain(value: Any, most: int = MOST_VALUE) -> str:  # noqa: ANN401 -- whatever the application gives
    """Make of a value a text that can be told: not too long, and without halves of characters."""
    text = bare(value if isinstance(value, (str, Text)) else str(value))
    return whole_characters(text if len(text) <= most else text[: most - 3] + "...")


class Series:
    """All numbers of the metrics of this process. Any thread."""

    def __init__(self) -> None:
        """Have none."""
        self._lock = Lock()
        #: What the front is to be told of each, the first of them number 1.
        self.definitions: List[Tuple[Any, ...]] = []
        self._families: Dict[str, Family] = {}
        self._sets: Set[Tuple[str, Tuple[str, ...]]] = set()
        self._numbers: Dict[Tuple[Any, ...], int] = {}
        self._most = _MOST_SERIES
        #: Whether nobody wants to know anything; before that is known, all is kept.
        self._is_off = False
        self._is_wanted = False
        self._ident: Callable[[], int] = int
        #: What threads have counted that run requests, by their ids.
        self._own: Dict[int, Dict[int, float]] = {}
        self._common: Dict[int, float] = {}
        #: What gauges are now, and those of them that have changed.
        self._last: Dict[int, float] = {}
        self._gauges: Dict[int, float] = {}

    def limit(self, most: int) -> None:
        """Allow so many series: a server wants them, or, at 0, does not; another one of this process may."""
        if most:
            self._is_wanted, self._is_off, self._most = True, False, most
        elif not self._is_wanted:
            self._stop()

    def _stop(self) -> None:
        self._is_off = True
        self._common, self._gauges = {}, {}

    # ---- What they are ----

    def register(self, wanted: Family) -> None:
        """Note a metric; ValueError if there is another one by one of its names."""
        with self._lock:
            names = [wanted[1] + suffix for suffix in _SUFFIXES[wanted[0]]]
            for name in names:
                there = self._families.get(name)
                if there is not None and (there[0:2] != wanted[0:2] or there[3:] != wanted[3:]):
                    raise ValueError("{}: there is already {}".format(_described(wanted), _described(there)))
            for name in names:
                self._families.setdefault(name, wanted)

    def numbers(self, of: Family, values: Tuple[str, ...], parts: "List[Tuple[int, str]]") -> int:
        """Return the number of the first of some parts of a series, whose others follow; 0 if the series is one too many.

        A part is its place among VALUE, BUCKET, SUM and COUNT, and the bound of a bucket.
        """
        kind, name, help_text, mode, labels = of
        if self._is_off:
            return DROPPED
        with self._lock:
            key = (name, values, parts[0])
            known = self._numbers.get(key)
            if known is not None:
                return known
            if (name, values) not in self._sets:
                if len(self._sets) >= self._most:
                    return DROPPED
                self._sets.add((name, values))
            pairs = [text for pair in zip(labels, values) for text in pair]
            first = self._numbers[key] = len(self.definitions) + 1
            self.definitions += [(kind, name, help_text, mode, part, bound, pairs) for part, bound in parts]
            return first

    # ---- What they come to ----

    def add(self, number: int, amount: float) -> None:
        """A counter or a part of a histogram has grown; it counts when the request is answered, if this is one's thread."""
        if self._is_off or number == UNTOLD:
            return
        if number == DROPPED:
            amount = 1.0
        own = self._own.get(self._ident())
        if own is not None:
            own[number] = own.get(number, 0.0) + amount
            return
        with self._lock:
            self._common[number] = self._common.get(number, 0.0) + amount

    def set(self, number: int, value: float) -> None:
        """A gauge is so much now; the front hears of it with those that ask for gauges."""
        if number <= DROPPED:
            self.add(number, 1.0)
        elif not self._is_off:
            with self._lock:
                self._last[number] = self._gauges[number] = value

    def enlist(self, ident: "Callable[[], int]") -> None:
        """Let this thread count for its requests; ``ident`` tells the id of a thread."""
        self._ident = ident
        self._own[ident()] = {}

    def dismiss(self) -> None:
        """The thread that calls runs no more requests."""
        rest = self._own.pop(self._ident(), None)
        for number, amount in (rest or {}).items():
            self.add(number, amount)

    def take(self) -> bytes:
        """Take what this thread has counted, and all that belongs to no request, as the front reads it; often nothing."""
        own = self._own.get(self._ident())
        if not own and not self._common:
            return b""
        changes = own
        if own:
            self._own[self._ident()] = {}
        if self._common:
            with self._lock:
                changes, self._common = self._common, {}
            for number, amount in (own or {}).items():
                changes[number] = changes.get(number, 0.0) + amount
        return _packed(changes or {})

    def repeat_gauges(self) -> None:
        """Let all of them count as changed: another server is to hear of them."""
        with self._lock:
            self._gauges = dict(self._last)

    def take_gauges(self) -> bytes:
        """Take what gauges are that have changed. One caller at a time, who tells it before the next one takes."""
        if not self._gauges:
            return b""
        with self._lock:
            gauges, self._gauges = self._gauges, {}
        return _packed(gauges)

    def become_forked(self) -> None:
        """Count nothing any more: this process is a child of the worker, and a thread that has vanished may hold the lock."""
        self._lock = Lock()
        self._stop()


def _packed(changes: Dict[int, float]) -> bytes:
    return b"".join([_CHANGE.pack(number, amount) for number, amount in changes.items()])


def _described(of: Family) -> str:
    return "metric {} ({}, labels {}, mode {})".format(of[1], _WORDS[of[0]], list(of[4]), MODES[of[3]])


#: Those of this process.
SERIES = Series()

in_each_child(SERIES.become_forked)
