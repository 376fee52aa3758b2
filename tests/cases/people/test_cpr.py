"""CPR numbers: read with plain errors, protected at rest, shown by a logged click, and masked in the logs."""

from datetime import date

import pytest
from django import forms
from django.contrib import admin
from django.db import connection, models
from django.urls import get_resolver, reverse

from cases.models import AccessLog, Citizen
from cases.people import cpr, encryption
from cases.reminders import carriers as reminders_carriers
from cases.reminders.messages import Message
from cases.ui.fields import PlainTextField
from tests import factories, world
from tests.cases.corrections.test_pages import close

TODAY = date(2026, 5, 4)


@pytest.mark.parametrize("text", ["120385-4999", "1203854999", " 120385 - 4999 "])
def test_a_number_is_read_as_people_write_it(text):
    number = cpr.read(text, today=TODAY)

    assert (str(number), number.masked) == ("120385-4999", "120385-••••")
    assert (number.born_on, number.is_replacement) == (date(1985, 3, 12), False)


@pytest.mark.parametrize(
    ("text", "born_on"),
    [
        ("120385-3999", date(1985, 3, 12)),
        ("120336-4000", date(2036, 3, 12)),
        ("120337-4000", date(1937, 3, 12)),
        ("120357-5000", date(2057, 3, 12)),
        ("120358-5000", date(1858, 3, 12)),
        ("290200-4000", date(2000, 2, 29)),
        ("720385-4999", date(1985, 3, 12)),
    ],
)
def test_the_seventh_digit_tells_the_century(text, born_on):
    try:
        found = cpr.read(text, today=date(born_on.year + 20, 1, 1))
    except cpr.NotCpr as error:
        pytest.fail(str(error))
    assert found.born_on == born_on


def test_a_replacement_number_is_known_as_one():
    assert cpr.read("720385-4999", today=TODAY).is_replacement


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "ti cifre"),
        ("120385-499", "ti cifre"),
        ("120385-49999", "ti cifre"),
        ("12o385-4999", "ti cifre"),
        ("000000-0000", "tilhører ingen"),
        ("310290-1234", "Datoen 31-02-90 i CPR-nummeret findes ikke"),
        ("290201-4000", "Datoen 29-02-01"),
        ("050526-4000", "ikke er kommet endnu"),
        ("010105-1234", "over 120 år"),
    ],
)
def test_what_names_nobody_says_why(text, sentence):
    with pytest.raises(cpr.NotCpr, match=sentence):
        cpr.read(text, today=TODAY)


@pytest.mark.parametrize("text", ["040526-4000", "010106-1234"])
def test_the_youngest_and_the_oldest_are_read(text):
    assert cpr.read(text, today=TODAY)


def test_neither_the_table_nor_its_index_tells_the_number(case):
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM cases_citizen c")
        row = cursor.fetchone()[0]

    assert case.citizen.cpr_number.replace("-", "") not in row
    assert case.citizen.cpr_number.split("-")[1] not in row.replace(case.citizen.cpr_index, "")


def test_the_same_number_is_encrypted_anew_and_found_again(db):
    number = cpr.read("120385-4999", today=TODAY)

    assert cpr.encrypt(number) != cpr.encrypt(number)
    assert cpr.decrypt(cpr.encrypt(number), index=cpr.index(number)) == "120385-4999"
    assert cpr.index(number) == cpr.index(cpr.read("1203854999", today=TODAY))


def test_a_changed_byte_is_noticed(db):
    number = factories.cpr_number()
    stored = bytearray(cpr.encrypt(number))
    stored[-1] ^= 1

    with pytest.raises(encryption.CannotBeRead):
        cpr.decrypt(bytes(stored), index=cpr.index(number))


def test_the_row_shows_its_number_masked_and_whole(case):
    citizen = Citizen.objects.get()

    assert citizen.masked_cpr == "120385-••••"
    assert citizen.cpr_number.startswith("120385-")


# The click


def show(client, case, **headers):
    return client.post(reverse("cases:show_cpr", args=[case.public_id]), headers=headers)


def test_the_whole_number_is_shown_by_a_click_that_is_logged(log_in, office, case):
    client = log_in(office.adviser)

    page = show(client, case)

    assert case.citizen.cpr_number in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    line = AccessLog.objects.get()
    assert (line.user, line.cases, line.purpose) == (office.adviser, [case.pk], "meeting")
    assert (line.route, line.detail) == ("cases:show_cpr", "CPR-nummer vist")


def test_htmx_gets_the_number_alone(log_in, office, case):
    part = show(log_in(office.adviser), case, HX_Request="true")

    assert part.content.decode().strip() == f'<span class="number">{case.citizen.cpr_number}</span>'
    assert part.headers["Cache-Control"] == "no-store"
    assert AccessLog.objects.count() == 1


def test_a_neighbour_sees_no_number_and_leaves_no_line_of_the_case(log_in, office, case):
    for stranger in (office.other_adviser, office.other_caseworker, office.administrator):
        assert show(log_in(stranger), case).status_code == 404

    assert not AccessLog.objects.exists()


