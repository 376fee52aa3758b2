"""The pages of the law: what was in force, what changed and when, the acts, and what a draft keeps to itself."""

import html
import re
from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.law import reading as law_reading
from cases.models import AccessLog, Act
from cases.models.law import ActValue, ActWithdrawal
from cases.rules.declaring import REGISTRY
from cases.rules.rule_book import RuleBook
from meetings.models import MeetingRule
from meetings.planning.law import law_in_force
from tests.factories import published_act

A, B, C = "a-foer-anden-delaftale", "b-anden-delaftale-1", "c-anden-delaftale-2"
F, G, H = "f-supplement", "g-tilbuddenes-hjemmel", "h-tilbagevenden"
I_, J, K = "i-tidligere-parters-adgang", "j-opbevaring", "k-logge"
D, E = "d-lovens-undtagelser", "e-mere-fleksibelt-kontaktforloeb"
UNCONFIRMED = "Reglen er ikke bekræftet"
#: Codes that happen to be the Danish words.
SAME_IN_DANISH = {"video", "fleksydelse"}


@pytest.fixture
def adviser(office, log_in):
    return log_in(office.adviser)


@pytest.fixture
def administrator(office, log_in):
    return log_in(office.administrator)


def text_of(response):
    """What stands on the page, without its frame, in one line."""
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def page(client, name, *args, **asked):
    return client.get(reverse(f"law:{name}", args=args), asked)


def words(response):
    """Each value on the page in words, by its key."""
    return {line.parameter.key: line.words for _, lines in response.context["subjects"] for line in lines}


class TestEveryValue:
    @pytest.mark.usefixtures("law")
    @pytest.mark.parametrize("day", ["2020-01-01", "2023-03-22", "2024-01-01", "2026-07-01"])
    def test_is_said_in_danish_without_codes(self, day):
        codes = {code for parameter in REGISTRY.values() for code in parameter.read.names}
        subjects = law_reading.subjects_on(day=date.fromisoformat(day), book=law_in_force().book, shows_drafts=False)

        for line in (line for _, lines in subjects for line in lines):
            said = set(re.findall(r"[a-z_]+", line.words))
            assert line.act is not None, line.parameter.key
            assert said & codes - SAME_IN_DANISH == set(), line.words
            assert "True" not in line.words
            # A number says what it counts.
            assert not line.words.isdigit(), line.parameter.key


