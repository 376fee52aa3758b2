"""The a-kasse writes referrals, and takes them back."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import clock
from cases.accounts.access import Permission
from cases.models import Act, Case, Purpose
from cases.request import AppRequest, way_back
from cases.rules.facts import BadFacts
from cases.rules.refusal import Refused
from cases.web import case_views
from cases.web.removal import removes
from meetings.planning import stored as planning_stored
from referrals.models import Referral
from referrals.referral import writing
from referrals.referral.forms import DraftForm
from referrals.referral.page import intro_of, of_referral, reason_page
from referrals.rules.admissibility import Admissibility, admissible
from referrals.rules.lifecycle import ReferralStatus


@case_views.of_case(Permission.WRITE_REFERRAL, party="fund")
def write(request: AppRequest, case: Case) -> HttpResponse:
    """Write a referral, save it as a draft or send it; whether the law lets it be sent is shown first."""
    draft = case.referrals.filter(status=ReferralStatus.DRAFT).first()
    form = DraftForm(case_views.typed(request), draft=draft)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            at = clock.now()
            saved = writing.write_draft(
                case_id=case.pk,
                proposal=form.proposal_typed(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=at,
            )
            draft = saved
            if "send" not in request.POST:
                messages.success(request, f"Kladden er gemt kl. {timezone.localtime(at):%H.%M}.")
                return redirect(request.get_full_path())
            # Saved first: what a refusal keeps from being sent is not lost with the page.
            form.take_version(saved.version)
            sent = writing.send(referral_id=saved.pk, version=saved.version, by=request.user, at=at)
            messages.success(request, f"Indstillingen er sendt til {case.municipality}.")
            return redirect(way_back(request, sent.get_absolute_url()))
    pending = case.referrals.pending().with_case()
    return case_views.show(
        request,
        case,
        form=form,
        template="referrals/referral/write.html",
        title="Skriv indstilling",
        purpose=Purpose.EFFORT,
        draft=draft,
        pending=list(pending),
        check=_check(case, draft),
    )


def _check(case: Case, draft: Referral | None) -> Admissibility | None:
    """What the law would say if it were sent today, as far as it is written; None where it cannot say."""
    today = clock.today()
    starts_on = draft.starts_on if draft and draft.starts_on else today
    try:
        return admissible(
            course=planning_stored.course_of(case),
            sent_on=today,
            offer_starts_on=starts_on,
            book=Act.objects.rule_book(),
        )
    except BadFacts:
        return None


@require_POST
@case_views.of_case(Permission.WRITE_REFERRAL, party="fund")
def autosave(request: AppRequest, case: Case) -> HttpResponse:
    """Save the draft while it is being written; the page goes on with the new version."""
    draft = case.referrals.filter(status=ReferralStatus.DRAFT).first()
    form = DraftForm(request.POST, draft=draft)
    if not form.is_valid():
        wrong = next(iter(form.errors.values()))[0]
        return JsonResponse({"text": f"Kladden er ikke gemt. {wrong}"}, status=422)
    at = clock.now()
    try:
        saved = writing.write_draft(
            case_id=case.pk,
            proposal=form.proposal_typed(),
            version=form.cleaned_data["version"],
            by=request.user,
            at=at,
        )
    except Refused as refused:
        return JsonResponse({"text": f"Kladden er ikke gemt. {refused}"}, status=409)
    return JsonResponse({"text": f"Kladde gemt {timezone.localtime(saved.saved_at):%H.%M}", "version": saved.version})


@removes(Referral, "Kladden findes ikke mere, eller sagen er ikke længere jeres.", to="referrals:list")
@require_POST
@of_referral(Permission.WRITE_REFERRAL)
def discard(request: AppRequest, referral: Referral) -> HttpResponse:
    """Throw a draft away."""
    with case_views.refusals_told(request):
        writing.discard_draft(referral_id=referral.pk, by=request.user)
        messages.success(request, "Kladden er slettet.")
        return redirect(referral.case)
    return redirect(referral)


@case_views.takes_form
@of_referral(Permission.WRITE_REFERRAL)
def withdraw(request: AppRequest, referral: Referral) -> HttpResponse:
    """Take a referral back before it is decided."""

    def save(reason: str) -> str:
        writing.withdraw(referral_id=referral.pk, reason=reason, by=request.user, at=clock.now())
        return "Indstillingen er trukket tilbage."

    return reason_page(
        request,
        referral,
        save=save,
        why="Hvorfor trækkes indstillingen tilbage?",
        title="Træk indstillingen tilbage",
        submit="Træk tilbage",
        intro=intro_of(referral),
    )
