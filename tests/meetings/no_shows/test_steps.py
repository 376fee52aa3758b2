"""What follows a talk to which the citizen did not come: the next by the rules, and dated steps that go as letters."""

import io
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.urls import reverse
from pypdf import PdfReader

from cases.closing import services as closing_services
from cases.history import undo as history_undo
from cases.models import Dispatch, Reminder, ReminderState
from cases.models.cases import CloseReason
from cases.parties import services as parties_services
from cases.post import services as post_services
from cases.rules.text_use import TextUse
from cases.rules.undo_time import UNDO_WITHIN
from meetings.models import NoShowStep, NoShowStepKind, Outcome
from meetings.no_shows import queries, services
from meetings.no_shows.services import BadLastDay, Step, StepRefused
from meetings.outcomes import services as outcomes_services
from meetings.owing import call
from tests import factories
from tests.meetings.booking.steps import Visitor, said, standing_at, url
from tests.meetings.due.steps import run
from tests.meetings.steps import WEDNESDAY_TEN, cancel, everything, kinds_of_events

AN_HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = WEDNESDAY_TEN + AN_HOUR
#: What is owed can be taken back until then.
SENDING = LATER + UNDO_WITHIN
HEARING = Step(NoShowStepKind.HEARING, "Hvad skete der?", date(2026, 5, 20))
NOTICE = Step(NoShowStepKind.NOTICE, "Borgeren kom ikke.")
SUMMONS = Step(NoShowStepKind.SUMMONS, "Husk dit cv.")


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path


@pytest.fixture
def missed(book, office):
    return miss(book(), office.adviser)


def miss(meeting, by, outcome=Outcome.ABSENT):
    meeting, _ = outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=outcome,
        note="",
        is_six_weeks_guided=None,
        next_booking=None,
        by=by,
        at=WEDNESDAY_TEN,
    )
    return meeting


def take(meeting, step, by, at=LATER):
    return services.take_step(meeting_id=meeting.pk, step=step, by=by, at=at)


def close(case, office, *, at):
    case.refresh_from_db()
    return closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.MISTAKE,
        closed_on=at.date(),
        by=office.adviser,
        at=at,
    )


def change_parties(case, office, *, municipality=None, fund=None, at=LATER):
    case.refresh_from_db()
    return parties_services.change_parties(
        case_id=case.pk,
        version=case.version,
        fund_id=(fund or office.fund).pk,
        municipality_id=(municipality or office.municipality).pk,
        on=at.date(),
        reason="Flyttet.",
        by=office.adviser,
        at=at,
    )


def letter_text(dispatch):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(dispatch.letter))).pages)
    return " ".join(text.split())


class TestHearing:
    def test_goes_as_a_letter_with_its_last_day_and_is_kept_as_it_went(self, missed, office):
        step = take(missed, HEARING, office.adviser)
        assert kinds_of_events(missed.case)[-1] == "meetings.no_show_step"

        run(SENDING)

        dispatch = Dispatch.objects.get(reminder__kind="meetings.no_show_hearing")
        text = letter_text(dispatch)
        for part in ("onsdag den 6. maj 2026 kl. 10.00", "Hvad skete der?", "Svar senest den 20. maj 2026"):
            assert part in text
        assert services.is_gone(step)
        # What is open to read tells no cause.
        assert "kom ikke" not in dispatch.text + dispatch.subject
        assert dispatch.calendar == ""

    @pytest.mark.parametrize("day", [None, LATER.date(), LATER.date() - timedelta(days=1)])
    def test_gives_the_citizen_time_to_answer(self, missed, office, day):
        before = everything(missed.case)
        with pytest.raises(BadLastDay, match="tid til at svare"):
            take(missed, Step(NoShowStepKind.HEARING, "Hvad skete der?", day), office.adviser)
        assert everything(missed.case) == before

    def test_waits_on_the_worklist_from_the_day_after_until_it_is_answered(self, missed, office):
        step = take(missed, HEARING, office.adviser)

        def due(day):
            return list(queries.due(office.adviser, today=day))

        assert due(date(2026, 5, 20)) == []
        assert due(date(2026, 5, 21)) == [step]
        assert list(queries.due(office.caseworker, today=date(2026, 5, 21))) == []
        services.answer_hearing(step_id=step.pk, answer="Toget kørte ikke.", by=office.adviser, at=LATER)
        assert due(date(2026, 5, 21)) == []

    def test_is_not_sent_when_the_time_to_answer_is_over(self, missed, office):
        take(missed, HEARING, office.adviser)
        run(LATER + timedelta(days=20))
        assert outcome_of("meetings.no_show_hearing") == (
            ReminderState.SKIPPED,
            "For sent: fristen for at svare er gået.",
        )