@pytest.mark.usefixtures("law")
class TestInForce:
    def test_a_law_that_differs_by_a_note_alone_is_drawn_anew(self, adviser):
        page(adviser, "in_force", day="01-01-2024")
        with pgtrigger.ignore("cases.ActValue:published_act_is_fixed"):
            ActValue.objects.filter(act__slug=A).update(note="Et nyt ord om reglen")

        assert "Et nyt ord om reglen" in text_of(page(adviser, "in_force", day="01-01-2024"))

    def test_each_value_has_its_act_its_ground_its_certainty_and_the_day_that_decides(self, adviser):
        told = text_of(page(adviser, "in_force", day="01-01-2024"))

        assert (
            "Antal måneder fra forløbets start, hvor a-kassen har ansvaret for kontaktforløbet 3 måneder "
            "Anden delaftale (juni 2022); LAB § 31, stk. 1 Anden delaftale, andet lovforslag , 01-01-2024 "
            "· Sikkerhed: aftale, lov Afgøres af forløbets start"
        ) in told

    @pytest.mark.parametrize(
        ("day", "guided_by", "requires_status", "may_refer"),
        [
            pytest.param("21-03-2023", "a-kassen og jobcentret", "ja", "nej", id="S3: the day before the first act"),
            pytest.param("22-03-2023", "a-kassen", "nej", "nej", id="S3: the first act holds from 22 March 2023"),
            pytest.param("31-12-2023", "a-kassen", "nej", "nej", id="S4: the day before the second act"),
            pytest.param("01-01-2024", "a-kassen", "nej", "ja", id="S4: the second act holds from 1 January 2024"),
        ],
    )
    def test_values_change_on_the_days_of_the_acts(self, adviser, day, guided_by, requires_status, may_refer):
        said = words(page(adviser, "in_force", day=day))

        assert said["meetings.six_weeks_guidance_by"] == guided_by
        assert said["cases.plan_requires_status"] == requires_status
        assert said["referrals.enabled"] == may_refer

    def test_codes_have_the_names_of_their_own_list(self, adviser):
        said = words(page(adviser, "in_force", day="01-01-2024"))

        assert said["meetings.channels"] == "personligt fremmøde, telefon og video"
        assert said["referrals.rejection_recipients"] == "borgeren og a-kassen"
        assert said["cases.plan_first_version_at"] == "den første jobsamtale"
        assert said["meetings.bookable_kinds"] == "jobsamtale og rådighedssamtale"
        assert said["meetings.long_term_joint_month"] == "måned 16"
        assert said["cases.job_focus_groups"] == "4 (uddannelsesparat) og 5 (aktivitetsparat, uddannelseshjælp)"

    def test_it_is_today_where_no_day_is_chosen(self, adviser, now):
        assert "i dag, den 4. maj 2026" in text_of(page(adviser, "in_force"))

    def test_the_table_of_the_day_has_its_sum(self, adviser):
        assert page(adviser, "in_force", day="31-12-2023").context["table"].data.total == 9
        assert page(adviser, "in_force", day="01-01-2024").context["table"].data.total == 6

    def test_the_agreement_is_named_as_the_source(self, adviser):
        """S1, S2: the agreement of June 2022, its parties, and the two bills that carry it out."""
        told = text_of(page(adviser, "in_force"))

        assert "»Anden delaftale for den aktive beskæftigelsesindsats« fra juni 2022" in told
        assert "Socialdemokratiet, Socialistisk Folkeparti, Enhedslisten og Dansk Folkeparti" in told
        assert "To lovforslag" in told

    def test_a_day_before_the_first_act_says_when_rules_begin(self, adviser):
        response = page(adviser, "in_force", day="03-01-2019")

        assert response.status_code == 200
        told = text_of(response)
        assert "Ingen regler er i kraft den 3. januar 2019. De første gælder fra 1. januar 2020." in told

    def test_without_acts_it_says_who_brings_them(self):
        nothing = law_reading.nothing_on(date(2024, 1, 1), RuleBook([]))

        assert (nothing.heading, nothing.text) == (
            "Ingen love er offentliggjort.",
            "En administrator lægger lovene ind.",
        )

    @pytest.mark.parametrize("typed", ["32-01-2024", "i morgen", ""])
    def test_a_day_that_cannot_be_is_refused_and_kept(self, adviser, typed):
        response = page(adviser, "in_force", day=typed)

        assert response.status_code == 422
        assert "fx 01-12-2026" in text_of(response)
        assert f'value="{typed}"' in response.content.decode() or not typed

    def test_nobody_is_shown_and_nothing_is_logged(self, adviser, case):
        logged_before = AccessLog.objects.count()

        assert case.citizen.name not in text_of(page(adviser, "in_force"))
        assert AccessLog.objects.count() == logged_before

    def test_it_costs_the_same_on_every_day(self, adviser):
        page(adviser, "in_force")

        assert cost(adviser, "01-01-2020") == cost(adviser, "01-08-2026")


def cost(client, day):
    with CaptureQueriesContext(connection) as queries:
        page(client, "in_force", day=day)
    return len(queries)


