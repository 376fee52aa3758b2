"""Offers: the jobcenter grants, starts, ends and follows up; both parties see what is granted and whether it counts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.changing import with_parties
from cases.history import access_log
from cases.models import Act, Case, Purpose, scopes
from cases.models.scopes import Scope
from cases.request import AppRequest
from cases.rules.facts import BadFacts
from cases.rules.rule_book import NotInForce
from cases.ui.keyset import count_text
from cases.web import case_views
from referrals.models import Offer
from referrals.offers import by_month, moves, presenters, queries, services
from referrals.offers.forms import EndForm, FollowUpForm, OfferForm, StartForm
from referrals.offers.queries import WITHOUT_OFFER, OfferSelection, Tile

View = Callable[..., HttpResponse]


def of_offer(view: View) -> View:
    """Give the view the offer that the address names: 404 outside one's reach, 403 to all but the jobcenter."""

    @case_views.takes_form
    @wraps(view)
    def found(request: AppRequest, public_id: str) -> HttpResponse:
        offer = _visible(request, public_id)
        access.require(request.user, Permission.GRANT_OFFER, organisation=offer.case.municipality)
        return view(request, offer)

    return found


def _visible(request: AppRequest, public_id: str) -> Offer:
    seen = Offer.objects.visible_to(request.user).select_related(
        "referral", "granted_by", "started_by", "ended_by", "cancelled_by"
    )
    offer = get_object_or_404(seen, public_id=public_id)
    offer.case = with_parties(offer.case_id)
    return offer


# The list and the overview


@require_safe
def offer_list(request: AppRequest) -> HttpResponse:
    """The jobcenter's cases without a counting offer, and its offers under way."""
    user = request.user
    access.require(user, Permission.GRANT_OFFER)
    book = Act.objects.rule_book()
    scope = scopes.asked(request.GET.dict())
    selection = OfferSelection.of(user=user, at=clock.now(), book=book, scope=scope)
    counts = queries.counts(selection, organisation=user.workplace)
    asked = request.GET.get("del", "")
    tile = Tile(asked) if asked in set(Tile) else Tile.MISSING
    listed = queries.page_of(tile, selection, params=request.GET.dict())
    if listed.rows:
        access_log.record(request, purpose=Purpose.EFFORT, cases=[row.case_id for row in listed.rows])
    kept = scopes.in_address(scope)
    query = "".join(f"&{key}={value}" for key, value in kept.items())
    previous_url, next_url = listed.links({"del": str(tile), **kept})
    variants = {Tile.MISSING: "error", Tile.SOON: "warning", Tile.TO_REGISTER: "warning"}
    context = {
        "tiles": [
            {
                "label": one.label,
                "count": count_text(count),
                "url": f"?del={one}{query}",
                "is_current": one is tile,
                "variant": variants.get(one, "") if count else "",
            }
            for one, count in counts.items()
        ],
        "heading": tile.label,
        "is_without_offer": tile in WITHOUT_OFFER,
        "rows": listed.rows,
        "today": selection.today,
        "soon": selection.soon,
        "is_all": scope is Scope.ORGANISATION,
        "toggle_url": f"?del={tile}&kun=mine" if scope is Scope.ORGANISATION else f"?del={tile}",
        "shown": f"Viser {len(listed.rows)} af {count_text(counts[tile])}",
        "previous_url": previous_url,
        "next_url": next_url,
        "empty": _empty(tile),
    }
    return render(request, "referrals/offers/offers.html", context)


def _empty(tile: Tile) -> str:
    return {
        Tile.MISSING: "Ingen mangler et tilbud, der tæller.",
        Tile.SOON: "Ingen frister er nær.",
        Tile.TO_REGISTER: "Alle starter og slutninger er registreret.",
        Tile.RUNNING: "Ingen tilbud er i gang.",
        Tile.ENDING: "Ingen tilbud slutter snart.",
    }[tile]


