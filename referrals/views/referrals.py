"""Referrals: the a-kasse writes and follows them, the jobcenter decides; both see the same clock and history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import access, access_log, clock, overview
from cases.access import Permission
from cases.forms import PageForm
from cases.keyset import count_text, page
from cases.models import Case, Purpose, User
from cases.rules import explanation
from cases.rules.complaint import complaint_guidance
from cases.rules.danish import day_text
from cases.rules.facts import BadFacts
from cases.rules.rule_book import RuleBook
from cases.services.cases import AlreadyClosed
from cases.views import pages
from meetings import planning
from referrals import inbox, letters
from referrals.forms.referrals import (
    AssessForm,
    ByHandForm,
    ContactForm,
    DraftForm,
    LimitForm,
    ReasonsForm,
    RejectForm,
    UndoForm,
    WithdrawForm,
)
from referrals.inbox import ORDER, PART_LABELS, Part
from referrals.models import Referral
from referrals.rules.admissibility import Admissibility, admissible
from referrals.rules.decision import grounds
from referrals.rules.lifecycle import MoveNotAllowed, Recipient, ReferralStatus
from referrals.services import referrals as services

View = Callable[..., HttpResponse]

#: How a recipient is named in an address.
_RECIPIENTS = {"borger": Recipient.CITIZEN, "a-kasse": Recipient.FUND}


def of_referral(permission: Permission | None = None) -> Callable[[View], View]:
    """Give the view the referral that the address names: 404 outside one's reach, 403 without the permission."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, public_id: str, **more: Any) -> HttpResponse:
            visible = Referral.objects.visible_to(request.user).select_related(
                "written_by", "sent_by", "seen_by", "assessed_by", "decided_by", "withdrawn_by"
            )
            referral = get_object_or_404(visible, public_id=public_id)
            if permission is not None:
                access.require(request.user, permission)
            parties = Case.objects.with_parties().select_related("handover", "municipality__decision_limit")
            referral.case = parties.get(pk=referral.case_id)
            return view(request, referral, **more)

        return found

    return decorate


@contextmanager
def refusals_in(form: Any, referral: Referral | None = None) -> Iterator[None]:
    """Let the form say why the service refused, at the field it is about; everything typed stays."""
    try:
        with pages.refusals_in(form):
            try:
                yield
            except services.Incomplete as refused:
                for one in refused.missing:
                    form.add_error(one.field if one.field in form.fields else None, one.text)
            except services.NotAdmissible as refused:
                for text in refused.answer.refusals:
                    form.add_error(None, text)
            except services.StaleReferral as refused:
                form.add_error(None, str(refused))
                if referral is not None:
                    referral.refresh_from_db()
                    form.take_version(referral.version)
    except (MoveNotAllowed, AlreadyClosed) as refused:
        form.add_error(None, str(refused))


# The list


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    """The a-kasse's own referrals, or the jobcenter's inbox: by age, with the days left where there is a limit."""
    user, today = request.user, clock.today()
    if user.organisation is None or user.is_administrator:
        return render(request, "meetings/worklist_none.html", {"heading": "Indstillinger"})
    counts = inbox.counts(user, user.organisation)
    asked = request.GET.get("del", "")
    part = Part(asked) if asked in counts else next((one for one, count in counts.items() if count), Part.WAITING)
    rows = inbox.referrals_of(user)
    order, is_newest_first = ORDER[part]
    listed = page(
        inbox.in_part(rows, part).with_case().select_related("case__municipality__decision_limit"),
        among=rows,
        order=order,
        public_id="public_id",
        params=request.GET.dict(),
        is_newest_first=is_newest_first,
    )
    if listed.rows:
        access_log.record(request, purpose=Purpose.EFFORT, cases=[row.case_id for row in listed.rows])
    book = planning.law_in_force().book
    previous_url, next_url = listed.links({"del": str(part)})
    context = {
        "tiles": [
            {
                "label": PART_LABELS[one],
                "count": count_text(count),
                "url": f"?del={one}",
                "is_current": one is part,
                "variant": "error" if one is Part.UNTOLD and count else "",
            }
            for one, count in counts.items()
        ],
        "heading": PART_LABELS[part],
        "rows": [(row, inbox.clock_of(row, today=today, book=book)) for row in listed.rows],
        "today": today,
        "is_fund": user.organisation.is_fund,
        "may_set_limit": access.has(user, Permission.SET_PRACTICE),
        "own_days": services.own_days_of(user.organisation),
        "shown": f"Viser {len(listed.rows)} af {count_text(counts[part])}",
        "previous_url": previous_url,
        "next_url": next_url,
        "empty": _empty(part, is_fund=user.organisation.is_fund),
    }
    return render(request, "referrals/list.html", context)


