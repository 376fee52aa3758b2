"""The form pack: what a person sees and a screen reader hears, for every kind of field."""

import re
from datetime import date, time
from pathlib import Path

import pytest
import time_machine
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.template.loader import render_to_string

from cases.ui.fields import DateField, PlainErrors, TimeField

TEMPLATES = Path(settings.BASE_DIR) / "templates"


class EveryField(PlainErrors, forms.Form):
    name = forms.CharField(label="Navn")
    note = forms.CharField(
        label="Bemærkning", widget=forms.Textarea, required=False, max_length=1200, help_text="Kort & <b>klart</b>"
    )
    kind = forms.ChoiceField(label="Art", choices=[("", "Vælg"), ("a", "Jobsamtale")])
    channel = forms.ChoiceField(
        label="Samtaleform",
        choices=[("video", "Video"), ("telephone", "Telefon")],
        widget=forms.RadioSelect,
        help_text="Borgeren vælger.",
    )
    days = forms.MultipleChoiceField(
        label="Dage", choices=[("1", "Mandag")], widget=forms.CheckboxSelectMultiple, required=False
    )
    joins = forms.BooleanField(label="A-kassen deltager", required=False)
    on = DateField(label="Dato")
    at = TimeField(label="Tidspunkt")
    file = forms.FileField(label="Fil", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)

    def clean(self):
        raise forms.ValidationError("Tiden er optaget.")


def fields_of(form):
    return render_to_string("fds/uni_form.html", {"form": form})


def typed(**values):
    return fields_of(EveryField({"version": 3, **values}))


def element(html, ident):
    found = re.search(rf'<[^>]*\bid="{ident}"[^>]*>', html)
    assert found, f"nothing has the id {ident}"
    return found[0]


@pytest.fixture
def empty():
    return fields_of(EveryField())


@pytest.fixture
def refused():
    return typed(note="<script>alert(1)</script>", on="32-13-2026", at="25.30")


@pytest.mark.parametrize(
    ("ident", "css"),
    [
        ("id_name", "form-input"),
        ("id_note", "form-input"),
        ("id_kind", "form-select"),
        ("id_channel_0", "form-radio"),
        ("id_days_0", "form-checkbox"),
        ("id_joins", "form-checkbox"),
        ("id_on", "form-input input-char-11"),
        ("id_at", "form-input input-char-8"),
        ("id_file", "form-file"),
    ],
)
def test_each_control_has_its_class_and_its_label(empty, ident, css):
    assert f'class="{css}"' in element(empty, ident)
    assert f'for="{ident}"' in empty


def test_an_empty_form_shows_no_error(empty):
    assert "form-error" not in empty
    assert "aria-invalid" not in empty


def test_a_hint_is_described_and_escaped(empty):
    assert 'aria-describedby="id_note_helptext"' in element(empty, "id_note")
    assert "Kort &amp; &lt;b&gt;klart&lt;/b&gt;" in empty
    assert element(empty, "id_note_helptext")


def test_optional_fields_say_so_and_required_ones_and_single_checkboxes_do_not(empty):
    marked = re.findall(r"(\w+)<span class=\"weight-normal\"> \(frivilligt\)", empty)

    assert marked == ["Bemærkning", "Dage", "Fil"]


def test_a_filter_marks_nothing_as_optional():
    html = render_to_string("fds/field.html", {"field": EveryField()["note"], "hide_optional": True})

    assert "frivilligt" not in html


@pytest.mark.parametrize("name", ["name", "kind", "on", "at"])
def test_an_error_stands_at_its_field_and_is_described(refused, name):
    control = element(refused, f"id_{name}")

    assert 'aria-invalid="true"' in control
    assert f"id_{name}_error" in control
    assert element(refused, f"id_{name}_error")


def test_the_error_of_a_group_stands_at_its_fieldset(refused):
    assert '<fieldset aria-describedby="id_channel_helptext id_channel_error">' in refused
    assert "aria-invalid" not in element(refused, "id_channel_0")


def test_the_summary_takes_the_focus_counts_the_errors_and_links_to_the_fields(refused):
    assert "Der er 6 fejl" in refused
    assert re.search(r'data-module="error-summary"[^>]* tabindex="-1" autofocus', refused)
    assert "<li>Tiden er optaget.</li>" in refused
    targets = re.findall(r'<a href="#([^"]+)">', refused)
    assert targets == ["id_name", "id_kind", "id_channel_0", "id_on", "id_at"]
    for target in targets:
        assert element(refused, target)


def test_each_line_of_the_summary_names_its_field_once(refused):
    summary = refused[refused.index('class="alert-text"') :]
    lines = re.findall(r'<a href="#[^"]+">([^<]+)</a>', summary[: summary.index("</ul>")])

    assert len(lines) == len(set(lines))
    assert "Dato: 32-13-2026 findes ikke i kalenderen. Skriv datoen som dag-måned-år, fx 01-12-2026." in lines
    assert all(line.count("Navn") <= 1 for line in lines)


def test_what_was_typed_stays_and_is_escaped(refused):
    assert 'value="32-13-2026"' in element(refused, "id_on")
    assert 'value="25.30"' in element(refused, "id_at")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in refused
    assert "<script>" not in refused


def test_a_long_text_says_how_much_there_is_room_for(empty):
    assert 'data-maxlength="1200"' in empty
    assert "Du kan skrive 1.200 tegn" in empty


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", "Udfyld »Navn«."),
        ("kind", "Vælg en mulighed under »Art«."),
        ("channel", "Vælg en mulighed under »Samtaleform«."),
        ("on", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
    ],
)
def test_a_missing_answer_is_told_in_plain_words(name, text):
    assert EveryField({}).errors[name] == [text]


