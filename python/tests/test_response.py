"""``start_response``, ``write`` and the iterable, without a front: what an exchange puts into its outbox."""

from __future__ import annotations

import io
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Iterator

import pytest

from waitress_worker import protocol
from waitress_worker.arena import LargeBlocks
from waitress_worker.files import FileWrapper
from waitress_worker.heads import Heads
from waitress_worker.response import Exchange
from waitress_worker.threads import Threads

if TYPE_CHECKING:
    from pathlib import Path

TEXT = ("Content-Type", "text/plain")


class FewBlocks(LargeBlocks):
    """Has room for two blocks of 100,000 bytes."""

    def __init__(self, outbox: Any) -> None:
        super().__init__(outbox, Threads(), is_wanted=False)
        self.shared: list[bytes] = []

    def _share(self, _request_id: int, block: memoryview) -> tuple[int, int] | None:
        if len(self.shared) == 2:  # noqa: PLR2004 -- as it says
            return None
        self.shared.append(bytes(block[:100_000]))
        return len(self.shared) - 1, len(self.shared[-1])


class FakeCrew:
    """Keeps the messages of an exchange: stands for its outbox and its streams."""

    by_descriptor = False
    expose_tracebacks = True

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.files: list[Any] = []
        self.gone: set[int] = set()
        self.closed: set[int] = set()
        self.closed_streams: list[int] = []
        self.blocks = FewBlocks(self)
        self.heads = Heads(threading.Lock(), 3)

    def send(self, message: Any, raw: bytes | None = None) -> None:
        self.messages.append(message if raw is None else (*message[:-1], raw))

    post = tell = send

    def flush_soon(self) -> None:
        """Nothing waits."""

    def require_worker(self) -> None:
        """It is one."""

    def lend(self, _request_id: int, wrapper: FileWrapper) -> None:
        self.files.append(wrapper)

    def open(self, _request_id: int, exchange: Exchange) -> None:
        exchange.allowed = 1000

    def close(self, request_id: int) -> None:
        self.closed_streams.append(request_id)

    def wait(self, _request_id: int, _exchange: Exchange) -> None:
        """The client takes what there is."""


@pytest.fixture(name="crew")
def make_crew() -> FakeCrew:
    return FakeCrew()


def run(crew: FakeCrew, application: Callable[..., Any], method: str = "GET") -> list[Any]:
    """Answer one request; return every message, the last one included."""
    last = Exchange(crew, crew, 7, method).run(application, {"PATH_INFO": "/p"})  # type: ignore[arg-type]
    return crew.messages + ([last] if last is not None else [])


def answering(status: Any = "200 OK", headers: Any = (TEXT,), body: Any = (b"hi",)) -> Callable[..., Any]:
    """Make an application of its answer."""

    def application(_environ: Any, start_response: Any) -> Any:
        start_response(status, headers)
        return body

    return application


class TestWholeResponses:
    @pytest.mark.parametrize(
        ("body", "sent"),
        [
            ([b"hi"], b"hi"),
            ((b"hi",), b"hi"),
            ([], b""),
            ([b""], b""),
            ((), b""),
            ([bytearray(b"hi")], b"hi"),
            ([memoryview(b"hi")], b"hi"),
            ([b"x" * 5000], b"x" * 5000),
        ],
    )
    def test_go_out_as_one_message(self, crew: FakeCrew, body: Any, sent: bytes) -> None:
        assert run(crew, answering(body=body)) == [(protocol.RESPONSE, 7, "200 OK", [TEXT], sent)]

    def test_of_several_blocks_are_joined_where_the_length_is_stated(self, crew: FakeCrew) -> None:
        headers = [("content-length", "2")]
        assert run(crew, answering(headers=headers, body=[b"h", b"i"])) == [
            (protocol.RESPONSE, 7, "200 OK", headers, b"hi")
        ]

    def test_are_complete_when_the_stated_length_is_reached(self, crew: FakeCrew) -> None:
        seen: list[int] = []

        def blocks() -> Iterator[bytes]:
            yield b"hi"
            seen.append(len(crew.messages))

        headers = [("Content-Length", "2")]
        assert run(crew, answering(headers=headers, body=blocks())) == [
            (protocol.RESPONSE, 7, "200 OK", headers, b"hi")
        ]
        assert seen == [1]

    def test_take_headers_as_lists_and_any_iterable(self, crew: FakeCrew) -> None:
        headers = iter([["A", "b"], ["Content-Length", "2"]])
        assert run(crew, answering(headers=headers)) == [
            (protocol.RESPONSE, 7, "200 OK", [("A", "b"), ("Content-Length", "2")], b"hi")
        ]


