"""One page."""

from django.urls import path
from menu.views import today

urlpatterns = [path("", today)]
