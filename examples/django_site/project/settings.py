"""Settings for production, but for the host names; the site needs no database."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).parents[1]

# Nothing is signed here. A site with sessions has a key that outlives its processes, and is the same in all of them.
SECRET_KEY = os.environ.get("SECRET_KEY") or get_random_secret_key()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = ["django.contrib.staticfiles", "menu"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

# ``manage.py collectstatic`` gathers the files of all applications and gives each a name that tells its content:
# browsers keep them for ever. WhiteNoise hands them to the server, by ``wsgi.file_wrapper``.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "collected"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

# What ``manage.py serve`` gives to the server: any of its settings, under the name that it has as a keyword.
WAITRESS = {"threads": 8, "ident": None}

# The server says where it listens at the level INFO.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

USE_TZ = True
