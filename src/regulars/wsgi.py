"""The WSGI entry point, loaded by each process of the server."""

import os

from django.core.wsgi import get_wsgi_application

from regulars.kit import interpreter, lifeline, log
from regulars.settings import CONFIG, DATA

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")

lifeline.follow_parent(DATA)
log.configure(DATA, CONFIG.log_level, "server")
with interpreter.loading():
    django_application = get_wsgi_application()

    # What they load can be loaded only now.
    from regulars.api.door import Door
    from regulars.processes.warm import warm

    application = Door(django_application)

    warm()
interpreter.tune()
