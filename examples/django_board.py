"""The notice board as a one-file Django site: ``waitress-serve examples.django_board:application``.

Log in as ``ada`` with the password ``lovelace``. It needs no database, as sessions are signed
cookies, and answers under the same addresses as the Flask board, with the same templates.
"""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from examples import storage

settings.configure(
    SECRET_KEY=storage.SECRET,
    # No answer depends on the Host field: whatever name leads here will do.
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    APPEND_SLASH=False,
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "OPTIONS": {"context_processors": [f"{__name__}.user"]},
        }
    ],
    FILE_UPLOAD_HANDLERS=["django.core.files.uploadhandler.TemporaryFileUploadHandler"],
    FILE_UPLOAD_TEMP_DIR=storage.INCOMING,
    # Counts everything but files, and bodies that a view reads itself.
    DATA_UPLOAD_MAX_MEMORY_SIZE=storage.MAX_UPLOAD_BYTES,
    # An exception goes on to the server, which logs it and answers 500.
    DEBUG_PROPAGATE_EXCEPTIONS=True,
    USE_TZ=True,
)

# Django's own modules want the settings first.
from django.core.exceptions import BadRequest  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import (  # noqa: E402
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.middleware.csrf import rotate_token  # noqa: E402
from django.shortcuts import redirect, render  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from django.utils.http import content_disposition_header  # noqa: E402
from django.views.decorators.http import condition, require_POST, require_safe  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Concatenate, ParamSpec

    P = ParamSpec("P")
    View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def user(request: HttpRequest) -> dict[str, str | None]:
    """Tell all templates who is logged in."""
    return {"user": request.session.get("user")}


def see_other(name: str) -> HttpResponse:
    """Lead to a page by GET, whatever the method was."""
    return HttpResponse(status=303, headers={"Location": reverse(name)})


def members_only(view: View[P]) -> View[P]:
    """Send everybody else to the login page."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if "user" not in request.session:
            return see_other("login")
        return view(request, *args, **kwargs)

    return checked


@require_safe
def home(_request: HttpRequest) -> HttpResponseBase:
    """Lead to the notes."""
    return redirect("board")


def _style_tag(_request: HttpRequest) -> str:
    facts = storage.STYLE.stat()
    return f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'


@require_safe
@condition(etag_func=_style_tag)
def style(_request: HttpRequest) -> HttpResponseBase:
    """Answer by the server's file wrapper, or 304 for who has it."""
    return FileResponse(storage.STYLE.open("rb"), content_type="text/css; charset=utf-8")


def login(request: HttpRequest) -> HttpResponseBase:
    """Show the form, with the name of the last visit, or take it."""
    if request.method == "POST":
        return enter(request)
    return render(request, "login.html", {"name": request.COOKIES.get("name", "")})


def enter(request: HttpRequest) -> HttpResponseBase:
    """Open a session, and remember the name beyond it: three cookies in one answer."""
    name = request.POST.get("name", "")
    if not storage.is_member(name, request.POST.get("password", "")):
        context = {"error": "Wrong name or password.", "name": name}
        return render(request, "login.html", context, status=403)
    request.session["user"] = name
    rotate_token(request)
    answer = see_other("board")
    answer.set_cookie("name", name, max_age=86_400, httponly=True, samesite="Lax")
    return answer


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    request.session.flush()
    return see_other("login")


@members_only
def board(request: HttpRequest) -> HttpResponseBase:
    """Show the notes, or add one; the redirect keeps a reload from posting it again."""
    if request.method == "POST":
        storage.add_note(request.session["user"], request.POST["text"])
        return see_other("board")
    return render(request, "board.html", {"notes": storage.notes()})


@members_only
def files(request: HttpRequest) -> HttpResponseBase:
    """List the files, or store one and say what arrived."""
    if request.method == "POST":
        return upload(request)
    return render(request, "files.html", {"names": storage.names()})


def upload(request: HttpRequest) -> HttpResponseBase:
    """Take a file that Django's upload handler has put on disk while parsing."""
    sent = request.FILES["file"]
    kept = storage.keep(sent.name or "", sent.chunks(storage.PIECE_BYTES))
    location = reverse("download", args=[kept.name])
    return JsonResponse(kept._asdict(), status=201, headers={"Location": location})


@require_safe
@members_only
def download(_request: HttpRequest, name: str) -> HttpResponseBase:
    """Stream a file: from a generator, so that its length is not announced."""
    headers = {"Content-Disposition": content_disposition_header(True, name)}  # noqa: FBT003
    pieces = storage.pieces_of(_require(name))
    return StreamingHttpResponse(pieces, "application/octet-stream", headers=headers)


@require_safe
@members_only
def raw(_request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand the open file to the server (``wsgi.file_wrapper``), with its length."""
    return FileResponse(_require(name).open("rb"), content_type="application/octet-stream")


@require_safe
def slow(request: HttpRequest) -> HttpResponseBase:
    """Take ``seconds``: shows that others are not kept waiting."""
    seconds = _number(request.GET.get("seconds", "2"))
    if not 0 <= seconds <= storage.SLOW_SECONDS_AT_MOST:
        message = "seconds"
        raise BadRequest(message)
    # One write, newline included: lines of several threads stay whole.
    request.environ["wsgi.errors"].write(f"slow page: {seconds} s\n")
    time.sleep(seconds)
    return HttpResponse(f"waited {seconds} s\n", content_type="text/plain")


@require_safe
def error(request: HttpRequest) -> HttpResponseBase:
    """Fail, at once or ``after`` so many pieces of the answer."""
    if after := int(_number(request.GET.get("after", "0"))):
        return StreamingHttpResponse(storage.failing_pieces(after), content_type="text/plain")
    message = "the board fell down"
    raise RuntimeError(message)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as failure:
        raise BadRequest(text) from failure


def _require(name: str) -> Path:
    found = storage.find(name)
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("", home),
    path("style.css", style),
    path("login", login, name="login"),
    path("logout", leave),
    path("board", board, name="board"),
    path("files", files),
    path("files/<str:name>", download, name="download"),
    path("raw/<str:name>", raw),
    path("slow", slow),
    path("error", error),
]

application = get_wsgi_application()
