"""The board of courses that pass from a-kasse to jobcenter, seen from both sides. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.utils import timezone

from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import BenefitHours, Case, Organisation, User
from cases.models.cases import CaseQuerySet
from cases.rules.declaring import CaseDates
from cases.rules.facts import Insurance
from cases.rules.labelled import Labelled
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS, HANDOVER_HOURS_FULL_TIME, HANDOVER_HOURS_PART_TIME
from cases.rules.period import add_months
from cases.rules.responsibility import handover_missing, municipality_from, suggest_handover
from cases.rules.rule_book import RuleBook
from cases.seam import Check
from cases.ui.keyset import CappedCount
from meetings.case_page import next_steps as case_page_next_steps
from meetings.models import FundWish, Meeting, RequiredMeeting
from meetings.planning.stored import course_of

#: How far ahead the board looks.
HORIZON = timedelta(days=30)


class Part(Labelled):
    TO_RECEIVE = "to_receive", "Venter på modtagelse"
    NEAR = "near", "Overgår inden for 30 dage"
    BY_HOURS = "by_hours", "Timerne afgør"


#: What each part is sorted by; always filled in its rows.
ORDER = {Part.TO_RECEIVE: "municipality_from", Part.NEAR: "municipality_from", Part.BY_HOURS: "placed_on"}


@dataclass(frozen=True)
class Row:
    """One course on its way, why it passes on, and what is missing."""

    case: Case
    passes_on: date | None
    is_suggested: bool
    why: str
    checks: Sequence[Check]
    may_be_handed_over: bool
    may_be_received: bool
    may_be_assigned: bool

    @property
    def missing(self) -> int:
        return sum(not check.is_done for check in self.checks)


def cases_on_board(user: User) -> CaseQuerySet:
    return Case.objects.visible_to(user).open().filter(fund__isnull=False)


def in_part(cases: CaseQuerySet, part: Part, *, today: date, book: RuleBook) -> CaseQuerySet:
    # A course that is the jobcenter's from its first day never passes on.
    passes = Q(handover__isnull=False) | Q(municipality_from__gt=F("placed_on"))
    if part is Part.NEAR:
        return cases.filter(passes, municipality_from__gt=today, municipality_from__lte=today + HORIZON)
    if part is Part.TO_RECEIVE:
        waits = Q(handover__isnull=False, handover__received_at=None) | Q(handover=None, municipality_caseworker=None)
        return cases.filter(passes & waits, municipality_from__lte=today)
    return _by_hours(cases, today=today, book=book)


def _by_hours(cases: CaseQuerySet, *, today: date, book: RuleBook) -> CaseQuerySet:
    """Courses that their paid hours decide, and that are over the limit or past the months of the a-kasse."""
    months = book.in_force(FUND_RESPONSIBLE_MONTHS, CaseDates(course_start=today)).value
    limits = {
        insurance: book.in_force(parameter, CaseDates(payout=today)).value
        for insurance, parameter in (
            (Insurance.FULL_TIME, HANDOVER_HOURS_FULL_TIME),
            (Insurance.PART_TIME, HANDOVER_HOURS_PART_TIME),
        )
    }
    paid = BenefitHours.objects.filter(case=OuterRef("pk")).order_by().values("case").values(total=Sum("hours"))
    number = DecimalField()
    over = Q(pk__in=())
    if all(limit is not None for limit in limits.values()):
        over = Q(
            paid__gt=Choose(
                *(When(insurance=str(key), then=Value(limit)) for key, limit in limits.items()), output_field=number
            )
        )
    return (
        cases.filter(municipality_from=None, handover=None)
        .annotate(paid=Subquery(paid, output_field=number))
        .filter(over | Q(placed_on__lte=add_months(today, -months)))
    )


def next_passing(cases: CaseQuerySet, *, after: date) -> date | None:
    """The first known day after that one on which a course passes on."""
    coming = cases.filter(municipality_from__gt=after).order_by("municipality_from")
    return coming.values_list("municipality_from", flat=True)[:1].first()


def counts(cases: CaseQuerySet, *, organisation: Organisation, today: date, book: RuleBook) -> dict[Part, int]:
    """How many courses each part has, all in one query."""
    parts = {str(part): CappedCount(in_part(cases, part, today=today, book=book)) for part in Part}
    found: Any = Organisation.objects.filter(pk=organisation.pk).values(**parts).get()
    return {part: found[str(part)] for part in Part}


def with_details(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.with_parties().select_related("handover").prefetch_related("pauses", "exemptions", "benefit_hours")


def rows_of(cases: Sequence[Case], *, user: User, at: datetime, book: RuleBook) -> list[Row]:
    """The rows of one page, at the same number of queries for any length."""
    required: dict[int, list[RequiredMeeting]] = {case.pk: [] for case in cases}
    booked: dict[int, list[Meeting]] = {case.pk: [] for case in cases}
    for requirement in RequiredMeeting.objects.current().filter(case__in=required):
        required[requirement.case_id].append(requirement)
    for meeting in Meeting.objects.booked().filter(case__in=booked).select_related("organisation"):
        booked[meeting.case_id].append(meeting)
    said = {wish.case_id: wish for wish in FundWish.objects.filter(case__in=booked)}
    steps = case_page_next_steps.next_steps(cases)
    today = timezone.localtime(at).date()
    rows = []
    for case in cases:
        checks = case_page_next_steps.checks_of(
            required=required[case.pk], booked=booked[case.pk], step=steps[case.pk], said=said.get(case.pk), at=at
        )
        rows.append(_row(case, checks, user=user, today=today, book=book))
    return rows


def _row(case: Case, checks: Sequence[Check], *, user: User, today: date, book: RuleBook) -> Row:
    handover = getattr(case, "handover", None)
    course = course_of(case)
    begins = municipality_from(course, book)
    passes_on, why = begins.day, begins.why[-1].text
    suggestion = None
    if begins.day is None:
        by_month = {one.month: one.hours for one in case.benefit_hours.all()}
        suggestion = suggest_handover(by_month, course, book)
        missing = handover_missing(course, today, book)
        if suggestion is not None:
            passes_on, why = suggestion.on, suggestion.why[-1].text
        elif missing is not None:
            why = missing.text
    has_no_caseworker = handover is None and case.municipality_caseworker_id is None
    has_passed = begins.day is not None and begins.day <= today
    return Row(
        case=case,
        passes_on=passes_on,
        is_suggested=suggestion is not None,
        why=why,
        checks=checks,
        may_be_handed_over=handover is None and access.has(user, Permission.HAND_OVER, organisation=case.fund),
        may_be_received=handover is not None
        and handover.received_at is None
        and access.has(user, Permission.RECEIVE, organisation=case.municipality),
        # The calendar has passed it on by itself: what is missing is somebody who takes it.
        may_be_assigned=has_no_caseworker
        and has_passed
        and access.has(user, Permission.ASSIGN_CASE, organisation=case.municipality),
    )
