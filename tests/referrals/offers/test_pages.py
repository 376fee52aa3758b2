import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from cases.models import AccessLog
from cases.rules.period import Period
from cases.ui.case_tabs import Tab
from referrals.models import Offer, OfferDuty
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.referral import deciding as referral_deciding
from referrals.rules.parameters import GRANTS
from tests import factories

TYPED = {
    "version": "0",
    "type": "internship",
    "starts_on": "11-05-2026",
    "last_day": "07-06-2026",
    "granted_on": "04-05-2026",
    "employer_cvr": "99 00 01 04",
    "employer": "Solby Bageri",
}


def url(name, subject=None):
    return reverse(f"referrals:{name}", args=[subject.public_id] if subject else [])


def granted(case, office, now, type="internship", first=date(2026, 5, 4), weeks=4, **more):
    terms = Terms(type, Period(first, first + timedelta(weeks=weeks)), "Solby Bageri", "99000104")
    return offers_services.grant(
        case_id=case.pk, terms=terms, granted_on=min(first, now.date()), by=office.caseworker, at=now, **more
    )


@pytest.fixture
def jens(office, log_in):
    return log_in(office.caseworker)


def test_an_internship_is_registered_on_one_page(case, jens):
    assert "Registrér tilbud" in jens.get(Tab.PLAN.url_of(case.public_id)).content.decode()

    answer = jens.post(url("offer_grant", case), TYPED, follow=True)

    text = answer.content.decode()
    assert answer.redirect_chain == [(case.get_absolute_url(), 302)]
    assert "Det tæller som ret- og pligttilbud." in text
    assert "11-05-2026 til og med 07-06-2026" in text
    assert Offer.objects.get().employer_cvr == "99000104"


