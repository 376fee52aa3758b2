"""Referrals: the list of them, and the one that both parties follow with the same clock and history."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import access, access_log, clock
from cases.access import Permission
from cases.keyset import count_text, page
from cases.models import Purpose, User
from cases.rules import explanation
from cases.rules.complaint import complaint_guidance
from cases.rules.danish import day_text
from cases.rules.rule_book import RuleBook
from cases.views import pages
from meetings import planning
from referrals import inbox, letters
from referrals.forms.referrals import LimitForm
from referrals.inbox import ORDER, PART_LABELS, Part
from referrals.models import Referral
from referrals.rules.lifecycle import Recipient, ReferralStatus
from referrals.services import referrals as services
from referrals.views.referral_pages import RECIPIENTS, address_of, of_referral, show


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


@require_safe
@of_referral()
def follow(request: HttpRequest, referral: Referral) -> HttpResponse:
    """One referral: what is proposed, where it is, what is decided, and what each party can do."""
    if referral.is_draft:
        return redirect("referrals:write", referral.case.public_id)
    user, now, today = request.user, clock.now(), clock.today()
    book = planning.law_in_force().book
    deliveries = inbox.deliveries_of(referral, at=now)
    return show(
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
        deliveries=[(one, address_of(one.recipient)) for one in deliveries],
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
    to = RECIPIENTS.get(recipient)
    if to is None or not referral.is_decided or (request.user.organisation.is_fund and to != Recipient.FUND):
        raise Http404
    access_log.record(request, purpose=Purpose.EFFORT, cases=[referral.case_id], detail=f"Brev til {recipient}")
    answer = HttpResponse(letters.pdf(letters.letter_of(referral, to)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{letters.file_name(referral)}"'
    return answer
