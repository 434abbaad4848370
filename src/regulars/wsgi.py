"""The WSGI entry point, loaded by each process of the server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from regulars.kit import interpreter, lifeline, log
from regulars.settings import CONFIG, DATA

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")

lifeline.follow_parent(DATA)
log.configure(DATA, CONFIG.log_level, "server")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads every face now, so that the first visitor does not wait for it
interpreter.tune()
