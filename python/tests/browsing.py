"""A browser without a window: Chromium, spoken to over pipes by its own protocol."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

PATIENCE_SECONDS = 60


class Browser:
    """One page in a browser of its own; a context manager."""

    def __init__(self, folder: Path) -> None:
        """Start it, with nothing of another one; skips the test where there is none."""
        command = shutil.which("chromium")
        if command is None:
            pytest.skip("chromium is not installed")
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"]
        self._process = subprocess.Popen(
            # It reads what it is to do on descriptor 3, and answers on 4.
            ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "bash"]
            + [command, *options, f"--user-data-dir={folder / 'browser'}", "about:blank"],
            pass_fds=(commands, answers),
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._read = b""
        self._number = 0
        self._session = ""
        target = self._do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End it."""
        os.close(self._commands)
        os.close(self._answers)
        self._process.kill()
        self._process.wait()

    def _do(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            data = os.read(self._answers, 1 << 20)
            assert data, "the browser has ended"
            self._read += data
        message, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(message))

    def open(self, url: str) -> None:
        """Go to a page."""
        self._do("Page.navigate", url=url)

    def appear(self, *, width: int, height: int, dark: bool = False) -> None:
        """Take on a size, and what its user likes."""
        self._do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._do("Emulation.setEmulatedMedia", features=[scheme])

    def value(self, script: str) -> Any:
        """What an expression of the page's own language is worth."""
        result = self._do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def text(self, selector: str = "body") -> str:
        """What is to be read in a part of the page; nothing if it is not there."""
        return str(self.value(f"(document.querySelector({json.dumps(selector)}) || {{innerText: ''}}).innerText"))

    def wait_for(self, words: str, selector: str = "body") -> float:
        """Wait until these are to be read there; return how many seconds that has taken."""
        begun = time.monotonic()
        while words not in (seen := self.text(selector)):
            assert time.monotonic() < begun + PATIENCE_SECONDS, f"{words!r} is not in {seen!r}"
            time.sleep(0.05)
        return time.monotonic() - begun

    def picture(self, file: Path) -> None:
        """Keep what is to be seen."""
        file.write_bytes(b64decode(self._do("Page.captureScreenshot", format="png")["data"]))
