"""Offers through their services: who, when, what is frozen, what the history says, and what changes nothing twice."""

import base64
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfReader

from cases.changing import AlreadyClosed
from cases.closing import services as closing_services
from cases.models import Event
from cases.pauses import services as pauses_services
from cases.reminders import delivery as reminders_delivery
from cases.rules.facts import BadFacts, ExemptionReason, PauseKind
from cases.rules.period import BadPeriod, Period
from meetings.exemptions import services as exemptions_services
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from referrals.letters.texts import offer_letter
from referrals.models import Offer, OfferDuty
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.rules.lifecycle import MoveNotAllowed
from referrals.rules.right_and_duty import DutyState, standing
from tests import factories, memo

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
CVR = "99000104"


def terms(type="internship", first=date(2026, 5, 11), days=28, **changes):
    span = Period(first, first + timedelta(days=days) if days else None)
    return Terms(**{"type": type, "span": span, "employer": "Solby Bageri", "employer_cvr": CVR, **changes})


def grant(case, office, at=NOW, granted_on=None, by=None, is_confirmed=False, **changes):
    return offers_services.grant(
        case_id=case.pk,
        terms=terms(**changes),
        granted_on=granted_on or at.date(),
        is_confirmed=is_confirmed,
        by=by or office.caseworker,
        at=at,
    )


def started(case, office, first=date(2026, 5, 4), **changes):
    offer = grant(case, office, first=first, granted_on=min(first, NOW.date()), **changes)
    return offers_services.start(
        offer_id=offer.pk, first_day=first, version=offer.version, by=office.caseworker, at=NOW
    )


def texts(case):
    return list(
        Event.objects.filter(case=case, kind__startswith="referrals.").order_by("pk").values_list("text", flat=True)
    )


def test_s38_the_jobcenter_alone_grants_also_in_the_a_kasses_months(case, office):
    with pytest.raises(offers_services.NotYours, match="også i a-kassens måneder"):
        grant(case, office, by=office.adviser)

    offer = grant(case, office)

    assert (offer.status, offer.counts, offer.granted_by) == ("granted", True, office.caseworker)
    assert texts(case) == [
        "Tilbud bevilget: virksomhedspraktik fra 11-05-2026 til og med 07-06-2026 hos Solby Bageri. "
        "Det tæller som ret- og pligttilbud."
    ]


def test_another_jobcenter_grants_nothing_here(case, office):
    with pytest.raises(offers_services.NotYours):
        grant(case, office, by=office.other_caseworker)


def test_granting_the_same_again_changes_nothing(case, office):
    assert grant(case, office) == grant(case, office)
    assert Offer.objects.count() == 1


@pytest.mark.parametrize("type", ["internship", "wage_subsidy", "ordinary_wage_hours", "ordinary_education"])
def test_s14_s15_s16_the_efforts_that_the_agreement_names_count(type, case, office):
    assert grant(case, office, type=type).counts


def test_s11_s12_s13_guidance_no_longer_counts_but_can_be_granted_once_the_alternatives_have_been_seen(case, office):
    with pytest.raises(offers_services.DoesNotCount) as refused:
        grant(case, office, type="other_guidance")
    assert "tæller ikke som ret- og pligttilbud. Det kan virksomhedspraktik, løntilskud" in str(refused.value)

    offer = grant(case, office, type="other_guidance", is_confirmed=True)

    assert not offer.counts
    assert OfferDuty.objects.missing(NOW.date()).get().case == case


def test_guidance_that_began_before_22_march_2023_counts_to_its_end(office):
    at = datetime(2023, 3, 20, 9, 0, tzinfo=UTC)
    case = factories.case(office, registered_on=date(2023, 1, 9), at=at)

    before = grant(case, office, at=at, type="other_guidance", first=date(2023, 3, 21))
    with pytest.raises(offers_services.DoesNotCount):
        grant(case, office, at=at, type="other_guidance", first=date(2023, 3, 22))

    assert before.counts


def test_an_internship_of_one_week_is_too_short_to_count(case, office):
    with pytest.raises(offers_services.DoesNotCount, match="Det er for kort til at tælle: det skal være mindst 2 uger"):
        grant(case, office, days=13)
    assert grant(case, office, days=14).counts


def test_an_offer_after_the_deadline_is_said_to_be_late_while_none_counts(case, office):
    with pytest.raises(offers_services.DoesNotCount, match="efter fristen"):
        grant(case, office, first=date(2026, 11, 1))
    grant(case, office)

    assert grant(case, office, first=date(2026, 11, 1)).is_late


def test_the_a_kasses_own_right_is_not_granted(case, office):
    with pytest.raises(offers_services.NotGrantable, match="bevilger ikke 6 ugers jobrettet uddannelse"):
        grant(case, office, type="six_weeks_course")


