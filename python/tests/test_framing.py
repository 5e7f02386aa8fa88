"""How answers are framed, and what becomes of their connections: what the application does decides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from performers import Performer

SURPLUS = r"application-written content exceeded the number of bytes specified by Content-Length header \(2\)$"
SHORT = r"application returned too few bytes \(3\) for specified Content-Length \(5\) via app_iter$"
IGNORED = r"application-written content was ignored due to HTTP response that may not contain a message-body: \(%s\)$"

# What the application does, then the answer to a request of HTTP/1.1 and to one of HTTP/1.0 with keep-alive.
RESULTS = [
    ("start=200 OK; list; item=hi", "200 length 2 [hi] open", "200 length 2 [hi] open"),
    ("start=200 OK; list; item=h; item=i", "200 chunked [h i] open", "200 until close [hi] closed"),
    ("start=200 OK; iterate; item=abc; item=; item=d", "200 chunked [abc d] open", "200 until close [abcd] closed"),
    ("iterate; start=200 OK; item=abc", "200 chunked [abc] open", "200 until close [abc] closed"),
    ("start=200 OK; list", "200 length 0 [] open", "200 length 0 [] open"),
    ("start=200 OK; list; item=", "200 length 0 [] open", "200 length 0 [] open"),
    ("start=200 OK; list; item=; item=abc", "200 chunked [abc] open", "200 until close [abc] closed"),
    ("header=Content-Length:0; start=200 OK; list", "200 length 0 [] open", "200 length 0 [] open"),
    (
        "header=Content-Length:2; start=200 OK; iterate; item=h; item=i",
        "200 length 2 [hi] open",
        "200 length 2 [hi] open",
    ),
    (
        "start=200 OK; write=abc; write=def; list; item=ghi",
        "200 chunked [abc def ghi] open",
        "200 until close [abcdefghi] closed",
    ),
    ("start=200 OK; write=; list; item=abc", "200 chunked [abc] open", "200 until close [abc] closed"),
    (
        "header=Content-Length:6; start=200 OK; write=abc; list; item=def",
        "200 length 6 [abcdef] open",
        "200 length 6 [abcdef] open",
    ),
    ("start=204 No Content; list", "204 no body [] open", "204 no body [] open"),
    ("start=304 Not Modified; list", "304 no body [] open", "304 no body [] open"),
    ("header=Content-Length:3; start=204 No Content; list", "204 no body [] open", "204 no body [] open"),
    # RFC 9110 §8.6: the length is that of the answer to a GET without conditions.
    ("header=Content-Length:3; start=304 Not Modified; list", "304 of 3 [] open", "304 of 3 [] open"),
    # What was said before counts no more, its length included.
    (
        "header=Content-Length:9; start=200 OK; forget; restart=500 Sorry; iterate; item=a; item=b",
        "500 chunked [a b] open",
        "500 until close [ab] closed",
    ),
]

MISMATCHES = [
    ("header=Content-Length:2; start=200 OK; list; item=abc", "200 length 2 [ab] open", SURPLUS),
    ("header=Content-Length:2; start=200 OK; iterate; item=abc; item=def", "200 length 2 [ab] open", SURPLUS),
    ("header=Content-Length:2; start=200 OK; write=abc; write=def; list", "200 length 2 [ab] open", SURPLUS),
    ("header=Content-Length:5; start=200 OK; list; item=abc", "200 length 5 [abc] closed", SHORT),
    ("header=Content-Length:5; start=200 OK; iterate; item=abc", "200 length 5 [abc] closed", SHORT),
    ("header=Content-Length:5; start=200 OK; write=abc; list", "200 length 5 [abc] closed", SHORT),
    ("start=204 No Content; list; item=abc", "204 no body [] open", IGNORED % "204 No Content"),
    ("start=304 Not Modified; iterate; item=abc", "304 no body [] open", IGNORED % "304 Not Modified"),
    (
        "header=Content-Length:3; start=204 No Content; write=abc; list",
        "204 no body [] open",
        IGNORED % "204 No Content",
    ),
]


class TestAnswer:
    """The results table: what the application returns, what goes over the wire."""

    @pytest.mark.parametrize(("steps", "expected", "_"), RESULTS)
    def test_is_framed_by_what_is_known_of_its_length(
        self, performer: Performer, steps: str, expected: str, _: str
    ) -> None:
        answer = performer.perform(steps)
        assert str(answer) == expected
        assert answer.head.version == "HTTP/1.1"
        assert answer.head.one("Connection") is None
        assert answer.head.one("Date")
        assert answer.head.one("Server") == "waitress"

    @pytest.mark.parametrize(("steps", "_", "expected"), RESULTS)
    def test_to_an_old_client_has_a_length_or_ends_by_closing(
        self, performer: Performer, steps: str, _: str, expected: str
    ) -> None:
        answer = performer.perform(steps, "Connection: keep-alive", version="1.0")
        assert str(answer) == expected
        assert answer.head.version == "HTTP/1.0"
        assert answer.head.one("Connection") == ("Keep-Alive" if answer.lives else "close")
        assert answer.head.one("Transfer-Encoding") is None

    @pytest.mark.parametrize("version", ["1.1", "1.0"])
    @pytest.mark.parametrize(("steps", "expected", "warning"), MISMATCHES)
    def test_of_another_length_than_stated_is_cut_or_ends_the_connection(
        self, performer: Performer, steps: str, expected: str, warning: str, version: str
    ) -> None:
        """And one warning says so."""
        seen = len(performer.server.lines)
        answer = performer.perform(steps, "Connection: keep-alive", version=version)
        assert str(answer) == expected
        performer.server.wait_for("WARNING:waitress:" + warning, since=seen)
        assert len(re.findall("WARNING", "".join(performer.server.lines[seen:]))) == 1

    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            ("start=200 OK; list; item=hi", "200 of 2 [] open"),
            ("start=200 OK; list", "200 no body [] open"),
            ("header=Content-Length:7; start=200 OK; list", "200 of 7 [] open"),
            ("header=Content-Length:2; start=200 OK; iterate; item=abc", "200 of 2 [] open"),
            ("start=200 OK; iterate; item=a; item=b", "200 no body [] open"),
            ("start=200 OK; write=abc; list; item=d", "200 no body [] open"),
        ],
    )
    def test_to_head_has_no_body_whatever_the_application_returns(
        self, performer: Performer, steps: str, expected: str
    ) -> None:
        """Without a warning, also where the length is another."""
        seen = len(performer.server.lines)
        assert str(performer.perform(steps, method="HEAD")) == expected
        assert performer.server.lines[seen:] == []

    def test_keeps_the_fields_of_the_application(self, performer: Performer) -> None:
        """Their case, their order, and every one of a name; Date and Server are the server's where they are missing."""
        answer = performer.perform(
            "header=b:2; header=A:x; header=Set-Cookie:one=1; header=Set-Cookie:two=2; header=a:y; header=Via:1.1 me;"
            "header=sErVeR:mine; header=date:today; header=X-Text:\u00e4\u00ff; header=X-Empty:;"
            "start=299 Almost  fine!; list; item=x"
        )
        assert answer.head.status == 299
        assert answer.head.fields == [
            ("b", "2"),
            ("A", "x"),
            ("Set-Cookie", "one=1"),
            ("Set-Cookie", "two=2"),
            ("a", "y"),
            ("Via", "1.1 me"),
            ("sErVeR", "mine"),
            ("date", "today"),
            ("X-Text", "\u00e4\u00ff"),
            ("X-Empty", ""),
            ("Content-Length", "1"),
        ]

    def test_may_state_its_length_twice_if_it_is_the_same(self, performer: Performer) -> None:
        answer = performer.perform("header=Content-Length:3; header=content-length:3; start=200 OK; list; item=abc")
        assert str(answer) == "200 length 3 [abc] open"


