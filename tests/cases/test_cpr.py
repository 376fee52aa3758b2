"""CPR numbers: read with plain errors, protected at rest, shown by a logged click, and masked in the logs."""

import logging
from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.urls import reverse

from cases import cpr
from cases.models import AccessLog, Citizen
from tests import factories
from tests.cases.test_case_pages import close

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
    assert cpr.decrypt(cpr.encrypt(number)) == "120385-4999"
    assert cpr.index(number) == cpr.index(cpr.read("1203854999", today=TODAY))


def test_a_changed_byte_is_noticed(db):
    stored = bytearray(cpr.encrypt(factories.cpr_number()))
    stored[-1] ^= 1

    with pytest.raises(InvalidTag):
        cpr.decrypt(bytes(stored))


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


# The logs


@pytest.mark.parametrize(
    ("line", "args", "masked"),
    [
        ("found 120385-4999", (), "found ••••••-••••"),
        ("found %s", ("1203854999",), "found ••••••-••••"),
        ("case S-100123 at 2026-05-04", (), "case S-100123 at 2026-05-04"),
    ],
)
def test_what_looks_like_a_number_is_masked_in_the_log(line, args, masked):
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, line, args, None)

    assert cpr.MaskCprFilter().filter(record)
    assert record.getMessage() == masked


def test_a_number_in_a_text_is_noticed():
    assert cpr.is_mentioned("Ring til 120385-4999 i dag")
    assert not cpr.is_mentioned("Ring 20 30 40 50 om sag S-100123")
