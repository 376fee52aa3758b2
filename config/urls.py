from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from cases.accounts import proof_views, provider_views
from cases.accounts import views as accounts
from cases.accounts.own_password import OwnPassword
from cases.operation import views as operation_views
from cases.urls import duty_urlpatterns, law_urlpatterns
from config import gallery

admin.autodiscover()

urlpatterns = [
    path("", include("meetings.urls")),
    path("sager/", include("cases.urls")),
    path("", include("referrals.urls")),
    path("kommunens-opgaver/", include((duty_urlpatterns, "duties"))),
    path("regler/", include((law_urlpatterns, "law"))),
    path("log-ind/", accounts.LogIn.as_view(), name="login"),
    path("invitation/<uuid:uidb64>/<str:token>/", accounts.Invited.as_view(), name="invited"),
    path("log-ind/organisation/", provider_views.begin, name="provider_begin"),
    path("log-ind/organisation/svar/", provider_views.answer, name="provider_answer"),
    path("log-ud/", login_not_required(auth.LogoutView.as_view()), name="logout"),
    path("min-adgangskode/", OwnPassword.as_view(), name="own_password"),
    path("mit-log-ind/", accounts.own_login, name="own_login"),
    path("mit-log-ind/log-ud-der/", accounts.end_session, name="end_session"),
    path("bekraeft/", proof_views.prove_again, name="prove_again"),
    path("andet-trin/", proof_views.second_step, name="second_step"),
    path("andet-trin/kodeapp/", accounts.app, name="second_step_app"),
    path("andet-trin/kodeapp/fjern/", accounts.forget_app, name="second_step_app_forget"),
    path("andet-trin/adgangsnoegle/", accounts.key, name="second_step_key"),
    path("andet-trin/adgangsnoegle/<uuid:public_id>/fjern/", accounts.forget_key, name="second_step_key_forget"),
    path("andet-trin/genopretningskoder/", accounts.recovery_codes, name="recovery_codes"),
    path("live", operation_views.live, name="live"),
    path("ready", operation_views.ready, name="ready"),
    path("administration/", admin.site.urls),
]

if not settings.IS_PRODUCTION:
    urlpatterns.append(path("komponenter/", gallery.components, name="components"))

if settings.DEVELOPER_ADDRESSES:
    handler500 = "config.development.error_page"

if settings.HAS_DEBUG_TOOLBAR:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
