"""Requests at which recipients have been known to differ, each with the reading of RFC 9112 and RFC 9110.

A recipient may refuse any of them, and many must be refused; nobody may take them for something else.
"""

from __future__ import annotations

from typing import NamedTuple

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
HELLO = b"5\r\nhello\r\n0\r\n\r\n"


class Message(NamedTuple):
    """What a recipient makes of a request."""

    method: str
    path: str
    body: bytes = b""


class Case(NamedTuple):
    """Bytes on a connection, and the requests in them.

    ``leniently`` is what somebody may make of bytes that are no request at all; without a reading that is anything.
    """

    sent: bytes
    reading: tuple[Message, ...] | None
    leniently: tuple[Message, ...] = ()


POSTED = Message("POST", "/case", b"hello")
EMPTY = Message("POST", "/case")
GOT = Message("GET", "/case")


def post(*fields: bytes, body: bytes = b"hello", version: bytes = b"1.1", host: bytes = b"Host: localhost") -> bytes:
    """Build a request whose fields frame its body, for better or worse."""
    return b"\r\n".join([b"POST /case HTTP/" + version, host, *fields, b"", body])


def get(*fields: bytes, line: bytes = b"GET /case HTTP/1.1", host: bytes = b"Host: localhost") -> bytes:
    """Build a request without a body."""
    return b"\r\n".join([line, *([host] if host else []), *fields, b"", b""])


def lengths(*fields: bytes) -> Case:
    """Frame a body of five bytes by fields that may say so."""
    return Case(post(*fields), (POSTED,))


def coded(*fields: bytes, body: bytes = HELLO, version: bytes = b"1.1") -> Case:
    """Frame a body of five bytes as chunked, if the fields say so."""
    return Case(post(*fields, body=body, version=version), (POSTED,))


def chunks(body: bytes) -> Case:
    """Send chunks, right or wrong."""
    return coded(b"Transfer-Encoding: chunked", body=body)


def line(text: bytes, message: Message = GOT, *leniently: Message) -> Case:
    """Send a request line."""
    return Case(get(line=text), (message,), leniently)


def field(*fields: bytes) -> Case:
    """Send fields with a request that has no body."""
    return Case(get(*fields), (GOT,))


LENGTHS = {
    "once": lengths(b"Content-Length: 5"),
    "twice-the-same": lengths(b"Content-Length: 5", b"Content-Length: 5"),
    "twice-different": lengths(b"Content-Length: 5", b"Content-Length: 0"),
    "twice-different-turned": lengths(b"Content-Length: 0", b"Content-Length: 5"),
    "list": lengths(b"Content-Length: 5, 5"),
    "list-of-different": lengths(b"Content-Length: 5, 0"),
    "plus": lengths(b"Content-Length: +5"),
    "minus": lengths(b"Content-Length: -5"),
    "hex": lengths(b"Content-Length: 0x5"),
    "leading-zero": lengths(b"Content-Length: 05"),
    "underscore-in-digits": lengths(b"Content-Length: 0_5"),
    "fraction": lengths(b"Content-Length: 5.0"),
    "trailing-text": lengths(b"Content-Length: 5 bytes"),
    "white-space-around": lengths(b"Content-Length:\t 5 \t"),
    "vertical-tab": lengths(b"Content-Length: \x0b5"),
    "form-feed-behind": lengths(b"Content-Length: 5\x0c"),
    "no-break-space": lengths(b"Content-Length: \xa05"),
    "nul-behind": lengths(b"Content-Length: 5\x00"),
    "empty": Case(post(b"Content-Length:", body=b""), (EMPTY,)),
    "beyond-64-bits": Case(post(b"Content-Length: 18446744073709551621"), ()),
    "folded": lengths(b"Content-Length:\r\n 5"),
    "folded-behind": lengths(b"Content-Length: 5\r\n 0"),
    "space-before-colon": lengths(b"Content-Length : 5"),
    "tab-before-colon": lengths(b"Content-Length\t: 5"),
    "underscore-in-name": Case(post(b"Content_Length: 5", body=b""), (EMPTY,)),
    "behind-bare-lf": lengths(b"X: y\nContent-Length: 5"),
    "behind-bare-cr": lengths(b"X: y\rContent-Length: 5"),
    "of-a-get": Case(get(b"Content-Length: 5") + b"hello", (Message("GET", "/case", b"hello"),)),
    "of-a-head": Case(
        get(b"Content-Length: 5", line=b"HEAD /case HTTP/1.1") + b"hello", (Message("HEAD", "/case", b"hello"),)
    ),
    "of-a-delete": Case(
        get(b"Content-Length: 5", line=b"DELETE /case HTTP/1.1") + b"hello", (Message("DELETE", "/case", b"hello"),)
    ),
    "around-a-request": Case(
        post(b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED), (Message("POST", "/case", SMUGGLED),)
    ),
    "named-by-connection": lengths(b"Content-Length: 5", b"Connection: keep-alive, Content-Length"),
    "in-http-1.0": Case(post(b"Content-Length: 5", b"Connection: keep-alive", version=b"1.0"), (POSTED,)),
    "without-in-http-1.0": Case(post(b"Connection: keep-alive", body=b"", version=b"1.0"), (EMPTY,)),
    "without": Case(post(body=b""), (EMPTY,)),
}

