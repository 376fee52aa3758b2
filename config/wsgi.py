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

    # The pages too are read before the port is opened: a broken one stops the start, and the workers share them.
    from config import urls  # noqa: F401 - as said

    keys.require_at_start()
    roles.require_at_start()
    wall.begin_behind()
    return application


application = start()
