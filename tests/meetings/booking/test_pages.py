"""The page that books: what it shows, what it refuses, and what it keeps; and who may open the pages at all."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.citizen import services as citizen_services
from cases.models import AccessLog, Case
from cases.ui.case_tabs import Tab
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.models import Meeting
from meetings.rules.kinds import Channel, MeetingKind
from tests import factories
from tests.meetings.booking.steps import SUNDAY, Visitor, said, standing_at, url
from tests.meetings.steps import WEDNESDAY_TEN, choose


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
        assert page.context["proposal"].requirement == second
        assert "Fordeler de 3 samtaler" in said(page)
        assert adviser.look("book", case, "?krav=findes-ikke").context["proposal"].requirement.number == 1

    def test_own_time_with_a_colleague(self, adviser, case, office):
        own = {"slot": "own", "on": "7. 5. 2026", "begins": "kl. 13", "minutes": "45"}
        adviser.send("book", case, adviser=str(office.colleague.public_id), **own)
        meeting = Meeting.objects.get()
        assert (meeting.adviser, meeting.starts_at) == (office.colleague, datetime(2026, 5, 7, 11, 0, tzinfo=UTC))
        assert meeting.ends_at - meeting.starts_at == timedelta(minutes=45)

    def test_a_long_link_is_kept_whole_and_can_be_clicked(self, adviser, case):
        link = f"https://video.example.dk/{'m' * 1970}"

        adviser.send("book", case, place=link)

        page = adviser.client.get(Tab.TALKS.url_of(case.public_id)).content.decode()
        assert f'<a href="{link}"' in page

    def test_posting_twice_books_once(self, adviser, case):
        typed = adviser.shown("book", case)
        for _ in range(2):
            assert adviser.client.post(url("book", case), typed).status_code == 302
        assert Meeting.objects.count() == 1

    def test_a_time_that_was_taken_meanwhile_is_named_and_the_rest_is_kept(self, adviser, case, office, now):
        typed = {**adviser.shown("book", case), "place": "Lokale 4"}
        starts_at = timezone.make_aware(datetime.fromisoformat(typed["slot"]))
        factories.book(factories.case(office), office.adviser, starts_at, at=now)
        answer = adviser.client.post(url("book", case), typed)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"slot": ["Medarbejderen er optaget i det tidsrum. Vælg en anden tid."]}
        assert 'value="Lokale 4"' in said(answer)

    def test_own_busy_time_is_said_at_the_clock_time(self, adviser, case, office, now):
        factories.book(case, office.caseworker, WEDNESDAY_TEN, at=now)
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

    def test_a_time_that_the_clock_skips_is_named_and_one_it_repeats_lasts_as_long_as_meant(self, adviser, case):
        skipped = adviser.send("book", case, slot="own", on="28-03-2027", begins="02.30")
        assert "Klokken 02.30 findes ikke den 28. marts 2027: uret stilles frem den nat." in said(skipped)
        assert 'value="02.30"' in said(skipped)
        assert adviser.send("book", case, slot="2027-03-28T02:30").status_code == 422

        twice = {"slot": "own", "on": "31-10-2027", "begins": "02.30"}
        asked = adviser.send("book", case, **twice)
        assert "90 minutter" not in said(asked)
        answer = adviser.send("book", case, **twice, confirm="on", seen=asked.context["form"].seen_now)
        assert answer.status_code == 302, answer.context["form"].errors
        meeting = Meeting.objects.get()
        assert meeting.ends_at - meeting.starts_at == timedelta(minutes=30)

    def test_a_tick_accepts_only_the_warnings_that_were_shown(self, adviser, case):
        seen = adviser.send("book", case, **SUNDAY).context["form"].seen_now
        saturday = {**SUNDAY, "on": "09-05-2026"}
        answer = adviser.send("book", case, **saturday, confirm="on", seen=seen)
        assert answer.status_code == 422
        assert "er en lørdag" in said(answer)

    def test_a_time_that_is_posted_is_held_against_one_diary_and_no_others_are_looked_for(self, adviser, case):
        with CaptureQueriesContext(connection) as asked:
            answer = adviser.send("book", case, slot="2026-05-06T10:00")
        assert answer.status_code == 302
        # One for the page that offers the times, and one for the booking.
        assert sum('FROM "meetings_workinghours"' in one["sql"] for one in asked) == 2

    def test_the_warnings_of_what_is_offered_are_shown_at_once(self, adviser, office):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        page = adviser.look("book", case)
        assert "Efter fristen: samtalen skulle være holdt senest den 19. januar 2026." in said(page)
        assert "opfylder" not in said(page)
        assert adviser.send("book", case, confirm="on").status_code == 302
        assert Meeting.objects.get().is_late

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
        answer = adviser.send("book", case, far_days="2190-05-10", **typed)
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
    def test_that_the_citizen_cannot_be_reached_is_said_here(self, adviser, case, office, now, changes, text):
        citizen_services.update_citizen(case_id=case.pk, changes=changes, by=office.adviser, at=now)
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
        everything = Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=office.adviser.pk,
            starts_at=now + timedelta(minutes=1),
            ends_at=now + timedelta(days=200),
            is_confirmed=True,
        )
        booking_services.book(case_id=factories.case(office).pk, booking=everything, by=office.adviser, at=now)
        page = adviser.look("book", case)
        assert "Ingen ledige tider i perioden." in said(page)
        assert page.context["form"]["slot"].value() == "own"

    def test_an_extra_meeting_when_nothing_is_missing(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        for day in range(3):
            factories.book(case, office.caseworker, WEDNESDAY_TEN + timedelta(days=day), at=now)
        assert "Du kan booke en ekstra." in said(caseworker.look("book", case))
        caseworker.send("book", case)
        assert Meeting.objects.filter(fulfils=None).count() == 1

    def test_where_nothing_can_be_booked_it_says_by_which_rule(self, adviser, case, monkeypatch):
        monkeypatch.setattr("meetings.booking.proposal.BookingProposal.kinds", [])
        monkeypatch.setattr(
            "meetings.booking.proposal.BookingProposal._refusal", lambda *_: "A-kassen kan ikke holde jobsamtaler."
        )
        page = adviser.look("book", case)
        assert "A-kassen kan ikke holde jobsamtaler." in said(page)
        assert "<form method" not in said(page).split("<h1>")[1]

    def test_a_closed_case_leads_back(self, adviser, case):
        Case.objects.filter(pk=case.pk).update(status="closed", closed_on="2026-05-04", close_reason="work")
        answer = adviser.look("book", case)
        assert (answer.status_code, answer.url) == (302, case.get_absolute_url())


class TestWhoMay:
    def test_outside_ones_reach_nothing_is_there(self, client, case, office, now):
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
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
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
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
        factories.book(case, office.adviser, WEDNESDAY_TEN + timedelta(days=day), at=now)
    with django_assert_max_num_queries(len(alone)):
        client.get(url("book", case))


class TestHow:
    def test_a_kind_that_is_held_on_need_stands_behind_a_choice(self, adviser, case):
        page = adviser.look("book", case)

        assert page.context["form"]["kind"].value() == MeetingKind.CONTACT_INTERVIEW
        details = said(page).partition('<summary class="details-summary">Anden samtale</summary>')
        assert "Rådighedssamtale" in details[2]
        assert "Rådighedssamtale" not in details[0]

    def test_the_citizens_choice_is_recorded_beside_the_booking(self, adviser, case):
        link = said(adviser.look("book", case)).partition(f'href="{url("channel", case)}"')[2]

        assert link.startswith(' target="_blank" rel="noopener">Registrér borgerens valg (åbner i en ny fane)<')