class TestNotice:
    def test_stands_in_the_post_book_beside_the_letters(self, missed, client, office):
        take(missed, HEARING, office.adviser)
        take(missed, NOTICE, office.adviser)
        run(LATER)
        client.force_login(office.adviser)
        book = reverse("cases:post_book", args=[missed.case.public_id])
        assert [entry.label for entry in client.get(book).context["entries"]] == [
            "underretning om udeblivelse",
            "høring om udeblivelse",
            "indkaldelse",
        ]
        # Nothing is called sent before it was.
        assert said(client.get(book)).count("Skyldes") == 2
        run(SENDING)
        page = said(client.get(book))
        assert "Fra myndighed til myndighed." in page
        assert "Skyldes" not in page

    def test_reaches_the_other_office_and_not_the_citizen(self, missed, office):
        take(missed, NOTICE, office.adviser)
        run(SENDING)
        sent = next(message for message in mail.outbox if "underretning" in message.body.lower())
        # Nobody there has the case yet.
        assert sent.to == [office.municipality.email]
        assert f"/samtaler/{missed.public_id}/udeblivelse/" in sent.body
        assert "Borgeren kom ikke." not in sent.body

    def test_reaches_the_office_when_whoever_has_the_case_no_longer_works_there(self, missed, office):
        type(missed.case).objects.filter(pk=missed.case_id).update(municipality_caseworker=office.caseworker)
        type(office.caseworker).objects.filter(pk=office.caseworker.pk).update(is_active=False)
        take(missed, NOTICE, office.adviser)
        row = Reminder.objects.get(kind="meetings.no_show_notice")
        assert (row.user, row.organisation) == (None, office.municipality)

    @pytest.mark.parametrize("worker", [None, "caseworker"])
    def test_does_not_follow_an_office_that_has_left_the_case(self, missed, office, worker):
        has_case = getattr(office, worker) if worker else None
        type(missed.case).objects.filter(pk=missed.case_id).update(municipality_caseworker=has_case)
        take(missed, NOTICE, office.adviser)
        change_parties(missed.case, office, municipality=office.other_municipality)
        run(SENDING)
        assert outcome_of("meetings.no_show_notice") == (ReminderState.SKIPPED, "En anden har sagen nu.")

    def test_needs_another_office(self, missed, office):
        type(missed.case).objects.filter(pk=missed.case_id).update(fund=None, fund_adviser=None)
        missed.organisation = office.municipality
        missed.save()
        with pytest.raises(StepRefused, match="ingen a-kasse"):
            take(missed, NOTICE, office.caseworker)


