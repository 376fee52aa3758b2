"""From draft to law, back before its day, and the draft that mends what was wrong."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from cases import clock
from cases.law import checks as law_checks
from cases.law import services as law_services
from cases.law.admin.comparison import what_changes
from cases.law.admin.pages import ActPages
from cases.models import Act
from cases.request import AppRequest
from cases.rules.declaring import REGISTRY
from cases.rules.refusal import Refused
from cases.rules.wording import day_text
from cases.ui.fields import PlainTextField

#: What the choice means, as one sentence with a day in it.
RUNNING_COURSES = {
    "keep": "Forløb, der er begyndt før den {day}, beholder de regler, de er begyndt under, hvor forløbets start "
    "afgør reglen.",
    "move": "Forløb, der er begyndt før den {day}, flytter til lovens regler fra den dag; frister, der er faldet før, "
    "står ved magt.",
}


class PublishForm(forms.Form):
    reason = PlainTextField(
        label="Begrundelse",
        max_length=300,
        error_messages={"required": "Skriv, hvorfor loven offentliggøres, og hvem der har kontrolleret den."},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Hvorfor offentliggøres loven, og hvem har kontrolleret værdierne? Begrundelsen kan læses for altid.",
    )
    is_day_confirmed = forms.BooleanField(label="Datoen langt ude i fremtiden er rigtig", required=False)

    def ask_about_day(self, act: Act, *, today: date) -> None:
        """A day far ahead, or one that has passed, is confirmed; of any other nothing is asked."""
        if act.in_force_on < today:
            field = self.fields["is_day_confirmed"]
            field.label = f"Loven skal gælde tilbage fra den {day_text(act.in_force_on)}"
            field.help_text = "Dagen er passeret. Jeg har set ovenfor, hvad loven ændrer og flytter i sagerne."
        elif not law_checks.is_far_ahead(act, today=today):
            del self.fields["is_day_confirmed"]


class WithdrawForm(forms.Form):
    reason = PlainTextField(
        label="Begrundelse",
        max_length=300,
        error_messages={"required": "Skriv, hvorfor loven trækkes tilbage."},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Hvorfor skal loven ikke træde i kraft? Begrundelsen kan læses for altid.",
    )


def running_courses_text(act: Act) -> str:
    return RUNNING_COURSES[act.running_courses].format(day=f"{act.in_force_on:%d-%m-%Y}")


def publish(act_admin: ActPages, request: AppRequest, act_id: int) -> HttpResponse:
    """A second person reads what a draft changes, and makes it law."""
    act, today = act_admin.act_or_404(request, act_id), clock.today()
    form = PublishForm(request.POST or None)
    form.ask_about_day(act, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            law_services.publish(
                act_id=act.pk,
                reason=form.cleaned_data["reason"],
                is_day_confirmed=form.cleaned_data.get("is_day_confirmed", False),
                as_read=request.POST.get("as_read", ""),
                by=request.user,
                at=clock.now(),
            )
        except law_services.AlreadyPublished as error:
            act.refresh_from_db()
            if act.published_by_id == request.user.pk:
                # A second click on the same button.
                return redirect("admin:cases_act_change", act.pk)
            form.add_error(None, str(error))
        except Refused as error:
            form.add_error(None, str(error))
        else:
            act_admin.log_change(request, act, f"Offentliggjort: {form.cleaned_data['reason']}")
            messages.success(request, f"»{act}« er offentliggjort og gælder fra {act.in_force_on:%d-%m-%Y}.")
            return redirect("admin:cases_act_change", act.pk)
    problems = law_checks.problems_of(act, today=today) if act.is_draft else []
    context = {
        "title": f"Offentliggør »{act}«",
        "form": form,
        "as_read": law_services.fingerprint_of(act),
        "problems": problems,
        "has_errors": any(problem.is_error for problem in problems),
        "is_own": law_services.has_written(act, request.user),
        "is_vouched_for": act.drafted_by_id is not None,
        **_about(act_admin, request, act),
    }
    return act_admin.page(request, "admin/cases/act/publish.html", context, status=422 if form.errors else 200)


def withdraw(act_admin: ActPages, request: AppRequest, act_id: int) -> HttpResponse:
    """A published act whose day is still to come is taken back, with a reason."""
    act = act_admin.act_or_404(request, act_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            law_services.withdraw(act_id=act.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
        except Refused as error:
            form.add_error(None, str(error))
        else:
            act_admin.log_change(request, act, f"Trukket tilbage: {form.cleaned_data['reason']}")
            messages.success(request, f"»{act}« er trukket tilbage og træder ikke i kraft.")
            return redirect("admin:cases_act_change", act.pk)
    context = {
        "title": f"Træk »{act}« tilbage",
        "form": form,
        "can_be_withdrawn": may_be_withdrawn(act),
        **_about(act_admin, request, act),
    }
    return act_admin.page(request, "admin/cases/act/withdraw.html", context, status=422 if form.errors else 200)


def may_be_withdrawn(act: Act) -> bool:
    """Whether the act is law, counts, and has a day that is still to come."""
    return not act.is_draft and act.withdrawn is None and act.in_force_on > clock.today()


def _about(act_admin: ActPages, request: AppRequest, act: Act) -> dict[str, Any]:
    return what_changes(act) | {
        "running_courses": running_courses_text(act),
        "panels": act_admin.panels_of(request, act),
    }


def correct(act_admin: ActPages, request: AppRequest) -> HttpResponse:
    """Start a draft that corrects one value, or a whole act with the same day in force."""
    if request.method != "POST":
        return redirect("admin:cases_act_changelist")
    key, act_id = request.POST.get("key", ""), request.POST.get("act", "")
    old = Act.objects.filter(pk=act_id, status="published").first() if act_id.isdecimal() else None
    running_courses = "keep"
    try:
        if old is None:
            parameter = REGISTRY[key]
            source = law_services.value_in_force(key=key, on=clock.today())
            title, reference, day = f"Ændring: {parameter.description}", source.act.reference, clock.today()
        else:
            title, reference, day = f"Rettelse af »{old.title}«", old.reference, old.in_force_on
            running_courses = old.running_courses
        draft = law_services.create_draft(
            title=title[:200],
            reference=reference,
            in_force_on=day,
            running_courses=running_courses,
            corrects=key,
            by=request.user,
        )
    except KeyError:
        raise Http404 from None
    act_admin.log_addition(request, draft, "Kladde begyndt")
    messages.info(request, "En ny kladde er begyndt. Ret værdierne, og gem. En anden administrator offentliggør den.")
    return redirect("admin:cases_act_change", draft.pk)
