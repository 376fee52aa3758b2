"""What books, moves and cancels a meeting: all or nothing, and nobody is booked twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from cases.changing import AlreadyClosed
from cases.closing import services as closing_services
from cases.models import CitizenContact, Reminder
from cases.models.cases import CloseReason
from cases.rules.refusal import NeedsConfirmation
from meetings.booking import services as booking_services
from meetings.changing import NotBookable, Occupied, save_if_free
from meetings.models import CancelReason, Meeting, WorklistEntry
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MoveNotAllowed
from tests import factories
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN, cancel, choose, everything, kinds_of_events, move

ROUNDS = 50


class TestBook:
    def test_fulfils_the_first_open_requirement_and_owes_an_invitation(self, book, case):
        meeting = book()

        assert meeting.requirement == case.required_meetings.current().order_by("due_on").first()
        assert meeting.place == "Testvej 1, 9999 Testby"
        assert (meeting.channel, meeting.channel_chosen_by) == ("attendance", "default")
        assert kinds_of_events(case)[-1] == "meetings.booked"
        assert list(Reminder.objects.values_list("kind", "subject")) == [("meetings.invitation", meeting.pk)]
        assert WorklistEntry.objects.get(case=case, organisation=meeting.organisation).meeting == meeting

    def test_the_same_booking_again_changes_nothing(self, book, case):
        meeting = book()
        before = everything(case)
        assert book() == meeting
        assert everything(case) == before

    def test_meetings_that_touch_are_no_overlap(self, book):
        book()
        book(starts_at=WEDNESDAY_TEN + HALF_AN_HOUR)
        book(starts_at=WEDNESDAY_TEN - HALF_AN_HOUR)
        assert Meeting.objects.count() == 3

    def test_a_busy_adviser_is_only_busy(self, book, office, case):
        book()
        other = factories.case(office)
        before = everything(case)
        with pytest.raises(Occupied, match=r"^Medarbejderen er optaget"):
            book(of=other, starts_at=WEDNESDAY_TEN + timedelta(minutes=15))
        assert everything(case) == before

    def test_a_citizen_is_busy_across_both_organisations(self, book, office):
        book()
        with pytest.raises(Occupied, match=r"^Borgeren er optaget") as refused:
            book(by=office.caseworker, starts_at=WEDNESDAY_TEN + timedelta(minutes=15), is_confirmed=True)
        assert "Fagkassen" not in str(refused.value)

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"starts_at": datetime(2026, 5, 4, 8, 0, tzinfo=UTC)}, "Tidspunktet er passeret"),
            ({"minutes": 0}, "slutte, efter at den er begyndt"),
            ({"kind": MeetingKind.CV_INTERVIEW}, "kan ikke bookes i et forløb"),
        ],
    )
    def test_refuses_what_cannot_be(self, book, case, change, text):
        before = everything(case)
        with pytest.raises(NotBookable, match=text):
            book(**change)
        assert everything(case) == before

    def test_refuses_an_adviser_of_another_organisation(self, book, office):
        for adviser in (office.caseworker, office.other_adviser, office.administrator):
            with pytest.raises(NotBookable, match="din egen organisation"):
                book(adviser=adviser)

    def test_asks_before_a_sunday_evening_and_books_when_confirmed(self, book, case):
        sunday = datetime(2026, 5, 10, 15, 0, tzinfo=UTC)
        before = everything(case)
        with pytest.raises(NeedsConfirmation) as asked:
            book(starts_at=sunday)
        assert asked.value.warnings == (
            "Den 10. maj 2026 er en søndag.",
            "Tiden ligger uden for åbningstiden 09.00-15.00.",
        )
        assert everything(case) == before
        assert book(starts_at=sunday, is_confirmed=True).status == "booked"

    def test_nothing_is_changed_in_a_closed_case(self, book, case, office, now):
        closing_services.close_case(
            case_id=case.pk,
            version=case.version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.adviser,
            at=now,
        )
        with pytest.raises(AlreadyClosed):
            book()

    def test_the_place_follows_the_channel(self, book, office, case, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        assert book().place == "Vi ringer til dig på 20 30 40 50"
        CitizenContact.objects.filter(pk=case.fund_contact_id).update(phone="")
        assert book(starts_at=WEDNESDAY_TEN + HALF_AN_HOUR).place == "Ring til os på 70 11 22 33"
        choose(case, Channel.VIDEO, office.adviser, now)
        assert book(starts_at=WEDNESDAY_TEN + 2 * HALF_AN_HOUR).place.startswith("https://moede.example.dk/")
        assert book(starts_at=WEDNESDAY_TEN + 3 * HALF_AN_HOUR, place="https://video.example.dk/1").place.endswith("/1")


class TestMove:
    def test_the_old_one_is_kept_and_the_citizen_gets_a_correction(self, book, case, office, now):
        old = book()
        Reminder.objects.update(state="sent", closed_at=now)
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(days=1))
        old.refresh_from_db()
        assert (old.status, old.requirement) == ("moved", None)
        assert (new.series, new.version, new.moved_from) == (old.series, 2, old)
        assert new.requirement is not None
        assert kinds_of_events(case)[-1] == "meetings.moved"
        assert Reminder.objects.filter(subject=new.pk).get().kind == "meetings.correction"

    def test_it_does_not_stand_in_its_own_way(self, book, office, now):
        old = book()
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(minutes=15))
        assert new.status == "booked"

    def test_moving_twice_changes_nothing_twice(self, book, case, office, now):
        old = book()
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR)
        before = everything(case)
        assert move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR) == new
        assert everything(case) == before
        with pytest.raises(MoveNotAllowed):
            move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(hours=2))

    def test_a_move_that_is_refused_leaves_the_old_booking(self, book, case, office, now):
        old = book()
        before = everything(case)
        with pytest.raises(NeedsConfirmation):
            move(old, office.adviser, now, starts_at=datetime(2026, 5, 10, 9, 0, tzinfo=UTC))
        assert everything(case) == before

    def test_a_meeting_that_has_begun_is_not_moved(self, book, office):
        old = book()
        with pytest.raises(NotBookable, match="begyndt og kan ikke flyttes"):
            move(old, office.adviser, WEDNESDAY_TEN, starts_at=WEDNESDAY_TEN + timedelta(days=1))

    def test_the_choice_for_that_meeting_moves_with_it(self, book, case, office, now):
        old = book()
        choose(case, Channel.VIDEO, office.adviser, now, meeting=old)
        assert move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR).channel == "video"


class TestCancel:
    def test_the_requirement_is_open_again(self, book, case, office, now):
        meeting = book()
        requirement = meeting.requirement
        cancelled = cancel(meeting, office.adviser, now)
        assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "citizen")
        entry = WorklistEntry.objects.get(case=case, organisation=office.fund)
        assert (entry.meeting, entry.unbooked_due_on) == (None, requirement.due_on)
        assert Reminder.objects.get().state == "void"

    def test_cancelling_twice_changes_nothing_twice(self, book, case, office, now):
        meeting = book()
        cancel(meeting, office.adviser, now)
        before = everything(case)
        cancel(meeting, office.adviser, now)
        assert everything(case) == before
        with pytest.raises(MoveNotAllowed):
            cancel(meeting, office.adviser, now, reason=CancelReason.MISTAKE)

    def test_the_time_is_free_again(self, book, office, now):
        cancel(book(), office.adviser, now)
        assert book().status == "booked"


@pytest.mark.django_db(transaction=True)
class TestTwoConnections:
    """Whoever comes second hears that the time is taken; nobody is ever booked twice."""

    def race(self, *bookings):
        """Books from one real connection each, at the same moment, round after round; who won each round."""
        barrier = threading.Barrier(len(bookings))
        won = [[] for _ in bookings]
        failed = []

        def runner(number, book):
            try:
                for turn in range(ROUNDS):
                    barrier.wait(timeout=30)
                    try:
                        book(turn)
                    except Occupied:
                        continue
                    won[number].append(turn)
            except Exception as error:  # told to the test's own thread
                failed.append(error)
                barrier.abort()
            finally:
                connections.close_all()

        threads = [threading.Thread(target=runner, args=(n, book)) for n, book in enumerate(bookings)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        return won

    def assert_one_each_time(self, won):
        assert sorted(won[0] + won[1]) == list(range(ROUNDS))
        assert Meeting.objects.booked().count() == ROUNDS
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM meetings_meeting a JOIN meetings_meeting b ON a.id < b.id"
                " AND (a.adviser_id = b.adviser_id OR a.citizen_id = b.citizen_id)"
                " AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
            )
            assert cursor.fetchone() == (0,)

    def turn_of(self, cases, adviser, now, *, minutes_later):
        def book(turn):
            starts_at = WEDNESDAY_TEN + timedelta(hours=turn, minutes=minutes_later)
            wanted = factories.booking(adviser, starts_at, is_confirmed=True)
            booking_services.book(case_id=cases[turn % len(cases)].pk, booking=wanted, by=adviser, at=now)

        return book

    def some_cases(self, office):
        # By turns: to book the fiftieth meeting of one case takes long, and nobody has so many.
        return [factories.case(office) for _ in range(10)]

    def test_the_same_adviser(self, office, now):
        won = self.race(
            self.turn_of(self.some_cases(office), office.adviser, now, minutes_later=0),
            self.turn_of(self.some_cases(office), office.adviser, now, minutes_later=15),
        )
        self.assert_one_each_time(won)

    def test_the_same_citizen_from_both_organisations(self, office, now):
        cases = self.some_cases(office)
        won = self.race(
            self.turn_of(cases, office.adviser, now, minutes_later=0),
            self.turn_of(cases, office.caseworker, now, minutes_later=15),
        )
        self.assert_one_each_time(won)


def test_the_database_refuses_an_overlap_by_itself(book):
    other = book()
    copy = Meeting(
        case=other.case,
        citizen=other.citizen,
        organisation=other.organisation,
        adviser=other.adviser,
        kind=other.kind,
        starts_at=other.starts_at + timedelta(minutes=15),
        ends_at=other.ends_at + timedelta(minutes=15),
        channel=other.channel,
        channel_chosen_by=other.channel_chosen_by,
        place=other.place,
        booked_at=other.booked_at,
        booked_by=other.booked_by,
    )
    with pytest.raises(IntegrityError, match="not_double_booked"), transaction.atomic():
        copy.save()
    copy.ends_at = copy.starts_at
    with pytest.raises(IntegrityError, match="meeting_ends_after_it_starts"):
        save_if_free(copy)