class TestRefusal:
    """Heads that are no HTTP, or not the application's to send."""

    @pytest.mark.parametrize(
        ("steps", "reason"),
        [
            ("start=2 0; list", "status"),
            ("start=; list", "status"),
            ("start=abc; list", "status"),
            ("start=099 Odd; list", "status"),
            ("start=100 Continue; list", "100"),
            ("start=200 OK\r\nX: y; list", "carriage return/line feed character present in status"),
            ("start=200 O\x00K; list", "status"),
            ("header=X:a\nb; start=200 OK; list", "carriage return/line feed character present in header value"),
            ("header=X\r:a; start=200 OK; list", "carriage return/line feed character present in header name"),
            ("header=X:a\x0bb; start=200 OK; list", "header value"),
            ("header=X Y:a; start=200 OK; list", "header name"),
            ("header=:a; start=200 OK; list", "header name"),
            ("header=Connection:close; start=200 OK; list", 'Connection is a "hop-by-hop" header'),
            ("header=Keep-Alive:5; start=200 OK; list", 'Keep-Alive is a "hop-by-hop" header'),
            ("header=proxy-authenticate:x; start=200 OK; list", 'proxy-authenticate is a "hop-by-hop" header'),
            ("header=Proxy-Authorization:x; start=200 OK; list", 'Proxy-Authorization is a "hop-by-hop" header'),
            ("header=TE:x; start=200 OK; list", 'TE is a "hop-by-hop" header'),
            ("header=Trailer:x; start=200 OK; list", 'Trailer is a "hop-by-hop" header'),
            ("header=Transfer-Encoding:chunked; start=200 OK; list", 'Transfer-Encoding is a "hop-by-hop" header'),
            ("header=Upgrade:h2c; start=200 OK; list", 'Upgrade is a "hop-by-hop" header'),
            ("header=Content-Length:-1; start=200 OK; list", "Content-Length .-1. is not a number of bytes"),
            ("header=Content-Length:+3; start=200 OK; list", "Content-Length .[+]3. is not a number of bytes"),
            ("header=Content-Length:3_0; start=200 OK; list", "Content-Length .3_0. is not a number of bytes"),
            ("header=Content-Length:; start=200 OK; list", "Content-Length .. is not a number of bytes"),
            ("header=Content-Length:3; header=Content-Length:4; start=200 OK; list", "Content-Length"),
            ("start=200 OK; start=200 OK; list", "start_response called a second time without providing exc_info."),
            ("list; item=x", "start_response was not called before body written"),
            ("iterate; item=x", "start_response was not called before body written"),
            ("list", "start_response was not called before body written"),
            ("start=200 OK", "the application returned [Nn]"),
        ],
        ids=ascii,
    )
    def test_is_500_and_the_log_says_why(self, performer: Performer, steps: str, reason: str) -> None:
        seen = len(performer.server.lines)
        answer = performer.perform(steps)
        assert str(answer) == (
            "500 length 110 [Internal Server Error\r\n\r\n"
            "The server encountered an unexpected internal server error\r\n\r\n(generated by waitress)] closed"
        )
        performer.server.wait_for("ERROR:waitress:Exception while serving /perform$", since=seen)
        performer.server.wait_for(reason, since=seen)


