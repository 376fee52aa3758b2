"""What the web needs before it starts: its files, its tables, the acts of the law, and on a new machine a demo."""

import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command


def main(log_ins: str) -> None:
    """Write the demo's log-ins to the file, for whoever has just started."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    call_command("migrate", interactive=False, verbosity=1)
    try:
        call_command("load_acts")
    except CommandError as error:
        # Until a release the files of the acts still grow; what a database has published does not.
        sys.exit(f"{error} On a development machine start afresh, as docs/development.md says.")
    print("Making the demo where there is none (the first time takes half a minute) ...", flush=True)
    call_command("demo")
    with Path(log_ins).open("w") as file:
        call_command("demo", logins=True, stdout=file)


if __name__ == "__main__":
    main(sys.argv[1])
