"""Clients that never rest, while the server behind them changes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import requests
from serving import EVENT_SECONDS

if TYPE_CHECKING:
    from typing_extensions import Self


class Clients:
    """Some who ask all the time, each on a connection of its own, and what went wrong."""

    def __init__(self, url: str, count: int = 4, *, keep: bool = True) -> None:
        """Ask this; without ``keep`` each time on a connection of its own."""
        self.answered = 0
        self.texts: set[str] = set()
        self.failures: list[str] = []
        self._url = url
        self._fields = {} if keep else {"Connection": "close"}
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._end.is_set():
                try:
                    answer = session.get(self._url, headers=self._fields, timeout=EVENT_SECONDS)
                except requests.RequestException as failure:
                    self.failures.append(repr(failure))
                    continue
                if answer.status_code != requests.codes.ok:
                    self.failures.append(answer.text)
                self.texts.add(answer.text.split(" ")[-1])
                self.answered += 1

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def wait_for(self, text: str) -> None:
        """Wait until one of them has been told this."""
        deadline = time.monotonic() + EVENT_SECONDS
        while text not in self.texts:
            assert time.monotonic() < deadline, self.texts
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        """End, and check that nothing has gone wrong."""
        self._end.set()
        for thread in self._threads:
            thread.join()
        assert not self.failures, self.failures[:5]
        assert self.answered > 0
