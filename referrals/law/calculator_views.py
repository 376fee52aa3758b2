"""The law's answers without a case: asked in the address, so that a link can be shared; nothing is stored or logged."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.request import AppRequest
from meetings.planning.law import Law, law_in_force
from referrals.law.calculator import TOPICS, Answer, QuestionForm, Topic, explainer
from referrals.law.views import shows_drafts


@require_safe
def calculate(request: AppRequest, question: str) -> HttpResponse:
    """One question with its answer; an example where nothing is asked yet."""
    topic, law = TOPICS[question], law_in_force()
    drafts = law.book.drafts if shows_drafts(request) else ()
    is_example = not request.GET.keys() & topic.form(drafts=drafts).fields.keys()
    form = topic.form(topic.example if is_example else request.GET, drafts=drafts)
    found = _answers(form, topic, law) if form.is_valid() else []
    context = {
        "form": form,
        "topic": topic,
        "topics": [(f"referrals:calculate_{name}", one) for name, one in TOPICS.items()],
        "answers": found,
        "is_example": is_example,
        "may_not_see_draft": bool(request.GET.get("draft")) and "draft" not in form.fields,
    }
    return render(request, "cases/law/calculator.html", context, status=422 if form.errors else 200)


def _answers(form: QuestionForm, topic: Topic, law: Law) -> list[Answer]:
    """By the law in force, and beside it as if the chosen draft were law; nothing where the rules refuse."""
    chosen = form.cleaned_data.get("draft", "")
    known = [*law.book.acts, *law.book.drafts]
    readable = known if "draft" in form.fields else law.book.acts
    explain = explainer(readable, known)
    asked = [("Efter de gældende regler", law)]
    if chosen:
        title = law.book.draft(chosen).title
        asked.append((f"Med udkastet »{title}«", law_in_force(draft=chosen)))
    try:
        return [topic.show(heading, form.ask(which), explain) for heading, which in asked]
    except ValueError as error:
        # The rules refuse what cannot be with one Danish sentence.
        form.refuse(error)
        return []
