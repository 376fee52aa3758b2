"""What stops an act from becoming law: what is missing in it, and what contradicts itself on its day."""

import pytest

from cases.rules import consistency as about_the_case
from cases.rules import parameters
from cases.rules.facts import Party
from cases.rules.rule_book import RuleBook
from meetings.rules import consistency as about_meetings
from meetings.rules import parameters as meeting
from meetings.rules.contact_course import MeetingTable, TableRow
from meetings.rules.kinds import MeetingKind
from referrals.rules import consistency as about_referrals
from referrals.rules import parameters as referral
from tests.law import BOOK, SHIPPED, TABLE, act

DAY = "2027-01-01"


def row(responsible, first, last, *, number=3, kind=MeetingKind.CONTACT_INTERVIEW, legal_basis="§ 1", days=None):
    return TableRow(0, kind, responsible, number, first, last, days, legal_basis)


FUND_3, MUNICIPALITY_3 = row(Party.FUND, 1, 3), row(Party.MUNICIPALITY, 4, 6)


def problems(draft, rows=()):
    """What all rules find in a draft on top of the shipped law, errors apart from warnings."""
    book = RuleBook([*BOOK.acts, draft])
    table = MeetingTable({**TABLE.rows_by_act, draft.slug: tuple(rows)})
    found = [
        *about_the_case.problems(draft, book),
        *about_meetings.problems(draft, book, table),
        *about_referrals.problems(draft, book),
    ]
    return [one.text for one in found if one.is_error], [one.text for one in found if not one.is_error]


def test_a_change_that_holds_together_has_no_problem():
    draft = act(DAY, {parameters.FUND_RESPONSIBLE_MONTHS: "4", referral.OFFER_START_WITHIN_MONTHS: "4"})
    rows = [row(Party.FUND, 1, 4, number=4), row(Party.MUNICIPALITY, 5, 6, number=2)]

    assert problems(draft, rows) == ([], [])


@pytest.mark.parametrize("slug", [one.act.slug for one in SHIPPED])
def test_the_shipped_acts_hold_together(slug):
    shipped = next(one.act for one in SHIPPED if one.act.slug == slug)
    book = BOOK.with_draft(slug) if shipped.is_draft else BOOK
    found = [
        *about_the_case.problems(shipped, book),
        *about_meetings.problems(shipped, book, TABLE),
        *about_referrals.problems(shipped, book),
    ]

    assert [one for one in found if one.is_error] == []


