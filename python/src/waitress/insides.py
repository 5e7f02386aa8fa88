"""The insides of Waitress' servers, by which programs in the wild run one on a thread and end it.

They are WebTest's StopableWSGIServer, a subclass, and what was written after its example: ycmd's subclass, and programs
with a server of create_server(), like Anki and Kapowarr. docs/python.md says for each name who needs it.
"""

import logging
from typing import Any, Dict, List, MutableMapping, Optional, Tuple

from waitress import wasyncore
from waitress.adjustments import Adjustments, in_effect
from waitress.task import ThreadedTaskDispatcher
from waitress.trigger import trigger

#: What Waitress' servers have, and what there is instead.
_WITHOUT_MEANING = {
    "accepting": "the front accepts connections from its start to close()",
    "active_channels": "client connections are Java's, and Python does not see them",
    "channel_class": "client connections are Java's, and cannot be of another class",
    "socket": "the listening socket is Java's; effective_listen tells its address",
    "in_connection_overflow": "the front keeps connection_limit by itself",
}


class Insides:
    """What a server shows of itself beyond its own interface."""

    #: WebTest and ycmd silence it before the end; their silence must not outlast this server, so it is not "waitress".
    logger = logging.getLogger("waitress.server")

    #: The loop that WebTest's run() calls, in place of this one's; others call its close_all().
    asyncore = wasyncore

    def _show(self, map: Optional[MutableMapping[int, Any]], dispatcher: Optional[ThreadedTaskDispatcher]) -> None:  # noqa: A002
        """Make them, and stand in the map, where whoever gave it finds and closes each."""
        self.trigger = trigger(self)
        self.task_dispatcher = ThreadedTaskDispatcher() if dispatcher is None else dispatcher
        self.task_dispatcher.attach(self)
        self._map: MutableMapping[int, Any] = {} if map is None else map
        self._map[id(self.trigger)] = self.trigger
        self._map[id(self)] = self

    def _hide(self) -> None:
        """Leave the map, whose emptiness programs wait for."""
        for entry in (self, self.trigger):
            self._map.pop(id(entry), None)

    @property
    def adj(self) -> Adjustments:
        """The settings, with the real port: WebTest makes its URL of host and port, Zope's runner of ``listen``."""
        return in_effect(self._given, self.effective_listen)

    def handle_close(self) -> None:
        """Close, as whatever is in the map can."""
        self.close()

    def pull_trigger(self) -> None:
        """Wake the loop, which is Java's and awake when it has to be."""

    def accept_connections(self) -> None:
        """Listen, after ``_start=False``; it does so from the start, and answers from ``run()`` on."""

    def getsockname(self) -> Tuple[str, str]:
        """Host and port, as text; for a Unix socket ``("unix", path)``."""
        return self.effective_listen[0]

    def maintenance(self, now: float) -> None:
        """WebTest has idle connections closed by it at the end; here they are by then."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- always raises
        if name in _WITHOUT_MEANING:
            raise AttributeError("{}: {}".format(name, _WITHOUT_MEANING[name]))
        raise AttributeError("{!r} object has no attribute {!r}".format(type(self).__name__, name))

    # What the server itself has.

    _given: Dict[str, Any]

    @property
    def effective_listen(self) -> List[Tuple[str, str]]:
        """Where it listens."""
        raise NotImplementedError

    def close(self) -> None:
        """End."""
        raise NotImplementedError


def settings_of(
    adj: Optional[Adjustments], sockinfo: Optional[Tuple[Any, ...]], settings: Dict[str, Any]
) -> Dict[str, Any]:
    """Gather what a server is made of: settings, an object of them, and one of the addresses in that."""
    gathered = dict(adj.given if adj is not None else {}, **settings)
    if sockinfo is not None and sockinfo[3] is not None:
        for name in ("host", "port", "listen"):
            gathered.pop(name, None)
        host, port = sockinfo[3][:2]
        gathered["listen"] = "[{}]:{}".format(host, port) if ":" in host else "{}:{}".format(host, port)
    return gathered


def require_dispatcher(dispatcher: object) -> None:
    """Refuse what would never be given a task."""
    if dispatcher is None:
        return
    if not isinstance(dispatcher, ThreadedTaskDispatcher):
        raise TypeError("_dispatcher: must be a ThreadedTaskDispatcher, whose tasks are the workers' here")
    if type(dispatcher).add_task is not ThreadedTaskDispatcher.add_task:
        raise NotImplementedError("_dispatcher: add_task is never called; wrap the application to see its requests")


def require_map(map: object) -> None:  # noqa: A002 -- Waitress' own name
    """Refuse what a server could not stand in, such as the host that was meant."""
    if map is not None and not hasattr(map, "__setitem__"):
        raise TypeError("map: must be a dictionary, got {!r}; settings are given by name: host=…, port=…".format(map))
