"""By which programs have something done on the loop of Waitress; the server here takes calls from every thread."""

import threading
from typing import Any, Callable, Optional


class trigger:  # noqa: N801 -- its name in Waitress
    """Stands in the map of a server; ``pull_trigger(lambda: close_all(map))`` is how programs end one from a thread."""

    def __init__(self, server: Any) -> None:  # noqa: ANN401 -- whose map it is in
        if not hasattr(server, "serve_for"):
            raise NotImplementedError("trigger: the event loop runs in Java; every server has a trigger of its own")
        self.server = server

    def pull_trigger(self, thunk: Optional[Callable[[], object]] = None) -> None:
        """Call it on a thread of its own, at once; without one there is nothing that would have to wake up."""
        if thunk is not None:
            threading.Thread(target=thunk, name="waitress-trigger", daemon=True).start()

    def close(self) -> None:
        """Close the server, which is what ends when the trigger of Waitress' loop does."""
        self.server.close()

    handle_close = close
