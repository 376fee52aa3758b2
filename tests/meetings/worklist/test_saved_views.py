"""Views of the worklist that somebody saves, shares, starts with, changes and removes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.models import Team
from meetings.models import SavedView
from meetings.worklist import saved
from meetings.worklist.saved import ViewIsGone
from tests import factories
from tests.filled_forms import send
from tests.meetings.booking.steps import said

ADD = reverse("meetings:saved_view_add")
LIST = reverse("meetings:saved_views")


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def two_cases(office, now):
    for name, weeks in (("Anne Over", 3), ("Bo Senere", 1)):
        citizen = factories.citizen_details(name=name)
        factories.case(office, registered_on=now.date() - timedelta(weeks=weeks), citizen=citizen)


def save(client, query="tile=overdue&sort=navn", **typed):
    return client.post(f"{ADD}?{query}", {"version": "0", "name": "Over tiden", "shared_with": "nobody", **typed})


def names(response):
    return [row.case.citizen.name for row in response.context["rows"]]


def found_by(client):
    return [view.name for view, _ in client.get("/", {"vis": "alle"}).context["views"]]


def test_a_view_that_is_opened_again_shows_the_same_rows(adviser, two_cases):
    before = adviser.get("/?tile=overdue&sort=navn")
    assert f'href="{ADD}?tile=overdue&amp;sort=navn">Gem visning' in said(before)

    answer = save(adviser)

    assert names(adviser.get(answer.url)) == names(before) == ["Anne Over"]
    [(view, url)] = adviser.get("/").context["views"]
    assert (view.name, names(adviser.get(f"/{url}"))) == ("Over tiden", ["Anne Over"])


def test_what_nobody_could_choose_is_not_kept(adviser):
    save(adviser, query="tile=overdue&scope=alt&after=2026-05-04_x&navn=Anne")

    assert SavedView.objects.get().query == "tile=overdue"


def test_one_of_them_is_the_start_and_the_whole_list_is_still_there(adviser, two_cases):
    save(adviser, is_start="on")
    save(adviser, name="En anden", query="tile=to_book", is_start="on")

    assert [view.name for view in SavedView.objects.filter(is_start=True)] == ["En anden"]
    assert adviser.get("/").url == "/?tile=to_book"
    assert len(names(adviser.get("/", {"vis": "alle"}))) == 2
    assert 'href="?vis=alle">Fjern alle filtre' in said(adviser.get("/?kind=contact_interview"))


def test_it_is_shared_with_the_team_or_with_all_of_the_organisation_and_with_no_other(adviser, office, log_in):
    team = Team.objects.create(organisation=office.fund, name="Team Nord")
    for member in (office.adviser, office.leader):
        member.team = team
        member.save()
    save(adviser, name="Teamets", shared_with="team")
    save(adviser, name="Alles", shared_with="organisation")
    save(adviser, name="Min")

    assert found_by(log_in(office.adviser)) == ["Alles", "Min", "Teamets"]
    assert found_by(log_in(office.leader)) == ["Alles", "Teamets"]
    assert found_by(log_in(office.colleague)) == ["Alles"]
    assert found_by(log_in(office.other_adviser)) == []
    assert found_by(log_in(office.caseworker)) == []
    alles = SavedView.objects.get(name="Alles")
    assert log_in(office.leader).post(reverse("meetings:saved_view", args=[alles.public_id])).status_code == 404


def test_a_name_stands_once_for_each_user(adviser, office, log_in):
    save(adviser)

    answer = save(adviser)

    assert (answer.status_code, "Du har allerede en visning, der hedder »Over tiden«." in said(answer)) == (422, True)
    assert save(log_in(office.colleague)).status_code == 302
    assert SavedView.objects.count() == 2


def test_it_is_renamed_with_its_filters_kept_and_removed(adviser):
    save(adviser)
    view = SavedView.objects.get()
    page = reverse("meetings:saved_view", args=[view.public_id])
    assert 'value="Over tiden"' in said(adviser.get(page))

    answer = send(adviser, page, {"name": "For sent", "shared_with": "organisation"})

    view.refresh_from_db()
    assert (view.name, view.query, answer.url) == ("For sent", "tile=overdue&sort=navn", f"/?{view.query}")
    assert "Ses af hele organisationen" in said(adviser.get(LIST))
    adviser.post(reverse("meetings:saved_view_remove", args=[view.public_id]))
    assert "Ingen visninger endnu." in said(adviser.get(LIST))


def test_a_view_that_was_removed_meanwhile_does_not_come_back(adviser, office):
    save(adviser)
    view = SavedView.objects.get()
    SavedView.objects.all().delete()

    with pytest.raises(ViewIsGone, match="fjernet i mellemtiden"):
        saved.save(view=view, name="Ny", query="", shared_with="nobody", is_start=False, by=office.adviser)

    assert not SavedView.objects.exists()
