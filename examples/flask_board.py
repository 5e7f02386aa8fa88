"""A small notice board in Flask: ``waitress-serve examples.flask_board:app``.

Log in as ``ada`` with the password ``lovelace``. Both this board and the Django one answer under
the same addresses, with the same templates. Links are relative, so that ``--url-prefix`` works.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import (
    Flask,
    Response,
    abort,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)

from examples import storage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

P = ParamSpec("P")
R = TypeVar("R")

app = Flask(__name__)
app.config.update(
    SECRET_KEY=storage.SECRET,
    SESSION_COOKIE_SAMESITE="Lax",
    MAX_CONTENT_LENGTH=storage.MAX_UPLOAD_BYTES,
    # An exception goes on to the server, which logs it and answers 500.
    PROPAGATE_EXCEPTIONS=True,
)


def members_only(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """Send everybody else to the login page."""

    @functools.wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        if "user" not in session:
            return redirect(url_for("login"), 303)
        return view(*args, **kwargs)

    return checked


@app.context_processor
def _user() -> dict[str, str | None]:
    return {"user": session.get("user")}


@app.get("/")
def home() -> ResponseReturnValue:
    """Lead to the notes."""
    return redirect(url_for("board"))


@app.get("/style.css")
def style() -> ResponseReturnValue:
    """Answer by the server's file wrapper, or 304 for who has it."""
    return send_file(storage.STYLE, conditional=True)


@app.get("/login")
def login() -> ResponseReturnValue:
    """Show the form, with the name of the last visit."""
    return render_template("login.html", name=request.cookies.get("name", ""))


@app.post("/login")
def enter() -> ResponseReturnValue:
    """Open a session, and remember the name beyond it: two cookies in one answer."""
    name = request.form.get("name", "")
    if not storage.is_member(name, request.form.get("password", "")):
        error = "Wrong name or password."
        return render_template("login.html", error=error, name=name), 403
    session["user"] = name
    answer = redirect(url_for("board"), 303)
    answer.set_cookie("name", name, max_age=86_400, httponly=True, samesite="Lax")
    return answer


@app.post("/logout")
def leave() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    return redirect(url_for("login"), 303)


@app.get("/board")
@members_only
def board() -> ResponseReturnValue:
    """Show the notes."""
    return render_template("board.html", notes=storage.notes())


@app.post("/board")
@members_only
def post() -> ResponseReturnValue:
    """Add a note; the redirect keeps a reload from posting it again."""
    storage.add_note(session["user"], request.form["text"])
    return redirect(url_for("board"), 303)


@app.get("/files")
@members_only
def files() -> ResponseReturnValue:
    """List the files."""
    return render_template("files.html", names=storage.names())


@app.post("/files")
@members_only
def upload() -> ResponseReturnValue:
    """Store a file and say what arrived."""
    sent = request.files["file"]
    pieces = iter(lambda: sent.stream.read(storage.PIECE_BYTES), b"")
    kept = storage.keep(sent.filename or "", pieces)
    return kept._asdict(), 201, {"Location": url_for("download", name=kept.name)}


@app.get("/files/<name>")
@members_only
def download(name: str) -> ResponseReturnValue:
    """Stream a file: from a generator, so that its length is not announced."""
    answer = Response(storage.pieces_of(_require(name)), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@app.get("/raw/<name>")
@members_only
def raw(name: str) -> ResponseReturnValue:
    """Hand the open file to the server (``wsgi.file_wrapper``), with its length."""
    return send_file(_require(name), mimetype="application/octet-stream")


@app.get("/slow")
def slow() -> ResponseReturnValue:
    """Take ``seconds``: shows that others are not kept waiting."""
    seconds = request.args.get("seconds", 2.0, type=float)
    if not 0 <= seconds <= storage.SLOW_SECONDS_AT_MOST:
        abort(400)
    # One write, newline included: lines of several threads stay whole.
    request.environ["wsgi.errors"].write(f"slow page: {seconds} s\n")
    time.sleep(seconds)
    return f"waited {seconds} s\n", {"Content-Type": "text/plain"}


@app.get("/error")
def error() -> ResponseReturnValue:
    """Fail, at once or ``after`` so many pieces of the answer."""
    if after := request.args.get("after", 0, type=int):
        return Response(storage.failing_pieces(after), mimetype="text/plain")
    message = "the board fell down"
    raise RuntimeError(message)


def _require(name: str) -> Path:
    return storage.find(name) or abort(404)
