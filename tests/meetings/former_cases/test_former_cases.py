"""Who is no party any more reads the case a while, as it stood: with the contact data of that time, and no more."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.models import AccessLog, Case, FormerParty, User
from cases.notes import services as notes_services
from cases.parties import services as parties_services
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from referrals.referral import writing
from referrals.referral.writing import Proposal
from tests import factories
from tests.cases.pages import said

DAY = timedelta(days=1)
#: The jobcenter was party until the 4th of May; 120 days later is the 1st of September.
LAST_DAY = date(2026, 8, 31)


def leave(case, office, at, *, fund=None, municipality=None, on=None):
    case.refresh_from_db()
    return parties_services.change_parties(
        case_id=case.pk,
        version=case.version,
        fund_id=(fund or office.fund).pk,
        municipality_id=(municipality or office.other_municipality).pk,
        on=on or at.date(),
        reason="Flyttet til nabokommunen.",
        by=office.adviser,
        at=at,
    )


def address(row):
    return reverse("meetings:former_case", args=[row.public_id])


def tell(case, by, at, **changes):
    citizen_services.update_citizen(case_id=case.pk, changes=changes, by=by, at=at, reason="")


@pytest.fixture
def case(office, now):
    """Both have had it for three days."""
    return factories.case(office, at=now - 3 * DAY)


@pytest.fixture
def left(case, office, now):
    """The jobcenter knew the citizen by this address, booked a talk and wrote a note; then the citizen moved."""
    tell(case, office.caseworker, now - 2 * DAY, phone="+4520304050", address="Gammelvej 1")
    notes_services.write(
        case_id=case.pk, text="Vil helst ringes op", due_on=None, worker_id=None, by=office.caseworker, at=now - DAY
    )
    notes_services.write(
        case_id=case.pk, text="A-kassens eget", due_on=None, worker_id=None, by=office.adviser, at=now - DAY
    )
    leave(case, office, now)
    return FormerParty.objects.get(case=case)


@pytest.fixture
def shown(log_in):
    """What somebody reads on a page, in one line."""

    def shown(by, *, of=None, status=200):
        url = address(of) if of else reverse("meetings:former_cases")
        answer = log_in(by).get(url)
        assert answer.status_code == status
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    return shown


def test_it_reads_what_it_knew_and_nothing_that_came_later(shown, left, case, office, now):
    later = now + DAY
    tell(case, office.adviser, later, name="Nyt Navnesen")
    tell(case, office.other_caseworker, later, phone="+4599887766", address="Nyvej 2")
    notes_services.write(
        case_id=case.pk, text="Nabobyens notat", due_on=None, worker_id=None, by=office.other_caseworker, at=later
    )
    factories.book(case, office.other_caseworker, later + 3 * DAY, at=later)

    with time_machine.travel(later + DAY, tick=False):
        text = shown(office.caseworker, of=left)

    for told in (left.name, "20 30 40 50", "Gammelvej 1", "Vil helst ringes op", "til og med den 31. august 2026"):
        assert told in text
    assert f"Kommune {office.municipality}" in text
    for later_told in (
        str(office.other_municipality),
        "Navnesen",
        "Nyvej",
        "99 88",
        "Nabobyens",
        "A-kassens eget",
        "Borgerens oplysninger er rettet: navn",
        "8. maj",
    ):
        assert later_told not in text
    assert "I dag" not in text


def test_what_it_is_told_itself_in_another_case_stays_apart(shown, left, office, now):
    contact = left.case.citizen.contacts.get(organisation=office.municipality)
    contact.address = "Senere Allé 3"
    contact.save()

    text = shown(office.caseworker, of=left)

    assert "Gammelvej 1" in text
    assert "Senere" not in text


def test_it_reads_for_the_days_of_the_act_and_no_day_longer(shown, left, office, now):
    for day, status in ((LAST_DAY, 200), (LAST_DAY + DAY, 404)):
        with time_machine.travel(now + (day - now.date()), tick=False):
            shown(office.caseworker, of=left, status=status)
            assert (left.name in shown(office.caseworker)) == (status == 200)


def test_another_act_gives_other_days(shown, left, office, now):
    factories.published_act("kort", "cases.fund_access_days", "30", in_force_on=date(2026, 5, 20))

    with time_machine.travel(now + 29 * DAY, tick=False):
        shown(office.caseworker, of=left)
    with time_machine.travel(now + 30 * DAY, tick=False):
        shown(office.caseworker, of=left, status=404)


def test_it_reads_one_page_and_changes_nothing(log_in, left, case, office):
    for name in ("meetings:course", "meetings:on_day", "cases:citizen", "meetings:book", "cases:post_book"):
        assert log_in(office.caseworker).get(reverse(name, args=[case.public_id])).status_code == 404
    page = log_in(office.caseworker).get(address(left)).content.decode()
    inside = page[page.index("<main") : page.index("</main")]
    assert str(case.public_id) not in inside
    assert "<form" not in inside


def test_no_other_office_reads_it_and_who_came_back_reads_the_case_itself(shown, left, case, office, now):
    for user in (office.adviser, office.other_caseworker, office.other_adviser):
        shown(user, of=left, status=404)
        assert left.name not in shown(user)
    leave(case, office, now + DAY, municipality=office.municipality)

    with time_machine.travel(now + 2 * DAY, tick=False):
        shown(office.caseworker, of=left, status=404)
        assert left.name not in shown(office.caseworker)
        # The neighbour had it for a day.
        assert left.name in shown(office.other_caseworker)


def test_the_new_party_sees_the_case_from_its_day(log_in, left, case, office):
    assert log_in(office.other_caseworker).get(case.get_absolute_url()).status_code == 200


def test_a_protection_that_came_later_guards_here_too(shown, left, case, office, now):
    assert "Beskyttet adresse" not in shown(office.caseworker, of=left)
    tell(case, office.adviser, now, has_protected_address=True)
    assert "Beskyttet adresse" in shown(office.caseworker, of=left)


def test_each_reading_is_logged_as_of_the_passing_on(shown, left, case, office):
    before = AccessLog.objects.count()
    shown(office.caseworker)
    shown(office.caseworker, of=left)
    rows = AccessLog.objects.order_by("pk")[before:]
    assert [(row.route, row.purpose, row.cases) for row in rows] == [
        ("meetings:former_cases", "handover", [case.pk]),
        ("meetings:former_case", "handover", [case.pk]),
    ]


def test_the_a_kasse_that_was_left_reads_its_own_referrals(shown, log_in, case, office, now):
    proposal = Proposal(
        offer_type="internship",
        starts_on=now.date() + 28 * DAY,
        joint_assessment="Borgeren vil prøve branchen.",
        citizen_agrees=True,
    )
    draft = writing.write_draft(case_id=case.pk, proposal=proposal, version=0, by=office.adviser, at=now - DAY)
    writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now - DAY)
    leave(case, office, now, fund=office.other_fund, municipality=office.municipality)

    row = FormerParty.objects.get(case=case)
    text = shown(office.adviser, of=row)

    assert draft.get_absolute_url() not in log_in(office.adviser).get(address(row)).content.decode()
    assert "Indstilling til virksomhedspraktik: sendt" in text


def test_who_gives_it_away_is_told_where_it_is_read(log_in, case, office):
    typed = {
        "version": case.version,
        "municipality": str(office.other_municipality.public_id),
        "fund": str(office.fund.public_id),
        "on": "04-05-2026",
        "reason": "Flyttet.",
    }
    answer = log_in(office.caseworker).post(reverse("cases:change_parties", args=[case.public_id]), typed)
    assert said(answer).endswith("I kan læse den en tid endnu under »Tidligere sager«.")


def test_who_gives_away_what_it_never_should_have_had_is_not_sent_to_read_it(log_in, case, office):
    typed = {
        "version": case.version,
        "municipality": str(office.other_municipality.public_id),
        "fund": str(office.fund.public_id),
        "on": f"{case.registered_on:%d-%m-%Y}",
        "reason": "Forkert kommune valgt.",
    }
    answer = log_in(office.caseworker).post(reverse("cases:change_parties", args=[case.public_id]), typed)
    assert said(answer).endswith("er ikke længere jeres.")


@pytest.mark.parametrize(
    ("on", "after", "reads_on"),
    [
        pytest.param("2026-05-02", timedelta(days=2), False, id="from the day on which it came"),
        pytest.param("2026-05-03", timedelta(days=2), True, id="a day later"),
        pytest.param("2026-05-04", timedelta(minutes=10), False, id="while it could be taken back"),
        pytest.param("2026-05-04", timedelta(minutes=10, seconds=1), True, id="a second later"),
    ],
)
def test_who_was_put_there_by_a_slip_was_no_party_and_reads_nothing(shown, case, office, now, on, after, reads_on):
    """The neighbour came by a change from the 2nd of May, which is put right."""
    leave(case, office, now - 2 * DAY)
    at = now - 2 * DAY + after
    leave(case, office, at, municipality=office.municipality, on=date.fromisoformat(on))

    rows = FormerParty.objects.filter(case=case, organisation=office.other_municipality)
    assert [row.name for row in rows] == [case.citizen.name] * reads_on
    with time_machine.travel(now + DAY, tick=False):
        assert (case.citizen.name in shown(office.other_caseworker)) == reads_on


def test_who_held_a_talk_was_a_party_also_where_it_is_left_from_the_day_on_which_it_came(shown, case, office, now):
    leave(case, office, now - 2 * DAY)
    talk = factories.book(case, office.other_caseworker, now - DAY, at=now - 2 * DAY + timedelta(minutes=1))
    as_booked = {"outcome": Outcome.HELD, "note": "", "is_six_weeks_guided": None, "next_booking": None}
    outcomes_services.register(meeting_id=talk.pk, **as_booked, by=office.other_caseworker, at=now)
    leave(case, office, now, municipality=office.municipality, on=(now - 2 * DAY).date())

    assert case.citizen.name in shown(office.other_caseworker)


def test_a_wrong_a_kasse_that_came_with_the_case_reads_nothing_either(shown, case, office, now):
    leave(case, office, now, fund=office.other_fund, municipality=office.municipality, on=case.registered_on)

    assert not FormerParty.objects.exists()
    assert case.citizen.name not in shown(office.adviser)


def test_some_thousand_cases_are_found_by_their_index(case, office, now):
    """Neither what one sees nor what one has left is found by reading every row."""
    FormerParty.objects.bulk_create(
        FormerParty(
            case=case,
            organisation=office.other_municipality if number % 50 else office.municipality,
            left_on=now.date() - number % 400 * DAY,
            left_at=now,
            name="Anne Prøvesen",
        )
        for number in range(5000)
    )
    Case.objects.filter(pk=case.pk).update(municipality=office.other_municipality)
    user = User.objects.get(pk=office.caseworker.pk)

    plan = FormerParty.objects.visible_to(user, on=now.date()).explain()

    assert "former_party_left" in plan, plan
    assert "Seq Scan on cases_formerparty" not in plan, plan
