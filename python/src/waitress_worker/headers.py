"""What an application gives to ``start_response``: checked, and copied as plain text, so that nothing changes it later."""

import re
from itertools import islice
from typing import Any, Dict, Iterable, List, Optional, Tuple

from waitress_worker.compat import bare, require_latin1

Pair = Tuple[str, str]
Headers = List[Pair]

NO_LENGTH = -1

#: Bytes of all header fields together, with the four that divide them from each other: far more than any client takes.
#: The front has the same limits.
MOST_FIELD_BYTES = 1024 * 1024
#: The same for headers that are sent before those of the answer, which the front limits too.
MOST_HINT_BYTES = 8 * 1024
_DIVIDERS = len(": \r\n")
_MOST_FIELDS = MOST_FIELD_BYTES // _DIVIDERS
MOST_STATUS_BYTES = 64 * 1024

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

#: Header pairs and statuses found good before: most applications send the same ones again and again. Each leads to its
#: plain form, a pair also to the length that it states, for most of them none.
_GOOD_PAIRS: Dict[Pair, Tuple[Pair, Optional[int]]] = {}
_GOOD_STATUSES: Dict[str, str] = {}
_find_good = _GOOD_PAIRS.get
find_good_status = _GOOD_STATUSES.get
_MOST_REMEMBERED = 1000
#: What is longer is not remembered.
_REMEMBERED_BYTES = 200
#: So many that are remembered cannot be too large together.
_FEW = MOST_FIELD_BYTES // (_REMEMBERED_BYTES + _DIVIDERS)

#: RFC 9112 §4, of a final response, and those beyond 599 that are no statuses of HTTP, as the reference does; the reason is
#: made of the characters of a field value.
_STATUS = re.compile("[2-9][0-9]{2} ")
#: RFC 9110 §5.6.2 and §5.5.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
#: Of numbers that the front can count.
_DIGITS = re.compile(r"0*[0-9]{1,18}\Z")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")

_MOST_SHOWN = 200


def take_headers(headers: Iterable[Pair]) -> Tuple[Headers, int]:
    """Return a copy of the headers in plain text, and the Content-Length that they state; or refuse them."""
    if type(headers) is list and len(headers) <= _FEW:
        pairs: Headers = []
        length = None
        try:
            for pair in headers:
                plain, stated = _GOOD_PAIRS[pair]
                pairs.append(plain)
                if stated is not None:
                    if length is not None:
                        break
                    length = stated
            else:
                return pairs, NO_LENGTH if length is None else length
        except (KeyError, TypeError):
            pass  # not all of them are known, or one is a list
    return _check_headers(headers)


def _check_headers(headers: Iterable[Pair]) -> Tuple[Headers, int]:
    if type(headers) is not list:
        headers = islice(headers, _MOST_FIELDS + 1)
    pairs: Headers = []
    length = NO_LENGTH
    size = 0
    for pair in headers:
        try:
            good = _find_good(pair)
        except TypeError:
            good = None  # a list, which the reference takes too
        if good is None:
            good = _check_pair(*pair)
            size += _size(good[0])
        plain, stated = good
        pairs.append(plain)
        if stated is not None:
            if length not in (NO_LENGTH, stated):
                raise ValueError("two different Content-Length headers: {}, {}".format(length, stated))
            length = stated
    if size or len(pairs) > _FEW:
        _check_size(pairs)
    return pairs, length


def take_hints(headers: Iterable[Pair]) -> Headers:
    """Return a copy of headers that are sent before the answer, in plain text; or refuse them."""
    pairs, length = take_headers(headers)
    _check_size(pairs, MOST_HINT_BYTES)
    if length != NO_LENGTH:  # RFC 9110 §8.6
        raise ValueError("Content-Length cannot be an early hint")
    return pairs


def _size(pair: Pair) -> int:
    return len(pair[0]) + len(pair[1]) + _DIVIDERS


def _check_size(pairs: Headers, limit: int = MOST_FIELD_BYTES) -> None:
    size = sum(map(_size, pairs))
    if size > limit:
        raise ValueError("header fields of {} bytes, limit {}".format(size, limit))


def _check_pair(name: str, value: str) -> Tuple[Pair, Optional[int]]:
    """Refuse what is no header of an application; return it in plain text, and the length that it states."""
    if not isinstance(name, str):
        message = "Header name {} is not a string in {}".format(_shown(name), _shown((name, value)))
        raise AssertionError(message)
    if not isinstance(value, str):
        message = "Header value {} is not a string in {}".format(_shown(value), _shown((name, value)))
        raise AssertionError(message)
    pair = (bare(name), bare(value))
    name, value = pair
    if _size(pair) > MOST_FIELD_BYTES:
        _check_size([pair])
    _check_text(value, "header value")
    _check_text(name, "header name")
    if not _TOKEN.match(name):
        message = "header name {} is not a token".format(_shown(name))
        raise ValueError(message)
    lower = name.lower()
    if lower in _HOP_BY_HOP:
        message = '{} is a "hop-by-hop" header; it cannot be used by a WSGI application (see PEP 3333)'.format(name)
        raise AssertionError(message)
    good = (pair, _stated_length(value) if lower == "content-length" else None)
    if len(name) + len(value) <= _REMEMBERED_BYTES:
        if len(_GOOD_PAIRS) >= _MOST_REMEMBERED:
            _GOOD_PAIRS.clear()
        _GOOD_PAIRS[pair] = good
    return good


def _stated_length(value: str) -> int:
    if not _DIGITS.match(value):
        message = "Content-Length {} is not a number of bytes".format(_shown(value))
        raise ValueError(message)
    return int(value[-18:])


def check_status(status: str) -> str:
    """Return a status as plain text, or refuse it."""
    if not isinstance(status, str):
        message = "status {} is not a string".format(_shown(status))
        raise AssertionError(message)
    status = bare(status)
    if len(status) > MOST_STATUS_BYTES:
        raise ValueError("a status of {} bytes, limit {}".format(len(status), MOST_STATUS_BYTES))
    _check_text(status, "status")
    if not _STATUS.match(status):
        message = "status {} is not that of a final response: three digits (from 200 on), a space and a reason"
        raise ValueError(message.format(_shown(status)))
    if len(status) <= _REMEMBERED_BYTES:
        if len(_GOOD_STATUSES) >= _MOST_REMEMBERED:
            _GOOD_STATUSES.clear()
        _GOOD_STATUSES[status] = status
    return status


def _check_text(text: str, what: str) -> None:
    if "\n" in text or "\r" in text:
        message = "carriage return/line feed character present in {}".format(what)
        raise ValueError(message)
    require_latin1(text)
    if _CONTROL.search(text):
        message = "control character present in {}".format(what)
        raise ValueError(message)


def _shown(value: Any) -> str:  # noqa: ANN401 -- that is what is wrong
    """Show a value in a message, the beginning of one that is long."""
    if isinstance(value, str):
        value = value[:_MOST_SHOWN]
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "..."
