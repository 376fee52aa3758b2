"""Settings of the test suite: fast hashing, mail in memory, strict templates."""

from config.settings import *  # noqa: F403 - the whole of settings, then the differences
from config.settings import DATABASES, OWNER_DATABASE, TEMPLATES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
TEMPLATES[0]["OPTIONS"]["debug"] = True
# The test database is made by its owner; the tests themselves work as the application (tests/conftest.py).
DATABASES["default"] |= OWNER_DATABASE or {}
# Each query is planned anew, and to weigh the orders of seven joins takes far longer than to read a few rows in any.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c join_collapse_limit=1 -c from_collapse_limit=1"
# A demo on this machine may live in another year.
CLOCK_FILE = None
