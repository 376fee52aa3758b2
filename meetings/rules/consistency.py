"""What is missing or contradictory in the table and the values about meetings on the day of an act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cases.rules.consistency import LawOfTheDay, Problem, groups_text
from cases.rules.facts import Party
from cases.rules.parameters import (
    FUND_RESPONSIBLE_MONTHS,
    PLAN_FIRST_VERSION_AT,
    TARGET_GROUPS,
    YOUNG_COURSE_BY_MUNICIPALITY,
)
from cases.rules.rule_book import Act, NotInForce, RuleBook
from cases.rules.wording import counted, listed
from meetings.rules.contact_course import MeetingTable, TableRow
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.parameters import (
    BOOKABLE_KINDS,
    CHANNELS,
    CITIZEN_CHOOSES_MONTHS,
    DEFAULT_CHANNEL,
    FIRST_CONTACT_GROUPS,
    FIRST_MEETING_IN_PERSON,
    IN_PERSON_MONTHS,
    KINDS_CALLED_BY_FUND,
    KINDS_CALLED_BY_MUNICIPALITY,
    LONG_TERM_JOINT_MONTH,
    OTHER_GROUPS,
    OTHER_GROUPS_FIRST_DAYS,
    REMINDER_MEETING_HOURS,
    REMINDER_MEETING_MIN_HOURS,
    REQUEST_RIGHT_AFTER_MONTHS,
    YOUNG_MEETINGS,
)

#: The days of a month, from the shortest to the longest: what contradicts in each of them is an error.
FEWEST_DAYS, MOST_DAYS = 28, 31


def problems(act: Act, book: RuleBook, table: MeetingTable) -> Iterator[Problem]:
    """The contradictions of the law on the day of the act, which is in the book and in the table."""
    law = LawOfTheDay(act, book)
    yield from _groups(law)
    yield from _callers(law)
    yield from _channels(law)
    if law.says(YOUNG_COURSE_BY_MUNICIPALITY) and law.says(YOUNG_MEETINGS) is None:
        yield law.against(
            "Unge skal have hele kontaktforløbet i jobcentret, men der mangler et antal samtaler for dem.",
            YOUNG_COURSE_BY_MUNICIPALITY,
            YOUNG_MEETINGS,
        )
    before, latest = law.says(REMINDER_MEETING_HOURS), law.says(REMINDER_MEETING_MIN_HOURS)
    if before is not None and latest is not None and before <= latest:
        yield law.against(
            f"Borgeren mindes om samtalen {counted(before, 'time', 'timer')} før, men det er allerede for sent "
            f"{counted(latest, 'time', 'timer')} før.",
            REMINDER_MEETING_HOURS,
            REMINDER_MEETING_MIN_HOURS,
        )
    fixed, joint = law.says(REQUEST_RIGHT_AFTER_MONTHS), law.says(LONG_TERM_JOINT_MONTH)
    if fixed is not None and joint is not None and joint <= fixed:
        yield law.against(
            f"Jobsamtalen med a-kassen skal holdes senest i måned {joint}, men tæller først efter måned {fixed}.",
            LONG_TERM_JOINT_MONTH,
            REQUEST_RIGHT_AFTER_MONTHS,
        )
    try:
        source, rows = table.in_force(book, act.in_force_on, event=act.in_force_on)
    except NotInForce:
        return
    is_own = source.slug == act.slug
    if is_own:
        yield from _rows(law, rows)
    yield from _table_and_values(law, rows, is_own=is_own)


def _groups(law: LawOfTheDay) -> Iterator[Problem]:
    if not law.knows(TARGET_GROUPS, OTHER_GROUPS):
        return
    twice = law.says(TARGET_GROUPS) & law.says(OTHER_GROUPS)
    if twice:
        yield law.against(
            f"{groups_text(twice)} følger både tabellen over samtaler og sit eget antal. Vælg ét af dem.",
            TARGET_GROUPS,
            OTHER_GROUPS,
        )
    first_contact = law.says(FIRST_CONTACT_GROUPS) or frozenset()
    if beyond := first_contact - law.says(OTHER_GROUPS):
        yield law.against(
            f"{groups_text(beyond)} har en frist fra første henvendelse, men hører ikke til dem med deres eget antal "
            "samtaler.",
            FIRST_CONTACT_GROUPS,
            OTHER_GROUPS,
        )


def _callers(law: LawOfTheDay) -> Iterator[Problem]:
    if not law.knows(KINDS_CALLED_BY_FUND, KINDS_CALLED_BY_MUNICIPALITY):
        return
    twice = law.says(KINDS_CALLED_BY_FUND) & law.says(KINDS_CALLED_BY_MUNICIPALITY)
    if twice:
        names = listed(kind.plural for kind in MeetingKind if kind in twice)
        yield law.against(
            f"Både a-kassen og jobcentret indkalder til {names}. Vælg én af dem.",
            KINDS_CALLED_BY_FUND,
            KINDS_CALLED_BY_MUNICIPALITY,
        )


def _channels(law: LawOfTheDay) -> Iterator[Problem]:
    channels = law.says(CHANNELS)
    if channels is None:
        return
    if not channels:
        yield law.against("Der er ingen samtaleformer at holde en samtale i.", CHANNELS)
    default = law.says(DEFAULT_CHANNEL)
    if channels and default is not None and not default <= channels:
        yield law.against(
            f"{Channel(next(iter(default))).label.capitalize()} er samtaleformen, når borgeren ikke har "
            "valgt, men er ikke en af de samtaleformer, der findes.",
            DEFAULT_CHANNEL,
            CHANNELS,
        )
    in_person, chosen = law.says(IN_PERSON_MONTHS), law.says(CITIZEN_CHOOSES_MONTHS)
    if in_person and chosen:
        yield law.against(
            f"Samtaler holdes kun ved fremmøde i måned {_months(1, in_person)}, men borgerens valg binder også i måned "
            f"{_months(1, chosen)}. Sæt et af dem til 0.",
            IN_PERSON_MONTHS,
            CITIZEN_CHOOSES_MONTHS,
        )
    if (in_person or law.says(FIRST_MEETING_IN_PERSON)) and channels and Channel.ATTENDANCE not in channels:
        yield law.against(
            "Samtaler skal holdes ved personligt fremmøde, som ikke er en af de samtaleformer, der findes.",
            IN_PERSON_MONTHS,
            FIRST_MEETING_IN_PERSON,
            CHANNELS,
        )


def _rows(law: LawOfTheDay, rows: Sequence[TableRow]) -> Iterator[Problem]:
    """What the table says by itself."""
    for row in rows:
        if not row.legal_basis.strip():
            yield Problem.error(f"Hjemmel mangler ved {_told(row)} i tabellen over samtaler.")
        yield from _first_of(row)
    # Only the interviews have one who holds them at a time: before 2024 others stood beside them.
    interviews = [row for row in rows if row.kind == MeetingKind.CONTACT_INTERVIEW]
    for number, row in enumerate(interviews):
        for other in interviews[number + 1 :]:
            if row.from_month <= other.to_month and other.from_month <= row.to_month:
                yield Problem.warning(
                    f"Rækkerne {_told(row)} og {_told(other)} gælder i de samme måneder, og begge skal holdes. Er det "
                    "meningen?",
                )
    covered = {month for row in rows for month in range(row.from_month, row.to_month + 1)}
    if gaps := set(range(1, max(covered) + 1)) - covered:
        months = listed(str(month) for month in sorted(gaps))
        yield Problem.warning(f"Tabellen har ingen samtaler i måned {months}. Er det meningen?")
    fixed = law.says(REQUEST_RIGHT_AFTER_MONTHS)
    if fixed is not None and max(covered) != fixed:
        yield Problem.warning(
            f"Tabellen slutter med måned {max(covered)}, men borgeren har først ret til samtaler uden et fast antal "
            f"efter {counted(fixed, 'måned', 'måneder')}.",
        )


def _first_of(row: TableRow) -> Iterator[Problem]:
    """The deadline of the row's first meeting, which counts from the registration, against the row's own months."""
    days = row.due_days_after_registration
    if days is None:
        return
    deadline = f"den første skal holdes senest {counted(days, 'dag', 'dage')} efter tilmeldingen"
    opens = f"{_told(row)} begynder først i måned {row.from_month}, men {deadline}"
    if days < FEWEST_DAYS * (row.from_month - 1):
        yield Problem.error(f"{opens}. Fjern fristen, eller lad rækken begynde tidligere.")
    elif row.from_month > 1:
        yield Problem.warning(
            f"{opens}. Er borgeren tilmeldt før forløbets start, kan fristen ligge før rækkens måneder."
        )
    if days >= MOST_DAYS * row.to_month:
        yield Problem.warning(
            f"Ved {_told(row)} har det ingen betydning, at {deadline}: så er måned {row.to_month} forbi."
        )


def _table_and_values(law: LawOfTheDay, rows: Sequence[TableRow], *, is_own: bool) -> Iterator[Problem]:
    """The numbers of the values against the rows of the table."""
    months = law.says(FUND_RESPONSIBLE_MONTHS)
    if months is not None:
        for text in _who_holds(months, [row for row in rows if row.kind == MeetingKind.CONTACT_INTERVIEW]):
            yield law.against(text, FUND_RESPONSIBLE_MONTHS, is_set=is_own)
    kinds = {row.kind for row in rows}
    bookable = law.says(BOOKABLE_KINDS)
    if bookable is not None and (closed := [kind for kind in MeetingKind if kind in kinds and kind not in bookable]):
        yield law.against(
            f"Tabellen kræver {listed(kind.plural for kind in closed)}, som ikke kan bookes.",
            BOOKABLE_KINDS,
            is_set=is_own,
        )
    yield from _first_contact(law, min(row.from_month for row in rows), is_own=is_own)
    plan_at = law.says(PLAN_FIRST_VERSION_AT)
    if plan_at is not None and not plan_at & kinds:
        kind = MeetingKind(next(iter(plan_at)))
        yield law.against(
            f"Min Plan skal laves ved den første {kind.label}, men tabellen har ingen.",
            PLAN_FIRST_VERSION_AT,
            is_set=is_own,
        )


def _first_contact(law: LawOfTheDay, begins: int, *, is_own: bool) -> Iterator[Problem]:
    """The groups with their own number follow the months of the table, and some of them a deadline in days."""
    groups, days = law.says(FIRST_CONTACT_GROUPS), law.says(OTHER_GROUPS_FIRST_DAYS)
    if groups and days is not None and days < FEWEST_DAYS * (begins - 1):
        yield law.against(
            f"{groups_text(groups)} skal have den første samtale senest {counted(days, 'dag', 'dage')} efter første "
            f"henvendelse, men tabellen begynder først i måned {begins}.",
            OTHER_GROUPS_FIRST_DAYS,
            FIRST_CONTACT_GROUPS,
            is_set=is_own,
        )


def _who_holds(months: int, interviews: Sequence[TableRow]) -> Iterator[str]:
    by_fund = [row for row in interviews if row.responsible == Party.FUND]
    span = "ikke ansvaret i nogen måned" if months == 0 else f"kun ansvaret i måned {_months(1, months)}"
    for row in by_fund:
        if row.to_month > months:
            yield f"A-kassen skal holde {_told(row)}, men har {span}."
    for row in interviews:
        if row.responsible == Party.MUNICIPALITY and row.from_month <= months:
            yield f"Jobcentret skal holde {_told(row)}, men a-kassen har ansvaret i måned {_months(1, months)}."
    if months and not by_fund:
        yield (f"A-kassen har ansvaret i måned {_months(1, months)}, men tabellen har ingen jobsamtaler hos a-kassen.")


def _told(row: TableRow) -> str:
    holder = row.responsible.label
    what = counted(row.number, row.kind.label, row.kind.plural)
    return f"»{what} hos {holder} i måned {_months(row.from_month, row.to_month)}«"


def _months(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
