"""A case is planned anew: what stays, what is closed and written again, and what is matched."""

from datetime import date, timedelta

from django.db.models.expressions import RawSQL

from cases.models import Case
from meetings.models import Meeting, RequiredMeeting, RequirementState
from meetings.planning import replan as planning_replan
from tests.cases.steps import correct
from tests.meetings.steps import everything


def replan(case, at):
    cases = [Case.objects.with_parties().select_related("handover").get(pk=case.pk)]
    (judgement,) = planning_replan.replan(cases=cases, at=at)
    return judgement.in_words()


def test_planned_anew_by_the_same_facts_nothing_changes(book, case, now):
    book()
    before = everything(case)

    assert replan(case, now + timedelta(hours=1)) == []
    assert everything(case) == before


def test_a_requirement_whose_dates_change_is_closed_and_written_again(case, office, now):
    first = case.required_meetings.current().earliest("due_on")
    later = now + timedelta(hours=1)
    correct(case, office, later, registered_on=date(2026, 4, 20), placed_on=date(2026, 4, 20))

    old = RequiredMeeting.objects.get(pk=first.pk)
    new = case.required_meetings.current().get(kind=first.kind, responsible=first.responsible, number=first.number)
    assert (old.due_on, old.replaced_at) == (first.due_on, later)
    assert (new.due_on - old.due_on, new.replaced_at) == (timedelta(days=7), None)


def test_a_booked_meeting_is_kept_and_matched_with_the_new_requirement(book, case, office, now):
    meeting = book()
    old = meeting.requirement
    correct(case, office, now, registered_on=date(2026, 4, 20), placed_on=date(2026, 4, 20))
    meeting.refresh_from_db()

    assert meeting.status == "booked"
    assert (meeting.requirement.number, meeting.requirement.replaced_at) == (old.number, None)
    assert meeting.requirement != old


def test_a_new_plan_writes_no_talk_anew(book, case, office, now):
    book()
    written = Meeting.objects.annotate(written_by=RawSQL("meetings_meeting.xmin::text", [])).values_list("written_by")
    before = written.get()
    correct(case, office, now, registered_on=date(2026, 4, 20), placed_on=date(2026, 4, 20))

    assert written.get() == before
    assert case.required_meetings.get(meeting__isnull=False).replaced_at is None


def test_a_case_matched_again_keeps_its_plan_and_its_states(book, case, office, now):
    book()
    case.required_meetings.current().update(state=RequirementState.FULFILLED)
    planned = set(case.required_meetings.values_list("pk", "due_on", "replaced_at"))
    planning_replan.refresh(case=Case.objects.with_parties().select_related("handover").get(pk=case.pk))

    assert set(case.required_meetings.values_list("pk", "due_on", "replaced_at")) == planned
    # A meeting that is only booked fulfils nothing.
    assert not case.required_meetings.current().filter(state=RequirementState.FULFILLED).exists()
