"""HTTP/2 without encryption, to whom begins with it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import httpx
import pytest
import requests
from hyperframe.frame import DataFrame, SettingsFrame
from proxies import KINDS, Upstream, running
from streams2 import PREFACE, Client

if TYPE_CHECKING:
    from conftest import Start
    from serving import Server

APPS = str(Path(__file__).parent / "apps")
H2SPEC = shutil.which("h2spec") or shutil.which("h2spec", path=str(Path.home() / "go" / "bin"))

HAPROXY = KINDS["haproxy"]._replace(varied=("server app1 127.0.0.1:8080\n", "server app1 127.0.0.1:8080 proto h2\n"))


@pytest.fixture
def server(start: Start) -> Server:
    return start("parallel:app", "--http2-cleartext", "--threads=8", PYTHONPATH=APPS)


def serve(start: Start, *options: str) -> Server:
    return start("parallel:app", "--http2-cleartext", "--threads=8", *options, PYTHONPATH=APPS)


class TestRequests:
    """What applications see, and clients get."""

    def test_have_the_environ_of_others(self, server: Server) -> None:
        """But for the version."""
        more = (("x-a", "1"), ("cookie", "a=1"), ("x-a", "2"), ("cookie", "b=2"), ("x_a", "3"))
        with Client(server.port) as client:
            environ = json.loads(client.get(1, "/environ?q=%20", *more).body)
        assert environ["SERVER_PROTOCOL"] == "HTTP/2.0"
        assert environ["REQUEST_METHOD"] == "GET"
        assert environ["QUERY_STRING"] == "q=%20"
        assert environ["HTTP_HOST"] == "a"
        assert environ["HTTP_X_A"] == "1, 2"
        assert environ["HTTP_COOKIE"] == "a=1; b=2"
        assert environ["wsgi.url_scheme"] == "http"
        assert "CONTENT_LENGTH" not in environ

    def test_are_answered_as_soon_as_they_can_be(self, server: Server) -> None:
        """Not in the order of their coming."""
        with Client(server.port) as client:
            client.send(client.request(1, "/sleep?1") + client.request(3) + client.request(5, "/stream"))
            client.read_until(lambda: client.ended == {3, 5})
            assert client.bodies[5] == b"0 1 2 3 4 5 6 7 8 9 "
            assert client.answer(1).body == b"ok"

    def test_have_fields_in_lower_case(self, server: Server) -> None:
        with Client(server.port) as client:
            answer = client.get(1)
        assert [name for name, _ in answer.fields] == [
            ":status", "content-type", "content-length", "x-mixed", "date", "server"
        ]  # fmt: skip

    def test_may_have_bodies_of_any_length(self, server: Server) -> None:
        """The windows open as they come; the length need not be known."""
        body = os.urandom(3_000_000)
        with httpx.Client(http1=False, http2=True) as client:
            for content in (body, iter([body[:5], body[5:]])):
                answer = client.post(server.url + "hash", content=content)
                assert answer.http_version == "HTTP/2"
                assert answer.text == hashlib.sha256(body).hexdigest()

    def test_may_ask_for_much(self, server: Server, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_bytes(os.urandom(5_000_000))
        with httpx.Client(http1=False, http2=True) as client:
            assert client.get(server.url + "large?3000000").content == b"x" * 3_000_000
            assert client.get(f"{server.url}file?{file}").content == file.read_bytes()

    def test_that_fail_are_told(self, server: Server) -> None:
        with Client(server.port) as client:
            assert client.get(1, "/fail").status == requests.codes.server_error
            assert client.get(3, "/broken").body == b"short"
            assert client.resets == {3: "INTERNAL_ERROR"}
            assert client.get(5).body == b"ok"

    def test_that_are_refused_leave_the_connection(self, start: Start) -> None:
        server = serve(start, "--max-request-body-size=10", "--max-request-header-size=1000")
        with Client(server.port) as client:
            client.send(client.request(1, method="POST", ends=False) + DataFrame(1, b"x" * 20).serialize())
            assert client.answer(1).status == requests.codes.request_entity_too_large
            assert client.get(3, "/", ("x-large", "x" * 1000)).status == requests.codes.header_fields_too_large
            assert client.get(5, "http://a/").status == requests.codes.bad_request
            assert client.get(7).body == b"ok"
            assert client.resets == {1: "NO_ERROR"}

    def test_of_http1_are_served_beside_them(self, server: Server) -> None:
        assert requests.get(server.url, timeout=30).text == "ok"

    def test_need_the_setting(self, start: Start) -> None:
        """Off by default: to HTTP/1 the preface is a version that it does not speak."""
        server = start("parallel:app", PYTHONPATH=APPS)
        with pytest.raises(httpx.RemoteProtocolError), httpx.Client(http1=False, http2=True) as client:
            client.get(server.url)


@pytest.mark.parametrize("seed", range(4))
def test_fields_are_read_and_written_as_others_do(server: Server, seed: int) -> None:
    """Those of PyPI's hpack, in blocks that refer to one another, and in tables that grow and shrink."""
    random = Random(seed)
    values = ["".join(chr(random.randrange(0x21, 0x7F)) for _ in range(random.randrange(200))) for _ in range(50)]
    with Client(server.port) as client:
        for stream in range(1, 501, 2):
            if random.random() < 0.1:
                client.encoder.header_table_size = random.choice((0, 100, 1000, 4096))
            names = random.sample([f"x-{number}" for number in range(30)], random.randrange(20))
            fields = sorted((name, random.choice(values)) for name in names)
            client.send(client.request(stream, "/fields", *fields))
            answer = client.answer(stream)
            assert sorted(field for field in answer.fields if field[0].startswith("x-")) == fields


