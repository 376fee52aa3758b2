"""The jobcenter takes referrals up, assesses them and decides them."""

from copy import copy
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases import clock
from cases.accounts.access import Permission
from cases.models import Act, User
from cases.request import AppRequest
from cases.rules import explanation
from cases.rules.complaint import complaint_guidance
from cases.rules.undo_time import UNDO_WITHIN
from cases.web import case_views
from referrals.letters import owing as letters_owing
from referrals.letters import texts as letters_texts
from referrals.models import Referral
from referrals.referral import deciding
from referrals.referral.deciding import Reasons
from referrals.referral.forms import AssessForm, ByHandForm, ContactForm, ReasonsForm, RejectForm
from referrals.referral.page import RECIPIENTS, done, intro_of, of_referral, reason_page, show
from referrals.rules import decision as decision_rules
from referrals.rules.lifecycle import Recipient, ReferralStatus


@require_POST
@of_referral(Permission.DECIDE_REFERRAL)
def see(request: AppRequest, referral: Referral) -> HttpResponse:
    """Take the referral up."""
    with case_views.refusals_told(request):
        deciding.mark_seen(referral_id=referral.pk, by=request.user, at=clock.now())
    return redirect(referral)


@case_views.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def assess(request: AppRequest, referral: Referral) -> HttpResponse:
    """Write the jobcenter's assessment."""
    now = {"version": referral.version, "assessment": referral.assessment}
    form = AssessForm(case_views.typed(request), initial=now)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            deciding.assess(
                referral_id=referral.pk,
                assessment=form.cleaned_data["assessment"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            return done(request, referral, "Vurderingen er gemt.")
    return show(
        request, referral, form=form, title="Vurdér indstillingen", submit="Gem vurdering", intro=intro_of(referral)
    )


@case_views.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def contact(request: AppRequest, referral: Referral) -> HttpResponse:
    """Record a contact with the citizen about the referral."""
    form = ContactForm(case_views.typed(request), today=clock.today())
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            deciding.contact(referral_id=referral.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, referral, "Kontakten er registreret. Den tæller ikke som en jobsamtale.")
    return show(
        request,
        referral,
        form=form,
        title="Registrér kontakt med borgeren",
        submit="Registrér kontakt",
        intro="Jobcentret må kontakte borgeren om indstillingen i nødvendigt omfang. Kontakten er ikke en jobsamtale.",
    )


@case_views.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def grant(request: AppRequest, referral: Referral) -> HttpResponse:
    """Grant the offer; both letters are shown first."""
    form = ReasonsForm(_decided(request), initial=_initial(request, referral, is_rejected=False))
    return _decision_page(request, referral, form, title="Bevilg tilbuddet", submit="Bevilg", is_rejected=False)


@case_views.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def reject(request: AppRequest, referral: Referral) -> HttpResponse:
    """Reject the referral with reasons; both letters are shown first."""
    form = RejectForm(
        _decided(request),
        initial=_initial(request, referral, is_rejected=True),
        demanded=decision_rules.demanded_reasons(decided_on=clock.today(), book=Act.objects.rule_book()),
    )
    return _decision_page(request, referral, form, title="Afvis indstillingen", submit="Afvis", is_rejected=True)


def _decided(request: AppRequest) -> Any:
    # Who only looks at the letters has not made a mistake yet.
    return None if "preview" in request.POST else case_views.typed(request)


def _initial(request: AppRequest, referral: Referral, *, is_rejected: bool) -> dict[str, Any]:
    if request.method == "POST":
        return request.POST.dict()
    found = _grounds(referral, is_rejected=is_rejected)
    return {"version": referral.version, "legal_basis": _law_of(found)}


def _law_of(found: explanation.Explanation) -> str:
    parts = [part for step in found for part in explanation.law_only(step.legal_basis).split("; ") if part]
    return "; ".join(dict.fromkeys(parts))


def _grounds(referral: Referral, *, is_rejected: bool) -> explanation.Explanation:
    book = Act.objects.rule_book()
    return deciding.grounds_of(referral, decided_on=clock.today(), is_rejected=is_rejected, book=book)


def _decision_page(
    request: AppRequest, referral: Referral, form: Any, *, title: str, submit: str, is_rejected: bool
) -> HttpResponse:
    decide = deciding.reject if is_rejected else deciding.grant
    # Before a decision there are no reasons to show: what changed meanwhile stands in the events.
    if referral.is_decided:
        form.standing = {name: getattr(referral, name) for name in Reasons.__dataclass_fields__}
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            decide(
                referral_id=referral.pk,
                reasons=form.reasons(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            result = "Indstillingen er afvist" if is_rejected else "Tilbuddet er bevilget"
            minutes = int(UNDO_WITHIN.total_seconds() // 60)
            return done(
                request,
                referral,
                f"{result}. Brevene sendes om {minutes} minutter; indtil da kan afgørelsen gøres om.",
            )
    return show(
        request,
        referral,
        form=form,
        template="referrals/referral/decide.html#letters" if request.htmx else "referrals/referral/decide.html",
        title=title,
        submit=submit,
        intro=intro_of(referral),
        letters=_preview(referral, form.initial, by=request.user, is_rejected=is_rejected),
    )


def _preview(referral: Referral, typed: dict[str, Any], *, by: User, is_rejected: bool) -> list[tuple[str, Any]]:
    """Both letters as they would be with what is typed now."""
    draft = copy(referral)
    draft.status = str(ReferralStatus.REJECTED if is_rejected else ReferralStatus.GRANTED)
    draft.decided_at, draft.decided_by = clock.now(), by
    for name in Reasons.__dataclass_fields__:
        setattr(draft, name, typed.get(name, ""))
    draft.rules = explanation.to_data(_grounds(referral, is_rejected=is_rejected))
    guidance = complaint_guidance(decided_on=clock.today(), given_on=None, book=Act.objects.rule_book())
    draft.complaint_guidance = list(guidance.sentences)
    return [
        ("Brev til borgeren", letters_texts.letter_of(draft, Recipient.CITIZEN)),
        ("Underretning til a-kassen", letters_texts.letter_of(draft, Recipient.FUND)),
    ]


@case_views.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def undo(request: AppRequest, referral: Referral) -> HttpResponse:
    """Take a decision back before anybody has been told of it."""

    def save(reason: str) -> str:
        deciding.undo_decision(referral_id=referral.pk, reason=reason, by=request.user, at=clock.now())
        return "Afgørelsen er gjort om. Ingen har fået den."

    return reason_page(
        request,
        referral,
        save=save,
        why="Hvorfor gøres afgørelsen om?",
        title="Gør afgørelsen om",
        submit="Gør om",
        intro="Det kan kun ske, før den er sendt. Historikken beholder afgørelsen og din begrundelse.",
    )


@case_views.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def give_letter(request: AppRequest, referral: Referral, recipient: str) -> HttpResponse:
    """Record that a letter that could not be sent was given in another way."""
    to = RECIPIENTS.get(recipient)
    if to is None:
        raise Http404
    form = ByHandForm(case_views.typed(request))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            letters_owing.tell_by_hand(
                referral_id=referral.pk, recipient=to, how=form.cleaned_data["how"], by=request.user, at=clock.now()
            )
            return done(request, referral, "Det er noteret, at brevet er givet.")
    return show(
        request,
        referral,
        form=form,
        title="Brevet er givet på anden måde",
        submit="Notér",
        intro="Skriv kun det, når brevet er givet: klagefristen løber fra den dag.",
    )
