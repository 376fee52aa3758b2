"""What a change of the law does to right and duty: told to a run through the live cases, and written by one."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import Case
from cases.rules.facts import Course
from meetings.law.runs import changes as runs_changes
from meetings.models import ChangeKind, LawChange, LawRun
from meetings.planning.law import Law
from referrals.models import Offer, OfferDuty
from referrals.offers import duty as offers_duty
from referrals.offers.duty import Because, Judged


def touches(day: date) -> QuerySet[Case, Any]:
    """The cases whose offers or deadline reach that day, and those that were never judged."""
    of_case = {"case": OuterRef("pk")}
    offers = Offer.objects.standing().filter(Q(over_on=None) | Q(over_on__gt=day), **of_case)
    duties_of_case = OfferDuty.objects.filter(**of_case)
    reached = duties_of_case.filter(Q(due_on=None) | Q(due_on__gte=day))
    return Case.objects.filter(Exists(offers) | Exists(reached) | ~Exists(duties_of_case)).values("pk")


def of_offers(
    courses: Sequence[tuple[Case, Course]],
    *,
    before: Law,
    after: Law,
    run: LawRun | None,
    at: datetime,
    today: date,
    write: bool,
) -> list[LawChange]:
    """List how the law after would change the stored answers on the cases' offers, and the deadlines for them.

    In writing it is stored as well, with its lines in the history, and a case that was never judged gets its row.
    """
    refused: dict[Case, ValueError] = {}
    judged = offers_duty.judged_anew(courses, book=after.book, refused=refused)
    changes = [change for one in judged for change in _changes(one, run=run)]
    for case, error in refused.items():
        told = runs_changes.unplanned(case, error=error, today=today, key="offer_duty", about="Fristen for tilbud")
        told = told._replace(organisation_id=case.municipality_id, worker_id=case.municipality_caseworker_id)
        changes.append(LawChange(run=run, **told._asdict()))
    if write:
        offers_duty.write(judged, at=at, because=_because(run) if run else None)
    return changes


def _because(run: LawRun) -> Because:
    said = f"{run.act} er trukket tilbage" if run.is_withdrawal else str(run.act)
    return Because(said, {"act": run.act.slug, "run": str(run.public_id)})


def _changes(one: Judged, *, run: LawRun | None) -> Iterator[LawChange]:
    # Offers are the jobcenter's alone, in the a-kasse's months too.
    whose = {
        "run": run,
        "case": one.case,
        "organisation_id": one.case.municipality_id,
        "worker_id": one.case.municipality_caseworker_id,
    }
    for offer, answer in one.turned:
        text = offers_duty.turned_text(offer, answer)
        about = str(offer)
        yield LawChange(
            **whose, kind=str(ChangeKind.OFFER), key=f"offer/{offer.pk}", about=_sentence(about), text=_sentence(text)
        )
    if one.is_deadline_moved:
        assert one.stored is not None
        yield LawChange(
            **whose,
            kind=str(ChangeKind.OFFER_DEADLINE),
            key="offer_duty",
            about="Tilbud, der tæller",
            day_before=one.stored.due_on,
            day_after=one.deadline.due_on,
            text=offers_duty.moved_text(one),
        )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
