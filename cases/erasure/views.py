"""The page on which leaders decide what is erased, and the one on which a case is held back from it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.erasure import services
from cases.models import Case, Erasure, ErasureRun
from cases.request import AppRequest
from cases.rules.wording import counted
from cases.web import case_views

#: So many earlier ones are shown.
MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: AppRequest) -> HttpResponse:
    """How many cases are due, without a name: nothing is erased by looking. A press proposes them."""
    access.require(request.user, Permission.ERASE)
    today = clock.today()
    if request.method == "POST":
        with case_views.refusals_told(request):
            run = services.propose(by=request.user, at=clock.now(), today=today)
            cases = counted(run.erasures.count(), "sag", "sager")
            messages.success(request, f"Sletning af {cases} er foreslået. En anden teamleder skal godkende den.")
        return redirect("cases:erasure")
    own = Case.objects.visible_to(request.user)
    over = own.filter(services.due(today))
    due = services.to_propose(request.user, today=today).aggregate(
        all=Count("pk"), with_fund=Count("pk", filter=Q(fund__isnull=False)), people=Count("citizen", distinct=True)
    )
    runs = (
        ErasureRun.objects.visible_to(request.user)
        .select_related("proposed_by", "approved_by")
        .annotate(
            cases=Count("erasures"),
            erased=Count("erasures", filter=Q(erasures__erased_at__isnull=False)),
            kept=Count("erasures", filter=~Q(erasures__kept_because__in=("", services.ERASED))),
            is_taken_up=Exists(Erasure.objects.filter(run=OuterRef("pk"), kept_because=services.TAKEN_UP)),
            is_lapsed=Exists(Erasure.objects.filter(run=OuterRef("pk"), kept_because=services.LAPSED)),
        )
        # What is counted loses the order of its table.
        .order_by("-proposed_at", "-pk")
    )
    context = {
        "counted": due | {"without_fund": due["all"] - due["with_fund"]},
        "held": over.filter(services.held()).count(),
        "runs": runs[:MOST],
    }
    return render(request, "cases/erasure/erasure.html", context)


@require_POST
def approve(request: AppRequest, public_id: UUID) -> HttpResponse:
    """The second person says yes."""
    access.require(request.user, Permission.ERASE)
    run = get_object_or_404(ErasureRun.objects.visible_to(request.user), public_id=public_id)
    with case_views.refusals_told(request):
        services.approve(run_id=run.pk, by=request.user, at=clock.now())
        messages.success(request, "Sletningen er godkendt og bliver udført inden for en time.")
    return redirect("cases:erasure")


@require_POST
def withdraw(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Nobody has approved it yet, and it is taken back."""
    access.require(request.user, Permission.ERASE)
    run = get_object_or_404(ErasureRun.objects.visible_to(request.user), public_id=public_id)
    with case_views.refusals_told(request):
        services.withdraw(run_id=run.pk, by=request.user, at=clock.now())
        messages.success(request, "Forslaget er trukket tilbage.")
    return redirect("cases:erasure")


@case_views.of_case(Permission.ERASE, is_open=False)
def hold(request: AppRequest, case: Case) -> HttpResponse:
    """Hold a case back from being erased, with a reason; or no longer."""
    standing = case.holds.filter(lifted_at=None).first()

    def save(**typed: Any) -> str:
        change = services.lift if standing else services.hold
        change(case_id=case.pk, by=request.user, at=clock.now(), **typed)
        return "Sagen kan igen foreslås slettet, når dens tid er gået." if standing else "Sagen bliver bevaret."

    intro = (
        f"Sagen bliver bevaret siden den {standing.set_at:%d-%m-%Y}: {standing.reason}"
        if standing
        else "Så længe sagen bliver bevaret, slettes den ikke, heller ikke når sletningen er godkendt."
    )
    return case_views.reason_page(
        request, case, save=save, title="Bevar ikke længere" if standing else "Bevar sagen", intro=intro
    )