def test_bad_terms_are_refused_in_a_sentence(case, office):
    with pytest.raises(ValidationError, match="kontrolcifferet skal passe"):
        grant(case, office, employer_cvr="99000105")
    with pytest.raises(offers_services.NotGrantable, match="CVR-nummer"):
        grant(case, office, employer_cvr="")
    with pytest.raises(BadFacts, match="efter at det begyndte"):
        grant(case, office, first=date(2026, 4, 30))
    with pytest.raises(offers_services.NotGrantable, match="bevilget i fremtiden"):
        grant(case, office, granted_on=date(2026, 5, 5))
    with pytest.raises(BadPeriod):
        grant(case, office, days=-3)
    assert not Offer.objects.exists()


def test_it_starts_ends_and_is_followed_up(case, office):
    offer = started(case, office)
    assert (offer.status, offer.started_by) == ("started", office.caseworker)
    later = NOW + timedelta(days=20)

    followed = offers_services.follow_up(
        offer_id=offer.pk, followed_up_on=later.date(), note="", by=office.caseworker, at=later
    )
    offer = offers_services.end(
        offer_id=offer.pk, last_day=date(2026, 5, 24), version=offer.version, by=office.caseworker, at=later
    )

    assert (offer.status, offer.period.last_day, offer.counts) == ("ended", date(2026, 5, 24), True)
    assert followed.way == ""
    assert texts(case)[1:] == [
        "Tilbud begyndt: virksomhedspraktik fra 04-05-2026 til og med 31-05-2026.",
        "Virksomhedspraktik er fulgt op den 24. maj 2026.",
        "Tilbud afsluttet: virksomhedspraktik fra 04-05-2026 til og med 24-05-2026.",
    ]


def test_s20_a_note_is_asked_for_only_where_the_jobcenter_has_chosen_it(case, office):
    offer = grant(case, office)
    office.municipality.follow_up_way = "note"
    office.municipality.save()

    with pytest.raises(offers_services.NotGrantable, match="har valgt"):
        offers_services.follow_up(offer_id=offer.pk, followed_up_on=NOW.date(), note=" ", by=office.caseworker, at=NOW)
    one = offers_services.follow_up(
        offer_id=offer.pk, followed_up_on=NOW.date(), note="Går godt.", by=office.caseworker, at=NOW
    )

    assert one.way == "note"


def test_an_offer_that_ended_too_early_no_longer_counts_and_is_missing_again(case, office):
    offer = started(case, office)
    assert not OfferDuty.objects.missing(NOW.date()).exists()
    later = NOW + timedelta(days=5)

    offer = offers_services.end(
        offer_id=offer.pk, last_day=date(2026, 5, 8), version=offer.version, by=office.caseworker, at=later
    )

    assert not offer.counts
    assert OfferDuty.objects.missing(later.date()).get().case == case
    assert texts(case)[-1].endswith("tæller ikke længere som ret- og pligttilbud.")

    offer.refresh_from_db()
    offers_services.undo(offer_id=offer.pk, reason="Forkert sag", version=offer.version, by=office.caseworker, at=later)
    offer.refresh_from_db()
    assert offer.status == "started"


def test_a_start_or_an_end_to_come_is_not_registered(case, office):
    offer = grant(case, office)
    who = {"offer_id": offer.pk, "version": offer.version, "by": office.caseworker, "at": NOW}

    with pytest.raises(MoveNotAllowed, match="i fremtiden"):
        offers_services.start(first_day=date(2026, 5, 5), **who)
    with pytest.raises(MoveNotAllowed, match="kan derfor ikke afsluttes"):
        offers_services.end(last_day=NOW.date(), **who)


def test_an_older_version_is_refused(case, office):
    offer = grant(case, office)
    offers_services.change(
        offer_id=offer.pk,
        terms=terms(days=35),
        granted_on=NOW.date(),
        version=offer.version,
        by=office.caseworker,
        at=NOW,
    )

    with pytest.raises(offers_services.StaleOffer):
        offers_services.cancel(offer_id=offer.pk, reason="Nej", version=offer.version, by=office.caseworker, at=NOW)


def test_a_cancelled_offer_fulfils_nothing(case, office):
    offer = grant(case, office)

    offers_services.cancel(offer_id=offer.pk, reason="Virksomheden lukker", version=1, by=office.caseworker, at=NOW)

    assert OfferDuty.objects.missing(NOW.date()).get().case == case
    with pytest.raises(MoveNotAllowed, match="aflyst"):
        offers_services.start(offer_id=offer.pk, first_day=NOW.date(), version=2, by=office.caseworker, at=NOW)


def test_a_closed_case_cancels_what_has_not_begun_and_ends_what_is_under_way(case, office):
    under_way = started(case, office, first=date(2026, 5, 1))
    ahead = grant(case, office)

    closing_services.close_case(
        case_id=case.pk, reason="work", closed_on=date(2026, 5, 4), version=case.version, by=office.adviser, at=NOW
    )

    under_way.refresh_from_db()
    ahead.refresh_from_db()
    assert (under_way.status, under_way.period.last_day) == ("ended", date(2026, 5, 4))
    assert (ahead.status, ahead.cancel_reason) == ("cancelled", "Sagen er afsluttet.")
    assert not OfferDuty.objects.exists()
    with pytest.raises(AlreadyClosed):
        grant(case, office, first=date(2026, 5, 18))


