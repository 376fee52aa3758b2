"""No CPR number and no row of the database is written to a log, whoever writes it and however it failed."""

import logging
import logging.config
import re
import subprocess
import sys
import textwrap

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.models import Citizen
from config import celery, gunicorn
from tests.roles import as_owner

CONFIGURATIONS = {"django and celery": settings.LOGGING, "gunicorn": gunicorn.logconfig_dict}


@pytest.fixture(params=CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def write(request):
    """A line as each handler of the configuration writes it."""
    configuration = request.param
    built = logging.config.DictConfigurator(configuration)

    def written(message, *args, error=None):
        exc_info = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, message, args, exc_info)
        names = {handler["formatter"] for handler in configuration["handlers"].values()}
        return "".join(built.configure_formatter(configuration["formatters"][name]).format(record) for name in names)

    return written


def raised(make):
    try:
        make()
    except Exception as error:
        return error
    raise AssertionError("Nothing was raised.")


@pytest.mark.parametrize(
    ("message", "args", "end"),
    [
        ("found 120385-4999", (), "found ••••••-••••"),
        ("found %s", ("1203854999",), "found ••••••-••••"),
        ("case S-100123 at 2026-05-04", (), "case S-100123 at 2026-05-04"),
    ],
)
def test_a_line_is_masked_when_it_is_whole(message, args, end, write):
    assert write(message, *args).endswith(end)


def test_what_somebody_sent_begins_no_line_of_its_own(write):
    assert write("asked for %s", "/sager/\r\n2026-05-04T09:00:00+0200 INFO x all is well").count("\n") == 0


def test_a_line_says_how_far_its_moment_lies_from_utc(write):
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ERROR x ", write("found"))


def test_a_traceback_is_masked_with_its_causes(write):
    def fail():
        try:
            raise ValueError("120385-4999 er optaget")
        except ValueError as error:
            raise RuntimeError("kan ikke gemme 120385 4999") from error

    text = write("failed", error=raised(fail))

    assert "4999" not in text
    assert "ValueError: ••••••-•••• er optaget" in text
    assert "RuntimeError: kan ikke gemme" in text


def test_a_row_that_the_database_refuses_is_left_out(case, write):
    citizen = case.citizen
    citizen.name = "Hemmelig\n\nPerson"
    Citizen.objects.filter(pk=citizen.pk).update(name=citizen.name)

    def fail():
        # Of a table behind the second wall PostgreSQL tells the row to its owner alone.
        with as_owner(), transaction.atomic():
            Citizen.objects.filter(pk=citizen.pk).update(cpr_encrypted=None)

    error = raised(fail)
    assert isinstance(error, IntegrityError)
    assert "Hemmelig" in str(error)
    text = write("failed", error=error)

    assert "Hemmelig" not in text
    assert "Person" not in text
    assert citizen.cpr_index not in text
    assert "IntegrityError: null value in column" in text


def test_every_handler_masks_and_none_is_left_of_django_s_own():
    for configuration in CONFIGURATIONS.values():
        formatters = configuration["formatters"]
        classes = {formatters[handler["formatter"]]["class"] for handler in configuration["handlers"].values()}
        assert classes == {"cases.operation.logs.MaskedFormatter"}
    assert logging.getLogger("django").handlers == []
    assert logging.getLogger("django.server").handlers == []


def test_celery_brings_no_handler_of_its_own():
    before = list(logging.getLogger().handlers)

    celery.app.log.setup_logging_subsystem(loglevel="INFO")

    assert logging.getLogger().handlers == before


def test_a_command_that_fails_prints_no_number():
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent("""
            import sys, runpy
            import django.core.management as management
            def fail(argv): raise ValueError("120385-4999 er optaget")
            management.execute_from_command_line = fail
            runpy.run_path("manage.py", run_name="__main__")
        """),
        ],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr.endswith("ValueError: ••••••-•••• er optaget\n")
    assert ran.returncode == 1