VALUES = {
    "fund meetings beyond its months": (
        {parameters.FUND_RESPONSIBLE_MONTHS: "2"},
        "A-kassen skal holde »3 jobsamtaler hos a-kassen i måned 1-3«, men har kun ansvaret i måned 1-2.",
    ),
    "municipality meetings while the fund is responsible": (
        {parameters.FUND_RESPONSIBLE_MONTHS: "4"},
        "Jobcentret skal holde »3 jobsamtaler hos jobcentret i måned 4-6«, men a-kassen har ansvaret i måned 1-4.",
    ),
    "fund meetings without any months": (
        {parameters.FUND_RESPONSIBLE_MONTHS: "0"},
        "A-kassen skal holde »3 jobsamtaler hos a-kassen i måned 1-3«, men har ikke ansvaret i nogen måned.",
    ),
    "referrals without any months": (
        {parameters.FUND_RESPONSIBLE_MONTHS: "0"},
        "A-kassen kan sende indstillinger, men har ikke ansvaret for kontaktforløbet i nogen måned.",
    ),
    "no hours for the handover": (
        {parameters.HANDOVER_HOURS_PART_TIME: None},
        "A-kassen har forløbet i 3 måneder, men der mangler et antal dagpengetimer, som skal overstiges før "
        "overgangen til jobcentret, for forsikrede på deltid.",
    ),
    "the young without a number": (
        {parameters.YOUNG_COURSE_BY_MUNICIPALITY: "true"},
        "Unge skal have hele kontaktforløbet i jobcentret, men der mangler et antal samtaler for dem.",
    ),
    "the young without an age": (
        {parameters.YOUNG_COURSE_BY_MUNICIPALITY: "true", meeting.YOUNG_MEETINGS: "6", parameters.YOUNG_AGE_LIMIT: "0"},
        "Unge skal have hele kontaktforløbet i jobcentret, men aldersgrænsen for at være ung er ikke sat.",
    ),
    "a log of no years": (
        {parameters.SECURITY_LOG_YEARS: "0"},
        "»År, hvor en sikkerhedshændelse gemmes i loggen« er 0, men en log gemmes mindst et år, så misbrug kan "
        "efterforskes: skriv 1 eller mere.",
    ),
    "no group follows the table": ({parameters.TARGET_GROUPS: ""}, "Ingen målgruppe følger tabellen over samtaler."),
    "a group with two numbers": (
        {parameters.TARGET_GROUPS: "1, 2"},
        "Målgruppe 2 følger både tabellen over samtaler og sit eget antal. Vælg ét af dem.",
    ),
    "a first contact of a group without a number": (
        {meeting.FIRST_CONTACT_GROUPS: "2, 6, 11"},
        "Målgruppe 6 og 11 har en frist fra første henvendelse, men hører ikke til dem med deres eget antal samtaler.",
    ),
    "a default that is no channel": (
        {meeting.CHANNELS: "telephone, video"},
        "Personligt fremmøde er samtaleformen, når borgeren ikke har valgt, men er ikke en af de samtaleformer, "
        "der findes.",
    ),
    "no channel": ({meeting.CHANNELS: ""}, "Der er ingen samtaleformer at holde en samtale i."),
    "in person where there is no attendance": (
        {meeting.CHANNELS: "video", meeting.DEFAULT_CHANNEL: "video", meeting.FIRST_MEETING_IN_PERSON: "true"},
        "Samtaler skal holdes ved personligt fremmøde, som ikke er en af de samtaleformer, der findes.",
    ),
    "in person and free to choose": (
        {meeting.IN_PERSON_MONTHS: "1"},
        "Samtaler holdes kun ved fremmøde i måned 1, men borgerens valg binder også i måned 1-6. Sæt et af dem til 0.",
    ),
    "required and not to be booked": (
        {meeting.BOOKABLE_KINDS: "joint_interview"},
        "Tabellen kræver jobsamtaler, som ikke kan bookes.",
    ),
    "a plan made at no meeting": (
        {parameters.PLAN_FIRST_VERSION_AT: "cv_interview"},
        "Min Plan skal laves ved den første cv-samtale, men tabellen har ingen.",
    ),
    "a kind that both call to": (
        {meeting.KINDS_CALLED_BY_FUND: "cv_interview, joint_interview"},
        "Både a-kassen og jobcentret indkalder til fællessamtaler. Vælg én af dem.",
    ),
    "a meeting with the a-kasse before it can count": (
        {meeting.LONG_TERM_JOINT_MONTH: "6"},
        "Jobsamtalen med a-kassen skal holdes senest i måned 6, men tæller først efter måned 6.",
    ),
    "reminded too late": (
        {meeting.REMINDER_MEETING_HOURS: "2"},
        "Borgeren mindes om samtalen 2 timer før, men det er allerede for sent 2 timer før.",
    ),
    "a job for nobody": (
        {parameters.JOB_FOCUS_GROUPS: ""},
        "Indsatsen kan rettes mod job, men ikke for nogen målgruppe.",
    ),
    "a job without a decision": (
        {parameters.JOB_FOCUS_GROUPS: "4, 6"},
        "Målgruppe 6 kan få indsatsen rettet mod job, men hører ikke til dem, hvor kommunen træffer afgørelse om "
        "sigtet.",
    ),
    "a referral without months": (
        {referral.OFFER_START_WITHIN_MONTHS: None},
        "A-kassen kan sende indstillinger, men der mangler de måneder, som tilbuddet skal begynde inden for.",
    ),
    "a referral without days": (
        {referral.CONTINUATION_DAYS: None},
        "A-kassen kan sende indstillinger, men der mangler de dage, hvor tilbuddet begynder i forlængelse af dem.",
    ),
    "a duty that nothing fulfils": (
        {referral.COUNTING_OFFER_TYPES: ""},
        "Målgrupper har ret og pligt til tilbud inden 6 måneder, men ingen tilbudstype tæller.",
    ),
    "reasons for nobody": (
        {referral.REJECTION_RECIPIENTS: ""},
        "En afvisning skal begrundes, men ingen skal have begrundelsen.",
    ),
    "six weeks that end before they begin": (
        {referral.SIX_WEEKS_EARLIEST_WEEKS: "24"},
        "6 ugers jobrettet uddannelse kan først begynde efter 24 uger, men skal for de unge være slut inden 6 måneder.",
    ),
}


@pytest.mark.parametrize(("values", "text"), VALUES.values(), ids=VALUES)
def test_values_that_contradict_each_other_or_the_table_in_force(values, text):
    errors, _ = problems(act(DAY, values))

    assert text in errors


