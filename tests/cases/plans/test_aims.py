"""The aim for the young, education or job: the municipality's decision, from 1 January 2024, with what it must hold."""

import base64
import io
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from cases.closing import services as closing_services
from cases.models import AccessLog, AimDecision, Event
from cases.plans import aim_services
from cases.reminders import delivery as reminders_delivery
from cases.rules.aim import Aim
from cases.ui.case_tabs import Tab
from tests import factories, memo
from tests.cases.pages import errors, said, url

GROUNDS = aim_services.Grounds(
    aim=Aim.JOB,
    decided_on=date(2024, 1, 2),
    assessment="Trives bedst med praktiske opgaver på en arbejdsplads.",
    assessed_on=date(2024, 1, 2),
    reasons="En virksomhed gør den unge mere klar end et skoleår.",
    wish=Aim.JOB,
)


def change(**changes):
    return aim_services.Grounds(**{**GROUNDS.__dict__, **changes})


def noon(day):
    return datetime.fromisoformat(f"{day}T11:00:00+00:00")


@pytest.fixture
def young(office):
    """Somebody on uddannelseshjælp since the autumn of 2023."""
    return factories.case(
        office,
        registered_on=date(2023, 10, 2),
        at=noon("2023-10-02"),
        target_group=4,
        by=office.caseworker,
        citizen=factories.citizen_details(born_on=date(2003, 5, 5)),
    )


@pytest.fixture
def decide(office, young):
    def decided(grounds=GROUNDS, *, number=0, by=office.caseworker, at="2024-01-02", case=young):
        return aim_services.decide(case_id=case.pk, grounds=grounds, number=number, by=by, at=noon(at))

    return decided


def typed(**changes):
    fields = {
        "version": "0",
        "aim": "job",
        "decided_on": "02-01-2024",
        "wish": "job",
        "assessed_on": "02-01-2024",
        "assessment": GROUNDS.assessment,
        "reasons": GROUNDS.reasons,
    }
    return {**fields, **changes}


# The service


def test_case_22_s25_on_31_december_2023_only_education_can_be_the_aim(decide):
    day = date(2023, 12, 31)

    with pytest.raises(
        aim_services.AimRefused, match="Indsatsen kan ikke rettes mod job. Den 31. december 2023 er udd"
    ):
        decide(change(decided_on=day, assessed_on=day), at="2023-12-31")

    made = decide(aim_services.Grounds(aim=Aim.EDUCATION, decided_on=day), at="2023-12-31")
    assert made.aim == Aim.EDUCATION


def test_case_22_s25_on_2_january_2024_the_municipality_may_choose_job(decide, young):
    made = decide()

    assert (made.aim, made.number, made.case) == (Aim.JOB, 1, young)
    assert made.explanation[-1]["act"] == "c-anden-delaftale-2"
    event = Event.objects.get(case=young, kind="aims.decided")
    assert event.text == "Afgørelse den 2. januar 2024: indsatsen rettes mod job."
    assert "Trives" not in event.text


def test_s26_the_a_kasse_does_not_decide(decide, office):
    with pytest.raises(aim_services.AimRefused, match="Kun kommunen træffer afgørelse"):
        decide(by=office.adviser)


@pytest.mark.parametrize(
    ("lack", "field"),
    [
        pytest.param({"wish": None}, "wish", id="S27, the citizen's own wish"),
        pytest.param({"assessment": "  "}, "assessment", id="S28, the municipality's assessment"),
        pytest.param({"assessed_on": None}, "assessed_on", id="S28, its day"),
        pytest.param({"assessed_on": date(2024, 1, 3)}, "assessed_on", id="S28, its day after the decision"),
        pytest.param({"reasons": ""}, "reasons", id="S28, its reasons"),
    ],
)
def test_s27_s28_a_decision_of_job_lacks_nothing(decide, lack, field):
    with pytest.raises(aim_services.Incomplete) as refused:
        decide(change(**lack))

    assert [one.field for one in refused.value.missing] == [field]
    assert not AimDecision.objects.exists()


def test_s28_outside_the_groups_nobody_decides(decide, office):
    case = factories.case(office, registered_on=date(2023, 10, 2), at=noon("2023-10-02"))

    with pytest.raises(aim_services.AimRefused, match="I målgruppe 1 træffes der ingen afgørelse"):
        decide(case=case)


@pytest.mark.parametrize(
    ("day", "at", "sentence"),
    [
        (date(2024, 1, 3), "2024-01-02", "kan ikke dateres efter i dag"),
        (date(2023, 10, 1), "2024-01-02", "før tilmeldingen den 2. oktober 2023"),
    ],
)
def test_a_day_that_cannot_be_is_refused(decide, day, at, sentence):
    with pytest.raises(aim_services.AimRefused, match=sentence):
        decide(aim_services.Grounds(aim=Aim.EDUCATION, decided_on=day), at=at)


def test_a_new_decision_replaces_the_one_before_and_both_stand(decide, young):
    old = decide(aim_services.Grounds(aim=Aim.EDUCATION, decided_on=date(2023, 11, 1)), at="2023-11-01")
    with pytest.raises(aim_services.StaleAim):
        decide()
    new = decide(number=1)

    assert list(AimDecision.objects.for_case(young)) == [new, old]
    with pytest.raises(aim_services.AimRefused, match="Der er allerede en nyere afgørelse"):
        decide(aim_services.Grounds(aim=Aim.EDUCATION, decided_on=date(2024, 1, 1)), number=2)


