"""Heads of responses that the front knows by number: most applications answer with the same few again and again."""

from typing import TYPE_CHECKING, Any, Dict, Iterable, Optional, Tuple

from waitress_worker.headers import check_status, find_good_status, take_headers
from waitress_worker.protocol import HEAD, MOST_HEADS

if TYPE_CHECKING:
    from waitress_worker.headers import Headers, Pair
    from waitress_worker.outbox import Outbox

    #: Its number if it has one, its status and its headers in plain text, and the Content-Length that they state.
    Head = Tuple[Optional[int], str, Headers, int]

#: Heads that are remembered before they have one.
_MOST_MET = 1000

#: Of its header fields; the front keeps it for as long as this process lives.
_MOST_FIELDS = 32
_MOST_BYTES = 2048


class Heads:
    """Those that are known are found by what the application gives, and need no more checks. Any thread may ask."""

    def __init__(self, lock: Any, times: int) -> None:  # noqa: ANN401 -- a lock has no type in 2.7
        """Know none; one is worth a number when it was met so often, or never where that is 0."""
        self._known: "Dict[Any, Head]" = {}
        #: How often those were met that are not known, by their hashes: they may be large.
        self._met: Dict[int, int] = {}
        self._lock = lock
        self._times = times
        self._most = MOST_HEADS if times else 0

    def take(self, status: str, headers: "Iterable[Pair]", outbox: "Outbox") -> "Head":
        """Check what an application gives to ``start_response``, and return it, or refuse it; the outbox leads to the front."""
        key = None
        if type(headers) is list:
            key = (status, tuple(headers))
            try:
                known = self._known.get(key)
            except TypeError:
                key = None  # a list in it
            else:
                if known is not None:
                    return known
        plain_status = find_good_status(status) or check_status(status)
        plain_headers, length = take_headers(headers)
        head = (None, plain_status, plain_headers, length)
        if key is not None and len(self._known) < self._most:
            self._meet(key, head, outbox)
        return head

    def _meet(self, key: Tuple[Any, ...], head: "Head", outbox: "Outbox") -> None:
        """Count a good one; one that comes again and again is made known."""
        mark = hash(key)
        times = self._met.get(mark, 0) + 1
        if times < self._times:
            if len(self._met) >= _MOST_MET:
                self._met.clear()
            self._met[mark] = times
        elif len(head[2]) <= _MOST_FIELDS and sum(len(name) + len(value) for name, value in head[2]) <= _MOST_BYTES:
            self._make_known(key, head, outbox)

    def _make_known(self, key: Tuple[Any, ...], head: "Head", outbox: "Outbox") -> None:
        with self._lock:
            number = len(self._known)
            if number < self._most and key not in self._known:
                # Before anybody uses it, and before anything else can be the last word of this process.
                outbox.tell((HEAD, number) + head[1:3])
                self._known[key] = (number,) + head[1:]

    def become_forked(self) -> None:
        """Make none known any more: this process is a child of the worker, and a thread that has vanished may hold the lock."""
        self._most = 0
