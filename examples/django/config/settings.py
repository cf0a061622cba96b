"""Settings of the example: a CRM whose tables have, or have not, guards."""
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# Which guards crm/migrations/0002_guards.py attaches. A project decides once; the example can be run with each of them:
#   none    no guards: only the forms and the views of the database apply the list
#   reject  a suppressed number is an error; an unreadable one is stored and marked
#   flag    suppressed and unreadable numbers are stored and marked
DNC_GUARD = os.environ.get("DNC_GUARD", "reject")

# Host, port, user and password are libpq's: PGHOST, PGPORT, PGUSER, PGPASSWORD, ~/.pgpass.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("CRM_DATABASE", "crm"),
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "dnc_django",
    "crm",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

ROOT_URLCONF = "config.urls"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
SECRET_KEY = "only for the example"
DEBUG = False
ALLOWED_HOSTS = ["localhost", "testserver"]
