"""The web entry."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def start() -> WSGIHandler:
    """The application, unless its keys or its role are not those that the database asks for."""
    application = get_wsgi_application()
    # Only now can models be imported.
    from cases import wall
    from cases.operation import keys, roles

    keys.require_at_start()
    roles.require_at_start()
    wall.begin_behind()
    return application


application = start()