def test_a_forms_own_text_is_kept():
    class Own(PlainErrors, forms.Form):
        name = forms.CharField(label="Navn", error_messages={"required": "Skriv borgerens navn."})

    assert Own({}).errors["name"] == ["Skriv borgerens navn."]


def test_crispy_draws_a_layout_without_classes_of_another_system():
    form = EveryField({"version": 3})
    form.helper = FormHelper()
    form.helper.layout = Layout(Fieldset("Hvornår", Row(Column("on"), Column("at"))), "name", "kind", "channel")
    form.helper.add_input(Submit("book", "Book samtalen"))

    html = render_crispy_form(form)

    assert re.search(r'<form [^>]*method="post"[^>]* novalidate>', html)
    assert (
        '<button type="submit" name="book" value="Book samtalen" id="submit-id-book" class="button button-primary">'
        in html
    )
    assert '<legend class="h3">Hvornår</legend>' in html
    assert "Der er" in html
    used = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    assert not used & {"btn", "btn-primary", "form-control", "form-check", "col-md-6", "row", "textinput", "dateinput"}


def test_crispy_refuses_a_misspelt_field():
    form = EveryField()
    form.helper = FormHelper()
    form.helper.layout = Layout("nmae")

    with pytest.raises(Exception, match="nmae"):
        render_crispy_form(form)


def test_a_formset_has_one_summary_for_all_its_forms():
    class Line(forms.Form):
        name = forms.CharField(label="Navn", error_messages={"required": "Udfyld »Navn«."})

    formset = forms.formset_factory(Line, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-name": "Anne", "form-1-name": ""}
    )

    html = render_to_string("fds/uni_formset.html", {"formset": formset})

    assert re.findall(r'<a href="#([^"]+)">', html) == ["id_form-1-name"]
    assert html.count('data-module="error-summary"') == 1


# Dates and times


@pytest.mark.parametrize(
    "text",
    [
        "01-12-2026",
        "1-12-2026",
        "1.12.2026",
        "1. 12. 2026",
        "1/12 2026",
        "1/12/2026",
        "01122026",
        "011226",
        "1/12",
        "1.12",
        "1-12.",
        "1.12.26",
        "1-12-26",
        "1. december 2026",
        "1. dec. 26",
        "den 1. december",
        "2026-12-01",
        " 01-12-2026 ",
    ],
)
def test_a_date_is_read_as_people_write_it(text):
    with time_machine.travel(date(2026, 11, 28), tick=False):
        read = DateField().clean(text)

    assert read == date(2026, 12, 1)


def test_the_leap_day_is_a_day_only_in_leap_years():
    assert DateField().clean("29-02-2028") == date(2028, 2, 29)
    with pytest.raises(forms.ValidationError, match="29-02-2027 findes ikke i kalenderen"):
        DateField().clean("29-2-2027")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("32-13-2026", "32-13-2026 findes ikke i kalenderen."),
        ("2026-02-30", "30-02-2026 findes ikke i kalenderen."),
        ("00-01-2026", "00-01-2026 findes ikke i kalenderen."),
        ("12/25/2026", "12-25-2026 findes ikke i kalenderen."),
        ("30/2", "30-02 findes ikke i kalenderen i år."),
        ("1. mar 1", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
        ("1. julember", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
        ("112", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
        ("01-12-0026", "Året 0026 kan ikke passe."),
        ("i morgen", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
        ("1-12-2026 eller 2-12-2026", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
        ("", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
    ],
)
def test_a_date_that_is_none_is_refused_with_the_reason(text, said):
    with pytest.raises(forms.ValidationError) as refusal:
        DateField().clean(text)

    assert refusal.value.messages[0].startswith(said)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("3/11", date(2025, 11, 3), id="half a year back is nearer than half a year ahead"),
        pytest.param("2/11", date(2026, 11, 2), id="and the other way round"),
        pytest.param("31-12", date(2025, 12, 31), id="the last turn of the year"),
        pytest.param("010270", date(1970, 2, 1), id="two figures of the last century"),
        pytest.param("010269", date(2069, 2, 1), id="two figures of this one"),
    ],
)
def test_a_year_that_was_not_said_is_the_nearest_one(now, text, day):
    assert DateField().clean(text) == day


def test_an_optional_date_may_be_left_out():
    assert DateField(required=False).clean("") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14.30", time(14, 30)),
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("9", time(9)),
        ("kl. 9.15", time(9, 15)),
        ("00.00", time(0)),
        ("23.59", time(23, 59)),
    ],
)
def test_a_time_is_read_as_people_write_it(text, moment):
    assert TimeField().clean(text) == moment


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("24.00", "Klokken 24.00 findes ikke."),
        ("14.60", "Klokken 14.60 findes ikke."),
        ("14.5", "Skriv klokkeslættet som timer og minutter, fx 14.30."),
        ("halv tre", "Skriv klokkeslættet som timer og minutter, fx 14.30."),
    ],
)
def test_a_time_that_is_none_is_refused_with_the_reason(text, said):
    with pytest.raises(forms.ValidationError) as refusal:
        TimeField().clean(text)

    assert refusal.value.messages[0].startswith(said)


def test_a_stored_date_and_time_are_shown_as_they_are_written():
    form = EveryField(initial={"on": date(2026, 12, 1), "at": time(9, 5)})

    assert 'value="01-12-2026"' in str(form["on"])
    assert 'value="09.05"' in str(form["at"])


# The templates themselves


def test_every_icon_named_in_a_template_is_in_the_sprite():
    sprite = (TEMPLATES / "components" / "sprite.html").read_text()
    symbols = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}

    assert named <= symbols


def test_no_template_has_inline_style_or_script_or_handlers():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|<style|\|safe\b", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
