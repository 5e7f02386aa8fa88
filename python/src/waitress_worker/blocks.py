"""The blocks of a body, as applications give them (PEP 3333)."""

from typing import Any, List, Optional


def has_one(blocks: Any) -> bool:  # noqa: ANN401 -- any iterable
    """Tell whether there is one block, and no more; TypeError for what is no iterable of bytes."""
    if blocks is None or isinstance(blocks, (bytes, str)):
        message = "the application returned {} instead of an iterable of bytes".format(type(blocks).__name__)
        raise TypeError(message)
    try:
        return len(blocks) == 1
    except (TypeError, AttributeError):
        return False


def require_bytes(block: Any) -> bytes:  # noqa: ANN401 -- that is the question
    """Return a block as bytes that nobody changes; TypeError for what is none."""
    if type(block) is bytes:
        return block
    if not isinstance(block, (bytes, bytearray, memoryview)):
        message = "the application gave {} instead of bytes".format(type(block).__name__)
        raise TypeError(message)
    # Always a copy, of the bytes as they are now: the application may use their memory again.
    return memoryview(block).tobytes()


def joined(blocks: List[bytes], length: int) -> Optional[bytes]:
    """Return a list of blocks as one, unless the framing of a body without a length (it is negative) would show them."""
    if len(blocks) == 1:
        block = blocks[0]
        return block if type(block) is bytes else require_bytes(block)
    if not blocks:
        return b""
    return b"".join(blocks) if length >= 0 else None
