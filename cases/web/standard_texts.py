"""A standard text of the office is put into a field after what is typed there; the whole form is sent for it."""

from django.http import HttpRequest

from cases.models import StandardText, User
from cases.ui.fields import StandardTextField
from cases.ui.forms import PageForm

#: The button that asks for it, and before a field's name the list that it is chosen from.
INSERT, CHOSEN = "indsaet", "tekst-"


def is_inserting(request: HttpRequest) -> bool:
    """Whether the form was sent only to have a text put into it: nothing is saved, and nothing is wrong yet."""
    return request.method == "POST" and INSERT in request.POST


def offer(form: PageForm, *, request: HttpRequest, user: User) -> None:
    """Let each field that takes one offer the texts of the user's office, and put in the one that was chosen."""
    fields = {name: field for name, field in form.fields.items() if isinstance(field, StandardTextField)}
    if fields:
        uses = {field.use for field in fields.values()}
        texts = list(StandardText.objects.visible_to(user).in_use().filter(use__in=uses))
        for field in fields.values():
            field.standard_texts = [text for text in texts if text.use == field.use]
    if is_inserting(request):
        _put_in(form, fields, request)


def _put_in(form: PageForm, fields: dict[str, StandardTextField], request: HttpRequest) -> None:
    form.initial = {**form.initial, **{name: request.POST.get(name) for name in form.fields}}
    name = request.POST[INSERT]
    chosen = request.POST.get(f"{CHOSEN}{name}")
    offered = fields[name].standard_texts if name in fields else []
    for text in offered:
        if str(text.public_id) == chosen:
            typed = request.POST.get(name, "").rstrip()
            form.initial[name] = f"{typed}\n\n{text.text}" if typed else text.text
