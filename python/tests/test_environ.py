"""What the application learns of a request, in Python and in Java."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import pytest
from performers import KINDS, Kind, Performer, performing, script
from serving import EVENT_SECONDS
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Of ``--over=tls``, too.
SCHEME = "http" if Connection.encryption is None else "https"

CONSTANTS = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "waitress.invalid",
    "SERVER_SOFTWARE": "waitress",
    "wsgi.version": "1.0",
    "wsgi.url_scheme": SCHEME,
    "wsgi.multithread": "true",
    "wsgi.multiprocess": "false",
    "wsgi.run_once": "false",
    "wsgi.errors": "object",
    "wsgi.input": "object",
    "wsgi.input_terminated": "true",
    "waitress.client_disconnected": "callable",
}
# Frameworks ask for it; the fast path of either binding needs it.
FILE_WRAPPER = "wsgi.file_wrapper"


def environ_of(performer: Performer, request: bytes) -> dict[str, str]:
    """Send these bytes, and have the environ back."""
    answer = performer.exchange(request)
    assert answer.head.status == 200, answer
    return dict(parse_qsl(answer.body.decode(), keep_blank_values=True, encoding="latin-1", strict_parsing=True))


def get(target: str, *, version: str = "1.1") -> bytes:
    """Make a request."""
    return f"GET {target} HTTP/{version}\r\nHost: a\r\n\r\n".encode("latin-1")


class TestEnviron:
    """Its keys and their values."""

    @pytest.mark.parametrize(("method", "has_them"), [("GET", True), ("POST", False), ("OPTIONS", False)])
    def test_has_early_hints_for_pages_alone(self, performer: Performer, method: str, *, has_them: bool) -> None:
        """A page is what they help to load."""
        request = get("/").replace(b"GET", method.encode())
        assert ("wsgi.early_hints" in environ_of(performer, request)) is has_them

    def test_has_these_keys_and_no_others(self, performer: Performer) -> None:
        """Nothing of the process's own environment, nothing that a header could put in their place."""
        environ = environ_of(
            performer,
            b"POST /a?b=c HTTP/1.1\r\nHost: example.org:81\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
            b"Connection: x\r\nX-Foo: bar\r\nPath-Info: /evil\r\nwsgi.errors: evil\r\nX_Foo: dropped\r\n\r\nabc",
        )
        unix = performer.kind.transport == "unix"
        port = environ.pop("REMOTE_PORT", None)
        assert (port is None) if unix else (0 < int(port or 0) < 65_536)
        assert environ.pop(FILE_WRAPPER) == "callable"
        if SCHEME == "https":  # what more there is then: test_tls.py
            assert environ.pop("HTTPS") == "on"
            environ = {key: value for key, value in environ.items() if not key.startswith("SSL_")}
        address = "localhost" if unix else "127.0.0.1"
        assert environ == {
            **CONSTANTS,
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/a",
            "QUERY_STRING": "b=c",
            "REQUEST_URI": "/a?b=c",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "3",
            "HTTP_HOST": "example.org:81",
            "HTTP_CONNECTION": "x",
            "HTTP_X_FOO": "bar",
            "HTTP_PATH_INFO": "/evil",
            "HTTP_WSGI.ERRORS": "evil",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_PORT": "80" if unix else str(performer.address),
            "REMOTE_ADDR": address,
            "REMOTE_HOST": address,
        }

    def test_lacks_what_was_not_sent(self, performer: Performer) -> None:
        environ = environ_of(performer, b"GET / HTTP/1.0\r\n\r\n")
        assert environ["QUERY_STRING"] == ""
        assert environ["SERVER_PROTOCOL"] == "HTTP/1.0"
        assert not [key for key in environ if key.startswith(("HTTP_", "CONTENT_"))]

    @pytest.mark.parametrize(
        ("fields", "key", "value"),
        [
            ("X-A: 1\r\nx-a:\t2 \r\nX-A:", "HTTP_X_A", "1, 2, "),
            ("Cookie: a=1\r\nX: y\r\nCookie: b=2", "HTTP_COOKIE", "a=1; b=2"),
            ("X-Bytes: \xe4\xff", "HTTP_X_BYTES", "\xe4\xff"),
            ("X-Edges: \xa0\x85x\x85\xa0", "HTTP_X_EDGES", "\xa0\x85x\x85\xa0"),
            ("Proxy: evil", "HTTP_PROXY", "evil"),
            ("TE: trailers", "HTTP_TE", "trailers"),
            ("Trailer: X", "HTTP_TRAILER", "X"),
            ("Authorization: Basic eDp5", "HTTP_AUTHORIZATION", "Basic eDp5"),
            ("Content-Type:", "CONTENT_TYPE", ""),
            ("Content-Length: 00", "CONTENT_LENGTH", "0"),
            ("!#$%&'*+.^`|~9: x", "HTTP_!#$%&'*+.^`|~9", "x"),
        ],
    )
    def test_has_every_field(self, performer: Performer, fields: str, key: str, value: str) -> None:
        request = f"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n".encode("latin-1")
        assert environ_of(performer, request)[key] == value

    @pytest.mark.parametrize("size", [0, 5])
    def test_has_the_length_of_a_chunked_body_and_no_coding(self, performer: Performer, size: int) -> None:
        body = b"5\r\nabcde\r\n" if size else b""
        environ = environ_of(
            performer,
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nTE: x\r\n\r\n%s0\r\n\r\n" % body,
        )
        assert environ["CONTENT_LENGTH"] == str(size)
        assert "HTTP_TRANSFER_ENCODING" not in environ
        assert environ["HTTP_TE"] == "x"

    @pytest.mark.parametrize("version", ["1.1", "1.2", "1.9"])
    def test_says_1_1_of_every_later_version(self, performer: Performer, version: str) -> None:
        assert environ_of(performer, get("/", version=version))["SERVER_PROTOCOL"] == "HTTP/1.1"

    @pytest.mark.parametrize("method", ["DELETE", "TRACE", "FOO", "!#$%&'*+-.^_`|~0A"])
    def test_has_the_method_as_it_was_sent(self, performer: Performer, method: str) -> None:
        assert environ_of(performer, get("/").replace(b"GET", method.encode()))["REQUEST_METHOD"] == method

    @pytest.mark.parametrize(
        ("target", "path", "query"),
        [
            ("/", "/", ""),
            ("/a%20b?x=%20&y", "/a b", "x=%20&y"),
            ("/%C3%A4", "/\xc3\xa4", ""),
            ("//foo/bar?x", "/foo/bar", "x"),
            ("///foo", "/foo", ""),
            ("/foo//bar", "/foo//bar", ""),
            ("/..//../x", "/..//../x", ""),
            ("/%2e%2E/x", "/../x", ""),
            ("/a?b?c", "/a", "b?c"),
            ("/a%3Fb", "/a?b", ""),
            ("/a;b=c", "/a;b=c", ""),
            ("/+a+", "/+a+", ""),
            ("/%zz%4", "/%zz%4", ""),
            ("/a%2Fb%00%0A", "/a/b\x00\n", ""),
            ("http://ex.com:80/a%20b?q", "/a b", "q"),
            ("http:////foo//bar", None, None),
            ("http://ex.com", "/", ""),
            ("HTTPS://ex.com?x", "/", "x"),
        ],
    )
    def test_has_the_target_as_it_was_sent_and_its_parts(
        self, performer: Performer, target: str, path: str | None, query: str | None
    ) -> None:
        if path is None:
            assert performer.exchange(get(target)).head.status == 400
            return
        environ = environ_of(performer, get(target))
        assert environ["REQUEST_URI"] == target
        assert environ["PATH_INFO"] == path
        assert environ["QUERY_STRING"] == query
        assert environ["wsgi.url_scheme"] == SCHEME

    def test_has_the_host_of_an_absolute_target(self, performer: Performer) -> None:
        """RFC 9112 §3.2.2: Host does not count then."""
        assert environ_of(performer, get("http://ex.com:81/"))["HTTP_HOST"] == "ex.com:81"

    def test_of_the_server_as_a_whole_has_an_asterisk(self, performer: Performer) -> None:
        assert environ_of(performer, get("*").replace(b"GET", b"OPTIONS"))["PATH_INFO"] == "*"

    def test_is_a_fresh_one_for_every_request(self, performer: Performer) -> None:
        with performer.connect() as connection:
            connection.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-First: 1\r\n\r\n" + get("/second"))
            assert b"X_FIRST=1" in connection.body(connection.head())
            assert b"X_FIRST" not in connection.body(connection.head())


