"""The administration of acts: law that is only read, published by a second person, withdrawn, and corrected."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from cases.law import services as law_services
from cases.models import Act, ActValue
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.planning.law import law_in_force
from tests.cases.law_pages import KEY, begun, change_url, drafted, form_of, page, publish_url

DUE_SOON = "meetings.due_soon_days"


@pytest.fixture
def draft(second):
    """A draft by the second administrator, so that the first may publish it."""
    return drafted(second)


@pytest.fixture
def to_come(second, office, now):
    """A published act whose day is still to come."""
    return law_services.publish(
        act_id=drafted(second).pk, reason="Læst.", is_day_confirmed=True, by=office.administrator, at=now
    )


# Acts


def test_the_list_shows_what_is_law_and_what_is_not(client, administrator):
    response = page(client, "cases_act_changelist")

    for text in ("Anden delaftale, andet lovforslag", "01-01-2024", "offentliggjort", "kladde"):
        assert text in response.content.decode()


def test_a_published_act_is_a_page_to_read(client, administrator):
    act = Act.objects.get(slug__startswith="c-")

    html = client.get(change_url(act)).content.decode()

    for text in ("3 jobsamtaler", "4.-6.", "14 dage efter tilmeldingen", "jobsamtale og rådighedssamtale"):
        assert text in html
    for control in ('name="_save"', 'name="_continue"', "<textarea", "deletelink", "<select"):
        assert control not in html


def test_the_table_of_the_old_rules_is_read_as_the_agreement_prints_it(client, administrator):
    html = client.get(change_url(Act.objects.get(slug__startswith="a-"))).content.decode()

    rows = ["1 cv-samtale", "1 rådighedssamtale", "4 jobsamtaler", "1 fællessamtale"]
    assert all(row in html for row in rows)
    assert "Jobcentret og a-kassen" in html


def test_an_act_without_a_table_shows_none(client, administrator):
    html = client.get(change_url(Act.objects.get(slug__startswith="b-"))).content.decode()

    assert "Regelværdier" in html
    assert "Krav om samtaler" not in html


def test_the_form_cannot_change_a_published_act(client, administrator):
    act = Act.objects.get(slug__startswith="c-")

    response = client.post(change_url(act), {"title": "Noget andet", "_save": "Gem"})

    assert response.status_code == 403
    assert Act.objects.get(pk=act.pk).title == act.title


def test_a_published_act_cannot_be_deleted(client, administrator):
    act = Act.objects.get(slug__startswith="c-")

    assert client.post(reverse("admin:cases_act_delete", args=[act.pk]), {"post": "yes"}).status_code == 403


# What the law is read as


def read_now(day=date(2026, 6, 1)):
    """What the law answers to whoever asks for it: its value, the rows of its table, and what waits as a draft."""
    law = law_in_force()
    waiting = [(one.title, one.values[KEY].text) for one in law.book.drafts if one.title == "Kortere frist"]
    _, rows = law.table.in_force(law.book, day)
    return law.book.value_on(FUND_RESPONSIBLE_MONTHS, day).value, len(rows), waiting


def test_what_is_written_published_and_withdrawn_is_read_at_once(client, administrator, second, log_in):
    shipped, before = law_in_force(), read_now()
    assert before[2] == []
    draft = drafted(second)
    assert read_now() == (*before[:2], [("Kortere frist", "2")])
    log_in(second)
    client.post(change_url(draft), form_of(draft, **{"values-0-text": "1"}))
    assert read_now() == (*before[:2], [("Kortere frist", "1")])
    client.post(change_url(draft), form_of(draft, **{"values-0-text": "2"}))

    log_in(administrator)
    client.post(publish_url(draft), sent(draft, reason="Kontrolleret af juristen."))
    assert read_now() == (2, 2, [])

    client.post(withdraw_url(draft), {"reason": "Loven blev ikke vedtaget."})
    assert (law_in_force(), read_now()) == (shipped, before)


# Publishing


def sent(act, **fields):
    """What the form sends to publish the draft as it is now."""
    return {"as_read": law_services.fingerprint_of(Act.objects.get(pk=act.pk)), **fields}


def test_the_second_person_sees_what_changes_and_publishes(client, administrator, draft):
    html = client.get(publish_url(draft)).content.decode()
    for text in (FUND_RESPONSIBLE_MONTHS.description, "3 måneder", "2 måneder", "2 jobsamtaler", "§ 3", "I alt"):
        assert text in html

    response = client.post(publish_url(draft), sent(draft, reason="Kontrolleret af juristen."), follow=True)

    assert "er offentliggjort og gælder fra 01-06-2026" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.published_by, draft.publish_reason) == (administrator, "Kontrolleret af juristen.")


def test_a_second_click_leads_where_the_first_did(client, administrator, draft, second, log_in):
    form = sent(draft, reason="Kontrolleret af juristen.")
    client.post(publish_url(draft), form)

    again = client.post(publish_url(draft), form)

    assert (again.status_code, again["Location"]) == (302, change_url(draft))
    log_in(second)
    assert client.post(publish_url(draft), form).status_code == 422


def test_the_one_who_wrote_it_is_refused(client, draft, second, log_in):
    log_in(second)

    assert "Du har selv skrevet i kladden" in client.get(publish_url(draft)).content.decode()
    response = client.post(publish_url(draft), sent(draft, reason="Jeg er sikker."))

    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


def test_whoever_wrote_before_the_last_one_is_refused_too(client, administrator, draft, second, log_in):
    client.post(change_url(draft), form_of(draft, note="."))
    log_in(second)

    assert "Du har selv skrevet i kladden" in client.get(publish_url(draft)).content.decode()
    assert client.post(publish_url(draft), sent(draft, reason="Jeg er sikker.")).status_code == 422
    draft.refresh_from_db()
    assert (draft.is_draft, draft.drafted_by) == (True, administrator)


def test_saving_a_draft_as_it_is_writes_nothing_in_it(client, administrator, draft):
    client.post(change_url(draft), form_of(draft))

    client.post(publish_url(draft), sent(draft, reason="Kontrolleret af juristen."))
    draft.refresh_from_db()
    assert draft.published_by == administrator


def test_a_draft_that_came_with_the_program_is_law_by_two_persons_who_see_that_its_day_has_passed(
    client, administrator, second, log_in
):
    shipped = Act.objects.get(slug__startswith="d-")
    assert "ingen her har kontrolleret den" in client.get(publish_url(shipped)).content.decode()
    alone = client.post(publish_url(shipped), sent(shipped, reason="Læst.", is_day_confirmed="on"))
    assert (alone.status_code, Act.objects.get(pk=shipped.pk).is_draft) == (422, True)

    told = client.post(change_url(shipped), form_of(shipped, _vouch="ja"), follow=True)
    assert "Du har kontrolleret kladden." in told.content.decode()
    assert "Du har selv skrevet i kladden" in client.get(publish_url(shipped)).content.decode()

    log_in(second)
    assert "Loven skal gælde tilbage fra den 22. marts 2023" in client.get(publish_url(shipped)).content.decode()
    unseen = client.post(publish_url(shipped), sent(shipped, reason="Læst."))
    assert "det, der er sket siden, bliver bedømt efter den" in unseen.content.decode()
    client.post(publish_url(shipped), sent(shipped, reason="Læst.", is_day_confirmed="on"))
    assert Act.objects.get(pk=shipped.pk).published_by == second


def test_a_missing_reason_is_asked_for_and_nothing_is_law(client, administrator, draft):
    response = client.post(publish_url(draft), {"reason": ""})

    assert response.status_code == 422
    assert "Skriv, hvorfor loven offentliggøres" in response.content.decode()


def test_a_day_far_ahead_is_confirmed_by_a_tick(client, administrator, draft):
    Act.objects.filter(pk=draft.pk).update(in_force_on=date(2036, 6, 1))

    response = client.post(publish_url(draft), sent(draft, reason="Vedtaget."))
    assert "Sæt kryds, hvis datoen er rigtig" in response.content.decode()
    assert "langt ude i fremtiden" in page(client, "cases_act_changelist").content.decode()

    client.post(publish_url(draft), sent(draft, reason="Vedtaget.", is_day_confirmed="on"))
    draft.refresh_from_db()
    assert not draft.is_draft


def test_a_draft_whose_value_cannot_be_read_is_shown_and_refused(client, administrator, draft):
    ActValue.objects.filter(act=draft).update(text="to")

    assert "»to« er ikke et helt tal" in client.get(publish_url(draft)).content.decode()
    assert client.post(publish_url(draft), sent(draft, reason="Vedtaget.")).status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


def test_an_empty_draft_says_that_it_changes_nothing(client, administrator, second):
    act = begun(second)

    assert "Den ville ikke ændre noget" in client.get(publish_url(act)).content.decode()


def test_a_draft_that_contradicts_itself_shows_why_and_has_no_button(client, administrator, draft):
    ActValue.objects.filter(act=draft).update(text="3")

    html = client.get(publish_url(draft)).content.decode()
    response = client.post(publish_url(draft), sent(draft, reason="Vedtaget."))

    assert "Jobcentret skal holde »2 jobsamtaler hos jobcentret i måned 3-6«, men a-kassen har ansvaret" in html
    assert 'name="reason"' not in html
    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


@pytest.mark.parametrize(("choice", "text"), [("keep", "beholder de regler"), ("move", "flytter til lovens regler")])
def test_what_becomes_of_running_courses_is_said(client, administrator, second, choice, text):
    html = client.get(publish_url(drafted(second, running_courses=choice))).content.decode()

    assert text in html


def test_a_draft_that_was_changed_since_it_was_read_is_not_published(client, administrator, draft):
    as_read = re.search(r'name="as_read" value="(\w+)"', client.get(publish_url(draft)).content.decode())[1]
    draft.meeting_rules.filter(order=1).update(number=1)

    refused = client.post(publish_url(draft), {"reason": "Læst.", "as_read": as_read})

    told = refused.content.decode()
    assert refused.status_code == 422
    assert "Kladden er rettet, siden du åbnede siden" in told
    # What is shown now can be read, and published.
    as_read = re.search(r'name="as_read" value="(\w+)"', told)[1]
    assert client.post(publish_url(draft), {"reason": "Læst.", "as_read": as_read}).status_code == 302


def test_a_draft_that_nobody_says_to_have_read_is_not_published(client, administrator, draft):
    assert client.post(publish_url(draft), {"reason": "Læst."}).status_code == 422


def test_what_is_law_already_has_no_button(client, administrator):
    html = client.get(publish_url(Act.objects.get(slug__startswith="c-"))).content.decode()

    assert "Loven er allerede offentliggjort" in html
    assert 'name="reason"' not in html


# Values in force, and their correction


def test_lead_times_are_shown_with_their_act_and_legal_basis(client, administrator):
    html = page(client, "cases_act_selection", "varsler").content.decode()

    for text in (DUE_SOON, "<strong>14 dage</strong>", "Reglerne før anden delaftale", "Egen beslutning"):
        assert text in html
    assert KEY not in html


def test_all_values_are_shown_for_a_day(client, administrator):
    assert "<strong>0 måneder</strong>" in page(client, "cases_act_values", dag="31-12-2023").content.decode()

    html = page(client, "cases_act_values", dag="01-12-2019").content.decode()
    assert f"Ingen lov i kraft den 1. december 2019 fastsætter »{KEY}«" in html


def test_an_impossible_day_is_said_and_stays(client, administrator):
    response = page(client, "cases_act_values", dag="31-02-2026")

    assert response.status_code == 422
    assert "findes ikke i kalenderen" in response.content.decode()
    assert 'value="31-02-2026"' in response.content.decode()


def test_an_unknown_selection_is_not_found(client, administrator):
    assert page(client, "cases_act_selection", "findes-ikke").status_code == 404


def test_a_lead_time_is_corrected_by_a_draft_of_today(client, administrator, now):
    response = client.post(reverse("admin:cases_act_correct"), {"key": DUE_SOON})

    act = Act.objects.get(drafted_by=administrator)
    assert response.url == change_url(act)
    assert (act.is_draft, act.in_force_on) == (True, date(2026, 5, 4))
    assert list(act.values.values_list("key", "text")) == [(DUE_SOON, "14")]


def test_a_published_act_is_corrected_by_a_draft_of_the_same_day(client, administrator):
    old = Act.objects.get(slug__startswith="c-")

    client.post(reverse("admin:cases_act_correct"), {"act": old.pk})

    act = Act.objects.get(drafted_by=administrator)
    assert (act.title, act.in_force_on) == (f"Rettelse af »{old.title}«", old.in_force_on)


def test_a_correction_of_nothing_is_not_found(client, administrator):
    assert client.post(reverse("admin:cases_act_correct"), {"key": "cases.unknown"}).status_code == 404
    assert client.get(reverse("admin:cases_act_correct")).status_code == 302


def test_a_correction_keeps_what_the_act_did_to_running_courses(client, administrator, to_come, second, now):
    moving = drafted(second, running_courses="move", in_force_on=date(2026, 7, 2))
    law_services.publish(act_id=moving.pk, reason="Læst.", is_day_confirmed=True, by=administrator, at=now)

    client.post(reverse("admin:cases_act_correct"), {"act": moving.pk})

    assert Act.objects.get(drafted_by=administrator).running_courses == "move"


# Taking back


def withdraw_url(act):
    return reverse("admin:cases_act_withdraw", args=[act.pk])


def test_an_act_with_a_day_to_come_is_withdrawn_with_a_reason_and_logged(client, administrator, to_come):
    assert withdraw_url(to_come) in client.get(change_url(to_come)).content.decode()

    client.post(withdraw_url(to_come), {"reason": "Loven blev ikke vedtaget."})

    act = Act.objects.get(pk=to_come.pk)
    assert act.withdrawn.reason == "Loven blev ikke vedtaget."
    assert act not in Act.objects.published()
    assert LogEntry.objects.latest("pk").change_message == "Trukket tilbage: Loven blev ikke vedtaget."
    told = client.get(change_url(act)).content.decode()
    assert "Trukket tilbage den 04-05-2026" in told
    assert "virker ikke" in told
    assert "trukket tilbage" in page(client, "cases_act_changelist").content.decode()


def test_a_withdrawal_without_a_reason_is_refused_and_what_was_typed_stays(client, administrator, to_come):
    response = client.post(withdraw_url(to_come), {"reason": "  "})

    assert response.status_code == 422
    assert "Skriv, hvorfor loven trækkes tilbage." in response.content.decode()
    assert Act.objects.get(pk=to_come.pk).withdrawn is None


@pytest.mark.parametrize(("letter", "text"), [("c", "kan ikke trækkes tilbage"), ("e", "er en kladde")])
def test_what_is_in_force_and_what_is_no_law_cannot_be_withdrawn(client, administrator, letter, text):
    act = Act.objects.get(slug__startswith=f"{letter}-")

    html = client.get(withdraw_url(act)).content.decode()
    response = client.post(withdraw_url(act), {"reason": "Vi fortryder."})

    assert text in html
    assert 'name="reason"' not in html
    assert response.status_code == 422
    assert Act.objects.get(pk=act.pk).withdrawn is None


def test_what_is_withdrawn_has_no_button(client, administrator, to_come):
    client.post(withdraw_url(to_come), {"reason": "Loven blev ikke vedtaget."})

    assert "træder ikke i kraft" in client.get(withdraw_url(to_come)).content.decode()
    assert client.post(withdraw_url(to_come), {"reason": "Igen."}).status_code == 422
