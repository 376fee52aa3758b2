"""The settings under which the pages are measured: those of operation, with one address more."""

from config.settings import *  # noqa: F403 - the whole of settings, and another table of addresses

ROOT_URLCONF = "tests.bench.urls"
