"""Min Plan: the draft that is being written, and the versions that are published by the law of their day."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases.changing import lock
from cases.history import events as history_events
from cases.models import Act, Case, PlanDraft, PlanVersion, User
from cases.plans.letters import plan_sheet
from cases.rules.explanation import to_data
from cases.rules.facts import Party
from cases.rules.my_plan import MayWrite, PlanParts, may_write, missing_parts, parts_on
from cases.rules.plan_parts import PlanPart
from cases.rules.refusal import Incomplete, Refused, Stale
from cases.rules.rule_book import RuleBook
from cases.ui.paper import require_paper

Parts = Mapping[str, str]


class NotTheirs(Refused):
    """The law gives the plan to the other party that day."""


class StalePlan(Stale):
    """Somebody saved the plan after the form was opened."""


def current_plan(case: Case) -> PlanVersion | None:
    """The version that counts."""
    return case.plan_versions.select_related("saved_by", "organisation").order_by("-number").first()


def may_write_plan(case: Case, *, party: Party, on: date, book: RuleBook) -> MayWrite:
    """Whether the party may save the next version that day. Load what `as_course` reads."""
    is_first = not case.plan_versions.exists()
    return may_write(party, course=case.as_course(), on=on, is_first=is_first, book=book)


def asked_on(case: Case, *, on: date, book: RuleBook) -> PlanParts:
    """The parts of a plan that is saved that day."""
    return parts_on(target_group=case.target_group, saved_on=on, book=book)


@transaction.atomic(durable=True)
def write_draft(*, case_id: int, parts: Parts, version: int, by: User, at: datetime) -> PlanDraft:
    """Save what is written so far; `version` is the draft's that the writer saw, 0 where there was none.

    A draft may lack anything. Raises NotTheirs, StalePlan, AlreadyClosed.
    """
    case = lock(case_id)
    _check_party(case, by=by, on=timezone.localdate(at), book=Act.objects.rule_book())
    draft = _draft_of(case)
    if draft is not None and draft.parts == dict(parts):
        return draft
    _check_version(draft, version)
    return _save_draft(case, draft, parts=dict(parts), by=by, at=at)


@transaction.atomic(durable=True)
def discard_draft(*, case_id: int, by: User, at: datetime) -> None:
    """Throw the draft away; the published versions stand. Raises NotTheirs."""
    case = lock(case_id)
    _check_party(case, by=by, on=timezone.localdate(at), book=Act.objects.rule_book())
    draft = _draft_of(case)
    if draft is not None and draft.parts is not None:
        _save_draft(case, draft, parts=None, by=by, at=at)


@transaction.atomic(durable=True)
def publish(*, case_id: int, parts: Parts, version: int, by: User, at: datetime) -> PlanVersion:
    """Make a new version of the plan, with the parts that the law asks for that day and no others.

    The same text once more makes no new version. Raises NotTheirs, StalePlan, Incomplete, NotOnPaper, AlreadyClosed.
    """
    case, day, book = lock(case_id), timezone.localdate(at), Act.objects.rule_book()
    allowed = _check_party(case, by=by, on=day, book=book)
    asked = asked_on(case, on=day, book=book)
    contents = {str(part): parts.get(part, "").strip() for part in PlanPart if part in asked.asked}
    latest, draft = current_plan(case), _draft_of(case)
    if latest is not None and latest.parts == contents:
        return latest
    _check_version(draft, version)
    missing = missing_parts(contents, target_group=case.target_group, saved_on=day, book=book)
    if missing:
        raise Incomplete(missing)
    plan = PlanVersion(
        case=case,
        number=latest.number + 1 if latest else 1,
        parts=contents,
        saved_at=at,
        saved_by=by,
        organisation=by.workplace,
        explanation=to_data((*asked.why, *allowed.why)),
    )
    require_paper(plan_sheet(plan, is_current=True))
    plan.save()
    _save_draft(case, draft, parts=None, by=by, at=at)
    text = f"Min Plan, version {plan.number}, er lavet af {by.workplace}."
    history_events.record(case=case, kind="plans.published", by=by, at=at, text=text, number=plan.number)
    return plan


def _check_party(case: Case, *, by: User, on: date, book: RuleBook) -> MayWrite:
    answer = may_write_plan(case, party=by.workplace.party, on=on, book=book)
    if not answer.is_allowed:
        step = answer.why[-1]
        raise NotTheirs(f"{step.text} ({step.legal_basis})" if step.legal_basis else step.text)
    return answer


def _draft_of(case: Case) -> PlanDraft | None:
    return PlanDraft.objects.filter(case=case).first()


def _check_version(draft: PlanDraft | None, version: int) -> None:
    # Publishing raises it too, so it tells of both.
    newest = draft.version if draft else 0
    if version != newest:
        raise StalePlan(
            "En anden har gemt Min Plan, efter at du åbnede siden. Se forskellen, og gem igen.", newest=newest
        )


def _save_draft(case: Case, draft: PlanDraft | None, *, parts: Parts | None, by: User, at: datetime) -> PlanDraft:
    draft = draft or PlanDraft(case=case, version=0)
    draft.parts, draft.version = dict(parts) if parts is not None else None, draft.version + 1
    draft.saved_by, draft.saved_at = by, at
    draft.save()
    return draft
