"""The administration: for administrators alone, and without a citizen anywhere."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from cases.history.events import name_of
from cases.models import AccessLog, Act, Case, Citizen, Organisation, OrganisationKind, Purpose, Role, Team, User
from cases.reminders.owing import kind_labels
from cases.rules.declaring import REGISTRY
from cases.ui.admin_site import ForAdministrators, GuardedForm
from meetings.models import Meeting, RequiredMeeting
from tests.filled_forms import filled, opened


@pytest.fixture
def administrator(office, log_in):
    log_in(office.administrator)
    return office.administrator


def page(client, name, *args, **query):
    return client.get(reverse(f"admin:{name}", args=args), query)


def test_a_sign_that_no_text_has_is_refused_wherever_it_is_sent(client, administrator):
    for name, query in (
        ("cases_user_changelist", {"role__exact": "\0"}),
        ("cases_organisation_changelist", {"kind__exact": "\0"}),
        ("cases_act_changelist", {"q": "\0"}),
        ("cases_reminder_changelist", {"state__exact": "a\0"}),
        ("cases_accesslog_changelist", {"purpose__exact": "\0"}),
    ):
        answer = page(client, name, **query)
        assert answer.status_code == 400, name
        assert "Intet er gemt" in answer.content.decode()
    assert client.post(reverse("admin:cases_act_correct"), {"key": "\0"}).status_code == 400


# Who enters

PAGES = [
    ("index",),
    ("cases_act_changelist",),
    ("cases_act_add",),
    ("cases_act_values",),
    ("cases_act_selection", "varsler"),
    ("cases_organisation_changelist",),
    ("cases_organisation_add",),
    ("cases_user_changelist",),
    ("cases_user_add",),
    ("cases_event_changelist",),
    ("cases_accesslog_changelist",),
    ("cases_reminder_changelist",),
]


@pytest.mark.parametrize("name", PAGES, ids=lambda name: name[0])
def test_every_page_opens_for_administrators_and_for_nobody_else(client, office, case, log_in, name):
    url = reverse(f"admin:{name[0]}", args=name[1:])

    answers = {}
    for who in ("administrator", "adviser", "leader", "caseworker"):
        log_in(getattr(office, who))
        response = client.get(url, follow=True)
        answers[who] = response.status_code
    client.logout()

    assert answers == {"administrator": 200, "adviser": 403, "leader": 403, "caseworker": 403}
    assert client.get(url, follow=True).redirect_chain[-1][0].startswith(reverse("login"))


def test_somebody_who_is_staff_without_the_role_stays_outside(client, office, log_in):
    User.objects.filter(pk=office.adviser.pk).update(is_staff=True)
    log_in(office.adviser)

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_the_log_in_page_is_the_common_one(client, db):
    response = client.get(reverse("admin:login"))

    assert response.url == f"{reverse('login')}?next={reverse('admin:index')}"


def test_who_is_inside_already_is_led_to_the_front_page(client, administrator):
    assert client.get(reverse("admin:login")).url == reverse("admin:index")


def test_no_citizen_and_no_case_can_be_administrated():
    admin.autodiscover()
    registered = {model for model in admin.site._registry}

    assert registered.isdisjoint({Citizen, Case, Meeting, RequiredMeeting})


# Organisations and users


def test_an_organisation_is_made_with_a_real_cvr_number(client, administrator):
    form = {
        "kind": OrganisationKind.FUND,
        "name": "Nykassen",
        "cvr": "12345678",
        "code": "77",
        "phone": "70112233",
        "email": "post@nykassen.example",
        "meeting_place": "Vej 1",
        "opens_at": "9.00",
        "closes_at": "15.00",
        "teams-TOTAL_FORMS": "0",
        "teams-INITIAL_FORMS": "0",
    }

    refused = client.post(reverse("admin:cases_organisation_add"), form)
    assert "kontrolcifferet skal passe" in refused.content.decode()

    client.post(reverse("admin:cases_organisation_add"), {**form, "cvr": "99000228"})
    assert Organisation.objects.get(name="Nykassen").is_fund


def user_form(**changes):
    return {
        "username": "ny",
        "first_name": "Nynne",
        "last_name": "Dal",
        "email": "ny@example.dk",
        "organisation": "",
        "team": "",
        **changes,
    }


def test_an_administrator_may_enter_and_others_may_not(client, administrator, office):
    url = reverse("admin:cases_user_add")

    client.post(url, user_form(role=Role.ADMINISTRATOR))
    client.post(url, user_form(username="ny2", role=Role.ADVISER, organisation=office.fund.pk))

    assert User.objects.get(username="ny").is_staff
    adviser = User.objects.get(username="ny2")
    assert (adviser.is_staff, adviser.has_usable_password()) == (False, False)


@pytest.mark.parametrize(
    ("role", "works_at", "message"),
    [
        (Role.ADVISER, "municipality", "En rådgiver arbejder i en a-kasse"),
        (Role.CASEWORKER, "fund", "En sagsbehandler arbejder i et jobcenter"),
        (Role.TEAM_LEADER, None, "Vælg den organisation, brugeren arbejder i"),
    ],
)
def test_a_role_in_the_wrong_place_is_refused(client, administrator, office, role, works_at, message):
    organisation = getattr(office, works_at).pk if works_at else ""

    response = client.post(reverse("admin:cases_user_add"), user_form(role=role, organisation=organisation))

    assert message in response.content.decode()


@pytest.mark.parametrize(("name", "words"), [("Dal; Nynne Vig", "semikolon"), ("Dal 010180-1101", "et CPR-nummer")])
def test_a_user_has_one_name_and_no_number_in_it(client, administrator, office, name, words):
    form = user_form(role=Role.ADVISER, organisation=office.fund.pk, last_name=name)

    assert words in client.post(reverse("admin:cases_user_add"), form).content.decode()


def test_teams_of_the_same_name_are_told_apart_by_their_office(client, administrator, office):
    for organisation in (office.fund, office.municipality):
        organisation.teams.create(name="Team Nord")

    html = client.get(reverse("admin:cases_user_change", args=[office.adviser.pk])).content.decode()

    for organisation in (office.fund, office.municipality):
        assert f">{organisation}: Team Nord</option>" in html


def test_nobody_shuts_the_door_behind_himself(client, administrator, office):
    own = client.get(reverse("admin:cases_user_change", args=[administrator.pk])).content.decode()
    other = client.get(reverse("admin:cases_user_change", args=[office.adviser.pk])).content.decode()

    assert 'name="is_active"' not in own
    assert 'name="is_active"' in other


def test_users_are_closed_and_never_deleted(client, administrator, office):
    url = reverse("admin:cases_user_delete", args=[office.adviser.pk])

    assert client.post(url, {"post": "yes"}).status_code == 403


# What happened


def test_logs_are_read_without_a_word_about_the_citizen(client, administrator, office, case, now):
    AccessLog.objects.create(
        at=now,
        user=office.adviser,
        organisation=office.fund,
        purpose=Purpose.MEETING,
        route="meetings:course",
        cases=[1],
    )
    events = page(client, "cases_event_changelist").content.decode()
    log = page(client, "cases_accesslog_changelist").content.decode()

    assert ("sag oprettet" in events, "cases.opened" in events) == (True, False)
    assert ("/sager/…/" in log, "meetings:course" in log) == (True, False)
    for html in (events, log):
        assert case.citizen.name not in html
        assert case.label not in html
        assert "Tilmeldt" not in html


def test_whatever_the_history_says_has_a_danish_name():
    sources = [path.read_text() for app in ("cases", "meetings", "referrals") for path in Path(app).rglob("*.py")]
    codes = set(re.findall(r'"((?:cases|meetings|referrals|plans|aims)\.[a-z_]+[a-z])"', "".join(sources)))
    models = {model._meta.label_lower for model in apps.get_models()}

    unnamed = {code for code in codes - set(REGISTRY) - set(kind_labels()) - models if name_of(code) == code}

    assert unnamed == set()


def test_logs_cannot_be_changed(client, administrator, case):
    event = case.events.first()

    assert client.get(reverse("admin:cases_event_change", args=[event.pk])).status_code == 200
    assert client.post(reverse("admin:cases_event_change", args=[event.pk]), {"kind": "x"}).status_code == 403
    assert client.get(reverse("admin:cases_event_add")).status_code == 403


# Passwords


def test_no_password_is_typed_for_another_and_nothing_of_the_stored_one_is_shown(client, administrator, office):
    shown = page(client, "cases_user_change", office.adviser.pk).content.decode()
    link = reverse("admin:cases_user_invite", args=[office.adviser.pk])
    url = reverse("admin:auth_user_password_change", args=[office.adviser.pk])
    assert link in shown
    assert not re.search("salt|hash|algoritme", shown)
    assert 'type="password"' not in shown + page(client, "cases_user_add").content.decode()

    typed = {"password1": "et-helt-nyt-kodeord-7", "password2": "et-helt-nyt-kodeord-7"}
    assert client.post(url, typed).url == link
    client.post(link, typed)

    office.adviser.refresh_from_db()
    assert not office.adviser.check_password("et-helt-nyt-kodeord-7")


def test_what_can_only_be_read_stands_in_no_form(client, administrator, office, case):
    event = case.events.order_by("pk").first()
    shown = page(client, "cases_event_change", event.pk).content.decode()

    assert "<form" not in shown.partition('id="content-main"')[2]


# Two who have the same page open


@pytest.mark.parametrize(
    ("page", "of", "name", "theirs", "mine", "shown"),
    [
        ("cases_user_change", "adviser", "last_name", "Dal", "Lund", ("Dal", "Lund")),
        ("cases_user_change", "adviser", "team", "@north", "@south", ("Fagkassen: Nord", "Fagkassen: Syd")),
        ("cases_user_change", "colleague", "is_active", None, "on", ("nej", "ja")),
        (
            "cases_organisation_change",
            "fund",
            "video_room",
            "https://b.example.dk/1",
            "",
            ("https://b.example.dk/1", "(tomt)"),
        ),
        ("cases_organisation_change", "fund", "opens_at", "07.30", "08.15", ("07.30", "08.15")),
        ("cases_organisation_change", "fund", "teams-0-name", "Nordøst", "Nordvest", ("Nordøst", "Nordvest")),
    ],
)
def test_what_another_administrator_saved_stands_beside_what_was_typed_until_it_is_confirmed(
    office, log_in, page, of, name, theirs, mine, shown
):
    row, client = getattr(office, of), log_in(office.administrator)
    teams = {f"@{key}": Team.objects.create(organisation=office.fund, name=text) for key, text in TEAMS.items()}
    url = reverse(f"admin:{page}", args=[row.pk])
    late = changed(opened(client, url), name, mine, teams)
    assert client.post(url, changed(opened(client, url), name, theirs, teams)).status_code == 302
    stands = opened(client, url)

    refused = client.post(url, late)

    text = " ".join(refused.content.decode().split())
    assert "er ændret, mens du skrev</h2>" in text
    assert f"Der står nu: <strong>{shown[0]}</strong>. Du har skrevet: <strong>{shown[1]}</strong>." in text
    assert opened(client, url) == stands

    assert client.post(url, filled(text, page=url)).status_code == 302
    assert typed_in(opened(client, url)) == typed_in(late) != typed_in(stands)


TEAMS = {"north": "Nord", "south": "Syd"}


def changed(form, name, value, teams):
    meant = str(teams[value].pk) if value in teams else value
    return {key: text for key, text in {**form, name: meant}.items() if text is not None}


def typed_in(form):
    return {name: text for name, text in form.items() if not name.endswith("as_read")}


def test_every_form_that_changes_something_overwrites_nothing_unseen(office, rf):
    request = rf.get("/")
    request.user = office.administrator
    admin.autodiscover()
    ours = [page for page in admin.site._registry.values() if isinstance(page, ForAdministrators)]
    pages = [page for page in ours if page.has_change_permission(request)]
    bare = {page.model for page in pages for part in (page, *page.inlines) if not issubclass(part.form, GuardedForm)}
    # A draft is held as a whole, with its values and its rows.
    assert bare == {Act}
    assert len(pages) > 2
