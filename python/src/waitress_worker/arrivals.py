"""Requests on their way from the front to a thread that runs them."""

from collections import deque
from typing import Any, Deque, Dict, List, Tuple

from waitress_worker.channel import Channel
from waitress_worker.environ import Environs

#: Its id, its environ, its body or where that is, and the number of the template that the environ is to be added to, or 0.
Request = Tuple[int, Dict[str, Any], Any, int]


class Arrivals:
    """Those that have come and have not begun, in their order. One thread at a time waits for more."""

    def __init__(self, channel: Channel, environs: Environs) -> None:
        """Begin with none; the templates of environs that come with them are learned."""
        self._channel = channel
        self._environs = environs
        #: A deque: each of its operations is whole without a lock.
        self.queue: Deque[Request] = deque()

    def receive(self) -> None:
        """Wait for requests."""
        requests = self._receive_batch()
        # All that is there at once: what one thread can run in a row can be answered in one message.
        while self._channel.has_frame():
            requests += self._receive_batch()
        self.queue.extend(requests)

    def receive_rest(self) -> None:
        """Take what has come, where no thread is left that could."""
        try:
            while self._channel.has_frame() or self._channel.is_readable():
                self.queue.extend(self._receive_batch())
        except (EOFError, EnvironmentError):
            pass  # the front is gone, as the next thread finds out

    def _receive_batch(self) -> List[Request]:
        batch: List[Any] = self._channel.receive()
        if type(batch[-1]) is dict:
            self._environs.learn(batch.pop())
        request_id, environ, body, template = batch[-1]
        if type(body) is int:
            batch[-1] = (request_id, environ, self._channel.receive_raw(body), template)
        return batch

    def ids(self) -> List[int]:
        """Tell which ones they are."""
        return [request[0] for request in list(self.queue)]

    def give_up(self) -> List[int]:
        """Run none of them; return their ids."""
        ids = []
        while self.queue:
            try:
                ids.append(self.queue.popleft()[0])
            except IndexError:
                break  # a thread was quicker
        return ids
