"""Settings of the test suite: fast hashing, mail in memory, strict templates."""

from config.settings import *  # noqa: F403 - the whole of settings, then the differences
from config.settings import TEMPLATES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
TEMPLATES[0]["OPTIONS"]["debug"] = True
# A demo on this machine may live in another year.
CLOCK_FILE = None
