"""Django's ways to answer."""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path as route
from pages import COOKIES, PIECES, make_file

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of no use",
    MIDDLEWARE=["django.middleware.http.ConditionalGetMiddleware"],
)
path = make_file()


def stream(request: Any) -> Any:
    return StreamingHttpResponse(iter(PIECES), content_type="text/plain")


def file(request: Any) -> Any:
    answer = FileResponse(open(path, "rb"))  # noqa: SIM115 -- the response closes it
    answer["ETag"] = '"file"'
    return answer


def move(request: Any) -> Any:
    answer = HttpResponseRedirect("/stream")
    answer.status_code = 303
    return answer


def cookies(request: Any) -> Any:
    answer = HttpResponse("set", content_type="text/plain")
    for name, value in COOKIES.items():
        answer.set_cookie(name, value)
    return answer


def form(request: Any) -> Any:
    return HttpResponse(request.POST["text"], content_type="text/plain; charset=utf-8")


def nothing(request: Any) -> Any:
    answer = HttpResponse(status=204)
    del answer["Content-Type"]
    return answer


urlpatterns = [route(view.__name__, view) for view in (stream, file, move, cookies, form, nothing)]
app = get_wsgi_application()
