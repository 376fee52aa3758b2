"""The municipality's yearly duties: tasks until 22 March 2023 and not from then; what was adopted stays readable."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.documents import services as documents_services
from cases.models import MunicipalDocument, Organisation
from cases.rules.municipal_duties import YearlyDuty
from tests.cases.pages import errors, said

DETAILS = documents_services.DocumentDetails(
    duty=YearlyDuty.EMPLOYMENT_PLAN,
    year=2022,
    title="Beskæftigelsesplan 2022",
    adopted_on=date(2022, 1, 25),
    text="Flere skal i job.\n\nVi begynder tidligt.",
)
AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def change(**changes):
    return documents_services.DocumentDetails(**{**DETAILS.__dict__, **changes})


def add(office, details=DETAILS):
    return documents_services.add_document(details=details, by=office.caseworker, at=AT)


def typed(**changes):
    fields = {
        "duty": "employment_plan",
        "year": "2022",
        "title": "Beskæftigelsesplan 2022",
        "adopted_on": "25-01-2022",
        "text": "Flere skal i job.",
        "link": "",
    }
    return {**fields, **changes}


@pytest.fixture
def shown(log_in, office):
    """The page of the duties on a day."""

    def on(day="", by=office.caseworker):
        answer = log_in(by).get(reverse("duties:list"), {"dag": day} if day else {})
        return " ".join(answer.content.decode().split())

    return on


@pytest.mark.parametrize("duty", ["beskæftigelsesplan", "resultatrevision"])
@pytest.mark.parametrize(("day", "is_task"), [("21-03-2023", True), ("22-03-2023", False)])
def test_s21_s22_each_duty_is_a_task_until_22_march_2023_and_not_from_then(shown, duty, day, is_task):
    text = shown(day)
    # An audit looks back.
    year = {"beskæftigelsesplan": 2023, "resultatrevision": 2022}[duty]

    assert (f"{duty.capitalize()} for {year} er ikke lagt ind." in text) is is_task
    assert (f"Kommunen skal ikke have en {duty}: kravet er væk fra den 22. marts 2023." in text) is not is_task


def test_s21_s22_today_there_is_nothing_to_do_and_the_page_says_why(shown):
    text = shown()

    assert "Årlige opgaver den 4. maj 2026" in text
    assert "Ingen årlige opgaver den dag." in text
    assert "Mangler:" not in text


def test_s21_a_task_is_done_when_its_document_is_there_and_the_document_stays_readable(shown, office, log_in):
    made = add(office)

    text = shown("01-06-2022")
    assert "Klar:" in text
    assert "Resultatrevision for 2021 er ikke lagt ind." in text
    assert "Beskæftigelsesplan 2022" in shown()
    page = log_in(office.caseworker).get(made.get_absolute_url()).content.decode()
    assert "<p>Vi begynder tidligt.</p>" in page
    assert "vedtaget den 25. januar 2022" in page


def test_s22_an_audit_adopted_after_the_day_was_still_a_task_that_day(shown, office):
    add(office, change(duty=YearlyDuty.RESULT_AUDIT, year=2021, title="Revision 2021", adopted_on=date(2022, 4, 26)))

    before, after = shown("25-04-2022"), shown("26-04-2022")

    assert "Klar:" not in before
    assert "Revision 2021</a>, først vedtaget den 26. april 2022." in before
    assert "Klar:" in after
    assert "Revision 2021</a>, vedtaget den 26. april 2022." in after


def test_an_audit_adopted_before_its_year_is_over_is_refused(log_in, office):
    answer = log_in(office.caseworker).post(reverse("duties:add"), typed(duty="result_audit"))

    assert "En resultatrevision for 2022 kan ikke være vedtaget den 25. januar 2022, før året er gået." in errors(
        answer
    )
    # A plan may be adopted before its year begins.
    add(office, change(adopted_on=date(2021, 12, 14)))


def test_a_day_before_every_act_and_one_that_does_not_exist_are_refused(log_in, office):
    for day, sentence in (("01-01-1990", "Ingen lov i kraft"), ("31-02-2023", "findes ikke i kalenderen")):
        assert sentence in errors(log_in(office.caseworker).get(reverse("duties:list"), {"dag": day}))


def test_a_document_is_laid_in_once(log_in, office):
    for _ in range(2):
        answer = log_in(office.caseworker).post(reverse("duties:add"), typed())
        assert said(answer) == "»Beskæftigelsesplan 2022« er lagt ind."

    assert MunicipalDocument.objects.get().municipality == office.municipality


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "", "link": ""}, "Skriv dokumentets tekst, eller et link til det."),
        ({"text": "", "link": "http://kommune.example/plan"}, "Linket skal begynde med https://"),
        ({"link": "i arkivet, skab 4"}, "Skriv linket, som det står i browseren"),
        ({"year": "22"}, "Skriv et år fra 2007"),
        ({"year": "i fjor"}, "Skriv året med fire tal"),
        ({"adopted_on": "05-05-2026"}, "kan ikke være vedtaget efter i dag"),
        ({"adopted_on": "05-05-1999"}, "Der fandtes ingen sådanne dokumenter i 1999"),
        ({"title": ""}, "Udfyld »Titel«"),
        ({"text": "Se 120385-1234"}, "CPR-nummer"),
    ],
)
def test_a_document_that_cannot_be_is_refused_and_stays_typed(log_in, office, changes, sentence):
    answer = log_in(office.caseworker).post(reverse("duties:add"), typed(**changes))

    assert sentence in errors(answer)
    assert 'value="employment_plan"' in answer.content.decode()
    assert not MunicipalDocument.objects.exists()


def test_another_document_of_the_same_year_is_refused(office):
    add(office)

    with pytest.raises(documents_services.DocumentRefused, match="Der ligger allerede en beskæftigelsesplan for 2022"):
        add(office, change(title="Plan 2"))
    add(office, change(duty=YearlyDuty.RESULT_AUDIT, adopted_on=date(2023, 1, 25)))
    add(office, change(year=2021))
    assert MunicipalDocument.objects.count() == 3


def test_a_document_without_text_or_link_is_refused_by_the_service_and_the_database(office):
    with pytest.raises(ValidationError):
        add(office, change(text=" "))
    made = add(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        MunicipalDocument.objects.filter(pk=made.pk).update(text="", link="")


def test_a_neighbour_does_not_see_it(office, log_in, shown):
    made = add(office)

    assert log_in(office.other_caseworker).get(made.get_absolute_url()).status_code == 404
    assert "Beskæftigelsesplan 2022" not in shown("01-06-2022", by=office.other_caseworker)


def test_s20_only_a_municipality_has_a_way_of_following_up(office):
    office.municipality.follow_up_way = "note"
    office.municipality.save()
    assert office.municipality.follow_up_text == ("Jobcenter Solby dokumenterer opfølgning i et notat på tilbuddet.")
    assert Organisation(name="Solby").follow_up_text == ""

    office.fund.follow_up_way = "note"
    with pytest.raises(IntegrityError), transaction.atomic():
        office.fund.save()