def test_the_address_of_the_click_leads_back_to_the_case(log_in, office, case):
    answer = log_in(office.adviser).get(reverse("cases:show_cpr", args=[case.public_id]))

    assert answer.url == case.get_absolute_url()


def test_a_closed_case_still_shows_the_number(log_in, office, case, now):
    close(case, office, now)

    assert show(log_in(office.adviser), case).status_code == 200


# In texts


@pytest.mark.parametrize(
    "text",
    [
        "Ring til 120385-4999 i dag",
        "cpr1203854999.",
        "010280 4501",
        "010280\u00a04501",
        "010280\u202f4501",
        "01.02.80-4501",
        "01.02.12-2012",
        "01/02/80 - 4501",
        "01 02 80 45 01",
        "0 1 0 2 8 0 4 5 0 1",
        "0102 8045 01",
        "010280\n4501",
        "010280–4501",
        "010280—4501",
        "010280\u20114501",
        "010280\u22124501",
        "010280\u00ad4501",
        "erstatningsnummer 610280-4501",
        "01-12-2026 010280-4501",
        "290200-4000",
    ],
)
def test_a_number_in_a_text_is_noticed_however_it_is_written(text):
    assert cpr.is_mentioned(text)
    assert not cpr.is_mentioned(cpr.mask(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ring 20 30 40 50 om sag S-100123",
        "+4520304050",
        "0045 20 30 40 50",
        "20 11 85 40 10-12",
        "01-12-2026 - 15-12-2026",
        "01-12-2026 10.30",
        "den 12/10 20 30 40 50",
        "2012-05-04 10:30",
        "320280-4501",
        "310480-4501",
        "011380-4501",
        "120385-49991",
    ],
)
def test_ten_digits_that_begin_with_no_day_are_no_number(text):
    assert not cpr.is_mentioned(text)
    assert cpr.mask(text) == text


def test_a_mask_leaves_what_stands_around_the_number():
    masked = cpr.mask("Ring 010280-4501 610280 4502; se 01-12-2026 01.02.80–4501.")

    assert masked == "Ring ••••••-•••• ••••••-••••; se 01-12-2026 ••••••-••••."


#: Fields that no person reads as a text: keys, what is searched for, and a number with a rule of its own.
NO_TEXTS = {"cpr_number", "employer_cvr", "password", "password1", "password2", "phone", "q", "sag"}


def all_forms(kind=forms.Form):
    for form in kind.__subclasses__():
        yield form
        yield from all_forms(form)


def test_every_text_that_is_typed_refuses_a_cpr_number():
    # The forms are known when the pages are.
    assert get_resolver().url_patterns
    unguarded = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in all_forms()
        if form.__module__.partition(".")[0] in ("cases", "meetings", "referrals")
        for name, field in form.base_fields.items()
        # The kinds made of it have a shape of their own: a link, a username, an address of mail.
        if type(field) in (forms.CharField, forms.RegexField, forms.SlugField)
        # A password is kept by its hash alone.
        and not (field.widget.is_hidden or isinstance(field.widget, forms.PasswordInput))
        and name not in NO_TEXTS
    }

    assert unguarded == set()


def test_every_text_of_the_administration_refuses_one_too(rf):
    admin.autodiscover()
    pages = [page for page in admin.site._registry.values() if page.model._meta.app_label in ("cases", "meetings")]
    pages += [inline(page.model, admin.site) for page in pages for inline in page.inlines]
    unguarded = {
        f"{page.model.__name__}.{field.name}"
        for page in pages
        for field in page.model._meta.fields
        if type(field) in (models.CharField, models.TextField) and field.editable and not field.choices
        if not isinstance(page.formfield_for_dbfield(field, rf.get("/")), PlainTextField)
    }

    assert unguarded == set()


@pytest.mark.parametrize(
    ("page", "field"),
    [("admin:cases_organisation_change", "meeting_place"), ("admin:cases_user_change", "last_name")],
)
def test_the_administration_stores_no_number_either(log_in, office, page, field):
    subject = office.fund if "organisation" in page else office.adviser
    before = getattr(subject, field)
    answer = log_in(office.administrator).post(reverse(page, args=[subject.pk]), {field: "Testvej 1, 010280 4501"})
    subject.refresh_from_db()

    assert cpr.MENTIONED in answer.content.decode()
    assert getattr(subject, field) == before


def test_no_message_leaves_with_a_number(office, mailoutbox):
    message = Message(
        key="x",
        sender=office.fund,
        at=world.NOW,
        subject="Om 010280-4501",
        text="Mød op: 01.02.80 4501",
        short_text="0102804501",
    )

    reminders_carriers.EMAIL.carry(message, to="borger@example.dk")

    assert (mailoutbox[0].subject, mailoutbox[0].body) == ("Om ••••••-••••", "Mød op: ••••••-••••")
    assert message.short_text == "••••••-••••"
