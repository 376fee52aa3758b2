"""The pages about the channel, the fund's presence and exemptions: what they show, refuse and keep."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest

from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from cases.ui.case_tabs import Tab
from meetings.booking.forms import slot_value
from meetings.exemptions import services as exemptions_services
from meetings.models import ChannelChoice, Exemption, Meeting
from meetings.rules.kinds import Channel
from tests import factories
from tests.meetings.booking.steps import Visitor, said, standing_at, url
from tests.meetings.steps import WEDNESDAY_TEN, choose


class TestChannel:
    def test_shows_the_clock_the_history_and_what_is_booked(self, adviser, case, office, now):
        choose(case, Channel.VIDEO, office.caseworker, now)
        factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        page = said(adviser.look("channel", case))
        assert "til og med den <strong>12. oktober 2026</strong>" in page
        assert "4. maj 2026: video til alle samtaler. Registreret af" in page
        assert "Jobsamtale onsdag den 6. maj 2026 kl. 10.00-10.30: video (borgerens valg)" in page

    def test_records_the_choice_for_all_or_for_one(self, adviser, case, office, now):
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
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


class TestChoiceWhileBooking:
    def test_it_is_chosen_in_the_form_with_the_time_kept(self, adviser, case):
        form = adviser.look("book", case).context["form"]
        assert [label for _, label in form.fields["channel"].choices][:3] == [
            "Personligt fremmøde, fordi borgeren ikke har valgt",
            "Borgeren vælger nu telefon til denne samtale",
            "Borgeren vælger nu video til denne samtale",
        ]
        slot = form["slot"].value()

        answer = adviser.send("book", case, channel="valgt-telephone")

        meeting = Meeting.objects.get()
        assert (slot_value(meeting.starts_at), meeting.channel, meeting.channel_chosen_by) == (
            slot,
            "telephone",
            "citizen",
        )
        choice = ChannelChoice.objects.get()
        assert (choice.channel, choice.meeting) == ("telephone", meeting)
        assert answer.url == case.get_absolute_url()
        assert "Borgeren har valgt telefon til Jobsamtale den" in said(
            adviser.client.get(Tab.HISTORY.url_of(case.public_id))
        )

    def test_a_choice_that_comes_too_late_is_refused_and_nothing_is_booked(self, adviser, case):
        factories.published_act("varsel", "meetings.channel_choice_notice_days", "60", in_force_on=date(2026, 5, 1))
        answer = adviser.send("book", case, channel="valgt-telephone")
        assert answer.status_code == 422
        assert "Valget skulle være meddelt senest den" in said(answer)
        assert not Meeting.objects.exists()

    def test_another_time_of_the_same_day_keeps_the_choice_when_the_meeting_is_moved_twice(self, adviser, case, now):
        adviser.send("book", case, channel="valgt-video")
        for starts in ("11-05-2026", "12-05-2026"):
            meeting = Meeting.objects.booked().get()
            assert adviser.send("move", meeting, slot="own", on=starts, begins="10.00", confirm="on").status_code == 302
        assert Meeting.objects.booked().get().channel == "video"


class TestFundWish:
    def test_two_buttons(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        meeting = factories.book(case, office.caseworker, WEDNESDAY_TEN, at=now)
        answer = caseworker.client.post(url("fund_wish", meeting), {"wish": "yes"})
        assert "Borgeren ønsker a-kassen med til" in said(caseworker.client.get(answer.url))
        meeting.refresh_from_db()
        assert meeting.fund_attends is True

    @pytest.mark.parametrize(("wish", "text"), [("yes", "A-kassen holder selv"), ("måske", "Vælg, om borgeren")])
    def test_what_cannot_be_is_said(self, adviser, case, office, now, wish, text):
        meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        answer = adviser.client.post(url("fund_wish", meeting), {"wish": wish}, follow=True)
        assert text in said(answer)

    def test_the_fund_records_it_before_the_first_meeting_is_booked(self, client, adviser, caseworker, office):
        case = factories.case(office, registered_on=date(2026, 1, 26))
        ahead = url("fund_wish_at_first", case)
        talks = Tab.TALKS.url_of(case.public_id)
        back = f"{ahead}?{urlencode({'tilbage': talks})}"
        assert back in said(adviser.client.get(talks))

        answer = adviser.client.post(back, {"wish": "yes"})

        assert answer.url == talks
        assert "<strong>ønsker a-kassen med</strong>. Sagt den 4. maj 2026 til" in said(adviser.client.get(talks))
        form = caseworker.look("book", case).context["form"]
        assert form["fund_attends"].value() == "ja"
        assert "Borgeren ønsker a-kassen med efter det, der blev sagt den 4. maj 2026" in form["fund_attends"].help_text
        assert caseworker.send("book", case).status_code == 302
        assert Meeting.objects.get().fund_attends is True

    def test_an_answer_that_is_none_is_asked_for_again(self, adviser, case):
        answer = adviser.client.post(url("fund_wish_at_first", case), {"wish": "måske"}, follow=True)
        assert "Vælg, om borgeren ønsker a-kassen med." in said(answer)

    def test_it_is_no_page(self, adviser, case, office, now):
        assert adviser.look("fund_wish", factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)).status_code == 405


JOB = {
    "reason": "ordinary_job",
    "first_day": "04-05-2026",
    "last_day": "07-06-2026",
    "starts_on": "08-06-2026",
    "document": "Ansættelseskontrakt",
}


class TestExemption:
    def test_says_what_moved_and_what_is_booked_in_it(self, adviser, case, office, now):
        factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
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
        answer = adviser.send("exempt", case, **{**JOB, "document": "En anden kontrakt"})
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
        return exemptions_services.exempt(
            case_id=case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(date(2026, 5, 4), date(2026, 6, 1)),
            documented_on=date(2026, 5, 4),
            starts_on=None,
            document="Attest",
            by=by,
            at=now,
        )
