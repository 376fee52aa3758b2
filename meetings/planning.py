"""Writes what the law demands of a case, and what each party has to do next, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.models import Act, Case, Event, User
from cases.rules import explanation
from cases.rules.facts import Course, ExemptionFact, Party
from cases.rules.responsibility import municipality_from
from cases.rules.rule_book import RuleBook
from cases.services import events
from meetings import outbox
from meetings.models import (
    CancelReason,
    Meeting,
    MeetingRule,
    RequiredMeeting,
    RequirementState,
    WorklistEntry,
)
from meetings.rules.contact_course import MeetingTable, PlannedMeeting, plan
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus, Move, status_after
from meetings.rules.matching import MeetingFact, RequirementFact, assign

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Law:
    """The acts and their tables of meetings, read once for a request or a batch."""

    book: RuleBook
    table: MeetingTable


def law_in_force(*, draft: str | None = None, without: str | None = None, known_at: datetime | None = None) -> Law:
    """The law that counts; with a draft, without one act, or as it was known at a moment: see `rule_book`."""
    book = Act.objects.rule_book(draft=draft, without=without, known_at=known_at)
    return Law(book=book, table=MeetingRule.objects.table(book))


def course_of(case: Case) -> Course:
    """The facts of the case as the rules read them."""
    return case.as_course(
        exemptions=(
            ExemptionFact(reason=exemption.reason, span=exemption.period, duty_kept=exemption.is_duty_kept)
            for exemption in case.exemptions.all()
        )
    )


def replan(*, case: Case, at: datetime, by: User | None = None, law: Law | None = None) -> list[str]:
    """Plan the case anew; the caller has locked it.

    Held and booked meetings are kept and matched with what the new plan demands; a requirement whose dates
    change is closed and written again, never altered. Returns one Danish sentence for each thing that changed.
    Raises what the rules raise on facts that cannot be (ValueError with a Danish sentence).
    """
    law = law or law_in_force()
    course = course_of(case)
    planned = plan(course=course, book=law.book, table=law.table)
    case.municipality_from = municipality_from(course, law.book).day
    case.save(update_fields=["municipality_from"])

    changes = _write_requirements(case=case, planned=planned.meetings, at=at)
    refresh(case=case)
    if changes:
        events.record(case=case, kind="meetings.planned", by=by, at=at, text="Planen er beregnet. " + " ".join(changes))
    return changes


def _write_requirements(*, case: Case, planned: Sequence[PlannedMeeting], at: datetime) -> list[str]:
    current = {_key(row): row for row in case.required_meetings.current()}
    wanted = {(str(p.kind), str(p.responsible), p.number): p for p in planned}
    acts = {act.slug: act for act in Act.objects.filter(slug__in={p.act for p in planned})}
    is_first_plan = not current
    changes: list[str] = []
    closed: list[RequiredMeeting] = []
    written: list[RequiredMeeting] = []
    for key, meeting in wanted.items():
        row = current.pop(key, None)
        if row is not None and _says_the_same(row, meeting, acts[meeting.act]):
            continue
        new = RequiredMeeting(
            case=case,
            act=acts[meeting.act],
            kind=str(meeting.kind),
            responsible=str(meeting.responsible),
            number=meeting.number,
            window_from=meeting.window_from,
            window_to=meeting.window_to,
            due_on=meeting.due_on,
            legal_basis=meeting.legal_basis,
            explanation=explanation.to_data(meeting.why),
            state=RequirementState.OPEN if meeting.is_enforced else RequirementState.HISTORIC,
            planned_at=at,
        )
        written.append(new)
        if row is not None:
            closed.append(row)
            changes.append(_moved(row, new))
        elif not is_first_plan:
            changes.append(f"Nyt krav: {new.title}, senest {new.due_on:%d-%m-%Y}.")
    for row in current.values():
        closed.append(row)
        changes.append(f"Kravet om {row.title} senest {row.due_on:%d-%m-%Y} er faldet bort.")
    if is_first_plan and written:
        changes.append(f"Loven kræver {len(written)} samtaler, den første senest {written[0].due_on:%d-%m-%Y}.")

    RequiredMeeting.objects.filter(pk__in=[row.pk for row in closed]).update(replaced_at=at)
    RequiredMeeting.objects.bulk_create(written)
    return changes


def _key(row: RequiredMeeting) -> Key:
    return (row.kind, row.responsible, row.number)


def _says_the_same(row: RequiredMeeting, meeting: PlannedMeeting, act: Act) -> bool:
    was_enforced = row.state != RequirementState.HISTORIC
    return (row.window_from, row.window_to, row.due_on, row.act_id, was_enforced) == (
        meeting.window_from,
        meeting.window_to,
        meeting.due_on,
        act.pk,
        meeting.is_enforced,
    )


def _moved(old: RequiredMeeting, new: RequiredMeeting) -> str:
    if old.due_on != new.due_on:
        return f"Fristen for {new.title} er flyttet fra {old.due_on:%d-%m-%Y} til {new.due_on:%d-%m-%Y}."
    return f"Kravet om {new.title} er ændret; fristen er stadig {new.due_on:%d-%m-%Y}."


def refresh(*, case: Case) -> None:
    """Match the case's meetings with its requirements, and write what each party has to do next."""
    meetings = list(case.meetings.select_related("organisation"))
    requirements = list(case.required_meetings.current())
    _match(case=case, requirements=requirements, meetings=meetings)
    _write_worklist(case=case, requirements=requirements, meetings=meetings)


