"""How an act is drafted: from nothing or from another act, and value by value with the widget that fits each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cases.law import services as law_services
from cases.law.admin.comparison import label_of
from cases.law.admin.pages import ActPages
from cases.law.admin.value_fields import NOT_SET, field_for, is_number
from cases.law.reading import Row, rows_on
from cases.law.wording import by_subject
from cases.models import Act, ActValue, User
from cases.models.law import RunningCourses
from cases.request import AppRequest, user_of
from cases.rules.declaring import REGISTRY, Unit, UnreadableText
from cases.rules.refusal import Refused
from cases.rules.wording import day_text
from cases.ui.admin_site import ForAdministrators, InlineFormSet, ModelForm, StackedInline
from cases.ui.fields import DateField, PlainErrors, PlainTextField

RUNNING_COURSES = [
    (
        RunningCourses.KEEP,
        "Løbende forløb beholder deres regler: loven gælder for forløb, der begynder på dagen eller senere.",
    ),
    (
        RunningCourses.MOVE,
        "Løbende forløb flytter: fra dagen følger også forløb, der er begyndt før, denne lov. Det, der er faldet før, "
        "står ved magt.",
    ),
]
RUNNING_COURSES_HELP = (
    "Gælder kun regler, som forløbets start afgør, og tabellen over samtaler. Alle andre regler gælder fra dagen."
)


#: More than this of a unit is a slip of the keys; no plan could be made by it.
MOST = {
    Unit.PERCENT: 100,
    Unit.YEARS: 120,
    Unit.MONTHS: 120,
    Unit.WEEKS: 520,
    Unit.DAYS: 3650,
    Unit.WORKDAYS: 2500,
    Unit.MEETINGS: 60,
}


def running_courses_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Løbende forløb",
        choices=RUNNING_COURSES,
        initial=RunningCourses.KEEP,
        widget=forms.RadioSelect,
        help_text=RUNNING_COURSES_HELP,
        error_messages={"required": "Vælg, hvad der sker med løbende forløb."},
    )


class StartForm(PlainErrors, forms.Form):
    """A new act: from nothing, or as a copy."""

    copy_of = forms.ModelChoiceField(
        label="Begynd med en kopi af",
        queryset=Act.objects.none(),
        required=False,
        empty_label="Ingen: begynd med en tom kladde",
        help_text="Værdier og tabel kopieres, så du kun retter det, der er anderledes.",
    )
    title = PlainTextField(label="Titel", max_length=200, help_text="Fx »Mere fleksibelt kontaktforløb«")
    reference = PlainTextField(label="Henvisning", max_length=200, help_text="Fx »Lov nr. 1750 af 29. december 2025«")
    in_force_on = DateField(label="I kraft fra", help_text="Den første dag, loven gælder, fx 01-12-2026")
    running_courses = running_courses_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["copy_of"]
        field.queryset = Act.objects.select_related("withdrawal")
        field.label_from_instance = label_of


def start(act_admin: ActPages, request: HttpRequest) -> HttpResponse:
    """The first page of a new act."""
    if not act_admin.has_add_permission(request):
        raise PermissionDenied
    form = StartForm(request.POST or None, initial={"copy_of": request.GET.get("copy_of")})
    if request.method == "POST" and form.is_valid():
        draft = law_services.create_draft(**form.cleaned_data, by=user_of(request))
        act_admin.log_addition(request, draft, "Kladde begyndt")
        messages.success(request, f"Kladden »{draft}« er begyndt. Den har ingen virkning, før den er offentliggjort.")
        return redirect("admin:cases_act_change", draft.pk)
    context = {"title": "Start en ny lov", "form": form}
    return act_admin.page(request, "admin/cases/act/start.html", context, status=422 if form.errors else 200)


class DraftForm(ModelForm):
    """What a draft says of itself."""

    in_force_on = DateField(label="I kraft fra", help_text="Den første dag, loven gælder, fx 01-12-2026")
    running_courses = running_courses_field()
    # What the draft was when the page was opened; it stays so while the form is put right.
    as_read = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Act
        fields = ("title", "reference", "in_force_on", "running_courses", "is_adopted", "source_url", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "is_adopted": "Så ser alle, hvornår loven gælder fra, og at den ikke er bekræftet her. Uden kryds er "
            "kladden en skitse, som kun administratorer ser."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The picker writes the day as the browser's language has it; here it is in words.
        self.fields[
            "in_force_on"
        ].help_text = f"Den første dag, loven gælder. Gemt: {day_text(self.instance.in_force_on)}"
        if not self.is_bound:
            self.initial["as_read"] = law_services.fingerprint_of(self.instance)

    @property
    def holds_changes(self) -> bool:
        """Whether anything was changed since the page was opened."""
        return bool(set(self.changed_data) - {"as_read"})

    def clean(self) -> dict[str, Any]:
        # The admin saves the form in the transaction that reads it.
        try:
            law_services.hold_draft(act_id=self.instance.pk, as_read=self.cleaned_data.get("as_read", ""))
        except Refused as error:
            raise forms.ValidationError(str(error)) from None
        return self.cleaned_data


class ValueForm(ModelForm):
    """Asks what a draft says of one value; which value it is cannot be changed."""

    class Meta:
        model = ActValue
        fields = ("text", "legal_basis", "certainty", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.text or ""
        # What somebody else has removed has no row; what was typed of it stays.
        self.code = self.instance.key or self.data.get(self.add_prefix("key"), "")
        self.fields["key"] = forms.CharField(disabled=True, initial=self.code, widget=forms.HiddenInput)
        self.parameter = REGISTRY.get(self.code)
        self.present: Row | None = None
        self.unreadable = ""
        # A draft may be saved before it is finished; what is missing stops it from becoming law.
        self.fields["legal_basis"].required = False
        self.fields["legal_basis"].help_text = "Fx »LAB § 31, stk. 1«. Skal stå her før offentliggørelsen"
        self.fields["certainty"].help_text = "aftale, lov, svag eller ubekræftet"
        if self.parameter is None:
            self.fields["text"].disabled = True
            return
        self.fields["text"] = field_for(self.parameter, stored)
        if is_number(self.parameter) and self.parameter.optional:
            self.fields["nothing"] = forms.BooleanField(
                label="Ingen værdi: reglen gælder ikke", required=False, initial=not stored
            )
        try:
            self.parameter.value_of(stored)
        except UnreadableText:
            self.unreadable = stored

    @property
    def is_removed(self) -> bool:
        return "text" in self.fields and self["text"].data == NOT_SET

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if self.parameter is None or not is_number(self.parameter):
            return text
        if self.parameter.optional:
            # The box comes later in the form, so that what was sent is read.
            nothing = self.fields["nothing"].clean(self["nothing"].data)
            if nothing and text:
                raise forms.ValidationError("Skriv et tal, eller sæt kryds ved »Ingen værdi«, ikke begge.")
            if not nothing and not text:
                raise forms.ValidationError("Skriv et tal, eller sæt kryds ved »Ingen værdi«.")
        elif not text:
            raise forms.ValidationError("Skriv et tal.")
        most = MOST.get(self.parameter.unit) if self.parameter.unit else None
        if most is not None and text.isdecimal() and int(text) > most:
            raise forms.ValidationError("Skriv en procent fra 0 til 100." if most == 100 else f"Skriv højst {most}.")
        return text


class ValueFormSet(InlineFormSet):
    """The values of a draft, each beside what holds without it."""

    initial_forms: list[ValueForm]

    @cached_property
    def present(self) -> dict[str, Row]:
        named = [form.parameter for form in self.initial_forms if form.parameter is not None]
        return {row.parameter.key: row for row in present_rows(self.instance, named)}

    def subjects(self) -> list[tuple[str, list[ValueForm]]]:
        """The forms in the order in which people read the values."""
        by_key = {form.code: form for form in self.initial_forms}
        for key, form in by_key.items():
            form.present = self.present.get(key)
        found = [
            (title, [by_key.pop(one.key) for one in parameters if one.key in by_key])
            for title, parameters in by_subject()
        ]
        return [(title, forms_) for title, forms_ in [*found, ("Ukendt", list(by_key.values()))] if forms_]

    def _should_delete_form(self, form: Any) -> bool:
        return bool(form.is_removed or super()._should_delete_form(form))  # type: ignore[misc]  # not in the stubs


def present_rows(act: Act, parameters: Any) -> Any:
    """What holds on the act's day without it."""
    return rows_on(parameters, day=act.in_force_on, book=Act.objects.rule_book(without=act.slug))