@require_safe
def overview(request: AppRequest) -> HttpResponse:
    """Offers by type and month; nobody is named."""
    user, today = request.user, clock.today()
    access.require(user, Permission.GRANT_OFFER)
    month = by_month.month_of(request.GET.get("til", ""), today=today)
    shift = by_month.shift_of(user=user, last_month=month)
    earlier, later = by_month.neighbours(month, today=today)
    context = {
        "shift": shift,
        "columns": [(month, total) for month, total in zip(shift.months, shift.totals, strict=True)],
        "period": f"{by_month.month_name(shift.months[0])} til og med {by_month.month_name(shift.months[-1])}",
        "earlier": earlier,
        "later": later,
        "organisation": user.organisation,
    }
    return render(request, "referrals/offers/offer_overview.html", context)


# Granting and correcting


@case_views.of_case(Permission.GRANT_OFFER, party="municipality")
def grant(request: AppRequest, case: Case) -> HttpResponse:
    """Grant an offer: one page, with the answer whether it counts as one types."""
    form = OfferForm(case_views.typed(request), user=request.user, today=clock.today())
    if _is_looking(request):
        return _look(request, case, form)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            offer = services.grant(
                case_id=case.pk,
                terms=form.terms(),
                granted_on=form.cleaned_data["granted_on"],
                is_confirmed=form.cleaned_data["is_confirmed"],
                by=request.user,
                at=clock.now(),
            )
            return case_views.done(request, case, f"{offer} er bevilget. {_result(offer)}")
    return _show_terms(request, case, form, title="Registrér tilbud", submit="Bevilg tilbuddet")