@pytest.mark.usefixtures("law")
class TestCompare:
    def test_table_1_stands_side_by_side_with_9_and_6(self, adviser):
        """S5, S29, S31, S33, S35, S36, S45-S50: the agreement's table 1, worked out from the acts."""
        response = page(adviser, "compare", before="31-12-2023", after="01-01-2024")

        assert [(line.party, line.before, line.after) for line in response.context["table"].data["lines"]] == [
            ("A-kasser", ("1 cv-samtale", "2 rådighedssamtaler"), ("3 jobsamtaler",)),
            ("Jobcenter", ("4 jobsamtaler",), ("3 jobsamtaler fra 4.-6. måned",)),
            (
                "Jobcenter og a-kasser",
                ("2 fællessamtaler",),
                ("Ingen krav til fællessamtaler", "A-kassen kan deltage i 1. samtale i jobcentret"),
            ),
        ]
        told = text_of(response)
        assert "Tabel 1: Krav om samtaler de første 6 måneder" in told
        assert "Gældende regler forløb fra den 31. december 2023" in told
        assert "Forslaget forløb fra den 1. januar 2024" in told
        assert "I alt 9 samtaler 6 samtaler" in told

    def test_table_1_is_what_stands_there_first(self, adviser):
        assert page(adviser, "compare").context["table"].data["is_table_1"]

    def test_both_changes_are_ready_to_be_opened(self, adviser):
        told = page(adviser, "compare").content.decode()

        assert "?before=21-03-2023&amp;after=22-03-2023" in told
        assert "?before=31-12-2023&amp;after=01-01-2024" in told

    def test_the_first_bill_changes_these_and_no_others(self, adviser):
        response = page(adviser, "compare", before="21-03-2023", after="22-03-2023")

        differing = [line.parameter.key for _, lines in response.context["subjects"] for line in lines]
        assert sorted(differing) == sorted(Act.objects.get(slug=B).values.values_list("key", flat=True))
        assert not response.context["table"].data["is_table_1"]

    def test_what_no_longer_counts_is_missing_on_the_second_day(self, adviser):
        """S11: øvrig vejledning og opkvalificering does not count from the first act."""
        told = text_of(page(adviser, "compare", before="21-03-2023", after="22-03-2023"))

        assert "ordinær uddannelse og øvrig vejledning og opkvalificering Anden delaftale" in told
        assert "ordinære løntimer og ordinær uddannelse Anden delaftale" in told

    def test_the_days_may_be_given_the_wrong_way_round(self, adviser):
        response = page(adviser, "compare", before="01-01-2024", after="31-12-2023")

        table = response.context["table"].data
        assert (table["old"].total, table["new"].total) == (9, 6)

    def test_a_change_of_the_table_is_told_row_by_row(self, adviser):
        act = Act.objects.create(slug="tabel", title="Ny tabel", reference="-", in_force_on=date(2026, 1, 1))
        for order, (party, first, last) in enumerate([("fund", 1, 4), ("municipality", 5, 6)]):
            MeetingRule.objects.create(
                act=act,
                order=order,
                kind="contact_interview",
                responsible=party,
                number=3,
                from_month=first,
                to_month=last,
                legal_basis="§ 1",
            )
        act.status, act.published_at = "published", Act.objects.get(slug=C).published_at + timedelta(days=1)
        act.save()

        told = text_of(page(adviser, "compare", before="31-12-2025", after="01-01-2026"))

        assert (
            "A-kasser 3 jobsamtaler i 1.-3. måned, den første senest 14 dage efter tilmeldingen "
            "3 jobsamtaler i 1.-4. måned Jobcenter 3 jobsamtaler i 4.-6. måned 3 jobsamtaler i 5.-6. måned"
        ) in told

    def test_two_days_of_one_law_are_the_same(self, adviser):
        told = text_of(page(adviser, "compare", before="01-02-2024", after="02-02-2024"))

        assert "Alle andre regler er ens de to dage." in told

    def test_a_day_without_rules_says_so(self, adviser):
        told = text_of(page(adviser, "compare", before="31-12-2019", after="01-01-2024"))

        assert "Ingen regler er i kraft den 31. december 2019." in told

    def test_a_missing_day_is_asked_for(self, adviser):
        response = page(adviser, "compare", before="31-12-2023")

        assert response.status_code == 422
        assert 'value="31-12-2023"' in response.content.decode()


MONTHS = "cases.fund_responsible_months"


def withdrawn(slug, key, text, *, by, at):
    act = published_act(slug, key, text, in_force_on=date(2030, 1, 1))
    ActWithdrawal.objects.create(act=act, by=by, at=at, reason="Ikke vedtaget.")
    return act