def test_the_same_decision_twice_is_made_once(decide):
    assert decide() == decide()
    assert Event.objects.filter(kind="aims.decided").count() == 1


@pytest.mark.parametrize("sql", ["UPDATE cases_aimdecision SET aim = 'education'", "DELETE FROM cases_aimdecision"])
def test_a_decision_never_changes_not_even_by_sql(decide, sql):
    decide()

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_aim_is_education_or_job_also_for_the_database(decide):
    made = decide()
    made.pk, made.number, made.aim = None, 2, "holiday"

    with pytest.raises(DatabaseError), transaction.atomic():
        made.save(force_insert=True)


# The page


@pytest.fixture
def in_january(office):
    with time_machine.travel(noon("2024-01-02"), tick=False):
        yield


def test_the_municipality_decides_on_the_page_and_the_case_shows_it(page, office, young, in_january):
    assert "Træf afgørelse" in page.client_get(Tab.PLAN.url_of(young.public_id), by=office.caseworker).content.decode()

    answer = page.post("aim", typed(), by=office.caseworker, subject=young)

    assert said(answer) == "Afgørelsen er gemt: fra den 2. januar 2024 rettes indsatsen mod job."
    shown = page.get("aim", by=office.caseworker, subject=young).content.decode()
    assert "Gælder nu" in shown
    assert GROUNDS.reasons in shown
    assert AccessLog.objects.filter(route="cases:aim", cases=[young.pk], purpose="effort").exists()
    for worker in (office.caseworker, office.adviser):
        case_page = page.client_get(Tab.PLAN.url_of(young.public_id), by=worker).content.decode()
        assert "<strong>job</strong>, afgjort den 2. januar 2024" in case_page


def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(page, office, young, in_january):
    answer = page.post("aim", typed(reasons="", wish=""), by=office.caseworker, subject=young)

    assert "Begrund, hvorfor indsatsen rettes mod job" in errors(answer)
    assert "Registrér borgerens eget ønske" in errors(answer)
    assert set(answer.context["form"].errors) == {"reasons", "wish"}
    assert GROUNDS.assessment in answer.content.decode()


def test_a_decision_of_the_day_before_the_act_is_refused_with_the_rule(page, office, young, in_january):
    typed_then = typed(decided_on="31-12-2023", assessed_on="31-12-2023")

    answer = page.post("aim", typed_then, by=office.caseworker, subject=young)

    assert "Indsatsen kan ikke rettes mod job" in errors(answer)
    assert 'value="31-12-2023"' in answer.content.decode()


def test_a_form_opened_before_another_decision_is_refused(page, office, young, decide, in_january):
    decide(aim_services.Grounds(aim=Aim.EDUCATION, decided_on=date(2023, 11, 1)), at="2023-11-01")

    answer = page.post("aim", typed(), by=office.caseworker, subject=young)

    assert "En anden har truffet en ny afgørelse" in errors(answer)
    assert "Sagen er ændret, mens du skrev" in answer.content.decode()
    assert page.post("aim", typed(version="1"), by=office.caseworker, subject=young).status_code == 302


def test_outside_the_groups_the_page_says_why_there_is_nothing_to_decide(page, office, case):
    shown = page.get("aim", by=office.caseworker).content.decode()

    assert "I målgruppe 1 træffes der ingen afgørelse" in shown
    assert 'name="reasons"' not in shown
    assert (
        "Sigtet med indsatsen"
        not in page.client_get(Tab.PLAN.url_of(case.public_id), by=office.caseworker).content.decode()
    )


def test_a_closed_case_is_read_and_not_decided(page, office, young, decide, in_january):
    decide()
    young.refresh_from_db()
    closing_services.close_case(
        case_id=young.pk,
        version=young.version,
        reason="work",
        closed_on=date(2024, 1, 2),
        by=office.caseworker,
        at=noon("2024-01-02") + timedelta(hours=1),
    )

    assert GROUNDS.reasons in page.get("aim", by=office.caseworker, subject=young).content.decode()
    answer = page.post("aim", typed(version="1", reasons="Andet."), by=office.caseworker, subject=young)
    assert answer.url == young.get_absolute_url()
    assert url("aim", young) not in answer.url
    assert AimDecision.objects.count() == 1


def test_a_decision_of_aim_gives_the_citizen_a_letter_once(decide, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    decide()
    for minutes in (1, 2):
        at = noon("2024-01-02") + timedelta(minutes=minutes)
        for receiver in reminders_delivery.sweep(at=at):
            reminders_delivery.deliver(receiver, at=at)

    (file,) = tmp_path.rglob("*.xml")
    content = memo.check(file.read_bytes()).findall(".//{*}AdditionalDocument//{*}content")[0].text
    letter = " ".join(PdfReader(io.BytesIO(base64.b64decode(content))).pages[0].extract_text().split())
    assert "Afgørelse: din indsats rettes mod job" in letter
    assert GROUNDS.reasons in letter
    assert "(LAB § 30 a)" in letter
    assert "delaftale" not in letter
    assert "Klagen skal være hos kommunen inden 4 uger" in letter
