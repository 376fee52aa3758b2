"""A case that a law changed, where it is read, and what happens to it afterwards."""

from django.urls import reverse

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.models.cases import CloseReason
from tests import factories


def changed(run, office, name="Anne Flyttet", by=None, **change):
    """A case of the adviser's in which the run moved a deadline."""
    case = factories.case(office, by=by, citizen=factories.citizen_details(name=name))
    factories.law_change(run, case, case.fund, **change)
    return case


def url(run):
    return reverse("meetings:law_changes", args=[run.public_id])


def assign(case, worker, *, by, at):
    corrections_services.assign(case_id=case.pk, worker_id=worker.pk, by=by, at=at)


def close(case, *, by, at):
    closing_services.close_case(
        case_id=case.pk, version=case.version, reason=CloseReason.WORK, closed_on=at.date(), by=by, at=at
    )
