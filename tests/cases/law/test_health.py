"""The health of the law: what the page and `manage.py check_law` find, and what they pass over."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.law import health as law_health
from cases.law import reviews as law_reviews
from cases.law import services as law_services
from cases.law.health import Level
from cases.models import Act, ActValue, LawReview, Role
from cases.models.law import ActStatus
from cases.rules import workdays
from cases.rules.parameters import CLOCK_STOPPING_PAUSES, FUND_RESPONSIBLE_MONTHS, HANDOVER_HOURS_FULL_TIME
from meetings.law.runs import batches
from meetings.models import LawRun, MeetingRule, RequiredMeeting
from tests import factories
from tests.roles import as_owner
from tests.world import NOW

TODAY = NOW.date()
E = "e-mere-fleksibelt-kontaktforloeb"
MONTHS = FUND_RESPONSIBLE_MONTHS.key
DUE_SOON = "meetings.due_soon_days"
HOURS = HANDOVER_HOURS_FULL_TIME.key
HEALTH = "admin:cases_act_health"


def found(on=TODAY, at=NOW):
    return law_health.findings(on=on, at=at)


def codes(on=TODAY, at=NOW):
    return {one.code for one in found(on, at)}


def only(code, on=TODAY, at=NOW):
    (finding,) = [one for one in found(on, at) if one.code == code]
    return finding


def published(title, day, values=(), *, at=NOW):
    """An act that is law, as an older program may have stored it: nothing of it is checked."""
    act = Act.objects.create(slug=f"test-{title}", title=title, reference="Lov nr. 1", in_force_on=day)
    for key, text in dict(values).items():
        ActValue.objects.create(act=act, key=key, text=text, legal_basis="§ 1")
    act.status, act.published_at = ActStatus.PUBLISHED, at
    act.save()
    return act


def publish(act, by):
    law_services.publish(act_id=act.pk, reason="Kontrolleret", is_day_confirmed=True, by=by, at=NOW)


@pytest.fixture
def second(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="second", is_staff=True)


def draft(title, day, by, values=()):
    act = law_services.create_draft(title=title, reference="Lov nr. 2", in_force_on=day, by=by)
    for key, text in dict(values).items():
        ActValue.objects.create(act=act, key=key, text=text, legal_basis="§ 1")
    return act


# Values


def test_the_shipped_law_has_no_error(law):
    assert [one for one in found() if one.level == Level.ERROR] == []


def test_a_database_without_acts_is_one_error(no_law):
    finding = only("no_act")

    assert finding.level == Level.ERROR
    assert finding.text == "Ingen lov er i kraft den 4. maj 2026."


def test_a_value_that_no_act_sets_is_named_with_its_day(law):
    Act.objects.filter(status=ActStatus.DRAFT).delete()
    # The day after the first act, on which only that one counts, knows nothing of later keys.
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_actvalue DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM cases_actvalue WHERE key = %s", [MONTHS])
        cursor.execute("ALTER TABLE cases_actvalue ENABLE TRIGGER USER")

    finding = only("value_missing")

    assert finding.level == Level.ERROR
    assert finding.text.endswith("(cases.fund_responsible_months) har ingen værdi den 4. maj 2026.")
    assert finding.path == f"{reverse('admin:cases_act_values')}?dag=04-05-2026"


def test_a_value_that_no_rule_can_read_is_an_error(law):
    published("Ulæselig", date(2026, 1, 1), {MONTHS: "tre"})

    finding = only("value_unreadable")

    assert finding.level == Level.ERROR
    assert "»tre« er ikke et helt tal" in finding.text


def test_a_value_to_come_that_no_rule_can_read_is_an_error_today(law):
    published("Ulæselig", date(2027, 1, 1), {MONTHS: "tre"})

    assert only("value_unreadable").level == Level.ERROR


def test_a_key_that_no_rule_reads_is_a_warning(law):
    published("Forkert", date(2026, 1, 1), {"cases.no_such_key": "3"})

    finding = only("value_unread")

    assert finding.level == Level.WARNING
    assert "»Forkert« sætter cases.no_such_key" in finding.text


def test_a_day_without_a_table_of_meetings_is_an_error(law):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE meetings_meetingrule")

    assert only("table_missing").level == Level.ERROR


# What will change


def test_an_act_to_come_is_told_with_what_it_changes(law):
    published("Kommende", date(2027, 1, 1), {MONTHS: "4", HOURS: ""})

    finding = only("act_to_come")

    assert finding.level == Level.NOTICE
    assert finding.text == "»Kommende« træder i kraft den 1. januar 2027 og ændrer 2 regelværdier."
    (months, hours) = finding.details
    assert months.endswith("(cases.fund_responsible_months): 3 måneder bliver til 4 måneder")
    assert hours.endswith("bliver til ingen værdi")
    assert "ophører den 1. januar 2027" in only("value_ends").text


def test_a_set_that_becomes_empty_ends_too(law):
    published("Tømmer", date(2027, 1, 1), {CLOCK_STOPPING_PAUSES.key: ""})

    assert only("act_to_come").details[0].endswith("bliver til ingen værdi")
    assert CLOCK_STOPPING_PAUSES.description in only("value_ends").text


def test_a_new_table_of_meetings_is_told(law):
    act = Act.objects.create(slug="tabel", title="Ny tabel", reference="Lov nr. 3", in_force_on=date(2027, 1, 1))
    row = {"kind": "contact_interview", "responsible": "fund", "number": 4, "from_month": 1, "to_month": 3}
    MeetingRule.objects.create(act=act, order=1, legal_basis="§ 1", **row)
    act.status, act.published_at = ActStatus.PUBLISHED, NOW
    act.save()

    assert only("table_to_come").text == "»Ny tabel« har en ny tabel over samtaler, som gælder fra den 1. januar 2027."
    assert "table_to_come" not in codes(on=date(2027, 1, 1))


def test_an_act_that_repeats_the_law_changes_nothing(law):
    published("Gentagelse", date(2027, 1, 1), {MONTHS: "3"})

    assert only("act_to_come").text.endswith("ændrer 0 regelværdier.")
    assert "value_ends" not in codes()


def test_of_two_acts_with_the_same_day_the_last_published_is_told(law):
    published("Første", date(2027, 1, 1), {MONTHS: "4"}, at=NOW - timedelta(days=1))
    published("Rettelse", date(2027, 1, 1), {MONTHS: "5"})

    finding = only("act_to_come")

    assert "»Første« og »Rettelse«" in finding.text
    assert finding.details[0].endswith("3 måneder bliver til 5 måneder")


def test_an_act_whose_day_has_come_is_no_longer_to_come(law):
    published("Kommende", date(2027, 1, 1), {MONTHS: "4"})

    assert "act_to_come" in codes(on=date(2026, 12, 31))
    assert "act_to_come" not in codes(on=date(2027, 1, 1))


def test_a_day_far_ahead_is_questioned(law):
    act = published("Langt ude", date(2028, 5, 5), {MONTHS: "4"})

    assert only("far_day").path == reverse("admin:cases_act_change", args=[act.pk])
    assert "far_day" not in codes(on=date(2026, 5, 5))


def test_a_withdrawn_act_tells_why_and_changes_nothing(office, second):
    act = draft("Fortrudt", date(2027, 1, 1), office.administrator, {DUE_SOON: "20"})
    publish(act, second)
    law_services.withdraw(act_id=act.pk, reason="Loven blev ikke vedtaget.", by=second, at=NOW)

    assert "af second: Loven blev ikke vedtaget." in only("act_withdrawn").text.replace(str(second), "second")
    assert "act_to_come" not in codes()
    assert "act_withdrawn" not in codes(on=date(2027, 1, 1))


# Drafts


def test_a_draft_to_come_waits_for_a_second_person(office):
    act = draft("Ventende", date(2026, 6, 1), office.administrator, {MONTHS: "4"})

    finding = next(one for one in found() if one.code == "draft_waiting" and "Ventende" in one.text)

    assert finding.level == Level.NOTICE
    assert "venter på en anden person" in finding.text
    assert finding.path == reverse("admin:cases_act_change", args=[act.pk])


def test_a_draft_whose_day_has_passed_counts_what_goes_on_without_it(office):
    # Draft e is of 1 July 2026. This course has deadlines on both sides of that day, the closed one counts for nothing.
    case = factories.case(office, registered_on=date(2026, 5, 1))
    closed = factories.case(office, registered_on=date(2026, 5, 1))
    type(closed).objects.filter(pk=closed.pk).update(status="closed", closed_on=TODAY, close_reason="work")
    later = case.required_meetings.filter(due_on__gte=date(2026, 7, 1))
    assert 0 < later.count() < case.required_meetings.count()

    assert "draft_past_its_day" not in codes(on=date(2026, 6, 30))
    finding = only("draft_past_its_day", on=date(2026, 7, 1))

    assert finding.level == Level.WARNING
    assert f"»Reglen er ikke bekræftet« står ved {later.count()} åbne samtalekrav i 1 sag" in finding.text


def test_a_deadline_for_an_offer_waits_for_the_draft_too(office):
    case = factories.case(office, registered_on=date(2026, 5, 1))
    assert case.offer_duty.due_on >= date(2026, 7, 1)

    assert "i 1 sag og 1 frist for tilbud." in only("draft_past_its_day", on=date(2026, 7, 1)).text


def test_a_newer_act_ends_the_notice_of_a_draft(office):
    case = factories.case(office, registered_on=date(2026, 5, 1))
    days = sorted(case.required_meetings.filter(due_on__gte=date(2026, 7, 1)).values_list("due_on", flat=True))
    still = sum(day < days[-1] for day in days)
    assert 0 < still < len(days)
    published("Nyere", days[-1], {MONTHS: "3"})

    assert f"ved {still} åb" in only("draft_past_its_day", on=date(2026, 7, 1)).text


def test_a_draft_that_was_overtaken_touches_nothing(law):
    # Draft d has the day of an act that is law.
    assert only("draft_overtaken").level == Level.NOTICE


def test_many_drafts_cost_as_many_queries_as_one(office):
    factories.case(office, registered_on=date(2026, 5, 1))

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as context:
            found(on=date(2026, 8, 1))
        return len(context)

    queries()
    one = queries()
    for day in range(2, 9):
        draft(f"Kladde {day}", date(2026, 7, day), office.administrator, {MONTHS: "4"})

    assert queries() == one


# Holidays, plans and reviews


def test_the_last_year_of_the_holidays_becomes_a_warning_and_an_error(law, monkeypatch):
    assert only("holidays").level == Level.NOTICE

    monkeypatch.setattr(workdays, "known_years", lambda: range(1990, 2028))
    assert only("holidays_end").level == Level.WARNING

    monkeypatch.setattr(workdays, "known_years", lambda: range(1990, 2027))
    assert only("holidays_end").level == Level.ERROR


def test_deadlines_beyond_the_holidays_are_counted(office, monkeypatch):
    case = factories.case(office)
    monkeypatch.setattr(workdays, "known_years", lambda: range(1990, 2027))
    assert "deadlines_beyond_holidays" not in codes()

    RequiredMeeting.objects.filter(pk=case.required_meetings.first().pk).update(due_on=date(2027, 2, 1))

    finding = only("deadlines_beyond_holidays")
    assert (finding.level, finding.text[:24]) == (Level.ERROR, "1 frist i åbne sager fal")


def test_plans_behind_the_newest_act_are_told_until_they_have_followed(office, second):
    factories.case(office, registered_on=date(2026, 5, 1))
    act = draft("Ny frist", date(2026, 6, 1), office.administrator, {DUE_SOON: "20"})
    publish(act, second)

    finding = only("plans_behind")
    assert finding.level == Level.WARNING
    assert "»Ny frist« er offentliggjort, men planerne er ikke fulgt med endnu" in finding.text
    assert only("plans_stuck", at=NOW + timedelta(minutes=16)).level == Level.ERROR

    while batches.take_next_batch(at=NOW):
        pass
    assert LawRun.objects.get().state == "done"
    assert codes(at=NOW + timedelta(minutes=16)) & {"plans_behind", "plans_stuck"} == set()


def test_an_act_withdrawn_before_the_plans_had_followed_is_no_fault_for_ever(office, second):
    factories.case(office, registered_on=date(2026, 5, 1))
    act = draft("Ny frist", date(2026, 6, 1), office.administrator, {DUE_SOON: "20"})
    publish(act, second)
    law_services.withdraw(act_id=act.pk, reason="Lovforslaget faldt.", by=second, at=NOW)

    while batches.take_next_batch(at=NOW):
        pass

    assert LawRun.objects.filter(state="stopped").exists()
    assert codes(at=NOW + timedelta(minutes=16)) & {"plans_behind", "plans_stuck"} == set()


def test_a_review_holds_for_a_year_and_until_the_next_act(office):
    assert only("review_missing").level == Level.WARNING

    law_reviews.record(note="Alle værdier", by=office.administrator, at=NOW)
    assert "Alle værdier" in only("review").text
    assert only("review", on=date(2027, 5, 3)).level == Level.NOTICE
    assert only("review_old", on=date(2027, 5, 4)).level == Level.WARNING

    published("Ny", date(2026, 6, 1), {MONTHS: "4"}, at=NOW + timedelta(hours=1))
    assert "»Ny« er offentliggjort den 4. maj 2026" in only("review_before_act").text


# The command


def run(capsys, *arguments):
    try:
        call_command("check_law", *arguments)
        status = 0
    except SystemExit as ended:
        status = ended.code
    return status, capsys.readouterr().out


def test_the_command_ends_well_without_an_error(law, now, capsys):
    status, said = run(capsys)

    assert status == 0
    assert said.startswith("Lovens tilstand den 4. maj 2026: 0 fejl, ")
    assert "ADVARSEL  Værdierne er aldrig kontrolleret mod loven." in said


def test_the_command_says_all_to_machines(law, now, capsys):
    published("Ulæselig", date(2026, 1, 1), {MONTHS: "tre"})

    status, said = run(capsys, "--json", "--on", "2026-05-04")

    answer = json.loads(said)
    assert status == 1
    assert (answer["on"], answer["errors"]) == ("2026-05-04", 1)
    first = answer["findings"][0]
    assert set(first) == {"level", "code", "text", "details", "to_do", "url"}
    assert (first["level"], first["code"]) == ("error", "value_unreadable")
    assert first["url"].startswith("http")


def test_the_command_looks_at_another_day(law, now, capsys):
    status, said = run(capsys, "--on", "2019-01-03")

    assert status == 1
    assert "Ingen lov er i kraft den 3. januar 2019." in said


@pytest.mark.parametrize("day", ["2027-02-30", "i morgen", "0001-01-01"])
def test_the_command_refuses_a_bad_day_with_one_line(day, law):
    with pytest.raises(CommandError) as refused:
        call_command("check_law", "--on", day)

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


# The page


def test_the_page_shows_the_findings_and_takes_a_review(office, log_in):
    client = log_in(office.administrator)

    page = client.get(reverse(HEALTH)).content.decode()
    assert "Værdierne er aldrig kontrolleret mod loven." in page
    assert "Ingen har endnu skrevet en kontrol." in page

    response = client.post(reverse(HEALTH), {"note": "Holdt op mod LAB"}, follow=True)

    assert "Kontrollen er skrevet." in response.content.decode()
    row = LawReview.objects.get()
    assert (row.note, row.by, row.at) == ("Holdt op mod LAB", office.administrator, NOW)


@pytest.mark.parametrize("note", ["", "   ", "x" * 301])
def test_the_page_refuses_a_review_that_says_nothing_or_too_much(note, office, log_in):
    response = log_in(office.administrator).post(reverse(HEALTH), {"note": note})

    assert response.status_code == 422
    assert not LawReview.objects.exists()


def test_the_service_refuses_an_empty_review(office):
    with pytest.raises(law_services.ReasonMissing):
        law_reviews.record(note="  ", by=office.administrator, at=NOW)


def test_the_front_page_counts_and_leads_there(office, log_in):
    client = log_in(office.administrator)

    page = client.get(reverse("admin:index")).content.decode()

    assert "Lovens tilstand: 0 fejl, 1 advarsel og" in page
    assert reverse(HEALTH) in page
