"""Memory that a worker shares with the front: large blocks are copied once, and the front writes from where they lie.

Only where there are memory files (Linux); elsewhere large blocks go through the socket.
"""

import mmap
import os
from typing import Any, Optional, Tuple

from waitress_worker import protocol
from waitress_worker.outbox import Outbox
from waitress_worker.threads import Threads

#: Blocks of this many bytes are worth a slot: below, the socket costs less.
SMALLEST_BLOCK = 64 * 1024

_SLOT_BYTES = 256 * 1024
_SLOTS = 128

#: A block takes up so many at a time. Each part of it costs a message, and a system call when it is freed; but a copy of
#: 1 MiB at once goes past the caches, out of which the front sends, and takes half as long again.
_MOST_SLOTS = 2

#: In front of the slots there is a byte for each of them: 0 while it is free.
_HEADER_BYTES = 4096


class Arena:
    """A row of slots. The worker takes free ones and fills them; the front frees them when their bytes were sent."""

    def __init__(self, descriptor: int, lock: Any) -> None:  # noqa: ANN401 -- see create()
        size = _HEADER_BYTES + _SLOTS * _SLOT_BYTES
        os.ftruncate(descriptor, size)
        os.posix_fallocate(descriptor, 0, _HEADER_BYTES)
        self._descriptor = descriptor
        #: So many slots have their memory: what is never used at the same time never takes up any.
        self._reserved = 0
        self._memory = mmap.mmap(descriptor, size)
        self._view = memoryview(self._memory)
        self._lock = lock

    @classmethod
    def create(cls, lock: Any) -> "Optional[Arena]":  # noqa: ANN401 -- a lock has no type in 2.7
        """Make one, if the system has such memory and enough of it."""
        if not hasattr(os, "memfd_create"):
            return None
        descriptor = os.memfd_create("waitress-arena", os.MFD_CLOEXEC)
        try:
            return cls(descriptor, lock)
        except OSError:
            os.close(descriptor)
            return None

    def describe(self) -> Tuple[str, int, int, int]:
        """Return what the front needs to know: a path, where the first slot is, how many there are, and their size."""
        return "/proc/{}/fd/{}".format(os.getpid(), self._descriptor), _HEADER_BYTES, _SLOTS, _SLOT_BYTES

    def close(self) -> None:
        """Close the descriptor; the memory goes when nobody uses it any more."""
        os.close(self._descriptor)

    def put(self, block: memoryview) -> Optional[Tuple[int, int]]:
        """Copy the beginning of a block into free slots, one behind the other; return the first and how much they took."""
        with self._lock:
            taken = self._take(min(-(-len(block) // _SLOT_BYTES), _MOST_SLOTS))
        if taken is None:
            return None
        slot, slots = taken
        count = min(len(block), slots * _SLOT_BYTES)
        start = _HEADER_BYTES + slot * _SLOT_BYTES
        self._view[start : start + count] = block[:count]
        return slot, count

    def _take(self, wanted: int) -> Optional[Tuple[int, int]]:
        """Take so many slots in a row, or as many as there are; return the first and their number."""
        while wanted:
            # The lowest ones are the likeliest to be in a cache still.
            slot = self._memory.find(b"\0" * wanted, 0, _SLOTS)
            if slot >= 0 and self._reserve(slot + wanted):
                self._memory[slot : slot + wanted] = b"\1" * wanted
                return slot, wanted
            wanted //= 2
        return None

    def _reserve(self, slots: int) -> bool:
        """See to the memory of the first slots before their use: a page that cannot be had kills whoever touches it."""
        more = slots - self._reserved
        if more > 0:
            try:
                start = _HEADER_BYTES + self._reserved * _SLOT_BYTES
                os.posix_fallocate(self._descriptor, start, more * _SLOT_BYTES)
            except OSError:
                return False
            self._reserved = slots
        return True


class LargeBlocks:
    """Sends large blocks by where the front finds them: in an arena, which is made and offered with the first of them."""

    def __init__(self, outbox: Outbox, threads: Threads, *, is_wanted: bool) -> None:
        """Make nothing yet; ``is_wanted`` says whether the front can open what this process has open."""
        self._outbox = outbox
        self._threads = threads
        self._is_wanted = is_wanted
        self._lock = threads.lock()
        self._arena: Optional[Arena] = None
        self._offered = False

    def send(self, request_id: int, block: bytes) -> None:
        """Send a block through this memory, as far as there is some; the rest through the socket."""
        rest = memoryview(block)
        while rest:
            place = self._share(request_id, rest)
            if place is None:
                # Python 2.7 joins no views; it has no such memory either, and so sends all of the block.
                raw = block if len(rest) == len(block) else rest
                self._outbox.send((protocol.CHUNK, request_id, len(rest)), raw)
                return
            slot, count = place
            self._outbox.send((protocol.SHARED, request_id, slot, count))
            rest = rest[count:]

    def _share(self, request_id: int, block: memoryview) -> Optional[Tuple[int, int]]:
        """Put the beginning of a block into slots; nothing if there is no room, or no such memory."""
        if not self._offered:
            with self._lock:
                if not self._offered:
                    self._offer(request_id)
        arena = self._arena
        return arena.put(block) if arena else None

    def _offer(self, request_id: int) -> None:
        self._arena = Arena.create(self._threads.lock()) if self._is_wanted else None
        if self._arena:
            self._outbox.post((protocol.ARENA, request_id) + self._arena.describe())
        self._offered = True

    def close(self) -> None:
        """Let go of the memory; a thread that still runs makes no other one."""
        with self._lock:
            self._offered = True
            if self._arena:
                self._arena.close()
                self._arena = None