class TestWindows:
    """Nothing is sent that a client does not take."""

    def test_of_a_stream_hold_it_back_and_no_other(self, server: Server) -> None:
        with Client(server.port, window=10) as client:
            client.send(client.request(1, "/large?25") + client.request(3))
            client.read_until(lambda: 3 in client.ended and len(client.bodies[1]) == 10)
            client.open_window(1, 1)
            client.read_until(lambda: len(client.bodies[1]) == 11)
            client.send(SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 100}).serialize())
            assert client.answer(1).body == b"x" * 25

    def test_that_stay_closed_end_their_stream(self, start: Start) -> None:
        server = serve(start, "--channel-timeout=1")
        with Client(server.port, window=0) as client:
            client.send(client.request(1, "/large?100000"))
            client.read_until(lambda: 1 in client.resets)
            assert client.resets == {1: "CANCEL"}

    def test_are_shared_by_turns(self, server: Server) -> None:
        """A small answer does not wait for the end of a large one."""
        with Client(server.port, window=2**31 - 1) as client:
            client.send(client.request(1, "/large?30000000"))
            client.open_window(0, 2**31 - 1 - 65535)
            client.read_until(lambda: len(client.bodies[1]) > 0)
            client.send(client.request(3))
            client.answer(3)
            assert 1 not in client.ended
            assert len(client.answer(1).body) == 30_000_000


class TestEnd:
    """No request is lost, and none is served that nobody waits for."""

    def test_of_the_server_is_announced(self, start: Start, tmp_path: Path) -> None:
        """Streams that have begun end first."""
        server = serve(start)
        file = tmp_path / "go-on"
        with Client(server.port) as client:
            client.send(client.request(1, f"/wait?{file}"))
            client.send(client.request(3))
            client.answer(3)
            server.process.send_signal(signal.SIGTERM)
            client.read_until(lambda: len(client.farewells) == 2)
            assert client.farewells == [(2**31 - 1, "NO_ERROR", ""), (3, "NO_ERROR", "")]
            file.touch()
            assert client.answer(1).body == b"ok"
            assert client.farewell() == (3, "NO_ERROR", "")
        server.check_ended()

    def test_of_an_idle_client_is_told(self, start: Start) -> None:
        server = serve(start, "--channel-timeout=1", "--cleanup-interval=1")
        with Client(server.port) as client:
            client.get(1)
            assert client.farewell() == (1, "NO_ERROR", "")

    def test_under_load_loses_nothing(self, start: Start) -> None:
        """Clients ask again for what is above the last stream that was served, and for nothing else."""
        server = serve(start)
        whole: list[bool] = []

        def ask() -> None:
            with Client(server.port) as client:
                stream = 1
                while not client.farewells:
                    wanted = range(stream, stream + 32, 2)
                    client.send(b"".join(client.request(each) for each in wanted))
                    client.read_until(lambda wanted=wanted: client.ended.issuperset(wanted) or client.farewells)
                    stream += 32
                last, code, _ = client.farewell()
                whole.append(code == "NO_ERROR" and client.ended.issuperset(range(1, last + 1, 2)))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        with Client(server.port) as client:
            for stream in range(1, 101, 2):
                client.get(stream)
        server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
        assert whole == [True] * len(threads)
        server.check_ended()