CLOSE = "Connection: close"
KEEP = "Connection: keep-alive"
LENGTH = "start=200 OK; list; item=hi"
STREAM = "start=200 OK; iterate; item=hi"
NO_CONTENT = "start=204 No Content; list"
NOT_MODIFIED = "start=304 Not Modified; list"
FAILING = "raise=no"
SHORT_ONE = "header=Content-Length:5; start=200 OK; list; item=abc"

# Version and field of the request, what the application does; Connection of the answer, and whether it lives on.
PERSISTENCE = [
    ("1.0", "X: y", LENGTH, "close"),
    ("1.0", "X: y", STREAM, "close"),
    ("1.0", "X: y", NO_CONTENT, "close"),
    ("1.0", "Connection: other", LENGTH, "close"),
    ("1.0", KEEP, LENGTH, "Keep-Alive"),
    ("1.0", "Connection: Keep-ALIVE", LENGTH, "Keep-Alive"),
    ("1.0", "Connection: other, keep-alive", LENGTH, "Keep-Alive"),
    ("1.0", "Connection: other\r\nConnection: keep-alive", LENGTH, "Keep-Alive"),
    ("1.0", KEEP, NO_CONTENT, "Keep-Alive"),
    ("1.0", KEEP, NOT_MODIFIED, "Keep-Alive"),
    ("1.0", KEEP, STREAM, "close"),
    ("1.0", CLOSE, LENGTH, "close"),
    ("1.0", "Connection: keep-alive, close", LENGTH, "close"),
    ("1.1", "X: y", LENGTH, None),
    ("1.1", "X: y", STREAM, None),
    ("1.1", "X: y", NO_CONTENT, None),
    ("1.1", "X: y", NOT_MODIFIED, None),
    ("1.1", KEEP, LENGTH, None),
    ("1.1", "Connection: other", LENGTH, None),
    ("1.1", "Connection: closed", LENGTH, None),
    ("1.1", CLOSE, LENGTH, "close"),
    ("1.1", CLOSE, STREAM, "close"),
    ("1.1", CLOSE, NO_CONTENT, "close"),
    ("1.1", CLOSE, NOT_MODIFIED, "close"),
    ("1.1", "Connection: CLOSE", LENGTH, "close"),
    ("1.1", "Connection: other , close", LENGTH, "close"),
    ("1.1", "Connection: close,other", STREAM, "close"),
    ("1.1", "Connection: keep-alive\r\nConnection: close", LENGTH, "close"),
    ("1.0", KEEP, FAILING, "close"),
    ("1.1", "X: y", FAILING, "close"),
]


class TestConnection:
    """Whether it lives on, and what the answer says of that."""

    @pytest.mark.parametrize(("version", "field", "steps", "connection"), PERSISTENCE)
    def test_lives_on_as_version_and_fields_say(
        self, performer: Performer, version: str, field: str, steps: str, connection: str | None
    ) -> None:
        answer = performer.perform(steps, field, version=version)
        assert answer.head.all("Connection") == ([connection] if connection else [])
        assert answer.lives == (connection != "close")

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_ends_after_too_few_bytes_though_the_head_did_not_say_so(self, performer: Performer, version: str) -> None:
        answer = performer.perform(SHORT_ONE, KEEP, version=version)
        assert answer.head.one("Connection") != "close"
        assert not answer.lives

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_ends_after_a_refusal(self, performer: Performer, version: str) -> None:
        request = f"GET /\x01 HTTP/{version}\r\nHost: a\r\n{KEEP}\r\n\r\n"
        answer = performer.exchange(request.encode())
        assert answer.head.all("Connection") == ["close"]
        assert not answer.lives
