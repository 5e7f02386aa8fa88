"""One request being answered: ``start_response``, the iterable, and what of it goes to the front."""

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Set, Tuple

from waitress_worker import protocol

if TYPE_CHECKING:
    from waitress_worker.crew import Crew

    Headers = List[Tuple[str, str]]

_LOG = logging.getLogger("waitress")

_HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)

#: Header pairs and statuses found good before: most applications send the same ones again and again.
_GOOD_PAIRS = set()  # type: Set[Tuple[str, str]]
_GOOD_STATUSES = set()  # type: Set[str]
_MOST_REMEMBERED = 1000


class ClientDisconnected(Exception):
    """Stops an application whose client is gone."""


class Exchange:
    """One request and its response. Used by the thread that runs the application."""

    __slots__ = (
        "_complete",
        "_crew",
        "_head_sent",
        "_headers",
        "_id",
        "_length",
        "_status",
        "_warned",
        "budget",
    )

    def __init__(self, crew: "Crew", request_id: int) -> None:
        self._crew = crew
        self._id = request_id
        self._status = None  # type: Optional[str]
        self._headers = []  # type: Headers
        self._length = -1
        self._head_sent = False
        self._complete = False
        self._warned = False
        #: Bytes that may still be sent before the client has to take some.
        self.budget = crew.high_watermark

    def run(self, application: Callable[..., Any], environ: Dict[str, Any]) -> None:
        """Answer the request; whatever the application does, the front learns how it ended."""
        try:
            result = application(environ, self.start_response)
            if type(result) is list and not self._head_sent and self._send_list(result):
                return
            try:
                self._send_blocks(result)
            finally:
                close = getattr(result, "close", None)
                if close is not None:
                    close()
            self._end()
        except ClientDisconnected:
            _LOG.info("Client disconnected while serving %s", _printable(environ))
            self._crew.send((protocol.FAIL, self._id, ""))
        except BaseException:  # noqa: BLE001 -- SystemExit must not leave the client hanging either
            _LOG.exception("Exception while serving %s", _printable(environ))
            if not self._complete:
                self._crew.send((protocol.FAIL, self._id, traceback.format_exc()))

    def _send_list(self, blocks: List[bytes]) -> bool:
        """Send a body that is at hand as a whole, if its framing does not show its blocks."""
        if len(blocks) == 1:
            body = blocks[0]
        elif not blocks:
            body = b""
        elif self._length >= 0:
            body = b"".join(blocks)
        else:
            return False
        if type(body) is not bytes:
            body = _require_bytes(body)
        self._send_whole(body)
        return True

    def _send_whole(self, body: bytes) -> None:
        status = self._require_status()
        self._head_sent = self._complete = True
        if len(body) <= protocol.INLINE_BODY_BYTES:
            self._crew.send((protocol.RESPONSE, self._id, status, self._headers, body))
        else:
            self._crew.send((protocol.RESPONSE, self._id, status, self._headers, len(body)), body)

    def _send_blocks(self, blocks: Iterable[bytes]) -> None:
        if blocks is None or isinstance(blocks, (bytes, str)):
            message = "the application returned {} instead of an iterable of bytes".format(
                type(blocks).__name__
            )
            raise TypeError(message)
        one_block = _has_one_item(blocks) and not self._head_sent
        for block in blocks:
            if type(block) is not bytes:
                block = _require_bytes(block)  # noqa: PLW2901 -- the same block
            if self._complete:
                self._warn_of_surplus(block)
            elif block or one_block:
                if not self._head_sent and (one_block or len(block) == self._length):
                    self._send_whole(block)
                else:
                    self._send_block(block)

    def _warn_of_surplus(self, block: bytes) -> None:
        if block and not self._warned:
            self._warned = True
            _LOG.warning(
                "application-written content exceeded the number of bytes specified by Content-Length header (%d)",
                self._length,
            )

    def _send_block(self, block: bytes) -> None:
        """Send a block of a streamed response; waits while the client is too far behind."""
        self._send_head()
        crew = self._crew
        if not crew.spend(self, self._id, len(block)):
            raise ClientDisconnected
        if len(block) <= protocol.INLINE_BODY_BYTES:
            crew.send((protocol.CHUNK, self._id, block))
        else:
            crew.send((protocol.CHUNK, self._id, len(block)), block)

    def _send_head(self) -> None:
        if not self._head_sent:
            status = self._require_status()
            self._head_sent = True
            self._crew.open_stream(self._id, self)
            self._crew.send((protocol.START, self._id, status, self._headers))

    def _require_status(self) -> str:
        if self._status is None:
            message = "start_response was not called before body written"
            raise RuntimeError(message)
        return self._status

    def _end(self) -> None:
        if self._complete:
            return
        if not self._head_sent:
            self._send_whole(b"")
            return
        self._complete = True
        self._crew.send((protocol.END, self._id))

    def write(self, block: bytes) -> None:
        """Send a block from inside the application (PEP 3333, "The write() Callable")."""
        block = _require_bytes(block)
        if block:
            self._send_block(block)
        else:
            self._send_head()

    def start_response(
        self,
        status: str,
        headers: "Iterable[Tuple[str, str]]",
        exc_info: Any = None,  # noqa: ANN401 -- as sys.exc_info() gives it
    ) -> Callable[[bytes], None]:
        """Take status and headers (PEP 3333, "The start_response() Callable")."""
        if exc_info:
            try:
                if self._head_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._status is not None:
            message = "start_response called a second time without providing exc_info."
            raise AssertionError(message)
        if status not in _GOOD_STATUSES:
            _check_status(status)
        self._headers = pairs = list(headers)
        self._length = -1
        for index, pair in enumerate(pairs):
            try:
                if pair in _GOOD_PAIRS:
                    continue
            except TypeError:  # a list, which the reference takes too
                pairs[index] = pair = tuple(pair)  # type: ignore[assignment] # noqa: PLW2901
            self._check_pair(*pair)
        self._status = status
        return self.write

    def _check_pair(self, name: str, value: str) -> None:
        if not isinstance(name, str):
            message = "Header name {!r} is not a string in {!r}".format(name, (name, value))
            raise AssertionError(message)
        if not isinstance(value, str):
            message = "Header value {!r} is not a string in {!r}".format(value, (name, value))
            raise AssertionError(message)
        _check_text(value, "header value")
        _check_text(name, "header name")
        lower = name.lower()
        if lower == "content-length":
            if not value.isdecimal():
                message = "Content-Length {!r} is not a number of bytes".format(value)
                raise ValueError(message)
            self._length = int(value)
            return
        if lower in _HOP_BY_HOP:
            message = (
                '{} is a "hop-by-hop" header; it cannot be used by a WSGI application (see PEP 3333)'
            ).format(name)
            raise AssertionError(message)
        _remember(_GOOD_PAIRS, (name, value))


