#!/usr/bin/env python
"""Django's command line for Samtaleflow."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from cases.operation.logs import print_masked
    from config.env import EnvironmentIncomplete

    sys.excepthook = print_masked
    try:
        execute_from_command_line(sys.argv)
    except EnvironmentIncomplete as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