def _empty(part: Part, *, is_fund: bool) -> str:
    if part is Part.UNTOLD:
        return "Alle afgørelser er nået frem."
    if part is Part.DONE:
        return "Ingen indstillinger er afgjort endnu."
    if is_fund:
        return "Du har ingen åbne indstillinger. Start en fra en sag."
    return "Ingen indstillinger venter på svar."


@pages.takes_form
def limit(request: HttpRequest) -> HttpResponse:
    """The municipality's own limit for its decisions."""
    user = request.user
    access.require(user, Permission.SET_PRACTICE)
    own_days = services.own_days_of(user.organisation)
    form = LimitForm(pages.typed(request), initial={"days": own_days})
    if form.is_bound and form.is_valid():
        services.set_decision_limit(days=form.cleaned_data["days"], by=user, at=clock.now())
        messages.success(request, "Fristen er gemt. Den minder om indstillinger, der venter.")
        return redirect("referrals:list")
    context = {
        "title": "Egen frist for afgørelser",
        "form": form,
        "submit": "Gem frist",
        "intro": "Loven sætter ingen frist. Sætter I selv en, bliver I mindet om det, der har ventet så længe.",
        "cancel_url": reverse("referrals:list"),
        "case": None,
    }
    return render(request, "cases/form.html", context, status=422 if form.is_bound else 200)


# The a-kasse writes


