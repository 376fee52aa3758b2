"""Referrals: the list of them, and the one that both parties follow with the same clock and history."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Act, Purpose, User, scopes
from cases.models.scopes import Scope
from cases.request import AppRequest
from cases.rules import explanation
from cases.rules.complaint import complaint_guidance
from cases.rules.refusal import version_of
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from cases.ui.keyset import count_text, page
from cases.ui.pdf import pdf
from cases.web import case_views
from referrals.letters import owing as letters_owing
from referrals.letters import texts as letters_texts
from referrals.models import Referral
from referrals.referral import deciding, queries
from referrals.referral.forms import LimitForm
from referrals.referral.page import RECIPIENTS, address_of, of_referral, show
from referrals.referral.queries import ORDER, Part
from referrals.rules.lifecycle import Recipient, ReferralStatus


@require_safe
def referral_list(request: AppRequest) -> HttpResponse:
    """The a-kasse's own referrals, or the jobcenter's inbox: by age, with the days left where there is a limit."""
    user, today = request.user, clock.today()
    if user.organisation is None or user.is_administrator:
        return render(request, "meetings/worklist/worklist_none.html", {"heading": "Indstillinger"})
    scope = scopes.asked(request.GET.dict())
    kept = scopes.in_address(scope)
    counts = queries.counts(user, user.organisation, scope, today=today)
    asked = request.GET.get("del", "")
    part = Part(asked) if asked in counts else next((one for one, count in counts.items() if count), Part.WAITING)
    rows = queries.referrals_of(user, scope, today=today)
    order, is_newest_first = ORDER[part]
    listed = page(
        queries.in_part(rows, part).with_case().select_related("case__municipality__decision_limit"),
        among=rows,
        order=order,
        public_id="public_id",
        params=request.GET.dict(),
        is_newest_first=is_newest_first,
    )
    if listed.rows:
        access_log.record(request, purpose=Purpose.EFFORT, cases=[row.case_id for row in listed.rows])
    book = Act.objects.rule_book()
    previous_url, next_url = listed.links({"del": str(part), **kept})
    context = {
        "tiles": [
            {
                "label": one.label,
                "count": count_text(count),
                "url": f"?{urlencode({'del': one, **kept})}",
                "is_current": one is part,
                "variant": "error" if one is Part.UNTOLD and count else "",
            }
            for one, count in counts.items()
        ],
        "heading": part.label,
        "scope": scopes.scope_labels(user)[scope],
        "is_all": scope is Scope.ORGANISATION,
        "toggle_url": f"?{urlencode({'del': part} if kept else {'del': part, **scopes.in_address(Scope.MINE)})}",
        "rows": [(row, queries.clock_of(row, today=today, book=book)) for row in listed.rows],
        "today": today,
        "is_fund": user.organisation.is_fund,
        "may_set_limit": access.has(user, Permission.SET_PRACTICE),
        "own_days": deciding.own_days_of(user.workplace),
        "shown": f"Viser {len(listed.rows)} af {count_text(counts[part])}",
        "previous_url": previous_url,
        "next_url": next_url,
        "empty": _empty(part, is_fund=user.workplace.is_fund),
    }
    return render(request, "referrals/referral/list.html", context)


def _empty(part: Part, *, is_fund: bool) -> str:
    if part is Part.UNTOLD:
        return "Alle afgørelser er nået frem."
    if part is Part.DONE:
        return "Ingen indstillinger er afgjort endnu."
    if is_fund:
        return "Du har ingen åbne indstillinger. Start en fra en sag."
    return "Ingen indstillinger venter på svar."


@case_views.takes_form
def limit(request: AppRequest) -> HttpResponse:
    """The municipality's own limit for its decisions."""
    user = request.user
    access.require(user, Permission.SET_PRACTICE)
    own_days = deciding.own_days_of(user.workplace)
    form = LimitForm(case_views.typed(request), initial={"version": version_of(own_days), "days": own_days})
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            deciding.set_decision_limit(by=user, at=clock.now(), **form.cleaned_data)
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
    return render(request, "cases/web/form.html", context, status=422 if form.is_bound else 200)


@require_safe
@of_referral()
def follow(request: AppRequest, referral: Referral) -> HttpResponse:
    """One referral: what is proposed, where it is, what is decided, and what each party can do."""
    if referral.is_draft:
        return redirect("referrals:write", referral.case.public_id)
    user, now, today = request.user, clock.now(), clock.today()
    book = Act.objects.rule_book()
    deliveries = queries.deliveries_of(referral, at=now)
    return show(
        request,
        referral,
        template="referrals/referral/referral.html",
        title=f"Indstilling til {referral.get_offer_type_display()}",
        today=today,
        steps=queries.steps_of(referral),
        clock=queries.clock_of(referral, today=today, book=book),
        why=explanation.from_data(referral.explanation),
        rules=explanation.from_data(referral.rules),
        contacts=referral.contacts.select_related("recorded_by"),
        deliveries=[(one, address_of(one.recipient)) for one in deliveries],
        closing=queries.closing_of(referral, deliveries, book=book),
        complaint=_complaint(referral, deliveries, book=book),
        undo_until=queries.undo_until(referral, deliveries, at=now),
        history=queries.history_of(referral),
        is_fund=user.workplace.is_fund,
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


def _complaint(referral: Referral, deliveries: list[queries.Delivery], *, book: RuleBook) -> str:
    """Until when the citizen can complain, once the letter has been given."""
    told = letters_owing.told(referral).get(Recipient.CITIZEN) if referral.complaint_guidance else None
    if told is None or told.closed_at is None or not referral.is_decided:
        return ""
    given_on = timezone.localtime(told.closed_at).date()
    due_on = complaint_guidance(decided_on=referral.decided_on, given_on=given_on, book=book).due_on
    return f"Borgeren kan klage til og med den {day_text(due_on)}." if due_on else ""


@require_safe
@of_referral()
def letter(request: AppRequest, referral: Referral, recipient: str) -> HttpResponse:
    """A letter of the decision as PDF; the a-kasse reads its own."""
    to = RECIPIENTS.get(recipient)
    if to is None or not referral.is_decided or (request.user.workplace.is_fund and to != Recipient.FUND):
        raise Http404
    access_log.record(request, purpose=Purpose.EFFORT, cases=[referral.case_id], detail=f"Brev til {recipient}")
    answer = HttpResponse(pdf(letters_texts.letter_of(referral, to)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{letters_texts.file_name(referral)}"'
    return answer