class TestStreams:
    def test_send_each_block_before_the_next_is_asked_for(self, crew: FakeCrew) -> None:
        counts: list[int] = []

        def blocks() -> Iterator[bytes]:
            for block in (b"", b"a", b"", b"b"):
                yield block
                counts.append(len(crew.messages))

        assert run(crew, answering(body=blocks())) == [
            (protocol.START, 7, "200 OK", [TEXT]),
            (protocol.CHUNK, 7, b"a"),
            (protocol.CHUNK, 7, b"b"),
            (protocol.END, 7),
        ]
        assert counts == [0, 2, 2, 3]
        assert crew.closed_streams == [7]

    def test_may_begin_late(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            yield b"a"

        assert run(crew, application)[0] == (protocol.START, 7, "200 OK", [])

    def test_mix_written_and_returned_blocks(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> list[bytes]:
            write = start_response("200 OK", [TEXT])
            assert write(b"abc") is None
            write(b"def")
            return [b"ghi"]

        assert [message[0] for message in run(crew, application)] == [
            protocol.START,
            protocol.CHUNK,
            protocol.CHUNK,
            protocol.CHUNK,
            protocol.END,
        ]

    def test_send_the_head_with_an_empty_write(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [TEXT])(b"")
            return []

        assert run(crew, application) == [(protocol.START, 7, "200 OK", [TEXT]), (protocol.END, 7)]

    def test_warn_once_of_a_surplus(self, crew: FakeCrew, caplog: pytest.LogCaptureFixture) -> None:
        run(crew, answering(headers=[("Content-Length", "2")], body=iter([b"hi", b"more", b"and more"])))
        assert [record.getMessage() for record in caplog.records] == [
            "application-written content exceeded the number of bytes specified by Content-Length header (2)"
        ]

    def test_warn_of_a_surplus_behind_what_was_to_be_the_only_block(
        self, crew: FakeCrew, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The front has stated the length of that one."""

        class Liar(list[bytes]):
            def __len__(self) -> int:
                return 1

        run(crew, answering(body=Liar([b"abc", b"more"])))
        assert [record.getMessage() for record in caplog.records] == [
            "application-written content exceeded the number of bytes specified by Content-Length header (3)"
        ]


class TestFiles:
    """Sent by the front from where they lie, else copied."""

    @staticmethod
    def serve(crew: FakeCrew, file: Any, length: int | None = None, written: bytes = b"") -> list[Any]:
        def application(_environ: Any, start_response: Any) -> FileWrapper:
            write = start_response("200 OK", [] if length is None else [("Content-Length", str(length))])
            if written:
                write(written)
            return FileWrapper(file)

        return run(crew, application)

    @pytest.mark.parametrize(
        ("stated", "sent", "count"), [(None, 7, 7), (7, 7, 7), (5, 5, 5), (8, 7, 7), (10**12, 7, 7)]
    )
    def test_go_from_their_position_with_a_true_length(
        self, crew: FakeCrew, tmp_path: Path, stated: int | None, sent: int, count: int
    ) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"0123456789")
        with path.open("rb") as file:
            file.seek(3)
            assert self.serve(crew, file, stated) == [
                (protocol.START, 7, "200 OK", [("Content-Length", str(sent))]),
                (protocol.FILE, 7, str(path), 3, count),
                (protocol.END, 7),
            ]
            assert not file.closed
            assert [wrapper.file for wrapper in crew.files] == [file]

    @pytest.mark.parametrize(("content", "stated"), [(b"", None), (b"", 5), (b"abc", 0)])
    def test_that_are_not_needed_are_closed_at_once(
        self, crew: FakeCrew, content: bytes, stated: int | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        file = io.BytesIO(content)
        assert self.serve(crew, file, stated) == [(protocol.RESPONSE, 7, "200 OK", [("Content-Length", "0")], b"")]
        assert file.closed
        assert not caplog.records

    @pytest.mark.parametrize(("stated", "body"), [(None, b"abc"), (2, b"ab"), (4, b"abc")])
    def test_without_a_place_are_copied(self, crew: FakeCrew, stated: int | None, body: bytes) -> None:
        file = io.BytesIO(b"abc")
        assert self.serve(crew, file, stated) == [
            (protocol.START, 7, "200 OK", [("Content-Length", str(len(body)))]),
            (protocol.CHUNK, 7, body),
            (protocol.END, 7),
        ]
        assert file.closed

    @pytest.mark.parametrize(("stated", "count"), [(None, 10), (8, 6), (20, 10)])
    def test_follow_what_was_written(self, crew: FakeCrew, tmp_path: Path, stated: int | None, count: int) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"0123456789")
        with path.open("rb") as file:
            messages = self.serve(crew, file, stated, written=b"ab")
        assert messages[1:] == [
            (protocol.CHUNK, 7, b"ab"),
            (protocol.FILE, 7, str(path), 0, count),
            (protocol.END, 7),
        ]

    def test_inside_another_iterable_are_read_as_that(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            return iter(FileWrapper(io.BytesIO(b"abc")).__next__, b"")

        assert (protocol.CHUNK, 7, b"abc") in run(crew, application)

    def test_need_a_start_response(self, crew: FakeCrew) -> None:
        file = io.BytesIO(b"abc")
        messages = run(crew, lambda _environ, _start_response: FileWrapper(file))
        assert "start_response was not called before body written" in messages[0][2]
        assert file.closed


class TestLargeBlocks:
    """From 64 KiB on they go through shared memory, as far as there is room."""

    @pytest.mark.parametrize(
        ("size", "shared"), [(65_535, []), (65_536, [65_536]), (100_001, [100_000, 1]), (300_000, [100_000, 100_000])]
    )
    def test_of_a_whole_response(self, crew: FakeCrew, size: int, shared: list[int]) -> None:
        body = bytes(range(256)) * (size // 256) + bytes(size % 256)
        messages = run(crew, answering(headers=[], body=[body]))
        assert [len(block) for block in crew.blocks.shared] == shared
        rest = body[sum(shared) :]
        if not shared:
            assert messages == [(protocol.RESPONSE, 7, "200 OK", [], body)]
            return
        assert messages == [
            (protocol.START, 7, "200 OK", [("Content-Length", str(size))]),
            *((protocol.SHARED, 7, slot, count) for slot, count in enumerate(shared)),
            *([(protocol.CHUNK, 7, rest)] if rest else []),
            (protocol.END, 7),
        ]
        assert b"".join(crew.blocks.shared) + rest == body

    def test_of_a_stream(self, crew: FakeCrew) -> None:
        assert run(crew, answering(body=iter([bytes(70_000), b"x"]))) == [
            (protocol.START, 7, "200 OK", [TEXT]),
            (protocol.SHARED, 7, 0, 70_000),
            (protocol.CHUNK, 7, b"x"),
            (protocol.END, 7),
        ]


class TestEarlyHints:
    LINK = ("Link", "</a.css>; rel=preload; as=style")

    def hinting(self, *hints: Any) -> Callable[..., Any]:
        """Make an application that sends these before its answer."""

        def application(environ: Any, start_response: Any) -> Any:
            for each in hints:
                environ["wsgi.early_hints"](each)
            start_response("200 OK", [TEXT])
            return [b"hi"]

        return application

    def run(self, crew: FakeCrew, application: Callable[..., Any]) -> list[Any]:
        exchange = Exchange(crew, crew, 7, "GET")  # type: ignore[arg-type]
        environ = {"PATH_INFO": "/p", "wsgi.early_hints": exchange}
        return [*crew.messages, exchange.run(application, environ)]

    def test_go_out_at_once(self, crew: FakeCrew) -> None:
        told: list[int] = []

        def application(environ: Any, start_response: Any) -> Any:
            environ["wsgi.early_hints"](pair for pair in [self.LINK])
            told.append(len(crew.messages))
            return self.hinting()(environ, start_response)

        answer = (protocol.RESPONSE, 7, "200 OK", [TEXT], b"hi")
        assert self.run(crew, application)[-1] == answer
        assert crew.messages == [(protocol.HINTS, 7, [self.LINK])]
        assert told == [1]

    def test_of_nothing_are_none(self, crew: FakeCrew) -> None:
        self.run(crew, self.hinting([]))
        assert crew.messages == []

    @pytest.mark.parametrize("count", [15, 16, 17])
    def test_are_so_many(self, crew: FakeCrew, count: int) -> None:
        self.run(crew, self.hinting(*[[self.LINK]] * count))
        assert len(crew.messages) == min(count, 16)

    @pytest.mark.parametrize("beyond", [-1, 0, 1])
    def test_are_so_large(self, crew: FakeCrew, beyond: int) -> None:
        kind = self.run(crew, self.hinting([("a", "x" * (8192 - 5 + beyond))]))[-1][0]
        assert kind == (protocol.FAIL if beyond > 0 else protocol.RESPONSE)

    def test_come_before_the_head_alone(self, crew: FakeCrew) -> None:
        def application(environ: Any, start_response: Any) -> Any:
            write = start_response("200 OK", [TEXT])
            write(b"hi")
            environ["wsgi.early_hints"]([self.LINK])
            yield b"ho"
            environ["wsgi.early_hints"]([self.LINK])

        self.run(crew, application)
        assert protocol.HINTS not in [message[0] for message in crew.messages]

    def test_are_dropped_behind_the_end(self, crew: FakeCrew) -> None:
        kept: list[Any] = []

        def application(environ: Any, start_response: Any) -> Any:
            kept.append(environ["wsgi.early_hints"])
            raise ValueError

        self.run(crew, application)
        kept[0]([self.LINK])
        assert crew.messages == []

    def test_are_for_those_who_are_there(self, crew: FakeCrew) -> None:
        crew.gone.add(7)
        exchange = Exchange(crew, crew, 7, "GET")  # type: ignore[arg-type]
        exchange([self.LINK])
        assert crew.messages == []

    @pytest.mark.parametrize(
        ("headers", "text"),
        [
            ([("Link", "a\r\nb")], "carriage return/line feed character present in header value"),
            ([("Li nk", "a")], "header name 'Li nk' is not a token"),
            ([(b"Link", "a")], "Header name b'Link' is not a string in (b'Link', 'a')"),
            ([("Connection", "close")], 'Connection is a "hop-by-hop" header'),
            ([("Transfer-Encoding", "chunked")], 'Transfer-Encoding is a "hop-by-hop" header'),
            ([("Content-Length", "5")], "Content-Length cannot be an early hint"),
        ],
    )
    def test_are_headers_as_any(self, crew: FakeCrew, headers: Any, text: str) -> None:
        """But for the length of a body, which they do not have."""
        failure = self.run(crew, self.hinting(headers))[-1]
        assert failure[0] == protocol.FAIL
        assert text in failure[2]


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "headers", "text"),
        [
            (200, [], "AssertionError: status 200 is not a string"),
            ("200 OK\r\nX: y", [], "ValueError: carriage return/line feed character present in status"),
            ("200 OK", [("X", "a\nb")], "ValueError: carriage return/line feed character present in header value"),
            ("200 OK", [("X\r", "a")], "ValueError: carriage return/line feed character present in header name"),
            ("200 OK", [(b"X", "a")], "AssertionError: Header name b'X' is not a string in (b'X', 'a')"),
            ("200 OK", [("X", 1)], "AssertionError: Header value 1 is not a string in ('X', 1)"),
            ("200 OK", [("Content-Length", "-1")], "ValueError: Content-Length '-1' is not a number of bytes"),
            ("200 OK", [("Content-Length", "3_0")], "ValueError: Content-Length '3_0' is not a number of bytes"),
            ("200 OK", [("Content-Length", "\u00b2")], "ValueError: Content-Length '\u00b2' is not a number of bytes"),
            ("200 OK", [("X", "\u20ac")], "UnicodeEncodeError"),
            *(
                ("200 OK", [(name, "x")], '{} is a "hop-by-hop" header; it cannot be used'.format(name))
                for name in ("Connection", "keep-alive", "TE", "Trailer", "Upgrade", "transfer-encoding")
            ),
        ],
    )
    def test_are_raised_in_the_application(self, crew: FakeCrew, status: Any, headers: Any, text: str) -> None:
        kind, request_id, trace = run(crew, answering(status, headers))[0]
        assert (kind, request_id) == (protocol.FAIL, 7)
        assert text in trace

    def test_can_be_caught_by_the_application(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> list[bytes]:
            with pytest.raises(ValueError, match="present in status"):
                start_response("2\n", [])
            start_response("200 OK", [TEXT])
            return [b"hi"]

        assert run(crew, application) == [(protocol.RESPONSE, 7, "200 OK", [TEXT], b"hi")]

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (["text"], "TypeError: the application gave str instead of bytes"),
            (iter(["text"]), "TypeError: the application gave str instead of bytes"),
            (b"bare", "TypeError: the application returned bytes instead of an iterable of bytes"),
            (None, "TypeError: the application returned NoneType instead of an iterable of bytes"),
            ([1], "TypeError: the application gave int instead of bytes"),
        ],
    )
    def test_of_bodies_come_before_the_head(self, crew: FakeCrew, body: Any, text: str) -> None:
        messages = run(crew, answering(body=body))
        assert [message[0] for message in messages] == [protocol.FAIL]
        assert text in messages[0][2]

    def test_of_a_second_start_response(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            start_response("200 OK", [])
            return []

        assert "start_response called a second time without providing exc_info." in run(crew, application)[0][2]

    @pytest.mark.parametrize("body", [[b"x"], iter([b"x"]), []])
    def test_of_a_missing_start_response(self, crew: FakeCrew, body: Any) -> None:
        trace = run(crew, lambda _environ, _start_response: body)[0][2]
        assert "RuntimeError: start_response was not called before body written" in trace


class TestExcInfo:
    def test_replaces_what_was_not_sent(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [("Content-Length", "99")])
            try:
                raise KeyError
            except KeyError:
                start_response("500 Sorry", [TEXT], sys.exc_info())
            return [b"a", b"b"]

        messages = run(crew, application)
        assert messages[0] == (protocol.START, 7, "500 Sorry", [TEXT])
        assert [message[0] for message in messages[1:]] == [protocol.CHUNK, protocol.CHUNK, protocol.END]

    def test_is_raised_again_after_the_head(self, crew: FakeCrew) -> None:
        def application(_environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [TEXT])(b"x")
            try:
                raise KeyError("mine")
            except KeyError:
                start_response("500 Sorry", [], sys.exc_info())
            return []

        messages = run(crew, application)
        assert [message[0] for message in messages] == [protocol.START, protocol.CHUNK, protocol.FAIL]
        assert "KeyError: 'mine'" in messages[-1][2]


class Closing:
    """An iterable that counts how often it is closed."""

    def __init__(self, blocks: Any, failure: BaseException | None = None) -> None:
        self.blocks = blocks
        self.failure = failure
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.blocks
        if self.failure:
            raise self.failure

    def close(self) -> None:
        self.closed += 1


class TestClose:
    @pytest.mark.parametrize("failure", [None, ValueError("x"), SystemExit(3), KeyboardInterrupt()])
    @pytest.mark.parametrize("blocks", [[], [b"a", b"b"]])
    def test_is_called_once_whatever_happens(self, crew: FakeCrew, blocks: Any, failure: Any) -> None:
        body = Closing(blocks, failure)
        messages = run(crew, answering(body=body))
        assert body.closed == 1
        expected = protocol.FAIL if failure else protocol.END if blocks else protocol.RESPONSE
        assert messages[-1][0] == expected

    def test_is_called_when_the_client_is_gone(self, crew: FakeCrew, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)

        def blocks() -> Iterator[bytes]:
            yield b"a"
            crew.gone.add(7)
            yield b"b"
            pytest.fail("asked for more although nobody reads it")

        body = Closing(blocks())
        messages = run(crew, answering(body=body))
        assert body.closed == 1
        assert messages[-1] == (protocol.FAIL, 7, "")
        assert [record.getMessage() for record in caplog.records] == ["Client disconnected while serving /p"]

    def test_that_fails_is_an_exception_of_the_application(self, crew: FakeCrew) -> None:
        class Failing(Closing):
            def close(self) -> None:
                raise ValueError("in close")

        assert "in close" in run(crew, answering(body=Failing([b"a", b"b"])))[-1][2]


def test_an_application_whose_client_left_before_is_not_called(crew: FakeCrew) -> None:
    crew.gone.add(7)
    assert run(crew, lambda *_: pytest.fail("called")) == [(protocol.FAIL, 7, "")]


def test_a_path_cannot_forge_a_log_line(crew: FakeCrew, caplog: pytest.LogCaptureFixture) -> None:
    def application(_environ: Any, _start_response: Any) -> Any:
        raise ValueError

    Exchange(crew, crew, 7, "GET").run(application, {"PATH_INFO": "/a\nERROR:b"})  # type: ignore[arg-type]
    assert caplog.records[0].getMessage() == "Exception while serving /a\\x0aERROR:b"


def test_a_long_path_does_not_fill_the_log(crew: FakeCrew, caplog: pytest.LogCaptureFixture) -> None:
    """Also one whose characters are each shown as four, and where the client is gone."""

    def application(_environ: Any, _start_response: Any) -> Any:
        raise ValueError

    crew.gone = {8}
    caplog.set_level("INFO", "waitress")
    for request_id, path in [(7, "/" + "a" * 100_000), (7, "/" + "\n" * 250), (8, "/" + "a" * 100_000)]:
        Exchange(crew, crew, request_id, "GET").run(application, {"PATH_INFO": path})  # type: ignore[arg-type]
    messages = [record.getMessage() for record in caplog.records]
    assert [len(message) < 400 for message in messages] == [True] * 3
    assert [message[-3:] for message in messages] == ["..."] * 3
    assert [message.split(" while ")[0] for message in messages] == ["Exception", "Exception", "Client disconnected"]


def test_the_log_shows_the_path_that_was_asked_for(crew: FakeCrew, caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: Any, _start_response: Any) -> Any:
        environ["PATH_INFO"] = None
        raise OSError("the application's own")

    assert run(crew, application)[0][0] == protocol.FAIL
    assert caplog.records[0].getMessage() == "Exception while serving /p"


@pytest.mark.usefixtures("broken_handler")
@pytest.mark.parametrize("stderr_is_closed", [False, True])
def test_a_broken_handler_of_the_log_harms_no_request(
    crew: FakeCrew, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, stderr_is_closed: bool
) -> None:
    def application(_environ: Any, _start_response: Any) -> Any:
        raise ValueError("of the application")

    if stderr_is_closed:
        monkeypatch.setattr(sys, "stderr", None)
    ((kind, _, trace),) = run(crew, application)
    assert kind == protocol.FAIL
    assert "of the application" in trace
    assert stderr_is_closed or "'of the handler', 'waitress'" in capsys.readouterr().err


@pytest.fixture(name="broken_handler")
def break_a_handler() -> Iterator[None]:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise RuntimeError("of the handler", record.name)

    handler = Broken()
    logger = logging.getLogger("waitress")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