class TestSummons:
    def test_calls_to_the_next_talk_and_names_the_right_to_choose(self, missed, book, office):
        book(starts_at=WEDNESDAY_TEN + timedelta(days=7), at=LATER)
        take(missed, SUMMONS, office.adviser)
        run(SENDING)
        text = letter_text(Dispatch.objects.get(reminder__kind="meetings.no_show_summons"))
        assert "Du skal til en ny samtale onsdag den 13. maj 2026 kl. 10.00-10.30." in text
        assert "Samtaleform: personligt fremmøde." in text
        assert "Du vælger selv: personligt fremmøde, telefon eller video." in text
        assert "sig til senest den 13. maj 2026" in text
        assert "Husk dit cv." in text

    def test_says_what_the_law_asks_of_a_call_to_a_talk(self, missed, book, office):
        talk = book(starts_at=WEDNESDAY_TEN + timedelta(days=7), at=LATER)
        type(talk).objects.all().update(organisation=office.municipality, fund_attends=True)
        take(missed, SUMMONS, office.adviser)
        run(SENDING)
        text = letter_text(Dispatch.objects.get(reminder__kind="meetings.no_show_summons"))
        assert f"Slags: jobsamtale. Samtaleform: personligt fremmøde. Sted: {talk.place}." in text
        assert f"Du skal tale med {talk.adviser}, sagsbehandler." in text
        assert "hvad der kan hjælpe dig videre. Din a-kasse deltager." in text
        assert call.rebooking(talk, at=SENDING) in text

    def test_goes_in_place_of_the_invitation_and_is_what_the_citizen_was_told(self, missed, book, office):
        following = book(starts_at=WEDNESDAY_TEN + timedelta(days=7), at=LATER)
        take(missed, SUMMONS, office.adviser, at=LATER + MINUTE)
        run(SENDING)
        assert outcome_of("meetings.invitation", subject=following.pk)[0] == ReminderState.OWED
        run(SENDING + MINUTE)
        assert outcome_of("meetings.no_show_summons")[0] == ReminderState.HANDED_OVER
        assert outcome_of("meetings.invitation", subject=following.pk)[0] == ReminderState.SKIPPED
        cancel(following, office.adviser, SENDING + AN_HOUR)
        run(SENDING + 2 * AN_HOUR)
        assert outcome_of("meetings.cancellation")[0] == ReminderState.SENT

    def test_that_is_taken_back_leaves_the_invitation(self, missed, book, office):
        following = book(starts_at=WEDNESDAY_TEN + timedelta(days=7), at=LATER)
        step = take(missed, SUMMONS, office.adviser, at=LATER + MINUTE)
        run(SENDING)
        services.withdraw_step(step_id=step.pk, reason="Ikke nødvendigt.", by=office.adviser, at=SENDING)
        run(SENDING + MINUTE)
        assert outcome_of("meetings.invitation", subject=following.pk)[0] == ReminderState.SENT

    def test_there_must_be_a_talk_to_call_to(self, missed, office):
        with pytest.raises(StepRefused, match="Book den først"):
            take(missed, SUMMONS, office.adviser)

    def test_is_not_sent_when_that_talk_is_cancelled(self, missed, book, office):
        following = book(starts_at=WEDNESDAY_TEN + timedelta(days=7), at=LATER)
        take(missed, SUMMONS, office.adviser)
        cancel(following, office.adviser, LATER)
        run(SENDING)
        assert outcome_of("meetings.no_show_summons")[0] == ReminderState.SKIPPED


def outcome_of(kind, **about):
    row = Reminder.objects.get(kind=kind, **about)
    return row.state, row.outcome


