"""Pyramid's ways to answer."""

from typing import Any

from pages import COOKIES, PIECES, make_file
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNoContent, HTTPSeeOther
from pyramid.response import FileResponse, Response

path = make_file()


def stream(request: Any) -> Any:
    return Response(app_iter=iter(PIECES), content_type="text/plain")


def file(request: Any) -> Any:
    answer = FileResponse(path, request=request, content_type="text/plain")
    answer.etag = "file"
    answer.accept_ranges = "bytes"
    answer.conditional_response = True
    return answer


def move(request: Any) -> Any:
    return HTTPSeeOther("/stream")


def cookies(request: Any) -> Any:
    answer = Response("set")
    for name, value in COOKIES.items():
        answer.set_cookie(name, value)
    return answer


def form(request: Any) -> Any:
    return Response(request.POST["text"], content_type="text/plain", charset="utf-8")


def nothing(request: Any) -> Any:
    return HTTPNoContent()


def make_app() -> Any:
    with Configurator() as config:
        for view in (stream, file, move, cookies, form, nothing):
            config.add_route(view.__name__, "/" + view.__name__)
            config.add_view(view, route_name=view.__name__)
        return config.make_wsgi_app()


app = make_app()
