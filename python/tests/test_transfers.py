"""Large bodies in both directions, byte for byte."""

from __future__ import annotations

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from boards import Visitor
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Start
    from serving import Server

SIZE = 20_000_000 + 7  # a multiple of no buffer
PARALLEL = 8
SEED = 3


def content(size: int, seed: int = SEED) -> bytes:
    """Make bytes that no compression, offset or encoding leaves unnoticed."""
    return random.Random(seed).randbytes(size)


def uneven_pieces(body: bytes) -> Iterator[bytes]:
    """Cut into chunks from one byte to some that no buffer holds."""
    sizes = random.Random(SEED)
    start = 0
    while start < len(body):
        end = start + sizes.choice([1, 2, 100, 4096, 65_536, 1_000_003])
        yield body[start:end]
        start = end


def facts(name: str, data: bytes) -> dict[str, object]:
    """Build what the board says of a file that arrived whole."""
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


@pytest.fixture(scope="module")
def large() -> bytes:
    """Make it once."""
    return content(SIZE)


@pytest.fixture
def stored(member: Visitor, large: bytes) -> str:
    """Name of a large file on the board."""
    answer = member.upload("large.bin", large)
    assert answer.json() == facts("large.bin", large)
    return "large.bin"


class TestUpload:
    """From the client to the application."""

    @pytest.mark.parametrize("pieces", [None, uneven_pieces], ids=["length", "chunked"])
    def test_arrives_whole(
        self, member: Visitor, large: bytes, pieces: Callable[[bytes], Iterator[bytes]] | None
    ) -> None:
        """However it is framed: the application never sees chunks."""
        answer = member.upload("sent.bin", large, pieces)
        framing = "Transfer-Encoding" if pieces else "Content-Length"
        assert framing in answer.request.headers
        assert len({"Transfer-Encoding", "Content-Length"} & set(answer.request.headers)) == 1
        assert answer.status_code == requests.codes.created
        assert answer.json() == facts("sent.bin", large)
        assert member.get(answer.headers["Location"]).content == large

    @pytest.mark.parametrize("size", [0, 1, 8191, 8192, 65_536, 524_288, 1_048_577])
    @pytest.mark.parametrize("pieces", [None, uneven_pieces], ids=["length", "chunked"])
    def test_of_any_size_arrives_whole(
        self,
        member: Visitor,
        size: int,
        pieces: Callable[[bytes], Iterator[bytes]] | None,
    ) -> None:
        """At the sizes where bodies change their place."""
        data = content(size)
        name = f"{size}.bin"
        assert member.upload(name, data, pieces).json() == facts(name, data)
        assert member.get(f"files/{name}").content == data
        assert member.get(f"raw/{name}").content == data

    def test_waits_for_the_servers_consent(self, member: Visitor, board: Server) -> None:
        """Expect: 100-continue, as curl sends it with large bodies."""
        body = b"name=ada&password=wrong"
        with Connection(board.port) as connection:
            connection.ask(
                "POST",
                "/login",
                member.cookie_field(),
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
                "Expect: 100-continue",
            )
            assert connection.head().status == requests.codes["continue"]
            connection.send(body)
            head = connection.head()
            assert head.status == requests.codes.forbidden
            connection.body(head)

    def test_may_come_from_many_at_once(self, member: Visitor) -> None:
        """Each gets the answer to its own, and its own bytes back."""

        def exchange(number: int) -> None:
            data = content(3_000_000 + number, seed=number)
            name = f"parallel-{number}.bin"
            with Visitor(member.url) as visitor:
                visitor.cookies.update(member.cookies)
                pieces = uneven_pieces if number % 2 else None
                assert visitor.upload(name, data, pieces).json() == facts(name, data)
                assert visitor.get(f"files/{name}").content == data

        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(exchange, range(PARALLEL)))

    def test_is_stored_nowhere_but_in_its_folder(self, member: Visitor) -> None:
        """Whatever its name says; and the list shows the names."""
        answer = member.upload("../../x y<b>.bin", b"here")
        name = answer.json()["name"]
        assert not set("/\\ <>") & set(name)
        page = member.get("files").text
        assert f'href="files/{name}"' in page
        for target in ("files/..%2f..%2fnotes.jsonl", "files/..", "files/no-such-file"):
            assert member.get(target).url != member.url + "login"
            assert b"here" not in member.get(target).content


