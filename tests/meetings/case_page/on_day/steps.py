"""How a case gets a past, and how it is read on a day of it."""

from datetime import UTC, date, datetime, timedelta

from django.urls import reverse

from cases.corrections import services as corrections_services
from cases.models import Act, ActValue, Case
from cases.models.law import RunningCourses
from cases.pauses import services as pauses_services
from cases.rules.period import Period
from meetings.models import MeetingRule
from meetings.planning import replan as planning_replan

ONE_MICROSECOND = timedelta(microseconds=1)
OPENED = datetime(2026, 4, 13, 8, 0, tzinfo=UTC)
HOLIDAY = Period(date(2026, 4, 20), date(2026, 4, 27))


def ask(client, case, day):
    return client.get(reverse("meetings:on_day", args=[case.public_id]), {"dag": str(day)})


def on(client, case, day):
    response = ask(client, case, day)
    assert response.status_code == 200
    return response.context["page"]


def fact(page, label):
    return next(one.value for one in page.facts if one.label == label)


def pause(case, office, *, at, span=HOLIDAY):
    return pauses_services.add_pause(
        case_id=case.pk, kind="holiday", span=span, source="borgeren", by=office.adviser, at=at
    )


def correct(case, office, *, at, **changes):
    return corrections_services.correct_course(
        case_id=case.pk,
        version=Case.objects.get(pk=case.pk).version,
        changes=changes,
        reason="Forkert dato",
        by=office.adviser,
        at=at,
    )


def publish(*, at, in_force_on, slug="ny-lov", rows=()):
    """An act that moves running courses, published at that moment."""
    act = Act.objects.create(
        slug=slug, title="Ny lov", reference="", in_force_on=in_force_on, running_courses=RunningCourses.MOVE
    )
    for order, (responsible, number, first, last) in enumerate(rows, start=1):
        MeetingRule.objects.create(
            act=act,
            order=order,
            kind="contact_interview",
            responsible=responsible,
            number=number,
            from_month=first,
            to_month=last,
            legal_basis="§ 1",
        )
    ActValue.objects.create(act=act, key="cases.fund_responsible_months", text="3", legal_basis="§ 2")
    act.status, act.published_at = "published", at
    act.save()
    return act


def replan(case, *, at):
    planning_replan.replan(cases=[Case.objects.with_parties().select_related("handover").get(pk=case.pk)], at=at)