class TestClients:
    """Those that others use."""

    @pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
    def test_curl(self, server: Server, tmp_path: Path) -> None:
        upload = tmp_path / "upload"
        upload.write_bytes(os.urandom(1_000_000))
        command = ["curl", "--silent", "--http2-prior-knowledge", "--write-out", " %{http_version}"]
        answer = subprocess.run(
            [*command, "--data-binary", f"@{upload}", server.url + "hash"], capture_output=True, text=True, check=True
        )
        assert answer.stdout == f"{hashlib.sha256(upload.read_bytes()).hexdigest()} 2"

    @pytest.mark.skipif(shutil.which("nghttp") is None, reason="there is no nghttp")
    def test_nghttp(self, server: Server) -> None:
        """It says of itself what is wrong with an answer."""
        answer = subprocess.run(
            ["nghttp", "--continuation", "--padding=7", server.url, server.url + "stream"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "ok" in answer.stdout
        assert "0 1 2 3 4 5 6 7 8 9 " in answer.stdout

    @pytest.mark.skipif(shutil.which("nghttp") is None, reason="there is no nghttp")
    @pytest.mark.parametrize("size", [0, 4095, 4096, 65536])
    def test_nghttp_that_remembers(self, server: Server, size: int) -> None:
        """One that remembers less than at first wants to hear that we know. RFC 7541 §4.2."""
        command = ["nghttp", f"--header-table-size={size}", server.url]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        assert answer.stdout == "ok"

    @pytest.mark.skipif(shutil.which("h2load") is None, reason="there is no h2load")
    def test_h2load(self, server: Server) -> None:
        answer = subprocess.run(
            ["h2load", "-n", "5000", "-c", "8", "-m", "32", server.url], capture_output=True, text=True, check=True
        )
        assert "status codes: 5000 2xx" in answer.stdout

    @pytest.mark.skipif(HAPROXY.missing() is not None, reason=str(HAPROXY.missing()))
    def test_haproxy(self, server: Server) -> None:
        """It has several of its clients share one connection."""
        with running(HAPROXY, Upstream(server.port)) as port:
            for _ in range(10):
                environ = requests.get(f"http://127.0.0.1:{port}/environ", timeout=30).json()
                assert environ["SERVER_PROTOCOL"] == "HTTP/2.0"
                assert environ["HTTP_HOST"] == f"127.0.0.1:{port}"
            body = os.urandom(1_000_000)
            answer = requests.post(f"http://127.0.0.1:{port}/hash", body, timeout=30)
            assert answer.text == hashlib.sha256(body).hexdigest()

    @pytest.mark.skipif(H2SPEC is None, reason="no h2spec (go install github.com/summerwind/h2spec/cmd/h2spec@latest)")
    @pytest.mark.parametrize("encryption", ["none", "tls"])
    def test_h2spec(self, start: Start, encryption: str) -> None:
        """Every case, the strict ones too."""
        server = start(
            "parallel:app", "--http2-cleartext" if encryption == "none" else "--self-signed", PYTHONPATH=APPS
        )
        options = [] if encryption == "none" else ["-t", "-k"]
        answer = subprocess.run(
            [str(H2SPEC), "-h", "127.0.0.1", "-p", str(server.port), *options, "-P", "/large?100", "-S", "-o", "5"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.stdout.rstrip().endswith(" 0 skipped, 0 failed"), answer.stdout[-3000:]


def test_a_preface_that_is_wrong_ends_the_connection(server: Server) -> None:
    with Client(server.port) as client:
        client.send(PREFACE)
        assert client.farewell()[1] in {"PROTOCOL_ERROR", "FRAME_SIZE_ERROR"}
