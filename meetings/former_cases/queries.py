"""The cases that an organisation was a party to, as it may still read them: as they stood when it was left."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from cases.models import Case, CaseNote, FormerParty, User
from cases.ui.keyset import Page, page
from meetings.case_page import on_day, presenters
from meetings.case_page.on_day import CaseOnDay
from meetings.planning.stored import read_lists


def of_user(user: User, *, today: date, params: Mapping[str, str]) -> Page[FormerParty]:
    """The latest first."""
    rows = FormerParty.objects.visible_to(user, on=today).select_related("case")
    return page(rows, among=rows, order="left_at", public_id="public_id", params=params, is_newest_first=True)


def case_left(row: FormerParty) -> Case:
    """The case of a row that the user may see."""
    case = presenters.with_all_that_is_shown(Case.objects.filter(pk=row.case_id)).get()
    read_lists([case])
    return case


def as_left(row: FormerParty, case: Case, *, params: Mapping[str, str]) -> CaseOnDay:
    """The case in the moment before the party was left. What it says of today is for the template to leave out."""
    last = row.left_at - timedelta(microseconds=1)
    return on_day.read(case=case, day=timezone.localtime(last).date(), at=last, params=params)


def notes_of(row: FormerParty) -> list[CaseNote]:
    """What the organisation had written to itself by then."""
    notes = CaseNote.objects.filter(case=row.case_id, organisation=row.organisation_id, written_at__lte=row.left_at)
    return list(notes.select_related("written_by").order_by("-written_at", "-pk"))
