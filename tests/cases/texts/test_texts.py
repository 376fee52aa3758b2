"""The standard texts of an office: who keeps them, who sees them, and how one is put into a form."""

import pytest
from django.urls import reverse

from cases.models import Role, StandardText
from cases.rules.text_use import TextUse
from tests import factories
from tests.meetings.booking.steps import said, standing_at, url
from tests.meetings.steps import WEDNESDAY_TEN

WRITTEN = {"use": "note", "title": "Aftaler", "text": "Vi aftalte følgende:"}


@pytest.fixture
def leader(office):
    return factories.user(organisation=office.fund, role=Role.TEAM_LEADER)


@pytest.fixture
def keeper(client, leader):
    client.force_login(leader)
    return client


def test_a_leader_writes_changes_puts_away_and_takes_up_a_text(keeper):
    assert "Ingen standardtekster endnu." in said(keeper.get(reverse("cases:texts")))
    answer = keeper.post(reverse("cases:text_add"), WRITTEN, follow=True)
    assert "»Aftaler« er gemt og kan bruges af alle i" in said(answer)
    text = StandardText.objects.get()

    keeper.post(reverse("cases:text_change", args=[text.public_id]), {**WRITTEN, "text": "Vi aftalte:", "version": 1})
    text.refresh_from_db()
    assert text.text == "Vi aftalte:"
    answer = keeper.post(reverse("cases:text_use", args=[text.public_id]), {"brug": "nej"}, follow=True)
    assert "Lagt væk" in said(answer)
    keeper.post(reverse("cases:text_use", args=[text.public_id]), {"brug": "ja"})
    text.refresh_from_db()
    assert not text.is_retired


def test_two_texts_of_one_use_have_titles_of_their_own(keeper):
    keeper.post(reverse("cases:text_add"), WRITTEN)
    keeper.post(reverse("cases:text_add"), WRITTEN)
    assert StandardText.objects.count() == 1

    answer = keeper.post(reverse("cases:text_add"), {**WRITTEN, "text": "Noget andet."})

    assert answer.status_code == 422
    assert "Der er allerede en tekst med titlen »Aftaler«" in said(answer)
    assert "Noget andet." in said(answer)


def test_whoever_changes_a_text_that_a_colleague_changed_meanwhile_sees_both(keeper, leader, office, now):
    text = factories.standard_text(leader, at=now)
    page = reverse("cases:text_change", args=[text.public_id])
    opened = keeper.get(page).context["form"].initial
    colleague = factories.user(organisation=office.fund, role=Role.TEAM_LEADER)
    keeper.force_login(colleague)
    keeper.post(page, {**opened, "text": "Kollegas ord."})

    keeper.force_login(leader)
    answer = keeper.post(page, {**opened, "text": "Mine ord."})

    assert answer.status_code == 422
    told = said(answer)
    assert "Teksten er ændret, mens du skrev" in told
    assert "Der står nu: <strong>Kollegas ord.</strong>. Du har skrevet: <strong>Mine ord.</strong>" in told
    text.refresh_from_db()
    assert (text.text, text.written_by) == ("Kollegas ord.", colleague)
    form = answer.context["form"]
    assert keeper.post(page, {name: form[name].value() for name in opened}).status_code == 302
    text.refresh_from_db()
    assert text.text == "Mine ord."


def test_no_text_holds_a_cpr_number(keeper):
    answer = keeper.post(reverse("cases:text_add"), {**WRITTEN, "text": "Skriv til 010280-4501."})
    assert answer.status_code == 422
    assert not StandardText.objects.exists()


@pytest.fixture
def begun(case, office, now):
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
    with standing_at(WEDNESDAY_TEN):
        yield meeting


def test_a_text_is_put_after_what_is_typed_and_nothing_else_is_lost_or_saved(client, begun, leader, office, now):
    text = factories.standard_text(leader, at=now)
    client.force_login(office.adviser)
    typed = {
        "outcome": "held",
        "note": "Søger job som kok.",
        "guided": "ja",
        "slot": "own",
        "on": "12-05-2026",
        "begins": "13.30",
        "held_channel": "video",
        "held_channel_reason": "Borgeren ringede.",
    }

    answer = client.post(url("register", begun), {**typed, "tekst-note": str(text.public_id), "indsaet": "note"})

    assert answer.status_code == 200
    form = answer.context["form"]
    assert form["note"].value() == "Søger job som kok.\n\nVi aftalte følgende:"
    assert {name: form[name].value() for name in typed} == {**typed, "note": form["note"].value()}
    assert form.is_held_otherwise
    assert "Fejl" not in said(answer)
    begun.refresh_from_db()
    assert begun.status == "booked"


def test_no_choice_puts_nothing_in(client, begun, leader, office, now):
    factories.standard_text(leader, at=now)
    client.force_login(office.adviser)
    for field in ("note", "minutes", "x"):
        answer = client.post(url("register", begun), {"note": "Mit eget.", "tekst-note": "", "indsaet": field})
        assert answer.context["form"]["note"].value() == "Mit eget."


def test_only_the_texts_of_ones_own_office_for_just_that_use_are_offered(client, begun, leader, office, now):
    other = factories.user(organisation=office.municipality, role=Role.TEAM_LEADER)
    theirs = factories.standard_text(other, at=now, title="Jobcentrets egen")
    away = factories.standard_text(leader, at=now, title="Lagt væk", text="Gammel")
    StandardText.objects.filter(pk=away.pk).update(is_retired=True)
    factories.standard_text(leader, at=now, title="Et afslag", use=TextUse.REJECTION)
    factories.standard_text(leader, at=now, title="Til et notat")
    client.force_login(office.adviser)

    page = said(client.get(url("register", begun)))

    assert [title in page for title in ("Til et notat", "Jobcentrets egen", "Lagt væk", "Et afslag")] == [
        True,
        False,
        False,
        False,
    ]
    asked = {"note": "", "tekst-note": str(theirs.public_id), "indsaet": "note"}
    assert client.post(url("register", begun), asked).context["form"]["note"].value() == ""
