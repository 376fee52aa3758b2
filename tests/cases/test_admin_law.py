"""The administration of acts: drafts to write and to publish as a second person, and law that is only read."""

from datetime import date

import pytest
from django.urls import reverse

from cases.models import Act, ActValue, Role
from cases.rules.case_parameters import FUND_RESPONSIBLE_MONTHS
from cases.services import law as law_services
from meetings.models import MeetingRule
from tests import factories

KEY = FUND_RESPONSIBLE_MONTHS.key
DUE_SOON = "meetings.due_soon_days"


@pytest.fixture
def administrator(office, log_in):
    log_in(office.administrator)
    return office.administrator


@pytest.fixture
def second(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="second", is_staff=True)


@pytest.fixture
def draft(second):
    """A draft by the second administrator, so that the first may publish it."""
    act = law_services.create_draft(
        title="Kortere frist", reference="Lov nr. 12", in_force_on=date(2026, 6, 1), by=second
    )
    ActValue.objects.create(act=act, key=KEY, text="2", legal_basis="§ 3")
    MeetingRule.objects.create(
        act=act,
        order=1,
        kind="contact_interview",
        responsible="fund",
        number=2,
        from_month=1,
        to_month=2,
        legal_basis="§ 4",
    )
    return act


def page(client, name, *args, **query):
    return client.get(reverse(f"admin:{name}", args=args), query)


def change_url(act):
    return reverse("admin:cases_act_change", args=[act.pk])


def publish_url(act):
    return reverse("admin:cases_act_publish", args=[act.pk])


def form_of(act, **changes):
    """What the form of a draft with one value and one row sends."""
    value, rule = act.values.get(), act.meeting_rules.get()
    return {
        "title": act.title,
        "reference": act.reference,
        "in_force_on": f"{act.in_force_on:%d-%m-%Y}",
        "source_url": "",
        "note": "",
        "values-TOTAL_FORMS": "1",
        "values-INITIAL_FORMS": "1",
        "values-0-id": value.pk,
        "values-0-act": act.pk,
        "values-0-key": value.key,
        "values-0-text": value.text,
        "values-0-legal_basis": value.legal_basis,
        "values-0-certainty": "",
        "values-0-note": "",
        "meeting_rules-TOTAL_FORMS": "1",
        "meeting_rules-INITIAL_FORMS": "1",
        "meeting_rules-0-id": rule.pk,
        "meeting_rules-0-act": act.pk,
        "meeting_rules-0-order": rule.order,
        "meeting_rules-0-kind": rule.kind,
        "meeting_rules-0-responsible": rule.responsible,
        "meeting_rules-0-number": rule.number,
        "meeting_rules-0-from_month": rule.from_month,
        "meeting_rules-0-to_month": rule.to_month,
        "meeting_rules-0-due_days_after_registration": "",
        "meeting_rules-0-legal_basis": rule.legal_basis,
        "meeting_rules-0-certainty": "",
        **changes,
    }


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


def test_a_draft_is_written_with_values_and_rows(client, administrator):
    client.post(
        reverse("admin:cases_act_add"),
        {
            "title": "Ny frist",
            "reference": "Lov nr. 9",
            "in_force_on": "01-12-2026",
            "values-TOTAL_FORMS": "1",
            "values-INITIAL_FORMS": "0",
            "values-0-key": KEY,
            "values-0-text": " 4 ",
            "values-0-legal_basis": "§ 1",
            "meeting_rules-TOTAL_FORMS": "0",
            "meeting_rules-INITIAL_FORMS": "0",
        },
    )

    act = Act.objects.get(title="Ny frist")
    assert (act.slug, act.is_draft, act.drafted_by) == ("ny-frist-2026-12-01", True, administrator)
    assert act.values.get().text == "4"


