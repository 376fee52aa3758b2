"""The law's answers without a case: asked in the address, so that a link can be shared; nothing is stored or logged."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases import seam
from cases.law.calculator import Answer, Explain, PageQuestion, QuestionForm, explainer
from cases.law.views import shows_drafts
from cases.models import Act
from cases.request import AppRequest
from cases.rules.rule_book import RuleBook


@require_safe
def calculate(request: AppRequest, address: str = "") -> HttpResponse:
    """Show one question with its answer; an example where nothing is asked yet."""
    topics = [topic for app in seam.INSTALLED for topic in app.law.questions]
    topic = next((one for one in topics if one.address == address), None)
    if topic is None:
        raise Http404
    book = Act.objects.rule_book()
    drafts = book.drafts if shows_drafts(request) else ()
    is_example = not request.GET.keys() & topic.form(drafts=drafts).fields.keys()
    form = topic.form(topic.example if is_example else request.GET, drafts=drafts)
    context = {
        "form": form,
        "topic": topic,
        "topics": topics,
        "answers": _answers(form, topic, book) if form.is_valid() else [],
        "is_example": is_example,
        "may_not_see_draft": bool(request.GET.get("draft")) and "draft" not in form.fields,
    }
    return render(request, "cases/law/calculator.html", context, status=422 if form.errors else 200)


def _answers(form: QuestionForm, topic: PageQuestion, book: RuleBook) -> list[Answer]:
    """The answer of the law in force, and beside it as if the chosen draft were law; none where the rules refuse."""
    chosen = form.cleaned_data.get("draft", "")
    known = [*book.acts, *book.drafts]
    readable = known if "draft" in form.fields else book.acts
    explain = explainer(readable, known)
    asked = [("Efter de gældende regler", book)]
    if chosen:
        title = book.draft(chosen).title
        asked.append((f"Med udkastet »{title}«", book.with_draft(chosen)))
    try:
        return [replace(_answer(topic, form, which, explain), heading=heading) for heading, which in asked]
    except ValueError as error:
        # The rules refuse what cannot be with one Danish sentence.
        form.refuse(error)
        return []


def _answer(topic: PageQuestion, form: QuestionForm, book: RuleBook, explain: Explain) -> Answer:
    found = topic.ask(form.cleaned_data, topic.law_of(book))
    return replace(topic.show(found, explain), data=topic.data(found))
