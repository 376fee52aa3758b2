"""Drafting an act in the administration: how it begins, each value with its widget, and the table row by row."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from cases.law import services as law_services
from cases.models import Act, ActValue
from cases.rules.declaring import REGISTRY
from meetings.models import MeetingRule
from tests.cases.law_pages import KEY, begun, change_url, drafted, form_of, page

CHANNELS, DEFAULT = "meetings.channels", "meetings.default_channel"
GROUPS, YOUNG, HOURS = "cases.target_groups", "cases.young_course_by_municipality", "cases.handover_hours_full_time"
QUOTA = "meetings.exempt_quota_percent"


@pytest.fixture
def draft(second):
    return drafted(second)


def with_value(by, key, text):
    act = begun(by)
    ActValue.objects.create(act=act, key=key, text=text, legal_basis="§ 1")
    return act


def html_of(response):
    return response.content.decode()


# How it begins

START = {"title": "Ny frist", "reference": "Lov nr. 9", "in_force_on": "2026-12-01", "running_courses": "move"}


def start(client, **fields):
    return client.post(reverse("admin:cases_act_add"), {**START, **fields})


def test_a_draft_begins_from_nothing(client, administrator):
    response = start(client)

    act = Act.objects.get(title="Ny frist")
    assert response.url == change_url(act)
    assert (act.slug, act.is_draft, act.drafted_by) == ("ny-frist-2026-12-01", True, administrator)
    assert (act.in_force_on, act.running_courses) == (date(2026, 12, 1), "move")
    assert not act.values.exists()


def test_drafts_of_one_title_and_day_have_each_a_name_of_their_own(administrator):
    first, second, third = (begun(administrator, reference=f"Lov nr. {number}") for number in (1, 2, 3))

    assert [act.slug for act in (first, second, third)] == [
        "kortere-frist-2026-06-01",
        "kortere-frist-2026-06-01-2",
        "kortere-frist-2026-06-01-3",
    ]


def test_a_draft_begins_as_a_copy_of_another_act(client, administrator):
    old = Act.objects.get(slug__startswith="c-")
    assert f'<option value="{old.pk}" selected>' in html_of(page(client, "cases_act_add", copy_of=old.pk))

    start(client, copy_of=old.pk)

    act = Act.objects.get(title="Ny frist")
    assert act.values.count() == old.values.count()
    assert act.meeting_rules.count() == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "Udfyld »Titel«"),
        ({"in_force_on": "31-02-2026"}, "findes ikke i kalenderen"),
        ({"running_courses": ""}, "Vælg, hvad der sker med løbende forløb"),
        ({"copy_of": "999999"}, "Valget findes ikke længere"),
    ],
)
def test_what_is_missing_at_the_start_is_said_and_nothing_typed_is_lost(client, administrator, fields, message):
    response = start(client, **fields)

    assert response.status_code == 422
    assert message in html_of(response)
    assert "Lov nr. 9" in html_of(response)


# Values

WIDGETS = [
    pytest.param(CHANNELS, "telephone, video", ["telephone"], "telephone", id="a set of codes: check boxes"),
    pytest.param(GROUPS, "1", ["1", "3"], "1, 3", id="a set of groups: check boxes"),
    pytest.param(GROUPS, "1, 77", ["77"], "77", id="a group that has no name stays a choice"),
    pytest.param(DEFAULT, "telephone", "video", "video", id="one code: a choice"),
    pytest.param(YOUNG, "false", "true", "true", id="yes or no"),
    pytest.param(KEY, "2", " 4 ", "4", id="a number"),
    pytest.param(HOURS, "410", "400", "400", id="a number that may be none"),
]


@pytest.mark.parametrize(("key", "stored", "sent", "text"), WIDGETS)
def test_an_answer_is_kept_as_the_text_that_the_rule_reads(client, administrator, second, key, stored, sent, text):
    act = with_value(second, key, stored)

    response = client.post(change_url(act), form_of(act, **{"values-0-text": sent}))

    assert response.status_code == 302
    assert act.values.get().text == text
    REGISTRY[key].value_of(text)


@pytest.mark.parametrize(
    ("key", "stored", "pieces"),
    [
        (CHANNELS, "telephone, video", ['value="telephone"', "checked", "Personligt fremmøde"]),
        (GROUPS, "1", ["1 (dagpenge)", "13 (under 18 år)"]),
        (DEFAULT, "video", ['type="radio"', "Video"]),
        (YOUNG, "true", ["Ja", "Nej", "Sættes ikke af denne lov"]),
        (KEY, "2", ["Antal måneder", 'value="2"']),
        (HOURS, "", ["Ingen værdi: reglen gælder ikke", "checked"]),
        (QUOTA, "25", ["Fra 0 til 100"]),
    ],
)
def test_each_kind_of_value_has_its_widget_and_what_holds_without_it(
    client, administrator, second, key, stored, pieces
):
    told = html_of(client.get(change_url(with_value(second, key, stored))))

    for piece in (*pieces, REGISTRY[key].description, "Gælder i forvejen den 01-06-2026", "Afgøres af", key):
        assert piece in told


def test_no_value_is_an_answer_of_its_own(client, administrator, second):
    act = with_value(second, HOURS, "410")

    client.post(change_url(act), form_of(act, **{"values-0-text": "", "values-0-nothing": "on"}))

    assert act.values.get().text == ""


def test_a_value_is_taken_out_by_its_box_or_by_saying_that_the_act_does_not_set_it(client, administrator, second):
    boxed, unset = with_value(second, KEY, "2"), with_value(second, YOUNG, "true")

    client.post(change_url(boxed), form_of(boxed, **{"values-0-DELETE": "on"}))
    client.post(change_url(unset), form_of(unset, **{"values-0-text": "not_set"}))

    assert not boxed.values.exists()
    assert not unset.values.exists()


@pytest.mark.parametrize(
    ("key", "sent", "message"),
    [
        (KEY, "to", "ikke et helt tal på 0 eller mere"),
        (KEY, "", "Skriv et tal."),
        (KEY, "12345", "højst fire cifre"),
        (QUOTA, "101", "Skriv en procent fra 0 til 100."),
        (HOURS, "", "Skriv et tal, eller sæt kryds ved »Ingen værdi«."),
        (DEFAULT, "letter", "Vælg en af mulighederne."),
        (YOUNG, "", "Vælg ja eller nej."),
    ],
)
def test_what_no_rule_can_read_is_said_at_the_field_and_stays(client, administrator, second, key, sent, message):
    act = with_value(second, key, "2")

    response = client.post(change_url(act), form_of(act, **{"values-0-text": sent, "values-0-legal_basis": "§ 88"}))

    assert response.status_code == 200
    assert message in html_of(response)
    assert "§ 88" in html_of(response)
    assert f'value="{sent}"' in html_of(response) or key in (DEFAULT, YOUNG, HOURS) or not sent
    assert act.values.get().text == "2"


def test_a_number_and_no_number_at_once_is_refused(client, administrator, second):
    act = with_value(second, HOURS, "410")

    response = client.post(change_url(act), form_of(act, **{"values-0-nothing": "on"}))

    assert "ikke begge" in html_of(response)


def test_a_stored_text_that_cannot_be_read_is_shown_and_answered_anew(client, administrator, second):
    act = with_value(second, CHANNELS, "letter, video")
    assert "I kladden står »letter, video«" in html_of(client.get(change_url(act)))

    client.post(change_url(act), form_of(act, **{"values-0-text": ["video"]}))

    assert act.values.get().text == "video"


def test_a_key_that_no_rule_reads_can_only_be_taken_out(client, administrator, second):
    act = with_value(second, "cases.forgotten", "7")
    assert "cases.forgotten" in html_of(client.get(change_url(act)))

    refused = client.post(change_url(act), form_of(act))
    assert "Ingen regel læser »cases.forgotten«" in html_of(refused)

    client.post(change_url(act), form_of(act, **{"values-0-DELETE": "on"}))
    assert not act.values.exists()


def test_an_unfinished_draft_is_saved_and_says_what_is_missing(client, administrator, draft):
    response = client.post(change_url(draft), form_of(draft, **{"values-0-legal_basis": ""}), follow=True)

    assert "Kladden er gemt." in html_of(response)
    assert "Hjemmel mangler ved »Antal måneder fra forløbets start" in html_of(response)


def test_a_value_cannot_be_added_past_the_list(client, administrator, draft):
    more = {"values-TOTAL_FORMS": 2, "values-1-text": "4", "values-1-key": "cases.young_age_limit"}

    assert client.post(change_url(draft), form_of(draft, **more)).status_code == 302
    assert draft.values.count() == 1


# Choosing values


def choose_url(act):
    return reverse("admin:cases_act_choose", args=[act.pk])


def test_values_are_chosen_from_the_list_and_begin_with_what_holds(client, administrator, draft):
    response = client.post(choose_url(draft), {"key": [CHANNELS, HOURS], "legal_basis": "§ 12"})

    assert response.url == change_url(draft)
    added = draft.values.exclude(key=KEY).values_list("key", "text", "legal_basis")
    assert list(added) == [(HOURS, "410", "§ 12"), (CHANNELS, "attendance, telephone, video", "§ 12")]
    draft.refresh_from_db()
    assert draft.drafted_by == administrator


def test_the_list_is_grouped_and_searched(client, administrator, draft):
    everything = html_of(client.get(choose_url(draft)))
    found = html_of(client.get(choose_url(draft), {"q": "ÅBEN dagpengetimer"}))
    hours = html_of(client.get(choose_url(draft), {"q": "dagpengetimer fuldtid"}))

    for subject in ("Samtaleform", "Ret og pligt til tilbud", "Min Plan", "Er i kladden", "410 timer"):
        assert subject in everything
    assert "Ingen regelværdi passer til" in found
    assert HOURS in hours
    assert CHANNELS not in hours


def test_choosing_nothing_is_said(client, administrator, draft):
    response = client.post(choose_url(draft), {"key": [KEY, "cases.unknown"], "legal_basis": ""})

    assert response.status_code == 422
    assert "Vælg mindst én regelværdi." in html_of(response)


def test_a_published_act_gets_no_more_values(client, administrator):
    act = Act.objects.get(slug__startswith="c-")

    assert client.post(choose_url(act), {"key": [CHANNELS]}).status_code == 403


@pytest.mark.parametrize(("button", "name"), [("_choose", "choose"), ("_changes", "changes")])
def test_a_button_saves_and_goes_on(client, administrator, draft, button, name):
    response = client.post(change_url(draft), form_of(draft, title="Ny titel", **{button: "1"}))

    assert response.url == reverse(f"admin:cases_act_{name}", args=[draft.pk])
    assert Act.objects.get(pk=draft.pk).title == "Ny titel"


# The table


def test_the_table_is_read_with_its_sums_beside_the_one_that_holds(client, administrator, draft):
    told = html_of(client.get(change_url(draft)))

    assert "A-kasser <strong>2 samtaler</strong>, Jobcenter <strong>2 samtaler</strong>, tilsammen" in told
    assert "Tabellen, der gælder i forvejen den 01-06-2026: 6 samtaler" in told
    assert "senest 14 dage efter tilmeldingen" in told


def test_rows_are_added_after_the_last(client, administrator, draft):
    more = {
        "meeting_rules-TOTAL_FORMS": 3,
        "meeting_rules-2-act": draft.pk,
        "meeting_rules-2-responsible": "both",
        "meeting_rules-2-number": "1",
        "meeting_rules-2-kind": "joint_interview",
        "meeting_rules-2-from_month": "1",
        "meeting_rules-2-to_month": "6",
        "meeting_rules-2-due_days_after_registration": "14",
    }

    response = client.post(change_url(draft), form_of(draft, **more))

    assert response.status_code == 302
    last = draft.meeting_rules.get(order=3)
    assert (last.responsible, last.kind, last.due_days_after_registration) == ("both", "joint_interview", 14)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"meeting_rules-1-to_month": "0"}, "den sidste måned ligger ikke før den første"),
        ({"meeting_rules-1-number": "mange"}, "Skriv et helt tal, fx 3."),
        ({"meeting_rules-1-number": "600"}, "Skriv højst 60."),
        ({"meeting_rules-1-due_days_after_registration": "9999"}, "Skriv højst 366."),
        ({"values-0-text": "999"}, "Skriv højst 120."),
        ({"meeting_rules-1-responsible": ""}, "Vælg, hvem der holder samtalerne."),
        ({"in_force_on": "31-02-2026"}, "findes ikke i kalenderen"),
    ],
)
def test_what_cannot_be_a_row_or_a_day_is_said_and_stays(client, administrator, draft, fields, message):
    response = client.post(change_url(draft), form_of(draft, **fields))

    assert response.status_code == 200
    assert message in html_of(response)
    assert all(f'value="{sent}"' in html_of(response) for sent in fields.values() if sent)


def test_a_draft_without_rows_can_begin_with_the_table_that_holds(client, administrator, second):
    act = begun(second)
    sent = form_of(act, _copy_table="1")

    client.post(change_url(act), sent)
    client.post(change_url(act), {**sent, **form_of(act, _copy_table="1")})

    assert list(act.meeting_rules.values_list("responsible", "number")) == [("fund", 3), ("municipality", 3)]
    assert MeetingRule.objects.filter(act=act).count() == 2


# Who has written it


def test_whoever_changes_a_draft_has_written_it(client, administrator, draft):
    assert "Du har selv skrevet i den" not in html_of(client.get(change_url(draft)))

    client.post(change_url(draft), form_of(draft, **{"values-0-text": "1"}))

    draft.refresh_from_db()
    assert draft.drafted_by == administrator
    assert draft.values.get().text == "1"
    assert "Du har selv skrevet i den" in html_of(client.get(change_url(draft)))


def test_the_page_of_a_draft_says_what_adopted_means_and_the_key_of_each_value(client, administrator, draft):
    page = html_of(client.get(change_url(draft)))

    assert "Så ser alle, hvornår loven gælder fra" in page
    assert f"<code>{draft.values.get().key}</code>" in page
    assert page.count('id="id_values-0-key"') == 1


def test_an_adopted_draft_with_an_error_becomes_a_sketch_and_it_is_said(client, administrator, draft):
    told = client.post(change_url(draft), form_of(draft, is_adopted="on"), follow=True)
    draft.refresh_from_db()
    assert (draft.is_adopted, "er nu en skitse" in told.content.decode()) == (True, False)

    wrong = {"is_adopted": "on", "values-0-text": "9"}
    told = client.post(change_url(draft), form_of(draft, **wrong), follow=True)

    draft.refresh_from_db()
    assert (draft.is_adopted, "er nu en skitse" in told.content.decode()) == (False, True)


# Two at once

STALE = "siden du åbnede siden. Dine rettelser er ikke gemt, men står endnu i felterne."


@pytest.mark.parametrize("change", [{"title": "Andens titel"}, {"values-0-text": "1"}, {"meeting_rules-0-number": "4"}])
def test_what_somebody_else_saved_meanwhile_is_not_undone(client, administrator, log_in, second, draft, change):
    opened = form_of(draft, title="Min titel", **{"values-0-legal_basis": "§ 99"})
    log_in(second)
    client.post(change_url(draft), form_of(draft, **change))
    log_in(administrator)
    as_saved = form_of(Act.objects.get(pk=draft.pk))

    for _ in range(2):
        # Nor is it undone by sending the same form once more.
        html = html_of(client.post(change_url(draft), opened))
        assert f"Kladden er rettet af {second.get_full_name()}, {STALE}" in html
        assert 'value="Min titel"' in html
        assert 'value="§ 99"' in html

    assert form_of(Act.objects.get(pk=draft.pk)) == as_saved
    assert f'name="as_read" value="{as_saved["as_read"]}"' in html_of(client.get(change_url(draft)))


def test_what_somebody_else_removed_meanwhile_is_shown_as_it_was_typed(client, administrator, log_in, second, draft):
    opened = form_of(draft, **{"values-0-text": "1", "values-0-key": KEY, "meeting_rules-1-number": "7"})
    log_in(second)
    removed = {"values-0-DELETE": "on", "meeting_rules-1-DELETE": "on"}
    client.post(change_url(draft), form_of(draft, **removed))
    log_in(administrator)

    html = html_of(client.post(change_url(draft), opened))

    for text in (STALE, "Værdien er fjernet", "Rækken er fjernet", REGISTRY[KEY].description, 'value="1"', 'value="7"'):
        assert text in html
    assert not draft.values.exists()


def test_a_form_without_what_was_read_is_refused(client, administrator, draft):
    assert "siden du åbnede siden" in html_of(client.post(change_url(draft), form_of(draft, as_read="")))


def publish_now(drafts):
    drafts.update(status="published", published_at=datetime(2026, 5, 1, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("happens", "message"),
    [
        (lambda drafts: drafts.delete(), "Kladden er slettet, siden du åbnede siden."),
        (publish_now, "Loven er offentliggjort, siden du åbnede siden"),
    ],
)
def test_no_value_is_chosen_into_what_was_deleted_or_published_meanwhile(
    client, administrator, draft, monkeypatch, happens, message
):
    held = law_services.hold_draft

    def hold_late(**asked):
        happens(Act.objects.filter(pk=draft.pk))
        return held(**asked)

    monkeypatch.setattr(law_services, "hold_draft", hold_late)

    response = client.post(choose_url(draft), {"key": [CHANNELS], "legal_basis": "§ 12"}, follow=True)

    assert message in html_of(response)
    assert not ActValue.objects.filter(act=draft, key=CHANNELS).exists()


# Away with it


def test_a_draft_can_be_thrown_away(client, administrator, draft):
    client.post(reverse("admin:cases_act_delete", args=[draft.pk]), {"post": "yes"})

    assert not Act.objects.filter(pk=draft.pk).exists()
