"""The administration of organisations and users."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from cases import clock, seam
from cases.accounts import factors, invitations, proof
from cases.accounts.login import end_sessions
from cases.models import Organisation, ProviderIdentity, Role, Team, User
from cases.request import user_of
from cases.rules.wording import listed
from cases.ui.admin_site import (
    ForAdministrators,
    GuardedForm,
    ModelAdmin,
    StackedInline,
    UserAdmin,
    UserChangeForm,
)
from cases.ui.fields import PhoneField
from cases.ui.forms import ChosenSome

admin.site.disable_action("delete_selected")


class TeamInline(ForAdministrators, StackedInline):
    model = Team
    form = GuardedForm
    extra = 1


class OrganisationForm(GuardedForm):
    phone = PhoneField()


@admin.register(Organisation)
class OrganisationAdmin(ForAdministrators, ModelAdmin):
    form = OrganisationForm
    list_display = ("name", "kind", "code", "cvr", "phone_shown")
    list_filter = ("kind",)
    search_fields = ("name", "cvr", "code")
    search_help_text = "Navn, CVR-nummer, kommunekode eller a-kassenummer"
    inlines = (TeamInline,)
    fieldsets = (
        (None, {"fields": ("kind", "name", "cvr", "code")}),
        ("Kontakt", {"fields": ("phone", "email", "meeting_place", "video_room", "opens_at", "closes_at")}),
        ("Opfølgning på indsatser", {"fields": ("follow_up_way", "follow_up_note")}),
    )

    @admin.display(description="telefon")
    def phone_shown(self, organisation: Organisation) -> str:
        return organisation.phone_text


class NewUserForm(GuardedForm):
    """Who somebody is and works for; their password they choose themselves."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "role", "organisation", "team")


