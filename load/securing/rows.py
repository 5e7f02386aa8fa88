"""The rows of the acceptance, in the order in which they are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from securing import attacks, costs, handshakes, idle, leaving, transfers

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
    "tls14": idle.idle,
    "tls9": handshakes.half_open,
    "h2-5": attacks.attacks,
    "h2-8": transfers.transfers,
    "h2-10": leaving.leaving,
}
