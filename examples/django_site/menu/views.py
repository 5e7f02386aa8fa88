"""The page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

DISHES = {"Lentil soup": 6, "Mushroom dumplings": 11, "Plum cake": 4}


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show what there is to eat."""
    return render(request, "menu/today.html", {"dishes": DISHES})