TABLES = {
    "no meetings with the fund": (
        [row(Party.MUNICIPALITY, 4, 6), row(Party.FUND, 1, 3, kind=MeetingKind.AVAILABILITY_INTERVIEW)],
        "A-kassen har ansvaret i måned 1-3, men tabellen har ingen jobsamtaler hos a-kassen.",
    ),
    "a first meeting due before its months": (
        [FUND_3, row(Party.MUNICIPALITY, 4, 6, days=14)],
        "»3 jobsamtaler hos jobcentret i måned 4-6« begynder først i måned 4, men den første skal holdes senest 14 "
        "dage efter tilmeldingen. Fjern fristen, eller lad rækken begynde tidligere.",
    ),
    "a first contact before the table begins": (
        [row(Party.FUND, 2, 3), MUNICIPALITY_3],
        "Målgruppe 2, 3, 4 og 5 skal have den første samtale senest 7 dage efter første henvendelse, men tabellen "
        "begynder først i måned 2.",
    ),
    "a row without its ground": (
        [FUND_3, row(Party.MUNICIPALITY, 4, 6, legal_basis=" ")],
        "Hjemmel mangler ved »3 jobsamtaler hos jobcentret i måned 4-6« i tabellen over samtaler.",
    ),
    "a kind that cannot be booked": (
        [FUND_3, MUNICIPALITY_3, row(Party.BOTH, 1, 3, kind=MeetingKind.JOINT_INTERVIEW)],
        "Tabellen kræver fællessamtaler, som ikke kan bookes.",
    ),
}


@pytest.mark.parametrize(("rows", "text"), TABLES.values(), ids=TABLES)
def test_a_table_that_contradicts_itself_or_the_values(rows, text):
    errors, _ = problems(act(DAY, {}), rows)

    assert text in errors


def test_what_was_wrong_before_does_not_stop_an_act_about_something_else():
    wrong = act("2026-12-01", {parameters.TARGET_GROUPS: "1, 2"}, slug="wrong")
    draft = act(DAY, {referral.DECISION_DAYS: "14"})
    book = RuleBook([*BOOK.acts, wrong, draft])

    [problem] = about_meetings.problems(draft, book, TABLE)

    assert not problem.is_error
    assert problem.text.startswith("Allerede i den lov, der gælder: Målgruppe 2 følger både")


@pytest.mark.parametrize(
    ("values", "rows", "text"),
    [
        pytest.param(
            {parameters.FUND_RESPONSIBLE_MONTHS: "4"},
            [row(Party.FUND, 1, 4), row(Party.MUNICIPALITY, 5, 6)],
            "A-kassen har ansvaret i 4 måneder, men et indstillet tilbud skal begynde inden for 3 måneder. Er det "
            "meningen?",
            id="referrals end before the fund's months",
        ),
        pytest.param(
            {},
            [FUND_3, row(Party.FUND, 3, 3, number=1), MUNICIPALITY_3],
            "Rækkerne »3 jobsamtaler hos a-kassen i måned 1-3« og »1 jobsamtale hos a-kassen i måned 3« gælder i de "
            "samme måneder, og begge skal holdes. Er det meningen?",
            id="two rows in the same months",
        ),
        pytest.param(
            {},
            [row(Party.FUND, 1, 2), row(Party.MUNICIPALITY, 5, 6)],
            "Tabellen har ingen samtaler i måned 3 og 4. Er det meningen?",
            id="quiet months",
        ),
        pytest.param(
            {},
            [FUND_3, row(Party.MUNICIPALITY, 4, 6, days=84)],
            "»3 jobsamtaler hos jobcentret i måned 4-6« begynder først i måned 4, men den første skal holdes senest 84 "
            "dage efter tilmeldingen. Er borgeren tilmeldt før forløbets start, kan fristen ligge før rækkens måneder.",
            id="a first meeting that may be due before its months",
        ),
        pytest.param(
            {},
            [row(Party.FUND, 1, 3, days=93), MUNICIPALITY_3],
            "Ved »3 jobsamtaler hos a-kassen i måned 1-3« har det ingen betydning, at den første skal holdes senest 93 "
            "dage efter tilmeldingen: så er måned 3 forbi.",
            id="a first meeting due after its months",
        ),
        pytest.param(
            {},
            [FUND_3, row(Party.MUNICIPALITY, 4, 8)],
            "Tabellen slutter med måned 8, men borgeren har først ret til samtaler uden et fast antal efter 6 måneder.",
            id="a table beyond the fixed number",
        ),
    ],
)
def test_what_may_be_meant_is_said_and_stops_nothing(values, rows, text):
    errors, warnings = problems(act(DAY, values), rows)

    assert (errors, warnings) == ([], [text])


def test_a_law_that_says_nothing_contradicts_nothing():
    alone = act(DAY, {parameters.TARGET_GROUPS: "1"})
    book, table = RuleBook([alone]), MeetingTable({})

    assert [
        *about_the_case.problems(alone, book),
        *about_meetings.problems(alone, book, table),
        *about_referrals.problems(alone, book),
    ] == []


def test_a_value_that_cannot_be_read_is_left_to_whoever_reads_it():
    assert problems(act(DAY, {parameters.TARGET_GROUPS: "alle"})) == ([], [])