def _match(*, case: Case, requirements: Sequence[RequiredMeeting], meetings: Sequence[Meeting]) -> None:
    matched = assign(
        requirements=[
            RequirementFact(
                key=row.pk,
                kind=MeetingKind(row.kind),
                responsible=Party(row.responsible),
                number=row.number,
                window_from=row.window_from,
                window_to=row.window_to,
                due_on=row.due_on,
                is_month_one=row.window_from <= case.placed_on,
            )
            for row in requirements
        ],
        meetings=[
            MeetingFact(
                key=meeting.pk,
                kind=MeetingKind(meeting.kind),
                party=meeting.party,
                day=meeting.day,
                status=MeetingStatus(meeting.status),
            )
            for meeting in meetings
        ],
        handed_over_on=case.handed_over_on,
    )
    changed, freed = [], []
    for meeting in meetings:
        requirement_key, is_late = matched.get(meeting.pk, (None, False))
        if (meeting.requirement_id, meeting.is_late) != (requirement_key, is_late):
            freed += [meeting.pk] if meeting.requirement_id else []
            meeting.requirement_id, meeting.is_late = requirement_key, is_late
            changed.append(meeting)
    # The unique constraint looks at each statement: let go of all before any is taken again.
    Meeting.objects.filter(pk__in=freed).update(requirement=None)
    Meeting.objects.bulk_update(changed, ["requirement", "is_late"])

    fulfilled = {m.requirement_id for m in meetings if m.status == MeetingStatus.HELD and m.requirement_id}
    for state in (RequirementState.FULFILLED, RequirementState.OPEN):
        restated = [
            row
            for row in requirements
            if row.state not in (state, RequirementState.HISTORIC)
            and (row.pk in fulfilled) == (state == RequirementState.FULFILLED)
        ]
        for row in restated:
            row.state = state
        RequiredMeeting.objects.filter(pk__in=[row.pk for row in restated]).update(state=state)


def _write_worklist(*, case: Case, requirements: Sequence[RequiredMeeting], meetings: Sequence[Meeting]) -> None:
    if not case.is_open:
        case.worklist_entries.all().delete()
        return
    booked_for = {m.requirement_id for m in meetings if m.status == MeetingStatus.BOOKED and m.requirement_id}
    parties = [(Party.MUNICIPALITY, case.municipality, case.municipality_caseworker_id, None)]
    if case.fund is not None:
        parties.append((Party.FUND, case.fund, case.fund_adviser_id, _fund_until(case)))
    entries = []
    for party, organisation, worker_id, active_until in parties:
        missing = [row for row in requirements if row.state == RequirementState.OPEN and row.party == party]
        unbooked = [row for row in missing if row.pk not in booked_for]
        booked = [m for m in meetings if m.status == MeetingStatus.BOOKED and m.organisation_id == organisation.pk]
        first = missing[0] if missing else None
        first_unbooked = unbooked[0] if unbooked else None
        next_meeting = min(booked, key=lambda meeting: meeting.starts_at, default=None)
        entries.append(
            WorklistEntry(
                case=case,
                organisation=organisation,
                worker_id=worker_id,
                due_on=first.due_on if first else None,
                requirement=first,
                unbooked_due_on=first_unbooked.due_on if first_unbooked else None,
                unbooked_from=first_unbooked.window_from if first_unbooked else None,
                meeting=next_meeting,
                meeting_ends_at=next_meeting.ends_at if next_meeting else None,
                active_until=active_until,
            )
        )
    told = [field.name for field in WorklistEntry._meta.concrete_fields]
    WorklistEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["case", "organisation"],
        update_fields=[name for name in told if name not in ("id", "case", "organisation")],
    )


def _fund_until(case: Case) -> date | None:
    # Where the a-kasse never held the course, the meetings that the table gives it are still its own.
    passes_on = case.municipality_from is not None and case.municipality_from > case.placed_on
    return case.municipality_from if passes_on else None


def on_case_changed(event: Event) -> None:
    """A case was opened or its facts were corrected: plan it anew."""
    replan(case=_with_facts(event.case_id), at=event.at, by=event.by)


def on_worker_changed(event: Event) -> None:
    """Another adviser or caseworker has the case: its place on the worklists follows."""
    refresh(case=_with_facts(event.case_id))


def on_case_closed(event: Event) -> None:
    """Nobody meets any more: what is booked from now on is cancelled, and the case leaves the worklists."""
    case = _with_facts(event.case_id)
    for meeting in case.meetings.booked().filter(starts_at__gt=event.at):
        cancel_booking(meeting=meeting, reason=CancelReason.CASE_CLOSED, at=event.at)
        outbox.owe_cancellation(meeting=meeting, at=event.at)
    refresh(case=case)


def cancel_booking(*, meeting: Meeting, reason: CancelReason, at: datetime) -> None:
    """Cancel one booked meeting in the caller's transaction. Raises MoveNotAllowed."""
    meeting.status = status_after(MeetingStatus(meeting.status), Move.CANCEL)
    meeting.cancelled_at, meeting.cancel_reason = at, str(reason)
    meeting.save(update_fields=["status", "cancelled_at", "cancel_reason"])


def _with_facts(case_id: int) -> Case:
    return Case.objects.with_parties().select_related("handover").get(pk=case_id)
