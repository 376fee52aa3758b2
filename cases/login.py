"""Logging in: the form's Danish texts, the user in one query, and an expired session in the middle of a page."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from cases.fields import PlainErrors
from cases.models import User


class LogInForm(PlainErrors, AuthenticationForm):
    """Says the same of an unknown user and a wrong password."""

    error_messages = {
        "invalid_login": "Brugernavn eller adgangskode passer ikke. Se efter, om Caps Lock er slået til.",
        "inactive": "Brugernavn eller adgangskode passer ikke. Se efter, om Caps Lock er slået til.",
    }


class UserBackend(ModelBackend):
    """The user of a request with organisation and team, which every page asks for, in one query."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("organisation", "team").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class LoginRequired(LoginRequiredMiddleware):
    """As Django's; a part of a page is not answered with a log-in page inside it, but leaves the page."""

    def handle_no_permission(self, request: HttpRequest, view_func: object) -> HttpResponseBase:
        if request.headers.get("HX-Request"):
            login = redirect_to_login(request.headers.get("HX-Current-URL", "/"), self.get_login_url(view_func))
            return HttpResponse(headers={"HX-Redirect": login.url})
        return super().handle_no_permission(request, view_func)
