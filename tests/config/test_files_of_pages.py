"""What a page brings is sent compressed, and kept by the browser under a name that changes with what is in it."""

import os
import subprocess
import sys

from django.conf import settings

#: As `make run` does: collect, then answer.
PROGRAM = """
import django
django.setup()
from django.core.management import call_command
from django.templatetags.static import static
from django.test import Client
call_command("collectstatic", interactive=False, clear=True, verbosity=0)
name = static("css/app.css")
answer = Client(headers={"accept-encoding": "gzip"}).get(name, headers={"host": "localhost"})
assert answer.status_code == 200, answer.status_code
print(name, answer["Content-Encoding"], answer["Cache-Control"])
"""


def test_a_collected_file_is_compressed_and_kept_for_ever(tmp_path):
    environment = {**os.environ, "STATIC_FOLDER": str(tmp_path / "static"), "DJANGO_SETTINGS_MODULE": "config.settings"}

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stderr
    name, encoding, kept = ran.stdout.strip().split(" ", 2)
    assert name.startswith("/static/css/app.")
    assert name != "/static/css/app.css"
    assert encoding == "gzip"
    assert kept == "max-age=315360000, public, immutable"


def test_a_page_is_compressed_for_who_can_read_that(client, db):
    plain = client.get("/log-ind/")
    packed = client.get("/log-ind/", headers={"accept-encoding": "gzip"})

    assert not plain.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
