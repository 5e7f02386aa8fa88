"""One request being answered: ``start_response``, the iterable, and what of it goes to the front."""

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Optional, Tuple

from waitress_worker.arena import SMALLEST_BLOCK
from waitress_worker.blocks import has_one, joined, require_bytes
from waitress_worker.compat import raise_again
from waitress_worker.files import FileWrapper, find_place, is_seekable, size_left
from waitress_worker.headers import NO_LENGTH, take_hints
from waitress_worker.log import LOG, harmless, log_failure, printable
from waitress_worker.protocol import CHUNK, END, FAIL, FILE, HINTS, INLINE_BODY_BYTES, RESPONSE, START

if TYPE_CHECKING:
    from waitress_worker.headers import Headers, Pair
    from waitress_worker.outbox import Message, Outbox
    from waitress_worker.streams import Streams

#: No body belongs to these. RFC 9110 §6.4.1 and §15.3.6.
_BODILESS = ("204", "205", "304")

#: Interim responses to one request; the front has the same limit.
_MOST_HINTS = 16


class ClientDisconnected(Exception):
    """Stops an application whose client is gone."""


class Exchange:
    """One request and its response. Used by the thread that runs the application."""

    # Defaults of the class: a request that is answered at once sets few of them.
    _status: Optional[str] = None
    _headers: "Headers" = []
    _length = NO_LENGTH
    #: Of the head, if the front knows it by one.
    _number: Optional[int] = None
    _head_sent = False
    #: Whether the front drops what comes behind the head.
    _bodiless = False
    _streaming = False
    #: Interim responses so far.
    _hinted = 0
    #: Whether the last message is made: nothing can be added to the response any more.
    _complete = False

    #: Bytes of a streamed body, and how many there may be before the client has to take some. Each is changed by one
    #: thread: what is sent by the one that runs the application, what is allowed by the one that obeys the front.
    written = 0
    allowed: float = 0

    def __init__(self, outbox: "Outbox", streams: "Streams", request_id: int, method: str) -> None:
        self._outbox = outbox
        self._streams = streams
        self._id = request_id
        self._method = method

    def run(self, application: Callable[..., Any], environ: Dict[str, Any]) -> "Optional[Message]":
        """Answer the request; whatever the application does, the front learns how it ended.

        The last message is returned where nothing happens after it.
        """
        path = environ["PATH_INFO"]  # now: applications move parts of it to SCRIPT_NAME
        try:
            if self._id in self._streams.gone:
                raise ClientDisconnected
            result = application(environ, self.start_response)
            if type(result) is list and not self._head_sent:
                # The usual answer, and the reason for the special case of a list: all of it is there.
                body = joined(result, self._length)
                if body is not None:
                    return self._whole(body)
            handed_over = False
            try:
                if type(result) is FileWrapper and is_seekable(result.file):
                    handed_over = self._send_file(result)
                else:
                    self._send_blocks(result)
            finally:
                close = getattr(result, "close", None)
                if close is not None and not handed_over:
                    close()
            self._end()
            return None
        except ClientDisconnected:
            with harmless:
                LOG.info("Client disconnected while serving %s", printable(path))
            failure = (FAIL, self._id, "")
        except BaseException:  # noqa: BLE001 -- SystemExit must not leave the client hanging either
            failure = self.failure(path)
        finally:
            if self._streaming:
                self._streams.close(self._id)
        if self._complete:
            return None
        self._complete = True
        return failure

    def failure(self, path: str) -> "Message":
        """Log the exception that is being handled; return the message that tells the front of it."""
        self._outbox.require_worker()
        trace = log_failure("Exception while serving %s", printable(path))
        return (FAIL, self._id, trace if self._outbox.expose_tracebacks else "")

    def client_disconnected(self) -> bool:
        """``environ["waitress.client_disconnected"]``."""
        return self._streams.is_left(self._id)

    def __call__(self, headers: "Iterable[Pair]") -> None:
        """Be ``environ["wsgi.early_hints"]``: have the client learn of headers before the answer (RFC 8297).

        The exchange itself is that, as to bind a method for each request would cost those who send none.
        """
        hints = take_hints(headers)
        is_wanted = not self._head_sent and not self._complete and self._id not in self._streams.gone
        if hints and is_wanted and self._hinted < _MOST_HINTS:
            self._hinted += 1
            self._outbox.tell((HINTS, self._id, hints))

    def _whole(self, body: bytes) -> "Optional[Message]":
        """Return the whole response as one message; a large one is sent at once instead."""
        status = self._status
        if status is None:
            raise _not_started()
        if len(body) >= SMALLEST_BLOCK:
            if self._length == NO_LENGTH:
                self._state_length(len(body))
            self._post_head()
            self._streams.blocks.send(self._id, body)
            self._end()
            return None
        self._head_sent = self._complete = True
        if len(body) > INLINE_BODY_BYTES:
            self._outbox.send((RESPONSE, self._id) + self._head() + (len(body),), body)
            return None
        if self._number is not None:
            return (RESPONSE, self._id, self._number, body)
        return (RESPONSE, self._id, status, self._headers, body)

    def _head(self) -> Tuple[Any, ...]:
        """Return what messages say of the head."""
        return (self._status, self._headers) if self._number is None else (self._number,)

    def _send_whole(self, body: bytes) -> None:
        message = self._whole(body)
        if message is not None:
            self._outbox.send(message)
        if self._length == NO_LENGTH:
            self._length = len(body)  # as the front states it

    def _send_blocks(self, blocks: Iterable[bytes]) -> None:
        one_block = has_one(blocks) and not self._head_sent
        if self._method == "HEAD" and self._is_over() and not (one_block and self._length == NO_LENGTH):
            return
        for block in blocks:
            if type(block) is not bytes:
                block = require_bytes(block)  # noqa: PLW2901 -- the same block
            if not self._head_sent and (one_block or block and len(block) == self._length):
                self._send_whole(block)
                if self._method == "HEAD":
                    return
            elif block:
                if self._complete or 0 <= self._length <= self.written:
                    self._drop_surplus(block)
                    return
                self._send_block(block)
                if self._bodiless:
                    return
            elif self._is_unwanted():
                return

    def _is_unwanted(self) -> bool:
        """Tell whether to ask for no more blocks, at one with nothing in it; raises ClientDisconnected for one who has left."""
        if self._id in self._streams.gone:
            raise ClientDisconnected
        return self._is_over()

    def _is_over(self) -> bool:
        """Tell whether the client gets no more blocks: then no more are asked for, as there may be no end of them."""
        if self._status is None:
            return False
        # A block that does not belong there goes to the front, which warns.
        return self._method == "HEAD" or self._head_sent and self._status.startswith(_BODILESS)

    def _drop_surplus(self, block: bytes) -> None:
        """Have the log say that there was more than the application had announced, once."""
        if not self._complete:
            self._send_block(block)  # to the front, which warns
            return
        with harmless:
            LOG.warning(
                "application-written content exceeded the number of bytes specified by Content-Length header (%d)",
                self._length,
            )

    def _send_file(self, wrapper: FileWrapper) -> bool:
        """Send a file from its position on; true if it is to stay open until the front has sent it."""
        if self._status is None:
            raise _not_started()
        size = size_left(wrapper.file)
        if not self._head_sent and (self._length == NO_LENGTH or self._length > size):
            self._state_length(size)
        count = size if self._length == NO_LENGTH else min(size, self._length - self.written)
        if count <= 0 or self._method == "HEAD":
            return False
        place = find_place(wrapper.file, by_descriptor=self._streams.by_descriptor)
        if place is None:
            self._copy_file(wrapper, count)
            return False
        self._streams.lend(self._id, wrapper)
        self._post_head()
        self._outbox.post((FILE, self._id, place.path, place.position, count))
        return True

    def _state_length(self, length: int) -> None:
        """State the length of the body, in place of what the application said about it."""
        others = [pair for pair in self._headers if pair[0].lower() != "content-length"]
        self._headers = others + [("Content-Length", "{:d}".format(length))]
        self._number = None
        self._length = length

    def _copy_file(self, wrapper: FileWrapper, count: int) -> None:
        for block in wrapper:
            self._send_block(require_bytes(block)[:count])
            count -= len(block)
            if count <= 0 or self._bodiless:
                break

    def _send_block(self, block: bytes) -> None:
        """Send a block of a streamed response; waits while the client is too far behind."""
        if not self._head_sent:
            self._post_head()
        streams = self._streams
        if self.written > self.allowed:
            streams.wait(self._id, self)
        if self._id in streams.gone:
            raise ClientDisconnected
        self.written += len(block)
        if len(block) <= INLINE_BODY_BYTES:
            self._outbox.send((CHUNK, self._id, block))
        elif len(block) < SMALLEST_BLOCK:
            self._outbox.send((CHUNK, self._id, len(block)), block)
        else:
            streams.blocks.send(self._id, block)

    def _post_head(self) -> None:
        if self._head_sent:
            return
        if self._status is None:
            raise _not_started()
        self._head_sent = self._streaming = True
        self._bodiless = self._is_over()
        self._streams.open(self._id, self)
        self._outbox.post((START, self._id) + self._head())

    def _end(self) -> None:
        if self._complete:
            return
        if not self._head_sent:
            self._send_whole(b"")
            return
        self._complete = True
        self._outbox.send((END, self._id))

    def write(self, block: bytes) -> None:
        """Send a block from inside the application (PEP 3333, "The write() Callable")."""
        if self._complete:
            raise RuntimeError("write() was called after the end of the response")
        block = require_bytes(block)
        if block:
            self._send_block(block)
        else:
            self._post_head()
            self._outbox.flush_soon()

    def start_response(
        self,
        status: str,
        headers: Iterable[Tuple[str, str]],
        exc_info: Any = None,  # noqa: ANN401 -- as sys.exc_info() gives it
    ) -> Callable[[bytes], None]:
        """Take status and headers (PEP 3333, "The start_response() Callable")."""
        if exc_info:
            try:
                if self._head_sent:
                    raise_again(exc_info)
            finally:
                exc_info = None
        elif self._status is not None:
            message = "start_response called a second time without providing exc_info."
            raise AssertionError(message)
        # All of it, or nothing: the application may catch what is wrong here and start again.
        self._number, self._status, self._headers, self._length = self._outbox.heads.take(status, headers, self._outbox)
        return self.write


def _not_started() -> RuntimeError:
    return RuntimeError("start_response was not called before body written")