SETTINGS = ["--url-prefix=foo/bar/", "--server-name=example.org", "--url-scheme=https", "--ident=", "--threads=2"]


@pytest.fixture(scope="module", params=KINDS, ids=str)
def renamed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Performer]:
    """Run each performer with other settings for what the application sees."""
    kind: Kind = request.param
    with performing(kind, tmp_path_factory.mktemp("renamed"), *SETTINGS) as running:
        yield running


class TestSettings:
    """What the operator says of the server."""

    def test_are_in_the_environ(self, renamed: Performer) -> None:
        environ = environ_of(renamed, get("/"))
        assert environ["SERVER_NAME"] == "example.org"
        assert environ["wsgi.url_scheme"] == "https"
        assert environ["SERVER_SOFTWARE"] == ""
        assert environ["SERVER_PORT"] == ("443" if renamed.kind.transport == "unix" else str(renamed.address))

    def test_may_leave_the_server_without_a_name(self, renamed: Performer) -> None:
        """Then the signature of its own answers is no name either."""
        assert renamed.perform("start=200 OK; list").head.one("Server") is None
        answer = renamed.exchange(b"nonsense\r\n\r\n")
        assert answer.head.one("Server") is None
        assert answer.body.endswith(b"(generated by server)")

    @pytest.mark.parametrize(
        ("target", "path"),
        [
            ("/foo/bar", ""),
            ("/foo/bar/", "/"),
            ("/foo/bar/x", "/x"),
            ("//foo/bar/x", "/x"),
            ("/%66oo/bar/x", "/x"),
            ("/foo/bar//x", "//x"),
            ("/foo/barx", "/foo/barx"),
            ("/foo", "/foo"),
            ("/Foo/bar/x", "/Foo/bar/x"),
            ("/", "/"),
        ],
    )
    def test_take_the_prefix_off_the_path(self, renamed: Performer, target: str, path: str) -> None:
        environ = environ_of(renamed, get(target))
        assert environ["SCRIPT_NAME"] == "/foo/bar"
        assert environ["PATH_INFO"] == path
        assert environ["REQUEST_URI"] == target


