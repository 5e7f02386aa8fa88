"""The rows of the acceptance, in the order in which they are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from securing import costs, handshakes

if TYPE_CHECKING:
    from securing.place import Figure, Place

ROWS: dict[str, Callable[[Place], list[Figure]]] = {
    "tls10": costs.hello,
    "tls11": costs.large,
    "tls12": handshakes.new,
    "h2-6": costs.hello2,
    "h2-7": costs.large2,
    "loops": costs.loops,
    "tls13": handshakes.kept,
    "tls9": handshakes.half_open,
}
