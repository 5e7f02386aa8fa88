"""What programs use of the task threads of Waitress: here they are the threads of a worker, under the server's own rule."""

import threading
from collections import deque
from typing import Any, Deque, List, Set

_NO_TASKS = "{}: requests are made into answers by the workers; wrap the application to see or change them"

hop_by_hop = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    )
)


class ThreadedTaskDispatcher:
    """Says how many threads a server has, and closes it: Kapowarr and MIND derive from it and hand theirs to a server."""

    def __init__(self) -> None:
        #: Both stay empty: the threads and the queue are those of the workers. Programs put sets of their own here.
        self.threads: Set[int] = set()
        self.queue: Deque[Any] = deque()
        self.lock = threading.Lock()
        #: How many threads were asked for; none was as long as it is 0.
        self.count = 0
        self._servers: List[Any] = []

    def set_thread_count(self, count: int) -> None:
        """Ask for so many; counts for servers that are made afterwards without ``threads`` of their own."""
        self.count = count

    def attach(self, server: Any) -> None:  # noqa: ANN401 -- waitress.server.Server, which is made of this
        """Have it closed with this."""
        self._servers.append(server)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:  # noqa: ARG002, FBT001, FBT002 -- Waitress' own
        """Close the servers of this: what was received is answered; ``shutdown_timeout`` bounds it, not ``timeout``."""
        for server in self._servers:
            server.close()
        return True

    def add_task(self, task: object) -> None:
        """Refuse."""
        raise NotImplementedError(_NO_TASKS.format("add_task"))


class Task:
    """There is none in Python. Importing it is harmless; making or extending one is refused."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError(_NO_TASKS.format(type(self).__name__))

    def __init_subclass__(cls, **kwargs: object) -> None:
        if cls.__module__ != __name__:
            raise NotImplementedError(_NO_TASKS.format(cls.__name__))
        super().__init_subclass__(**kwargs)


class WSGITask(Task):
    """The same."""


class ErrorTask(Task):
    """The same."""
