"""Each change of a case is a version of its own."""

from decimal import Decimal

from cases.citizen import services as citizen_services
from cases.corrections import services as corrections_services
from cases.models import Case
from tests import world
from tests.cases.pauses.test_services import add_pause, record_hours


def test_each_version_goes_with_one_event_of_ours(case, office, now):
    """The page that meets a stale form shows as many lines of the history as there are versions between."""
    add_pause(case, office, now)
    record_hours(case, office, now, Decimal("10"))
    citizen_services.update_citizen(case_id=case.pk, changes={"phone": "1"}, by=office.adviser, at=now)
    world.hand_over(case, office, at=now)
    corrections_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

    assert Case.objects.get(pk=case.pk).version == case.events.filter(kind__startswith="cases.").count()