class UserForm(GuardedForm, UserChangeForm):
    """Who somebody is and works for; whoever stops working here gives away what they have first."""

    # Nothing of a stored password is worth showing.
    password = None  # type: ignore[assignment]  # Django's way to leave out a field
    receivers = ChosenSome(
        User.objects.none(),
        required=False,
        label="Hvem overtager?",
        help_text="Når brugeren gøres inaktiv: de kolleger, der deler sager, bookede samtaler og opgaver.",
        error_messages={"invalid_choice": "En af de valgte arbejder her ikke mere. Vælg igen."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaver, field = self.instance, self.fields.get("receivers")
        if isinstance(field, ChosenSome):
            colleagues = User.objects.filter(organisation=leaver.organisation_id, is_active=True).exclude(pk=leaver.pk)
            field.offer(colleagues.exclude(organisation=None).exclude(role=Role.ADMINISTRATOR))

    @property
    def is_leaving(self) -> bool:
        return "is_active" in self.changed_data and not self.cleaned_data.get("is_active")

    def _require_nothing_left_behind(self) -> None:
        """Refuse another organisation, or a role without cases, while colleagues must take something over."""
        leaver, role = User.objects.get(pk=self.instance.pk), self.cleaned_data.get("role", self.instance.role)
        is_moving = "organisation" in self.changed_data and leaver.organisation is not None
        is_promoted = role == Role.ADMINISTRATOR != leaver.role
        given = [duty.text for duty in seam.duties_of(leaver, at=clock.now()) if duty.is_handed_over]
        if given and (is_moving or is_promoted):
            self.add_error(
                "organisation" if is_moving else "role",
                f"{leaver} har {listed(given)} hos {leaver.organisation}. Gør først brugeren inaktiv, og vælg, hvem "
                "der overtager. Ret derefter brugeren.",
            )

    def clean(self) -> Any:
        cleaned = super().clean()
        self._require_nothing_left_behind()
        if self.is_leaving and not self.cleaned_data.get("receivers"):
            duties = seam.duties_of(self.instance, at=clock.now())
            given = [duty.text for duty in duties if duty.is_handed_over]
            kept = [duty.text for duty in duties if not duty.is_handed_over]
            if given:
                lost = f" Kan ikke gives videre og forsvinder ikke: {listed(kept)}." if kept else ""
                name = self.instance.get_full_name()
                text = f"{name} har {listed(given)}. Vælg, hvem der overtager, og gem igen.{lost}"
                self.add_error("receivers", text)
        return cleaned


@admin.register(User)
class PeopleAdmin(ForAdministrators, UserAdmin):
    form = UserForm
    list_display = ("username", "full_name", "role", "organisation", "team", "is_active", "last_login")
    list_filter = ("role", "is_active", "organisation")
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = "Brugernavn, navn eller e-mail"
    list_select_related = ("organisation", "team")
    add_form = NewUserForm
    add_form_template = None
    filter_horizontal = ()
    readonly_fields = ("password_page", "step_page", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password_page", "step_page")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Arbejde", {"fields": ("role", "organisation", "team", "video_room", "is_active", "receivers")}),
        ("Brug", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username",)}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Arbejde", {"fields": ("role", "organisation", "team")}),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "team":
            # Many offices have a team of the same name.
            field.queryset = Team.objects.select_related("organisation").order_by("organisation__name", "name")
            field.label_from_instance = lambda team: f"{team.organisation}: {team}"
        return field

    @admin.display(description="navn", ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="adgangskode")
    def password_page(self, user: User) -> str:
        return format_html(
            '<a href="{}">Giv et link til at vælge en ny</a>', reverse("admin:cases_user_invite", args=[user.pk])
        )

    @admin.display(description="andet trin")
    def step_page(self, user: User) -> str:
        if not factors.has_any(user) and not ProviderIdentity.objects.filter(user=user).exists():
            return "Ikke sat op"
        return format_html('<a href="{}">Nulstil andet trin</a>', reverse("admin:cases_user_step", args=[user.pk]))

    def get_urls(self) -> list[URLPattern]:
        step = path("<int:object_id>/andet-trin/", self.admin_site.admin_view(self.reset_step), name="cases_user_step")
        link = path("<int:object_id>/link/", self.admin_site.admin_view(self.invite), name="cases_user_invite")
        return [step, link, *super().get_urls()]

    def reset_step(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let somebody who lost telephone, keys and paper begin anew."""
        person = get_object_or_404(User, pk=object_id)
        if person == request.user:
            return redirect("own_login")
        if request.method == "POST":
            proof.begin_anew(person, request, by=str(request.user))
            self.log_change(request, person, "Andet trin nulstillet")
            messages.success(request, f"{person} sætter et nyt andet trin op ved næste log ind.")
            return redirect("admin:cases_user_change", object_id)
        context = {**self.admin_site.each_context(request), "title": "Nulstil andet trin", "original": person}
        return TemplateResponse(request, "admin/cases/second_step.html", context)

    def invite(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give somebody a link by which they choose their password: by mail to themselves, or shown this once."""
        person = get_object_or_404(User, pk=object_id, is_active=True)
        if person == request.user:
            return redirect("own_password")
        context = {
            **self.admin_site.each_context(request),
            "title": "Link til adgangskode",
            "original": person,
            "days": invitations.days(),
        }
        if request.method == "POST":
            link = invitations.invite(person, request, by=str(request.user))
            self.log_change(request, person, "Link til adgangskode givet")
            is_sent = bool(person.email) and "mail" in request.POST and invitations.send(person, link)
            if is_sent:
                messages.success(request, f"Linket er sendt til {person.email}.")
                return redirect("admin:cases_user_change", object_id)
            context |= {"link": link, "is_not_sent": "mail" in request.POST}
        return TemplateResponse(request, "admin/cases/invite.html", context)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """No password is typed for another."""
        return redirect("admin:cases_user_invite", id)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """On to the link, without which nobody new logs in."""
        messages.success(request, f"{obj} er oprettet.")
        return redirect("admin:cases_user_invite", obj.pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Nobody shuts the door behind himself.
        return (*self.readonly_fields, *(("role", "is_active") if obj == request.user else ()))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = obj.role == Role.ADMINISTRATOR
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and form.is_leaving:
            end_sessions(obj)
        if change and form.is_leaving and form.cleaned_data["receivers"]:
            receivers = list(form.cleaned_data["receivers"])
            seam.hand_over(obj, receivers=receivers, by=user_of(request), at=clock.now())
            names = listed(str(one) for one in receivers)
            messages.success(request, f"Det, {obj} havde, gives til {names}. De får besked, når det er gjort.")