@pages.of_case(Permission.WRITE_REFERRAL, party="fund")
def write(request: HttpRequest, case: Case) -> HttpResponse:
    """Write a referral, save it as a draft or send it; whether the law lets it be sent is shown first."""
    draft = case.referrals.filter(status=ReferralStatus.DRAFT).first()
    form = DraftForm(pages.typed(request), draft=draft)
    if form.is_bound and form.is_valid():
        with refusals_in(form, draft):
            at = clock.now()
            saved = services.write_draft(
                case_id=case.pk,
                proposal=form.proposal_typed(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=at,
            )
            draft = saved
            if "send" not in request.POST:
                messages.success(request, f"Kladden er gemt kl. {timezone.localtime(at):%H.%M}.")
                return redirect("referrals:write", case.public_id)
            # Saved first: what a refusal keeps from being sent is not lost with the page.
            form.take_version(saved.version)
            sent = services.send(referral_id=saved.pk, version=saved.version, by=request.user, at=at)
            messages.success(request, f"Indstillingen er sendt til {case.municipality}.")
            return redirect(sent)
    pending = case.referrals.pending().with_case()
    return pages.show(
        request,
        case,
        form=form,
        template="referrals/write.html",
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
            course=planning.course_of(case),
            sent_on=today,
            offer_starts_on=starts_on,
            book=planning.law_in_force().book,
        )
    except BadFacts:
        return None


@require_POST
@pages.of_case(Permission.WRITE_REFERRAL, party="fund")
def autosave(request: HttpRequest, case: Case) -> HttpResponse:
    """Save the draft while it is being written; the page goes on with the new version."""
    draft = case.referrals.filter(status=ReferralStatus.DRAFT).first()
    form = DraftForm(request.POST, draft=draft)
    if not form.is_valid():
        wrong = next(iter(form.errors.values()))[0]
        return JsonResponse({"text": f"Kladden er ikke gemt. {wrong}"}, status=422)
    at = clock.now()
    try:
        saved = services.write_draft(
            case_id=case.pk,
            proposal=form.proposal_typed(),
            version=form.cleaned_data["version"],
            by=request.user,
            at=at,
        )
    except services.StaleReferral as refused:
        return JsonResponse({"text": f"Kladden er ikke gemt. {refused}"}, status=409)
    return JsonResponse({"text": f"Kladde gemt {timezone.localtime(saved.saved_at):%H.%M}", "version": saved.version})


@require_POST
@of_referral(Permission.WRITE_REFERRAL)
def discard(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Throw a draft away."""
    try:
        services.discard_draft(referral_id=referral.pk, by=request.user)
    except MoveNotAllowed as refused:
        messages.warning(request, str(refused))
        return redirect(referral)
    messages.success(request, "Kladden er slettet.")
    return redirect(referral.case)


@pages.takes_form
@of_referral(Permission.WRITE_REFERRAL)
def withdraw(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Take a referral back before it is decided."""
    form = WithdrawForm(pages.typed(request))
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            services.withdraw(
                referral_id=referral.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
            return _done(request, referral, "Indstillingen er trukket tilbage.")
    return _show(
        request, referral, form=form, title="Træk indstillingen tilbage", submit="Træk tilbage", intro=_intro(referral)
    )


# Both follow it


@require_safe
@of_referral()
def follow(request: HttpRequest, referral: Referral) -> HttpResponse:
    """One referral: what is proposed, where it is, what is decided, and what each party can do."""
    if referral.is_draft:
        return redirect("referrals:write", referral.case.public_id)
    user, now, today = request.user, clock.now(), clock.today()
    book = planning.law_in_force().book
    deliveries = inbox.deliveries_of(referral, at=now)
    return _show(
        request,
        referral,
        template="referrals/referral.html",
        title=f"Indstilling til {referral.get_offer_type_display()}",
        today=today,
        steps=inbox.steps_of(referral),
        clock=inbox.clock_of(referral, today=today, book=book),
        why=explanation.from_data(referral.explanation),
        rules=explanation.from_data(referral.rules),
        contacts=referral.contacts.select_related("recorded_by"),
        deliveries=[(one, _address_of(one.recipient)) for one in deliveries],
        closing=inbox.closing_of(referral, deliveries, book=book),
        complaint=_complaint(referral, deliveries, book=book),
        undo_until=inbox.undo_until(referral, deliveries, at=now),
        history=inbox.history_of(referral),
        is_fund=user.organisation.is_fund,
        may=_may(referral, user),
    )


def _may(referral: Referral, user: User) -> dict[str, bool]:
    decides = access.has(user, Permission.DECIDE_REFERRAL)
    status = ReferralStatus(referral.status)
    in_hand = status in (ReferralStatus.SEEN, ReferralStatus.ASSESSED)
    return {
        "withdraw": referral.is_pending and access.has(user, Permission.WRITE_REFERRAL),
        "see": decides and status == ReferralStatus.SENT,
        "assess": decides and status == ReferralStatus.SEEN,
        "decide": decides and in_hand,
        "contact": decides and referral.is_pending,
        "undo": decides and referral.is_decided,
        "give_letter": decides and referral.is_decided,
    }


def _complaint(referral: Referral, deliveries: list[inbox.Delivery], *, book: RuleBook) -> str:
    """Until when the citizen can complain, once the letter has been given."""
    told = services.told(referral).get(Recipient.CITIZEN) if referral.complaint_guidance else None
    if told is None or told.closed_at is None or referral.decided_on is None:
        return ""
    given_on = timezone.localtime(told.closed_at).date()
    due_on = complaint_guidance(decided_on=referral.decided_on, given_on=given_on, book=book).due_on
    return f"Borgeren kan klage til og med den {day_text(due_on)}." if due_on else ""


@require_safe
@of_referral()
def letter(request: HttpRequest, referral: Referral, recipient: str) -> HttpResponse:
    """A letter of the decision as PDF; the a-kasse reads its own."""
    to = _RECIPIENTS.get(recipient)
    if to is None or not referral.is_decided or (request.user.organisation.is_fund and to != Recipient.FUND):
        raise Http404
    access_log.record(request, purpose=Purpose.EFFORT, cases=[referral.case_id], detail=f"Brev til {recipient}")
    answer = HttpResponse(letters.pdf(letters.letter_of(referral, to)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{letters.file_name(referral)}"'
    return answer


# The jobcenter decides


@require_POST
@of_referral(Permission.DECIDE_REFERRAL)
def see(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Take the referral up."""
    try:
        services.mark_seen(referral_id=referral.pk, by=request.user, at=clock.now())
    except MoveNotAllowed as refused:
        messages.warning(request, str(refused))
    return redirect(referral)


@pages.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def assess(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Write the jobcenter's assessment."""
    form = AssessForm(pages.typed(request), initial={"version": referral.version})
    if form.is_bound and form.is_valid():
        with refusals_in(form, referral):
            services.assess(
                referral_id=referral.pk,
                assessment=form.cleaned_data["assessment"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            return _done(request, referral, "Vurderingen er gemt.")
    return _show(
        request, referral, form=form, title="Vurdér indstillingen", submit="Gem vurdering", intro=_intro(referral)
    )


@pages.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def contact(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Record a contact with the citizen about the referral."""
    form = ContactForm(pages.typed(request), today=clock.today())
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            services.contact(referral_id=referral.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            return _done(request, referral, "Kontakten er registreret. Den tæller ikke som en jobsamtale.")
    return _show(
        request,
        referral,
        form=form,
        title="Registrér kontakt med borgeren",
        submit="Registrér kontakt",
        intro="Jobcentret må kontakte borgeren om indstillingen i nødvendigt omfang. Kontakten er ikke en jobsamtale.",
    )


@pages.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def grant(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Grant the offer; both letters are shown first."""
    form = ReasonsForm(_decided(request), initial=_initial(request, referral, is_rejected=False))
    return _decision_page(request, referral, form, title="Bevilg tilbuddet", submit="Bevilg", is_rejected=False)


@pages.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def reject(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Reject the referral with reasons; both letters are shown first."""
    form = RejectForm(
        _decided(request),
        initial=_initial(request, referral, is_rejected=True),
        demanded=services.demanded_reasons(decided_on=clock.today(), book=planning.law_in_force().book),
    )
    return _decision_page(request, referral, form, title="Afvis indstillingen", submit="Afvis", is_rejected=True)


def _decided(request: HttpRequest) -> Any:
    # Who only looks at the letters has not made a mistake yet.
    return None if "preview" in request.POST else pages.typed(request)


def _initial(request: HttpRequest, referral: Referral, *, is_rejected: bool) -> dict[str, Any]:
    if request.method == "POST":
        return request.POST.dict()
    found = _grounds(referral, is_rejected=is_rejected)
    return {"version": referral.version, "legal_basis": "; ".join(dict.fromkeys(step.legal_basis for step in found))}


def _grounds(referral: Referral, *, is_rejected: bool) -> explanation.Explanation:
    assert referral.sent_on is not None
    return grounds(
        sent_on=referral.sent_on,
        decided_on=clock.today(),
        is_rejected=is_rejected,
        book=planning.law_in_force().book,
    )


def _decision_page(
    request: HttpRequest, referral: Referral, form: Any, *, title: str, submit: str, is_rejected: bool
) -> HttpResponse:
    decide = services.reject if is_rejected else services.grant
    if form.is_bound and form.is_valid():
        with refusals_in(form, referral):
            decide(
                referral_id=referral.pk,
                reasons=form.reasons(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            result = "afvist" if is_rejected else "bevilget"
            minutes = int(services.UNDO_WITHIN.total_seconds() // 60)
            return _done(
                request,
                referral,
                f"Indstillingen er {result}. Brevene sendes om {minutes} minutter; indtil da kan afgørelsen gøres om.",
            )
    return _show(
        request,
        referral,
        form=form,
        template="referrals/decide.html#letters" if request.htmx else "referrals/decide.html",
        title=title,
        submit=submit,
        intro=_intro(referral),
        letters=_preview(referral, form.initial, by=request.user, is_rejected=is_rejected),
    )


def _preview(referral: Referral, typed: dict[str, Any], *, by: User, is_rejected: bool) -> list[tuple[str, Any]]:
    """Both letters as they would be with what is typed now."""
    draft = copy(referral)
    draft.status = str(ReferralStatus.REJECTED if is_rejected else ReferralStatus.GRANTED)
    draft.decided_at, draft.decided_by = clock.now(), by
    for name in services.Reasons.__dataclass_fields__:
        setattr(draft, name, typed.get(name, ""))
    draft.rules = explanation.to_data(_grounds(referral, is_rejected=is_rejected))
    guidance = complaint_guidance(decided_on=clock.today(), given_on=None, book=planning.law_in_force().book)
    draft.complaint_guidance = list(guidance.sentences) if is_rejected else []
    return [
        ("Brev til borgeren", letters.letter_of(draft, Recipient.CITIZEN)),
        ("Underretning til a-kassen", letters.letter_of(draft, Recipient.FUND)),
    ]


@pages.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def undo(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Take a decision back before anybody has been told of it."""
    form = UndoForm(pages.typed(request))
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            services.undo_decision(
                referral_id=referral.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
            return _done(request, referral, "Afgørelsen er gjort om. Ingen har fået den.")
    return _show(
        request,
        referral,
        form=form,
        title="Gør afgørelsen om",
        submit="Gør om",
        intro="Det kan kun ske, før den er sendt. Historikken beholder afgørelsen og din begrundelse.",
    )


@pages.takes_form
@of_referral(Permission.DECIDE_REFERRAL)
def give_letter(request: HttpRequest, referral: Referral, recipient: str) -> HttpResponse:
    """Record that a letter that could not be sent was given in another way."""
    to = _RECIPIENTS.get(recipient)
    if to is None:
        raise Http404
    form = ByHandForm(pages.typed(request))
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            services.tell_by_hand(
                referral_id=referral.pk, recipient=to, how=form.cleaned_data["how"], by=request.user, at=clock.now()
            )
            return _done(request, referral, "Det er noteret, at brevet er givet.")
    return _show(
        request,
        referral,
        form=form,
        title="Brevet er givet på anden måde",
        submit="Notér",
        intro="Skriv kun det, når brevet er givet: klagefristen løber fra den dag.",
    )


# What the pages share


def _intro(referral: Referral) -> str:
    start = f" fra den {day_text(referral.starts_on)}" if referral.starts_on else ""
    return f"Indstilling fra {referral.case.fund} til {referral.get_offer_type_display()}{start}."


def _address_of(recipient: Recipient) -> str:
    return next(name for name, one in _RECIPIENTS.items() if one == recipient)


def _done(request: HttpRequest, referral: Referral, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(referral)


def _show(
    request: HttpRequest,
    referral: Referral,
    *,
    template: str = "referrals/form.html",
    form: PageForm | None = None,
    **context: Any,
) -> HttpResponse:
    case = referral.case
    access_log.record(request, purpose=Purpose.EFFORT, cases=[case.pk])
    shown = {
        "case": case,
        "referral": referral,
        "identity": overview.identity(case, user=request.user, at=clock.now()),
        "form": form,
        "submit": "Gem",
        "intro": "",
        "cancel_url": referral.get_absolute_url(),
        **context,
    }
    refused = form is not None and form.is_bound
    return render(request, template, shown, status=422 if refused else 200)
