"""The web entry."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Only now can models be imported.
from django.db import connections  # noqa: E402

from cases import keys  # noqa: E402

keys.require_at_start()
connections.close_all()