class TestBackAgain:
    def test_a_step_is_taken_once_and_the_same_again_changes_nothing(self, missed, office):
        take(missed, HEARING, office.adviser)
        before = everything(missed.case)
        take(missed, HEARING, office.adviser)
        assert everything(missed.case) == before
        with pytest.raises(StepRefused, match="taget allerede"):
            take(missed, Step(NoShowStepKind.HEARING, "Noget andet", date(2026, 5, 20)), office.adviser)

    def test_what_is_taken_back_is_not_sent_and_can_be_taken_anew(self, missed, office):
        step = take(missed, HEARING, office.adviser)
        services.withdraw_step(step_id=step.pk, reason="Forkert borger.", by=office.adviser, at=LATER)
        before = everything(missed.case)
        services.withdraw_step(step_id=step.pk, reason="Forkert borger.", by=office.adviser, at=LATER)
        assert everything(missed.case) == before
        run(SENDING)
        assert outcome_of("meetings.no_show_hearing") == (ReminderState.VOID, "Skridtet er trukket tilbage.")
        with pytest.raises(StepRefused, match="trukket tilbage"):
            services.answer_hearing(step_id=step.pk, answer="Svar", by=office.adviser, at=LATER)
        assert take(missed, HEARING, office.adviser).pk != step.pk

    def test_a_letter_that_was_taken_back_after_it_went_is_not_sent_again(self, missed, office):
        step = take(missed, HEARING, office.adviser)
        run(SENDING)
        services.withdraw_step(step_id=step.pk, reason="Forkert borger.", by=office.adviser, at=SENDING)
        dispatch = Dispatch.objects.get(reminder__kind="meetings.no_show_hearing")
        again = post_services.send_again(dispatch_id=dispatch.pk, by=office.adviser, at=SENDING)
        run(SENDING + AN_HOUR)
        again.refresh_from_db()
        assert (again.state, again.outcome) == (ReminderState.SKIPPED, "Skridtet er trukket tilbage.")

    @pytest.mark.parametrize(("outcome", "guided"), [(Outcome.HELD, True), (Outcome.TECHNIQUE_FAILED, None)])
    def test_an_outcome_that_is_corrected_takes_its_steps_back(self, missed, office, outcome, guided):
        step = take(missed, HEARING, office.adviser)
        outcomes_services.correct_outcome(
            meeting_id=missed.pk,
            outcome=outcome,
            note="",
            is_six_weeks_guided=guided,
            reason="Kom alligevel.",
            by=office.adviser,
            at=LATER,
        )
        step.refresh_from_db()
        assert step.withdrawn_reason == "Udfaldet af samtalen er rettet."

    def test_a_talk_that_the_office_could_not_hold_has_no_steps(self, book, office):
        missed = miss(book(), office.adviser, Outcome.ADVISER_ABSENT)
        with pytest.raises(StepRefused, match="ikke registreret, at borgeren udeblev"):
            take(missed, HEARING, office.adviser)

    def test_a_talk_that_was_not_missed_has_no_steps(self, book, office):
        with pytest.raises(StepRefused, match="ikke registreret, at borgeren udeblev"):
            take(book(), NOTICE, office.adviser)

    def test_an_office_that_leaves_the_case_has_its_unsent_steps_taken_back(self, missed, office):
        notice = take(missed, NOTICE, office.adviser)
        run(SENDING)
        hearing = take(missed, HEARING, office.adviser, at=SENDING)
        change_parties(missed.case, office, fund=office.other_fund, at=SENDING)
        run(SENDING + UNDO_WITHIN)
        assert outcome_of("meetings.no_show_hearing") == (ReminderState.VOID, "Skridtet er trukket tilbage.")
        notice.refresh_from_db()
        hearing.refresh_from_db()
        assert (notice.is_standing, hearing.is_standing) == (True, False)
        assert hearing.withdrawn_reason == "Borgeren har skiftet kommune eller a-kasse."
        assert kinds_of_events(missed.case)[-1] == "meetings.no_show_step_withdrawn"

    def test_nothing_goes_out_of_a_case_that_is_closed(self, missed, office):
        take(missed, HEARING, office.adviser)
        close(missed.case, office, at=LATER)
        run(SENDING)
        assert outcome_of("meetings.no_show_hearing")[0] == ReminderState.SKIPPED

    def test_a_hearing_that_nobody_answered_ends_when_its_office_leaves_the_case(self, missed, office):
        step = take(missed, HEARING, office.adviser)
        run(SENDING)
        change_parties(missed.case, office, fund=office.other_fund, at=SENDING)
        step.refresh_from_db()
        assert not step.is_standing
        told = missed.case.events.get(kind="meetings.no_show_step_withdrawn").text
        assert told.startswith("Trukket tilbage: høring af borgeren")

    @pytest.mark.parametrize("is_undone", [True, False], ids=["undone", "opened again"])
    def test_what_a_closing_held_back_goes_when_that_was_a_mistake(self, missed, book, office, is_undone):
        book(starts_at=WEDNESDAY_TEN + timedelta(days=7), at=LATER)
        for step in (HEARING, SUMMONS):
            take(missed, step, office.adviser)
        case = close(missed.case, office, at=SENDING - MINUTE)
        run(SENDING)
        if is_undone:
            closing = case.events.get(kind="cases.closed")
            history_undo.undo(event_id=closing.pk, by=office.adviser, at=SENDING + MINUTE)
        else:
            closing_services.reopen_case(
                case_id=case.pk, version=case.version, reason="Forkert sag.", by=office.adviser, at=SENDING + MINUTE
            )
        run(SENDING + 2 * MINUTE)
        sent = set(Reminder.objects.gone().filter(kind__startswith="meetings.no_show").values_list("kind", flat=True))
        # Only an undone closing books the talk again that the summons calls to.
        assert sent == {"meetings.no_show_hearing", *(["meetings.no_show_summons"] if is_undone else [])}


