"""Log in by the organisation's own provider: out to it, and back with its answer. No citizen is shown."""

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import proof, provider, security_log
from cases.models import SecurityKind, User
from cases.request import way_back
from cases.rules.refusal import Refused

#: In the session, for as long as somebody is away at the provider.
_BEGUN = "provider_question"


@login_not_required
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Out to the provider; who is logged in proves there once more who they are."""
    if settings.PROVIDER is None:
        return redirect("login")
    question, is_again = provider.ask(), request.user.is_authenticated
    try:
        address = provider.address_of(question, answer_at=_answer_at(), is_again=is_again)
    except Refused as refused:
        return _refused(request, refused)
    back = way_back(request, reverse(settings.LOGIN_REDIRECT_URL))
    request.session[_BEGUN] = {"question": asdict(question), "back": back, "by": request.user.pk if is_again else None}
    return redirect(address)


@login_not_required
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Back from the provider: whoever it vouches for, and is one of ours, is logged in."""
    if settings.PROVIDER is None:
        return redirect("login")
    begun = request.session.pop(_BEGUN, None)
    if begun is None or begun["by"] != (request.user.pk if request.user.is_authenticated else None):
        return _refused(
            request, provider.NotBelieved("Du har ikke begyndt et log-ind her, eller det er brugt. Begynd forfra.")
        )
    is_again = begun["by"] is not None
    try:
        claims = provider.claims_of(
            request.GET,
            provider.Question(**begun["question"]),
            answer_at=_answer_at(),
            is_again=is_again,
            at=clock.real(),
        )
        user = provider.user_of(claims, at=clock.now())
        if is_again and user != request.user:
            raise provider.NobodyHere("Det er en anden end den, der er logget ind her. Log ud, og log ind igen.")
    except Refused as refused:
        return _refused(request, refused)
    if is_again:
        # As at the log-in: it has asked for as much as our two steps.
        steps = (proof.PASSWORD, proof.SECOND_STEP)
        proof.proved_again(request, by="organisationens log-ind", steps=steps)
    else:
        _log_in(request, user)
    return redirect(begun["back"])


def _log_in(request: HttpRequest, user: User) -> None:
    request.session.flush()
    login(request, user, backend="cases.login.UserBackend")
    # How sure the provider must be is asked of it, and it has been.
    proof.vouched_for(request)


def _answer_at() -> str:
    return f"{settings.SITE_URL}{reverse('provider_answer')}"


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    security_log.note(SecurityKind.PROVIDER_REFUSED, request, detail=type(refused).__name__)
    messages.error(request, str(refused))
    return render(request, "registration/provider_refused.html", status=403)