CODINGS = {
    "chunked": coded(b"Transfer-Encoding: chunked"),
    "upper-case": coded(b"Transfer-Encoding: CHUNKED"),
    "tabs-around": coded(b"Transfer-Encoding:\tchunked\t"),
    "unknown": coded(b"Transfer-Encoding: xchunked"),
    "identity": coded(b"Transfer-Encoding: identity", b"Content-Length: 5", body=b"hello"),
    "identity-first": coded(b"Transfer-Encoding: identity, chunked"),
    "identity-last": coded(b"Transfer-Encoding: chunked, identity"),
    "gzip-first": Case(post(b"Transfer-Encoding: gzip, chunked", body=HELLO), ()),
    "twice": coded(b"Transfer-Encoding: chunked, chunked"),
    "two-fields": coded(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
    "two-fields-identity": coded(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"),
    "empty-first-element": coded(b"Transfer-Encoding: , chunked"),
    "empty-last-element": coded(b"Transfer-Encoding: chunked,"),
    "empty": coded(b"Transfer-Encoding:", b"Content-Length: 5", body=b"hello"),
    "blank-element": coded(b"Transfer-Encoding: ,", b"Content-Length: 5", body=b"hello"),
    "quoted": coded(b'Transfer-Encoding: "chunked"'),
    "with-parameter": coded(b"Transfer-Encoding: chunked;q=1"),
    "vertical-tab": coded(b"Transfer-Encoding: \x0bchunked"),
    "nel": coded(b"Transfer-Encoding: \x85chunked"),
    "nul-behind": coded(b"Transfer-Encoding: chunked\x00"),
    "kelvin-sign": coded("Transfer-Encoding: chun\u212aed".encode()),
    "folded": coded(b"Transfer-Encoding:\r\n chunked"),
    "folded-unknown": coded(b"Transfer-Encoding: chunked\r\n x"),
    "space-before-colon": coded(b"Transfer-Encoding : chunked"),
    "space-before-colon-and-length": coded(b"Transfer-Encoding : chunked", b"Content-Length: 15"),
    "space-before-name": Case(post(b"X: y", b" Transfer-Encoding: chunked", body=b""), (EMPTY,)),
    "behind-bare-lf": coded(b"X: y\nTransfer-Encoding: chunked"),
    "behind-bare-cr": coded(b"X: y\rTransfer-Encoding: chunked"),
    "behind-nul": coded(b"X: y\x00", b"Transfer-Encoding: chunked"),
    "underscore-in-name": coded(b"Transfer_Encoding: chunked", b"Content-Length: 5", body=b"hello"),
    "in-http-1.0": coded(b"Transfer-Encoding: chunked", b"Connection: keep-alive", version=b"1.0"),
    "in-http-1.0-and-length": coded(
        b"Transfer-Encoding: chunked", b"Content-Length: 15", b"Connection: keep-alive", version=b"1.0"
    ),
    "and-length": coded(b"Content-Length: 15", b"Transfer-Encoding: chunked"),
    "and-length-behind": coded(b"Transfer-Encoding: chunked", b"Content-Length: 15"),
    "and-shorter-length": coded(b"Content-Length: 3", b"Transfer-Encoding: chunked"),
    "and-longer-length": Case(
        post(b"Content-Length: %d" % (5 + len(SMUGGLED)), b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SMUGGLED),
        (EMPTY, Message("GET", "/smuggled")),
    ),
    "and-invalid-length": coded(b"Content-Length: x", b"Transfer-Encoding: chunked"),
    "unknown-and-length": Case(post(b"Content-Length: 5", b"Transfer-Encoding: xchunked"), (POSTED,)),
    "named-by-connection": coded(b"Transfer-Encoding: chunked", b"Connection: keep-alive, Transfer-Encoding"),
    "of-a-get": Case(get(b"Transfer-Encoding: chunked") + HELLO, (Message("GET", "/case", b"hello"),)),
}

CHUNKS = {
    "several": chunks(b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
    "leading-zeros": chunks(b"0005\r\nhello\r\n000\r\n\r\n"),
    "many-zeros": chunks(b"0" * 40 + b"5\r\nhello\r\n0\r\n\r\n"),
    "extension": chunks(b"5;a=b;c\r\nhello\r\n0;d\r\n\r\n"),
    "quoted-extension": chunks(b'5;a="b;\\"c"\r\nhello\r\n0\r\n\r\n'),
    "spaced-extension": chunks(b"5 ; a = b\r\nhello\r\n0\r\n\r\n"),
    "extension-with-lf": chunks(b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    "extension-with-cr": chunks(b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    "extension-with-control": chunks(b"5;a\x01b\r\nhello\r\n0\r\n\r\n"),
    "extension-without-name": chunks(b"5;\r\nhello\r\n0\r\n\r\n"),
    "extension-around-a-request": chunks(b"5;\nhello\r\n0\r\n\r\n"),
    "request-in-extension": chunks(b"2;\nxx\r\n%x\r\n0\r\n\r\n" % len(SMUGGLED) + SMUGGLED),
    "space-before-size": chunks(b" 5\r\nhello\r\n0\r\n\r\n"),
    "space-behind-size": chunks(b"5 \r\nhello\r\n0\r\n\r\n"),
    "plus": chunks(b"+5\r\nhello\r\n0\r\n\r\n"),
    "minus": chunks(b"-5\r\nhello\r\n0\r\n\r\n"),
    "prefix": chunks(b"0x5\r\nhello\r\n0\r\n\r\n"),
    "underscore": chunks(b"0_5\r\nhello\r\n0\r\n\r\n"),
    "no-size": chunks(b"\r\nhello\r\n0\r\n\r\n"),
    "blank-line-before-size": chunks(b"\r\n5\r\nhello\r\n0\r\n\r\n"),
    "beyond-64-bits": chunks(b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    "size-with-lf": chunks(b"5\nhello\r\n0\r\n\r\n"),
    "size-with-cr": chunks(b"5\rhello\r\n0\r\n\r\n"),
    "size-with-lf-and-cr-lf": chunks(b"5\n\r\nhello\r\n0\r\n\r\n"),
    "data-with-lf": chunks(b"5\r\nhello\n0\r\n\r\n"),
    "data-with-cr": chunks(b"5\r\nhello\r0\r\n\r\n"),
    "data-too-long": chunks(b"5\r\nhelloo\r\n0\r\n\r\n"),
    "data-without-end": chunks(b"5\r\nhello0\r\n\r\n"),
    "data-with-any-end": chunks(b"5\r\nhelloXX0\r\n\r\n"),
    "last-with-lf": chunks(b"5\r\nhello\r\n0\n\n"),
    "last-with-half-end": chunks(b"5\r\nhello\r\n0\r\n\n"),
    "trailer": chunks(b"5\r\nhello\r\n0\r\nX-Trailer: y\r\n\r\n"),
    "framing-trailer": chunks(b"5\r\nhello\r\n0\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "host-trailer": chunks(b"5\r\nhello\r\n0\r\nHost: evil\r\n\r\n"),
    "trailer-without-colon": chunks(b"5\r\nhello\r\n0\r\nX-Trailer\r\n\r\n"),
    "trailer-with-lf": chunks(b"5\r\nhello\r\n0\r\nX: y\n\r\n\r\n"),
    "trailer-with-bare-cr": chunks(b"5\r\nhello\r\n0\r\nX: y\rZ: a\r\n\r\n"),
    "folded-trailer": chunks(b"5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n"),
    "request-behind-trailer": Case(
        post(b"Transfer-Encoding: chunked", body=b"0\r\nX: y\r\n\r\n" + SMUGGLED),
        (EMPTY, Message("GET", "/smuggled")),
    ),
}

LINES = {
    "lower-case-method": line(b"get /case HTTP/1.1", Message("get", "/case")),
    "unknown-method": line(b"FOO /case HTTP/1.1", Message("FOO", "/case")),
    "odd-method": line(b"!#$%&'*+-.^_`|~ /case HTTP/1.1", Message("!#$%&'*+-.^_`|~", "/case")),
    "method-with-nul": line(b"G\x00ET /case HTTP/1.1"),
    "connect": line(b"CONNECT localhost:80 HTTP/1.1", Message("CONNECT", "localhost:80")),
    "trace": line(b"TRACE /case HTTP/1.1", Message("TRACE", "/case")),
    "options-of-all": line(b"OPTIONS * HTTP/1.1", Message("OPTIONS", "*")),
    "get-of-all": line(b"GET * HTTP/1.1", Message("GET", "*")),
    "no-method": line(b" /case HTTP/1.1"),
    "two-spaces": line(b"GET  /case HTTP/1.1"),
    "two-spaces-behind": line(b"GET /case  HTTP/1.1", GOT, Message("GET", "/case ")),
    "tab": line(b"GET\t/case\tHTTP/1.1"),
    "space-in-target": line(b"GET /case x HTTP/1.1", GOT, Message("GET", "/case x")),
    "space-behind": line(b"GET /case HTTP/1.1 "),
    "space-in-front": line(b" GET /case HTTP/1.1"),
    "text-behind": line(b"GET /case HTTP/1.1 x"),
    "bare-lf": Case(b"GET /case HTTP/1.1\nHost: localhost\r\n\r\n", (GOT,)),
    "bare-cr": Case(b"GET /case HTTP/1.1\rHost: localhost\r\n\r\n", (GOT,)),
    "only-bare-lf": Case(b"GET /case HTTP/1.1\nHost: localhost\n\n", (GOT,)),
    "empty-line-in-front": Case(b"\r\n" + get(), (GOT,)),
    "empty-lines-in-front": Case(b"\r\n" * 3 + get(), (GOT,)),
    "bare-lf-in-front": Case(b"\n" + get(), (GOT,)),
    "bare-cr-in-front": Case(b"\r" + get(), (GOT,)),
    "form-feed-in-front": Case(b"\x0c" + get(), (GOT,)),
    "version-1.0": Case(get(line=b"GET /case HTTP/1.0"), (GOT,)),
    "version-1.0-kept": Case(get(b"Connection: keep-alive", line=b"GET /case HTTP/1.0") * 2, (GOT, GOT)),
    "version-1.2": line(b"GET /case HTTP/1.2"),
    "version-1.10": line(b"GET /case HTTP/1.10"),
    "version-01.1": line(b"GET /case HTTP/01.1"),
    "version-2.0": line(b"GET /case HTTP/2.0"),
    "version-0.9": line(b"GET /case HTTP/0.9"),
    "version-lower-case": line(b"GET /case http/1.1"),
    "other-protocol": line(b"GET /case RTSP/1.0"),
    "absolute": line(b"GET http://localhost/case HTTP/1.1"),
    "absolute-elsewhere": line(b"GET http://elsewhere/case HTTP/1.1"),
    "absolute-without-path": line(b"GET http://localhost HTTP/1.1", Message("GET", "/")),
    "absolute-other-scheme": line(b"GET ftp://localhost/case HTTP/1.1"),
    "absolute-with-user": line(b"GET http://user@localhost/case HTTP/1.1"),
    "no-slash": line(b"GET case HTTP/1.1", Message("GET", "case")),
    "fragment": line(b"GET /case#x HTTP/1.1"),
    "non-ascii": line(b"GET /case?\xc3\xa4 HTTP/1.1"),
    "control": line(b"GET /case?\x01 HTTP/1.1"),
    "nul": line(b"GET /case?\x00 HTTP/1.1"),
    "delete": line(b"GET /case?\x7f HTTP/1.1"),
    "encoded-line-end": line(b"GET /case?%0d%0aX:%20y HTTP/1.1"),
}

FIELDS = {
    "folded": field(b"X: y\r\n z"),
    "folded-first": Case(b"GET /case HTTP/1.1\r\n X: y\r\nHost: localhost\r\n\r\n", (GOT,)),
    "white-space-line": field(b"X: y\r\n ", b"Z: a"),
    "space-before-colon": field(b"X : y"),
    "no-colon": field(b"X"),
    "no-name": field(b": y"),
    "nul-in-name": field(b"X\x00: y"),
    "nul-in-value": field(b"X: y\x00z"),
    "bare-cr-in-value": field(b"X: y\rz"),
    "bare-lf-in-value": field(b"X: y\nZ: a"),
    "request-behind-bare-lf": Case(
        get(b"X: y\n\nGET /smuggled HTTP/1.1\r\nHost: localhost"), (GOT, Message("GET", "/smuggled"))
    ),
    "request-behind-bare-cr": Case(get(b"X: y\r\rGET /smuggled HTTP/1.1"), (GOT,)),
    "half-end": Case(b"GET /case HTTP/1.1\r\nHost: localhost\r\n\n", (GOT,)),
    "non-ascii-name": field(b"X\xe4: y"),
    "non-ascii-value": field(b"X: \xe4\xf6"),
    "underscore": field(b"X_Forwarded_For: 203.0.113.1"),
    "dot-and-others-in-name": field(b"X.a!#$%&'*+^`|~: y"),
    "empty-value": field(b"X:"),
    "many": field(*[b"X-%d: y" % number for number in range(80)]),
    "host-twice": field(b"Host: elsewhere"),
    "host-list": Case(get(host=b"Host: localhost, elsewhere"), (GOT,)),
    "host-with-path": Case(get(host=b"Host: localhost/x"), (GOT,)),
    "host-with-user": Case(get(host=b"Host: user@localhost"), (GOT,)),
    "host-with-bad-port": Case(get(host=b"Host: localhost:x"), (GOT,)),
    "host-empty": Case(get(host=b"Host:"), (GOT,)),
    "host-missing": Case(get(host=b""), (GOT,)),
    "host-missing-in-http-1.0": Case(get(line=b"GET /case HTTP/1.0", host=b""), (GOT,)),
    "host-folded": Case(get(host=b"Host:\r\n localhost"), (GOT,)),
    "host-named-by-connection": field(b"Connection: keep-alive, Host"),
    "forwarded-named-by-connection": field(b"Connection: keep-alive, X-Forwarded-For, X-Forwarded-Proto"),
    "connection-close-in-list": field(b"Connection: x, close"),
    "connection-both": field(b"Connection: keep-alive, close"),
    "proxy-connection": field(b"Proxy-Connection: keep-alive"),
    "keep-alive": field(b"Keep-Alive: timeout=5, max=1"),
    "te-trailers": field(b"TE: trailers", b"Connection: TE"),
    "te-empty": field(b"TE:"),
    "trailer": field(b"Trailer: X-Trailer"),
    "upgrade-to-h2c": field(
        b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"
    ),
    "upgrade-with-body": Case(post(b"Content-Length: 5", b"Connection: Upgrade", b"Upgrade: websocket"), (POSTED,)),
    "expect": Case(post(b"Content-Length: 5", b"Expect: 100-continue"), (POSTED,)),
    "expect-with-chunks": Case(post(b"Transfer-Encoding: chunked", b"Expect: 100-continue", body=HELLO), (POSTED,)),
    "expect-without-body": field(b"Expect: 100-continue"),
    "expect-twice": Case(post(b"Content-Length: 5", b"Expect: 100-continue", b"Expect: 100-continue"), (POSTED,)),
    "expect-something-else": Case(post(b"Content-Length: 5", b"Expect: a-miracle"), (POSTED,)),
    "range": field(b"Range: bytes=0-1"),
    "pipelined": Case(get() * 10, (GOT,) * 10),
    "pipelined-with-bodies": Case(
        post(b"Content-Length: 5") + post(b"Transfer-Encoding: chunked", body=HELLO) + get(),
        (POSTED, POSTED, GOT),
    ),
    "empty-line-behind-a-body": Case(post(b"Content-Length: 5") + b"\r\n" + get(), (POSTED, GOT)),
}

GROUPS = {"length": LENGTHS, "coding": CODINGS, "chunk": CHUNKS, "line": LINES, "field": FIELDS}
CASES = {f"{group}-{name}": case for group, cases in GROUPS.items() for name, case in cases.items()}
