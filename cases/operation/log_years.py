"""Which logs have an end, by which years of the law, and what a note under a seal may say of it."""

from django.utils.timezone import localdate

from cases.models import ActValue, LogReseal, LogSeal
from cases.models.law import ActStatus
from cases.rules.declaring import Parameter
from cases.rules.parameters import ACCESS_LOG_YEARS, SECURITY_LOG_YEARS
from cases.rules.period import add_months

#: The other logs are histories of cases, and go with them.
YEARS: dict[str, Parameter] = {"cases_accesslog": ACCESS_LOG_YEARS, "cases_securityevent": SECURITY_LOG_YEARS}


def is_of_an_end(note: LogReseal, one: LogSeal) -> bool:
    """Whether all under the seal was over its time when the note was made, by the shortest time an act ever gave.

    As `cases_end_log` of the database reads the acts: a year is the least, whatever one says.
    """
    if note.before is None or one.log not in YEARS:
        return False
    values = ActValue.objects.filter(
        act__status=ActStatus.PUBLISHED, key=YEARS[one.log].key, text__regex="^[0-9]{1,3}$"
    )
    given = [int(text) for text in values.values_list("text", flat=True)]
    if not given:
        return False
    over = localdate(note.before) <= add_months(localdate(note.at), -12 * max(1, min(given)))
    return over and one.sealed_at <= note.before
