"""How gunicorn starts: by its own file, as production starts it."""

import os
import runpy
import socket
import subprocess
import sys

from gunicorn.config import KNOWN_SETTINGS

from config import local

APPLICATION = """
import os, socket

host, port = os.environ["ASKED"].split(":")
with socket.socket() as caller:
    is_open = caller.connect_ex((host, int(port))) == 0
print("open" if is_open else "closed", flush=True)
raise ImportError
"""


def test_the_port_is_closed_until_the_application_has_been_read(tmp_path):
    (tmp_path / "application.py").write_text(APPLICATION)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"

    web = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", address, "application"],
        cwd=local.CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "ASKED": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert web.stdout.split() == ["closed"], web.stderr


def test_a_second_web_of_the_same_user_takes_nothing_from_the_first():
    """The control socket has one name for each user: two would fight over it."""
    asked = runpy.run_path("config/gunicorn.py")

    assert "control_socket_disable" in {setting.name for setting in KNOWN_SETTINGS}
    assert asked["control_socket_disable"] is True
