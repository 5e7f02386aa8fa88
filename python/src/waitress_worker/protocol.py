"""The numbers of the worker protocol, whose other side is ``Protocol.java``."""

VERSION = 1

#: Bodies up to this many bytes travel inside their frame; larger ones follow it.
INLINE_BODY_BYTES = 4096

# Worker to front, on requests.
RESPONSE = 0
START = 1
CHUNK = 2
END = 3
FAIL = 4
FILE = 5
ARENA = 6
SHARED = 7
RING = 8
LAID = 9
HEAD = 10
COUNTED = 11
COUNTS = 12
SERIES = 13
HINTS = 14

#: Heads of responses that the front keeps for each worker.
MOST_HEADS = 256

# Front to worker, on control.
TAKEOVER = 0
CREDIT = 1
GONE = 2
QUIT = 3
RECALL = 4
SENT = 5
RECORD = 6
CLOSED = 7
STACKS = 8
PING = 9
OVERDUE = 10

# Front to zygote, which is told QUIT too.
FORK = 11

# Front to worker again.
WHERE = 12

# Worker to front, on control.
READY = 0
FAILED = 1
RECALLED = 2
IMPORTED = 3
LOGGING = 4
STOP = 5
STACKS_TAKEN = 6
PONG = 7
LOCATED = 8

# Zygote to front; it says READY and FAILED too.
FORKED = 9
EXITED = 10

#: Exit status of a worker on a Python that is too old, which it has said on standard error.
WRONG_PYTHON = 78
