"""The pages of one's own log-in: the second step, and what somebody logs in by. No citizen is shown."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import clock
from cases.accounts import drawing, factors, own_sessions, passkeys, proof, security_log
from cases.accounts.forms import AppForm, ChosenPasswordForm, KeyForm
from cases.accounts.invitations import TOKENS
from cases.accounts.login import LogInForm, end_sessions
from cases.models import AuthenticatorApp, SecurityEvent, SecurityKind, User
from cases.request import AppRequest, and_back_as_here, way_back
from cases.rules.wording import counted

_LAST = "Det er dit eneste andet trin. Sæt et nyt op, før du fjerner det."

#: What a line of one's own log-in is about.
_OWN_KINDS = (
    *(SecurityKind.LOGGED_IN, SecurityKind.PASSWORD_CHANGED, SecurityKind.LOG_IN_FAILED, SecurityKind.LOCKED_OUT),
    *(SecurityKind.FACTOR_FAILED, SecurityKind.FACTOR_PASSED, SecurityKind.FACTOR_CHANGED),
    *(SecurityKind.SESSION_ENDED, SecurityKind.INVITED),
)

takes_form = require_http_methods(["GET", "HEAD", "POST"])


class LogIn(LoginView):
    """As Django's; also who logs in once more in the same browser gets a new key, and the old one opens nothing."""

    authentication_form = LogInForm

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(provider=settings.PROVIDER, **more)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        self.request.session.flush()
        answer = super().form_valid(form)
        proof.begin(self.request, form.get_user())
        return answer


@method_decorator([login_not_required, takes_form], name="dispatch")
class Invited(PasswordResetConfirmView):
    """Choose one's password by a link. Its mark leaves the address before anything is shown."""

    form_class = ChosenPasswordForm
    token_generator = TOKENS
    template_name = "cases/accounts/invited.html"
    success_url = reverse_lazy("login")
    reset_url_token = "vaelg"

    def get_user(self, uidb64: str) -> User | None:
        return User.objects.select_related("organisation", "team").filter(public_id=uidb64, is_active=True).first()

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        end_sessions(form.user)
        security_log.note(SecurityKind.PASSWORD_CHANGED, self.request, user=form.user, detail="ved invitation")
        messages.success(self.request, "Din adgangskode er valgt. Log ind med den.")
        return answer

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        # A link that is used, too old or put together by hand is gone, whoever it was for.
        status = 422 if self.request.method == "POST" else 200
        return super().render_to_response(context, status=status if self.validlink else 410, **more)


@require_safe
def own_login(request: AppRequest) -> HttpResponse:
    """What one logs in by."""
    user = request.user
    context = {
        "app": AuthenticatorApp.objects.filter(user=user).first(),
        "keys": user.passkeys.order_by("made_at", "pk"),
        "may_have_keys": passkeys.are_possible(request),
        "sessions": own_sessions.of(request, user, at=clock.real()),
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "has_step": factors.has_any(user),
        "lately": SecurityEvent.objects.filter(user=user, kind__in=_OWN_KINDS).order_by("-pk")[:10],
    }
    return render(request, "cases/accounts/own_login.html", context)


@require_POST
def end_session(request: AppRequest) -> HttpResponse:
    """End one of one's other sessions, or all of them."""
    if _end(request, request.POST.get("mark", "")):
        messages.success(request, "Du er logget ud der. Kendte du det ikke, så skift din adgangskode.")
    else:
        messages.info(request, "Du var logget ud der i forvejen.")
    return redirect("own_login")


@takes_form
def app(request: AppRequest) -> HttpResponse:
    """Set up an app that shows codes; who had none before gets codes on paper with it."""
    user, at = request.user, clock.real()
    if refused := _not_yet(request):
        return refused
    form = AppForm(_posted(request))
    offered = factors.read_offer(request.POST.get("password_offer", ""), user, at=at)
    if form.is_bound and offered is None:
        form.add_error(
            None, "Billedet på skærmen var for gammelt. Fjern den nye konto i appen, og skan det nye billede."
        )
    elif offered and form.is_valid():
        try:
            code, has_proved = form.cleaned_data["one_time_password"], proof.is_step_fresh(request)
            is_first = factors.add_app(user, offered, code, has_proved=has_proved, at=at)
            return _set_up(request, "kodeapp", is_first=is_first)
        except factors.AskedOutside as too_late:
            return _not_any_more(request, too_late)
        except factors.WrongCode as wrong:
            form.show_refusal(wrong)
    offered = offered or factors.offer(user, at=at)
    context = {
        "form": form,
        "offered": offered,
        "picture": drawing.of(offered.address(user)),
        "is_first": proof.is_owed(request),
        "may_have_keys": passkeys.are_possible(request),
        "cancel_url": "" if proof.is_owed(request) else reverse("own_login"),
    }
    return render(request, "cases/accounts/app.html", context, status=422 if form.is_bound else 200)


