"""Hello from Django, with the middleware of a page that needs no session."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

if not settings.configured:  # some servers import an application twice
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="of no use",  # noqa: S106 -- nothing is signed
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
        ],
    )


def hello(_request):
    """Answer with the same body as the plain application."""
    return HttpResponse(b"Hello, world!\n", content_type="text/plain")


urlpatterns = [path("", hello)]
app = get_wsgi_application()