@pytest.mark.usefixtures("law")
class TestHistory:
    def test_it_says_which_act_set_the_value_when(self, adviser):
        response = page(adviser, "history", "cases.fund_responsible_months")

        told = text_of(response)
        assert "Fra den 1. januar 2024 3 måneder" in told
        assert "Fra den 1. januar 2020 til og med den 31. december 2023 0 måneder" in told

    def test_the_drawing_says_the_same_as_the_list(self, adviser):
        bars = page(adviser, "history", "cases.fund_responsible_months").context["bars"]

        assert [(bar.since, bar.words) for bar in bars] == [
            (date(2020, 1, 1), "0 måneder"),
            (date(2024, 1, 1), "3 måneder"),
        ]
        assert all(re.fullmatch(r"\d+\.\d\d%", text) for bar in bars for text in (bar.x, bar.width))

    def test_of_two_acts_of_one_day_the_later_one_counts_and_corrects(self, adviser):
        published_act("rettelse", MONTHS, "2", in_force_on=date(2024, 1, 1))

        response = page(adviser, "history", MONTHS)

        assert [(spell.row.words, spell.is_replaced) for spell in response.context["spells"]] == [
            ("2 måneder", False),
            ("3 måneder", True),
            ("0 måneder", False),
        ]
        told = text_of(response)
        assert "2 måneder Rettelse af » Anden delaftale, andet lovforslag «." in told
        assert "3 måneder rettet Afløst af en rettelse fra samme dag." in told

    def test_an_act_of_the_same_day_about_something_else_corrects_nothing_here(self, adviser):
        published_act("andet", "cases.complaint_weeks", "6", in_force_on=date(2024, 1, 1))

        assert "Rettelse af" not in text_of(page(adviser, "history", "cases.complaint_weeks"))

    def test_a_withdrawn_act_is_shown_without_effect(self, adviser, office, now):
        withdrawn("trukket", MONTHS, "5", by=office.administrator, at=now)

        response = page(adviser, "history", MONTHS)

        told = text_of(response)
        assert "Skulle gælde fra den 1. januar 2030" in told
        assert "trukket tilbage 5 måneder Trukket tilbage den 4. maj 2026, virker ikke." in told
        assert [bar.words for bar in response.context["bars"]] == ["0 måneder", "3 måneder"]

    def test_a_key_that_no_rule_declares_is_not_found(self, adviser):
        assert page(adviser, "history", "cases.nothing").status_code == 404


@pytest.mark.usefixtures("law")
class TestActs:
    def test_an_act_has_its_values_its_table_and_its_source(self, adviser):
        response = page(adviser, "act", C)

        told = text_of(response)
        assert "Lov nr. 727 af 13. juni 2023" in told
        assert "Anden delaftale for den aktive beskæftigelsesindsats, juni 2022" in told
        assert "https://www.eu.dk/samling/20222/lovforslag/l129/20222_l129_som_fremsat.htm" in told
        assert "A-kassen 3 jobsamtaler 1.-3. måned senest 14 dage efter tilmeldingen" in told
        assert "I alt 6 samtaler" in told
        # Now, and before it.
        assert "3 måneder Før: 0 måneder Anden delaftale (juni 2022); LAB § 31, stk. 1" in told

    def test_an_act_that_sets_no_table_shows_none(self, adviser):
        assert "Krav om samtaler" not in text_of(page(adviser, "act", B))

    def test_all_published_acts_are_listed_newest_first(self, adviser):
        listed = page(adviser, "acts").context["acts"]

        assert [act.slug for act, _ in listed] == [C, B, K, J, I_, H, G, F, A]
        # An act that sets what no other of its day sets mends none.
        assert not any(corrects for _, corrects in listed)

    def test_an_act_of_the_same_day_is_a_correction(self, adviser):
        correction = published_act("rettelse", MONTHS, "2", in_force_on=date(2024, 1, 1))

        assert "Loven rettelse Rettelse af »Anden delaftale, andet lovforslag«" in text_of(page(adviser, "acts"))
        told = text_of(page(adviser, "act", correction.slug))
        assert "Rettelse af Anden delaftale, andet lovforslag" in told
        # What it corrects is what stood before it.
        assert "2 måneder Før: 3 måneder" in told

    def test_a_withdrawn_act_is_listed_and_read_and_has_no_effect(self, adviser, office, now):
        act = withdrawn("trukket", MONTHS, "5", by=office.administrator, at=now)

        listed, told = text_of(page(adviser, "acts")), text_of(page(adviser, "act", act.slug))

        assert "Loven trukket 1. januar 2030 trukket tilbage Trukket tilbage den 4. maj 2026, virker ikke" in listed
        assert "Loven er trukket tilbage den 4. maj 2026, før den skulle gælde. Den virker ikke." in told
        assert "5 måneder Før: 3 måneder" in told
        assert "5 måneder" not in text_of(page(adviser, "in_force", day="01-01-2030"))

    @pytest.mark.parametrize(
        ("choice", "text"), [("keep", "Beholder de regler"), ("move", "Flytter til lovens regler")]
    )
    def test_an_act_says_what_becomes_of_running_courses(self, administrator, choice, text):
        Act.objects.filter(slug=E).update(running_courses=choice)

        assert f"Løbende forløb {text}" in text_of(page(administrator, "act", E))

    def test_an_act_that_is_not_there_is_not_found(self, adviser):
        assert page(adviser, "act", "nothing").status_code == 404