def _has_one_item(blocks: Any) -> bool:  # noqa: ANN401 -- any iterable
    try:
        return len(blocks) == 1
    except TypeError:
        return False


def _require_bytes(block: Any) -> bytes:  # noqa: ANN401 -- that is the question
    if not isinstance(block, (bytes, bytearray, memoryview)):
        message = "the application gave {} instead of bytes".format(type(block).__name__)
        raise TypeError(message)
    return bytes(block)


def _check_status(status: str) -> None:
    if not isinstance(status, str):
        message = "status {!r} is not a string".format(status)
        raise AssertionError(message)
    _check_text(status, "status")
    _remember(_GOOD_STATUSES, status)


def _check_text(text: str, what: str) -> None:
    if "\n" in text or "\r" in text:
        message = "carriage return/line feed character present in {}".format(what)
        raise ValueError(message)
    text.encode("latin-1")


def _remember(known: Set[Any], item: Any) -> None:  # noqa: ANN401 -- pairs or statuses
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    known.add(item)


def _printable(environ: Dict[str, Any]) -> str:
    """The path for a log line, which no client can break in two."""
    path = environ.get("PATH_INFO", "")
    return "".join(char if char.isprintable() else "\\x{:02x}".format(ord(char)) for char in path)


def fixed_environ(constants: Dict[str, Any]) -> Dict[str, Any]:
    """The part of every environ that never changes."""
    environ = {
        "wsgi.version": (1, 0),
        "wsgi.run_once": False,
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
    }  # type: Dict[str, Any]
    environ.update(constants)
    return environ
