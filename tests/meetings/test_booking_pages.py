"""The pages that book, move, cancel and register: what they show, what they refuse, and what they keep."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import AccessLog, Case, Citizen
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings import services
from meetings.models import ChannelChoice, Exemption, Meeting, Outcome
from meetings.rules.kinds import Channel, MeetingKind
from tests import factories

WEDNESDAY_TEN = datetime(2026, 5, 6, 8, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
SUNDAY = {"slot": "own", "on": "10-05-2026", "begins": "17.00"}


@contextmanager
def standing_at(moment):
    """Time stands still at another moment than the test's own."""
    with time_machine.travel(moment, tick=False):
        yield moment


def url(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


class Visitor:
    """Somebody at a form: it is posted as the page shows it, but for what is changed."""

    def __init__(self, client, user):
        self._client, self._user = client, user

    @property
    def client(self):
        # Logged in again each time: the clock may have moved past the end of the session.
        self._client.force_login(self._user)
        return self._client

    def look(self, name, thing, query="", **headers):
        return self.client.get(url(name, thing) + query, headers=headers)

    def shown(self, name, thing):
        form = self.look(name, thing).context["form"]
        values = {bound.name: bound.value() for bound in form}
        if "seen" in values:
            values["seen"] = form.seen_now
        return {
            field: str(value.public_id) if isinstance(value, Model) else value
            for field, value in values.items()
            if value not in (None, "", False)
        }

    def send(self, name, thing, **changes):
        return self.client.post(url(name, thing), {**self.shown(name, thing), **changes})


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def caseworker(client, office):
    return Visitor(client, office.caseworker)


def book(case, by, now, *, starts_at=WEDNESDAY_TEN, **fields):
    booking = services.Booking(
        kind=fields.pop("kind", MeetingKind.CONTACT_INTERVIEW),
        adviser_id=by.pk,
        starts_at=starts_at,
        ends_at=starts_at + HALF_AN_HOUR,
        is_confirmed=True,
        **fields,
    )
    return services.book(case_id=case.pk, booking=booking, by=by, at=now)


def choose(case, channel, by, now):
    return services.choose_channel(
        case_id=case.pk, channel=channel, chosen_on=now.date(), meeting_id=None, by=by, at=now
    )


def said(answer):
    """What the messages and errors on the page say."""
    return answer.content.decode()


class TestBook:
    def test_the_first_suggestion_is_booked_by_the_button_alone(self, adviser, case):
        answer = adviser.send("book", case)
        assert (answer.status_code, answer.url) == (302, case.get_absolute_url())
        meeting = Meeting.objects.get()
        assert meeting.requirement is not None
        page = adviser.client.get(answer.url)
        assert "Samtalen er booket: tirsdag den 5. maj 2026 kl. 09.00-09.30, personligt fremmøde." in said(page)

    def test_the_page_says_what_it_is_for_and_why_the_times(self, adviser, case):
        page = adviser.look("book", case)
        assert "1. jobsamtale (a-kassen)" in said(page)
        assert "Den første ledige tid. Efter fristen den 27. april 2026." in said(page)
        assert "Borgeren vælger selv personligt fremmøde, telefon eller video til og med den 12. oktober 2026." in said(
            page
        )
        assert AccessLog.objects.filter(cases=[case.pk], route="meetings:book").count() == 1

    def test_another_requirement_by_the_address(self, adviser, case):
        second = case.required_meetings.current().get(number=2, responsible="fund")
        page = adviser.look("book", case, f"?krav={second.public_id}")
        assert page.context["desk"].requirement == second
        assert "Fordeler de 3 samtaler" in said(page)
        assert adviser.look("book", case, "?krav=findes-ikke").context["desk"].requirement.number == 1

    def test_own_time_with_a_colleague(self, adviser, case, office):
        own = {"slot": "own", "on": "7. 5. 2026", "begins": "kl. 13", "minutes": "45"}
        adviser.send("book", case, adviser=str(office.colleague.public_id), **own)
        meeting = Meeting.objects.get()
        assert (meeting.adviser, meeting.starts_at) == (office.colleague, datetime(2026, 5, 7, 11, 0, tzinfo=UTC))
        assert meeting.ends_at - meeting.starts_at == timedelta(minutes=45)

    def test_posting_twice_books_once(self, adviser, case):
        typed = adviser.shown("book", case)
        for _ in range(2):
            assert adviser.client.post(url("book", case), typed).status_code == 302
        assert Meeting.objects.count() == 1

    def test_a_time_that_was_taken_meanwhile_is_named_and_the_rest_is_kept(self, adviser, case, office, now):
        typed = {**adviser.shown("book", case), "place": "Lokale 4"}
        starts_at = timezone.make_aware(datetime.fromisoformat(typed["slot"]))
        book(factories.case(office), office.adviser, now, starts_at=starts_at)
        answer = adviser.client.post(url("book", case), typed)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"slot": ["Medarbejderen er optaget i det tidsrum. Vælg en anden tid."]}
        assert 'value="Lokale 4"' in said(answer)

    def test_own_busy_time_is_said_at_the_clock_time(self, adviser, case, office, now):
        book(case, office.caseworker, now)
        answer = adviser.send("book", case, slot="own", on="06-05-2026", begins="10.15")
        assert answer.context["form"].errors == {"begins": ["Borgeren er optaget i det tidsrum. Vælg en anden tid."]}
        assert "Jobcenter Solby" not in str(answer.context["form"].errors)

    def test_a_sunday_evening_is_asked_about_and_booked_with_a_tick(self, adviser, case):
        answer = adviser.send("book", case, **SUNDAY)
        assert answer.status_code == 422
        form = answer.context["form"]
        assert "Den 10. maj 2026 er en søndag." in said(answer)
        assert "åbningstiden 09.00-15.00" in said(answer)
        assert 'value="10-05-2026"' in said(answer)
        assert not Meeting.objects.exists()
        answer = adviser.send("book", case, **SUNDAY, confirm="on", seen=form.seen_now)
        assert answer.status_code == 302

    def test_a_tick_accepts_only_the_warnings_that_were_shown(self, adviser, case):
        seen = adviser.send("book", case, **SUNDAY).context["form"].seen_now
        saturday = {**SUNDAY, "on": "09-05-2026"}
        answer = adviser.send("book", case, **saturday, confirm="on", seen=seen)
        assert answer.status_code == 422
        assert "er en lørdag" in said(answer)

    def test_the_warnings_of_what_is_offered_are_shown_at_once(self, adviser, office):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        page = adviser.look("book", case)
        assert "ligger uden for de dage" in said(page)
        assert adviser.send("book", case, confirm="on").status_code == 302

    @pytest.mark.parametrize(
        ("typed", "field", "text"),
        [
            ({"slot": "own", "on": "32-13-2026", "begins": "10"}, "on", "32-13-2026 findes ikke i kalenderen"),
            ({"slot": "own", "on": "", "begins": "10"}, "on", "dag-måned-år"),
            ({"slot": "own", "on": "12-05-2026", "begins": "25.00"}, "begins", "Klokken 25.00 findes ikke"),
            ({"slot": "own", "on": "12-05-2026", "begins": ""}, "begins", "timer og minutter"),
            ({"slot": "noget andet"}, "slot", "Vælg en mulighed"),
            ({"slot": ""}, "slot", "Vælg en mulighed"),
            ({"minutes": "0"}, "minutes", "mindst 5 minutter"),
            ({"minutes": "en time"}, "minutes", "som et tal"),
            ({"adviser": "8f14e45f-ceea-467f-a8f6-3c3f1f5c0f5a"}, "adviser", "Vælg en mulighed"),
            ({"slot": "own", "on": "01-05-2026", "begins": "10.00"}, None, "Tidspunktet er passeret"),
            ({"slot": "own", "on": "10-05-2190", "begins": "10.00"}, None, "ikke kendt"),
            ({"place": "Ring på 120385-1234"}, "place", "CPR-nummer"),
        ],
    )
    def test_bad_input_gets_one_plain_sentence_and_stays(self, adviser, case, typed, field, text):
        answer = adviser.send("book", case, **typed)
        assert answer.status_code == 422
        errors = answer.context["form"].errors
        assert list(errors) == [field or "__all__"]
        assert text in errors[field or "__all__"][0]
        for name, value in typed.items():
            assert answer.context["form"][name].value() == value
        assert not Meeting.objects.exists()

    def test_what_is_typed_for_an_own_time_is_no_error_when_a_suggestion_is_taken(self, adviser, case):
        assert adviser.send("book", case, on="32-13-2026").status_code == 302

    def test_the_channel_follows_the_choice_and_attendance_needs_a_reason(self, adviser, case, office, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        page = adviser.look("book", case)
        assert "Borgerens valg: telefon" in said(page)
        answer = adviser.send("book", case, channel="attendance")
        assert "Skriv, hvorfor fremmøde er nødvendigt" in answer.context["form"].errors["channel_reason"][0]
        adviser.send("book", case, channel="attendance", channel_reason="Papirer skal ses.")
        assert Meeting.objects.get().channel_chosen_by == "authority"

    def test_where_the_law_decides_the_channel_is_locked_and_says_why(self, client, office, now):
        with standing_at(datetime(2023, 3, 1, 9, 0, tzinfo=UTC)) as at:
            case = factories.case(office, registered_on=date(2023, 2, 1), at=at, by=office.caseworker)
            caseworker = Visitor(client, office.caseworker)
            page = caseworker.look("book", case, f"?dag=21-03-2023&medarbejder={office.caseworker.public_id}")
            assert "Låst." in said(page)
            assert "kun ved personligt fremmøde" in said(page)
            answer = caseworker.send("book", case, slot="own", on="21-03-2023", begins="10", channel="video")
            assert answer.status_code == 422
            assert "Video kan ikke bruges til denne samtale" in answer.context["form"].errors["channel"][0]

    def test_another_channel_than_the_citizens_is_refused_by_name(self, adviser, case, office, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        answer = adviser.send("book", case, channel="video")
        assert "Borgeren vælger samtaleform, og den er telefon" in answer.context["form"].errors["channel"][0]
        assert "channel" in adviser.send("book", case, channel="brev").context["form"].errors

    def test_after_six_months_the_authority_chooses_and_sees_the_wish(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2025, 9, 1))
        choose(case, Channel.VIDEO, office.caseworker, now)
        page = caseworker.look("book", case)
        assert "Borgerens ønske: video" in said(page)
        caseworker.send("book", case, channel="telephone", confirm="on")
        assert Meeting.objects.get().channel == "telephone"

    def test_the_wish_for_the_fund_is_asked_at_the_first_meeting_in_the_jobcenter(self, caseworker, office):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        assert "Ønsker borgeren, at a-kassen er med?" in said(caseworker.look("book", case))
        caseworker.send("book", case, fund_attends="ja")
        assert Meeting.objects.get().fund_attends is True
        assert "Ønsker borgeren, at a-kassen er med?" not in said(caseworker.look("book", case))
        answer = caseworker.send("book", case, fund_attends="ja")
        assert "A-kassen kan kun deltage i den første samtale" in said(answer)

    def test_the_fund_in_a_joint_interview(self, client, office):
        with standing_at(datetime(2022, 6, 8, 8, 0, tzinfo=UTC)) as at:
            case = factories.case(office, registered_on=date(2022, 6, 1), at=at, by=office.caseworker)
            caseworker = Visitor(client, office.caseworker)
            joint = case.required_meetings.current().filter(kind="joint_interview").order_by("due_on")[0]
            page = caseworker.look("book", case, f"?krav={joint.public_id}")
            assert "Skal a-kassen deltage?" in said(page)

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({"email": ""}, "mangler en e-mailadresse"),
            ({"phone": ""}, "mangler et telefonnummer"),
            ({"is_exempt_from_digital_post": True}, "fritaget for Digital Post"),
            ({"is_exempt_from_digital_post": True, "email": "", "phone": ""}, "kan ikke nås digitalt"),
            ({"interpreter_language": "arabisk"}, "Bestil en tolk"),
        ],
    )
    def test_that_the_citizen_cannot_be_reached_is_said_here(self, adviser, case, changes, text):
        Citizen.objects.filter(pk=case.citizen_id).update(**changes)
        assert text in said(adviser.look("book", case))

    def test_the_free_times_of_another_day_with_and_without_a_script(self, adviser, case, office):
        query = f"?dag=12-05-2026&medarbejder={office.colleague.public_id}"
        page = adviser.look("book", case, query)
        assert "Ledige tider den 12. maj 2026 hos" in said(page)
        assert len(page.context["form"].slot_cards) == 13
        part = adviser.look("book", case, query, **{"HX-Request": "true"})
        assert said(part).strip().startswith('<div id="times">')
        assert "<h1" not in said(part)

    @pytest.mark.parametrize(
        ("query", "text"),
        [
            ("?dag=14-05-2026", "Ingen ledige tider den 14. maj 2026"),
            ("?dag=32-05-2026", "findes ikke i kalenderen"),
            ("?dag=", "Skriv en dag"),
        ],
    )
    def test_a_day_without_free_times(self, adviser, case, office, query, text):
        query += f"&medarbejder={office.adviser.public_id}"
        assert text in said(adviser.look("book", case, query))

    def test_when_nothing_is_free_it_says_what_to_do(self, adviser, case, office, now):
        everything = services.Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=office.adviser.pk,
            starts_at=now + timedelta(minutes=1),
            ends_at=now + timedelta(days=200),
            is_confirmed=True,
        )
        services.book(case_id=factories.case(office).pk, booking=everything, by=office.adviser, at=now)
        page = adviser.look("book", case)
        assert "Ingen ledige tider i perioden." in said(page)
        assert page.context["form"]["slot"].value() == "own"

    def test_an_extra_meeting_when_nothing_is_missing(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        for day in range(3):
            book(case, office.caseworker, now, starts_at=WEDNESDAY_TEN + timedelta(days=day))
        assert "Du kan booke en ekstra." in said(caseworker.look("book", case))
        caseworker.send("book", case)
        assert Meeting.objects.filter(requirement=None).count() == 1

    def test_where_nothing_can_be_booked_it_says_by_which_rule(self, adviser, case, monkeypatch):
        monkeypatch.setattr("meetings.desk.Desk.kinds", [])
        monkeypatch.setattr("meetings.desk.Desk._refusal", lambda *_: "A-kassen kan ikke holde jobsamtaler.")
        page = adviser.look("book", case)
        assert "A-kassen kan ikke holde jobsamtaler." in said(page)
        assert "<form method" not in said(page).split("<h1>")[1]

    def test_a_closed_case_leads_back(self, adviser, case):
        Case.objects.filter(pk=case.pk).update(status="closed", closed_on="2026-05-04", close_reason="work")
        answer = adviser.look("book", case)
        assert (answer.status_code, answer.url) == (302, case.get_absolute_url())


class TestMove:
    def test_gives_it_another_time_and_keeps_what_was_agreed(self, adviser, case, office, now):
        old = book(case, office.adviser, now, place="Lokale 4")
        page = adviser.look("move", old)
        assert "Nu: jobsamtale onsdag den 6. maj 2026 kl. 10.00-10.30" in said(page)
        assert 'value="Lokale 4"' in said(page)
        answer = adviser.send("move", old, slot="own", on="07-05-2026", begins="11.00")
        assert answer.status_code == 302
        new = Meeting.objects.get(status="booked")
        assert (new.moved_from, new.place) == (old, "Lokale 4")
        assert "Samtalen er flyttet til torsdag den 7. maj 2026" in said(adviser.client.get(answer.url))

    def test_the_default_place_follows_the_new_channel(self, adviser, case, office, now):
        old = book(case, office.adviser, now)
        assert adviser.look("move", old).context["form"]["place"].value() == ""

    def test_the_wish_for_the_fund_is_asked_anew(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        old = book(case, office.caseworker, now, fund_attends=True)
        caseworker.send("move", old, slot="own", on="07-05-2026", begins="11.00")
        assert Meeting.objects.get(status="booked").fund_attends is None

    def test_twice_is_once(self, adviser, case, office, now):
        old = book(case, office.adviser, now)
        typed = {**adviser.shown("move", old), "slot": "own", "on": "07-05-2026", "begins": "11.00"}
        for _ in range(2):
            assert adviser.client.post(url("move", old), typed).status_code == 302
        assert Meeting.objects.count() == 2

    def test_what_is_booked_no_more_leads_back(self, adviser, case, office, now):
        old = book(case, office.adviser, now)
        adviser.send("cancel", old, reason="citizen")
        answer = adviser.client.get(url("move", old), follow=True)
        assert "Samtalen er aflyst og kan ikke flyttes." in said(answer)
        typed = {**adviser.shown("book", case), "slot": "own", "on": "07-05-2026", "begins": "11.00"}
        answer = adviser.client.post(url("move", old), typed)
        assert answer.status_code == 422
        assert "Samtalen er aflyst og kan derfor ikke flyttes" in said(answer)


class TestCancel:
    def test_with_a_reason_and_the_way_to_book_again(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now)
        answer = adviser.send("cancel", meeting, reason="citizen", note="Har fået job.")
        page = said(adviser.client.get(answer.url))
        assert "Aflyst: jobsamtale onsdag den 6. maj 2026 kl. 10.00-10.30." in page
        assert f'<a href="{url("book", case)}">Book igen</a>' in page
        meeting.refresh_from_db()
        assert (meeting.status, meeting.cancel_reason, meeting.note) == ("cancelled", "citizen", "Har fået job.")

    def test_without_a_reason_nothing_happens(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now)
        answer = adviser.send("cancel", meeting)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"reason": ["Vælg en mulighed under »Hvorfor aflyses samtalen?«."]}


@pytest.fixture
def begun(case, office, now):
    """A meeting of the case that began and ended this morning; it is a quarter past."""
    meeting = book(case, office.adviser, now)
    with standing_at(WEDNESDAY_TEN + timedelta(minutes=45)):
        yield meeting


class TestRegister:
    def test_three_answers_register_it_and_book_the_next(self, adviser, case, begun):
        answer = adviser.send("register", begun, outcome="held", guided="ja", note="Aftalt CV.")
        assert answer.status_code == 302, answer.context["form"].errors
        begun.refresh_from_db()
        following = Meeting.objects.get(status="booked")
        assert (begun.status, begun.note, begun.is_six_weeks_guided) == ("held", "Aftalt CV.", True)
        assert following.requirement is not None
        assert "Næste samtale: " in said(adviser.client.get(answer.url))

    def test_both_are_saved_or_none_and_all_that_was_typed_stays(self, adviser, case, begun):
        answer = adviser.send("register", begun, outcome="held", guided="nej", note="Aftalt CV.", **SUNDAY)
        assert answer.status_code == 422
        begun.refresh_from_db()
        assert (begun.status, Meeting.objects.count()) == ("booked", 1)
        shown = {bound.name: bound.value() for bound in answer.context["form"]}
        assert shown.items() >= {"outcome": "held", "guided": "nej", "note": "Aftalt CV.", **SUNDAY}.items()
        seen = answer.context["form"].seen_now
        answer = adviser.send(
            "register", begun, outcome="held", guided="nej", note="Aftalt CV.", **SUNDAY, confirm="on", seen=seen
        )
        assert answer.status_code == 302

    def test_twice_is_once(self, adviser, case, begun):
        typed = {**adviser.shown("register", begun), "outcome": "held", "guided": "ja"}
        for _ in range(2):
            assert adviser.client.post(url("register", begun), typed).status_code == 302
        assert Meeting.objects.count() == 2

    def test_the_outcome_is_needed_and_the_guidance_where_it_is_a_duty(self, adviser, begun):
        assert list(adviser.send("register", begun).context["form"].errors) == ["outcome"]
        errors = adviser.send("register", begun, outcome="held").context["form"].errors
        assert errors == {"guided": ["Svar ja eller nej, når samtalen blev holdt."]}
        assert adviser.send("register", begun, outcome="absent", slot="none").status_code == 302
        begun.refresh_from_db()
        assert (begun.status, begun.is_six_weeks_guided) == ("missed", None)

    def test_the_jobcenter_is_never_asked_about_guidance_today(self, client, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        meeting = book(case, office.caseworker, now)
        with standing_at(WEDNESDAY_TEN + HALF_AN_HOUR):
            caseworker = Visitor(client, office.caseworker)
            page = caseworker.look("register", meeting)
            assert "6 ugers" not in said(page)
            assert caseworker.send("register", meeting, outcome="held").status_code == 302

    @pytest.mark.parametrize(("day", "is_asked"), [(date(2023, 3, 21), True), (date(2023, 3, 22), False)])
    def test_the_jobcenter_was_asked_until_22_march_2023(self, client, office, day, is_asked):
        starts_at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        with standing_at(datetime(2023, 3, 1, 9, tzinfo=UTC)) as at:
            case = factories.case(office, registered_on=date(2023, 1, 2), at=at, by=office.caseworker)
            meeting = book(case, office.caseworker, at, starts_at=starts_at)
        with standing_at(starts_at + HALF_AN_HOUR):
            page = Visitor(client, office.caseworker).look("register", meeting)
            assert ("Spurgte borgeren om 6 ugers" in said(page)) is is_asked

    def test_a_future_meeting_has_no_outcome(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now)
        page = adviser.look("register", meeting)
        assert "Samtalen er ikke begyndt endnu" in said(page)
        typed = {**adviser.shown("book", case), "outcome": "held", "guided": "ja", "slot": "none"}
        answer = adviser.client.post(url("register", meeting), typed)
        assert answer.status_code == 422
        meeting.refresh_from_db()
        assert meeting.outcome == ""

    def test_when_all_are_held_it_says_so_and_books_none(self, client, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        meetings = [
            book(case, office.caseworker, now, starts_at=WEDNESDAY_TEN + timedelta(days=day)) for day in range(3)
        ]
        for meeting in meetings:
            with standing_at(meeting.ends_at):
                caseworker = Visitor(client, office.caseworker)
                page = caseworker.look("register", meeting)
                assert "Alle samtaler i perioden er holdt eller booket." in said(page)
                assert caseworker.send("register", meeting, outcome="held").status_code == 302
        assert Meeting.objects.count() == 3

    def test_a_missed_last_meeting_can_be_booked_again_at_once(self, client, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        for day in (1, 2):
            book(case, office.caseworker, now, starts_at=WEDNESDAY_TEN + timedelta(days=day))
        meeting = book(case, office.caseworker, now)
        with standing_at(meeting.ends_at):
            caseworker = Visitor(client, office.caseworker)
            again = caseworker.look("register", meeting).context["form"].slot_cards[0]["value"]
            caseworker.send("register", meeting, outcome="absent_ill", slot=again)
        assert Meeting.objects.filter(status="booked", requirement__isnull=False).count() == 3

    def test_other_days_times_without_losing_what_is_typed(self, adviser, begun):
        query = "?dag=12-05-2026&medarbejder=" + str(begun.adviser.public_id)
        part = adviser.look("register", begun, query, **{"HX-Request": "true"})
        assert said(part).strip().startswith('<div id="times">')
        assert "id_note" not in said(part)

    def test_registered_already_leads_to_the_case(self, adviser, begun):
        adviser.send("register", begun, outcome="absent", slot="none")
        assert "kan ikke få et nyt udfald her" in said(adviser.client.get(url("register", begun), follow=True))


class TestCorrect:
    def test_asks_for_a_reason(self, adviser, begun):
        adviser.send("register", begun, outcome="held", guided="ja", slot="none")
        answer = adviser.send("correct", begun, outcome="absent", guided="")
        assert list(answer.context["form"].errors) == ["reason"]
        answer = adviser.send("correct", begun, outcome="absent", guided="", reason="Tastet forkert.")
        assert answer.status_code == 302
        begun.refresh_from_db()
        assert begun.outcome == Outcome.ABSENT

    def test_without_an_outcome_there_is_nothing_to_correct(self, adviser, begun):
        answer = adviser.client.get(url("correct", begun), follow=True)
        assert "intet udfald at rette" in said(answer)


class TestChannel:
    def test_shows_the_clock_the_history_and_what_is_booked(self, adviser, case, office, now):
        choose(case, Channel.VIDEO, office.caseworker, now)
        book(case, office.adviser, now)
        page = said(adviser.look("channel", case))
        assert "til og med den <strong>12. oktober 2026</strong>" in page
        assert "4. maj 2026: video til alle samtaler. Registreret af" in page
        assert "Jobsamtale onsdag den 6. maj 2026 kl. 10.00-10.30: video (borgerens valg)" in page

    def test_records_the_choice_for_all_or_for_one(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now)
        assert adviser.send("channel", case, channel="video").status_code == 302
        adviser.send("channel", case, channel="telephone", covers=str(meeting.public_id))
        meeting.refresh_from_db()
        assert meeting.channel == "telephone"
        assert list(ChannelChoice.objects.values_list("channel", "meeting")) == [
            ("telephone", meeting.pk),
            ("video", None),
        ]
        assert "telefon til samtalen den 6. maj 2026" in said(adviser.look("channel", case))

    def test_the_laws_refusal_is_named(self, client, office):
        with standing_at(datetime(2023, 3, 1, 9, tzinfo=UTC)) as at:
            case = factories.case(office, registered_on=date(2023, 2, 1), at=at, by=office.caseworker)
            caseworker = Visitor(client, office.caseworker)
            assert "Låst." in said(caseworker.look("channel", case))
            answer = caseworker.send("channel", case, channel="video")
            assert answer.status_code == 422
            assert "kun ved personligt fremmøde" in answer.context["form"].errors["channel"][0]

    def test_locked_after_six_months_with_the_reason(self, caseworker, office):
        case = factories.case(office, registered_on=date(2025, 9, 1))
        page = said(caseworker.look("channel", case))
        assert "Låst." in page
        assert "efter forløbets første 6 måneder" in page

    def test_a_date_ahead_is_refused(self, adviser, case):
        answer = adviser.send("channel", case, channel="video", chosen_on="05-05-2026")
        assert "mellem tilmeldingen" in said(answer)


class TestFundWish:
    def test_two_buttons(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        meeting = book(case, office.caseworker, now)
        answer = caseworker.client.post(url("fund_wish", meeting), {"wish": "yes"})
        assert "Borgeren ønsker a-kassen med til" in said(caseworker.client.get(answer.url))
        meeting.refresh_from_db()
        assert meeting.fund_attends is True

    @pytest.mark.parametrize(("wish", "text"), [("yes", "A-kassen holder selv"), ("måske", "Vælg, om borgeren")])
    def test_what_cannot_be_is_said(self, adviser, case, office, now, wish, text):
        meeting = book(case, office.adviser, now)
        answer = adviser.client.post(url("fund_wish", meeting), {"wish": wish}, follow=True)
        assert text in said(answer)

    def test_it_is_no_page(self, adviser, case, office, now):
        assert adviser.look("fund_wish", book(case, office.adviser, now)).status_code == 405


JOB = {
    "reason": "ordinary_job",
    "first_day": "04-05-2026",
    "last_day": "07-06-2026",
    "starts_on": "08-06-2026",
    "document": "Ansættelseskontrakt",
}


class TestExemption:
    def test_says_what_moved_and_what_is_booked_in_it(self, adviser, case, office, now):
        book(case, office.adviser, now)
        answer = adviser.send("exempt", case, **JOB)
        page = said(adviser.client.get(answer.url))
        assert "Fritaget for samtaler: ordinært job til og med 07-06-2026." in page
        assert "Der er booket i fritagelsen: jobsamtale onsdag den 6. maj 2026" in page
        assert Exemption.objects.get().period == Period(date(2026, 5, 4), date(2026, 6, 8))

    @pytest.mark.parametrize(
        ("changes", "field", "text"),
        [
            ({"last_day": "03-05-2026"}, "last_day", "kan ikke ligge før den første"),
            ({"last_day": ""}, "last_day", "dag-måned-år"),
            ({"documented_on": "05-05-2026"}, "documented_on", "kan ikke ligge efter i dag"),
            ({"starts_on": "01-08-2026"}, "__all__", "mere end 6 uger"),
        ],
    )
    def test_what_cannot_be_is_said_and_stays(self, adviser, case, changes, field, text):
        answer = adviser.send("exempt", case, **{**JOB, **changes})
        assert answer.status_code == 422
        assert text in answer.context["form"].errors[field][0]
        assert "Ansættelseskontrakt" in said(answer)
        assert not Exemption.objects.exists()

    def test_twice_in_the_same_days(self, adviser, case):
        adviser.send("exempt", case, **JOB)
        answer = adviser.send("exempt", case, **JOB)
        assert "allerede en fritagelse i de dage" in said(answer)

    def test_is_removed_with_a_reason(self, adviser, case, office, now):
        exemption = self.exemption(case, office.adviser, now)
        assert list(adviser.send("exemption_end", exemption).context["form"].errors) == ["reason"]
        answer = adviser.send("exemption_end", exemption, reason="Jobbet blev aflyst.")
        assert "Jobbet blev aflyst." in said(adviser.client.get(answer.url))
        assert not Exemption.objects.exists()

    def test_only_the_jobcenter_keeps_the_duty(self, client, case, office, now):
        exemption = self.exemption(case, office.adviser, now)
        assert Visitor(client, office.adviser).look("keep_duty", exemption).status_code == 403
        answer = Visitor(client, office.caseworker).send("keep_duty", exemption, reason="Usikkert job.")
        assert answer.status_code == 302
        exemption.refresh_from_db()
        assert exemption.is_duty_kept

    def exemption(self, case, by, now):
        return services.exempt(
            case_id=case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(date(2026, 5, 4), date(2026, 6, 1)),
            documented_on=date(2026, 5, 4),
            starts_on=None,
            document="Attest",
            by=by,
            at=now,
        )


class TestWhoMay:
    def test_outside_ones_reach_nothing_is_there(self, client, case, office, now):
        meeting = book(case, office.adviser, now)
        stranger = Visitor(client, office.other_caseworker)
        for name, thing in (
            ("book", case),
            ("channel", case),
            ("exempt", case),
            ("move", meeting),
            ("cancel", meeting),
        ):
            assert stranger.look(name, thing).status_code == 404

    def test_the_other_party_does_not_touch_our_meetings(self, client, case, office, now):
        meeting = book(case, office.adviser, now)
        caseworker = Visitor(client, office.caseworker)
        for name in ("move", "cancel", "register", "correct"):
            assert caseworker.look(name, meeting).status_code == 403

    def test_each_page_is_logged_once_also_when_it_is_refused(self, adviser, case):
        before = AccessLog.objects.count()
        adviser.client.post(url("book", case), {"slot": ""})
        assert AccessLog.objects.count() == before + 1


def test_a_page_costs_the_same_for_a_long_course(adviser, case, office, now, django_assert_max_num_queries):
    client = adviser.client
    with CaptureQueriesContext(connection) as alone:
        client.get(url("book", case))
    for day in range(12):
        book(case, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(days=day))
    with django_assert_max_num_queries(len(alone)):
        client.get(url("book", case))