def test_whoever_changes_a_draft_has_written_it(client, administrator, draft):
    response = client.post(change_url(draft), form_of(draft, **{"values-0-text": "1"}))

    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.drafted_by == administrator
    assert draft.values.get().text == "1"


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("values-0-text", "to", "ikke et helt tal på 0 eller mere"),
        ("values-0-text", "", "kræver en værdi"),
        ("values-0-key", "cases.unknown", "gyldig valgmulighed"),
        ("in_force_on", "31-02-2026", "findes ikke i kalenderen"),
        ("meeting_rules-0-to_month", "0", "den sidste måned ligger ikke før den første"),
    ],
)
def test_what_cannot_be_law_is_refused_and_stays_in_the_form(client, administrator, draft, field, text, message):
    response = client.post(change_url(draft), form_of(draft, **{field: text}))

    html = response.content.decode()
    assert response.status_code == 200
    assert message in html
    if text:
        assert text in html


def test_a_draft_can_be_thrown_away(client, administrator, draft):
    client.post(reverse("admin:cases_act_delete", args=[draft.pk]), {"post": "yes"})

    assert not Act.objects.filter(pk=draft.pk).exists()


# Publishing


def test_the_second_person_sees_what_changes_and_publishes(client, administrator, draft):
    html = client.get(publish_url(draft)).content.decode()
    for text in (FUND_RESPONSIBLE_MONTHS.description, "<td>3</td>", "<td>2</td>", "2 jobsamtaler", "§ 4"):
        assert text in html

    response = client.post(publish_url(draft), {"reason": "Kontrolleret af juristen."}, follow=True)

    assert "er offentliggjort og gælder fra 01-06-2026" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.published_by, draft.publish_reason) == (administrator, "Kontrolleret af juristen.")


def test_the_one_who_wrote_it_is_refused(client, draft, second, log_in):
    log_in(second)

    assert "Du har selv skrevet kladden" in client.get(publish_url(draft)).content.decode()
    response = client.post(publish_url(draft), {"reason": "Jeg er sikker."})

    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_missing_reason_is_asked_for_and_nothing_is_law(client, administrator, draft):
    response = client.post(publish_url(draft), {"reason": ""})

    assert response.status_code == 422
    assert "Skriv, hvorfor loven offentliggøres" in response.content.decode()


def test_a_day_far_ahead_is_confirmed_by_a_tick(client, administrator, draft):
    Act.objects.filter(pk=draft.pk).update(in_force_on=date(2036, 6, 1))

    response = client.post(publish_url(draft), {"reason": "Vedtaget."})
    assert "Sæt kryds, hvis datoen er rigtig" in response.content.decode()
    assert "langt ude i fremtiden" in page(client, "cases_act_changelist").content.decode()

    client.post(publish_url(draft), {"reason": "Vedtaget.", "is_far_date_confirmed": "on"})
    draft.refresh_from_db()
    assert not draft.is_draft


def test_a_draft_whose_value_cannot_be_read_is_shown_and_refused(client, administrator, draft):
    ActValue.objects.filter(act=draft).update(text="to")

    assert "<td>to</td>" in client.get(publish_url(draft)).content.decode()
    assert "Ret kladden" in client.post(publish_url(draft), {"reason": "Vedtaget."}).content.decode()


def test_an_empty_draft_says_that_it_changes_nothing(client, administrator, second):
    act = law_services.create_draft(title="Tom", reference="-", in_force_on=date(2026, 6, 1), by=second)

    assert "Den ville ikke ændre noget" in client.get(publish_url(act)).content.decode()


def test_what_is_law_already_has_no_button(client, administrator):
    html = client.get(publish_url(Act.objects.get(slug__startswith="c-"))).content.decode()

    assert "Loven er allerede offentliggjort" in html
    assert 'name="reason"' not in html


# Values in force, and their correction


def test_lead_times_are_shown_with_their_act_and_legal_basis(client, administrator):
    html = page(client, "cases_act_selection", "varsler").content.decode()

    for text in (DUE_SOON, "<strong>14</strong>", "Reglerne før anden delaftale", "Egen beslutning"):
        assert text in html
    assert KEY not in html


def test_all_values_are_shown_for_a_day(client, administrator):
    assert "<strong>0</strong>" in page(client, "cases_act_values", dag="31-12-2023").content.decode()

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
