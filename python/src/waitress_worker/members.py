"""The threads of a crew: so many for requests, and one more for each response that is on its way piece by piece."""

from typing import Any, Callable, Iterator, List

from waitress_worker.streams import Streams
from waitress_worker.threads import Threads


class Member:
    """One thread of the crew."""

    __slots__ = ("ident", "join", "number", "request_id", "started", "woken")

    def __init__(self, number: int, woken: Any) -> None:  # noqa: ANN401 -- a lock has no type in 2.7
        self.number = number
        #: What the system, or the library of green threads, calls it.
        self.ident = 0
        #: The request that it runs, or 0.
        self.request_id = 0
        self.started = 0.0
        #: Held while it is not to go on.
        self.woken = woken
        woken.acquire()
        #: Waits for its end.
        self.join: Callable[[], Any] = int


class Members:
    """All of them. A response that is streamed may wait for its client, or yield once a minute: its place is another's."""

    def __init__(self, threads: int, most_streams: int, kind: Threads, streams: Streams) -> None:
        """Make those for requests; ``most_streams`` is how many responses give their place away."""
        self._threads = threads
        self._most_streams = most_streams
        self._kind = kind
        self._streams = streams
        #: Numbers that nobody has, the lowest one last: the front's board has room for so many.
        self._numbers = list(range(threads + most_streams - 1, -1, -1))
        self._all: List[Member] = []
        for _ in range(threads):
            self.add()
        self.first = self._all[0]

    def __iter__(self) -> Iterator[Member]:
        """Any thread may ask: changes replace the list."""
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def _wanted(self) -> int:
        return self._threads + min(self._streams.count(), self._most_streams)

    def may_grow(self) -> bool:
        """Tell whether there may be one more."""
        return len(self._all) < self._wanted()

    def are_too_many(self) -> bool:
        """Tell whether one that has nothing to do may go."""
        return len(self._all) > self._wanted()

    def add(self) -> Member:
        """Make one more."""
        member = Member(self._numbers.pop(), self._kind.lock())
        self._all = self._all + [member]
        return member

    def remove(self, member: Member) -> None:
        """Forget one that ends."""
        self._all = [each for each in self._all if each is not member]
        self._numbers.append(member.number)
