"""The load that all lines stand on, in an empty database: the country of `manage.py load_cases`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.management import call_command
from django.db import connection

from cases.models import Organisation
from referrals.demo import country
from tests.bench.definitions import taken_away

BATCH = 500
#: What a country is drawn into; the table of CPR numbers keeps its indexes, which a trigger asks for each citizen.
DRAWN = ("cases_citizen", "cases_citizencontact", "cases_case", "cases_event", "cases_pause", "meetings_meeting")
#: Who drafts an act, and who publishes it.
WRITER, PUBLISHER = "admin", "admin2"


def load(*, cases: int, at: datetime) -> None:
    """Fill the empty database: the law, who works where, citizens, cases, pauses and meetings. No plan is made."""
    call_command("load_acts", verbosity=0)
    with taken_away(DRAWN):
        country.write(cases=cases, at=at)
    vacuum()


def vacuum() -> None:
    """What autovacuum does in operation; the temporary server has none."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def in_batches(rows: Iterator[Any], size: int = BATCH) -> Iterator[list[Any]]:
    while some := list(islice(rows, size)):
        yield some


def most_cases(organisations: Sequence[Organisation]) -> Organisation:
    """The largest of them: the first one by how the load is made."""
    return organisations[0]
