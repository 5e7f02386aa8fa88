"""Real proxies, run with the configuration files of docs/proxies: addresses are replaced, nothing else."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from serving import ROOT, START_SECONDS, STOP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTED = ROOT / "docs" / "proxies"
# What stands in the documented files for the upstreams.
PORT = "8080"
PREFIXED_PORT = "8081"
SOCKET = "/run/app/waitress.sock"
# Debian keeps servers where only the administrator's PATH leads.
SEARCHED = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
POLL_SECONDS = 0.01
TRUSTED_HEADERS = re.compile(r'--trusted-proxy-headers="([^"]+)"')

NGINX_MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {documented};
}}
"""

NGINX_STREAM_MAIN = """
load_module {modules};
daemon off;
pid {folder}/pid;
error_log {folder}/log;
worker_processes 1;
events {{ worker_connections 256; }}
include {documented};
"""

# One process, so that connections to the upstream are shared. The number is nobody's: Apache does not serve as root.
APACHE_MAIN = """
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/log
Listen 127.0.0.1:{port}
User "#65534"
Group "#65534"
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
ServerLimit 1
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 16
Include {documented}
"""

LIGHTTPD_MAIN = """
server.document-root = "{folder}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/log"
server.upload-dirs = ( "{folder}" )
include "{documented}"
"""


class Kind(NamedTuple):
    """One proxy: its program, its documented file, and how that is run in the foreground.

    ``listens`` is what the file says of its own address, and what takes its place; ``varied`` another such pair.
    ``main`` is the configuration around the file, unless the file is all of it.
    """

    program: str
    file: str
    arguments: tuple[str, ...]
    listens: tuple[str, str] | None = None
    main: str | None = None
    modules: Path | None = None
    varied: tuple[str, str] | None = None

    def trusted_headers(self) -> str:
        """What the file tells users to set: the headers that this proxy leaves to nobody else."""
        return TRUSTED_HEADERS.findall((DOCUMENTED / self.file).read_text(encoding="utf-8"))[0]

    def missing(self) -> str | None:
        """Why it cannot run here."""
        if shutil.which(self.program, path=SEARCHED) is None:
            return f"{self.program} is not installed"
        if self.modules is not None and not self.modules.exists():
            return f"{self.program} has no {self.modules}"
        return None


KINDS = {
    "nginx": Kind(
        "nginx",
        "nginx.conf",
        ("-p", "{folder}", "-e", "{folder}/log", "-c", "{main}"),
        listens=("listen 80;", "listen 127.0.0.1:{port};"),
        main=NGINX_MAIN,
    ),
    "apache": Kind(
        "apache2",
        "apache.conf",
        ("-D", "FOREGROUND", "-d", "{folder}", "-f", "{main}"),
        listens=("<VirtualHost *:80>", "<VirtualHost 127.0.0.1:{port}>"),
        main=APACHE_MAIN,
        modules=Path("/usr/lib/apache2/modules"),
    ),
    "haproxy": Kind(
        "haproxy",
        "haproxy.cfg",
        ("-db", "-f", "{main}"),
        listens=("bind :80\n", "bind 127.0.0.1:{port}\n"),
    ),
    "lighttpd": Kind("lighttpd", "lighttpd.conf", ("-D", "-f", "{main}"), main=LIGHTTPD_MAIN),
}

# These hand connections on, and say by the PROXY protocol whose they are.
NGINX_STREAM = Kind(
    "nginx",
    "nginx-stream.conf",
    ("-p", "{folder}", "-e", "{folder}/log", "-c", "{main}"),
    listens=("listen 80;", "listen 127.0.0.1:{port};"),
    main=NGINX_STREAM_MAIN,
    modules=Path("/usr/lib/nginx/modules/ngx_stream_module.so"),
)
HAPROXY_TCP = KINDS["haproxy"]._replace(file="haproxy-tcp.cfg")
STREAMS = {
    "nginx-stream": NGINX_STREAM,
    "haproxy-v1": HAPROXY_TCP._replace(varied=("send-proxy-v2", "send-proxy")),
    "haproxy-v2": HAPROXY_TCP,
    "haproxy-v2-extended": HAPROXY_TCP._replace(
        varied=("send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id")
    ),
}


class Upstream(NamedTuple):
    """Where the server behind the proxy listens, and the one that serves under the prefix, if the file has one."""

    address: int | Path
    prefixed_port: int | None = None


@contextlib.contextmanager
def folder_for_all() -> Iterator[Path]:
    """Make a folder that the proxies' own users may enter, with a path that fits a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="proxy-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextlib.contextmanager
def running(kind: Kind, upstream: Upstream) -> Iterator[int]:
    """Run a proxy in the foreground, on the port that this gives; it is ended by its process id."""
    with folder_for_all() as folder:
        port = free_port()
        places = {"folder": folder, "port": port, "modules": kind.modules}
        documented = folder / kind.file
        documented.write_text(configuration(kind, port, upstream))
        main = documented
        if kind.main is not None:
            main = folder / "main.conf"
            main.write_text(kind.main.format(**places, documented=documented))
        arguments = [argument.format(**places, main=main) for argument in kind.arguments]
        program = shutil.which(kind.program, path=SEARCHED)
        assert program is not None
        output = folder / "output"
        with output.open("wb") as written:
            process = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until_listening(process, port, output)
            yield port
        finally:
            stop(process)


def configuration(kind: Kind, port: int, upstream: Upstream) -> str:
    """Text of the documented file with the addresses of this run; each must have been there."""
    text = (DOCUMENTED / kind.file).read_text(encoding="utf-8")
    if kind.listens is not None:
        text = replaced(text, kind.listens[0], kind.listens[1].format(port=port))
    if kind.varied is not None:
        text = replaced(text, *kind.varied)
    if upstream.prefixed_port is not None:
        text = replaced(text, PREFIXED_PORT, str(upstream.prefixed_port))
    if isinstance(upstream.address, int):
        return replaced(text, PORT, str(upstream.address))
    # As the reader does it: the line with the port goes, the one with the socket counts.
    assert PORT in text
    lines = [line for line in text.splitlines() if PORT not in line]
    chosen = [line.replace("# ", "", 1) if SOCKET in line else line for line in lines]
    return replaced("\n".join(chosen) + "\n", SOCKET, str(upstream.address))


def replaced(text: str, old: str, new: str) -> str:
    """Replace what must be there."""
    assert old in text, old
    return text.replace(old, new)


def free_port() -> int:
    """Find a port that was free a moment ago; the proxies cannot tell which one they took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_listening(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    """Wait until it accepts; none of the proxies says so in a way of its own."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"does not listen; status {process.poll()}:\n{output.read_text(errors='replace')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it, and the children of its session if it leaves any."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
