"""The administration of the acts: a second person publishes what one has drafted; what is law is only read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from cases import clock
from cases.admin_site import ForAdministrators
from cases.fields import DateField
from cases.models import Act, ActValue
from cases.names import sort_key
from cases.rules.danish import listed
from cases.rules.facts import EXEMPTION_NAMES, PARTY_NAMES, PAUSE_NAMES
from cases.rules.parameters import ANCHOR_NAMES, REGISTRY, Anchor, CaseDates, Parameter
from cases.rules.rule_book import NotInForce, RuleBook, UnreadableText
from cases.services import law

#: Danish names of the codes that values are made of; the upper apps add theirs.
CODE_NAMES: dict[str, str] = {str(code): name for code, name in (PAUSE_NAMES | EXEMPTION_NAMES | PARTY_NAMES).items()}


@dataclass(frozen=True)
class Selection:
    """A few parameters that have a page of their own."""

    title: str
    about: str
    parameters: Sequence[Parameter]


#: By the name in the address; the upper apps add theirs.
SELECTIONS: dict[str, Selection] = {}


def in_words(value: Any) -> str:
    """A value of an act as people say it."""
    if value is None:
        return "ingen værdi"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, frozenset):
        return listed(sorted(_code(one) for one in value)) if value else "ingen"
    return _code(value)


def _code(value: object) -> str:
    return CODE_NAMES.get(str(value), str(value))


def decided_by(parameter: Parameter) -> str:
    """The date of a case that decides which act gives the value."""
    return parameter.event_is if parameter.anchor == Anchor.EVENT else ANCHOR_NAMES[parameter.anchor]


def _how_to_write(parameter: Parameter) -> str:
    allowed = f": {', '.join(parameter.read.allowed)}" if parameter.read.allowed else ""
    empty = "; må være tom" if parameter.optional else ""
    written = f"Skrives som {parameter.read.name}{allowed}{empty}."
    return f"{parameter.description}. {written} Afgøres af {decided_by(parameter)}."


def _keys() -> list[tuple[str, str]]:
    named = sorted(REGISTRY.values(), key=lambda parameter: sort_key(parameter.description))
    return [("", "Vælg en regelværdi"), *((one.key, f"{one.description} ({one.key})") for one in named)]


# A draft: everything can be changed


class ValueForm(forms.ModelForm):
    key = forms.ChoiceField(label="Regelværdi")

    class Meta:
        model = ActValue
        fields = ("key", "text", "legal_basis", "certainty", "note")
        widgets = {"text": forms.TextInput, "note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = self.fields["key"]
        assert isinstance(key, forms.ChoiceField)
        key.choices = _keys()
        parameter = REGISTRY.get(self.instance.key)
        if parameter is not None:
            key.help_text = _how_to_write(parameter)
        else:
            self.fields["text"].help_text = "Et tal, true eller false, eller koder med komma imellem. Tom: ingen værdi."


class DraftValues(ForAdministrators, admin.StackedInline):
    model = ActValue
    form = ValueForm
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


# A published act: a page to read


class PublishedRows(ForAdministrators, admin.TabularInline):
    """Rows of a published act, as people read them."""

    template = "admin/cases/act/rows.html"
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PublishedValues(PublishedRows):
    model = ActValue
    fields = readonly_fields = ("meaning", "value", "decided_by", "legal_basis", "certainty", "note")

    @admin.display(description="regelværdi")
    def meaning(self, value: ActValue) -> str:
        parameter = REGISTRY.get(value.key)
        return format_html("{}<br><code>{}</code>", parameter.description if parameter else "", value.key)

    @admin.display(description="værdi")
    def value(self, value: ActValue) -> str:
        parameter = REGISTRY.get(value.key)
        return in_words(parameter.value_of(value.text)) if parameter else value.text

    @admin.display(description="afgøres af")
    def decided_by(self, value: ActValue) -> str:
        parameter = REGISTRY.get(value.key)
        return decided_by(parameter) if parameter else "–"


class PublishForm(forms.Form):
    reason = forms.CharField(
        label="Begrundelse",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Hvorfor offentliggøres loven, og hvem har kontrolleret værdierne? Begrundelsen kan læses for altid.",
    )
    is_far_date_confirmed = forms.BooleanField(label="Datoen langt ude i fremtiden er rigtig", required=False)


class DayForm(forms.Form):
    dag = DateField(label="Dag", required=False)


class Panel(NamedTuple):
    """What an upper app shows on the pages of an act; the template finds its context as `panel`."""

    template: str
    context: dict[str, Any]


class ActPage(NamedTuple):
    """A page that an upper app adds under the acts; its view is called with the ActAdmin before the request."""

    route: str
    view: Callable[..., HttpResponse]
    name: str


class ActAdmin(ForAdministrators, admin.ModelAdmin):
    list_display = ("title", "in_force", "status", "number_of_values", "drafted_by", "published_by")
    list_filter = ("status",)
    list_select_related = ("drafted_by", "published_by")
    search_fields = ("title", "reference", "slug")
    search_help_text = "Titel, henvisning eller kort navn"

    #: What hangs on an act; the upper apps add theirs.
    draft_inlines: list[type[admin.options.InlineModelAdmin]] = [DraftValues]
    published_inlines: list[type[admin.options.InlineModelAdmin]] = [PublishedValues]

    #: What stands above the form of an act, and before the button on the pages that publish and withdraw it.
    panels: list[Callable[[HttpRequest, Act], Panel | None]] = []

    #: Pages of the upper apps; a route begins after »cases/act/«.
    more_urls: list[ActPage] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Act]:
        return super().get_queryset(request).annotate(values_in_it=Count("values"))

    @admin.display(description="i kraft fra", ordering="in_force_on")
    def in_force(self, act: Act) -> str:
        far = law.is_far_ahead(act, today=clock.today())
        return f"{act.in_force_on:%d-%m-%Y}{' (langt ude i fremtiden)' if far else ''}"

    @admin.display(description="regelværdier", ordering="values_in_it")
    def number_of_values(self, act: Act) -> int:
        return act.values_in_it  # type: ignore[attr-defined]

    # Which fields, and who may change them

    def get_fieldsets(self, request: HttpRequest, obj: Act | None = None) -> list[tuple[str | None, dict[str, Any]]]:
        told = ["title", "reference", "in_force_on", "source_url", "note"]
        if obj is None:
            return [(None, {"fields": told})]
        state = ["slug", "status", "drafted_by"]
        if not obj.is_draft:
            state += ["published_by", "published_at", "publish_reason"]
        return [(None, {"fields": told}), ("Status", {"fields": state})]

    def get_readonly_fields(self, request: HttpRequest, obj: Act | None = None) -> tuple[str, ...]:
        return ("slug", "status", "drafted_by", "published_by", "published_at", "publish_reason")

    def get_inlines(self, request: HttpRequest, obj: Act | None) -> Sequence[type[admin.options.InlineModelAdmin]]:
        if obj is None or obj.is_draft:
            return self.draft_inlines
        return [inline for inline in self.published_inlines if inline.model.objects.filter(act=obj).exists()]

    def has_change_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return self.has_change_permission(request, obj) and obj is not None

    def save_model(self, request: HttpRequest, obj: Act, form: Any, change: bool) -> None:
        # Whoever changed it last has written it: a second person reads that change, too.
        obj.drafted_by = request.user
        obj.slug = obj.slug or law.free_slug(obj)
        super().save_model(request, obj, form, change)

    # Pages of its own

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("vaerdier/", self.admin_site.admin_view(self.values_view), name="cases_act_values"),
            path("vaerdier/<slug:name>/", self.admin_site.admin_view(self.values_view), name="cases_act_selection"),
            path("ret/", self.admin_site.admin_view(self.correct_view), name="cases_act_correct"),
            path(
                "<int:act_id>/offentliggoer/", self.admin_site.admin_view(self.publish_view), name="cases_act_publish"
            ),
        ]
        more = [
            path(page.route, self.admin_site.admin_view(partial(page.view, self)), name=page.name)
            for page in self.more_urls
        ]
        return own + more + super().get_urls()

    def publish_view(self, request: HttpRequest, act_id: int) -> HttpResponse:
        """A second person reads what a draft changes, and makes it law."""
        act = get_object_or_404(self.get_queryset(request), pk=act_id)
        form = PublishForm(request.POST or None)
        if not law.is_far_ahead(act, today=clock.today()):
            del form.fields["is_far_date_confirmed"]
        if request.method == "POST" and form.is_valid():
            try:
                law.publish(
                    act_id=act.pk,
                    reason=form.cleaned_data["reason"],
                    is_far_date_confirmed=form.cleaned_data.get("is_far_date_confirmed", False),
                    by=request.user,
                    at=clock.now(),
                )
            except law.Refused as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, act, f"Offentliggjort: {form.cleaned_data['reason']}")
                messages.success(request, f"»{act}« er offentliggjort og gælder fra {act.in_force_on:%d-%m-%Y}.")
                return redirect("admin:cases_act_change", act.pk)
        context = {
            "title": f"Offentliggør »{act}«",
            "act": act,
            "form": form,
            "changes": _changes(act),
            "is_own": act.drafted_by_id == request.user.pk,
            "panels": self.panels_of(request, act),
        }
        return self.page(request, "admin/cases/act/publish.html", context, status=422 if form.errors else 200)

    def values_view(self, request: HttpRequest, name: str = "") -> HttpResponse:
        """What the law says on a day, value by value."""
        if name and name not in SELECTIONS:
            raise Http404
        form = DayForm(request.GET or None)
        typed = form.cleaned_data["dag"] if form.is_bound and form.is_valid() else None
        day = typed or clock.today()
        selection = SELECTIONS.get(name)
        parameters = selection.parameters if selection else [REGISTRY[key] for key in sorted(REGISTRY)]
        context = {
            "title": selection.title if selection else "Regelværdier i kraft",
            "about": selection.about if selection else "Alle værdier, som en regel læser, og den lov, de kommer fra.",
            "form": form,
            "day": day,
            "rows": list(_rows(parameters, day=day, book=Act.objects.rule_book())),
        }
        return self.page(request, "admin/cases/act/values.html", context, status=422 if form.errors else 200)

    def correct_view(self, request: HttpRequest) -> HttpResponse:
        """Start a draft that corrects one value, or a whole act with the same day in force."""
        if request.method != "POST":
            return redirect("admin:cases_act_changelist")
        key, old = request.POST.get("key", ""), Act.objects.filter(pk=request.POST.get("act") or 0).first()
        try:
            if old is None:
                parameter = REGISTRY[key]
                source = law.value_in_force(key=key, on=clock.today())
                title, reference, day = f"Ændring: {parameter.description}", source.act.reference, clock.today()
            else:
                title, reference, day = f"Rettelse af »{old.title}«", old.reference, old.in_force_on
            draft = law.create_draft(
                title=title[:200], reference=reference, in_force_on=day, corrects=key, by=request.user
            )
        except KeyError:
            raise Http404 from None
        self.log_addition(request, draft, "Kladde begyndt")
        messages.info(
            request, "En ny kladde er begyndt. Ret værdierne, og gem. En anden administrator offentliggør den."
        )
        return redirect("admin:cases_act_change", draft.pk)

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page of the administration that is not a form of the admin's own; also for those of the upper apps."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, context, status=status)

    def panels_of(self, request: HttpRequest, act: Act) -> list[Panel]:
        return [panel for show in self.panels if (panel := show(request, act)) is not None]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        act = self.get_object(request, object_id)
        own = {
            "act": act,
            "correct_url": reverse("admin:cases_act_correct"),
            "panels": self.panels_of(request, act) if act else [],
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **own})


@dataclass(frozen=True)
class ValueRow:
    """One parameter on a day: its value and where it comes from, or why it has none."""

    parameter: Parameter
    decided_by: str
    value: str = ""
    act: Act | None = None
    legal_basis: str = ""
    error: str = ""


def _rows(parameters: Iterable[Parameter], *, day: date, book: RuleBook) -> Iterable[ValueRow]:
    dates = CaseDates(course_start=day, event=day, decision=day, payout=day)
    acts = {act.slug: act for act in Act.objects.published()}
    for parameter in parameters:
        try:
            found = book.in_force(parameter, dates)
        except (NotInForce, UnreadableText) as error:
            yield ValueRow(parameter, decided_by(parameter), error=str(error))
        else:
            yield ValueRow(
                parameter,
                decided_by(parameter),
                value=in_words(found.value),
                act=acts[found.act.slug],
                legal_basis=found.legal_basis,
            )


@dataclass(frozen=True)
class Change:
    """What a draft does to one parameter from its day in force."""

    parameter: Parameter | None
    value: ActValue
    before: str
    after: str


def _changes(act: Act) -> list[Change]:
    book = Act.objects.rule_book()
    values = [(value, REGISTRY.get(value.key)) for value in act.values.all()]
    before = {
        row.parameter.key: row.value or "ingen"
        for row in _rows([parameter for _, parameter in values if parameter], day=act.in_force_on, book=book)
    }
    return [
        Change(parameter, value, before=before.get(value.key, ""), after=_after(parameter, value))
        for value, parameter in values
    ]


def _after(parameter: Parameter | None, value: ActValue) -> str:
    try:
        return in_words(parameter.value_of(value.text)) if parameter else value.text
    except UnreadableText:
        return value.text
