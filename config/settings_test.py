"""Settings of the test suite: fast hashing, mail in memory, strict templates."""

from config.settings import *  # noqa: F403 - the whole of settings, then the differences
from config.settings import CPR_ENCRYPTION_KEYS, CPR_INDEX_KEYS, DATABASES, OWNER_DATABASE, TEMPLATES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
TEMPLATES[0]["OPTIONS"]["debug"] = True
# The test database is made by its owner; the tests themselves work as the application (tests/conftest.py).
_OPTIONS = DATABASES["default"]["OPTIONS"]
DATABASES["default"] |= OWNER_DATABASE or {}
# Most queries are planned anew, and to weigh the orders of seven joins takes far longer than to read a few rows in any.
_LIMITS = " -c join_collapse_limit=1 -c from_collapse_limit=1"
DATABASES["default"]["OPTIONS"] = {**_OPTIONS, "options": _OPTIONS["options"] + _LIMITS}
# As in an installation with rings of keys; those of a demo have no ids.
CPR_ENCRYPTION_KEYS = tuple(key._replace(id="test") for key in CPR_ENCRYPTION_KEYS)
CPR_INDEX_KEYS = tuple(key._replace(id="test") for key in CPR_INDEX_KEYS)
# A demo on this machine may live in another year.
CLOCK_FILE = None