class TestPages:
    @pytest.fixture
    def adviser(self, client, office):
        with standing_at(LATER):
            yield Visitor(client, office.adviser)

    def test_a_no_show_leads_to_what_follows_and_each_step_is_taken_answered_and_taken_back(
        self, adviser, book, office, now
    ):
        leader = factories.user(organisation=office.fund, role="team_leader")
        factories.standard_text(leader, use=TextUse.HEARING, text="Var der en grund?", at=now)
        meeting = book()
        answer = adviser.send("register", meeting, outcome="absent", slot="none")
        assert answer.url == url("no_show", meeting)
        page = said(adviser.client.get(answer.url))
        assert "<strong>1. jobsamtale (a-kassen)</strong> skal holdes senest den" in page
        assert "Næste på min liste" in page

        assert adviser.look("hear", meeting).context["form"]["text"].value() == "Var der en grund?"
        assert adviser.send("hear", meeting, answer_by="20-05-2026").url == url("no_show", meeting)
        page = said(adviser.look("no_show", meeting))
        assert "Svar senest den 20. maj 2026" in page
        assert "Venter på svar" in page
        assert "Skyldes" in page
        run(SENDING)
        assert "Lagt til afsendelse." in said(adviser.look("no_show", meeting))

        step = NoShowStep.objects.get()
        adviser.send("hearing_answer", step, answer="Toget kørte ikke.")
        assert "Toget kørte ikke." in said(adviser.look("no_show", meeting))
        assert "fortæl borgeren, at den ikke gælder" in said(adviser.look("no_show_withdraw", step))
        adviser.send("no_show_withdraw", step, reason="Forkert dag.")
        page = said(adviser.look("no_show", meeting))
        assert "Forkert dag." in page
        assert "Hør borgeren" in page

    def test_whoever_came_from_a_list_comes_back_to_it(self, adviser, book):
        meeting = book()
        address = f"{url('register', meeting)}?{urlencode({'tilbage': '/?tile=outcome'})}"
        answer = adviser.client.post(
            address, {**adviser.shown("register", meeting), "outcome": "absent", "slot": "none"}
        )
        assert 'href="/?tile=outcome">Tilbage</a>' in said(adviser.client.get(answer.url))

    def test_the_other_office_reads_the_notice_and_no_letter(self, missed, client, office):
        take(missed, HEARING, office.adviser)
        take(missed, NOTICE, office.adviser)
        client.force_login(office.caseworker)
        page = said(client.get(url("no_show", missed)))
        assert "Borgeren kom ikke." in page
        assert HEARING.text not in page
        assert "Hør borgeren" not in page

    def test_the_other_office_reads_that_the_hearing_is_answered_and_not_what(self, missed, client, office):
        step = take(missed, HEARING, office.adviser)
        for answer in ("Toget kørte ikke.", "Bussen kørte ikke."):
            services.answer_hearing(step_id=step.pk, answer=answer, by=office.adviser, at=LATER)
        client.force_login(office.adviser)
        page = said(client.get(url("no_show", missed)))
        assert page.index("Bussen kørte ikke.") < page.index("Svaret før rettelsen") < page.index("Toget kørte ikke.")
        assert "kørte ikke" not in str(list(missed.case.events.values_list("data", "text")))
        client.force_login(office.caseworker)
        history = said(client.get(reverse("meetings:course_history", args=[missed.case.public_id])))
        assert "er besvaret. Svaret er rettet." in history
        for page in (history, said(client.get(url("no_show", missed)))):
            assert "kørte ikke" not in page

    def test_an_answer_that_a_colleague_wrote_meanwhile_is_not_overwritten_unseen(self, adviser, missed, office):
        step = take(missed, HEARING, office.adviser)
        services.answer_hearing(step_id=step.pk, answer="Toget kørte ikke.", by=office.adviser, at=LATER)
        opened = adviser.shown("hearing_answer", step)
        services.answer_hearing(step_id=step.pk, answer="Borgeren var syg.", by=office.colleague, at=LATER)
        answer = adviser.client.post(url("hearing_answer", step), {**opened, "answer": "Bussen kørte ikke."})
        assert answer.status_code == 422
        assert "Der står nu: <strong>Borgeren var syg.</strong>." in said(answer)
        step.refresh_from_db()
        assert step.answer == "Borgeren var syg."

    def test_the_list_shows_whose_time_has_run_out(self, missed, client, office):
        take(missed, HEARING, office.adviser)
        with standing_at(LATER + timedelta(days=20)):
            client.force_login(office.adviser)
            assert "Høringsfrist udløbet" in said(client.get("/"))
            page = said(client.get(reverse("meetings:hearings") + "?kun=mine"))
            case_page = said(client.get(missed.case.get_absolute_url()))
        assert f'href="{url("no_show", missed)}"' in case_page
        assert "Høringsfrist udløbet" in case_page
        assert url("no_show", missed) in page
        assert missed.case.citizen.name in page

    def test_a_talk_that_was_held_has_no_such_page(self, adviser, book):
        meeting = book(starts_at=WEDNESDAY_TEN + timedelta(days=1))
        answer = adviser.client.get(url("no_show", meeting), follow=True)
        assert "Det er ikke registreret, at borgeren udeblev fra samtalen." in said(answer)
