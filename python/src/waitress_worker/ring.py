"""Memory in which a worker lays the bodies of whole answers, one behind the other: the front writes from where they lie.

Only where there are memory files (Linux); elsewhere these bodies go through the socket.
"""

import mmap
import os
from struct import Struct
from typing import TYPE_CHECKING, List, Optional, Tuple

from waitress_worker.protocol import LAID, RING

if TYPE_CHECKING:
    from waitress_worker.outbox import Message, Raw

_BYTES = 1024 * 1024

#: In front of the ring stands how many bytes the front needs no longer, since the beginning, modulo 2**32; and whether it
#: knows the ring. Before that nothing is laid there: if this process died, nobody could read it.
_NUMBER = Struct("<I")
_KNOWN = _NUMBER.size
_HEADER_BYTES = 4096
_MODULUS = 1 << 32


class Ring:
    """A body lies in one piece; where it does not fit in front of the end, it lies at the beginning. One thread at a time."""

    def __init__(self, descriptor: int) -> None:
        """Map a file of memory, all of which is there from now on: a page that cannot be had kills whoever touches it."""
        size = _HEADER_BYTES + _BYTES
        os.posix_fallocate(descriptor, 0, size)
        self._descriptor = descriptor
        self._memory = mmap.mmap(descriptor, size)
        #: Behind the last body.
        self._end = 0
        #: What the bodies have taken up since the beginning, the gaps in front of them too; modulo 2**32.
        self._taken = 0
        #: Bytes that are free for sure.
        self._free = _BYTES

    @classmethod
    def create(cls) -> "Optional[Ring]":
        """Make one, if the system has such memory and enough of it."""
        if not hasattr(os, "memfd_create"):
            return None
        descriptor = os.memfd_create("waitress-ring", os.MFD_CLOEXEC)
        try:
            return cls(descriptor)
        except OSError:
            os.close(descriptor)
            return None

    def describe(self) -> Tuple[str, int, int]:
        """Return what the front needs to know: a path, where the ring begins, and how long it is."""
        return "/proc/{}/fd/{}".format(os.getpid(), self._descriptor), _HEADER_BYTES, _BYTES

    def close(self) -> None:
        """Close the descriptor; the memory goes when nobody uses it any more."""
        os.close(self._descriptor)

    def lay(self, body: "Raw") -> Optional[int]:
        """Copy a body behind the others; return where it begins, or nothing if there is no room yet."""
        if not self._memory[_KNOWN]:
            return None
        count = len(body)
        start = self._end if self._end + count <= _BYTES else 0
        room = count if start else (_BYTES - self._end) % _BYTES + count
        if room > self._free:
            self._free = _BYTES - (self._taken - _NUMBER.unpack_from(self._memory)[0]) % _MODULUS
            if room > self._free:
                return None
        place = _HEADER_BYTES + start
        self._memory[place : place + count] = body
        self._end = start + count
        self._taken = (self._taken + room) % _MODULUS
        self._free -= room
        return start


class WholeBodies:
    """Lays bodies into a ring, which is made and offered with the first of them. One thread at a time."""

    def __init__(self, *, is_wanted: bool) -> None:
        """Make nothing yet; ``is_wanted`` says whether the front can open what this process has open."""
        self._is_wanted = is_wanted
        self._ring: Optional[Ring] = None

    def lay(self, message: "Message", body: "Raw") -> "List[Message]":
        """Lay the body of a response if that can be; return the messages to send, the last of them the response."""
        if self._ring is None:
            return self._offer(message[1]) + [message]
        start = self._ring.lay(body)
        return [message] if start is None else [(LAID,) + message[1:-1] + (start, len(body))]

    def _offer(self, request_id: int) -> "List[Message]":
        self._ring = Ring.create() if self._is_wanted else None
        self._is_wanted = False
        return [(RING, request_id) + self._ring.describe()] if self._ring else []

    def close(self) -> None:
        """Let go of the memory; no other one is made."""
        self._is_wanted = False
        if self._ring:
            self._ring.close()
            self._ring = None
