"""The administration of organisations and users."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.models import Organisation, Role, Team, User
from cases.ui.admin_site import ForAdministrators, ModelAdmin, ModelForm, StackedInline, UserAdmin, UserCreationForm
from cases.ui.fields import PhoneField

admin.site.disable_action("delete_selected")


class TeamInline(ForAdministrators, StackedInline):
    model = Team
    extra = 1


class OrganisationForm(ModelForm):
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


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "role", "organisation", "team")


@admin.register(User)
class PeopleAdmin(ForAdministrators, UserAdmin):
    list_display = ("username", "full_name", "role", "organisation", "team", "is_active", "last_login")
    list_filter = ("role", "is_active", "organisation")
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = "Brugernavn, navn eller e-mail"
    list_select_related = ("organisation", "team")
    add_form = NewUserForm
    add_form_template = None
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Arbejde", {"fields": ("role", "organisation", "team", "video_room", "is_active")}),
        ("Brug", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Nobody shuts the door behind himself.
        return (*self.readonly_fields, *(("role", "is_active") if obj == request.user else ()))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = obj.role == Role.ADMINISTRATOR
        super().save_model(request, obj, form, change)