def test_the_deadline_follows_the_case_and_the_history_says_so(case, office):
    before = OfferDuty.objects.get(case=case)

    pauses_services.add_pause(
        case_id=case.pk,
        kind=PauseKind.HOLIDAY,
        span=Period(date(2026, 6, 1), date(2026, 6, 8)),
        source="borgeren",
        by=office.adviser,
        at=NOW,
    )

    after = OfferDuty.objects.get(case=case)
    assert after.due_on - before.due_on == timedelta(days=7)
    assert texts(case)[-1].startswith("Fristen for et tilbud, der tæller, er flyttet fra den")


def test_the_list_of_missing_offers_says_what_the_rule_says_on_every_day(case, office):
    """The derived row is the rule's answer, whatever the day: before and after a deadline, a late offer, a pause."""
    pauses_services.add_pause(
        case_id=case.pk,
        kind=PauseKind.HOLIDAY,
        span=Period(date(2026, 7, 6), date(2026, 7, 20)),
        source="borgeren",
        by=office.adviser,
        at=NOW,
    )
    exemptions_services.exempt(
        case_id=case.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period(date(2026, 5, 18), date(2026, 6, 1)),
        documented_on=NOW.date(),
        starts_on=date(2026, 6, 1),
        document="Brev",
        by=office.adviser,
        at=NOW,
    )
    grant(case, office, type="other_guidance", is_confirmed=True)
    for step in range(3):
        if step == 1:
            grant(case, office, first=date(2026, 12, 1), is_confirmed=True)
        if step == 2:
            grant(case, office, first=date(2026, 8, 3))
        for days in range(0, 300, 3):
            day = NOW.date() + timedelta(days=days)
            offers = [offer.as_fact() for offer in case.offers.standing()]
            case_now = type(case).objects.get(pk=case.pk)
            state = standing(
                course=planning_stored.course_of(case_now), offers=offers, on=day, book=planning_law.law_in_force().book
            ).state
            is_missing = OfferDuty.objects.missing(day).filter(case=case).exists()
            assert is_missing == (state in (DutyState.MISSING, DutyState.OVERDUE)), day


def test_an_offer_granted_without_a_referral_gives_the_citizen_a_letter_once(case, office, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    grant(case, office)
    for minutes in (5, 11, 12):
        at = NOW + timedelta(minutes=minutes)
        for receiver in reminders_delivery.sweep(at=at):
            reminders_delivery.deliver(receiver, at=at)

    (file,) = tmp_path.rglob("*.xml")
    content = memo.check(file.read_bytes()).findall(".//{*}AdditionalDocument//{*}content")[0].text
    letter = " ".join(PdfReader(io.BytesIO(base64.b64decode(content))).pages[0].extract_text().split())
    assert "Afgørelse: tilbuddet er bevilget" in letter
    assert "Jobcenter Solby har bevilget dig virksomhedspraktik fra den" in letter
    assert "Hovedhensyn" in letter
    assert "Kommunen kan give dig virksomhedspraktik (LAB kap. 11)." in letter
    assert "pligt til at deltage i det (LAB § 102, stk. 1)." in letter
    assert "delaftale" not in letter
    assert "Klagen skal være hos kommunen inden 4 uger" in letter


@pytest.mark.parametrize(
    ("type", "rules"),
    [
        pytest.param("wage_subsidy", ["LAB kap. 12", "LAB § 102, stk. 1"], id="it counts: the duty has its rule too"),
        pytest.param("community_work", ["LAB kap. 13", "LAB § 102, stk. 1"], id="another chapter"),
        pytest.param("ordinary_wage_hours", ["LAB § 102, stk. 1"], id="one rule for both is named once"),
        pytest.param("other_guidance", ["LAB kap. 14, § 91"], id="it does not count"),
    ],
)
def test_the_letter_of_an_offer_names_the_rules_of_its_type_and_no_other(type, rules, case, office):
    offer = grant(case, office, type=type, is_confirmed=True)

    sheet = offer_letter(offer, book=planning_law.law_in_force().book)

    (said,) = [part.paragraphs for part in sheet.parts if part.heading == "Reglerne"]
    assert re.findall(r"\((.*?)\)", " ".join(said)) == rules


def test_an_offer_that_is_cancelled_at_once_is_not_told_of(case, office, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    offer = grant(case, office)
    offers_services.cancel(offer_id=offer.pk, reason="Fejl.", version=offer.version, by=office.caseworker, at=NOW)
    at = NOW + timedelta(minutes=11)
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)

    assert not list(tmp_path.rglob("*.xml"))