# An InputStream has no lines.
PYTHON_KINDS = [kind for kind in KINDS if kind.language == "python"]
LINES = "first\nsecond\n\nlast"


@pytest.fixture(scope="module", params=KINDS, ids=str)
def spooling(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Performer]:
    """Run each performer so that the shortest body is in a file."""
    kind: Kind = request.param
    with performing(kind, tmp_path_factory.mktemp("spooling"), "--inbuf-overflow=1") as running:
        yield running


class TestInput:
    """The body, which is all there when the application starts."""

    @staticmethod
    def read(performer: Performer, steps: str, body: str = LINES) -> list[str]:
        """Call these methods of the input, and return what they returned."""
        target = script(steps).replace("/perform", "/input")
        with performer.connect() as connection:
            connection.send(f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            answer = connection.answer()
        # Whatever was left of the body, the connection is where the next request begins.
        assert answer.lives
        return [unquote(result) for result in answer.body.decode().split("&")]

    READS = [
        ("read", [LINES]),
        ("read=5; read=1; read; read; read=1", ["first", "\n", "second\n\nlast", "", ""]),
        ("read=1000", [LINES]),
        ("read=0", [""]),
    ]
    METHODS = [
        ("read=-1", [LINES]),
        ("readline; readline; readline; readline; readline", ["first\n", "second\n", "\n", "last", ""]),
        ("readline=3; readline=10; readline=-1; readline=0", ["fir", "st\n", "second\n", ""]),
        ("readlines", ["first\n/second\n/\n/last"]),
        ("readlines=7; readlines", ["first\n/second\n", "\n/last"]),
        ("iterate; read", ["first\n/second\n/\n/last", ""]),
        ("read=2; iterate", ["fi", "rst\n/second\n/\n/last"]),
        ("tell; read; tell; seek=6; readline; seek=0; read", ["0", LINES, "18", "6", "second\n", "0", LINES]),
    ]

    @pytest.mark.parametrize(("steps", "results"), READS)
    def test_is_read_to_its_end_and_not_beyond(self, performer: Performer, steps: str, results: list[str]) -> None:
        assert self.read(performer, steps) == results

    @pytest.mark.parametrize(("steps", "results"), READS)
    def test_in_a_file_is_read_to_its_end(self, spooling: Performer, steps: str, results: list[str]) -> None:
        assert self.read(spooling, steps) == results

    @pytest.mark.parametrize("steps", ["read", "read=1", "read=0"])
    def test_of_a_request_without_a_body_is_empty(self, performer: Performer, steps: str) -> None:
        assert self.read(performer, steps, "") == [""]

    @pytest.mark.parametrize("performer", PYTHON_KINDS, indirect=True, ids=str)
    @pytest.mark.parametrize(("steps", "results"), METHODS)
    def test_has_the_methods_of_a_file(self, performer: Performer, steps: str, results: list[str]) -> None:
        assert self.read(performer, steps) == results

    @pytest.mark.parametrize("spooling", PYTHON_KINDS, indirect=True, ids=str)
    @pytest.mark.parametrize(("steps", "results"), METHODS)
    def test_in_a_file_has_the_same_methods(self, spooling: Performer, steps: str, results: list[str]) -> None:
        assert self.read(spooling, steps) == results


def test_several_workers_are_several_processes(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("several")
    with performing(Kind("python", "tcp"), folder, "--workers=2") as performer:
        assert environ_of(performer, get("/"))["wsgi.multiprocess"] == "true"


@pytest.mark.parametrize("language", ["python", "java"])
def test_a_client_of_ipv6_has_its_address_without_brackets(
    language: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not socket.has_ipv6 or SCHEME == "https":
        pytest.skip("no IPv6 here, or asked by a socket that does not encrypt")
    folder = tmp_path_factory.mktemp("ipv6")
    with performing(Kind(language, "tcp"), folder, "--listen=[::1]:0") as performer:
        port = int(performer.server.wait_for(r"Serving on http://\[::1\]:(\d+)")[1])
        with socket.create_connection(("::1", port), EVENT_SECONDS) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            client_port = client.getsockname()[1]
            answer = client.makefile("rb").read()
    environ = dict(parse_qsl(answer.partition(b"\r\n\r\n")[2].decode()))
    assert environ["REMOTE_ADDR"] == environ["REMOTE_HOST"] == "::1"
    assert environ["REMOTE_PORT"] == str(client_port)
    assert environ["SERVER_PORT"] == str(port)
