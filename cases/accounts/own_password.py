"""The page where whoever is logged in changes their own password, and must if another knows it. No citizen is shown."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse

from cases.accounts import security_log
from cases.accounts.forms import password_field
from cases.accounts.leading import DOORS, STEPS, lead_to
from cases.models import SecurityKind
from cases.request import user_of, way_back
from cases.ui.forms import PageForm


class OwnPasswordForm(PageForm, PasswordChangeForm):
    """The password of now, and the new one twice."""

    error_messages = {
        "password_incorrect": "Det er ikke din nuværende adgangskode. Se efter, om Caps Lock er slået til.",
        "password_same": "Den nye adgangskode er den samme som den nuværende. Vælg en anden.",
        "password_mismatch": "De to nye adgangskoder er ikke ens. Skriv den nye igen i begge felter.",
    }

    old_password = password_field("Nuværende adgangskode", "current-password")
    new_password1 = password_field("Ny adgangskode", "new-password", "Mindst 12 tegn, fx fire ord uden sammenhæng.")
    new_password2 = password_field("Den nye adgangskode igen", "new-password")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    def clean_old_password(self) -> str:
        """Ask as the log-in does: who guesses here is counted, noted and locked out too."""
        old: str = self.cleaned_data["old_password"]
        if authenticate(self._request, username=self.user.get_username(), password=old) is None:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old

    def clean_new_password1(self) -> str:
        new: str = self.cleaned_data["new_password1"]
        if new == self.cleaned_data.get("old_password"):
            raise forms.ValidationError(self.error_messages["password_same"], code="password_same")
        return new

    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """Say what is wrong with the new one where it was typed first."""
        super().validate_password_for_user(user, "new_password1")

    def save(self, commit: bool = True) -> Any:
        self.user.must_change_password = False
        return super().save(commit)


_ENDS_OTHERS = "Når du skifter adgangskode, bliver du logget ud alle andre steder, hvor du er logget ind."
_OF_ANOTHER = "Du har fået din adgangskode af en anden. Skift den til en, som kun du kender, og gå så videre."


class OwnPassword(PasswordChangeView):
    """Change it; this session goes on, and all others of the user end."""

    http_method_names = ["get", "head", "post"]
    form_class = OwnPasswordForm
    template_name = "cases/web/form.html"
    title = "Min adgangskode"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        is_given = user_of(self.request).must_change_password
        return super().get_context_data(
            intro=_OF_ANOTHER if is_given else _ENDS_OTHERS,
            submit="Skift adgangskode",
            # Before that there is no other page.
            cancel_url="" if is_given else self.get_success_url(),
            case=None,
            **more,
        )

    def get_success_url(self) -> str:
        return way_back(self.request, resolve_url(settings.LOGIN_REDIRECT_URL))

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        security_log.note(SecurityKind.PASSWORD_CHANGED, self.request, user=form.user)
        messages.success(self.request, "Din adgangskode er skiftet. Du er logget ud alle andre steder.")
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = 422
        return answer


def lead_to_own(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever got their password from another chooses their own before anything else, and goes on from there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        must_change = getattr(request.user, "must_change_password", False)
        # To change it they may have to prove who they are.
        passed = (*DOORS, *STEPS, "own_password", "prove_again")
        if not must_change or request.path in {reverse(name) for name in passed}:
            return get_response(request)
        return lead_to(request, "own_password")

    return middleware
