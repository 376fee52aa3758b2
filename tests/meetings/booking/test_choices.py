"""The pages about the channel, the fund's presence and exemptions: what they show, refuse and keep."""

from datetime import UTC, date, datetime

import pytest

from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.exemptions import services as exemptions_services
from meetings.models import ChannelChoice, Exemption
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