class DraftValues(ForAdministrators, StackedInline):
    model = ActValue
    form = ValueForm
    formset = ValueFormSet
    template = "admin/cases/act/draft_values.html"
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Values are chosen from the list of those that a rule reads.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class ChosenForm(forms.Form):
    legal_basis = PlainTextField(
        label="Hjemmel for de valgte",
        max_length=300,
        required=False,
        help_text="Lov og paragraf. Den kan rettes ved hver værdi bagefter.",
    )


def choose(act_admin: ActPages, request: AppRequest, act_id: int) -> HttpResponse:
    """Let a writer choose which of the values that rules read the draft sets."""
    act = act_admin.act_or_404(request, act_id)
    if not act.is_draft or not act_admin.has_change_permission(request, act):
        raise PermissionDenied
    taken = set(act.values.values_list("key", flat=True))
    form = ChosenForm(request.POST or None, initial={"legal_basis": act.reference})
    chosen = [key for key in request.POST.getlist("key") if key in REGISTRY and key not in taken]
    missing = request.method == "POST" and not chosen
    if request.method == "POST" and form.is_valid() and not missing:
        try:
            _add(act, chosen, legal_basis=form.cleaned_data["legal_basis"], by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("admin:cases_act_changelist")
        act_admin.log_change(request, act, f"Regelværdier valgt: {', '.join(chosen)}")
        return redirect("admin:cases_act_change", act.pk)
    asked = request.GET.get("q", "").strip()
    subjects = []
    for title, parameters in by_subject():
        wanted = [one for one in parameters if _is_found(asked, title, one.description, one.key)]
        if wanted:
            subjects.append((title, list(present_rows(act, wanted))))
    context = {
        "title": f"Vælg regelværdier til »{act}«",
        "act": act,
        "form": form,
        "asked": asked,
        "subjects": subjects,
        "taken": taken,
        "chosen": chosen,
        "missing": missing,
    }
    status = 422 if missing or form.errors else 200
    return act_admin.page(request, "admin/cases/act/choose.html", context, status=status)


def _is_found(asked: str, *texts: str) -> bool:
    words = " ".join(texts).casefold()
    return all(word in words for word in asked.casefold().split())


@transaction.atomic(durable=True)
def _add(act: Act, keys: list[str], *, legal_basis: str, by: User) -> None:
    """Begin each value with what holds already, ready to be changed. Raises AlreadyPublished, DraftIsGone."""
    act = law_services.hold_draft(act_id=act.pk)
    present = {row.parameter.key: row for row in present_rows(act, [REGISTRY[key] for key in keys])}
    ActValue.objects.bulk_create(
        (
            ActValue(
                act=act,
                key=key,
                text="" if present[key].error else REGISTRY[key].text_of(present[key].value),
                legal_basis=legal_basis,
            )
            for key in keys
        ),
        ignore_conflicts=True,
    )
    law_services.wrote(act=act, by=by)