DRAFTED = {"25 procent", "øvrig vejledning og opkvalificering kan tælle", "2 jobsamtaler"}


@pytest.mark.usefixtures("law")
class TestDrafts:
    """What a draft says is for those who write and publish it."""

    READERS = ("adviser", "caseworker", "leader", "other_adviser")

    @pytest.mark.parametrize("reader", READERS)
    def test_a_newer_draft_is_known_by_its_title_and_its_day(self, office, log_in, reader):
        told = text_of(page(log_in(getattr(office, reader)), "in_force", day="01-08-2026"))

        assert UNCONFIRMED in told
        assert "»Mere fleksibelt kontaktforløb« gælder fra den 1. juli 2026" in told
        assert not any(value in told for value in DRAFTED)
        assert "Udkastet" not in told

    def test_before_its_day_there_is_no_notice(self, adviser):
        assert UNCONFIRMED not in text_of(page(adviser, "in_force", day="30-06-2026"))

    def test_a_draft_that_is_not_newer_is_not_mentioned(self, adviser):
        pages = [page(adviser, "in_force", day="22-03-2023"), page(adviser, "acts")]
        pages.append(page(adviser, "history", "meetings.first_meeting_in_person"))

        assert not any("Lovens undtagelser" in text_of(one) for one in pages)

    def test_its_lines_are_marked_without_what_it_says(self, adviser):
        response = page(adviser, "in_force", day="01-08-2026")

        marked = {
            line.parameter.key: line.waiting.says
            for _, lines in response.context["subjects"]
            for line in lines
            if line.waiting
        }
        assert marked == {
            "meetings.exempt_quota_percent": "",
            "meetings.first_meeting_outside_quota": "",
            "referrals.counting_offer_types": "",
        }

    def test_its_value_is_not_in_the_timeline(self, adviser):
        told = text_of(page(adviser, "history", "meetings.exempt_quota_percent"))

        assert "Fra den 1. juli 2026 udkast Værdien vises, når loven er offentliggjort." in told
        assert "25" not in told

    @pytest.mark.parametrize("draft", [D, E])
    def test_its_page_does_not_exist(self, adviser, draft):
        assert page(adviser, "act", draft).status_code == 404

    def test_administrators_read_all_of_it(self, administrator):
        assert "Udkastet »Mere fleksibelt kontaktforløb« siger: 25 procent" in text_of(
            page(administrator, "in_force", day="01-08-2026")
        )
        assert "25 procent" in text_of(page(administrator, "history", "meetings.exempt_quota_percent"))
        assert "I alt 4 samtaler" in text_of(page(administrator, "act", E))
        assert [draft.slug for draft in page(administrator, "acts").context["drafts"]] == [E, D]
