"""The pages that move, cancel, register and correct: what they show, what they refuse, and what they keep."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from meetings.booking.forms import slot_value
from meetings.models import Meeting, Outcome
from tests import factories
from tests.meetings.booking.steps import SUNDAY, Visitor, said, standing_at, url
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN


class TestMove:
    def test_gives_it_another_time_and_keeps_what_was_agreed(self, adviser, case, office, now):
        old = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now, place="Lokale 4")
        page = adviser.look("move", old)
        assert "Nu: jobsamtale onsdag den 6. maj 2026 kl. 10.00-10.30" in said(page)
        assert 'value="Lokale 4"' in said(page)
        assert slot_value(WEDNESDAY_TEN) not in dict(page.context["form"].fields["slot"].choices)
        answer = adviser.send("move", old, slot="own", on="07-05-2026", begins="11.00")
        assert answer.status_code == 302
        new = Meeting.objects.get(status="booked")
        assert (new.moved_from, new.place) == (old, "Lokale 4")
        assert "Samtalen er flyttet til torsdag den 7. maj 2026" in said(adviser.client.get(answer.url))

    def test_the_default_place_follows_the_new_channel(self, adviser, case, office, now):
        old = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        assert adviser.look("move", old).context["form"]["place"].value() == ""

    def test_the_wish_for_the_fund_is_asked_anew(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        old = factories.book(case, office.caseworker, WEDNESDAY_TEN, at=now, fund_attends=True)
        caseworker.send("move", old, slot="own", on="07-05-2026", begins="11.00")
        assert Meeting.objects.get(status="booked").fund_attends is None

    def test_twice_is_once(self, adviser, case, office, now):
        old = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        typed = {**adviser.shown("move", old), "slot": "own", "on": "07-05-2026", "begins": "11.00"}
        for _ in range(2):
            assert adviser.client.post(url("move", old), typed).status_code == 302
        assert Meeting.objects.count() == 2

    def test_what_is_booked_no_more_leads_back(self, adviser, case, office, now):
        old = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        adviser.send("cancel", old, reason="citizen")
        answer = adviser.client.get(url("move", old), follow=True)
        assert "Samtalen er aflyst og kan ikke flyttes." in said(answer)
        typed = {**adviser.shown("book", case), "slot": "own", "on": "07-05-2026", "begins": "11.00"}
        answer = adviser.client.post(url("move", old), typed)
        assert answer.status_code == 422
        assert "Samtalen er aflyst og kan derfor ikke flyttes" in said(answer)


class TestCancel:
    def test_with_a_reason_and_the_way_to_book_again(self, adviser, case, office, now):
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        answer = adviser.send("cancel", meeting, reason="citizen", note="Har fået job.")
        page = said(adviser.client.get(answer.url))
        assert "Aflyst: jobsamtale onsdag den 6. maj 2026 kl. 10.00-10.30." in page
        assert f'<a href="{url("book", case)}">Book igen</a>' in page
        meeting.refresh_from_db()
        assert (meeting.status, meeting.cancel_reason, meeting.note) == ("cancelled", "citizen", "Har fået job.")

    def test_without_a_reason_nothing_happens(self, adviser, case, office, now):
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        answer = adviser.send("cancel", meeting)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"reason": ["Vælg en mulighed under »Hvorfor aflyses samtalen?«."]}


@pytest.fixture
def begun(case, office, now):
    """A meeting of the case that began and ended this morning; it is a quarter past."""
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
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

    def test_the_button_names_a_booking_only_where_one_is_chosen(self, adviser, case, begun):
        assert 'Registrér<span class="when-booking">&nbsp;og book næste</span></button>' in said(
            adviser.look("register", begun)
        )
        hidden = 'form:has([name="slot"][value="none"]:checked) .when-booking { display: none; }'
        assert hidden in Path("static/css/app.css").read_text()

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
        meeting = factories.book(case, office.caseworker, WEDNESDAY_TEN, at=now)
        with standing_at(WEDNESDAY_TEN + HALF_AN_HOUR):
            caseworker = Visitor(client, office.caseworker)
            page = caseworker.look("register", meeting)
            assert 'name="guided"' not in said(page)
            assert caseworker.send("register", meeting, outcome="held").status_code == 302

    @pytest.mark.parametrize(("day", "is_asked"), [(date(2023, 3, 21), True), (date(2023, 3, 22), False)])
    def test_the_jobcenter_was_asked_until_22_march_2023(self, client, office, day, is_asked):
        starts_at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        with standing_at(datetime(2023, 3, 1, 9, tzinfo=UTC)) as at:
            case = factories.case(office, registered_on=date(2023, 1, 2), at=at, by=office.caseworker)
            meeting = factories.book(case, office.caseworker, starts_at, at=at)
        with standing_at(starts_at + HALF_AN_HOUR):
            page = Visitor(client, office.caseworker).look("register", meeting)
            assert ("Spurgte borgeren om 6 ugers" in said(page)) is is_asked

    def test_a_future_meeting_has_no_outcome(self, adviser, case, office, now):
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
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
            factories.book(case, office.caseworker, WEDNESDAY_TEN + timedelta(days=day), at=now) for day in range(3)
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
            factories.book(case, office.caseworker, WEDNESDAY_TEN + timedelta(days=day), at=now)
        meeting = factories.book(case, office.caseworker, WEDNESDAY_TEN, at=now)
        with standing_at(meeting.ends_at):
            caseworker = Visitor(client, office.caseworker)
            again = caseworker.look("register", meeting).context["form"].slot_cards[0]["value"]
            caseworker.send("register", meeting, outcome="absent_ill", slot=again)
        assert Meeting.objects.filter(status="booked", fulfils__isnull=False).count() == 3

    def test_a_missed_meeting_makes_its_own_requirement_the_next(self, adviser, case, begun):
        first = begun.requirement
        before = adviser.look("register", begun)
        assert before.context["proposal"].requirement.number == 2
        assert f"gælder den næste i stedet kravet om {first.title}, senest den 27. april 2026." in said(before)

        answer = adviser.send("register", begun, outcome="absent", **SUNDAY)

        assert answer.status_code == 422
        assert answer.context["proposal"].requirement == first
        assert "gælder den næste i stedet" not in said(answer)
        assert adviser.send("register", begun, outcome="absent").status_code == 302
        assert Meeting.objects.get(status="booked").requirement == first

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
