"""The page on which a citizen gets another CPR number."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpResponse

from cases import clock
from cases.accounts.access import Permission
from cases.history import access_log
from cases.lookup import search as lookup_search
from cases.lookup import views as lookup_views
from cases.models import Case, Purpose
from cases.numbers import services
from cases.numbers.forms import SLIP, NumberForm
from cases.request import AppRequest
from cases.web import case_views

_INTRO = (
    "Skriv det nummer, der gælder nu. Har borgeren haft et andet nummer, findes borgeren stadig på det. Er det "
    "nuværende nummer tastet forkert, findes borgeren ikke mere på det. Numrene vises aldrig helt i historikken."
)


@case_views.of_case(Permission.EDIT_CASE, is_open=False)
def change(request: AppRequest, case: Case) -> HttpResponse:
    """Give the citizen another number; the answer may tell that somebody has it, as a search by CPR number does."""
    form = NumberForm(case_views.typed(request), initial={"version": case.version}, today=clock.today())
    form.standing = {"cpr_number": case.citizen.number_in_words}
    if form.is_bound and form.is_valid():
        at = clock.now()
        with lookup_search.in_turn(request.user):
            if wait := lookup_search.seconds_to_wait(request.user, at):
                form.add_error("cpr_number", lookup_views.TOO_MANY)
                return lookup_views.too_many(request, _page(request, case, form), wait)
            detail = f"{lookup_search.By.CPR}: skift af nummer"
            access_log.record(request, purpose=Purpose.OPERATION, cases=[case.pk], detail=detail)
        typed = form.cleaned_data
        with case_views.refusals_in(form), _way_to_join(form):
            services.change_number(
                case_id=case.pk,
                version=typed["version"],
                number=typed["cpr_number"],
                on=typed["on"],
                is_slip=typed["what"] == SLIP,
                reason=typed["reason"],
                by=request.user,
                at=at,
            )
            text = f"CPR-nummeret er gemt. {case_views.what_moved(case, at)}"
            return case_views.done(request, case, text, undo="cases.number_changed")
    return _page(request, case, form)


@contextmanager
def _way_to_join(form: NumberForm) -> Iterator[None]:
    """Let the page lead to joining the two records, where a number belongs to somebody whose case the user sees."""
    try:
        yield
    except services.NumberTaken as taken:
        form.other_case = taken.case
        raise


def _page(request: AppRequest, case: Case, form: NumberForm) -> HttpResponse:
    now = f"Borgerens nummer er nu {case.citizen.number_in_words}."
    return case_views.show(
        request,
        case,
        template="cases/numbers/change.html",
        form=form,
        title="Skift CPR-nummer",
        intro=f"{now} {_INTRO}",
        other_case=form.other_case,
    )