@of_offer
def change(request: AppRequest, offer: Offer) -> HttpResponse:
    """Correct what was granted, with the same answer."""
    case = offer.case
    form = OfferForm(case_views.typed(request), user=request.user, today=clock.today(), offer=offer)
    if _is_looking(request):
        return _look(request, case, form)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            offer = services.change(
                offer_id=offer.pk,
                terms=form.terms(),
                granted_on=form.cleaned_data["granted_on"],
                is_confirmed=form.cleaned_data["is_confirmed"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            return case_views.done(request, offer.case, f"Tilbuddet er rettet. {_result(offer)}", to=offer)
    return _show_terms(
        request, case, form, title="Ret tilbuddet", submit="Gem rettelsen", cancel_url=offer.get_absolute_url()
    )


def _is_looking(request: AppRequest) -> bool:
    return bool(request.htmx) and "preview" in request.POST


def _look(request: AppRequest, case: Case, form: OfferForm) -> HttpResponse:
    """What the law says of what is typed so far; nothing while it is not yet an offer."""
    answer, refusal, employer = None, "", ""
    form.is_valid()
    data = form.cleaned_data
    if {"type", "starts_on", "granted_on"} <= data.keys() and "last_day" in data:
        try:
            employer = data.get("employer", "")
            answer = moves.answer_for(case=case, terms=form.terms(), granted_on=data["granted_on"])
        except (BadFacts, ValueError, NotInForce) as refused:
            refusal = str(refused)
    return render(
        request,
        "referrals/offers/offer_form.html#answer",
        {"answer": answer, "refusal": refusal, "employer": employer, "is_known": not request.POST.get("employer")},
    )


def _show_terms(request: AppRequest, case: Case, form: OfferForm, **context: Any) -> HttpResponse:
    must_confirm = form.is_bound and form.data.get("is_confirmed") == "on"
    return case_views.show(
        request,
        case,
        template="referrals/offers/offer_form.html",
        form=form,
        purpose=Purpose.EFFORT,
        answer=None,
        refusal="",
        employer="",
        is_known=False,
        must_confirm=must_confirm,
        **context,
    )


# One offer


@require_safe
def follow(request: AppRequest, public_id: str) -> HttpResponse:
    """What was granted, whether it counts and why, how it went; the a-kasse reads along."""
    offer = _visible(request, public_id)
    return _show(
        request,
        offer,
        template="referrals/offers/offer.html",
        title=offer.get_type_display().capitalize(),
        may=presenters.moves_of(offer, user=request.user),
        why=presenters.why_of(offer),
        follow_ups=list(offer.follow_ups.select_related("recorded_by")),
        history=presenters.history_of(offer),
        today=clock.today(),
    )


@of_offer
def start(request: AppRequest, offer: Offer) -> HttpResponse:
    """Register that it has begun."""
    initial = {"version": offer.version, "first_day": min(offer.period.start, clock.today())}
    form = StartForm(case_views.typed(request), initial=initial)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            offer = services.start(offer_id=offer.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            return case_views.done(request, offer.case, f"Tilbuddet er begyndt. {_result(offer)}", to=offer)
    return _show(request, offer, form=form, title="Registrér start", submit="Registrér start", intro=f"{offer}.")


@of_offer
def end(request: AppRequest, offer: Offer) -> HttpResponse:
    """Register that it has ended."""
    last_day = offer.period.last_day
    initial = {"version": offer.version, "last_day": min(last_day, clock.today()) if last_day else clock.today()}
    form = EndForm(case_views.typed(request), initial=initial)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            offer = services.end(offer_id=offer.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            return case_views.done(request, offer.case, f"Tilbuddet er afsluttet. {_result(offer)}", to=offer)
    return _show(request, offer, form=form, title="Afslut tilbuddet", submit="Afslut", intro=f"{offer}.")


@of_offer
def cancel(request: AppRequest, offer: Offer) -> HttpResponse:
    """Cancel what has not begun."""

    def save(**typed: Any) -> str:
        services.cancel(offer_id=offer.pk, by=request.user, at=clock.now(), **typed)
        return "Tilbuddet er aflyst."

    return case_views.reason_page(
        request,
        offer.case,
        save=save,
        about=offer,
        purpose=Purpose.EFFORT,
        why="Hvorfor aflyses tilbuddet?",
        version=offer.version,
        title="Aflys tilbuddet",
        intro=f"{offer}.",
    )


@of_offer
def undo(request: AppRequest, offer: Offer) -> HttpResponse:
    """Take back a start or an end that was registered wrongly."""

    def save(**typed: Any) -> str:
        undone = services.undo(offer_id=offer.pk, by=request.user, at=clock.now(), **typed)
        return f"Tilbuddet er nu {undone.get_status_display()}."

    return case_views.reason_page(
        request,
        offer.case,
        save=save,
        about=offer,
        purpose=Purpose.EFFORT,
        why="Hvorfor føres tilbuddet et skridt tilbage?",
        version=offer.version,
        title="Før et skridt tilbage",
        submit="Før tilbage",
        intro=f"{offer} er {offer.get_status_display()}. Historikken beholder det og din begrundelse.",
    )


@of_offer
def follow_up(request: AppRequest, offer: Offer) -> HttpResponse:
    """Record that it was followed up, in the way the jobcenter has chosen."""
    municipality = offer.case.municipality
    form = FollowUpForm(case_views.typed(request), way=municipality.follow_up_way, today=clock.today())
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.follow_up(offer_id=offer.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            return case_views.done(request, offer.case, "Opfølgningen er registreret.", to=offer)
    return _show(
        request,
        offer,
        form=form,
        title="Registrér opfølgning",
        submit="Registrér",
        intro=municipality.follow_up_text or "Jeres jobcenter har ikke valgt en måde. Notatet kan udelades.",
    )


# What the pages share


def _result(offer: Offer) -> str:
    if offer.counts:
        return "Det tæller som ret- og pligttilbud."
    return f"Det tæller ikke som ret- og pligttilbud{' i tide' if offer.is_late else ''}."


def _show(request: AppRequest, offer: Offer, **page: Any) -> HttpResponse:
    page = {"cancel_url": offer.get_absolute_url(), **page}
    return case_views.show(request, offer.case, purpose=Purpose.EFFORT, offer=offer, **page)