@require_POST
def forget_app(request: AppRequest) -> HttpResponse:
    """Log in by the app no more."""
    if not request.user.passkeys.exists():
        messages.error(request, _LAST)
    else:
        factors.forget_app(request.user)
        security_log.note(SecurityKind.FACTOR_CHANGED, request, user=request.user, detail="kodeapp fjernet")
        messages.success(request, "Kodeappen er fjernet. Dens koder virker ikke mere.")
    return redirect("own_login")


@takes_form
def key(request: AppRequest) -> HttpResponse:
    """Let a device make a passkey; who had no second step before gets codes on paper with it."""
    if refused := _not_yet(request):
        return refused
    form = KeyForm(_posted(request))
    if form.is_bound and form.is_valid():
        answer, name = request.POST.get("credential", ""), form.cleaned_data["name"]
        has_proved = proof.is_step_fresh(request)
        try:
            is_first = passkeys.add(request, request.user, answer, name=name, has_proved=has_proved, at=clock.now())
            return _set_up(request, factors.PASSKEY, is_first=is_first)
        except factors.AskedOutside as too_late:
            return _not_any_more(request, too_late)
        except (passkeys.NoSuchKey, passkeys.TooManyKeys) as no_key:
            form.show_refusal(no_key)
    context = {
        "form": form,
        "options": passkeys.ask_for_new(request, request.user) if passkeys.are_possible(request) else "",
        "cancel_url": reverse("second_step_app") if proof.is_owed(request) else reverse("own_login"),
    }
    return render(request, "cases/accounts/key.html", context, status=422 if form.is_bound else 200)


@require_POST
def forget_key(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Log in by the key no more, unless it is the last second step."""
    one = get_object_or_404(request.user.passkeys, public_id=public_id)
    has_app = AuthenticatorApp.objects.filter(user=request.user).exists()
    if not has_app and not request.user.passkeys.exclude(pk=one.pk).exists():
        messages.error(request, _LAST)
    else:
        one.delete()
        security_log.note(SecurityKind.FACTOR_CHANGED, request, user=request.user, detail="adgangsnøgle fjernet")
        messages.success(request, f"Adgangsnøglen »{one.name}« er fjernet.")
    return redirect("own_login")


@require_POST
def recovery_codes(request: AppRequest) -> HttpResponse:
    """Give new codes on paper; the old ones hold no more."""
    if not factors.has_any(request.user):
        return redirect("own_login")
    return _with_new_codes(request, onward=reverse("own_login"))


def _not_yet(request: AppRequest) -> HttpResponse | None:
    """Who has a second step takes it before another is set up: a password alone adds nothing to it."""
    if proof.is_owed(request):
        has_one = factors.has_any(request.user)
        return redirect(and_back_as_here(request, reverse("second_step"))) if has_one else None
    return proof.ask_for_both(request)


def _not_any_more(request: AppRequest, too_late: factors.AskedOutside) -> HttpResponse:
    messages.error(request, str(too_late))
    return _not_yet(request) or redirect(request.get_full_path())


def _set_up(request: AppRequest, what: str, *, is_first: bool) -> HttpResponse:
    """What follows a new second step: the log-in goes on, and whoever has no codes on paper gets some.

    By the first one all other sessions of the user end: they have not taken it.
    """
    security_log.note(SecurityKind.FACTOR_CHANGED, request, user=request.user, detail=f"{what} sat op")
    was_owed = proof.is_owed(request)
    if is_first:
        if _end(request):
            messages.info(request, "Du er logget ud alle andre steder: der var det andet trin ikke brugt.")
        proof.passed(request, by=what)
    if was_owed:
        return _with_new_codes(request, onward=way_back(request, "/"))
    if not request.user.recovery_codes.filter(used_at=None).exists():
        return _with_new_codes(request, onward=reverse("own_login"))
    messages.success(request, f"Din {what} er sat op.")
    return redirect("own_login")


def _end(request: AppRequest, mark: str = "") -> int:
    ended = own_sessions.end(request, request.user, mark, at=clock.real())
    if ended:
        detail = counted(ended, "session", "sessioner")
        security_log.note(SecurityKind.SESSION_ENDED, request, user=request.user, detail=detail)
    return ended


def _with_new_codes(request: AppRequest, *, onward: str) -> HttpResponse:
    codes = factors.new_recovery_codes(request.user)
    security_log.note(SecurityKind.FACTOR_CHANGED, request, user=request.user, detail="nye genopretningskoder")
    file = "\r\n".join(["Samtaleflow: genopretningskoder. Hver virker én gang.", "", *codes, ""])
    return render(request, "cases/accounts/recovery_codes.html", {"codes": codes, "file": file, "onward": onward})


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