def test_s12_s13_guidance_is_warned_of_with_the_alternatives_and_saved_when_it_is_meant(case, jens):
    answer = jens.post(url("offer_grant", case), {**TYPED, "type": "other_guidance"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "tæller ikke som ret- og pligttilbud. Det kan virksomhedspraktik, løntilskud, nytteindsats" in text
    assert 'value="Solby Bageri"' in text
    hidden = re.search(r'<input type="hidden" name="is_confirmed" value="([^"]*)"', text)
    assert hidden
    jens.post(url("offer_grant", case), {**TYPED, "type": "other_guidance", "is_confirmed": hidden[1]})

    assert not Offer.objects.get().counts
    page = jens.get(Tab.PLAN.url_of(case.public_id)).content.decode()
    assert "Tæller ikke: øvrig vejledning og opkvalificering" in page
    assert "Der mangler et tilbud, der tæller" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"last_day": "10-05-2026"}, "Tilbuddet slutter den 10-05-2026, før det begynder den 11-05-2026."),
        ({"last_day": "17-05-2026"}, "Det er for kort til at tælle: det skal være mindst 2 uger."),
        ({"starts_on": "01-12-2026", "last_day": ""}, "efter fristen den"),
        ({"employer_cvr": "99000105"}, "kontrolcifferet skal passe"),
        ({"employer_cvr": ""}, "Skriv virksomhedens CVR-nummer."),
        ({"granted_on": "12-05-2026"}, "i fremtiden"),
        ({"type": "six_weeks_course"}, "Valget findes ikke længere."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_what_was_typed_stays(typed, says, case, jens):
    answer = jens.post(url("offer_grant", case), {**TYPED, **typed})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text
    assert 'value="Solby Bageri"' in text
    for value in typed.values():
        assert f'value="{escape(value)}"' in text or value in ("", "six_weeks_course")
    assert not Offer.objects.exists()


def test_what_the_law_of_its_first_day_does_not_offer_is_granted_neither_alone_nor_on_a_referral(case, jens, seen):
    factories.published_act("uden-praktik", GRANTS["internship"].key, "false", in_force_on=date(2026, 5, 11))

    alone = jens.post(url("offer_grant", case), TYPED)
    page = jens.get(url("grant", seen))
    asked = jens.post(url("grant", seen), {**page.context["form"].initial, "version": seen.version})

    for answer in (alone, asked):
        assert answer.status_code == 422
        assert "Jobcentret kan ikke bevilge virksomhedspraktik, der begynder den" in answer.content.decode()
    assert not Offer.objects.exists()


def test_the_a_kasse_grants_nothing_but_reads_along(case, office, now, log_in):
    offer = granted(case, office, now)
    client = log_in(office.adviser)

    assert client.post(url("offer_grant", case), TYPED).status_code == 403
    assert client.get(url("offer", offer)).status_code == 200
    assert "Registrér tilbud" not in client.get(Tab.PLAN.url_of(case.public_id)).content.decode()


def test_as_one_types_the_page_says_whether_it_counts(case, jens):
    def says(**typed):
        answer = jens.post(url("offer_grant", case), {**TYPED, **typed, "preview": "1"}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return answer.content.decode()

    assert "Tilbuddet tæller som ret- og pligttilbud." in says()
    assert "Det kan virksomhedspraktik" in says(type="other_guidance")
    assert "efter at det begyndte" in says(starts_on="01-05-2026")
    assert says(starts_on="").strip().startswith('<div id="svar"')
    assert not Offer.objects.exists()


def test_an_employer_that_was_used_before_is_found_by_its_number(case, office, now, jens):
    granted(case, office, now)

    jens.post(url("offer_grant", case), {**TYPED, "employer": ""})

    assert list(Offer.objects.values_list("employer", flat=True)) == ["Solby Bageri"] * 2


def test_an_offer_is_begun_followed_up_ended_and_taken_a_step_back(case, office, now, jens):
    offer = granted(case, office, now)

    jens.post(url("offer_start", offer), {"version": 1, "first_day": "04-05-2026"})
    jens.post(url("offer_follow_up", offer), {"followed_up_on": "04-05-2026", "note": "Går godt."})
    jens.post(url("offer_end", offer), {"version": 2, "last_day": "04-05-2026"})
    jens.post(url("offer_undo", offer), {"version": 3, "reason": "Forkert dag"})

    text = jens.get(url("offer", offer)).content.decode()
    assert Offer.objects.get().status == "started"
    assert "Går godt." in text
    assert "er ført tilbage til i gang. Begrundelse: Forkert dag" in text


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(case, office, now, jens):
    offer = granted(case, office, now)
    jens.post(url("offer_change", offer), {**TYPED, "version": 1, "starts_on": "05-05-2026"})

    refused = jens.post(url("offer_change", offer), {**TYPED, "version": 1, "starts_on": "06-05-2026"})

    assert refused.status_code == 422
    assert "En anden har ændret tilbuddet" in refused.content.decode()
    assert 'value="06-05-2026"' in refused.content.decode()
    # Both values, and who changed it.
    assert "Sagen er ændret, mens du skrev" in refused.content.decode()
    assert "Der står nu: <strong>05-05-2026</strong>. Du har skrevet: <strong>06-05-2026</strong>" in (
        refused.content.decode()
    )
    jens.post(url("offer_change", offer), {**TYPED, "version": 2, "starts_on": "06-05-2026"})
    assert Offer.objects.get().period.start == date(2026, 5, 6)


def test_a_granted_referral_opens_its_offer_and_an_undone_decision_takes_it_back(case, office, now, granted_referral):
    offer = Offer.objects.get()
    assert (offer.referral, offer.type, offer.period.start) == (granted_referral, "internship", date(2026, 6, 1))
    assert (offer.period.last_day, offer.counts) == (date(2026, 6, 28), True)
    assert OfferDuty.objects.get(case=case).fulfilled_by == offer

    referral_deciding.undo_decision(referral_id=granted_referral.pk, reason="Fejl", by=office.caseworker, at=now)

    assert Offer.objects.get().status == "cancelled"
    assert OfferDuty.objects.get(case=case).fulfilled_by is None


def test_the_offer_of_a_referral_begins_only_once_its_employer_is_named(office, now, granted_referral):
    offer = Offer.objects.get()

    with pytest.raises(offers_services.NotGrantable, match="CVR-nummer"):
        offers_services.start(
            offer_id=offer.pk,
            first_day=date(2026, 6, 1),
            version=offer.version,
            by=office.caseworker,
            at=now + timedelta(days=30),
        )


@pytest.fixture
def granted_referral(granted):
    return granted


# The list


def listed(client, part, **params):
    answer = client.get(url("offers"), {"del": part, **params})
    return [row.case for row in answer.context["rows"]], {t["label"]: t["count"] for t in answer.context["tiles"]}


def test_each_tile_shows_its_rows(case, office, now, jens):
    late = factories.case(office, registered_on=date(2025, 9, 1))
    running = factories.case(office)
    offer = granted(running, office, now, first=date(2026, 4, 20))
    offers_services.start(offer_id=offer.pk, first_day=date(2026, 4, 20), version=1, by=office.caseworker, at=now)
    begun = factories.case(office)
    granted(begun, office, now, first=date(2026, 5, 1))

    assert listed(jens, "mangler")[0] == [late, case]
    assert listed(jens, "skal-registreres")[0] == [begun]
    assert listed(jens, "i-gang")[0] == [running]
    assert listed(jens, "afsluttes-snart")[0] == [running]
    assert listed(jens, "frist-snart") == (
        [],
        {
            "Mangler tilbud, der tæller": "2",
            "Frist snart": "0",
            "Start eller slut mangler": "1",
            "I gang": "1",
            "Afsluttes snart": "1",
        },
    )
    assert listed(jens, "mangler", kun="mine")[0] == []
    assert AccessLog.objects.filter(route="referrals:offers").count() == 4


def test_another_jobcenter_sees_none_of_it(case, office, now, log_in):
    granted(case, office, now)

    rows, tiles = listed(log_in(office.other_caseworker), "mangler")

    assert rows == []
    assert set(tiles.values()) == {"0"}


@pytest.mark.parametrize("part", ["mangler", "i-gang"])
def test_the_list_costs_the_same_for_one_row_and_for_ten(
    part, case, office, now, jens, django_assert_num_queries, django_assert_max_num_queries
):
    def add():
        one = factories.case(office)
        if part == "i-gang":
            offer = granted(one, office, now)
            offers_services.start(
                offer_id=offer.pk, first_day=date(2026, 5, 4), version=1, by=office.caseworker, at=now
            )

    add()
    # The first use of a session writes it.
    jens.get(url("offers"))
    with django_assert_max_num_queries(100) as one:
        jens.get(url("offers"), {"del": part})
    for _ in range(9):
        add()
    with django_assert_num_queries(len(one)):
        jens.get(url("offers"), {"del": part})


def test_the_part_on_the_case_page_costs_the_same_for_one_offer_and_for_five(
    case, office, now, jens, django_assert_num_queries, django_assert_max_num_queries
):
    granted(case, office, now)
    # The first use of a session writes it.
    jens.get(Tab.PLAN.url_of(case.public_id))
    with django_assert_max_num_queries(100) as one:
        jens.get(Tab.PLAN.url_of(case.public_id))
    for n in range(4):
        granted(case, office, now, first=date(2026, 6, 1) + timedelta(weeks=5 * n), is_confirmed=True)
    with django_assert_num_queries(len(one)):
        jens.get(Tab.PLAN.url_of(case.public_id))


def test_s17_the_overview_shows_offers_by_type_and_month_drawn_and_as_a_table(case, office, now, jens):
    granted(case, office, now)
    granted(case, office, now, type="other_guidance", first=date(2026, 5, 11), is_confirmed=True)
    granted(case, office, now, type="wage_subsidy", first=date(2026, 4, 27))

    answer = jens.get(url("offer_overview"))
    shift = answer.context["shift"]

    sums = {name: sum_ for name, _, sum_ in shift.rows if sum_}
    assert sums == {"virksomhedspraktik": 1, "løntilskud": 1, "øvrig vejledning og opkvalificering": 1}
    assert shift.totals[-2:] == [1, 2]
    text = answer.content.decode()
    assert "Vejledning og opkvalificering var 0 af 0 tilbud i de første 6 måneder og 1 af 3" in text
    assert text.count("<rect") == 3
    assert not AccessLog.objects.filter(route="referrals:offer_overview").exists()
    assert jens.get(url("offer_overview"), {"til": "2023-12"}).context["shift"].total == 0


def test_the_jobcenters_worklist_counts_what_lacks_an_offer_and_leads_there(case, office, log_in):
    page = log_in(office.caseworker).get("/").content.decode()

    assert "Mangler tilbud" in page
    assert "/tilbud/?del=mangler" in page


def test_all_tiles_of_the_worklist_count_the_cases_of_one_scope_as_the_lists_they_open(case, office, log_in):
    client = log_in(office.caseworker)

    def tiles(scope):
        page = client.get("/", {"scope": scope})
        return page.context["scope"], {tile["label"]: tile for tile in page.context["tiles"]}

    (mine_is, mine), (all_is, every) = tiles(""), tiles("organisation")
    assert (mine_is, all_is) == ("Mine sager", "Hele jobcentret")
    assert (mine["Mangler tilbud"]["count"], every["Mangler tilbud"]["count"]) == ("0", "1")
    assert mine["Mangler tilbud"]["url"] == "/tilbud/?del=mangler&kun=mine"
    assert mine["Indstillinger"]["url"] == "/indstillinger/?del=venter&kun=mine"
    for shown in (mine, every):
        assert len(client.get(shown["Mangler tilbud"]["url"]).context["rows"]) == int(shown["Mangler tilbud"]["count"])


def test_the_a_kasses_worklist_counts_no_offers(case, office, log_in):
    assert "Mangler tilbud" not in log_in(office.adviser).get("/").content.decode()