class TestDownload:
    """From the application to the client."""

    def test_streams_without_a_length(self, member: Visitor, stored: str, large: bytes) -> None:
        """A generator becomes a chunked answer."""
        answer = member.get(f"files/{stored}")
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert "Content-Length" not in answer.headers
        assert f"attachment; filename={stored}" == answer.headers["Content-Disposition"].replace('"', "")
        assert answer.content == large

    def test_is_chunked_on_the_wire_and_the_connection_goes_on(
        self, member: Visitor, board: Server, stored: str, large: bytes
    ) -> None:
        """Many chunks, an end, and then the next answer on the same connection."""
        with Connection(board.port) as connection:
            connection.ask("GET", f"/files/{stored}", member.cookie_field())
            assert connection.head().all("Transfer-Encoding") == ["chunked"]
            chunks = list(connection.chunks())
            assert len(chunks) > 1
            assert b"".join(chunks) == large
            connection.ask("GET", "/style.css", "Connection: close")
            head = connection.head()
            assert head.status == requests.codes.ok
            assert connection.body(head)
            assert connection.rest() == b""

    def test_ends_with_the_connection_for_an_old_client(
        self, member: Visitor, board: Server, stored: str, large: bytes
    ) -> None:
        """HTTP/1.0 knows no chunks."""
        with Connection(board.port) as connection:
            connection.ask("GET", f"/files/{stored}", member.cookie_field(), version="1.0")
            head = connection.head()
            assert not head.all("Transfer-Encoding") + head.all("Content-Length")
            assert connection.rest() == large

    def test_of_an_open_file_has_its_length(self, member: Visitor, stored: str, large: bytes) -> None:
        """By ``wsgi.file_wrapper``, which both frameworks use."""
        answer = member.get(f"raw/{stored}")
        assert answer.headers["Content-Length"] == str(len(large))
        assert "Transfer-Encoding" not in answer.headers
        assert answer.content == large

    def test_may_go_to_many_at_once(self, member: Visitor, stored: str, large: bytes) -> None:
        """More than there are threads."""
        expected = hashlib.sha256(large).digest()

        def fetch(number: int) -> bool:
            way = "raw" if number % 2 else "files"
            with Visitor(member.url) as visitor:
                visitor.cookies.update(member.cookies)
                return hashlib.sha256(visitor.get(f"{way}/{stored}").content).digest() == expected

        with ThreadPoolExecutor(PARALLEL) as pool:
            assert all(pool.map(fetch, range(PARALLEL)))

    def test_that_the_client_gives_up_hurts_nobody(self, start: Start, application: str, large: bytes) -> None:
        """The server notices, says so, and serves on with its only thread."""
        server = start(application, "--threads=1", "--outbuf-high-watermark=100000")
        with Visitor(server.url) as visitor:
            visitor.log_in()
            visitor.upload("large.bin", large)
            with Connection(server.port) as connection:
                connection.ask("GET", "/files/large.bin", visitor.cookie_field())
                assert connection.head().status == requests.codes.ok
                assert next(connection.chunks())
            server.wait_for("Client disconnected while serving /files/large.bin")
            assert visitor.get("files/large.bin").content == large
        assert "Traceback" not in server.log


class TestSeveralWorkers:
    """Processes that share nothing but the folder."""

    def test_serve_one_board(self, start: Start, application: str, tmp_path: Path) -> None:
        """Whichever worker answers, it knows the session and has the files."""
        server = start(application, "--workers=2", "--threads=2")

        def visit(number: int) -> None:
            data = content(1_000_000, seed=number)
            with Visitor(server.url) as visitor:
                visitor.log_in()
                visitor.add_note(f"note {number}")
                name = f"{number}.bin"
                assert visitor.upload(name, data).json() == facts(name, data)
                assert visitor.get(f"files/{name}").content == data
                assert ("ada", f"note {number}") in visitor.notes()

        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(visit, range(PARALLEL)))
        assert len(list((tmp_path / "files").iterdir())) == PARALLEL
        assert not list((tmp_path / "incoming").iterdir())
