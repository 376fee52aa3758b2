"""The pages on which somebody proves who they are: the second step, and once more before what matters. No citizen."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases import clock
from cases.accounts import factors, passkeys, proof, security_log
from cases.accounts.forms import CodeForm, ProofForm
from cases.models import SecurityKind
from cases.request import AppRequest, and_back_as_here, way_back

_WAIT = "Der er skrevet forkerte koder for mange gange. Vent et kvarter, og prøv igen."
_WRONG = (
    "Koden passer ikke. Skriv den, som appen viser nu; hver kode virker kun én gang. Se også efter, at telefonens ur "
    "er rigtigt."
)

takes_form = require_http_methods(["GET", "HEAD", "POST"])


@takes_form
def prove_again(request: AppRequest) -> HttpResponse:
    """Ask once more who it is, before what matters, by either step; who guesses is counted as at the log-in."""
    user = request.user
    if settings.PROVIDER is not None and not user.has_usable_password():
        return redirect(and_back_as_here(request, reverse("provider_begin")))
    answer = request.POST.get("credential")
    form = ProofForm(request.POST if request.method == "POST" and not answer else None)
    if answer:
        try:
            passkeys.prove(request, user, answer, at=clock.now())
            return _proved(request, factors.PASSKEY, proof.SECOND_STEP)
        except passkeys.NoSuchKey as refused:
            _note_wrong_key(request, refused)
    elif form.is_bound and form.is_valid():
        if authenticate(request, username=user.get_username(), password=form.cleaned_data["password"]) == user:
            return _proved(request, "adgangskode", proof.PASSWORD)
        form.add_error("password", "Det er ikke din adgangskode. Se efter, om Caps Lock er slået til.")
    provider_url = and_back_as_here(request, reverse("provider_begin")) if settings.PROVIDER is not None else ""
    context = {
        "form": form,
        # Where what is lacking is the password, a key has been asked for already.
        "options": "" if proof.is_step_fresh(request) else passkeys.ask_for_known(request, user),
        "provider": settings.PROVIDER,
        "provider_url": provider_url,
    }
    return render(request, "cases/accounts/prove_again.html", context, status=422 if request.method == "POST" else 200)


def _proved(request: AppRequest, by: str, step: str) -> HttpResponse:
    proof.proved_again(request, by=by, steps=[step])
    return _back(request)


def _back(request: AppRequest) -> HttpResponse:
    if proof.ONCE_MORE in request.GET:
        messages.success(request, "Tak. Gør det nu én gang til.")
    return redirect(way_back(request, "/"))


def _note_wrong_key(request: AppRequest, refused: passkeys.NoSuchKey) -> None:
    security_log.note(SecurityKind.FACTOR_FAILED, request, user=request.user, detail=factors.PASSKEY)
    messages.error(request, str(refused))


@takes_form
def second_step(request: AppRequest) -> HttpResponse:
    """Take the second step, at the log-in or once more before what guards the account; who has none sets one up.

    Once more only by who has typed the password lately: nobody else may use up the tries of its owner.
    """
    is_again = not proof.is_owed(request)
    if is_again and not proof.is_step_lacking(request):
        return redirect(way_back(request, "/"))
    if not factors.has_any(request.user):
        return redirect(and_back_as_here(request, reverse("second_step_app")))
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
    if answer := request.POST.get("credential"):
        try:
            passkeys.prove(request, request.user, answer, at=clock.now())
            return _go_on(request, factors.PASSKEY)
        except passkeys.NoSuchKey as refused:
            form = CodeForm(initial={})
            _note_wrong_key(request, refused)
    elif form.is_bound and form.is_valid():
        try:
            by = proof.try_code(request, form.cleaned_data["one_time_password"], at=clock.real(), now=clock.now())
            if by:
                return _go_on(request, by)
            form.add_error("one_time_password", _WRONG)
        except proof.TooManyCodes:
            form.add_error("one_time_password", _WAIT)
            status = 429
    context = {"form": form, "options": passkeys.ask_for_known(request, request.user), "is_again": is_again}
    page = render(request, "cases/accounts/second_step.html", context, status=status)
    if status == 429:
        page.headers["Retry-After"] = str(int(factors.WITHIN.total_seconds()))
    return page


def _go_on(request: AppRequest, by: str) -> HttpResponse:
    proof.passed(request, by=by)
    if by == "genopretningskode":
        left = request.user.recovery_codes.filter(used_at=None).count()
        messages.warning(
            request,
            f"Du brugte en genopretningskode; der er {left} tilbage. Har du mistet telefonen, så sæt en ny "
            "kodeapp op på »Mit log-ind«.",
        )
    return _back(request)
