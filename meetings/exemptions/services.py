"""A citizen is exempted from talks for some days, or must come all the same; an exemption is taken back."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cases.changing import check_newest
from cases.history import events as history_events
from cases.models import Case, Event, User
from cases.models.events import EventQuerySet
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.changing import lock_case
from meetings.exemptions import share
from meetings.models import Exemption
from meetings.models.exemptions import exemptions_kept
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules import exemption as exemption_rules


@transaction.atomic(durable=True)
def exempt(
    *,
    case_id: int,
    reason: str,
    span: Period,
    documented_on: date,
    starts_on: date | None,
    document: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Exemption:
    """Exempt the citizen from meetings for a span of days; deadlines in it are postponed. The same once more is none.

    `version` is the latest event about the exemptions that the user saw. Raises StaleForm, NotExempt and BadFacts
    (ValueError with a Danish sentence) and ValidationError on an overlap.
    """
    case = lock_case(case_id)
    told = {
        "reason": reason,
        "span": DateRange(span.start, span.end),
        "documented_on": documented_on,
        "document": document,
    }
    same = case.exemptions.filter(**told, recorded_by=by).first()
    if same is not None:
        return same
    check_newest(told_of(case), version)
    law = planning_law.law_in_force()
    if reason == ExemptionReason.CONCRETE_ASSESSMENT:
        _require_share_left(by=by, on=span.start, law=law)
    else:
        exemption_rules.may_exempt(
            reason=reason,
            span=span,
            documented_on=documented_on,
            starts_on=starts_on,
            course=planning_stored.course_of(case),
            book=law.book,
        )
    exemption = Exemption(case=case, **told, recorded_by=by, recorded_at=at)
    exemption.validate_constraints()
    kept = _kept(case)
    exemption.save()
    history_events.record(
        case=case,
        kind="meetings.exempted",
        by=by,
        at=at,
        text=f"Fritaget for samtaler: {exemption}.",
        before=kept,
    )
    planning_replan.replan(cases=[case], at=at, by=by)
    return exemption


@transaction.atomic(durable=True)
def keep_duty(*, exemption_id: int, reason: str, by: User, at: datetime, version: int | None = None) -> Exemption:
    """The municipality holds on to the duty to meet, by concrete assessment and with a reason. Raises StaleForm."""
    exemption, case = _lock_exemption(exemption_id)
    if exemption.is_duty_kept and exemption.duty_kept_reason == reason:
        return exemption
    check_newest(told_of(case), version)
    kept = _kept(case)
    exemption.is_duty_kept, exemption.duty_kept_reason = True, reason
    exemption.save(update_fields=["is_duty_kept", "duty_kept_reason"])
    text = f"Jobcentret holder fast i mødepligten: {reason}"
    history_events.record(case=case, kind="meetings.duty_kept", by=by, at=at, text=text, before=kept)
    planning_replan.replan(cases=[case], at=at, by=by)
    return exemption


@transaction.atomic(durable=True)
def end_exemption(*, exemption_id: int, reason: str, by: User, at: datetime) -> Case:
    """Take back an exemption that was registered by mistake; the history keeps it."""
    exemption, case = _lock_exemption(exemption_id)
    text = f"Fritagelsen ({exemption}) er fjernet. Begrundelse: {reason}"
    kept = _kept(case)
    exemption.delete()
    history_events.record(case=case, kind="meetings.exemption_removed", by=by, at=at, text=text, before=kept)
    planning_replan.replan(cases=[case], at=at, by=by)
    return case


def told_of(case: Case) -> EventQuerySet:
    """What the history tells of the citizen's exemptions."""
    kinds = ("meetings.exempted", "meetings.duty_kept", "meetings.exemption_removed")
    return Event.objects.filter(case=case, kind__in=kinds)


def _kept(case: Case) -> dict[str, Any]:
    """The exemptions in the database, for the event of a change that is about to be saved."""
    return {"exemptions": exemptions_kept(Exemption.objects.filter(case=case))}


def _lock_exemption(exemption_id: int) -> tuple[Exemption, Case]:
    case = lock_case(Exemption.objects.values_list("case_id", flat=True).get(pk=exemption_id))
    return Exemption.objects.select_for_update().get(pk=exemption_id), case


def _require_share_left(*, by: User, on: date, law: Law) -> None:
    cases = Case.objects.visible_to(by).open()
    exemption_rules.may_exempt_by_share(
        on=on,
        exempted=share.by_assessment(cases, on=on).count(),
        citizens=cases.count(),
        book=law.book,
    )
